use std::fmt;

use super::{Phrase, Position};
use crate::message;
use crate::message::{Argument, Message};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input is used, but not as its author may expect.
    Warning,
    /// Something was passed over, for example a kind that has no bearing on packets.
    Note,
}

/// One thing to say about a place in the user's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub position: Position,
    /// What is wrong, in one sentence, naming what was found.
    pub message: Phrase,
    /// What was expected there.
    pub expected: Phrase,
    /// What to do about it.
    pub advice: Phrase,
}

impl Diagnostic {
    pub fn error(
        position: Position,
        message: impl Into<Phrase>,
        expected: impl Into<Phrase>,
        advice: impl Into<Phrase>,
    ) -> Self {
        Self::new(Severity::Error, position, message, expected, advice)
    }

    pub fn warning(
        position: Position,
        message: impl Into<Phrase>,
        expected: impl Into<Phrase>,
        advice: impl Into<Phrase>,
    ) -> Self {
        Self::new(Severity::Warning, position, message, expected, advice)
    }

    pub fn note(position: Position, message: impl Into<Phrase>) -> Self {
        Self::new(Severity::Note, position, message, "", "")
    }

    /// `12:5: error: port 70000 is out of range; expected 1 to 65535; change the port`
    pub fn tell(&self) -> Message {
        let severity = match self.severity {
            Severity::Error => message!("diagnostic-error"),
            Severity::Warning => message!("diagnostic-warning"),
            Severity::Note => message!("diagnostic-note"),
        };
        let unless_empty = |phrase: &Phrase, tell: fn(&Phrase) -> Message| match phrase.is_empty() {
            true => Argument::from(""),
            false => tell(phrase).into(),
        };
        message!(
            "diagnostic-told",
            place = self.position.to_string(),
            severity = severity,
            message = &self.message,
            expected = unless_empty(&self.expected, |phrase| message!("diagnostic-expected", expected = phrase)),
            advice = unless_empty(&self.advice, |phrase| message!("diagnostic-advice", advice = phrase)),
        )
    }

    fn new(
        severity: Severity,
        position: Position,
        message: impl Into<Phrase>,
        expected: impl Into<Phrase>,
        advice: impl Into<Phrase>,
    ) -> Self {
        Self { severity, position, message: message.into(), expected: expected.into(), advice: advice.into() }
    }
}

/// In English.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell().fmt(f)
    }
}
