use std::borrow::Cow;
use std::ops::Range;

use crate::message;
use crate::source::{Diagnostic, Phrase, Position};

/// One argument of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    pub text: Cow<'a, str>,
    /// Its bytes in the line, with quotes.
    pub span: Range<usize>,
}

/// What is wrong with a line, at which byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub at: usize,
    pub message: Phrase,
    pub expected: Phrase,
    pub advice: Phrase,
}

impl Complaint {
    pub fn new(at: usize, message: impl Into<Phrase>, expected: impl Into<Phrase>, advice: impl Into<Phrase>) -> Self {
        Self { at, message: message.into(), expected: expected.into(), advice: advice.into() }
    }

    /// The complaint about the line with this number and text.
    pub fn locate(self, line: u32, text: &str) -> Diagnostic {
        let column = text.get(..self.at).map_or(1, |before| before.chars().count() + 1);
        let position = Position::new(line, u32::try_from(column).unwrap_or(u32::MAX));
        Diagnostic::error(position, self.message, self.expected, self.advice)
    }
}

/// The tool's own limit on one argument (`xt_param_buf`).
const LONGEST_ARGUMENT: usize = 1023;

/// Splits a line as `add_param_to_argv` does: blanks separate, double quotes hold together, a backslash
/// inside them takes the next character as it is, and a closing quote ends the argument.
pub(crate) fn split<'a>(line: &'a str, start: usize, into: &mut Vec<Word<'a>>) -> Result<(), Complaint> {
    let bytes = line.as_bytes();
    let mut at = start;
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let word = if bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace()).any(|byte| *byte == b'"') {
            quoted(line, at)?
        } else {
            let length = bytes[at..].iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len() - at);
            Word { text: Cow::Borrowed(&line[at..at + length]), span: at..at + length }
        };
        if word.text.len() > LONGEST_ARGUMENT {
            let expected = message!("expected-argument-length", most = LONGEST_ARGUMENT.to_string());
            return Err(Complaint::new(at, "Parameter too long!", expected, message!("advice-shorten-argument")));
        }
        at = word.span.end;
        into.push(word);
    }
    Ok(())
}

fn quoted(line: &str, start: usize) -> Result<Word<'_>, Complaint> {
    let mut text = String::new();
    let mut open = None;
    let mut escaped = false;
    for (offset, character) in line[start..].char_indices() {
        let at = start + offset;
        match (open, character) {
            (Some(_), _) if escaped => {
                text.push(character);
                escaped = false;
            }
            (Some(_), '\\') => escaped = true,
            (Some(_), '"') => {
                return Ok(Word { text: Cow::Owned(text), span: start..at + 1 });
            }
            (None, '"') => open = Some(at),
            (None, blank) if blank.is_ascii_whitespace() => {
                return Ok(Word { text: Cow::Owned(text), span: start..at });
            }
            _ => text.push(character),
        }
    }
    match open {
        None => Ok(Word { text: Cow::Owned(text), span: start..line.len() }),
        Some(at) => Err(Complaint::new(
            at,
            message!("wrong-open-quote"),
            message!("expected-closing-quote"),
            message!("advice-close-quote"),
        )),
    }
}

/// Writes an argument as `xtables_save_string` does, with a blank before it.
pub(crate) fn write_quoted(out: &mut String, text: &str) {
    let plain =
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    out.push(' ');
    if plain {
        out.push_str(text);
        return;
    }
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\' | '\'') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        split(line, 0, &mut words).unwrap();
        words.into_iter().map(|word| word.text.into_owned()).collect()
    }

    #[test]
    fn quotes_hold_blanks_and_escapes() {
        assert_eq!(words(r#"-A X  --comment "a \"b\" c" -j Y"#), ["-A", "X", "--comment", r#"a "b" c"#, "-j", "Y"]);
        assert_eq!(words(r#"--comment "" x"#), ["--comment", "", "x"]);
        assert_eq!(words("a\tb\r"), ["a", "b"]);
    }

    #[test]
    fn an_open_quote_is_located() {
        let complaint = split("-A X --comment \"abc", 0, &mut Vec::new()).unwrap_err();
        assert_eq!(complaint.locate(3, "-A X --comment \"abc").position, Position::new(3, 16));
    }
}
