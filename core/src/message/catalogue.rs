use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

use fluent_syntax::{ast, parser};

use super::pattern::{NotTaken, Pattern};
use super::{Language, Message};
use crate::source::{Diagnostic, Position};

/// All messages of a language.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    language: Language,
    entries: BTreeMap<Cow<'static, str>, Entry>,
}

/// A message's words.
#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Read(Pattern),
    /// Read when it is first said.
    Written {
        text: &'static str,
        read: OnceLock<Option<Pattern>>,
    },
}

/// A message's id and the arguments that its words take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub id: String,
    pub filled_in: BTreeSet<String>,
    /// By which words are chosen, such as a plural. One language needs it where another does not.
    pub chosen_by: BTreeSet<String>,
}

static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::written(Language::English, include_str!("../../../messages/en.ftl")));

/// What a page says when somebody has done more than send a packet: the page has it later than the other.
static ENGLISH_REST: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::written(Language::English, include_str!("../../../messages/en-rest.ftl")));

impl Catalogue {
    /// The one that is built in.
    pub fn english() -> &'static Self {
        &ENGLISH
    }

    /// A file whose messages are read one by one when they are said: a page says a tenth of them before somebody has
    /// done anything. What cannot be read is as if it were not there; a test reads the whole file.
    fn written(language: Language, file: &'static str) -> Self {
        let mut entries = Vec::new();
        let mut rest = file;
        while !rest.is_empty() {
            // A message goes on until a line that is neither empty nor set in.
            let mut ends = rest.match_indices('\n').map(|(at, _)| at + 1);
            let goes_on = |line: &str| line.starts_with([' ', '}', '\n', '\r']);
            let end = ends.find(|end| !goes_on(&rest[*end..])).unwrap_or(rest.len());
            let (text, behind) = rest.split_at(end);
            rest = behind;
            if let Some((id, _)) = text.split_once(" =").filter(|_| !text.starts_with('#')) {
                entries.push((Cow::Borrowed(id), Entry::Written { text, read: OnceLock::new() }));
            }
        }
        Self { language, entries: entries.into_iter().collect() }
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
        let mut entries = BTreeMap::new();
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
                    if entries.insert(Cow::Owned(id.to_owned()), Entry::Read(pattern)).is_some() {
                        wrongs.push(wrong(position(), &format!("there is a message {id} already")));
                    }
                }
            }
        }
        let catalogue = Self { language, entries };
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
        match self.entry(message.id).and_then(Entry::pattern) {
            Some(pattern) => pattern.write(out, message, self),
            None if self.language != Language::English => Self::english().write(out, message),
            None => out.push_str(message.id),
        }
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        let rest = || ENGLISH_REST.entries.get(id).filter(|_| self.language == Language::English);
        self.entries.get(id).or_else(rest)
    }

    /// What messages there are, and what they take.
    pub fn signatures(&self) -> impl Iterator<Item = Signature> {
        self.entries.iter().filter_map(|(id, entry)| {
            let mut signature =
                Signature { id: id.to_string(), filled_in: BTreeSet::new(), chosen_by: BTreeSet::new() };
            entry.pattern()?.sign(&mut signature);
            Some(signature)
        })
    }
}

impl Entry {
    fn pattern(&self) -> Option<&Pattern> {
        match self {
            Self::Read(pattern) => Some(pattern),
            Self::Written { text, read } => read.get_or_init(|| alone(text)).as_ref(),
        }
    }
}

/// The pattern of a text with one message.
fn alone(text: &str) -> Option<Pattern> {
    let resource = parser::parse_runtime(text).unwrap_or_else(|(readable, _)| readable);
    resource.body.iter().find_map(|entry| match entry {
        ast::Entry::Message(message) => read(message).ok(),
        _ => None,
    })
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
    fn messages_read_one_by_one_are_those_of_the_whole_file() {
        let first = (Catalogue::english(), include_str!("../../../messages/en.ftl"));
        let rest = (&*super::ENGLISH_REST, include_str!("../../../messages/en-rest.ftl"));
        for (read, file) in [first, rest] {
            let whole = catalogue(Language::English, file);
            assert!(read.entries.keys().eq(whole.entries.keys()));
            for (id, entry) in &whole.entries {
                assert_eq!(read.entries[id].pattern(), entry.pattern(), "{id}");
            }
        }
    }

    #[test]
    fn what_a_language_lacks_is_said_in_english() {
        let chinese = catalogue(Language::SimplifiedChinese, "send-title = 发送数据包\n");
        assert_eq!(chinese.say(&message!("send-title")), "发送数据包");
        assert_eq!(chinese.say(&message!("send-from")), "From");
    }
}
