use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not, span};
use super::{Match, bang, write_value};
use crate::net::{Packet, Transport};

/// `-m tcpmss`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpmssMatch {
    pub first: u16,
    pub last: u16,
    pub inverted: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    given.need_protocol("tcpmss", &[6])?;
    let (first, last, inverted) = given.required(given.range("--mss"), "tcpmss", "--mss")?;
    let size = |number| u16::try_from(number).unwrap_or(u16::MAX);
    Ok(Match::Tcpmss(TcpmssMatch { first: size(first), last: size(last), inverted }))
}

impl TcpmssMatch {
    /// `tcpmss_mt`: a segment without the option is as one outside of the range.
    pub const fn matches(&self, packet: &Packet) -> bool {
        let within = match packet.transport {
            Transport::Tcp { mss: Some(mss), .. } => self.first <= mss && mss <= self.last,
            _ => false,
        };
        within != self.inverted
    }

    pub fn write(&self, out: &mut String) {
        if self.first == self.last {
            write_value(out, self.inverted, "--mss", self.first);
        } else {
            write_value(out, self.inverted, "--mss", format_args!("{}:{}", self.first, self.last));
        }
    }

    /// `tcpmss_print`
    pub fn list(&self, out: &mut String) {
        let _ = write!(out, " tcpmss match {}{}", bang(self.inverted), self.first);
        if self.first != self.last {
            let _ = write!(out, ":{}", self.last);
        }
    }

    /// `tcpmss_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        to.add(&format!("tcp option maxseg size {}{}", not(self.inverted), span(self.first, self.last)));
    }
}
