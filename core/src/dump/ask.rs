use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::iproute;
use crate::net::{Endpoint, Family, Protocol};
use crate::netfilter::{Bridges, XtTable};
use crate::node::Node;
use crate::{ipvs, nftables};

/// Someone behind a device of the node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    pub device: Arc<str>,
    pub address: IpAddr,
}

/// What a rule or a virtual service of the node is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destination {
    pub at: Endpoint,
    pub protocol: Protocol,
    /// As a comment has it; empty where there is none.
    pub comment: String,
}

/// Addresses for documentation (RFC 5737, RFC 3849), which nobody has: those of the wide world.
const OUTSIDE: [&str; 2] = ["203.0.113.10", "2001:db8:ffff::10"];
/// More than anyone chooses from.
const MOST: usize = 2_000;

impl Origin {
    /// One behind each way that leads out of the node; of a bridge, one behind each port.
    pub fn all(listed: &iproute::Node, bridges: &Bridges) -> Vec<Self> {
        let own: BTreeSet<IpAddr> =
            listed.interfaces.iter().flat_map(|interface| &interface.addresses).map(|address| address.local).collect();
        let routes = listed.routes.iter().filter_map(|route| Some((route.prefix, route.device()?)));
        let subnets = listed.interfaces.iter().flat_map(|interface| {
            let nets = interface.addresses.iter().filter_map(iproute::address::Address::net);
            nets.map(|net| (net.trunc(), &interface.name))
        });
        let mut origins = BTreeSet::new();
        for (prefix, device) in routes.chain(subnets) {
            let is_way_out = &**device != "lo" && !prefix.addr().is_multicast() && !is_link_local(prefix.addr());
            if let (true, Some(address)) = (is_way_out, someone_in(prefix, &own)) {
                let mut ports = bridges.ports_of(device).peekable();
                if ports.peek().is_none() {
                    origins.insert(Self { device: device.clone(), address });
                }
                let others = prefix.hosts().skip_while(|other| *other != address).filter(|other| !own.contains(other));
                origins.extend(ports.zip(others).map(|(port, address)| Self { device: port.clone(), address }));
            }
        }
        origins.into_iter().take(MOST).collect()
    }

    pub(super) fn without_listing() -> Vec<Self> {
        let outside = OUTSIDE.iter().filter_map(|address| address.parse().ok());
        outside.map(|address| Self { device: "eth0".into(), address }).collect()
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

/// An address in a prefix that is not the node's own.
fn someone_in(prefix: IpNet, own: &BTreeSet<IpAddr>) -> Option<IpAddr> {
    if prefix.prefix_len() == 0 {
        let outside = OUTSIDE.iter().filter_map(|address| address.parse::<IpAddr>().ok());
        return outside.into_iter().find(|address| Family::of(*address) == Family::of(prefix.addr()));
    }
    // The first ones are routers' and nodes' own.
    prefix.hosts().skip(199).chain(prefix.hosts()).take(400).find(|address| !own.contains(address))
}

impl Destination {
    /// What nat rules, verdict maps and virtual services are about, each address and port once.
    pub fn all(node: &Node) -> Vec<Self> {
        let mut found = Vec::new();
        for family in [Family::V4, Family::V6] {
            let saved = crate::iptables::save(node.iptables.of(family));
            let table = format!("*{}", XtTable::Nat.name());
            let nat = saved.lines().skip_while(|line| **line != *table).take_while(|line| *line != "COMMIT");
            found.extend(nat.filter_map(of_rule));
        }
        found.extend(nftables::list(&node.nftables).lines().flat_map(of_nft_line));
        found.extend(node.ipvs.services().filter_map(of_service));
        let mut seen = BTreeSet::new();
        found.retain(|destination: &Self| seen.insert((destination.protocol, destination.at)));
        found.truncate(MOST);
        found
    }
}

/// `-d 10.96.0.1/32 -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80`
fn of_rule(rule: &str) -> Option<Destination> {
    let after = |option: &str| rule.split_once(option).and_then(|(_, rest)| rest.split_whitespace().next());
    let address: IpNet = after(" -d ")?.parse().ok()?;
    let is_one = address.prefix_len() == address.max_prefix_len() && !rule.contains(" ! -d ");
    let at = Endpoint::new(address.addr(), after(" --dport ")?.parse().ok()?);
    let comment = rule.split_once("--comment ").map_or("", |(_, rest)| match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => rest.split_whitespace().next().unwrap_or_default(),
    });
    is_one.then(|| Some(Destination { at, protocol: protocol(after(" -p ")?)?, comment: comment.to_owned() }))?
}

/// Elements of verdict maps (`10.96.0.1 . tcp . 80 comment "shop/web" : goto …`), and rules with an address and a port.
fn of_nft_line(line: &str) -> impl Iterator<Item = Destination> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let comment = line.split_once(" comment \"").map_or("", |(_, rest)| rest.split('"').next().unwrap_or_default());
    let found = words.windows(5).filter_map(|words| match words {
        [address, ".", transport, ".", port] if line.contains(" : ") => Some((*address, *transport, *port)),
        ["daddr", address, transport, "dport", port] => Some((*address, *transport, *port)),
        _ => None,
    });
    let destination = |(address, transport, port): (&str, &str, &str)| {
        let at = Endpoint::new(address.parse().ok()?, port.trim_end_matches(',').parse().ok()?);
        Some(Destination { at, protocol: protocol(transport)?, comment: comment.to_owned() })
    };
    found.filter_map(destination).collect::<Vec<_>>().into_iter()
}

fn of_service(service: &ipvs::VirtualService) -> Option<Destination> {
    match service.key {
        ipvs::ServiceKey::Address { protocol, address } => {
            Some(Destination { at: address, protocol, comment: "virtual service".to_owned() })
        }
        ipvs::ServiceKey::Mark { .. } => None,
    }
}

fn protocol(name: &str) -> Option<Protocol> {
    match name {
        "tcp" => Some(Protocol::Tcp),
        "udp" => Some(Protocol::Udp),
        "sctp" => Some(Protocol::Sctp),
        _ => None,
    }
}
