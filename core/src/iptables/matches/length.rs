use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not, span};
use super::{Match, bang, write_value};
use crate::net::Packet;

/// `-m length`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthMatch {
    pub first: u16,
    pub last: u16,
    pub inverted: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let (first, last, inverted) = given.required(given.range("--length"), "length", "--length")?;
    let length = |number| u16::try_from(number).unwrap_or(u16::MAX);
    Ok(Match::Length(LengthMatch { first: length(first), last: length(last), inverted }))
}

impl LengthMatch {
    /// `length_mt`, `length_mt6`: the whole packet in both families.
    pub fn matches(&self, packet: &Packet) -> bool {
        (self.first..=self.last).contains(&packet.length) != self.inverted
    }

    pub fn write(&self, out: &mut String) {
        if self.first == self.last {
            write_value(out, self.inverted, "--length", self.first);
        } else {
            write_value(out, self.inverted, "--length", format_args!("{}:{}", self.first, self.last));
        }
    }

    /// `length_print`
    pub fn list(&self, out: &mut String) {
        let _ = write!(out, " length {}{}", bang(self.inverted), self.first);
        if self.first != self.last {
            let _ = write!(out, ":{}", self.last);
        }
    }

    /// `length_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        to.add(&format!("meta length {}{}", not(self.inverted), span(self.first, self.last)));
    }
}
