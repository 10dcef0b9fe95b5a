use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, Outcome, write_value};
use crate::message;
use crate::net::{Ethernet, MacAddress};
use crate::netfilter::Skb;

/// `-m mac`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MacMatch {
    pub source: MacAddress,
    pub inverted: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let text = given.required(given.text("--mac-source"), "mac", "--mac-source")?;
    let Ok(source) = text.parse() else {
        let message = "Invalid MAC address specified.";
        return Err(given.wrong("--mac-source", message, message!("expected-six-bytes"), message!("advice-address")));
    };
    Ok(Match::Mac(MacMatch { source, inverted: given.inverted("--mac-source") }))
}

impl MacMatch {
    /// `mac_mt`
    pub(super) fn test(self, skb: &Skb) -> Outcome {
        match skb.ethernet {
            None => Outcome::No,
            Some(Ethernet { source: None, .. }) => Outcome::NotModelled,
            Some(Ethernet { source: Some(source), .. }) => ((source == self.source) != self.inverted).into(),
        }
    }

    pub fn write(self, out: &mut String) {
        write_value(out, self.inverted, "--mac-source", self.source);
    }

    /// `mac_print`
    pub fn list(self, out: &mut String) {
        let _ = write!(out, " MAC {}{}", if self.inverted { "! " } else { "" }, self.source);
    }

    /// `mac_xlate`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        to.add(&format!("ether saddr {}{}", not(self.inverted), self.source));
    }
}
