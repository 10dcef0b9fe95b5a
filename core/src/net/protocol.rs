use std::fmt;

/// A transport protocol, as the IP header numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    Icmp,
    Tcp,
    Udp,
    Icmpv6,
    Sctp,
    Other(u8),
}

impl Protocol {
    pub const fn number(self) -> u8 {
        match self {
            Self::Icmp => 1,
            Self::Tcp => 6,
            Self::Udp => 17,
            Self::Icmpv6 => 58,
            Self::Sctp => 132,
            Self::Other(number) => number,
        }
    }

    /// The lower-case name of a protocol that has one here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Icmp => "icmp",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmpv6 => "ipv6-icmp",
            Self::Sctp => "sctp",
            Self::Other(_) => return None,
        })
    }

    pub const fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Icmp,
            6 => Self::Tcp,
            17 => Self::Udp,
            58 => Self::Icmpv6,
            132 => Self::Sctp,
            other => Self::Other(other),
        }
    }

    /// Reads the lower-case name that `/etc/protocols`, iptables and nft share, or a number.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "icmp" => Self::Icmp,
            "tcp" => Self::Tcp,
            "udp" => Self::Udp,
            "ipv6-icmp" | "icmpv6" => Self::Icmpv6,
            "sctp" => Self::Sctp,
            number => Self::from_number(number.parse().ok()?),
        })
    }

    pub const fn has_ports(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp | Self::Sctp)
    }
}

/// The lower-case name, or the number of a protocol without one.
impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self) {
            (Some(name), _) => f.write_str(name),
            (None, protocol) => write!(f, "{}", protocol.number()),
        }
    }
}
