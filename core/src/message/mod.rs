//! What the lab says, apart from the language that it is said in.
//!
//! In: a [`Message`], which names a sentence and what is filled in. Out: its words, by the [`Catalogue`] of a language:
//! a file in Project Fluent's syntax. English is built in, and is what a message prints as. Left out on purpose:
//! Fluent's terms, attributes, functions and references:
//! a message may be an argument of another. What tools and API servers say is a quotation, and no message.

mod argument;
mod catalogue;
mod language;
mod pattern;

pub use argument::Argument;
pub use catalogue::{Catalogue, Signature};
pub use language::Language;

use std::fmt;

/// A sentence, or a few words, with what is filled in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    id: &'static str,
    arguments: Vec<(&'static str, Argument)>,
}

impl Message {
    /// One without arguments. [`message!`](crate::message!) makes any, and is what the tests look for.
    pub const fn new(id: &'static str) -> Self {
        Self { id, arguments: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, argument: impl Into<Argument>) -> Self {
        self.arguments.push((name, argument.into()));
        self
    }

    pub const fn id(&self) -> &'static str {
        self.id
    }

    fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|(own, _)| *own == name).map(|(_, argument)| argument)
    }
}

/// In English.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Catalogue::english().say(self))
    }
}

/// `message!("lane-map", node = name, spot = spot)`
#[macro_export]
macro_rules! message {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::message::Message::new($id)$(.with(stringify!($name), $value))*
    };
}
