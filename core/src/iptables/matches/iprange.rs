use std::fmt::Write;
use std::net::IpAddr;

use super::super::address::Text;
use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, write_value};
use crate::message;
use crate::net::Packet;

/// `-m iprange`: first and last address, and whether it is inverted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IprangeMatch {
    pub src: Option<(IpAddr, IpAddr, bool)>,
    pub dst: Option<(IpAddr, IpAddr, bool)>,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let (src, dst) = (given.addresses("--src-range"), given.addresses("--dst-range"));
    if src.is_none() && dst.is_none() {
        let message = "iprange match: You must specify `--src-range' or `--dst-range'";
        return Err(given.wrong(
            "",
            message,
            message!("expected-either", one = "--src-range", other = "--dst-range"),
            message!("advice-add-one-of-them"),
        ));
    }
    Ok(Match::Iprange(Box::new(IprangeMatch { src, dst })))
}

impl IprangeMatch {
    pub fn matches(&self, packet: &Packet) -> bool {
        let holds = |range: Option<(IpAddr, IpAddr, bool)>, address: IpAddr| {
            range.is_none_or(|(first, last, inverted)| (first..=last).contains(&address) != inverted)
        };
        holds(self.src, packet.src) && holds(self.dst, packet.dst)
    }

    pub fn write(&self, out: &mut String) {
        for (name, range) in [("--src-range", self.src), ("--dst-range", self.dst)] {
            if let Some((first, last, inverted)) = range {
                write_value(out, inverted, name, format_args!("{}-{}", Text(first), Text(last)));
            }
        }
    }

    /// `iprange_mt4_print`
    pub fn list(&self, out: &mut String) {
        for (name, range) in [("source", self.src), ("destination", self.dst)] {
            if let Some((first, last, inverted)) = range {
                let not = if inverted { " !" } else { "" };
                let _ = write!(out, " {name} IP range{not} {}-{}", Text(first), Text(last));
            }
        }
    }

    /// `iprange_mt4_xlate`, `iprange_mt6_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        for (side, test) in [("saddr", self.src), ("daddr", self.dst)] {
            if let Some((first, last, inverted)) = test {
                to.add(&format!("{} {side} {}{}-{}", to.ip(), not(inverted), Text(first), Text(last)));
            }
        }
    }
}
