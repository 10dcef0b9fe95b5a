use super::address::{self, Interface};
use super::route::{Attribute, Route, RouteType};
use super::rule::Rule;
use crate::net::Family;
use crate::netfilter::Routing;
use crate::netfilter::routing::{Destination, Device, DeviceKind, RouteEntry};
use crate::source::{Diagnostic, Position};

/// What is known of a node, from as many listings as somebody has.
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub interfaces: Vec<Interface>,
    /// Of all tables and both families. If there are none, the kernel's own routes are derived from the addresses.
    pub routes: Vec<Route>,
    pub rules: Vec<Rule>,
}

/// Makes the routing of a node of what is listed, and says what has no place in it or was taken for something.
pub fn install(node: &Node) -> (Routing, Vec<Diagnostic>) {
    let mut routing = Routing::default();
    let mut said = Vec::new();
    for interface in &node.interfaces {
        let kind = device_kind(interface, &mut said);
        add_interface(&mut routing, interface, kind, &node.routes);
    }
    let mut routes: Vec<_> = node.routes.iter().collect();
    // The lowest metric comes first; listings have them so already.
    routes.sort_by_key(|route| metric(route));
    for route in routes {
        if let Some(why) = add_route(&mut routing, route) {
            let advice = "the listing keeps it; the model's packets may take another way than the node's";
            let expected = "a route of the table main or local with one way";
            said.push(Diagnostic::warning(Position::new(route.line.max(1), 1), why, expected, advice));
        }
    }
    for rule in node.rules.iter().filter(|rule| !rule.is_default()) {
        let why = format!("the rule {} is not modelled: every packet asks the tables local and main", rule.priority);
        let advice = "the listing keeps it; packets that it is about may take another way on the node";
        said.push(Diagnostic::warning(Position::new(rule.line.max(1), 1), why, "the rules of a fresh kernel", advice));
    }
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
        Some(_) => DeviceKind::Ethernet,
        None if interface.link.as_deref().is_some_and(|link| link.starts_with("if")) => DeviceKind::Veth,
        None if has("NOARP") && has("BROADCAST") && interface.link_type() == Some("ether") => {
            let message = format!("{} is taken for a dummy device, as it does not use ARP", interface.name);
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
        return routing.add_device(Device { name: name.clone(), kind, addresses: nets.collect() });
    }
    routing.add_device(Device { name: name.clone(), kind, addresses: Vec::new() });
    nets.for_each(|net| routing.add_address(name, net));
    let is_listed = |family| routes.iter().any(|route| Family::of(route.prefix.addr()) == family);
    for address in &interface.addresses {
        let has_none = address.has_flag("noprefixroute") || address.has_flag("secondary");
        let is_derived = interface.has_flag("UP") != Some(false) && !has_none;
        let host = Family::of(address.local).host_prefix();
        let has_subnet = address.peer.is_some() || address.prefix_length < host;
        let subnet = ipnet::IpNet::new(address.peer.unwrap_or(address.local), address.prefix_length);
        if let (Ok(subnet), true) = (subnet, is_derived && has_subnet && !is_listed(Family::of(address.local))) {
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

/// Says why the route is not what the kernel would have.
fn add_route(routing: &mut Routing, route: &Route) -> Option<String> {
    match (route.table(), route.kind()) {
        // Local addresses came with the devices.
        (Some("local" | "255"), RouteType::Local) => {
            if let (Some(device), false) = (route.device(), routing.is_local(route.prefix.addr())) {
                routing.add_local(RouteEntry::local_prefix(route.prefix, device.clone()));
            }
            return None;
        }
        (_, RouteType::Broadcast | RouteType::Anycast | RouteType::Multicast) => return None,
        (None | Some("main" | "254"), _) => {}
        (Some(table), _) => return Some(format!("the table {table} is not modelled")),
    }
    if route.has_flag("dead") {
        return None;
    }
    let mut why = None;
    let to = match route.kind() {
        RouteType::Blackhole => Destination::Blackhole,
        RouteType::Unreachable => Destination::Unreachable,
        kind @ (RouteType::Prohibit | RouteType::Throw) => {
            why = Some(format!("{} is not modelled: it counts as unreachable", kind.name()));
            Destination::Unreachable
        }
        RouteType::Local => match route.device() {
            Some(device) => Destination::Local { device: device.clone() },
            None => return Some("a local route without a device".to_owned()),
        },
        _ => {
            let first = route.next_hops.first().map(|hop| Route { attributes: hop.0.clone(), ..route.clone() });
            if first.is_some() && route.next_hops.len() > 1 {
                why = Some("several ways are not modelled: every packet takes the first".to_owned());
            }
            let hop = first.as_ref().filter(|hop| hop.device().is_some()).unwrap_or(route);
            match hop.device() {
                Some(device) => Destination::Via { device: device.clone(), gateway: hop.gateway() },
                None => return Some("a route without a device".to_owned()),
            }
        }
    };
    // The kernel's own routes of IPv6 show no source; it picks one of the device's addresses.
    routing.add_route(RouteEntry { prefix: route.prefix, to, source: route.source() });
    why
}
