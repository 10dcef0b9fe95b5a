use std::fmt;

use super::Position;

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
    pub message: String,
    /// What was expected there.
    pub expected: String,
    /// What to do about it.
    pub advice: String,
}

impl Diagnostic {
    pub fn error(
        position: Position,
        message: impl Into<String>,
        expected: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Error, position, message, expected, advice)
    }

    pub fn warning(
        position: Position,
        message: impl Into<String>,
        expected: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Warning, position, message, expected, advice)
    }

    pub fn note(position: Position, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, position, message, "", "")
    }

    fn new(
        severity: Severity,
        position: Position,
        message: impl Into<String>,
        expected: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { severity, position, message: message.into(), expected: expected.into(), advice: advice.into() }
    }
}

/// `12:5: error: port 70000 is out of range; expected 1 to 65535; change the port`
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        write!(f, "{}: {severity}: {}", self.position, self.message)?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        if !self.advice.is_empty() {
            write!(f, "; {}", self.advice)?;
        }
        Ok(())
    }
}
