use std::net::IpAddr;

use super::element::masked;
use super::{Dimension, Element, Options, Part, SetDirection, SetType};
use crate::net::{Family, Protocol, Transport};
use crate::netfilter::Skb;

/// The key of a packet in a set (the types' `kadt` functions). None if the packet has none: of another
/// family, with fewer directions than dimensions, or without what a dimension asks for.
pub(super) fn of_packet(kind: &SetType, options: &Options, directions: &[SetDirection], skb: &Skb) -> Option<Element> {
    if directions.len() < kind.dimensions.len() {
        return None;
    }
    let any_family = kind.dimensions == [Dimension::BarePort];
    if !any_family && skb.packet.family() != options.family {
        return None;
    }
    let mut parts = [None, None, None];
    for ((place, dimension), direction) in parts.iter_mut().zip(kind.dimensions).zip(directions) {
        *place = Some(part(*dimension, *direction, options, skb)?);
    }
    Some(Element { parts })
}

fn part(dimension: Dimension, direction: SetDirection, options: &Options, skb: &Skb) -> Option<Part> {
    let address = match direction {
        SetDirection::Src => skb.packet.src,
        SetDirection::Dst => skb.packet.dst,
    };
    Some(match dimension {
        Dimension::Ip => Part::Ip(options.masked(address)),
        Dimension::Net => Part::Net { address, prefix: Family::of(address).host_prefix() },
        Dimension::Port => {
            let protocol = skb.packet.protocol();
            Part::Port { protocol, port: port(direction, skb).unwrap_or(0) }
        }
        Dimension::BarePort => match skb.packet.protocol() {
            // `ip_set_get_ip_port`: SCTP and the rest have no bit.
            Protocol::Tcp | Protocol::Udp => Part::BarePort(port(direction, skb)?),
            _ => return None,
        },
        Dimension::Mark => Part::Mark(skb.mark & options.mark_mask),
        Dimension::Device => Part::Device(match direction {
            SetDirection::Src => skb.input.clone()?,
            SetDirection::Dst => skb.output.clone()?,
        }),
        Dimension::Set => return None,
    })
}

/// `get_port`: ICMP has its type and code there.
fn port(direction: SetDirection, skb: &Skb) -> Option<u16> {
    if let Transport::Icmp(icmp) = &skb.packet.transport {
        return Some(u16::from_be_bytes([icmp.kind, icmp.code]));
    }
    let (src, dst) = skb.packet.ports()?;
    Some(match direction {
        SetDirection::Src => src,
        SetDirection::Dst => dst,
    })
}

/// The key with its networks cut to these prefix lengths, in the order of its dimensions.
pub(super) fn cut(key: &Element, prefixes: [u8; 2]) -> Element {
    let mut key = key.clone();
    let mut lengths = prefixes.into_iter();
    for part in key.parts.iter_mut().flatten() {
        if let Part::Net { address, prefix } = part
            && let Some(length) = lengths.next()
        {
            *address = masked(*address, length);
            *prefix = length;
        }
    }
    key
}

/// Whether the first address of a key is 0.0.0.0 or ::, which no set of addresses has.
pub(super) fn is_unspecified(key: &Element) -> bool {
    matches!(&key.parts[0], Some(Part::Ip(IpAddr::V4(address))) if address.is_unspecified())
        || matches!(&key.parts[0], Some(Part::Ip(IpAddr::V6(address))) if address.is_unspecified())
}
