use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;

use super::{Cluster, Node, NodeInfo};
use crate::fixed_hash::HashSet;
use crate::message;
use crate::message::{Argument, Message};
use crate::net::Family;
use crate::source::{Diagnostic, Position};

/// The node names of a cluster in which nothing names any.
const NAMES: [&str; 2] = ["node1", "node2"];

/// Gives a cluster without nodes those that its endpoints and Pods name, or else two, and says so in a note.
/// None, with nothing changed, where there is no object to show on a node.
pub fn assume_nodes(cluster: &mut Cluster) -> Option<Diagnostic> {
    let has_objects = !cluster.services.is_empty()
        || !cluster.endpoint_slices.is_empty()
        || !cluster.endpoints.is_empty()
        || !cluster.pods.is_empty()
        || !cluster.workloads.is_empty();
    if !has_objects {
        return None;
    }
    let named = named(cluster);
    let names = if named.is_empty() { NAMES.map(Arc::from).into() } else { named };
    let mut plan = AddressPlan::of(cluster);
    cluster.nodes = names.into_iter().map(|name| plan.node(name)).collect();
    Some(Diagnostic::note(Position::START, describe(&cluster.nodes)))
}

fn named(cluster: &Cluster) -> BTreeSet<Arc<str>> {
    let slices = cluster.endpoint_slices.iter().flat_map(|slice| &slice.endpoints);
    let subsets = cluster.endpoints.iter().flat_map(|endpoints| &endpoints.subsets);
    let addresses = subsets.flat_map(|subset| subset.addresses.iter().chain(&subset.not_ready_addresses));
    let pods = cluster.pods.iter().map(|pod| &pod.spec.node_name);
    let names = slices.map(|endpoint| &endpoint.node_name).chain(addresses.map(|address| &address.node_name));
    names.chain(pods).flatten().cloned().collect()
}

fn describe(nodes: &[Node]) -> Message {
    const MAX_NAMED: usize = 3;
    let one = |node: &Node| {
        let (addresses, ranges) = (both(&node.internal_ips), both(&node.pod_cidrs));
        message!("wrong-assumed-node", name = &*node.name, addresses = addresses, ranges = ranges)
    };
    let named = nodes.iter().take(MAX_NAMED).map(one);
    let nodes_named = named.rev().reduce(|rest, first| message!("wrong-list", first = first, rest = rest));
    let named = nodes_named.map_or_else(|| Argument::from(""), Argument::from);
    match nodes.len().saturating_sub(MAX_NAMED) {
        0 => message!("wrong-assumed-nodes", nodes = named),
        rest => message!("wrong-assumed-more-nodes", nodes = named, more = rest.to_string()),
    }
}

/// One of each family.
fn both(parts: &[impl ToString]) -> Argument {
    match parts {
        [one, other] => message!("wrong-both", one = one.to_string(), other = other.to_string()).into(),
        parts => parts.iter().map(ToString::to_string).collect::<String>().into(),
    }
}

/// Addresses for nodes and their Pods that no object of the cluster has.
struct AddressPlan {
    families: Vec<Family>,
    taken: HashSet<IpAddr>,
    /// The numbers of the next node address and of the next Pod range.
    next_node: u16,
    next_range: u16,
}

impl AddressPlan {
    fn of(cluster: &Cluster) -> Self {
        let services = cluster.services.iter();
        let of_services = services.flat_map(|service| {
            let ingress = service.load_balancer_ingress.iter().filter_map(|ingress| ingress.address);
            service.cluster_ips.iter().chain(&service.external_ips).copied().chain(ingress)
        });
        let endpoints = cluster.endpoint_slices.iter().flat_map(|slice| &slice.endpoints);
        let of_endpoints = endpoints.flat_map(|endpoint| &endpoint.addresses).copied();
        let of_pods = cluster.pods.iter().flat_map(|pod| &pod.status.pod_ips).copied();
        let taken: HashSet<IpAddr> = of_services.chain(of_endpoints).chain(of_pods).collect();
        let has = |family| taken.iter().any(|address| Family::of(*address) == family);
        let families = match (has(Family::V4), has(Family::V6)) {
            (true, true) => vec![Family::V4, Family::V6],
            (false, true) => vec![Family::V6],
            (_, false) => vec![Family::V4],
        };
        Self { families, taken, next_node: 0, next_range: 0 }
    }

    fn node(&mut self, name: Arc<str>) -> Node {
        let (internal_ips, pod_cidrs) = (self.internal_ips(), self.pod_cidrs());
        Node {
            name,
            labels: [].into(),
            internal_ips,
            pod_cidrs,
            is_ready: true,
            is_unschedulable: false,
            taints: Vec::new(),
            allocatable_cpu: None,
            info: NodeInfo::default(),
        }
    }

    /// The next numbers whose addresses are free in every family.
    fn internal_ips(&mut self) -> Vec<IpAddr> {
        loop {
            let number = self.next_node;
            self.next_node = number.wrapping_add(1);
            let addresses: Vec<IpAddr> = self.families.iter().map(|family| node_address(*family, number)).collect();
            if number == u16::MAX || !addresses.iter().any(|address| self.taken.contains(address)) {
                return addresses;
            }
        }
    }

    /// The next ranges. Pods may lie in them, whatever node they are on: the lab routes to each Pod.
    fn pod_cidrs(&mut self) -> Vec<IpNet> {
        self.next_range = self.next_range.wrapping_add(1);
        self.families.iter().map(|family| pod_range(*family, self.next_range)).collect()
    }
}

/// 192.168.0.11, .12, … and fd00:192:168::11, …
fn node_address(family: Family, number: u16) -> IpAddr {
    let number = number.wrapping_add(11);
    match family {
        Family::V4 => {
            let [high, low] = number.to_be_bytes();
            Ipv4Addr::new(192, 168, high, low).into()
        }
        Family::V6 => Ipv6Addr::new(0xfd00, 0x192, 0x168, 0, 0, 0, 0, number).into(),
    }
}

/// 10.244.1.0/24, 10.244.2.0/24, … and fd00:10:244:1::/64, …
fn pod_range(family: Family, number: u16) -> IpNet {
    match family {
        Family::V4 => {
            let [high, low] = number.to_be_bytes();
            IpNet::new_assert(Ipv4Addr::new(10, 244_u8.wrapping_add(high), low, 0).into(), 24)
        }
        Family::V6 => IpNet::new_assert(Ipv6Addr::new(0xfd00, 0x10, 0x244, number, 0, 0, 0, 0).into(), 64),
    }
}
