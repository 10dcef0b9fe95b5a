use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use super::{Dimension, Options, SetError, SetType};
use crate::net::{Family, Protocol};

/// One dimension of an element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Ip(IpAddr),
    /// With the bits outside the prefix cleared.
    Net {
        address: IpAddr,
        prefix: u8,
    },
    /// ICMP keeps its type in the upper and its code in the lower byte.
    Port {
        protocol: Protocol,
        port: u16,
    },
    BarePort(u16),
    Mark(u32),
    Device(Arc<str>),
    Set(Arc<str>),
}

/// The key of an element: up to three parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Element {
    pub(super) parts: [Option<Part>; 3],
}

/// How many elements one `ipset add` may stand for.
const MOST_ELEMENTS: usize = 1 << 20;

impl Element {
    pub(super) fn from_parts(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut element = Self { parts: [None, None, None] };
        for (place, part) in element.parts.iter_mut().zip(parts) {
            *place = Some(part);
        }
        element
    }

    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().flatten()
    }

    /// The set that it names, if it is a member of a list.
    pub fn set_name(&self) -> Option<&Arc<str>> {
        match &self.parts[0] {
            Some(Part::Set(name)) => Some(name),
            _ => None,
        }
    }

    /// Reads `10.0.0.1,tcp:80-82,10.0.0.0/8`: every element that the text stands for.
    pub fn parse(text: &str, kind: &SetType, options: &Options) -> Result<Vec<Self>, SetError> {
        let mut texts = text.split(',');
        let mut elements = vec![Vec::new()];
        for (index, dimension) in kind.dimensions.iter().enumerate() {
            let Some(part) = texts.next().filter(|part| !part.is_empty()) else {
                let ordinal = ["First", "Second", "Third"].get(index).copied().unwrap_or("Further");
                return Err(SetError::Syntax(format!("{ordinal} element is missing from {text}.")));
            };
            let parts = parse_part(part, *dimension, options)?;
            if elements.len().saturating_mul(parts.len()) > MOST_ELEMENTS {
                return Err(SetError::Full);
            }
            elements = elements
                .iter()
                .flat_map(|before: &Vec<Part>| {
                    parts.iter().map(move |part| [&before[..], std::slice::from_ref(part)].concat())
                })
                .collect();
        }
        if texts.next().is_some() {
            return Err(SetError::Syntax(format!("too many elements in {text}")));
        }
        Ok(elements.into_iter().map(Self::from_parts).collect())
    }
}

fn parse_part(text: &str, dimension: Dimension, options: &Options) -> Result<Vec<Part>, SetError> {
    match dimension {
        Dimension::Ip => {
            Ok(addresses(text, options)?.into_iter().map(|address| Part::Ip(options.masked(address))).collect())
        }
        Dimension::Net => nets(text, options.family),
        Dimension::Port => ports(text, options.family),
        Dimension::BarePort => {
            let (first, last) = port_range(text, "tcp")?;
            Ok((first..=last).map(Part::BarePort).collect())
        }
        Dimension::Mark => {
            let mark = number(text).ok_or_else(|| SetError::Syntax(format!("'{text}' is invalid as number")))?;
            Ok(vec![Part::Mark(mark & options.mark_mask)])
        }
        Dimension::Device => Ok(vec![Part::Device(text.trim_start_matches("physdev:").into())]),
        Dimension::Set => Ok(vec![Part::Set(text.into())]),
    }
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

fn address(text: &str, family: Family) -> Result<IpAddr, SetError> {
    let parsed = match family {
        Family::V4 => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        Family::V6 => text.trim_start_matches('[').trim_end_matches(']').parse::<Ipv6Addr>().ok().map(IpAddr::V6),
    };
    parsed.ok_or_else(|| SetError::Syntax(format!("cannot parse {text}: resolving to {family} address failed")))
}

/// Address and prefix length of `ADDRESS[/PREFIX]`.
fn prefix(text: &str, family: Family) -> Result<(IpAddr, u8), SetError> {
    let (host, length) = text.split_once('/').map_or((text, None), |(host, length)| (host, Some(length)));
    let most = family.host_prefix();
    let length = match length {
        None => most,
        Some(length) => {
            let parsed = length.parse().ok().filter(|parsed| *parsed <= most);
            parsed.ok_or_else(|| SetError::Syntax(format!("'{length}' is out of range 0-{most}")))?
        }
    };
    Ok((address(host, family)?, length))
}

/// The bits of an IPv4 address.
fn bits_v4(address: IpAddr) -> Option<u32> {
    match address {
        IpAddr::V4(address) => Some(address.to_bits()),
        IpAddr::V6(_) => None,
    }
}

/// First and last address of `FIRST-LAST` or `ADDRESS/PREFIX`, for IPv4.
fn bounds(text: &str) -> Result<(u32, u32), SetError> {
    let wrong = || SetError::Syntax(format!("cannot parse {text}: resolving to IPv4 address failed"));
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (address(first, Family::V4)?, address(last, Family::V4)?),
        None => {
            let (address, length) = prefix(text, Family::V4)?;
            let net = masked(address, length);
            let host = u32::MAX.checked_shr(length.into()).unwrap_or(0);
            let first = bits_v4(net).ok_or_else(wrong)?;
            return Ok((first, first | host));
        }
    };
    let (first, last) = (bits_v4(first).ok_or_else(wrong)?, bits_v4(last).ok_or_else(wrong)?);
    Ok((first.min(last), first.max(last)))
}

fn addresses(text: &str, options: &Options) -> Result<Vec<IpAddr>, SetError> {
    if options.family == Family::V6 {
        return match prefix(text, Family::V6)? {
            (address, 128) => Ok(vec![address]),
            _ => Err(SetError::Syntax(format!("plain IP address must be supplied: {text}"))),
        };
    }
    let (first, last) = bounds(text)?;
    // With a netmask each network is one element.
    let step = 1u32.checked_shl(u32::from(32 - options.netmask.min(32))).map_or(usize::MAX, |step| step as usize);
    if (last - first) as usize / step >= MOST_ELEMENTS {
        return Err(SetError::Full);
    }
    Ok((first..=last).step_by(step).map(|bits| Ipv4Addr::from_bits(bits).into()).collect())
}

/// An address with the bits behind a prefix cleared.
pub(super) fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(u32::from(32u8.saturating_sub(prefix))).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(u32::from(128u8.saturating_sub(prefix))).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

fn nets(text: &str, family: Family) -> Result<Vec<Part>, SetError> {
    if !text.contains('-') || family == Family::V6 {
        let (address, length) = prefix(text, family)?;
        return Ok(vec![Part::Net { address: masked(address, length), prefix: length }]);
    }
    // `ip_set_range_to_cidr`: the largest networks that fit, one after the other.
    let (first, last) = bounds(text)?;
    let mut nets = Vec::new();
    let mut next = Some(first);
    while let Some(start) = next.filter(|start| *start <= last) {
        let fits = |length: &u32| {
            let host = u32::MAX.checked_shr(*length).unwrap_or(0);
            start & host == 0 && start | host <= last
        };
        let length = (1..=32).find(fits).unwrap_or(32);
        nets.push(Part::Net { address: Ipv4Addr::from_bits(start).into(), prefix: u8::try_from(length).unwrap_or(32) });
        next = (start | u32::MAX.checked_shr(length).unwrap_or(0)).checked_add(1);
    }
    Ok(nets)
}

pub(super) fn port_range(text: &str, protocol: &str) -> Result<(u16, u16), SetError> {
    let port = |text: &str| {
        text.parse::<u16>().map_err(|_| {
            SetError::Syntax(format!("'{text}' is out of range 0-65535\ncannot parse '{text}' as a {protocol} port"))
        })
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (port(first)?, port(last)?);
    Ok((first.min(last), first.max(last)))
}

/// Names of ICMP types in the order of `libipset/icmp.c`, with type and code.
const ICMP: [(&str, u8, u8); 9] = [
    ("echo-reply", 0, 0),
    ("pong", 0, 0),
    ("network-unreachable", 3, 0),
    ("host-unreachable", 3, 1),
    ("protocol-unreachable", 3, 2),
    ("port-unreachable", 3, 3),
    ("fragmentation-needed", 3, 4),
    ("echo-request", 8, 0),
    ("ping", 8, 0),
];

const ICMPV6: [(&str, u8, u8); 8] = [
    ("no-route", 1, 0),
    ("communication-prohibited", 1, 1),
    ("address-unreachable", 1, 3),
    ("port-unreachable", 1, 4),
    ("packet-too-big", 2, 0),
    ("echo-request", 128, 0),
    ("echo-reply", 129, 0),
    ("neighbour-solicitation", 135, 0),
];

fn icmp_names(protocol: Protocol) -> &'static [(&'static str, u8, u8)] {
    match protocol {
        Protocol::Icmp => &ICMP,
        _ => &ICMPV6,
    }
}

/// `[PROTOCOL:]PORT[-PORT]`, `icmp:TYPE/CODE`, `PROTOCOL:0`.
fn ports(text: &str, family: Family) -> Result<Vec<Part>, SetError> {
    let (name, port) = text.split_once(':').unwrap_or(("tcp", text));
    let number = crate::iptables::protocol_number(&name.to_ascii_lowercase()).filter(|number| *number != 0);
    let protocol = number.map(Protocol::from_number);
    let wrong = || SetError::Syntax(format!("cannot parse '{name}' as a protocol"));
    match protocol.ok_or_else(wrong)? {
        protocol @ (Protocol::Icmp | Protocol::Icmpv6) => {
            if (protocol == Protocol::Icmp) != (family == Family::V4) {
                return Err(SetError::Syntax(format!("Protocol {protocol} can't be used with family {family}")));
            }
            let named =
                icmp_names(protocol).iter().find(|(name, ..)| *name == port).map(|(_, kind, code)| (*kind, *code));
            let numbered =
                || port.split_once('/').and_then(|(kind, code)| Some((kind.parse().ok()?, code.parse().ok()?)));
            let (kind, code): (u8, u8) =
                named.or_else(numbered).ok_or_else(|| SetError::Syntax(format!("'{port}' is no ICMP type")))?;
            Ok(vec![Part::Port { protocol, port: u16::from_be_bytes([kind, code]) }])
        }
        protocol if protocol.has_ports() || protocol.number() == 136 => {
            let (first, last) = port_range(port, name)?;
            Ok((first..=last).map(|port| Part::Port { protocol, port }).collect())
        }
        protocol if port == "0" => Ok(vec![Part::Port { protocol, port: 0 }]),
        _ => Err(SetError::Syntax(format!("Protocol {name} can be used with pseudo port value 0 only."))),
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Net { address, prefix } if *prefix == Family::of(*address).host_prefix() => address.fmt(f),
            Self::Net { address, prefix } => write!(f, "{address}/{prefix}"),
            Self::Port { protocol: protocol @ (Protocol::Icmp | Protocol::Icmpv6), port } => {
                let [kind, code] = port.to_be_bytes();
                match icmp_names(*protocol).iter().find(|(_, k, c)| (*k, *c) == (kind, code)) {
                    Some((name, ..)) => write!(f, "{protocol}:{name}"),
                    None => write!(f, "{protocol}:{kind}/{code}"),
                }
            }
            Self::Port { protocol, port } => {
                write!(f, "{}:{port}", crate::iptables::protocol_name(*protocol))
            }
            Self::BarePort(port) => port.fmt(f),
            Self::Mark(mark) => write!(f, "{mark:#010x}"),
            Self::Device(name) | Self::Set(name) => f.write_str(name),
        }
    }
}

/// As `ipset` prints it: the parts with commas between.
impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.parts().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            part.fmt(f)?;
        }
        Ok(())
    }
}
