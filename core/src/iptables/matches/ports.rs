use std::fmt::Write;

use super::super::argument::{PortRange, TCP_FLAGS, Value};
use super::super::given::{Given, Refusal};
use super::super::list::Names;
use super::super::services::service_name;
use super::super::translate::{Translation, not, span};
use super::{Match, bang, write_option, write_value};
use crate::message;
use crate::net::{Packet, Protocol, Transport};

/// `-m udp`, and `-m sctp` without chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortsMatch {
    pub src: PortRange,
    pub dst: PortRange,
    pub inverted_src: bool,
    pub inverted_dst: bool,
}

/// `-m tcp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpMatch {
    pub ports: PortsMatch,
    /// The flags that are looked at, and those of them that must be set.
    pub flags_mask: u8,
    pub flags_set: u8,
    pub inverted_flags: bool,
    pub option: Option<TcpOption>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpOption {
    pub kind: u8,
    pub inverted: bool,
}

impl TcpOption {
    /// The one that packets of the model may have (`TCPOPT_MSS`).
    pub const MSS: u8 = 2;
}

pub fn read_udp(given: &Given<'_>) -> Result<Match, Refusal> {
    given.need_protocol("udp", &[17, 136])?;
    Ok(Match::Udp(read(given)))
}

pub fn read_sctp(given: &Given<'_>) -> Result<Match, Refusal> {
    given.need_protocol("sctp", &[132])?;
    if given.has("--chunk-types") {
        return Err(Refusal::NotModelled);
    }
    Ok(Match::Sctp(read_in_order(given)?))
}

pub fn read_tcp(given: &Given<'_>) -> Result<Match, Refusal> {
    given.need_protocol("tcp", &[6])?;
    if given.has("--syn") && given.has("--tcp-flags") {
        let message = "Only one of `--syn' or `--tcp-flags'  allowed";
        return Err(given.wrong(
            "--syn",
            message,
            message!("expected-one-of-two"),
            message!("advice-remove-one-of-them"),
        ));
    }
    let flags = given.find("--tcp-flags").or_else(|| given.find("--syn"));
    let (flags_mask, flags_set) = match flags.map(|given| &given.value) {
        Some(Value::TcpFlags { mask, set }) => (*mask, *set),
        Some(_) => (0x17, 0x02),
        None => (0, 0),
    };
    let inverted_flags = flags.is_some_and(|given| given.inverted);
    let option = given.number("--tcp-option").and_then(|kind| u8::try_from(kind).ok());
    let option = option.map(|kind| TcpOption { kind, inverted: given.inverted("--tcp-option") });
    Ok(Match::Tcp(TcpMatch { ports: read_in_order(given)?, flags_mask, flags_set, inverted_flags, option }))
}

/// The readers of tcp and sctp want the smaller port first; udp takes a range that no port is in.
fn read_in_order(given: &Given<'_>) -> Result<PortsMatch, Refusal> {
    let ports = read(given);
    for (option, range) in [("--sport", ports.src), ("--dport", ports.dst)] {
        if range.first > range.last {
            let message = "invalid portrange (min > max)";
            return Err(given.wrong(
                option,
                message,
                message!("expected-smaller-first"),
                message!("advice-swap-ports"),
            ));
        }
    }
    Ok(ports)
}

fn read(given: &Given<'_>) -> PortsMatch {
    let (src, inverted_src) = given.ports("--sport");
    let (dst, inverted_dst) = given.ports("--dport");
    PortsMatch { src, dst, inverted_src, inverted_dst }
}

impl PortsMatch {
    pub fn matches(&self, packet: &Packet) -> bool {
        let Some((sport, dport)) = packet.ports() else {
            return false;
        };
        (self.src.contains(sport) != self.inverted_src) && (self.dst.contains(dport) != self.inverted_dst)
    }

    pub fn write(&self, out: &mut String) {
        for (name, range, inverted) in
            [("--sport", self.src, self.inverted_src), ("--dport", self.dst, self.inverted_dst)]
        {
            // The tool leaves out what any port satisfies, even if it is inverted (`tcp_save`).
            if range != PortRange::ANY {
                write_value(out, inverted, name, range);
            }
        }
    }

    /// `tcp_print`, `udp_print`, `sctp_print`, behind the name of the protocol
    pub fn list(&self, out: &mut String, names: Names, protocol: Protocol) {
        let port = |port: u16| match service_name(port, protocol).filter(|_| names == Names::Known) {
            Some(name) => name.to_owned(),
            None => port.to_string(),
        };
        for (name, range, inverted) in [("spt", self.src, self.inverted_src), ("dpt", self.dst, self.inverted_dst)] {
            if range != PortRange::ANY || inverted {
                let several = if range.first == range.last { "" } else { "s" };
                let not = bang(inverted);
                let _ = write!(out, " {name}{several}:{not}{}", port(range.first));
                if range.first != range.last {
                    let _ = write!(out, ":{}", port(range.last));
                }
            }
        }
    }

    /// `tcp_xlate`, `udp_xlate`, `sctp_xlate`. That of UDP takes the sign of the source for that of the destination.
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>, protocol: &str) {
        let inverted_dst = if protocol == "udp" { self.inverted_src } else { self.inverted_dst };
        for (name, range, inverted) in [("sport", self.src, self.inverted_src), ("dport", self.dst, inverted_dst)] {
            if range != PortRange::ANY {
                to.add(&format!("{protocol} {name} {}{}", not(inverted), span(range.first, range.last)));
            }
        }
    }

    /// Without ports there is nothing to ask for, which the program takes for what it cannot translate.
    pub(in crate::iptables) fn translate_sctp(&self, to: &mut Translation<'_>) -> bool {
        self.translate(to, "sctp");
        self.src != PortRange::ANY || self.dst != PortRange::ANY
    }
}

impl TcpMatch {
    pub fn matches(&self, packet: &Packet) -> bool {
        let Transport::Tcp { flags, mss, .. } = packet.transport else {
            return false;
        };
        self.ports.matches(packet)
            && ((flags.0 & self.flags_mask == self.flags_set) != self.inverted_flags)
            && self.option.is_none_or(|option| (option.kind == TcpOption::MSS && mss.is_some()) != option.inverted)
    }

    pub fn write(&self, out: &mut String) {
        self.ports.write(out);
        if let Some(option) = self.option {
            write_value(out, option.inverted, "--tcp-option", option.kind);
        }
        if self.flags_mask != 0 || self.inverted_flags {
            write_option(out, self.inverted_flags, "--tcp-flags");
            let _ = write!(out, " {} {}", flag_names(self.flags_mask), flag_names(self.flags_set));
        }
    }

    /// `tcp_print`
    pub fn list(&self, out: &mut String, names: Names) {
        out.push_str(" tcp");
        self.ports.list(out, names, Protocol::Tcp);
        if let Some(option) = self.option {
            let _ = write!(out, " option={}{}", bang(option.inverted), option.kind);
        }
        if self.flags_mask != 0 || self.inverted_flags {
            let _ = write!(out, " flags:{}", bang(self.inverted_flags));
            let _ = match names {
                Names::Known => write!(out, "{}/{}", flag_names(self.flags_mask), flag_names(self.flags_set)),
                Names::Numeric => write!(out, "0x{:02X}/0x{:02X}", self.flags_mask, self.flags_set),
            };
        }
    }

    /// `tcp_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        self.ports.translate(to, "tcp");
        if let Some(TcpOption { kind, inverted }) = self.option {
            to.add(&format!("tcp option {kind} {}", if inverted { "missing" } else { "exists" }));
        }
        if self.flags_mask != 0 || self.inverted_flags {
            let names = |flags: u8| match flags {
                0 => "0x0".to_owned(),
                flags => flag_names(flags).to_ascii_lowercase(),
            };
            let not = not(self.inverted_flags);
            to.add(&format!("tcp flags {not}{} / {}", names(self.flags_set), names(self.flags_mask)));
        }
    }
}

/// `print_tcpf`.
fn flag_names(flags: u8) -> String {
    let names: Vec<_> = TCP_FLAGS.iter().filter(|(_, flag)| flags & flag != 0).map(|(name, _)| *name).collect();
    if names.is_empty() { "NONE".to_owned() } else { names.join(",") }
}
