//! The text as a whole, before it is YAML; and pieces of it, after, in messages.

use crate::message;
use crate::source::{Diagnostic, Position};

/// 100,000 endpoints take about 30 MB.
const MAX_BYTES: usize = 128 << 20;

/// Characters of the user's text that a message repeats.
const MAX_QUOTE: usize = 64;

/// Refuses texts that are too large or that hold characters that YAML does not allow.
///
/// # Errors
/// One error, at the first character that is at fault.
pub(super) fn check(text: &str) -> Result<(), Diagnostic> {
    if text.len() > MAX_BYTES {
        return Err(Diagnostic::error(
            Position::START,
            message!("wrong-too-long", size = (text.len() >> 20).to_string()),
            message!("expected-at-most-mebibytes", most = (MAX_BYTES >> 20).to_string()),
            message!("advice-leave-out-objects"),
        ));
    }
    let Some((offset, found)) = first_control(text) else {
        return Ok(());
    };
    Err(Diagnostic::error(
        Position::of_offset(text, offset),
        format!("control characters are not allowed: U+{:04X}", u32::from(found)),
        message!("expected-printable"),
        message!("advice-delete-character"),
    ))
}

fn first_control(text: &str) -> Option<(usize, char)> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    if text.bytes().all(is_plain) {
        return None;
    }
    text.char_indices().find(|(_, c)| {
        c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}') || matches!(c, '\u{fffe}' | '\u{ffff}')
    })
}

/// `text` in quotes, escaped and cut to a length that fits into a sentence.
pub(super) fn quote(text: &str) -> String {
    let cut = shorten(text);
    format!("{cut:?}")
}

pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
