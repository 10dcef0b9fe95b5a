use std::net::IpAddr;

use super::address::{AddressMatch, InterfaceMatch, Net};
use crate::net::{Packet, Protocol};
use crate::netfilter::Skb;

/// What a rule asks of the IP header and the devices (`struct ipt_ip`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IpMatch {
    pub src: Option<AddressMatch>,
    pub dst: Option<AddressMatch>,
    pub input: Option<Box<InterfaceMatch>>,
    pub output: Option<Box<InterfaceMatch>>,
    pub protocol: Option<ProtocolMatch>,
    /// `-f` asks for second and further fragments, `! -f` for all other packets. IPv4 only.
    pub fragment: Option<Fragment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtocolMatch {
    pub inverted: bool,
    pub protocol: Protocol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fragment {
    Only,
    Never,
}

impl IpMatch {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// `ip_packet_match`, `ip6_packet_match`.
    pub fn matches(&self, skb: &Skb) -> bool {
        let packet = &skb.packet;
        let address = |test: &Option<AddressMatch>, of: IpAddr| {
            test.as_ref().is_none_or(|test| test.net.contains(of) != test.inverted)
        };
        let device = |test: &Option<Box<InterfaceMatch>>, name: &Option<std::sync::Arc<str>>| {
            test.as_ref().is_none_or(|test| test.matches(name.as_deref()))
        };
        address(&self.src, packet.src)
            && address(&self.dst, packet.dst)
            && device(&self.input, &skb.input)
            && device(&self.output, &skb.output)
            && self.protocol.is_none_or(|test| (test.protocol == packet.protocol()) != test.inverted)
            && self.fragment.is_none_or(|test| (test == Fragment::Only) == is_later_fragment(packet))
    }
}

pub(super) fn is_later_fragment(packet: &Packet) -> bool {
    packet.fragment.is_some_and(|fragment| fragment.offset > 0)
}

/// The header of a packet as [`Quick`] compares it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Folded {
    src: u32,
    dst: u32,
    protocol: u8,
}

impl Folded {
    pub fn of(packet: &Packet) -> Self {
        Self { src: fold(packet.src), dst: fold(packet.dst), protocol: packet.protocol().number() }
    }
}

/// An IPv4 address, or the last 32 bits of an IPv6 address, in which neighbours differ.
#[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are what is wanted")]
const fn fold(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => address.to_bits(),
        IpAddr::V6(address) => address.to_bits() as u32,
    }
}

/// The part of an [`IpMatch`] that turns nearly every packet away, 20 bytes a rule and side by side in
/// memory: a walk over thousands of rules that only differ in `-d` reads nothing else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quick {
    src: u32,
    src_mask: u32,
    dst: u32,
    dst_mask: u32,
    protocol: u8,
    inverted_src: bool,
    inverted_dst: bool,
    /// The rest of the header has to be looked at as well.
    partial: bool,
}

impl Quick {
    pub fn of(ip: &IpMatch) -> Self {
        let (src, src_mask, inverted_src, partial_src) = fold_match(ip.src.as_ref());
        let (dst, dst_mask, inverted_dst, partial_dst) = fold_match(ip.dst.as_ref());
        let plain_protocol = ip.protocol.filter(|test| !test.inverted).map(|test| test.protocol.number());
        let partial = partial_src
            || partial_dst
            || ip.input.is_some()
            || ip.output.is_some()
            || ip.fragment.is_some()
            || ip.protocol.is_some_and(|test| test.inverted);
        Self {
            src,
            src_mask,
            dst,
            dst_mask,
            protocol: plain_protocol.unwrap_or(0),
            inverted_src,
            inverted_dst,
            partial,
        }
    }

    /// False if the packet cannot match the header.
    #[inline]
    pub const fn passes(&self, header: Folded) -> bool {
        ((header.dst & self.dst_mask != self.dst) == self.inverted_dst)
            && ((header.src & self.src_mask != self.src) == self.inverted_src)
            && (self.protocol == 0 || self.protocol == header.protocol)
    }

    #[inline]
    pub const fn is_partial(&self) -> bool {
        self.partial
    }
}

/// Value, mask, inversion, and whether that is only a part of the test.
#[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are what is wanted")]
fn fold_match(test: Option<&AddressMatch>) -> (u32, u32, bool, bool) {
    match test {
        None => (0, 0, false, false),
        Some(AddressMatch { inverted, net: Net::V4 { address, mask } }) => (*address, *mask, *inverted, false),
        Some(AddressMatch { inverted: false, net: Net::V6(net) }) => (net.address as u32, net.mask as u32, false, true),
        // The low bits being equal does not mean that the address is.
        Some(AddressMatch { inverted: true, net: Net::V6(_) }) => (0, 0, false, true),
    }
}
