use std::cmp::Reverse;
use std::net::IpAddr;

use ipnet::IpNet;

use super::{Attribute, Listing, Route, RouteType};
use crate::net::Family;
use crate::netfilter::Routing;
use crate::netfilter::routing::{Destination, RouteEntry};

impl Listing {
    /// The table `main` of a node, as `ip route` and `ip -6 route` list it. A route with a preferred source and no
    /// gateway counts as the kernel's own, any other as one that somebody added.
    pub fn of(routing: &Routing, family: Family) -> Self {
        let of_family = routing.main_routes().filter(|route| Family::of(route.prefix.addr()) == family);
        let mut routes: Vec<_> = of_family.filter_map(listed).collect();
        routes.sort_by_key(|route| place(route.prefix));
        Self { one_line: false, routes }
    }
}

/// The order of the kernel's tables: a trie of IPv4 from its first key on (`fib_table_dump`), longer prefixes of one
/// key first; of IPv6 a tree whose nodes come behind what is below them (`fib6_walk`).
pub(super) fn place(prefix: IpNet) -> (IpAddr, Reverse<u8>) {
    let key = match prefix {
        IpNet::V4(net) => IpAddr::V4(net.network()),
        IpNet::V6(net) => IpAddr::V6(net.broadcast()),
    };
    (key, Reverse(prefix.prefix_len()))
}

fn listed(route: &RouteEntry) -> Option<Route> {
    let mut attributes = Vec::new();
    let mut is_own = false;
    let kind = match &route.to {
        Destination::Local { .. } => return None,
        Destination::Blackhole => Some(RouteType::Blackhole),
        Destination::Unreachable => Some(RouteType::Unreachable),
        Destination::Prohibit => Some(RouteType::Prohibit),
        Destination::Throw => Some(RouteType::Throw),
        Destination::Via { device, gateway } => {
            is_own = gateway.is_none() && route.source.is_some();
            attributes.extend(gateway.map(Attribute::Via));
            attributes.push(Attribute::Dev(device.clone()));
            None
        }
    };
    let is_direct = kind.is_none() && !attributes.iter().any(|attribute| matches!(attribute, Attribute::Via(_)));
    if is_own {
        attributes.push(Attribute::Proto("kernel".into()));
    }
    match Family::of(route.prefix.addr()) {
        Family::V4 => {
            if is_direct {
                attributes.push(Attribute::Scope("link".into()));
            }
            attributes.extend(route.source.map(Attribute::Src));
        }
        Family::V6 => {
            // `ip6_null_entry` and its like are bound to the loopback.
            if kind.is_some() {
                attributes.push(Attribute::Dev("lo".into()));
            }
            attributes.extend(route.source.filter(|_| !is_own).map(Attribute::Src));
            attributes.push(Attribute::Metric(if is_own { 256 } else { 1024 }));
            attributes.push(Attribute::Pref("medium".into()));
        }
    }
    Some(Route { kind, prefix: route.prefix, attributes, next_hops: Vec::new(), line: 0 })
}
