use std::collections::VecDeque;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;

use super::destination::DestinationId;
use super::schedulers::{Scheduler, SchedulerState};
use super::statistics::Statistics;
use crate::fixed_hash::HashMap;
use crate::net::{Endpoint, Family, Protocol};
use crate::netfilter::Seconds;

/// What a virtual service is looked up by. Port 0 stands for every port of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKey {
    Address { protocol: Protocol, address: Endpoint },
    Mark { family: Family, mark: NonZeroU32 },
}

impl ServiceKey {
    pub const fn tcp(address: Endpoint) -> Self {
        Self::Address { protocol: Protocol::Tcp, address }
    }

    pub const fn udp(address: Endpoint) -> Self {
        Self::Address { protocol: Protocol::Udp, address }
    }

    pub const fn family(&self) -> Family {
        match self {
            Self::Address { address, .. } => Family::of(address.address),
            Self::Mark { family, .. } => *family,
        }
    }

    /// The port; fwmark services have port 0, as in the kernel.
    pub(super) const fn port(&self) -> u16 {
        match self {
            Self::Address { address, .. } => address.port,
            Self::Mark { .. } => 0,
        }
    }
}

/// `10.96.0.10:80 tcp`, `fwmark 1`.
impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { protocol, address } => write!(f, "{address} {protocol}"),
            Self::Mark { family: Family::V4, mark } => write!(f, "fwmark {mark}"),
            Self::Mark { family: Family::V6, mark } => write!(f, "fwmark {mark} IPv6"),
        }
    }
}

/// Clients of one network share a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Netmask {
    /// Any 32 bits: the kernel does not ask for a prefix.
    V4(Ipv4Addr),
    /// A prefix length.
    V6(u8),
}

impl Netmask {
    pub const fn host(family: Family) -> Self {
        match family {
            Family::V4 => Self::V4(Ipv4Addr::BROADCAST),
            Family::V6 => Self::V6(128),
        }
    }

    /// The client's network.
    pub(super) fn apply(self, client: IpAddr) -> IpAddr {
        match (self, client) {
            (Self::V4(mask), IpAddr::V4(client)) => IpAddr::V4(client & mask),
            (Self::V6(length), IpAddr::V6(client)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(length.min(128))).unwrap_or(0);
                IpAddr::V6(client & Ipv6Addr::from_bits(mask))
            }
            (_, client) => client,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Persistence {
    pub timeout: Seconds,
    pub netmask: Netmask,
}

/// `-b`: what the flags mean depends on the scheduler; `sh` and `mh` read the first two as fallback and port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SchedulerFlags(pub [bool; 3]);

impl SchedulerFlags {
    /// Take the next real server if the chosen one is unavailable.
    pub const FALLBACK: Self = Self([true, false, false]);
    /// Hash the source port too.
    pub const PORT: Self = Self([false, true, false]);

    pub const fn fallback(self) -> bool {
        self.0[0]
    }

    pub const fn port(self) -> bool {
        self.0[1]
    }
}

/// What an administrator says of a virtual service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceConfig {
    pub scheduler: Scheduler,
    pub persistence: Option<Persistence>,
    /// UDP: each datagram is scheduled by itself.
    pub one_packet: bool,
    pub flags: SchedulerFlags,
}

impl ServiceConfig {
    pub fn new(scheduler: Scheduler) -> Self {
        Self { scheduler, persistence: None, one_packet: false, flags: SchedulerFlags::default() }
    }
}

/// `struct ip_vs_service`.
#[derive(Clone, Debug)]
pub struct VirtualService {
    pub key: ServiceKey,
    pub config: ServiceConfig,
    /// The newest first, as the kernel keeps them.
    pub destinations: VecDeque<DestinationId>,
    /// The same by address; the kernel searches its list, which here would take too long for thousands.
    pub(super) by_real: HashMap<Endpoint, DestinationId>,
    pub(super) state: SchedulerState,
    pub statistics: Statistics,
}

/// Why a command was refused, in the words of ipvsadm (`libipvs.c: ipvs_strerror`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlError {
    ServiceExists,
    NoSuchService,
    ServiceNotDefined,
    DestinationExists,
    NoSuchDestination,
    /// A weight beyond 2^31 − 1, or a lower threshold above the upper one.
    OutOfRange,
    /// A mixture that the kernel does not take, such as NAT from IPv4 to IPv6.
    InvalidArgument,
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServiceExists => "Service already exists",
            Self::NoSuchService => "No such service",
            Self::ServiceNotDefined => "Service not defined",
            Self::DestinationExists => "Destination already exists",
            Self::NoSuchDestination => "No such destination",
            Self::OutOfRange => "Numerical result out of range",
            Self::InvalidArgument => "Invalid argument",
        })
    }
}

impl std::error::Error for ControlError {}
