//! What is found while objects are read, in the API server's words.

use std::fmt::Display;

use super::cursor::Cursor;
use crate::message;
use crate::source::{Diagnostic, Phrase, Position, Severity};

/// Errors and warnings that are listed one by one; the rest is counted.
const MAX_LISTED: usize = 100;

#[derive(Default)]
pub(super) struct Report {
    listed: Vec<Diagnostic>,
    errors: usize,
    unlisted: usize,
}

/// What was expected in place of a faulty value, and what to do.
pub(super) struct Remedy {
    pub(super) expected: Phrase,
    pub(super) advice: Phrase,
}

impl Remedy {
    pub(super) fn new(expected: impl Into<Phrase>, advice: impl Into<Phrase>) -> Self {
        Self { expected: expected.into(), advice: advice.into() }
    }
}

impl Report {
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        if self.listed.len() < MAX_LISTED {
            self.listed.push(diagnostic);
        } else {
            self.unlisted += 1;
        }
    }

    /// Errors so far, listed or not: a reader that finds more of them after than before drops its object.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// `path: Invalid value: found: rule`.
    pub(super) fn invalid(&mut self, at: &Cursor<'_>, found: impl Display, rule: &str, remedy: Remedy) {
        self.error(at.position(), format!("{at}: Invalid value: {found}: {rule}"), remedy);
    }

    /// `path.field: Required value: rule`; the position is that of the object that lacks the field.
    pub(super) fn required(&mut self, at: &Cursor<'_>, field: &str, rule: &str, remedy: Remedy) {
        let reason = if rule.is_empty() { String::new() } else { format!(": {rule}") };
        self.error(at.position(), format!("{}: Required value{reason}", at.path_of(field)), remedy);
    }

    pub(super) fn forbidden(&mut self, at: &Cursor<'_>, rule: &str, advice: impl Into<Phrase>) {
        self.error(at.position(), format!("{at}: Forbidden: {rule}"), Remedy::new(message!("expected-absent"), advice));
    }

    pub(super) fn duplicate(&mut self, at: &Cursor<'_>, found: impl Display, remedy: Remedy) {
        self.error(at.position(), format!("{at}: Duplicate value: {found}"), remedy);
    }

    pub(super) fn unsupported(&mut self, at: &Cursor<'_>, found: &str, supported: &[&str]) {
        let listed: Vec<String> = supported.iter().map(|value| format!("{value:?}")).collect();
        let message = format!("{at}: Unsupported value: {found}: supported values: {}", listed.join(", "));
        let expected = message!("expected-one-of", list = supported.join(", "));
        self.error(at.position(), message, Remedy::new(expected, message!("advice-one-of-these")));
    }

    pub(super) fn error(&mut self, position: Position, message: impl Into<Phrase>, remedy: Remedy) {
        self.push(Diagnostic::error(position, message, remedy.expected, remedy.advice));
    }

    pub(super) fn warning(&mut self, position: Position, message: impl Into<Phrase>, remedy: Remedy) {
        self.push(Diagnostic::warning(position, message, remedy.expected, remedy.advice));
    }

    /// All that was listed by place in the text, then how much was not.
    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.listed.sort_by_key(|diagnostic| diagnostic.position);
        if self.unlisted > 0 {
            let last = self.listed.last().map_or(Position::START, |diagnostic| diagnostic.position);
            let listed_errors = self.listed.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
            let message = message!("wrong-more", count = self.unlisted.to_string());
            self.listed.push(if self.errors > listed_errors {
                Diagnostic::error(last, message, "", message!("advice-listed-first"))
            } else {
                Diagnostic::note(last, message)
            });
        }
        self.listed
    }
}
