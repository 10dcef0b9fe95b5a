use std::collections::BTreeMap;
use std::ops::Range;

use crate::message;
use crate::source::{Diagnostic, Position};

/// The `key: value` lines between two lines `---` at the beginning of a file.
#[derive(Debug, Default)]
pub(super) struct Head<'t> {
    values: BTreeMap<&'t str, (&'t str, usize)>,
    /// Where the text behind it begins.
    pub body: usize,
}

const FENCE: &str = "---";
const KEYS: [&str; 6] = ["title", "about", "minutes", "beliefs", "par", "version"];
/// Lines of a head, so that a long manifest is not searched.
const LONGEST: usize = 40;
/// What a file may say that it was written for.
const VERSION: u32 = 1;

/// Whether a text begins with a head, and not with a manifest, which may have the same line before it.
pub(super) fn begins(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    if lines.next() != Some(FENCE) {
        return false;
    }
    let head = lines.take_while(|line| *line != FENCE).take(LONGEST).filter_map(|line| Some(line.split_once(':')?.0));
    let keys: Vec<&str> = head.collect();
    // One of its keys may be mistyped; a Kubernetes object has none of them beside its own.
    keys.iter().any(|key| KEYS.contains(key)) && !keys.iter().any(|key| ["apiVersion", "kind"].contains(key))
}

impl<'t> Head<'t> {
    pub fn read(text: &'t str, wrong: &mut Vec<Diagnostic>) -> Self {
        let mut head = Self::default();
        let mut lines = lines(text, 0..text.len());
        if lines.next().is_none_or(|(line, _)| line.trim_start_matches('\u{feff}') != FENCE) {
            wrong.push(Diagnostic::error(
                Position::START,
                message!("wrong-no-head"),
                message!("expected-head"),
                message!("advice-head"),
            ));
            return head;
        }
        let is_closed = lines.clone().any(|(line, _)| line == FENCE);
        for (line, at) in lines {
            head.body = at + line.len();
            if line == FENCE {
                return head.checked(text, wrong);
            }
            match key(line) {
                _ if line.trim().is_empty() => {}
                Some((key, value)) => {
                    let value = value.trim();
                    let begins = at + line.trim_end().len() - value.len();
                    let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
                    let begins = begins + usize::from(unquoted.is_some());
                    head.values.insert(key, (unquoted.unwrap_or(value), begins));
                }
                None if !is_closed => return head.without_end(text, at, wrong),
                None => wrong.push(Diagnostic::error(
                    Position::of_offset(text, at),
                    message!("wrong-head-line", line = format!("{line:?}")),
                    message!("expected-head-line", keys = KEYS.join(", ")),
                    message!("advice-correct-or-remove"),
                )),
            }
        }
        head.without_end(text, text.len(), wrong)
    }

    /// A head that goes on to where something else begins, with nothing to read behind it.
    fn without_end(self, text: &str, at: usize, wrong: &mut Vec<Diagnostic>) -> Self {
        wrong.push(Diagnostic::error(
            Position::of_offset(text, at),
            message!("wrong-open-head"),
            message!("expected-end-of-head"),
            message!("advice-add-line"),
        ));
        Self { body: text.len(), ..self }.checked(text, wrong)
    }

    fn checked(self, text: &str, wrong: &mut Vec<Diagnostic>) -> Self {
        if let Some(version) = self.number("version", text, wrong).filter(|version| *version > VERSION) {
            wrong.push(Diagnostic::error(
                self.position("version", 0, text),
                message!("wrong-lesson-version", version = version.to_string()),
                message!("expected-at-most", most = VERSION.to_string()),
                message!("advice-later-lab"),
            ));
        }
        self
    }

    pub fn text(&self, key: &str) -> Option<&'t str> {
        self.values.get(key).map(|(value, _)| *value)
    }

    pub fn number(&self, key: &str, text: &str, wrong: &mut Vec<Diagnostic>) -> Option<u32> {
        let value = self.text(key)?;
        let number = value.parse().ok();
        if number.is_none() {
            let (message, expected) = (
                message!("wrong-head-value", key = key, value = format!("{value:?}")),
                message!("expected-whole-number"),
            );
            wrong.push(Diagnostic::error(self.position(key, 0, text), message, expected, message!("advice-digits")));
        }
        number
    }

    /// `4`, `4, 33`, `[4, 33]`
    pub fn numbers(&self, key: &str, text: &str, wrong: &mut Vec<Diagnostic>) -> Vec<u32> {
        let Some(value) = self.text(key) else {
            return Vec::new();
        };
        let bare = value.strip_prefix('[').and_then(|value| value.strip_suffix(']')).unwrap_or(value);
        let mut numbers = Vec::new();
        for number in bare.split(',').map(str::trim) {
            match number.parse() {
                Ok(number) => numbers.push(number),
                Err(_) => {
                    // Both are parts of the text of one line.
                    let off = value.find(number).unwrap_or_default();
                    let message = message!("wrong-head-value", key = key, value = format!("{number:?}"));
                    let expected = message!("expected-numbers");
                    wrong.push(Diagnostic::error(
                        self.position(key, off, text),
                        message,
                        expected,
                        message!("advice-correct"),
                    ));
                }
            }
        }
        numbers
    }

    /// The place of a byte of a value.
    fn position(&self, key: &str, off: usize, text: &str) -> Position {
        self.values.get(key).map_or(Position::START, |(_, at)| Position::of_offset(text, at + off))
    }
}

/// The key of a line of a head, and what stands behind its colon.
fn key(line: &str) -> Option<(&str, &str)> {
    line.split_once(':').filter(|(key, _)| KEYS.contains(key))
}

/// The lines of a part of a text, without their ends, each with the byte at which it begins.
pub(super) fn lines(text: &str, part: Range<usize>) -> impl Iterator<Item = (&str, usize)> + Clone {
    let start = part.start;
    text.get(part).unwrap_or_default().split_inclusive('\n').scan(start, |at, line| {
        let begins = *at;
        *at += line.len();
        Some((line.trim_end_matches(['\n', '\r']), begins))
    })
}
