use std::fmt;

use crate::message::{Argument, Catalogue, Message};

/// What a part of a [`Diagnostic`](super::Diagnostic) says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phrase {
    /// Words of a real tool or of the API server, a bare value, a piece of syntax: the same in every language.
    Quoted(Box<str>),
    /// Words of the lab itself.
    Own(Box<Message>),
}

impl Phrase {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Quoted(text) if text.is_empty())
    }

    /// In a language.
    pub fn tell(&self, catalogue: &Catalogue) -> String {
        match self {
            Self::Quoted(text) => text.to_string(),
            Self::Own(message) => catalogue.say(message),
        }
    }
}

/// In English.
impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quoted(text) => f.write_str(text),
            Self::Own(message) => message.fmt(f),
        }
    }
}

impl From<Message> for Phrase {
    fn from(message: Message) -> Self {
        Self::Own(Box::new(message))
    }
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        Self::Quoted(text.into())
    }
}

impl From<&str> for Phrase {
    fn from(text: &str) -> Self {
        Self::Quoted(text.into())
    }
}

impl From<&Phrase> for Argument {
    fn from(phrase: &Phrase) -> Self {
        match phrase {
            Phrase::Quoted(text) => Self::Text((**text).into()),
            Phrase::Own(message) => Self::Message((**message).clone()),
        }
    }
}
