//! Header fields (`nft_payload.c`). Fields that packets of the model do not carry are not modelled.

use super::host;
use super::load::Break;
use crate::net::{Ethernet, Packet, Transport};
use crate::netfilter::Context;
use crate::nftables::model::{Field, Header, RawBase};
use crate::trace::Tracer;

const IPV4_HEADER: u16 = 20;
const IPV6_HEADER: u16 = 40;

/// The value of a field; a packet without the header does not match.
pub fn load<T: Tracer>(ctx: &Context<'_, T>, field: &Field) -> Result<u128, Break> {
    let packet = &ctx.skb.packet;
    let header = field.header;
    if header.family().is_some_and(|family| family != packet.family()) {
        return Err(Break::NoMatch);
    }
    if header.protocol().is_some_and(|protocol| protocol.number() != packet.protocol().number()) {
        return Err(Break::NoMatch);
    }
    match header {
        Header::Ip | Header::Ip6 => network(packet, field),
        Header::Icmp | Header::Icmpv6 => match (&packet.transport, field.name) {
            (Transport::Icmp(icmp), "type") => Ok(icmp.kind.into()),
            (Transport::Icmp(icmp), "code") => Ok(icmp.code.into()),
            (Transport::Icmp(icmp), "id") => Ok(icmp.id.into()),
            _ => Err(Break::NotModelled),
        },
        Header::Ether => link(ctx, field),
        // What is tagged comes by a device of its own, without the tag.
        Header::Vlan => Err(Break::NoMatch),
        _ => transport(packet, field),
    }
}

/// nft asks first whether the device has such frames (`meta iiftype ether`). The header of the frame that it came in
/// stays with a packet to the end.
fn link<T: Tracer>(ctx: &Context<'_, T>, field: &Field) -> Result<u128, Break> {
    let skb = &*ctx.skb;
    let is_ethernet = host::type_at(ctx) == Ok(host::ETHERNET);
    let Ethernet { source, destination } = skb.ethernet.filter(|_| is_ethernet).ok_or(Break::NoMatch)?;
    let address = match field.name {
        "saddr" => source,
        "daddr" => destination,
        _ if skb.packet.src.is_ipv4() => return Ok(0x0800),
        _ => return Ok(0x86dd),
    };
    address.map(|address| address.bits().into()).ok_or(Break::NotModelled)
}

fn network(packet: &Packet, field: &Field) -> Result<u128, Break> {
    let is_v4 = packet.src.is_ipv4();
    Ok(match field.name {
        "saddr" => bits_of(packet.src),
        "daddr" => bits_of(packet.dst),
        "protocol" | "nexthdr" => packet.protocol().number().into(),
        "ttl" | "hoplimit" => packet.ttl.into(),
        "dscp" => (packet.tos >> 2).into(),
        "ecn" => (packet.tos & 3).into(),
        "length" if is_v4 => packet.length.into(),
        "length" => packet.length.saturating_sub(IPV6_HEADER).into(),
        "version" => {
            if is_v4 {
                4
            } else {
                6
            }
        }
        "hdrlength" => 5,
        "frag-off" if is_v4 => frag_off(packet).into(),
        _ => return Err(Break::NotModelled),
    })
}

/// The flags DF and MF, and the offset in units of 8 bytes.
fn frag_off(packet: &Packet) -> u16 {
    let part = packet.fragment.map_or(0, |fragment| (u16::from(fragment.more) << 13) | (fragment.offset / 8));
    (u16::from(packet.dont_fragment) << 14) | part
}

fn transport(packet: &Packet, field: &Field) -> Result<u128, Break> {
    // The kernel reads the bytes at the ports' place in any protocol; where they are no ports, no port is asked for.
    let (sport, dport) = packet.ports().ok_or(Break::NoMatch)?;
    match (field.name, &packet.transport) {
        ("sport", _) => Ok(sport.into()),
        ("dport", _) => Ok(dport.into()),
        ("flags", Transport::Tcp { flags, .. }) => Ok(flags.0.into()),
        ("length", Transport::Udp { .. }) => {
            let header = if packet.src.is_ipv4() { IPV4_HEADER } else { IPV6_HEADER };
            Ok(packet.length.saturating_sub(header).into())
        }
        _ => Err(Break::NotModelled),
    }
}

/// Bits by their place: only the ports are at a place that every packet of the model has.
pub fn raw(packet: &Packet, base: RawBase, offset: u16, bits: u8) -> Result<u128, Break> {
    let end = u32::from(offset) + u32::from(bits);
    match (base, packet.ports()) {
        (RawBase::Transport, Some((sport, dport))) if end <= 32 => {
            let ports = u128::from(sport) << 16 | u128::from(dport);
            Ok(ports >> (32 - end) & ((1 << bits) - 1))
        }
        _ => Err(Break::NotModelled),
    }
}

pub fn bits_of(address: std::net::IpAddr) -> u128 {
    match address {
        std::net::IpAddr::V4(v4) => u32::from(v4).into(),
        std::net::IpAddr::V6(v6) => v6.into(),
    }
}
