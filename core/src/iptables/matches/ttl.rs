use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::Translation;
use super::{Match, write_value};
use crate::message;
use crate::net::{Family, Packet};

/// `-m ttl`, `-m hl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TtlMatch {
    pub family: Family,
    pub order: TtlOrder,
    pub ttl: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TtlOrder {
    Equal,
    NotEqual,
    Less,
    Greater,
}

pub fn read_ttl(given: &Given<'_>) -> Result<Match, Refusal> {
    read(
        given,
        ["--ttl-eq", "--ttl-lt", "--ttl-gt"],
        "TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt",
    )
}

pub fn read_hl(given: &Given<'_>) -> Result<Match, Refusal> {
    read(given, ["--hl-eq", "--hl-lt", "--hl-gt"], "HL match: You must specify one of `--hl-eq', `--hl-lt', `--hl-gt'")
}

fn read(given: &Given<'_>, options: [&str; 3], message: &str) -> Result<Match, Refusal> {
    let [equal, less, greater] = options;
    let found: Vec<_> = options.iter().filter(|option| given.has(option)).collect();
    let [option] = found[..] else {
        return Err(given.wrong(
            "",
            message,
            message!("expected-one-comparison"),
            message!("advice-write-one-of", list = format!("{equal}, {less}, {greater}")),
        ));
    };
    let order = match *option {
        name if name == less => TtlOrder::Less,
        name if name == greater => TtlOrder::Greater,
        name if given.inverted(name) => TtlOrder::NotEqual,
        _ => TtlOrder::Equal,
    };
    let ttl = given.number(option).and_then(|number| u8::try_from(number).ok()).unwrap_or(0);
    Ok(Match::Ttl(TtlMatch { family: given.family, order, ttl }))
}

impl TtlMatch {
    pub const fn name(&self) -> &'static str {
        match self.family {
            Family::V4 => "ttl",
            Family::V6 => "hl",
        }
    }

    pub const fn matches(&self, packet: &Packet) -> bool {
        match self.order {
            TtlOrder::Equal => packet.ttl == self.ttl,
            TtlOrder::NotEqual => packet.ttl != self.ttl,
            TtlOrder::Less => packet.ttl < self.ttl,
            TtlOrder::Greater => packet.ttl > self.ttl,
        }
    }

    pub fn write(&self, out: &mut String) {
        let (equal, less, greater) = match self.family {
            Family::V4 => ("--ttl-eq", "--ttl-lt", "--ttl-gt"),
            Family::V6 => ("--hl-eq", "--hl-lt", "--hl-gt"),
        };
        match self.order {
            TtlOrder::Equal => write_value(out, false, equal, self.ttl),
            TtlOrder::NotEqual => write_value(out, true, equal, self.ttl),
            TtlOrder::Less => write_value(out, false, less, self.ttl),
            TtlOrder::Greater => write_value(out, false, greater, self.ttl),
        }
    }

    /// `ttl_print`, `hl_print`
    pub fn list(&self, out: &mut String) {
        let name = if self.family == Family::V4 { "TTL" } else { "HL" };
        let order = match self.order {
            TtlOrder::Equal => "==",
            TtlOrder::NotEqual => "!=",
            TtlOrder::Less => "<",
            TtlOrder::Greater => ">",
        };
        let _ = write!(out, " {name} match {name} {order} {}", self.ttl);
    }

    /// `ttl_xlate`, `hl_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        let field = if self.family == Family::V4 { "ip ttl" } else { "ip6 hoplimit" };
        let order = match self.order {
            TtlOrder::Equal => "",
            TtlOrder::NotEqual => "!= ",
            TtlOrder::Less => "lt ",
            TtlOrder::Greater => "gt ",
        };
        to.add(&format!("{field} {order}{}", self.ttl));
    }
}
