use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, bang, write_value};
use crate::message;
use crate::netfilter::{PacketType, Routing, Skb};

/// `-m pkttype`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PkttypeMatch {
    pub of: PacketType,
    pub inverted: bool,
}

/// The first name of a type is the one that is printed.
const NAMES: [(&str, PacketType); 7] = [
    ("unicast", PacketType::Host),
    ("broadcast", PacketType::Broadcast),
    ("multicast", PacketType::Multicast),
    ("otherhost", PacketType::OtherHost),
    ("bcast", PacketType::Broadcast),
    ("mcast", PacketType::Multicast),
    ("host", PacketType::Host),
];

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let text = given.required(given.text("--pkt-type"), "pkttype", "--pkt-type")?;
    let Some((_, of)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) else {
        let message = format!("Bad packet type '{text}'");
        let expected = message!("expected-packet-types");
        return Err(given.wrong("--pkt-type", message, expected, message!("advice-take-one")));
    };
    Ok(Match::Pkttype(PkttypeMatch { of: *of, inverted: given.inverted("--pkt-type") }))
}

impl PkttypeMatch {
    /// `pkttype_mt`.
    pub fn matches(self, skb: &Skb, routing: &Routing) -> bool {
        (routing.packet_type(skb) == self.of) != self.inverted
    }

    pub fn write(self, out: &mut String) {
        let name = NAMES.iter().find(|(_, of)| *of == self.of).map_or("unicast", |(name, _)| *name);
        write_value(out, self.inverted, "--pkt-type", name);
    }

    /// `pkttype_print`
    pub fn list(self, out: &mut String) {
        let name = NAMES.iter().find(|(_, of)| *of == self.of).map_or("unicast", |(name, _)| *name);
        let _ = write!(out, " PKTTYPE {}= {name}", bang(self.inverted));
    }

    /// `pkttype_xlate`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        let name = match self.of {
            PacketType::Host => "unicast",
            PacketType::Broadcast => "broadcast",
            PacketType::Multicast => "multicast",
            PacketType::OtherHost => "3",
        };
        to.add(&format!("pkttype {}{name}", not(self.inverted)));
    }
}
