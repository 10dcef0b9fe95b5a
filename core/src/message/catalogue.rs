use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use fluent_syntax::{ast, parser};

use super::pattern::{NotTaken, Pattern};
use super::{Language, Message};
use crate::source::{Diagnostic, Position};

/// All messages of a language.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    language: Language,
    patterns: BTreeMap<Box<str>, Pattern>,
}

/// A message's id and the arguments that its words take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub id: String,
    pub filled_in: BTreeSet<String>,
    /// By which words are chosen, such as a plural. One language needs it where another does not.
    pub chosen_by: BTreeSet<String>,
}

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| {
    let text = include_str!("../../../messages/en.ftl");
    Catalogue::parse(Language::English, text).unwrap_or_else(|(damaged, _)| damaged)
});

impl Catalogue {
    /// The one that is built in.
    pub fn english() -> &'static Self {
        &ENGLISH
    }

    /// Reads a file of messages.
    ///
    /// # Errors
    /// What cannot be read, by place; and the messages that can.
    pub fn parse(language: Language, text: &str) -> Result<Self, (Self, Vec<Diagnostic>)> {
        let (resource, errors) = parser::parse_runtime(text).map_or_else(|broken| broken, |whole| (whole, Vec::new()));
        let syntax = |error: parser::ParserError| {
            wrong(Position::of_offset(text, error.pos.start), "this is no message in the syntax of Fluent")
        };
        let mut wrongs: Vec<_> = errors.into_iter().map(syntax).collect();
        let mut patterns = BTreeMap::new();
        for entry in resource.body {
            let (id, read) = match entry {
                ast::Entry::Message(message) => (message.id.name, read(&message)),
                ast::Entry::Term(term) => (term.id.name, Err(NotTaken("a term"))),
                _ => continue,
            };
            let position = || Position::of_offset(text, id.as_ptr().addr() - text.as_ptr().addr());
            match read {
                Err(NotTaken(what)) => wrongs.push(wrong(position(), &format!("{id} has {what}"))),
                Ok(pattern) => {
                    if patterns.insert(id.into(), pattern).is_some() {
                        wrongs.push(wrong(position(), &format!("there is a message {id} already")));
                    }
                }
            }
        }
        let catalogue = Self { language, patterns };
        if wrongs.is_empty() { Ok(catalogue) } else { Err((catalogue, wrongs)) }
    }

    pub const fn language(&self) -> Language {
        self.language
    }

    /// The words of a message; English ones where the language lacks it.
    pub fn say(&self, message: &Message) -> String {
        let mut out = String::new();
        self.write(&mut out, message);
        out
    }

    pub(super) fn write(&self, out: &mut String, message: &Message) {
        match self.patterns.get(message.id) {
            Some(pattern) => pattern.write(out, message, self),
            None if self.language != Language::English => Self::english().write(out, message),
            None => out.push_str(message.id),
        }
    }

    /// What messages there are, and what they take.
    pub fn signatures(&self) -> impl Iterator<Item = Signature> {
        self.patterns.iter().map(|(id, pattern)| {
            let mut signature =
                Signature { id: id.to_string(), filled_in: BTreeSet::new(), chosen_by: BTreeSet::new() };
            pattern.sign(&mut signature);
            signature
        })
    }
}

fn read(message: &ast::Message<&str>) -> Result<Pattern, NotTaken> {
    if !message.attributes.is_empty() {
        return Err(NotTaken("an attribute"));
    }
    message.value.as_ref().ok_or(NotTaken("no words")).and_then(Pattern::read)
}

fn wrong(position: Position, message: &str) -> Diagnostic {
    Diagnostic::error(
        position,
        message,
        "id = words, with { $argument } and choices by an argument",
        "write it like the others in the file",
    )
}

#[cfg(test)]
mod tests {
    use super::Catalogue;
    use crate::message;
    use crate::message::Language;

    fn catalogue(language: Language, text: &str) -> Catalogue {
        Catalogue::parse(language, text).unwrap_or_else(|(_, wrong)| panic!("{wrong:?}"))
    }

    #[test]
    fn arguments_are_filled_in_and_plurals_chosen() {
        let english = catalogue(
            Language::English,
            "rules = { $count ->\n    [0] no rule\n    [one] { $count } rule\n   *[other] { $count } rules\n } of { $whose }\n\
             node = node { $name }\n",
        );
        let said = |count: u32| english.say(&message!("rules", count = count, whose = message!("node", name = "a")));
        assert_eq!(said(0), "no rule of node a");
        assert_eq!(said(1), "1 rule of node a");
        assert_eq!(said(9_412), "9,412 rules of node a");
    }

    #[test]
    fn what_a_language_lacks_is_said_in_english() {
        let chinese = catalogue(Language::SimplifiedChinese, "send-title = 发送数据包\n");
        assert_eq!(chinese.say(&message!("send-title")), "发送数据包");
        assert_eq!(chinese.say(&message!("send-from")), "From");
    }
}
