use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::net::Family;

/// An address with a netmask. iptables allows masks with holes, so this is no prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Net {
    V4 { address: u32, mask: u32 },
    V6(Box<NetV6>),
}

/// Kept behind a pointer so that IPv4 rules stay small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetV6 {
    pub address: u128,
    pub mask: u128,
}

impl Net {
    pub fn host(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4 { address: address.to_bits(), mask: u32::MAX },
            IpAddr::V6(address) => Self::V6(Box::new(NetV6 { address: address.to_bits(), mask: u128::MAX })),
        }
    }

    pub fn any(family: Family) -> Self {
        match family {
            Family::V4 => Self::V4 { address: 0, mask: 0 },
            Family::V6 => Self::V6(Box::new(NetV6 { address: 0, mask: 0 })),
        }
    }

    pub fn is_any(&self) -> bool {
        match self {
            Self::V4 { address, mask } => *address == 0 && *mask == 0,
            Self::V6(net) => net.address == 0 && net.mask == 0,
        }
    }

    #[inline]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4 { address: net, mask }, IpAddr::V4(address)) => address.to_bits() & mask == *net,
            (Self::V6(net), IpAddr::V6(address)) => address.to_bits() & net.mask == net.address,
            _ => false,
        }
    }

    /// Reads `ADDRESS` or `ADDRESS/MASK`, the mask a prefix length or an address
    /// (`xtables_ipparse_any`). Bits outside the mask are cleared.
    pub fn parse(text: &str, family: Family) -> Option<Self> {
        let (address, mask) = match text.split_once('/') {
            Some((address, mask)) => (address, Some(mask)),
            None => (text, None),
        };
        Some(match family {
            Family::V4 => {
                let mask = mask.map_or(Some(u32::MAX), parse_mask_v4)?;
                Self::V4 { address: parse_v4(address)?.to_bits() & mask, mask }
            }
            Family::V6 => {
                let mask = mask.map_or(Some(u128::MAX), parse_mask_v6)?;
                let address = address.parse::<Ipv6Addr>().ok()?.to_bits() & mask;
                Self::V6(Box::new(NetV6 { address, mask }))
            }
        })
    }

    /// As `conntrack_dump_addr` prints it: no suffix behind a host.
    pub fn short(&self) -> impl fmt::Display + '_ {
        struct Short<'a>(&'a Net);
        impl fmt::Display for Short<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    Net::V4 { address, mask: u32::MAX } => Ipv4Addr::from_bits(*address).fmt(f),
                    Net::V6(net) if net.mask == u128::MAX => write_v6(f, Ipv6Addr::from_bits(net.address)),
                    net => net.fmt(f),
                }
            }
        }
        Short(self)
    }
}

impl Net {
    /// The address, with the length of its mask if that is one and is not all of it (`addr_xlate_print`).
    pub(super) fn prefix(&self) -> String {
        let (length, longest) = match self {
            Self::V4 { mask, .. } => ((mask.leading_ones() == mask.count_ones()).then(|| mask.count_ones()), 32),
            Self::V6(net) => ((net.mask.leading_ones() == net.mask.count_ones()).then(|| net.mask.count_ones()), 128),
        };
        let whole = self.to_string();
        match length.filter(|length| *length < longest) {
            Some(_) => whole,
            None => whole.split('/').next().unwrap_or_default().to_owned(),
        }
    }
}

/// `10.0.0.0/8`, `10.0.0.1/32`, `10.0.0.1/255.0.0.255`: always with its mask, as `save_rule4` prints.
impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4 { address, mask } => {
                write!(f, "{}/", Ipv4Addr::from_bits(*address))?;
                if mask.leading_ones() == mask.count_ones() {
                    mask.count_ones().fmt(f)
                } else {
                    Ipv4Addr::from_bits(*mask).fmt(f)
                }
            }
            Self::V6(net) => {
                write_v6(f, Ipv6Addr::from_bits(net.address))?;
                f.write_str("/")?;
                if net.mask.leading_ones() == net.mask.count_ones() {
                    net.mask.count_ones().fmt(f)
                } else {
                    write_v6(f, Ipv6Addr::from_bits(net.mask))
                }
            }
        }
    }
}

/// An address as the C library prints it: unlike Rust it also writes IPv4-compatible addresses dotted.
pub(super) struct Text(pub IpAddr);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => address.fmt(f),
            IpAddr::V6(address) => write_v6(f, address),
        }
    }
}

/// `inet_ntop6`.
fn write_v6(f: &mut fmt::Formatter<'_>, address: Ipv6Addr) -> fmt::Result {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
            let [.., a, b, c, d] = address.octets();
            write!(f, "::{}", Ipv4Addr::new(a, b, c, d))
        }
        _ => fmt::Display::fmt(&address, f),
    }
}

/// `xtables_numeric_to_ipaddr`: one to four numbers, those that are missing count as 0 at the end.
pub(super) fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    for (index, part) in text.split('.').enumerate() {
        *octets.get_mut(index)? = parse_octet(part)?;
    }
    Some(octets.into())
}

fn parse_octet(text: &str) -> Option<u8> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn parse_mask_v4(text: &str) -> Option<u32> {
    if let Ok(length) = text.parse::<u32>() {
        return (length <= 32).then(|| u32::MAX.checked_shl(32 - length).unwrap_or(0));
    }
    text.parse::<Ipv4Addr>().ok().map(Ipv4Addr::to_bits)
}

fn parse_mask_v6(text: &str) -> Option<u128> {
    if let Ok(length) = text.parse::<u32>() {
        return (length <= 128).then(|| u128::MAX.checked_shl(128 - length).unwrap_or(0));
    }
    text.parse::<Ipv6Addr>().ok().map(Ipv6Addr::to_bits)
}

/// One address of the family, in full.
pub(super) fn parse_address(text: &str, family: Family) -> Option<IpAddr> {
    match family {
        Family::V4 => text.parse().ok().map(IpAddr::V4),
        Family::V6 => text.parse().ok().map(IpAddr::V6),
    }
}

/// A test of one address of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressMatch {
    pub inverted: bool,
    pub net: Net,
}

/// A test of a device name; a `+` at the end stands for any rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceMatch {
    pub inverted: bool,
    pub pattern: Box<str>,
}

impl InterfaceMatch {
    /// A packet without the device is compared with the empty name, as `ip_packet_match` does.
    pub fn matches(&self, device: Option<&str>) -> bool {
        device_matches(&self.pattern, device.unwrap_or_default()) != self.inverted
    }
}

/// A `+` at the end of the pattern stands for any rest.
pub fn device_matches(pattern: &str, device: &str) -> bool {
    match pattern.strip_suffix('+') {
        Some(prefix) => device.starts_with(prefix),
        None => device == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_print_as_the_tools_do() {
        let print = |text: &str, family| Net::parse(text, family).map(|net| net.to_string()).unwrap_or_default();
        assert_eq!(print("10.1.2.3", Family::V4), "10.1.2.3/32");
        assert_eq!(print("10.1.2.3/255.0.255.0", Family::V4), "10.0.2.0/255.0.255.0");
        assert_eq!(print("10/8", Family::V4), "10.0.0.0/8");
        assert_eq!(print("fd00::1", Family::V6), "fd00::1/128");
        assert_eq!(print("::1.2.3.4/128", Family::V6), "::1.2.3.4/128");
        assert_eq!(print("10.0.0.0/33", Family::V4), "");
        assert_eq!(print("10.0.0.256", Family::V4), "");
    }
}
