use std::fmt::Write;
use std::net::IpAddr;

use super::super::address::{Text, parse_address};
use super::super::argument::number;
use super::super::given::{Given, Refusal};
use super::super::services;
use super::super::translate::Translation;
use super::Target;
use crate::message;
use crate::net::Family;
use crate::netfilter::NatRange;

/// `-j DNAT`, `SNAT`, `MASQUERADE`, `REDIRECT` (`struct nf_nat_range2`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NatTarget {
    pub addresses: Option<(IpAddr, IpAddr)>,
    pub ports: Option<NatPorts>,
    pub random: bool,
    pub random_fully: bool,
    pub persistent: bool,
}

/// First and last port, and the port that the first stands for if the range shifts ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NatPorts {
    pub first: u16,
    pub last: u16,
    pub base: Option<u16>,
}

pub fn read_dnat(given: &Given<'_>) -> Result<Target, Refusal> {
    read(given, "DNAT", Some("--to-destination")).map(Target::Dnat)
}

pub fn read_snat(given: &Given<'_>) -> Result<Target, Refusal> {
    read(given, "SNAT", Some("--to-source")).map(Target::Snat)
}

pub fn read_masquerade(given: &Given<'_>) -> Result<Target, Refusal> {
    read(given, "MASQUERADE", None).map(Target::Masquerade)
}

pub fn read_redirect(given: &Given<'_>) -> Result<Target, Refusal> {
    let target = read(given, "REDIRECT", None)?;
    if target.ports.is_some_and(|ports| ports.base.is_some()) {
        let message = "Shifted portmap ranges not supported with this kernel";
        return Err(given.wrong(
            "--to-ports",
            message,
            message!("expected-either", one = "PORT", other = "FIRST-LAST"),
            message!("advice-remove-behind-slash"),
        ));
    }
    Ok(Target::Redirect(target))
}

/// `required` is the option that takes addresses; targets without one take `--to-ports`.
fn read(given: &Given<'_>, extension: &str, required: Option<&str>) -> Result<Box<NatTarget>, Refusal> {
    let mut target = NatTarget {
        addresses: None,
        ports: None,
        random: given.has("--random"),
        random_fully: given.has("--random-fully"),
        persistent: given.has("--persistent"),
    };
    if let Some(option) = required {
        let text = given.required(given.text(option), extension, option)?;
        read_to(given, option, text, &mut target)?;
    } else if let Some(text) = given.text("--to-ports") {
        target.ports = Some(read_ports(given, "--to-ports", text)?);
    }
    Ok(Box::new(target))
}

/// `parse_to`: `[ADDRESS[-ADDRESS]][:PORT[-PORT[/BASE]]]`, IPv6 addresses in brackets if ports follow.
fn read_to(given: &Given<'_>, option: &str, text: &str, target: &mut NatTarget) -> Result<(), Refusal> {
    let (addresses, ports) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((addresses, after)) = rest.split_once(']').filter(|_| given.family == Family::V6) else {
                let advice = message!("advice-address-with-port");
                return Err(given.wrong(
                    option,
                    "Invalid address format",
                    message!("expected-address-and-port"),
                    advice,
                ));
            };
            (addresses, after.split_once(':').map(|(_, ports)| ports))
        }
        None => match text.split_once(':') {
            // More than one colon make an IPv6 address.
            Some((address, ports)) if !ports.contains(':') => (address, Some(ports)),
            _ => (text, None),
        },
    };
    if let Some(ports) = ports {
        target.ports = Some(read_ports(given, option, ports)?);
        if addresses.is_empty() {
            return Ok(());
        }
    }
    let (first, last) = addresses.split_once('-').unwrap_or((addresses, addresses));
    let read = |text: &str| {
        parse_address(text, given.family).ok_or_else(|| {
            let expected = message!("expected-address-of-family", family = given.family.to_string());
            given.wrong(option, format!("Bad IP address \"{text}\""), expected, message!("advice-address"))
        })
    };
    target.addresses = Some((read(first)?, read(last)?));
    Ok(())
}

/// `parse_ports`.
fn read_ports(given: &Given<'_>, option: &str, text: &str) -> Result<NatPorts, Refusal> {
    let with_ports = |number: u8| matches!(number, 1 | 6 | 17 | 33 | 132);
    if !given.protocol.is_some_and(|test| !test.inverted && with_ports(test.protocol.number())) {
        let message = "Need TCP, UDP, SCTP or DCCP with port specification";
        return Err(given.wrong(
            option,
            message,
            message!("expected-protocol-before-target"),
            message!("advice-add-option", what = "-p"),
        ));
    }
    let wrong = |message: String| {
        given.wrong(
            option,
            message,
            message!("expected-either", one = "PORT", other = "FIRST-LAST"),
            message!("advice-ports"),
        )
    };
    let port = |text: &str| number(text).and_then(|port| u16::try_from(port).ok());
    let bad = |text: &str| wrong(format!("Port `{text}' not valid"));
    if text.contains(':') {
        return Err(wrong("Invalid port:port syntax - use dash".to_owned()));
    }
    if let Some(first) = port(text).or_else(|| services::port(text)) {
        return Ok(NatPorts { first, last: first, base: None });
    }
    let Some((first, rest)) = text.split_once('-') else {
        return Err(bad(text));
    };
    let (last, base) = rest.split_once('/').map_or((rest, None), |(last, base)| (last, Some(base)));
    let (first, last) = (port(first).ok_or_else(|| bad(first))?, port(last).ok_or_else(|| bad(last))?);
    if last < first {
        return Err(wrong(format!("Port range `{text}' funky")));
    }
    let number = |text: &str| port(text).filter(|base| *base > 0).or_else(|| services::port(text));
    let base = base.map(|base| number(base).ok_or_else(|| bad(base))).transpose()?;
    Ok(NatPorts { first, last, base })
}

impl NatTarget {
    pub fn range(&self) -> NatRange {
        NatRange {
            addresses: self.addresses,
            ports: self.ports.map(|ports| (ports.first, ports.last)),
            random: self.random || self.random_fully,
        }
    }

    /// `sprint_range`; `--to-ports` takes no addresses, and so no colon.
    fn text(&self) -> String {
        let mut range = String::new();
        if let Some((first, last)) = self.addresses {
            let brackets = self.ports.is_some() && first.is_ipv6();
            range.push_str(if brackets { "[" } else { "" });
            let _ = write!(range, "{}", Text(first));
            if last != first {
                let _ = write!(range, "-{}", Text(last));
            }
            range.push_str(if brackets { "]" } else { "" });
        }
        if let Some(NatPorts { first, last, base }) = self.ports {
            let _ = write!(range, ":{first}");
            if last != first {
                let _ = write!(range, "-{last}");
            }
            if let Some(base) = base {
                let _ = write!(range, "/{base}");
            }
        }
        range
    }

    fn flags(&self) -> impl Iterator<Item = &'static str> {
        let flags = [(self.random, "random"), (self.random_fully, "random-fully"), (self.persistent, "persistent")];
        flags.into_iter().filter(|(set, _)| *set).map(|(_, name)| name)
    }

    /// `__NAT_print`.
    pub fn write(&self, out: &mut String, option: &str) {
        let text = self.text();
        let range = if option == "--to-ports" { text.trim_start_matches(':') } else { &text };
        if !range.is_empty() {
            let _ = write!(out, " {option} {range}");
        }
        for name in self.flags() {
            let _ = write!(out, " --{name}");
        }
    }

    /// `__NAT_print`, with `to:` before addresses, `masq ports: ` or `redir ports ` before ports only
    pub fn list(&self, out: &mut String, label: &str) {
        let text = self.text();
        let range = if label == "to:" { &text } else { text.trim_start_matches(':') };
        if !range.is_empty() {
            let _ = write!(out, " {label}{range}");
        }
        for name in self.flags() {
            let _ = write!(out, " {name}");
        }
    }

    /// `__NAT_xlate`: nft shifts no ranges of ports.
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>, verb: &str) -> bool {
        if self.ports.is_some_and(|ports| ports.base.is_some()) {
            return false;
        }
        to.add(verb);
        let range = self.text();
        if !range.is_empty() {
            to.add(&format!(" to {range}"));
        }
        let flags: Vec<_> =
            self.flags().map(|flag| if flag == "random-fully" { "fully-random" } else { flag }).collect();
        if !flags.is_empty() {
            to.add(&format!(" {}", flags.join(",")));
        }
        true
    }
}
