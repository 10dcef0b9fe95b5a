//! The options of ipvsadm in one table, and the words of a line split by it.

use crate::message;
use crate::source::{Diagnostic, Position};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    AddService,
    EditService,
    DeleteService,
    Clear,
    Zero,
    AddServer,
    EditServer,
    DeleteServer,
    Set,
    TcpService,
    UdpService,
    SctpService,
    FwmarkService,
    Ipv6,
    Scheduler,
    Persistent,
    Netmask,
    RealServer,
    Gatewaying,
    Ipip,
    Masquerading,
    TunnelType,
    TunnelPort,
    TunnelNoChecksum,
    TunnelChecksum,
    TunnelRemoteChecksum,
    Weight,
    UpperThreshold,
    LowerThreshold,
    OnePacket,
    SchedulerFlags,
    Numeric,
}

/// Whether a value follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    None,
    Required,
    Optional,
}

struct Definition {
    name: Name,
    short: Option<char>,
    long: &'static str,
    value: Value,
}

const fn option(name: Name, short: Option<char>, long: &'static str, value: Value) -> Definition {
    Definition { name, short, long, value }
}

const OPTIONS: [Definition; 32] = [
    option(Name::AddService, Some('A'), "add-service", Value::None),
    option(Name::EditService, Some('E'), "edit-service", Value::None),
    option(Name::DeleteService, Some('D'), "delete-service", Value::None),
    option(Name::Clear, Some('C'), "clear", Value::None),
    option(Name::Zero, Some('Z'), "zero", Value::None),
    option(Name::AddServer, Some('a'), "add-server", Value::None),
    option(Name::EditServer, Some('e'), "edit-server", Value::None),
    option(Name::DeleteServer, Some('d'), "delete-server", Value::None),
    option(Name::Set, None, "set", Value::None),
    option(Name::TcpService, Some('t'), "tcp-service", Value::Required),
    option(Name::UdpService, Some('u'), "udp-service", Value::Required),
    option(Name::SctpService, None, "sctp-service", Value::Required),
    option(Name::FwmarkService, Some('f'), "fwmark-service", Value::Required),
    option(Name::Ipv6, Some('6'), "ipv6", Value::None),
    option(Name::Scheduler, Some('s'), "scheduler", Value::Required),
    option(Name::Persistent, Some('p'), "persistent", Value::Optional),
    option(Name::Netmask, Some('M'), "netmask", Value::Required),
    option(Name::RealServer, Some('r'), "real-server", Value::Required),
    option(Name::Gatewaying, Some('g'), "gatewaying", Value::None),
    option(Name::Ipip, Some('i'), "ipip", Value::None),
    option(Name::Masquerading, Some('m'), "masquerading", Value::None),
    option(Name::TunnelType, None, "tun-type", Value::Required),
    option(Name::TunnelPort, None, "tun-port", Value::Required),
    option(Name::TunnelNoChecksum, None, "tun-nocsum", Value::None),
    option(Name::TunnelChecksum, None, "tun-csum", Value::None),
    option(Name::TunnelRemoteChecksum, None, "tun-remcsum", Value::None),
    option(Name::Weight, Some('w'), "weight", Value::Required),
    option(Name::UpperThreshold, Some('x'), "u-threshold", Value::Required),
    option(Name::LowerThreshold, Some('y'), "l-threshold", Value::Required),
    option(Name::OnePacket, Some('o'), "ops", Value::None),
    option(Name::SchedulerFlags, Some('b'), "sched-flags", Value::Required),
    option(Name::Numeric, Some('n'), "numeric", Value::None),
];

/// A word with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    pub position: Position,
}

/// One option of a line with its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    pub name: Name,
    pub word: Word<'a>,
    pub value: Option<Word<'a>>,
}

/// A line split into options and the words that belong to none.
#[derive(Debug, Default)]
pub(super) struct Options<'a> {
    pub given: Vec<Given<'a>>,
    pub rest: Vec<Word<'a>>,
}

impl<'a> Options<'a> {
    pub fn find(&self, name: Name) -> Option<Given<'a>> {
        self.given.iter().find(|given| given.name == name).copied()
    }

    /// The value of an option that must have one.
    pub fn value(&self, name: Name) -> Option<Word<'a>> {
        self.find(name)?.value
    }

    /// The first of several options that exclude each other.
    pub fn one_of(&self, names: &[Name], what: &str) -> Result<Option<Given<'a>>, Box<Diagnostic>> {
        let mut matching = self.given.iter().filter(|given| names.contains(&given.name));
        let first = matching.next().copied();
        match matching.next() {
            Some(second) => Err(Box::new(Diagnostic::error(
                second.word.position,
                match what {
                    "command" => format!("invalid option `{}'", second.word.text),
                    what => format!("multiple '{what}' options specified"),
                },
                message!("expected-only-one", what = what),
                format!("remove {}", second.word.text),
            ))),
            None => Ok(first),
        }
    }
}

/// The words of a line. `ipvsadm -R` knows no comments.
pub(super) fn words(line: &str, number: u32) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    for (column, (offset, character)) in (1..).zip(line.char_indices().chain([(line.len(), ' ')])) {
        if character.is_whitespace() {
            if let Some((from, at)) = start.take() {
                words.push(Word { text: &line[from..offset], position: Position::new(number, at) });
            }
        } else if start.is_none() {
            start = Some((offset, column));
        }
    }
    words
}

pub(super) fn split<'a>(words: &[Word<'a>]) -> Result<Options<'a>, Box<Diagnostic>> {
    let mut options = Options::default();
    let mut words = words.iter().copied().peekable();
    while let Some(word) = words.next() {
        if !word.text.starts_with('-') || word.text == "-" {
            options.rest.push(word);
            continue;
        }
        let (definition, attached) = find(word)?;
        let value = match (definition.value, attached) {
            (Value::None, None) => None,
            (Value::None, Some(_)) => {
                let message = message!("wrong-takes-no-value", name = definition.long);
                return Err(Box::new(Diagnostic::error(
                    word.position,
                    message,
                    message!("expected-no-equals"),
                    message!("advice-remove-it"),
                )));
            }
            (_, Some(text)) => Some(Word { text, position: word.position }),
            (Value::Required, None) => Some(words.next().ok_or_else(|| {
                let expected = message!("expected-value-after", option = word.text);
                Box::new(Diagnostic::error(
                    word.position,
                    format!("{}: missing argument", word.text),
                    expected,
                    message!("advice-add"),
                ))
            })?),
            (Value::Optional, None) => words.next_if(|next| !next.text.starts_with('-')),
        };
        options.given.push(Given { name: definition.name, word, value });
    }
    Ok(options)
}

/// The option that a word names, and what follows its `=`.
fn find<'a>(word: Word<'a>) -> Result<(&'static Definition, Option<&'a str>), Box<Diagnostic>> {
    let unknown = || {
        let advice = message!("advice-ipvsadm-help");
        let message = format!("{}: unknown option", word.text);
        Box::new(Diagnostic::error(word.position, message, message!("expected-option-of-ipvsadm"), advice))
    };
    if let Some(long) = word.text.strip_prefix("--") {
        let (long, attached) = long.split_once('=').map_or((long, None), |(long, value)| (long, Some(value)));
        let definition = OPTIONS.iter().find(|option| option.long == long).ok_or_else(unknown)?;
        return Ok((definition, attached));
    }
    let mut characters = word.text.chars().skip(1);
    let (short, more) = (characters.next(), characters.next());
    let definition =
        OPTIONS.iter().find(|option| option.short.is_some() && option.short == short).ok_or_else(unknown)?;
    match more {
        None => Ok((definition, None)),
        Some(_) if definition.value == Value::None => Err(unknown()),
        Some(_) => Ok((definition, word.text.get(2..))),
    }
}
