use crate::fixed_hash::HashMap;

use super::keywords::KEYWORDS;
use super::token::{Kind, Token, scan};
use crate::message;
use crate::source::{Diagnostic, Phrase, Position};

/// What is wrong at a place of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub offset: usize,
    pub message: Phrase,
    pub expected: Phrase,
    pub advice: Phrase,
    /// Nothing is wrong: it is nft's syntax, but this model has no place for it.
    pub unmodelled: bool,
}

impl Failure {
    pub fn new(
        offset: usize,
        message: impl Into<Phrase>,
        expected: impl Into<Phrase>,
        advice: impl Into<Phrase>,
    ) -> Self {
        Self { offset, message: message.into(), expected: expected.into(), advice: advice.into(), unmodelled: false }
    }

    pub fn unmodelled(token: Token<'_>) -> Self {
        let message = message!("wrong-not-modelled", what = token.describe());
        Self { unmodelled: true, ..Self::new(token.offset, message, "", message!("advice-in-a-rule")) }
    }

    pub fn diagnostic(self, text: &str) -> Diagnostic {
        Diagnostic::error(Position::of_offset(text, self.offset), self.message, self.expected, self.advice)
    }
}

pub type Parsed<T> = Result<T, Failure>;

/// How many variables may stand for others, one within the other (`MAX_INCLUDE_DEPTH` of the scanner).
const MAX_DEPTH: usize = 16;
/// How many bytes variables may put in; a few definitions that multiply each other must not run for ever.
const MAX_EXPANDED: usize = 64 << 20;

/// A place in the script, within the variables that are being read.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    at: usize,
    end: usize,
    outer: Vec<(usize, usize)>,
}

/// Walks through a script token by token and puts in what `$variables` stand for.
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    /// Where to go on after the variables that are being read.
    outer: Vec<(usize, usize)>,
    peeked: Option<Token<'a>>,
    /// Where the peeked token begins.
    peeked_from: Mark,
    defines: HashMap<&'a str, (usize, usize)>,
    /// Bytes that variables have put in.
    expanded: usize,
    /// Variables are left as they are, while a definition is read.
    verbatim: bool,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            end: text.len(),
            outer: Vec::new(),
            peeked: None,
            peeked_from: Mark::default(),
            defines: HashMap::default(),
            expanded: 0,
            verbatim: false,
        }
    }

    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The offset of the next token.
    pub fn offset(&mut self) -> usize {
        self.peek().offset
    }

    pub fn peek(&mut self) -> Token<'a> {
        match self.peeked {
            Some(token) => token,
            None => {
                self.peeked_from = self.place();
                let token = self.scan();
                self.peeked = Some(token);
                token
            }
        }
    }

    /// The token after the next one.
    pub fn peek_second(&mut self) -> Token<'a> {
        let first = self.peek();
        let mark = (self.at, self.end, self.outer.clone(), self.expanded);
        let second = self.scan();
        (self.at, self.end, self.outer, self.expanded) = mark;
        self.peeked = Some(first);
        second
    }

    pub fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.peeked = None;
        token
    }

    fn scan(&mut self) -> Token<'a> {
        loop {
            self.skip_blanks();
            if self.at >= self.end {
                match self.outer.pop() {
                    Some((at, end)) => (self.at, self.end) = (at, end),
                    None => {
                        return Token { kind: Kind::End, text: "", offset: self.end };
                    }
                }
                continue;
            }
            if self.text.as_bytes()[self.at] == b'$'
                && let Some((after, value)) = self.expand()
            {
                self.outer.push((after, self.end));
                (self.at, self.end) = value;
                continue;
            }
            let token = scan(&self.text[..self.end], self.at);
            self.at += token.text.len() + if token.kind == Kind::Quoted { 2 } else { 0 };
            return token;
        }
    }

    /// The end of the variable's name and the place of its value, if it may be put in.
    fn expand(&mut self) -> Option<(usize, (usize, usize))> {
        let name = scan(&self.text[..self.end], self.at + 1);
        let (start, end) = *self.defines.get(name.text)?;
        self.expanded += end - start;
        let may = !self.verbatim && self.outer.len() < MAX_DEPTH && self.expanded < MAX_EXPANDED;
        may.then_some((name.offset + name.text.len(), (start, end)))
    }

    fn skip_blanks(&mut self) {
        let bytes = self.text.as_bytes();
        while self.at < self.end {
            match bytes[self.at] {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if bytes.get(self.at + 1) == Some(&b'\n') => self.at += 2,
                b'\\' if bytes.get(self.at + 1..self.at + 3) == Some(b"\r\n") => self.at += 3,
                b'#' => self.at += self.text[self.at..self.end].find('\n').unwrap_or(self.end - self.at),
                _ => break,
            }
        }
    }

    pub fn skip_newlines(&mut self) {
        while self.peek().kind == Kind::Newline {
            self.next();
        }
    }

    /// Newlines and semicolons between statements.
    pub fn skip_separators(&mut self) {
        while self.peek().kind == Kind::Newline || self.peek().is(";") {
            self.next();
        }
    }

    /// Within braces a newline ends nothing.
    pub fn skip_separators_if(&mut self, braces: bool) {
        if braces {
            self.skip_separators();
        }
    }

    /// Takes the mark if it comes next.
    pub fn accept(&mut self, mark: &str) -> bool {
        let found = self.peek().is(mark);
        if found {
            self.next();
        }
        found
    }

    pub fn accept_word(&mut self, word: &str) -> bool {
        let found = self.peek().is_word(word);
        if found {
            self.next();
        }
        found
    }

    pub fn expect(&mut self, mark: &str) -> Parsed<()> {
        if self.accept(mark) { Ok(()) } else { Err(self.unexpected(format!("`{mark}`"))) }
    }

    pub fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.accept_word(word) { Ok(()) } else { Err(self.unexpected(format!("`{word}`"))) }
    }

    pub fn word(&mut self, expected: impl Into<Phrase>) -> Parsed<Token<'a>> {
        if self.peek().kind == Kind::Word { Ok(self.next()) } else { Err(self.unexpected(expected)) }
    }

    /// A word or a string in quotation marks.
    pub fn word_or_string(&mut self, expected: impl Into<Phrase>) -> Parsed<Token<'a>> {
        if matches!(self.peek().kind, Kind::Word | Kind::Quoted) {
            Ok(self.next())
        } else {
            Err(self.unexpected(expected))
        }
    }

    /// A name that something gets: any word but those of the language.
    pub fn new_name(&mut self, expected: impl Into<Phrase>) -> Parsed<Token<'a>> {
        let token = self.peek();
        if token.kind == Kind::Word && KEYWORDS.binary_search(&token.text).is_err() {
            return Ok(self.next());
        }
        if !matches!(token.kind, Kind::Word | Kind::Quoted) {
            return Err(self.unexpected(expected));
        }
        let (what, advice) = match token.kind {
            Kind::Quoted => ("quoted string", message!("advice-name-unquoted")),
            _ => (token.text, message!("advice-keyword")),
        };
        let message = format!("syntax error, unexpected {what}, expecting string");
        Err(Failure::new(token.offset, message, expected, advice))
    }

    pub fn string(&mut self, expected: impl Into<Phrase>) -> Parsed<Token<'a>> {
        if self.peek().kind == Kind::Quoted { Ok(self.next()) } else { Err(self.unexpected(expected)) }
    }

    pub fn number<T: std::str::FromStr>(&mut self, expected: impl Into<Phrase>) -> Parsed<T> {
        let token = self.peek();
        let value = if token.kind == Kind::Word { token.text.parse().ok() } else { None };
        match value {
            Some(value) => {
                self.next();
                Ok(value)
            }
            None => Err(self.unexpected(expected)),
        }
    }

    /// nft's own words for a token that does not fit.
    pub fn unexpected(&mut self, expected: impl Into<Phrase>) -> Failure {
        let token = self.peek();
        if token.is("$") {
            return Failure::new(
                token.offset,
                message!("wrong-no-variable"),
                message!("expected-variable"),
                message!("advice-define"),
            );
        }
        let advice: Phrase = if token.kind == Kind::End { message!("advice-complete").into() } else { "".into() };
        Failure::new(token.offset, format!("syntax error, unexpected {}", token.describe()), expected, advice)
    }

    /// Goes past the rest of a statement, with whatever braces it opens, and returns where it ended.
    pub fn skip_statement(&mut self) -> usize {
        let mut depth = 0usize;
        loop {
            let token = self.peek();
            match token.text {
                _ if token.kind == Kind::End => return token.offset,
                "{" if token.kind == Kind::Mark => depth += 1,
                "}" if token.kind == Kind::Mark && depth == 0 => return token.offset,
                "}" if token.kind == Kind::Mark => depth -= 1,
                _ if depth == 0 && token.ends_command() => return token.offset,
                _ => {}
            }
            self.next();
        }
    }

    fn place(&self) -> Mark {
        Mark { at: self.at, end: self.end, outer: self.outer.clone() }
    }

    /// The place where reading stands, to come back to. What was only looked at is read again.
    pub fn mark(&self) -> Mark {
        if self.peeked.is_some() { self.peeked_from.clone() } else { self.place() }
    }

    pub fn reset(&mut self, mark: Mark) {
        self.peeked = None;
        (self.at, self.end, self.outer) = (mark.at, mark.end, mark.outer);
    }

    /// Goes to a place of the text that was passed before.
    pub fn go_to(&mut self, offset: usize) {
        self.peeked = None;
        self.outer.clear();
        self.at = offset;
        self.end = self.text.len();
    }

    /// `define NAME = VALUE` and `redefine`: the value is what is left of the line.
    pub fn define(&mut self, again: bool) -> Parsed<()> {
        let name = self.word(message!("expected-name"))?;
        self.expect("=")?;
        if self.defines.contains_key(name.text) && !again {
            return Err(Failure::new(
                name.offset,
                format!("redefinition of symbol '{}'", name.text),
                message!("expected-undefined-name"),
                message!("advice-redefine"),
            ));
        }
        self.verbatim = true;
        let start = self.offset();
        let end = self.skip_statement();
        self.verbatim = false;
        self.defines.insert(name.text, (start, end));
        Ok(())
    }

    pub fn undefine(&mut self) -> Parsed<()> {
        let name = self.word(message!("expected-name"))?;
        match self.defines.remove(name.text) {
            Some(_) => Ok(()),
            None => Err(Failure::new(
                name.offset,
                format!("undefined symbol '{}'", name.text),
                message!("expected-variable-name"),
                message!("advice-remove-line"),
            )),
        }
    }
}
