use std::net::IpAddr;
use std::sync::Arc;

use crate::net::Family;

/// What a rule has done beside the packet's way; the rule goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aside {
    /// `ct helper set "ftp-standard"` and its like, by the name of an object of the table.
    Connection { what: CtObject, name: Arc<str> },
    /// `dup to 10.0.0.2 device "eth1"`: a copy goes there.
    Duplicate { to: IpAddr, device: Option<Arc<str>> },
    /// `dup to "eth1"`: a copy leaves by that device.
    Mirror { device: Arc<str> },
    /// `flow add @f`: later packets of the connection take a shorter way.
    Offload { table: Arc<str> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CtObject {
    Helper,
    Timeout,
    Expectation,
}

impl CtObject {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Helper => "helper",
            Self::Timeout => "timeout",
            Self::Expectation => "expectation",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Helper, Self::Timeout, Self::Expectation].into_iter().find(|known| known.name() == name)
    }
}

impl Aside {
    /// Whether it has a bearing on later packets of the connection that the model does not know. A helper only watches for
    /// connections that others expect.
    pub const fn is_modelled(&self) -> bool {
        match self {
            Self::Connection { what, .. } => matches!(what, CtObject::Helper),
            Self::Duplicate { .. } | Self::Mirror { .. } => true,
            Self::Offload { .. } => false,
        }
    }
}

/// `fwd to "eth1"`, `fwd ip to 10.0.0.2 device "eth1"`: the packet leaves by that device, past everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarding {
    /// The neighbour that gets it; else whoever it is addressed to.
    pub to: Option<IpAddr>,
    pub device: Arc<str>,
}

/// `tproxy ip to 127.0.0.1:50080`: a transparent proxy of this node gets the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tproxy {
    /// As it is written; tables of one family need none.
    pub family: Option<Family>,
    pub address: Option<IpAddr>,
    pub port: Option<u16>,
}

/// `socket KEY`: of the socket that would get the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SocketKey {
    Transparent,
    Mark,
    Wildcard,
}

impl SocketKey {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transparent => "transparent",
            Self::Mark => "mark",
            Self::Wildcard => "wildcard",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Transparent, Self::Mark, Self::Wildcard].into_iter().find(|known| known.name() == name)
    }
}

/// `rt KEY`: of the route that the packet takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RtKey {
    ClassId,
    NextHop(Family),
    /// The largest TCP segment that fits.
    Mtu,
    IpSec,
}

impl RtKey {
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClassId => "classid",
            Self::NextHop(_) => "nexthop",
            Self::Mtu => "mtu",
            Self::IpSec => "ipsec",
        }
    }
}
