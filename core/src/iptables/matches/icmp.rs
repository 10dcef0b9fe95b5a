use std::fmt::Write;

use super::super::argument::number;
use super::super::given::{Given, Refusal};
use super::super::list::Names;
use super::super::translate::{Translation, not};
use super::{Match, bang, write_value};
use crate::message;
use crate::net::{Family, Packet, Transport};

/// `-m icmp` and `-m icmp6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpMatch {
    pub family: Family,
    pub kind: IcmpKind,
    pub inverted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IcmpKind {
    /// `any`, which IPv4 has.
    Any,
    Type {
        kind: u8,
        first_code: u8,
        last_code: u8,
    },
}

type Name = (&'static str, u8, u8, u8);

/// Name, type, first and last code (`icmp_codes` of `libxt_icmp.h`).
const NAMES_V4: [Name; 40] = [
    ("echo-reply", 0, 0, 255),
    ("pong", 0, 0, 255),
    ("destination-unreachable", 3, 0, 255),
    ("network-unreachable", 3, 0, 0),
    ("host-unreachable", 3, 1, 1),
    ("protocol-unreachable", 3, 2, 2),
    ("port-unreachable", 3, 3, 3),
    ("fragmentation-needed", 3, 4, 4),
    ("source-route-failed", 3, 5, 5),
    ("network-unknown", 3, 6, 6),
    ("host-unknown", 3, 7, 7),
    ("network-prohibited", 3, 9, 9),
    ("host-prohibited", 3, 10, 10),
    ("TOS-network-unreachable", 3, 11, 11),
    ("TOS-host-unreachable", 3, 12, 12),
    ("communication-prohibited", 3, 13, 13),
    ("host-precedence-violation", 3, 14, 14),
    ("precedence-cutoff", 3, 15, 15),
    ("source-quench", 4, 0, 255),
    ("redirect", 5, 0, 255),
    ("network-redirect", 5, 0, 0),
    ("host-redirect", 5, 1, 1),
    ("TOS-network-redirect", 5, 2, 2),
    ("TOS-host-redirect", 5, 3, 3),
    ("echo-request", 8, 0, 255),
    ("ping", 8, 0, 255),
    ("router-advertisement", 9, 0, 255),
    ("router-solicitation", 10, 0, 255),
    ("time-exceeded", 11, 0, 255),
    ("ttl-exceeded", 11, 0, 255),
    ("ttl-zero-during-transit", 11, 0, 0),
    ("ttl-zero-during-reassembly", 11, 1, 1),
    ("parameter-problem", 12, 0, 255),
    ("ip-header-bad", 12, 0, 0),
    ("required-option-missing", 12, 1, 1),
    ("timestamp-request", 13, 0, 255),
    ("timestamp-reply", 14, 0, 255),
    ("address-mask-request", 17, 0, 255),
    ("address-mask-reply", 18, 0, 255),
    ("any", 255, 0, 255),
];

const NAMES_V6: [Name; 26] = [
    ("destination-unreachable", 1, 0, 255),
    ("no-route", 1, 0, 0),
    ("communication-prohibited", 1, 1, 1),
    ("beyond-scope", 1, 2, 2),
    ("address-unreachable", 1, 3, 3),
    ("port-unreachable", 1, 4, 4),
    ("failed-policy", 1, 5, 5),
    ("reject-route", 1, 6, 6),
    ("packet-too-big", 2, 0, 255),
    ("time-exceeded", 3, 0, 255),
    ("ttl-exceeded", 3, 0, 255),
    ("ttl-zero-during-transit", 3, 0, 0),
    ("ttl-zero-during-reassembly", 3, 1, 1),
    ("parameter-problem", 4, 0, 255),
    ("bad-header", 4, 0, 0),
    ("unknown-header-type", 4, 1, 1),
    ("unknown-option", 4, 2, 2),
    ("echo-request", 128, 0, 255),
    ("ping", 128, 0, 255),
    ("echo-reply", 129, 0, 255),
    ("pong", 129, 0, 255),
    ("router-solicitation", 133, 0, 255),
    ("router-advertisement", 134, 0, 255),
    ("neighbour-solicitation", 135, 0, 255),
    ("neighbor-solicitation", 135, 0, 255),
    ("redirect", 137, 0, 255),
];

/// The types from 133 in nft's words (`icmp6_type_xlate_array`).
const NEIGHBOUR_DISCOVERY: [&str; 5] =
    ["nd-router-solicit", "nd-router-advert", "nd-neighbor-solicit", "nd-neighbor-advert", "nd-redirect"];

/// Further spellings of neighbour discovery.
const MORE_V6: [Name; 2] = [("neighbour-advertisement", 136, 0, 255), ("neighbor-advertisement", 136, 0, 255)];

pub fn read_v4(given: &Given<'_>) -> Result<Match, Refusal> {
    given.need_protocol("icmp", &[1])?;
    read(given, "icmp", "--icmp-type", &NAMES_V4)
}

pub fn read_v6(given: &Given<'_>) -> Result<Match, Refusal> {
    given.need_protocol("icmp6", &[58])?;
    read(given, "icmp6", "--icmpv6-type", &NAMES_V6)
}

fn read(given: &Given<'_>, extension: &str, option: &str, names: &[Name]) -> Result<Match, Refusal> {
    let text = given.required(given.text(option), extension, option)?;
    let inverted = given.inverted(option);
    let named = || names.iter().chain(&MORE_V6).filter(|(name, ..)| starts_with(name, text));
    let kind = match text.split_once('/') {
        _ if text == "any" && given.family == Family::V4 => Some(IcmpKind::Any),
        Some((kind, codes)) => {
            let (first, last) = codes.split_once(':').unwrap_or((codes, codes));
            byte(kind).zip(byte(first)).zip(byte(last)).map(|((kind, first), last)| numbered(kind, first, last))
        }
        None => byte(text).map(|kind| numbered(kind, 0, 255)).or_else(|| {
            // A beginning will do as long as only one name has it (`parse_icmp`).
            let exact = named().find(|(name, ..)| name.len() == text.len());
            let only = exact.or_else(|| named().next().filter(|_| named().count() == 1));
            only.map(|(_, kind, first, last)| numbered(*kind, *first, *last))
        }),
    };
    let Some(kind) = kind else {
        let message = match named().map(|(name, ..)| *name).collect::<Vec<_>>()[..] {
            [first, second, ..] => {
                format!("Ambiguous ICMP type `{text}': `{first}' or `{second}'?")
            }
            _ => format!("Invalid ICMP type `{text}'"),
        };
        return Err(given.wrong(option, message, message!("expected-icmp-type"), message!("advice-type")));
    };
    Ok(Match::Icmp(IcmpMatch { family: given.family, kind, inverted }))
}

fn starts_with(name: &str, text: &str) -> bool {
    name.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text))
}

fn byte(text: &str) -> Option<u8> {
    number(text).and_then(|number| u8::try_from(number).ok())
}

const fn numbered(kind: u8, first_code: u8, last_code: u8) -> IcmpKind {
    IcmpKind::Type { kind, first_code, last_code }
}

impl IcmpMatch {
    pub const fn name(&self) -> &'static str {
        match self.family {
            Family::V4 => "icmp",
            Family::V6 => "icmp6",
        }
    }

    /// `icmp_type_code_match`; type 255 stands for any in IPv4.
    pub fn matches(&self, packet: &Packet) -> bool {
        let Transport::Icmp(icmp) = &packet.transport else {
            return false;
        };
        let found = match self.kind {
            IcmpKind::Any => true,
            IcmpKind::Type { kind: 255, .. } if self.family == Family::V4 => true,
            IcmpKind::Type { kind, first_code, last_code } => {
                icmp.kind == kind && (first_code..=last_code).contains(&icmp.code)
            }
        };
        found != self.inverted
    }

    pub fn write(&self, out: &mut String) {
        let option = match self.family {
            Family::V4 => "--icmp-type",
            Family::V6 => "--icmpv6-type",
        };
        match self.kind {
            IcmpKind::Any => write_value(out, self.inverted, option, "any"),
            IcmpKind::Type { kind: 255, .. } if self.family == Family::V4 => {
                write_value(out, self.inverted, option, "any")
            }
            IcmpKind::Type { kind, first_code: 0, last_code: 255 } => write_value(out, self.inverted, option, kind),
            IcmpKind::Type { kind, first_code, .. } => {
                write_value(out, self.inverted, option, format_args!("{kind}/{first_code}"));
            }
        }
    }

    /// `icmp_print`, `icmp6_print`
    pub fn list(&self, out: &mut String, names: Names) {
        out.push_str(if self.family == Family::V4 { " icmp" } else { " ipv6-icmp" });
        let (kind, first_code, last_code) = match self.kind {
            IcmpKind::Any => (255, 0, 255),
            IcmpKind::Type { kind, first_code, last_code } => (kind, first_code, last_code),
        };
        let known = match self.family {
            Family::V4 => {
                NAMES_V4.iter().find(|(_, of, first, last)| (*of, *first, *last) == (kind, first_code, last_code))
            }
            Family::V6 => {
                NAMES_V6.iter().find(|(_, of, first, last)| (*of, *first, *last) == (kind, first_code, last_code))
            }
        };
        if let (Names::Known, Some((name, ..))) = (names, known) {
            let _ = write!(out, " {}{name}", bang(self.inverted));
            return;
        }
        // The tool writes no blank before it.
        let _ = write!(out, "{}type {kind}", if self.inverted { " !" } else { "" });
        if first_code == last_code {
            let _ = write!(out, " code {first_code}");
        } else if (first_code, last_code) != (0, 255) {
            let _ = write!(out, " codes {first_code}-{last_code}");
        }
    }

    /// `icmp_xlate`, `icmp6_xlate`: a type with all its codes, if it has a name.
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) -> bool {
        let (kind, first, last) = match self.kind {
            IcmpKind::Type { kind, first_code, last_code } => (kind, first_code, last_code),
            IcmpKind::Any => (255, 0, 255),
        };
        if self.family == Family::V4 && kind == 255 {
            to.add("ip protocol icmp");
            return true;
        }
        let names: &[Name] = if self.family == Family::V4 { &NAMES_V4 } else { &NAMES_V6 };
        let known = match (self.family, kind) {
            (Family::V6, 133..=137) => Some(NEIGHBOUR_DISCOVERY[usize::from(kind - 133)]),
            _ => {
                names.iter().find(|(_, of, from, to)| (*of, *from, *to) == (kind, first, last)).map(|(name, ..)| *name)
            }
        };
        let Some(name) = known.filter(|_| first != last) else {
            return false;
        };
        let field = if self.family == Family::V4 { "icmp" } else { "icmpv6" };
        to.add(&format!("{field} type {}{name}", not(self.inverted)));
        true
    }
}
