//! `ip route`, of one table or of all, of either family.

mod listed;
mod local;
mod parse;
mod print;

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

pub use parse::parse;
pub(super) use print::destination;

/// The routes in the order in which they are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// As `-o` lists them.
    pub one_line: bool,
    pub routes: Vec<Route>,
}

/// A line of `ip route`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// None for a unicast route, whose type only `-d` says.
    pub kind: Option<RouteType>,
    pub prefix: IpNet,
    /// In the order in which they are written.
    pub attributes: Vec<Attribute>,
    pub next_hops: Vec<NextHop>,
    /// The line of the text that it came from, from 1; 0 if it came from a node.
    pub line: u32,
}

/// `RTN_*`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteType {
    Unicast,
    Local,
    Broadcast,
    Anycast,
    Multicast,
    Blackhole,
    Unreachable,
    Prohibit,
    Throw,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// Of the other family with `via inet6`.
    Via(IpAddr),
    Dev(Arc<str>),
    /// A name such as `local`, or a number.
    Table(Box<str>),
    Proto(Box<str>),
    Scope(Box<str>),
    Src(IpAddr),
    Metric(u32),
    /// `pref medium` of IPv6, behind which there is no blank.
    Pref(Box<str>),
    /// A word that means nothing to the model.
    Kept(Box<str>),
}

/// One of several ways, on a line of its own; the line of a cache (`ip route get`) is kept here as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextHop(pub Vec<Attribute>);

impl RouteType {
    const ALL: [Self; 9] = [
        Self::Unicast,
        Self::Local,
        Self::Broadcast,
        Self::Anycast,
        Self::Multicast,
        Self::Blackhole,
        Self::Unreachable,
        Self::Prohibit,
        Self::Throw,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Unicast => "unicast",
            Self::Local => "local",
            Self::Broadcast => "broadcast",
            Self::Anycast => "anycast",
            Self::Multicast => "multicast",
            Self::Blackhole => "blackhole",
            Self::Unreachable => "unreachable",
            Self::Prohibit => "prohibit",
            Self::Throw => "throw",
        }
    }
}

impl NextHop {
    pub(super) fn is_cache(&self) -> bool {
        matches!(self.0.first(), Some(Attribute::Kept(word)) if &**word == "cache")
    }
}

impl Route {
    pub fn kind(&self) -> RouteType {
        self.kind.unwrap_or(RouteType::Unicast)
    }

    /// The table that it is in; without one, that which was asked for.
    pub fn table(&self) -> Option<&str> {
        self.attributes.iter().find_map(|attribute| match attribute {
            Attribute::Table(table) => Some(&**table),
            _ => None,
        })
    }

    pub fn device(&self) -> Option<&Arc<str>> {
        self.attributes.iter().find_map(|attribute| match attribute {
            Attribute::Dev(device) => Some(device),
            _ => None,
        })
    }

    pub fn gateway(&self) -> Option<IpAddr> {
        self.attributes.iter().find_map(|attribute| match attribute {
            Attribute::Via(gateway) => Some(*gateway),
            _ => None,
        })
    }

    pub fn source(&self) -> Option<IpAddr> {
        self.attributes.iter().find_map(|attribute| match attribute {
            Attribute::Src(source) => Some(*source),
            _ => None,
        })
    }

    /// Whether it has a flag such as `linkdown`.
    pub fn has_flag(&self, name: &str) -> bool {
        self.attributes.iter().any(|attribute| matches!(attribute, Attribute::Kept(word) if &**word == name))
    }
}

#[cfg(test)]
mod tests;
