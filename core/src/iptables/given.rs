use std::net::IpAddr;
use std::ops::Range;

use super::address::Net;
use super::argument::{PortRange, Value};
use super::header::ProtocolMatch;
use super::matches::Match;
use super::options::Choice;
use super::targets::Target;
use super::words::Complaint;
use crate::ipset::SetDirection;
use crate::message;
use crate::net::Family;
use crate::source::Phrase;

/// How an extension is made from its options.
#[derive(Clone, Copy)]
pub(super) enum Reader {
    Match(fn(&Given<'_>) -> Result<Match, Refusal>),
    Target(fn(&Given<'_>) -> Result<Target, Refusal>),
}

/// Why an extension was not made.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Refusal {
    Wrong(Complaint),
    /// The tool takes it, the model has nothing for it: the rule is kept as it is written.
    NotModelled,
}

/// One option that was written.
#[derive(Clone, Debug)]
pub(super) struct GivenOption<'a> {
    pub option: &'static Choice,
    pub inverted: bool,
    pub value: Value<'a>,
    /// Its bytes in the line, from a `!` to the end of the argument.
    pub span: Range<usize>,
}

/// The options of one match or target, with what else decides about their meaning.
pub(super) struct Given<'a> {
    /// Where the name of the extension stands.
    pub at: usize,
    pub family: Family,
    pub protocol: Option<ProtocolMatch>,
    pub options: Vec<GivenOption<'a>>,
}

impl<'a> Given<'a> {
    pub fn find(&self, name: &str) -> Option<&GivenOption<'a>> {
        self.options.iter().find(|given| given.option.name == name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    pub fn text(&self, name: &str) -> Option<&'a str> {
        match self.find(name)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self, name: &str) -> Option<u32> {
        match self.find(name)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    pub fn inverted(&self, name: &str) -> bool {
        self.find(name).is_some_and(|given| given.inverted)
    }

    /// The ports of an option, and whether they are inverted; without it any port.
    pub fn ports(&self, name: &str) -> (PortRange, bool) {
        match self.find(name) {
            Some(GivenOption { value: Value::Ports(range), inverted, .. }) => (*range, *inverted),
            _ => (PortRange::ANY, false),
        }
    }

    pub fn names(&self, name: &str) -> Option<(u32, bool)> {
        match self.find(name) {
            Some(GivenOption { value: Value::Names(bits), inverted, .. }) => Some((*bits, *inverted)),
            _ => None,
        }
    }

    pub fn mark(&self, name: &str) -> Option<(u32, u32, bool)> {
        match self.find(name) {
            Some(GivenOption { value: Value::Mark { value, mask }, inverted, .. }) => Some((*value, *mask, *inverted)),
            _ => None,
        }
    }

    /// Value, mask and inversion of a TOS byte.
    pub fn tos(&self, name: &str) -> Option<(u8, u8, bool)> {
        let (value, mask, inverted) = self.mark(name)?;
        Some((u8::try_from(value).ok()?, u8::try_from(mask).ok()?, inverted))
    }

    pub fn range(&self, name: &str) -> Option<(u32, u32, bool)> {
        match self.find(name) {
            Some(GivenOption { value: Value::Range(first, last), inverted, .. }) => Some((*first, *last, *inverted)),
            _ => None,
        }
    }

    pub fn net(&self, name: &str) -> Option<(Net, bool)> {
        match self.find(name) {
            Some(GivenOption { value: Value::Address(net), inverted, .. }) => Some((net.clone(), *inverted)),
            _ => None,
        }
    }

    pub fn addresses(&self, name: &str) -> Option<(IpAddr, IpAddr, bool)> {
        match self.find(name) {
            Some(GivenOption { value: Value::Addresses(first, last), inverted, .. }) => {
                Some((*first, *last, *inverted))
            }
            _ => None,
        }
    }

    pub fn port_list(&self, name: &str) -> Option<(Box<[PortRange]>, bool)> {
        match self.find(name) {
            Some(GivenOption { value: Value::PortList(list), inverted, .. }) => Some((list.clone(), *inverted)),
            _ => None,
        }
    }

    pub fn set(&self, name: &str) -> Option<(&'a str, &[SetDirection], bool)> {
        match self.find(name) {
            Some(GivenOption { value: Value::Set { name, directions }, inverted, .. }) => {
                Some((name, directions, *inverted))
            }
            _ => None,
        }
    }

    /// An option that must be there.
    pub fn required<T>(&self, value: Option<T>, extension: &str, option: &str) -> Result<T, Refusal> {
        value.ok_or_else(|| {
            let message = format!("{extension}: option \"{option}\" must be specified");
            self.wrong("", message, option, message!("advice-add-option", what = option))
        })
    }

    /// A refusal at an option, or at the extension itself if it has none with this name.
    pub fn wrong(
        &self,
        option: &str,
        message: impl Into<Phrase>,
        expected: impl Into<Phrase>,
        advice: impl Into<Phrase>,
    ) -> Refusal {
        let at = self.find(option).map_or(self.at, |given| given.span.start);
        Refusal::Wrong(Complaint::new(at, message, expected, advice))
    }

    /// A refusal unless the rule asks for one of these protocols, as the kernel's `xt_check_match` has it.
    pub fn need_protocol(&self, extension: &str, numbers: &[u8]) -> Result<(), Refusal> {
        let fits = self.protocol.is_some_and(|test| !test.inverted && numbers.contains(&test.protocol.number()));
        if fits {
            return Ok(());
        }
        let list: Vec<_> = numbers.iter().map(u8::to_string).collect();
        let name = crate::net::Protocol::from_number(numbers.first().copied().unwrap_or(0));
        let message = format!("{extension} match: only valid for protocol {}", list.join(" or "));
        Err(self.wrong(
            "",
            message,
            message!("expected-in-rule", what = format!("-p {name}")),
            message!("advice-add-option", what = format!("-p {name}")),
        ))
    }
}
