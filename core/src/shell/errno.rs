use std::fmt;

use crate::net::{Packet, Transport};

/// What a kernel tells a program that sends (`errno`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errno {
    PermissionDenied,
    InvalidArgument,
    AddressNotAvailable,
    NetworkUnreachable,
    TimedOut,
    ConnectionRefused,
    HostUnreachable,
}

impl Errno {
    /// `icmp_err_convert`, `icmpv6_err_convert`
    pub const fn of_answer(reply: &Packet) -> Self {
        match &reply.transport {
            Transport::Icmp(icmp) => match (icmp.kind, icmp.code) {
                (3, 0 | 6 | 9 | 11) | (1, 0) => Self::NetworkUnreachable,
                (3, 3) | (1, 4) => Self::ConnectionRefused,
                (1, 1) => Self::PermissionDenied,
                _ => Self::HostUnreachable,
            },
            _ => Self::ConnectionRefused,
        }
    }
}

/// `strerror`
impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PermissionDenied => "Permission denied",
            Self::InvalidArgument => "Invalid argument",
            Self::AddressNotAvailable => "Cannot assign requested address",
            Self::NetworkUnreachable => "Network is unreachable",
            Self::TimedOut => "Connection timed out",
            Self::ConnectionRefused => "Connection refused",
            Self::HostUnreachable => "No route to host",
        })
    }
}
