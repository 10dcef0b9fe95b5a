use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::address::{self, Interface};
use super::neighbour::Neighbour;
use super::policy;
use super::route::{Attribute, Route, RouteType};
use super::rule::Rule;
use crate::message;
use crate::message::Message;
use crate::net::Family;
use crate::netfilter::Routing;
use crate::netfilter::routing::{Destination, Device, DeviceKind, RouteEntry, TABLE_DEFAULT, TABLE_MAIN};
use crate::source::{Diagnostic, Position};

/// What is known of a node, from as many listings as somebody has.
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub interfaces: Vec<Interface>,
    /// Of all tables and both families. If there are none, the kernel's own routes are derived from the addresses.
    pub routes: Vec<Route>,
    pub rules: Vec<Rule>,
    pub neighbours: Vec<Neighbour>,
}

/// Makes the routing of a node of what is listed, and says what has no place in it or was taken for something.
pub fn install(node: &Node) -> (Routing, Vec<Diagnostic>) {
    let mut routing = Routing::default();
    let mut said = Vec::new();
    let (bridges, _) = super::bridge::names(&node.interfaces);
    for interface in &node.interfaces {
        let kind =
            if bridges.contains(&interface.name) { DeviceKind::Bridge } else { device_kind(interface, &mut said) };
        add_interface(&mut routing, interface, kind, &node.routes);
        // What is longer than any packet is no limit.
        routing.settings_of(&interface.name).mtu = interface.fact("mtu").and_then(|mtu| mtu.parse().ok());
    }
    let mut routes: Vec<_> = node.routes.iter().collect();
    // The lowest metric comes first; listings have them so already.
    routes.sort_by_key(|route| metric(route));
    for route in routes {
        if let Some(why) = add_route(&mut routing, route) {
            let advice = message!("advice-route");
            let expected = message!("expected-route");
            said.push(Diagnostic::warning(Position::new(route.line.max(1), 1), why, expected, advice));
        }
    }
    policy::install(&mut routing, &node.rules, &mut said);
    (routing, said)
}

/// `-d` says what a device is. Without it the flags and the name of the other end tell it.
fn device_kind(interface: &Interface, said: &mut Vec<Diagnostic>) -> DeviceKind {
    let has = |flag| interface.has_flag(flag) == Some(true);
    if has("LOOPBACK") || &*interface.name == "lo" {
        return DeviceKind::Loopback;
    }
    match interface.kind() {
        Some("dummy") => DeviceKind::Dummy,
        Some("veth") => DeviceKind::Veth,
        _ if matches!(interface.link_type(), Some("none" | "ipip" | "sit" | "gre" | "tunnel6")) => DeviceKind::Tunnel,
        Some(_) => DeviceKind::Ethernet,
        None if interface.link.as_deref().is_some_and(|link| link.starts_with("if")) => DeviceKind::Veth,
        None if has("NOARP") && has("BROADCAST") && interface.link_type() == Some("ether") => {
            let message = message!("wrong-taken-for-dummy", device = &interface.name);
            said.push(Diagnostic::note(Position::new(interface.line.max(1), 1), message));
            DeviceKind::Dummy
        }
        None => DeviceKind::Ethernet,
    }
}

/// `fib_add_ifaddr`: an address is local even on a device that is down; its subnet is reached only while it is up.
fn add_interface(routing: &mut Routing, interface: &Interface, kind: DeviceKind, routes: &[Route]) {
    let name = &interface.name;
    // The kernel lists the newest address of IPv6 first.
    let (of_v4, of_v6): (Vec<_>, Vec<_>) =
        interface.addresses.iter().filter_map(address::Address::net).partition(|net| net.addr().is_ipv4());
    let nets = of_v4.into_iter().chain(of_v6.into_iter().rev());
    if kind == DeviceKind::Loopback {
        return routing.add_device(Device { name: name.clone(), kind, mac: None, addresses: nets.collect() });
    }
    routing.add_device(Device { name: name.clone(), kind, mac: interface.mac(), addresses: Vec::new() });
    nets.for_each(|net| routing.add_address(name, net));
    let is_listed = |family| routes.iter().any(|route| Family::of(route.prefix.addr()) == family);
    let listed = [is_listed(Family::V4), is_listed(Family::V6)];
    let mut subnets = BTreeSet::new();
    for address in &interface.addresses {
        let has_none = address.has_flag("noprefixroute") || address.has_flag("secondary");
        let is_derived = interface.has_flag("UP") != Some(false) && !has_none;
        let family = Family::of(address.local);
        let has_subnet = address.peer.is_some() || address.prefix_length < family.host_prefix();
        let subnet = IpNet::new(address.peer.unwrap_or(address.local), address.prefix_length);
        if let (Ok(subnet), true) = (subnet, is_derived && has_subnet && !listed[family as usize])
            && subnets.insert(subnet.trunc())
        {
            routing.add_route(RouteEntry::on_link(subnet.trunc(), name.clone(), Some(address.local)));
        }
    }
}

fn metric(route: &Route) -> u32 {
    let written = route.attributes.iter().find_map(|attribute| match attribute {
        Attribute::Metric(metric) => Some(*metric),
        _ => None,
    });
    written.unwrap_or(0)
}

/// A table by its name or number.
pub(super) fn table(name: &str) -> Option<u32> {
    match name {
        "main" => Some(TABLE_MAIN),
        "default" => Some(TABLE_DEFAULT),
        number => number.parse().ok(),
    }
}

/// Says why the route is not what the kernel would have.
fn add_route(routing: &mut Routing, route: &Route) -> Option<Message> {
    match (route.table(), route.kind()) {
        // Local addresses came with the devices.
        (Some("local" | "255"), RouteType::Local) => {
            if let (Some(device), false) = (route.device(), routing.is_local(route.prefix.addr())) {
                let local = RouteEntry::local_prefix(route.prefix, device.clone());
                routing.add_local(RouteEntry { source: route.source(), ..local });
            }
            return None;
        }
        (Some("local" | "255"), kind) => {
            let is_plain = matches!(kind, RouteType::Broadcast | RouteType::Anycast | RouteType::Multicast);
            return (!is_plain).then(|| message!("wrong-local-table", kind = kind.name()));
        }
        (_, RouteType::Broadcast | RouteType::Anycast | RouteType::Multicast) => return None,
        _ => {}
    }
    let name = route.table().unwrap_or("main");
    let Some(table) = table(name) else {
        return Some(message!("wrong-table-number", name = name));
    };
    if route.has_flag("dead") {
        return None;
    }
    let (to, why) = match destination(route) {
        Ok(found) => found,
        Err(why) => return Some(why),
    };
    let source = route.source().or_else(|| own_source(routing, route));
    routing.add_route_in(table, RouteEntry { prefix: route.prefix, to, source });
    why
}

/// Where a route leads, and what of it is not modelled.
fn destination(route: &Route) -> Result<(Destination, Option<Message>), Message> {
    let to = match route.kind() {
        RouteType::Blackhole => Destination::Blackhole,
        RouteType::Unreachable => Destination::Unreachable,
        RouteType::Prohibit => Destination::Prohibit,
        RouteType::Throw => Destination::Throw,
        RouteType::Local => match route.device() {
            Some(device) => Destination::Local { device: device.clone() },
            None => return Err(message!("wrong-local-route")),
        },
        _ => {
            let first = route.next_hops.first().map(|hop| Route { attributes: hop.0.clone(), ..route.clone() });
            let hop = first.as_ref().filter(|hop| hop.device().is_some()).unwrap_or(route);
            let Some(device) = hop.device() else {
                return Err(message!("wrong-route-without-device"));
            };
            let to = Destination::Via { device: device.clone(), gateway: hop.gateway() };
            let is_one_of_several = route.next_hops.iter().filter(|hop| !hop.is_cache()).count() > 1;
            return Ok((to, is_one_of_several.then_some(message!("wrong-several-ways"))));
        }
    };
    Ok((to, None))
}

/// The kernel's own routes of IPv6 show no source.
fn own_source(routing: &Routing, route: &Route) -> Option<IpAddr> {
    let is_own =
        route.attributes.iter().any(|attribute| matches!(attribute, Attribute::Proto(name) if &**name == "kernel"));
    let device = routing.device(route.device()?).filter(|_| is_own && route.prefix.addr().is_ipv6())?;
    device.addresses.iter().map(IpNet::addr).find(|address| route.prefix.contains(address))
}
