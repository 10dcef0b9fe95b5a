use std::fmt;
use std::net::IpAddr;
use std::ops::BitOr;
use std::sync::Arc;

use super::{Endpoint, Ethernet, Family, Fragment, Protocol, SctpChunk, Tuple};

/// The headers of one packet. The mark is not here: it belongs to the node that the packet is on
/// (see [`crate::netfilter::Skb`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub src: IpAddr,
    pub dst: IpAddr,
    /// Hops that are left (`hop limit` in IPv6).
    pub ttl: u8,
    /// The TOS byte or traffic class: DSCP and ECN.
    pub tos: u8,
    pub transport: Transport,
    /// Bytes of the whole packet with its IP header.
    pub length: u16,
    /// Whether nobody may take it apart (`IP_DF`), which senders ask for. IPv6 is as if all did.
    pub dont_fragment: bool,
    /// Which part of a datagram it is, if it is not all of it.
    pub fragment: Option<Fragment>,
    /// The frame that this packet carries, if it is one around another.
    pub inside: Option<Arc<Frame>>,
}

/// A packet as it is on a link of Ethernet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub header: Ethernet,
    pub packet: Packet,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    Tcp {
        sport: u16,
        dport: u16,
        flags: TcpFlags,
        /// The largest segment that the sender of a SYN takes: its option, if it has one. No other option is modelled.
        mss: Option<u16>,
    },
    Udp {
        sport: u16,
        dport: u16,
    },
    Sctp {
        sport: u16,
        dport: u16,
        tag: u32,
        chunks: Vec<SctpChunk>,
    },
    Icmp(Icmp),
    Other(Protocol),
}

/// ICMP of either family; errors carry the packet that caused them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icmp {
    pub kind: u8,
    pub code: u8,
    /// The identifier of echo requests and replies, else 0.
    pub id: u16,
    pub cause: Option<Box<Packet>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TcpFlags(pub u8);

impl TcpFlags {
    pub const FIN: Self = Self(0x01);
    pub const SYN: Self = Self(0x02);
    pub const RST: Self = Self(0x04);
    pub const PSH: Self = Self(0x08);
    pub const ACK: Self = Self(0x10);
    pub const URG: Self = Self(0x20);
    pub const ECE: Self = Self(0x40);
    pub const CWR: Self = Self(0x80);

    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for TcpFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for TcpFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::SYN, "SYN"),
            (Self::FIN, "FIN"),
            (Self::RST, "RST"),
            (Self::PSH, "PSH"),
            (Self::ACK, "ACK"),
            (Self::URG, "URG"),
            (Self::ECE, "ECE"),
            (Self::CWR, "CWR"),
        ];
        let mut first = true;
        for (flag, name) in names {
            if self.contains(flag) {
                if !first {
                    f.write_str("+")?;
                }
                f.write_str(name)?;
                first = false;
            }
        }
        Ok(())
    }
}

impl Packet {
    /// Bytes of an IPv4 header without options.
    const IPV4_HEADER: u16 = 20;
    const IPV6_HEADER: u16 = 40;
    /// Bytes of the header with which IPv6 says which part of a datagram a packet is.
    pub const FRAGMENT_HEADER: u16 = 8;

    pub fn tcp(src: Endpoint, dst: Endpoint, flags: TcpFlags) -> Self {
        Self::new(src.address, dst.address, Transport::Tcp { sport: src.port, dport: dst.port, flags, mss: None }, 20)
    }

    pub fn udp(src: Endpoint, dst: Endpoint) -> Self {
        Self::new(src.address, dst.address, Transport::Udp { sport: src.port, dport: dst.port }, 8)
    }

    /// `tag` is the one that the receiver has asked for; an INIT has none, which is 0.
    pub fn sctp(src: Endpoint, dst: Endpoint, tag: u32, chunks: Vec<SctpChunk>) -> Self {
        let length = 12 + chunks.iter().map(SctpChunk::length).sum::<u16>();
        let transport = Transport::Sctp { sport: src.port, dport: dst.port, tag, chunks };
        Self::new(src.address, dst.address, transport, length)
    }

    /// A first packet of `tuple`: a SYN, a datagram, an echo request.
    pub fn opening(tuple: Tuple) -> Self {
        match tuple.protocol {
            Protocol::Tcp => Self::tcp(tuple.src, tuple.dst, TcpFlags::SYN),
            Protocol::Udp => Self::udp(tuple.src, tuple.dst),
            Protocol::Sctp => Self::sctp(tuple.src, tuple.dst, 0, vec![SctpChunk::Init { tag: SctpChunk::ASKED }]),
            Protocol::Icmp | Protocol::Icmpv6 => {
                let kind = if tuple.protocol == Protocol::Icmp { 8 } else { 128 };
                let icmp = Icmp { kind, code: 0, id: tuple.src.port, cause: None };
                Self::new(tuple.src.address, tuple.dst.address, Transport::Icmp(icmp), 8)
            }
            Protocol::Other(_) => Self::new(tuple.src.address, tuple.dst.address, Transport::Other(tuple.protocol), 0),
        }
    }

    pub fn new(src: IpAddr, dst: IpAddr, transport: Transport, transport_bytes: u16) -> Self {
        let mut packet = Self {
            src,
            dst,
            ttl: 64,
            tos: 0,
            transport,
            length: transport_bytes,
            dont_fragment: true,
            fragment: None,
            inside: None,
        };
        packet.length += packet.ip_header();
        packet
    }

    /// Bytes of the IP header; a part of IPv6 has [`Self::FRAGMENT_HEADER`] behind it.
    pub const fn ip_header(&self) -> u16 {
        match self.family() {
            Family::V4 => Self::IPV4_HEADER,
            Family::V6 => Self::IPV6_HEADER,
        }
    }

    /// Bytes of the option that [`Transport::Tcp::mss`] is.
    pub const MSS_OPTION: u16 = 4;

    pub const fn family(&self) -> Family {
        Family::of(self.src)
    }

    pub fn protocol(&self) -> Protocol {
        match &self.transport {
            Transport::Tcp { .. } => Protocol::Tcp,
            Transport::Udp { .. } => Protocol::Udp,
            Transport::Sctp { .. } => Protocol::Sctp,
            Transport::Icmp(_) if self.src.is_ipv4() => Protocol::Icmp,
            Transport::Icmp(_) => Protocol::Icmpv6,
            Transport::Other(protocol) => *protocol,
        }
    }

    /// Source and destination port, for protocols that have them.
    pub const fn ports(&self) -> Option<(u16, u16)> {
        match self.transport {
            Transport::Tcp { sport, dport, .. }
            | Transport::Udp { sport, dport }
            | Transport::Sctp { sport, dport, .. } => Some((sport, dport)),
            Transport::Icmp(_) | Transport::Other(_) => None,
        }
    }

    /// The packet's own tuple, as conntrack reads it; an ICMP echo has its identifier in place of ports.
    pub const fn is_reset(&self) -> bool {
        matches!(self.transport, Transport::Tcp { flags, .. } if flags.contains(TcpFlags::RST))
    }

    pub fn tuple(&self) -> Tuple {
        let (sport, dport) = match &self.transport {
            Transport::Icmp(icmp) => (icmp.id, icmp.id),
            _ => self.ports().unwrap_or((0, 0)),
        };
        Tuple { protocol: self.protocol(), src: Endpoint::new(self.src, sport), dst: Endpoint::new(self.dst, dport) }
    }

    /// Writes a new source into the header; the port only where the protocol has ports.
    pub fn set_src(&mut self, to: Endpoint) {
        self.src = to.address;
        if let Transport::Tcp { sport, .. } | Transport::Udp { sport, .. } | Transport::Sctp { sport, .. } =
            &mut self.transport
        {
            *sport = to.port;
        }
    }

    /// Writes a new destination into the header; the port only where the protocol has ports.
    pub fn set_dst(&mut self, to: Endpoint) {
        self.dst = to.address;
        if let Transport::Tcp { dport, .. } | Transport::Udp { dport, .. } | Transport::Sctp { dport, .. } =
            &mut self.transport
        {
            *dport = to.port;
        }
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tuple().fmt(f)?;
        if let Transport::Tcp { flags, .. } = &self.transport {
            write!(f, " [{flags}]")?;
        }
        if let Transport::Sctp { chunks, .. } = &self.transport {
            let names: Vec<_> = chunks.iter().map(ToString::to_string).collect();
            write!(f, " [{}]", names.join("+"))?;
        }
        Ok(())
    }
}
