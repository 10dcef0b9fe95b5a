//! Codepoints of differentiated services, which `-m dscp` and `-j DSCP` name alike.

use super::given::{Given, Refusal};
use crate::message;

/// The tool takes the first whose whole name is the beginning of what was written (`class_to_dscp`).
const CLASSES: [(&str, u8); 22] = [
    ("CS0", 0x00),
    ("CS1", 0x08),
    ("CS2", 0x10),
    ("CS3", 0x18),
    ("CS4", 0x20),
    ("CS5", 0x28),
    ("CS6", 0x30),
    ("CS7", 0x38),
    ("BE", 0x00),
    ("AF11", 0x0a),
    ("AF12", 0x0c),
    ("AF13", 0x0e),
    ("AF21", 0x12),
    ("AF22", 0x14),
    ("AF23", 0x16),
    ("AF31", 0x1a),
    ("AF32", 0x1c),
    ("AF33", 0x1e),
    ("AF41", 0x22),
    ("AF42", 0x24),
    ("AF43", 0x26),
    ("EF", 0x2e),
];

/// The codepoint of an option that takes a number, or of one that takes the name of a class.
pub(super) fn read(
    given: &Given<'_>,
    extension: &str,
    [number, class]: [&str; 2],
    missing: &str,
) -> Result<u8, Refusal> {
    if given.has(number) && given.has(class) {
        let message = format!("{extension}: option \"{number}\" cannot be used together with \"{class}\".");
        return Err(given.wrong(
            class,
            message,
            message!("expected-one-of-two"),
            message!("advice-remove-one-of-them"),
        ));
    }
    if let Some(codepoint) = given.number(number).and_then(|codepoint| u8::try_from(codepoint).ok()) {
        return Ok(codepoint);
    }
    let Some(text) = given.text(class) else {
        return Err(given.wrong(
            "",
            missing,
            message!("expected-either", one = number, other = class),
            message!("advice-add-option", what = number),
        ));
    };
    let starts = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let found = CLASSES.iter().find(|(name, _)| starts(name));
    found.map(|(_, codepoint)| *codepoint).ok_or_else(|| {
        let message = format!("Invalid DSCP value `{text}'");
        given.wrong(class, message, message!("expected-dscp-classes"), message!("advice-class"))
    })
}
