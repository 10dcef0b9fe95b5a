use std::fmt;

use crate::net::Family;

/// What a REJECT answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RejectWith {
    NetUnreachable,
    HostUnreachable,
    ProtocolUnreachable,
    PortUnreachable,
    NetProhibited,
    HostProhibited,
    AdminProhibited,
    NoRoute,
    AddressUnreachable,
    /// IPv6 only.
    PolicyFail,
    /// IPv6 only.
    RejectRoute,
    TcpReset,
}

impl RejectWith {
    /// ICMP type and code of the answer; none for a TCP reset.
    pub const fn icmp(self, family: Family) -> Option<(u8, u8)> {
        Some(match (family, self) {
            (_, Self::TcpReset) => return None,
            (Family::V4, Self::NetUnreachable | Self::NoRoute) => (3, 0),
            (Family::V4, Self::HostUnreachable | Self::AddressUnreachable) => (3, 1),
            (Family::V4, Self::ProtocolUnreachable) => (3, 2),
            (Family::V4, Self::PortUnreachable) => (3, 3),
            (Family::V4, Self::NetProhibited) => (3, 9),
            (Family::V4, Self::HostProhibited) => (3, 10),
            (Family::V4, Self::AdminProhibited | Self::PolicyFail | Self::RejectRoute) => (3, 13),
            (Family::V6, Self::NoRoute | Self::NetUnreachable) => (1, 0),
            (Family::V6, Self::AdminProhibited | Self::NetProhibited | Self::HostProhibited) => (1, 1),
            (Family::V6, Self::AddressUnreachable | Self::HostUnreachable) => (1, 3),
            (Family::V6, Self::PortUnreachable | Self::ProtocolUnreachable) => (1, 4),
            (Family::V6, Self::PolicyFail) => (1, 5),
            (Family::V6, Self::RejectRoute) => (1, 6),
        })
    }
}

impl fmt::Display for RejectWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NetUnreachable => "net unreachable",
            Self::HostUnreachable => "host unreachable",
            Self::ProtocolUnreachable => "protocol unreachable",
            Self::PortUnreachable => "port unreachable",
            Self::NetProhibited => "net prohibited",
            Self::HostProhibited => "host prohibited",
            Self::AdminProhibited => "admin prohibited",
            Self::NoRoute => "no route",
            Self::AddressUnreachable => "address unreachable",
            Self::PolicyFail => "policy fail",
            Self::RejectRoute => "reject route",
            Self::TcpReset => "TCP reset",
        })
    }
}
