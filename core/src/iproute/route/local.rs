use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

use super::listed::place;
use super::{Attribute, Listing, Route, RouteType};
use crate::netfilter::Routing;
use crate::netfilter::routing::{Device, DeviceKind};

impl Listing {
    /// The table `local` of a node's IPv4, which the kernel makes of its addresses (`fib_add_ifaddr`).
    pub fn local(routing: &Routing) -> Self {
        let mut routes: Vec<Route> = Vec::new();
        for device in routing.devices() {
            let mut primary: Vec<Ipv4Net> = Vec::new();
            let addresses = device.addresses.iter().filter_map(|net| match net {
                IpNet::V4(net) => Some(*net),
                IpNet::V6(_) => None,
            });
            for net in addresses {
                // A later address of the same range is secondary, and speaks in the name of the first.
                match primary.iter().find(|known| known.trunc() == net.trunc()) {
                    Some(first) => routes.push(route(device, RouteType::Local, host(net.addr()), first.addr())),
                    None => {
                        routes.extend(of_primary(device, net));
                        primary.push(net);
                    }
                }
            }
        }
        routes.sort_by_key(|route| place(route.prefix));
        Self { one_line: false, routes }
    }

    /// As `table all` lists them.
    #[must_use]
    pub fn with_table(mut self, name: &str) -> Self {
        for route in &mut self.routes {
            let behind = route.attributes.iter().position(|attribute| matches!(attribute, Attribute::Dev(_)));
            route.attributes.insert(behind.map_or(0, |at| at + 1), Attribute::Table(name.into()));
        }
        self
    }
}

fn of_primary(device: &Device, net: Ipv4Net) -> Vec<Route> {
    let source = net.addr();
    let mut routes = vec![route(device, RouteType::Local, host(source), source)];
    if net.prefix_len() < 32 && device.kind == DeviceKind::Loopback {
        routes.push(route(device, RouteType::Local, net.trunc(), source));
    }
    if net.prefix_len() < 31 {
        routes.push(route(device, RouteType::Broadcast, host(net.broadcast()), source));
    }
    routes
}

fn host(address: Ipv4Addr) -> Ipv4Net {
    Ipv4Net::from(address)
}

fn route(device: &Device, kind: RouteType, prefix: Ipv4Net, source: Ipv4Addr) -> Route {
    let scope = if kind == RouteType::Local { "host" } else { "link" };
    let attributes = vec![
        Attribute::Dev(device.name.clone()),
        Attribute::Proto("kernel".into()),
        Attribute::Scope(scope.into()),
        Attribute::Src(IpAddr::V4(source)),
    ];
    Route { kind: Some(kind), prefix: IpNet::V4(prefix), attributes, next_hops: Vec::new(), line: 0 }
}
