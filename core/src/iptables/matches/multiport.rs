use std::fmt::Write;

use super::super::argument::PortRange;
use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not, span};
use super::{Match, write_value};
use crate::message;
use crate::net::Packet;

/// `-m multiport`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiportMatch {
    pub side: Side,
    pub ports: Box<[PortRange]>,
    pub inverted: bool,
}

/// Which port is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Source,
    Destination,
    Either,
}

impl Side {
    const fn option(self) -> &'static str {
        match self {
            Self::Source => "--sports",
            Self::Destination => "--dports",
            Self::Either => "--ports",
        }
    }
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    if given.protocol.is_none_or(|test| test.inverted) {
        let message = "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'";
        return Err(given.wrong("", message, message!("expected-these-protocols"), message!("advice-protocol-before")));
    }
    given.need_protocol("multiport", &[6, 17, 136, 132, 33])?;
    if given.options.len() > 1 {
        let message = "multiport: only one of --source-ports, --destination-ports and --ports is allowed";
        return Err(given.wrong("", message, message!("expected-one-of-three"), message!("advice-two-matches")));
    }
    for side in [Side::Source, Side::Destination, Side::Either] {
        if let Some((ports, inverted)) = given.port_list(side.option()) {
            return Ok(Match::Multiport(Box::new(MultiportMatch { side, ports, inverted })));
        }
    }
    Err(given.wrong(
        "",
        "multiport expection an option",
        message!("expected-three", one = "--sports", other = "--dports", third = "--ports"),
        message!("advice-add-one-of-them"),
    ))
}

impl MultiportMatch {
    pub fn matches(&self, packet: &Packet) -> bool {
        let Some((sport, dport)) = packet.ports() else {
            return false;
        };
        let any = |port| self.ports.iter().any(|range| range.contains(port));
        let found = match self.side {
            Side::Source => any(sport),
            Side::Destination => any(dport),
            Side::Either => any(sport) || any(dport),
        };
        found != self.inverted
    }

    pub fn write(&self, out: &mut String) {
        let ports: Vec<_> = self.ports.iter().map(ToString::to_string).collect();
        write_value(out, self.inverted, self.side.option(), ports.join(","));
    }

    /// `__multiport_print_v1`
    pub fn list(&self, out: &mut String) {
        let ports: Vec<_> = self.ports.iter().map(ToString::to_string).collect();
        let not = if self.inverted { " !" } else { "" };
        let _ = write!(out, " multiport {} {not}{}", self.side.option().trim_start_matches('-'), ports.join(","));
    }

    /// `__multiport_xlate_v1`: of either port the inversion is left out, and so are ranges.
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>, protocol: &str) {
        let side = match self.side {
            Side::Source => "sport",
            Side::Destination => "dport",
            Side::Either => {
                let ends = self.ports.iter().flat_map(|range| {
                    let last = (range.last != range.first).then_some(range.last);
                    std::iter::once(range.first).chain(last)
                });
                let pairs: Vec<_> = ends.map(|port| format!("0-65535 . {port}, {port} . 0-65535")).collect();
                return to.add(&format!("{protocol} sport . {protocol} dport {{ {} }}", pairs.join(", ")));
            }
        };
        let ports: Vec<_> = self.ports.iter().map(|range| span(range.first, range.last)).collect();
        let ports = if ports.len() > 1 { format!("{{ {} }}", ports.join(", ")) } else { ports.concat() };
        to.add(&format!("{protocol} {side} {}{ports}", not(self.inverted)));
    }
}
