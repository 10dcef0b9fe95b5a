//! The header fields that payload expressions name (`src/proto.c`).

use super::DataType;
use crate::net::{Family, Protocol};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Header {
    Ether,
    Vlan,
    Ip,
    Ip6,
    /// Whatever the transport protocol is: its first four bytes are two ports.
    Th,
    Tcp,
    Udp,
    UdpLite,
    Sctp,
    Dccp,
    Icmp,
    Icmpv6,
    Igmp,
    Ah,
    Esp,
    Comp,
}

/// The bases of payload expressions (`enum nft_payload_bases`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    Link,
    Network,
    Transport,
}

impl Header {
    const ALL: [Self; 16] = [
        Self::Ether,
        Self::Vlan,
        Self::Ip,
        Self::Ip6,
        Self::Th,
        Self::Tcp,
        Self::Udp,
        Self::UdpLite,
        Self::Sctp,
        Self::Dccp,
        Self::Icmp,
        Self::Icmpv6,
        Self::Igmp,
        Self::Ah,
        Self::Esp,
        Self::Comp,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ether => "ether",
            Self::Vlan => "vlan",
            Self::Ip => "ip",
            Self::Ip6 => "ip6",
            Self::Th => "th",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::UdpLite => "udplite",
            Self::Sctp => "sctp",
            Self::Dccp => "dccp",
            Self::Icmp => "icmp",
            Self::Icmpv6 => "icmpv6",
            Self::Igmp => "igmp",
            Self::Ah => "ah",
            Self::Esp => "esp",
            Self::Comp => "comp",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    pub const fn layer(self) -> Layer {
        match self {
            Self::Ether | Self::Vlan => Layer::Link,
            Self::Ip | Self::Ip6 => Layer::Network,
            _ => Layer::Transport,
        }
    }

    /// The protocol that a packet must have to have the header, which nft tests before it reads a field.
    pub const fn protocol(self) -> Option<Protocol> {
        Some(match self {
            Self::Tcp => Protocol::Tcp,
            Self::Udp => Protocol::Udp,
            Self::UdpLite => Protocol::Other(136),
            Self::Sctp => Protocol::Sctp,
            Self::Dccp => Protocol::Other(33),
            Self::Icmp => Protocol::Icmp,
            Self::Icmpv6 => Protocol::Icmpv6,
            Self::Igmp => Protocol::Other(2),
            Self::Ah => Protocol::Other(51),
            Self::Esp => Protocol::Other(50),
            Self::Comp => Protocol::Other(108),
            Self::Ether | Self::Vlan | Self::Ip | Self::Ip6 | Self::Th => return None,
        })
    }

    /// The header of a transport protocol, with which nft replaces `th` where the protocol is known.
    pub fn of_protocol(protocol: u128) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|header| header.protocol().is_some_and(|known| u128::from(known.number()) == protocol))
    }

    /// The family that the header belongs to.
    pub const fn family(self) -> Option<Family> {
        match self {
            Self::Ip | Self::Icmp | Self::Igmp => Some(Family::V4),
            Self::Ip6 | Self::Icmpv6 => Some(Family::V6),
            _ => None,
        }
    }

    pub fn field(self, name: &str) -> Option<&'static Field> {
        FIELDS.iter().find(|field| field.header == self && field.name == name)
    }

    pub fn fields(self) -> impl Iterator<Item = &'static Field> {
        FIELDS.iter().filter(move |field| field.header == self)
    }
}

/// One header field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    pub header: Header,
    pub name: &'static str,
    pub data_type: DataType,
    /// Where the field begins in its header, in bits.
    pub offset: u16,
}

impl Field {
    const fn new(header: Header, name: &'static str, data_type: DataType, offset: u16) -> Self {
        Self { header, name, data_type, offset }
    }

    /// The field that a raw payload expression means (`@nh,96,32` is `ip saddr`), if the header is one of `headers`.
    pub fn at(headers: &[Header], offset: u16, bits: u32) -> Option<&'static Self> {
        FIELDS
            .iter()
            .find(|field| headers.contains(&field.header) && field.offset == offset && field.data_type.bits() == bits)
    }
}

const FIELDS: &[Field] = &{
    use DataType::*;
    use Header::*;
    [
        Field::new(Ether, "daddr", EtherAddr, 0),
        Field::new(Ether, "saddr", EtherAddr, 48),
        Field::new(Ether, "type", DataType::EtherType, 96),
        Field::new(Vlan, "pcp", Integer(3), 0),
        Field::new(Vlan, "id", Integer(12), 4),
        Field::new(Vlan, "type", DataType::EtherType, 16),
        Field::new(Ip, "version", Integer(4), 0),
        Field::new(Ip, "hdrlength", Integer(4), 4),
        Field::new(Ip, "dscp", Dscp, 8),
        Field::new(Ip, "ecn", Ecn, 14),
        Field::new(Ip, "length", Integer(16), 16),
        Field::new(Ip, "id", Integer(16), 32),
        Field::new(Ip, "frag-off", Integer(16), 48),
        Field::new(Ip, "ttl", Integer(8), 64),
        Field::new(Ip, "protocol", InetProto, 72),
        Field::new(Ip, "checksum", Integer(16), 80),
        Field::new(Ip, "saddr", Ipv4Addr, 96),
        Field::new(Ip, "daddr", Ipv4Addr, 128),
        Field::new(Ip6, "version", Integer(4), 0),
        Field::new(Ip6, "dscp", Dscp, 4),
        Field::new(Ip6, "ecn", Ecn, 10),
        Field::new(Ip6, "flowlabel", Integer(20), 12),
        Field::new(Ip6, "length", Integer(16), 32),
        Field::new(Ip6, "nexthdr", InetProto, 48),
        Field::new(Ip6, "hoplimit", Integer(8), 56),
        Field::new(Ip6, "saddr", Ipv6Addr, 64),
        Field::new(Ip6, "daddr", Ipv6Addr, 192),
        Field::new(Th, "sport", InetService, 0),
        Field::new(Th, "dport", InetService, 16),
        Field::new(Tcp, "sport", InetService, 0),
        Field::new(Tcp, "dport", InetService, 16),
        Field::new(Tcp, "sequence", Integer(32), 32),
        Field::new(Tcp, "ackseq", Integer(32), 64),
        Field::new(Tcp, "doff", Integer(4), 96),
        Field::new(Tcp, "reserved", Integer(4), 100),
        Field::new(Tcp, "flags", TcpFlag, 104),
        Field::new(Tcp, "window", Integer(16), 112),
        Field::new(Tcp, "checksum", Integer(16), 128),
        Field::new(Tcp, "urgptr", Integer(16), 144),
        Field::new(Udp, "sport", InetService, 0),
        Field::new(Udp, "dport", InetService, 16),
        Field::new(Udp, "length", Integer(16), 32),
        Field::new(Udp, "checksum", Integer(16), 48),
        Field::new(UdpLite, "sport", InetService, 0),
        Field::new(UdpLite, "dport", InetService, 16),
        Field::new(UdpLite, "csumcov", Integer(16), 32),
        Field::new(UdpLite, "checksum", Integer(16), 48),
        Field::new(Sctp, "sport", InetService, 0),
        Field::new(Sctp, "dport", InetService, 16),
        Field::new(Sctp, "vtag", Integer(32), 32),
        Field::new(Sctp, "checksum", Integer(32), 64),
        Field::new(Dccp, "sport", InetService, 0),
        Field::new(Dccp, "dport", InetService, 16),
        Field::new(Icmp, "type", DataType::IcmpType, 0),
        Field::new(Icmp, "code", DataType::IcmpCode, 8),
        Field::new(Icmp, "checksum", Integer(16), 16),
        Field::new(Icmp, "id", Integer(16), 32),
        Field::new(Icmp, "sequence", Integer(16), 48),
        Field::new(Icmp, "gateway", Integer(32), 32),
        Field::new(Icmp, "mtu", Integer(16), 48),
        Field::new(Icmpv6, "type", DataType::Icmpv6Type, 0),
        Field::new(Icmpv6, "code", DataType::Icmpv6Code, 8),
        Field::new(Icmpv6, "checksum", Integer(16), 16),
        Field::new(Icmpv6, "mtu", Integer(32), 32),
        Field::new(Icmpv6, "id", Integer(16), 32),
        Field::new(Icmpv6, "sequence", Integer(16), 48),
        Field::new(Icmpv6, "max-delay", Integer(16), 32),
        Field::new(Ah, "nexthdr", InetProto, 0),
        Field::new(Ah, "hdrlength", Integer(8), 8),
        Field::new(Ah, "reserved", Integer(16), 16),
        Field::new(Ah, "spi", Integer(32), 32),
        Field::new(Ah, "sequence", Integer(32), 64),
        Field::new(Esp, "spi", Integer(32), 0),
        Field::new(Esp, "sequence", Integer(32), 32),
        Field::new(Comp, "nexthdr", InetProto, 0),
        Field::new(Comp, "cpi", Integer(16), 16),
    ]
};
