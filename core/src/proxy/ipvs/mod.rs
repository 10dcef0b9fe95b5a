//! IPVS mode: virtual servers, ipsets, the addresses of kube-ipvs0, and the iptables rules around
//! them.
//!
//! In: the service ports and endpoints of one family, and the settings. Out: for a first full sync a [`Sync`] of plain
//! values and text; for every sync of a [`Proxier`](crate::proxy::Proxier) its operations. Left out on purpose:
//! sysctls. Of two service ports with the same destination the last one counts; kube-proxy programs one after the
//! other in every sync.
//!
//! Mirrors `syncProxyRules` of pkg/proxy/ipvs/proxier.go.

mod datapath;
mod entries;
mod part;
mod rules;
mod servers;
mod service;
mod sets;
mod termination;

pub(super) use datapath::Datapath;
pub use rules::JUMPS;
pub use servers::{FLAG_PERSISTENT, FLAG_SOURCE_HASH, RealServer, VirtualServer};
pub use sets::{Entry, IpSet, SetType};

use std::net::IpAddr;

use super::node_port::NodePortCidrs;
use super::program::Lines;
use super::traffic::NodeTopology;
use super::{Cause, Config, Jump, Mode, Tracked};
use crate::fixed_hash::HashSet;
use crate::k8s::{Cluster, Node};
use crate::net::Family;
use part::Part;
use servers::Scheduling;
use sets::Set;

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
    let node = config.own_node(cluster);
    let context = Context::of(config, node, family);
    let parts: Vec<Part> = tracked.iter().map(|(port, endpoints)| service::part(port, endpoints, &context)).collect();
    let ipsets = Set::ALL.map(|set| ip_set(set, family, &parts));
    let filled = ipsets.each_ref().map(|set| Cause::shared(&set.causes));
    let addresses = ipsets[Set::IpvsIps as usize].entries.iter().filter_map(Entry::address).collect();
    let unreachable = parts.iter().flat_map(|part| part.unreachable_from_node.iter().copied());
    let mut lines = Lines::explained();
    rules::write(config, node, family, &filled, unreachable, &mut lines);
    let (restore, causes) = lines.into_parts();
    let virtual_servers = Scheduling::of(config).virtual_servers(parts);
    Sync { virtual_servers, ipsets: ipsets.into(), addresses, restore, causes, jumps: JUMPS.to_vec() }
}

/// The entries of a set, each once.
fn ip_set(set: Set, family: Family, parts: &[Part]) -> IpSet {
    let mut present = HashSet::default();
    let (entries, causes) = parts
        .iter()
        .flat_map(|part| &part.entries)
        .filter(|(other, ..)| *other == set)
        .filter(|(_, entry, _)| present.insert(entry))
        .map(|(_, entry, cause)| (entry.clone(), *cause))
        .unzip();
    IpSet { name: set.name(family), set_type: set.kind(), family, comment: set.comment(), entries, causes }
}

/// What is known before the first service.
struct Context<'a> {
    node: NodeTopology<'a>,
    node_ip: IpAddr,
    /// Addresses of the node on interfaces other than kube-ipvs0.
    bound: Vec<IpAddr>,
    /// Each becomes a virtual server for every node port.
    node_port_ips: Vec<IpAddr>,
}

impl<'a> Context<'a> {
    fn of(config: &'a Config, node: Option<&'a Node>, family: Family) -> Self {
        let bound = bound_addresses(config, family);
        Self {
            node: NodeTopology::of(node, config),
            node_ip: config.node_ip(family),
            node_port_ips: node_port_ips(config, family, &bound),
            bound,
        }
    }
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
