use super::{Diagnostic, Phrase, Position};
use crate::message;

/// A word of a line, with the byte at which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    pub text: &'a str,
    pub at: usize,
}

/// Reads a line of a listing word by word. Blanks separate words.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    line: &'a str,
    /// Counts from 1.
    number: u32,
    at: usize,
}

impl<'a> Words<'a> {
    pub const fn new(line: &'a str, number: u32) -> Self {
        Self { line, number, at: 0 }
    }

    pub fn peek(&self) -> Option<Word<'a>> {
        self.clone().next()
    }

    /// The next word if it is `text`.
    pub fn accept(&mut self, text: &str) -> bool {
        let found = self.peek().is_some_and(|word| word.text == text);
        if found {
            self.next();
        }
        found
    }

    /// The next word.
    ///
    /// # Errors
    /// That the line ends where `expected` is missing.
    pub fn require(&mut self, expected: impl Into<Phrase>) -> Result<Word<'a>, Diagnostic> {
        self.next().ok_or_else(|| self.cut_short(expected))
    }

    /// The next word, read as a number or an address.
    ///
    /// # Errors
    /// That it is not what is `expected`.
    pub fn read<T: std::str::FromStr>(&mut self, expected: impl Into<Phrase>) -> Result<T, Diagnostic> {
        let Some(word) = self.next() else {
            return Err(self.cut_short(expected));
        };
        word.text.parse().map_err(|_| self.unexpected(word, expected))
    }

    /// That the line ends where `expected` is missing.
    pub fn cut_short(&self, expected: impl Into<Phrase>) -> Diagnostic {
        let advice = message!("advice-cut-short");
        self.error(self.line.len(), message!("wrong-cut-short"), expected, advice)
    }

    pub fn unexpected(&self, word: Word<'_>, expected: impl Into<Phrase>) -> Diagnostic {
        self.error(
            word.at,
            message!("wrong-found", word = format!("{:?}", word.text)),
            expected,
            message!("advice-whole-line"),
        )
    }

    /// What is wrong at a byte of the line.
    pub fn error(
        &self,
        at: usize,
        message: impl Into<Phrase>,
        expected: impl Into<Phrase>,
        advice: impl Into<Phrase>,
    ) -> Diagnostic {
        Diagnostic::error(self.position(at), message, expected, advice)
    }

    /// The place of a byte of the line.
    pub fn position(&self, at: usize) -> Position {
        let column = self.line.get(..at).unwrap_or(self.line).chars().count() + 1;
        Position::new(self.number, u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// What is left of the line.
    pub fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default().trim()
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let bytes = self.line.as_bytes().get(self.at..)?;
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let length = bytes[start..].iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len() - start);
        let at = self.at + start;
        self.at = at + length;
        Some(Word { text: &self.line[at..self.at], at })
    }
}
