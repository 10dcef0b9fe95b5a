//! IPVS mode: virtual servers, ipsets, the addresses of kube-ipvs0, and the iptables rules around
//! them.
//!
//! In: the service ports and endpoints of one family, and the settings. Out: a [`Sync`] of plain
//! values and text. Left out on purpose: sysctls, and everything that only a later sync does:
//! graceful termination, addresses and virtual servers that have become superfluous.
//!
//! Mirrors `syncProxyRules` of pkg/proxy/ipvs/proxier.go.

mod rules;
mod servers;
mod service;
mod sets;

pub use rules::JUMPS;
pub use servers::{FLAG_PERSISTENT, FLAG_SOURCE_HASH, RealServer, VirtualServer};
pub use sets::{Entry, IpSet, SetType};

use std::net::IpAddr;

use super::node_port::NodePortCidrs;
use super::traffic::NodeTopology;
use super::{Cause, Config, Jump, Mode, Tracked};
use crate::k8s::Cluster;
use crate::net::Family;
use servers::Servers;
use sets::Sets;

/// What one sync brings about.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Sync {
    pub virtual_servers: Vec<VirtualServer>,
    /// All 17 sets, in the order of kube-proxy's table, also where they are empty.
    pub ipsets: Vec<IpSet>,
    /// What is bound to the dummy interface kube-ipvs0.
    pub addresses: Vec<IpAddr>,
    /// The input of `iptables-restore --noflush --counters`.
    pub restore: String,
    /// The cause of each line of `restore`.
    pub causes: Vec<Cause>,
    /// Ensured before, in this order.
    pub jumps: Vec<Jump>,
}

/// Translates a cluster as a freshly started kube-proxy does.
pub fn full_sync(cluster: &Cluster, config: &Config, family: Family) -> Sync {
    let tracked = Tracked::new(cluster, config, family);
    let bound = bound_addresses(config, family);
    let has_node_port = tracked.service_ports.iter().any(|port| port.node_port.is_some());
    let context = Context {
        node: NodeTopology::of(cluster, config),
        node_ip: config.node_ip(family),
        node_port_ips: if has_node_port { node_port_ips(config, family, &bound) } else { Vec::new() },
        bound,
    };
    let mut programmed = Programmed {
        servers: Servers::new(&config.ipvs_scheduler),
        sets: Sets::new(family),
        addresses: Vec::new(),
        unreachable_from_node: Vec::new(),
    };
    for (port, endpoints) in tracked.iter() {
        service::program(port, endpoints, &context, &mut programmed);
    }
    let Programmed { servers, sets, addresses, unreachable_from_node } = programmed;
    let (restore, causes) = rules::write(cluster, config, family, &sets, &unreachable_from_node);
    Sync {
        virtual_servers: servers.into_vec(),
        ipsets: sets.into_vec(),
        addresses,
        restore,
        causes,
        jumps: JUMPS.to_vec(),
    }
}

/// What is known before the first service.
struct Context<'a> {
    node: NodeTopology<'a>,
    node_ip: Option<IpAddr>,
    /// Addresses of the node on interfaces other than kube-ipvs0.
    bound: Vec<IpAddr>,
    /// Each becomes a virtual server for every node port.
    node_port_ips: Vec<IpAddr>,
}

/// What grows service by service.
struct Programmed {
    servers: Servers,
    sets: Sets,
    addresses: Vec<IpAddr>,
    /// Load balancers whose source ranges leave this node out.
    unreachable_from_node: Vec<(Cause, service::Destination)>,
}

/// `GetAllLocalAddressesExcept("kube-ipvs0")`: without loopback and link-local addresses.
fn bound_addresses(config: &Config, family: Family) -> Vec<IpAddr> {
    let is_link_local = |address: IpAddr| matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    let mut addresses = Vec::new();
    for address in config.interfaces.iter().flat_map(|interface| &interface.addresses).map(ipnet::IpNet::addr) {
        let counts = Family::of(address) == family && !address.is_loopback() && !is_link_local(address);
        if counts && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

fn node_port_ips(config: &Config, family: Family, bound: &[IpAddr]) -> Vec<IpAddr> {
    let cidrs = NodePortCidrs::of(config, family, Mode::Ipvs);
    if cidrs.match_all() {
        return bound.to_vec();
    }
    cidrs.node_ips(&config.interfaces).into_iter().filter(|address| !address.is_loopback()).collect()
}
