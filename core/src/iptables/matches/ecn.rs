use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, bang, write_option, write_value};
use crate::message;
use crate::net::{Packet, Protocol, TcpFlags, Transport};

/// `-m ecn`. Each that is asked for says whether it is inverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcnMatch {
    /// The bits of the IP header, and whether they are not to be these.
    pub codepoint: Option<(u8, bool)>,
    /// TCP: the congestion window was reduced.
    pub reduced: Option<bool>,
    /// TCP: congestion was experienced.
    pub echo: Option<bool>,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let flag = |option| given.find(option).map(|given| given.inverted);
    let codepoint = given.number("--ecn-ip-ect").and_then(|codepoint| u8::try_from(codepoint).ok());
    let codepoint = codepoint.map(|codepoint| (codepoint, given.inverted("--ecn-ip-ect")));
    let made = EcnMatch { codepoint, reduced: flag("--ecn-tcp-cwr"), echo: flag("--ecn-tcp-ece") };
    if given.options.is_empty() {
        let options =
            message!("expected-three", one = "--ecn-ip-ect", other = "--ecn-tcp-cwr", third = "--ecn-tcp-ece");
        return Err(given.wrong("", "ECN match: some option required", options, message!("advice-add-one-of-them")));
    }
    if made.reduced.is_some() || made.echo.is_some() {
        given.need_protocol("ecn", &[Protocol::Tcp.number()])?;
    }
    Ok(Match::Ecn(made))
}

impl EcnMatch {
    /// `ecn_mt4`, `ecn_mt6`.
    pub const fn matches(self, packet: &Packet) -> bool {
        let flags = match packet.transport {
            Transport::Tcp { flags, .. } => flags,
            _ => TcpFlags(0),
        };
        let codepoint = match self.codepoint {
            Some((codepoint, inverted)) => (packet.tos & 3 == codepoint) != inverted,
            None => true,
        };
        codepoint && is(self.echo, flags, TcpFlags::ECE) && is(self.reduced, flags, TcpFlags::CWR)
    }

    /// `ecn_save`.
    pub fn write(self, out: &mut String) {
        if let Some(inverted) = self.echo {
            write_option(out, inverted, "--ecn-tcp-ece");
        }
        if let Some(inverted) = self.reduced {
            write_option(out, inverted, "--ecn-tcp-cwr");
        }
        if let Some((codepoint, inverted)) = self.codepoint {
            write_value(out, inverted, "--ecn-ip-ect", codepoint);
        }
    }

    /// `ecn_print`
    pub fn list(self, out: &mut String) {
        out.push_str(" ECN match");
        // Writing to a string cannot fail.
        if let Some(inverted) = self.echo {
            let _ = write!(out, " {}ECE", bang(inverted));
        }
        if let Some(inverted) = self.reduced {
            let _ = write!(out, " {}CWR", bang(inverted));
        }
        if let Some((codepoint, inverted)) = self.codepoint {
            let _ = write!(out, " {}ECT={codepoint}", bang(inverted));
        }
    }

    /// `ecn_xlate`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        if let Some(inverted) = self.echo {
            to.add(&format!("tcp flags {}ecn", not(inverted)));
        }
        if let Some(inverted) = self.reduced {
            to.add(&format!("tcp flags {}cwr", not(inverted)));
        }
        if let Some((codepoint, inverted)) = self.codepoint {
            let name = ["not-ect", "ect1", "ect0", "ce"][usize::from(codepoint & 3)];
            to.add(&format!("ip ecn {}{name}", not(inverted)));
        }
    }
}

/// Whether a flag is as it was asked for.
const fn is(asked: Option<bool>, flags: TcpFlags, flag: TcpFlags) -> bool {
    match asked {
        Some(inverted) => flags.contains(flag) != inverted,
        None => true,
    }
}
