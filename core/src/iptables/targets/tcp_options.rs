use std::fmt::Write;

use super::super::argument::number;
use super::super::given::{Given, Refusal};
use super::super::matches::{write_option, write_value};
use super::super::translate::Translation;
use super::Target;
use crate::message;
use crate::net::{Family, Packet, Transport};

/// `-j TCPMSS`: lowers what a SYN says of the largest segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpmssTarget {
    Set(u16),
    /// To what fits through the devices of both directions.
    Clamp,
}

/// `-j TCPOPTSTRIP`: the numbers of the options that become padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripTarget(pub Box<[u8]>);

const NAMES: [(&str, u8); 6] =
    [("wscale", 3), ("mss", 2), ("sack-permitted", 4), ("sack", 5), ("timestamp", 8), ("md5", 19)];
/// `TCPOPT_MSS`
const MSS: u8 = 2;

pub fn read_mss(given: &Given<'_>) -> Result<Target, Refusal> {
    given.need_protocol("TCPMSS", &[6])?;
    match (given.number("--set-mss"), given.has("--clamp-mss-to-pmtu")) {
        (Some(_), true) => {
            let message = "TCPMSS: option \"--clamp-mss-to-pmtu\" cannot be used together with \"--set-mss\".";
            Err(given.wrong(
                "--clamp-mss-to-pmtu",
                message,
                message!("expected-one-of-two"),
                message!("advice-remove-one"),
            ))
        }
        (Some(size), false) => Ok(Target::Tcpmss(TcpmssTarget::Set(u16::try_from(size).unwrap_or(u16::MAX)))),
        (None, true) => Ok(Target::Tcpmss(TcpmssTarget::Clamp)),
        (None, false) => {
            let message = "TCPMSS target: At least one parameter is required";
            Err(given.wrong(
                "",
                message,
                message!("expected-either", one = "--set-mss N", other = "--clamp-mss-to-pmtu"),
                message!("advice-add-one-of-them"),
            ))
        }
    }
}

pub fn read_strip(given: &Given<'_>) -> Result<Target, Refusal> {
    let text = given.required(given.text("--strip-options"), "TCPOPTSTRIP", "--strip-options")?;
    let option = |word: &str| {
        let named = NAMES.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
        named.or_else(|| u8::try_from(number(word)?).ok())
    };
    let mut options = text
        .split(',')
        .map(|word| {
            option(word).ok_or_else(|| {
                let message = format!("Bad TCP option value \"{word}\"");
                given.wrong("--strip-options", message, message!("expected-tcp-options"), message!("advice-list"))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    options.sort_unstable();
    options.dedup();
    Ok(Target::Strip(Box::new(StripTarget(options.into()))))
}

/// What a receiver takes of a sender that says nothing (RFC 1122, RFC 8200), and the option says no more than that.
const fn unsaid(family: Family) -> u16 {
    match family {
        Family::V4 => 536,
        Family::V6 => 1220,
    }
}

impl TcpmssTarget {
    /// `tcpmss_mangle_packet`; `mtu` are the bytes that fit through the devices of both directions. False if that is not
    /// known and counts.
    pub fn apply(self, packet: &mut Packet, mtu: Option<u32>) -> bool {
        let (family, length) = (packet.family(), packet.length);
        let Transport::Tcp { mss, .. } = &mut packet.transport else {
            return true;
        };
        let headers = family.header_length() + 20;
        let size = match self {
            Self::Set(size) => Some(size),
            Self::Clamp => mtu.map(|mtu| u16::try_from(mtu.saturating_sub(headers)).unwrap_or(u16::MAX)),
        };
        match (size, *mss) {
            (None, Some(_)) => return false,
            (Some(size), Some(said)) => *mss = Some(said.min(size)),
            // The option cannot be put before data.
            (_, None) if u32::from(length) > headers => {}
            (size, None) => {
                // What fits through any device is more than that.
                *mss = Some(size.unwrap_or(u16::MAX).min(unsaid(family)));
                packet.length += Packet::MSS_OPTION;
            }
        }
        true
    }

    pub fn write(self, out: &mut String) {
        match self {
            Self::Set(size) => write_value(out, false, "--set-mss", size),
            Self::Clamp => write_option(out, false, "--clamp-mss-to-pmtu"),
        }
    }

    /// `TCPMSS_print`
    pub fn list(self, out: &mut String) {
        let _ = match self {
            Self::Set(size) => write!(out, " TCPMSS set {size}"),
            Self::Clamp => write!(out, " TCPMSS clamp to PMTU"),
        };
    }

    /// `TCPMSS_xlate`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        to.add(&match self {
            Self::Set(size) => format!("tcp option maxseg size set {size}"),
            Self::Clamp => "tcp option maxseg size set rt mtu".to_owned(),
        });
    }
}

impl StripTarget {
    /// `tcpoptstrip_mangle_packet`
    pub fn apply(&self, packet: &mut Packet) {
        if let Transport::Tcp { mss, .. } = &mut packet.transport
            && self.0.contains(&MSS)
        {
            *mss = None;
        }
    }

    pub fn write(&self, out: &mut String) {
        let numbers: Vec<_> = self.0.iter().map(u8::to_string).collect();
        write_value(out, false, "--strip-options", numbers.join(","));
    }

    /// `tcpoptstrip_tg_print`
    pub fn list(&self, out: &mut String, numeric: bool) {
        let named = |number: &u8| NAMES.iter().find(|(_, known)| known == number && !numeric);
        let words = self
            .0
            .iter()
            .map(|number| named(number).map_or_else(|| number.to_string(), |(name, _)| (*name).to_owned()));
        let words: Vec<_> = words.collect();
        let _ = write!(out, " TCPOPTSTRIP options {}", words.join(","));
    }
}
