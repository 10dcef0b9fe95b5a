//! Places in the user's text, and what is said about them.
//!
//! Every parser of this crate returns [`Diagnostic`]s: what is wrong, at which line and column,
//! what was expected, and what to do.

mod diagnostic;
mod phrase;
mod position;
mod shell_words;
mod words;

pub use diagnostic::{Diagnostic, Severity};
pub use phrase::Phrase;
pub use position::Position;
pub use shell_words::shell_words;
pub use words::{Word, Words};
