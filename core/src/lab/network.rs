use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::{Assumptions, Client, ClientKind, assumptions, load};
use crate::k8s::{self, Cluster, SliceEndpoint};
use crate::net::{Family, Protocol};
use crate::netfilter::routing::{Device, DeviceKind, RouteEntry, Routing};
use crate::node::Node;
use crate::proxy::{Mode, Proxier};
use crate::source::Diagnostic;
use crate::trace::Route;

/// Nodes, pods and the world, joined as kind and host-gw networks join them: a cable from each pod to its
/// node, and a network that all nodes are on.
#[derive(Clone, Debug)]
pub struct Network {
    pub mode: Mode,
    pub nodes: Vec<Node>,
    /// The kube-proxy of each node: one proxier for each family.
    pub(super) proxiers: Vec<Vec<Proxier>>,
    pub pods: BTreeMap<IpAddr, Pod>,
    /// Nodes without power, by index: they lose what is sent to them, and their kube-proxy hears nothing.
    pub(super) down: BTreeSet<usize>,
    /// How many cables each node ever had, so that none is named like another.
    cables: Vec<usize>,
    /// Ports on which processes of the nodes themselves listen, by node address.
    pub(super) processes: BTreeSet<(IpAddr, Protocol, u16)>,
    pub(super) node_by_address: BTreeMap<IpAddr, usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    pub name: Arc<str>,
    /// Index of its node.
    pub node: usize,
    /// The node's end of its cable.
    pub device: Arc<str>,
    pub listens: BTreeSet<(Protocol, u16)>,
}

/// Where a packet starts or ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Pod(IpAddr),
    /// A process of a node, by the node's index.
    Process(usize),
    Outside,
}

/// A program of kube-proxy that the model's own tools did not accept: a defect of the lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    pub node: Arc<str>,
    pub tool: &'static str,
    pub diagnostics: Vec<Diagnostic>,
}

impl Network {
    pub const OUTSIDE: [&'static str; 2] = ["203.0.113.10", "2001:db8:ffff::10"];

    /// Lays the cluster out and has the kube-proxy of every node program it.
    pub fn build(cluster: &Cluster, assumptions: &Assumptions, mode: Mode) -> Result<Self, LoadError> {
        let mut network = Self {
            mode,
            nodes: cluster.nodes.iter().map(|node| Node::new(node.name.clone())).collect(),
            proxiers: Vec::with_capacity(cluster.nodes.len()),
            down: BTreeSet::new(),
            cables: vec![0; cluster.nodes.len()],
            pods: BTreeMap::new(),
            processes: BTreeSet::new(),
            node_by_address: BTreeMap::new(),
        };
        for (index, node) in cluster.nodes.iter().enumerate() {
            network.node_by_address.extend(node.internal_ips.iter().map(|address| (*address, index)));
        }
        network.place_pods(cluster);
        network.place_client_pods(cluster);
        for (index, node) in cluster.nodes.iter().enumerate() {
            let proxiers = network.boot(index, node, cluster, assumptions)?;
            network.proxiers.push(proxiers);
        }
        Ok(network)
    }

    /// Joins a fresh machine to the network and starts its kube-proxy.
    pub(super) fn boot(
        &mut self,
        index: usize,
        node: &k8s::Node,
        cluster: &Cluster,
        assumptions: &Assumptions,
    ) -> Result<Vec<Proxier>, LoadError> {
        self.nodes[index] = Node::new(node.name.clone());
        self.wire(index, &node.internal_ips, cluster);
        load::program(&mut self.nodes[index], cluster, &assumptions.proxy_config(node), self.mode)
            .map_err(|(tool, diagnostics)| LoadError { node: node.name.clone(), tool, diagnostics })
    }

    pub fn is_down(&self, node: usize) -> bool {
        self.down.contains(&node)
    }

    pub fn node_index(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| &*node.name == name)
    }

    /// Everyone who can send: a client pod and a process on each node, the outside, and the pods of the Services.
    pub fn clients(&self) -> Vec<Client> {
        let up = self.pods.iter().filter(|(_, pod)| !self.is_down(pod.node));
        let (spare, serving): (Vec<_>, Vec<_>) = up.partition(|(_, pod)| pod.listens.is_empty());
        let pod = |(address, pod): (&IpAddr, &Pod)| Client {
            kind: ClientKind::Pod { name: pod.name.clone(), node: self.nodes[pod.node].name.clone() },
            address: Some(*address),
        };
        let processes = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(index, _)| !self.is_down(*index))
            .map(|(_, node)| Client { kind: ClientKind::Process { node: node.name.clone() }, address: None });
        let outside = Self::OUTSIDE.iter().filter_map(|address| address.parse::<IpAddr>().ok());
        let used = |address: &IpAddr| self.node_by_address.keys().any(|node| node.is_ipv4() == address.is_ipv4());
        let outside = outside.filter(used).map(|address| Client { kind: ClientKind::Outside, address: Some(address) });
        let mut spare: Vec<_> = spare.into_iter().map(pod).collect();
        spare.sort_by_key(|client| client.to_string());
        spare.into_iter().chain(processes).chain(outside).chain(serving.into_iter().map(pod)).collect()
    }

    pub(super) fn place_pods(&mut self, cluster: &Cluster) {
        for slice in &cluster.endpoint_slices {
            let ports: Vec<_> = slice.ports.iter().filter_map(|port| Some((port.protocol, port.port?))).collect();
            for endpoint in &slice.endpoints {
                for address in &endpoint.addresses {
                    self.place_endpoint(*address, endpoint, &ports);
                }
            }
        }
    }

    fn place_endpoint(&mut self, address: IpAddr, endpoint: &SliceEndpoint, ports: &[(Protocol, u16)]) {
        if self.node_by_address.contains_key(&address) {
            self.processes.extend(ports.iter().map(|(protocol, port)| (address, *protocol, *port)));
            return;
        }
        let Some(node) = endpoint.node_name.as_deref().and_then(|name| self.node_index(name)) else {
            return;
        };
        let cables = &mut self.cables;
        let pod = self.pods.entry(address).or_insert_with(|| Pod {
            name: endpoint.pod.clone().unwrap_or_else(|| address.to_string().into()),
            node,
            device: next_device(&mut cables[node]),
            listens: BTreeSet::new(),
        });
        pod.listens.extend(ports);
    }

    /// One pod without a Service on each node, at a free address of the node's pod range.
    fn place_client_pods(&mut self, cluster: &Cluster) {
        for (index, node) in cluster.nodes.iter().enumerate() {
            for family in [Family::V4, Family::V6] {
                let announced = node.pod_cidrs.iter().copied().find(|range| Family::of(range.addr()) == family);
                let inferred = || {
                    let neighbour =
                        self.pods.iter().find(|(address, pod)| pod.node == index && Family::of(**address) == family)?;
                    assumptions::subnet(*neighbour.0)
                };
                let Some(range) = announced.or_else(inferred) else {
                    continue;
                };
                let Some(address) = free_address(range, &self.pods) else {
                    continue;
                };
                let name = match family {
                    Family::V4 => format!("client-{}", node.name),
                    Family::V6 => format!("client-{}-v6", node.name),
                };
                let device = next_device(&mut self.cables[index]);
                self.pods.insert(address, Pod { name: name.into(), node: index, device, listens: BTreeSet::new() });
            }
        }
    }

    fn wire(&mut self, index: usize, addresses: &[IpAddr], cluster: &Cluster) {
        let routing = &mut self.nodes[index].stack.routing;
        routing.add_device(Device {
            name: "lo".into(),
            kind: DeviceKind::Loopback,
            addresses: assumptions::loopback(),
        });
        let subnets: Vec<_> = addresses.iter().filter_map(|address| assumptions::subnet(*address)).collect();
        let ethernet: Arc<str> = "eth0".into();
        routing.add_device(Device { name: ethernet.clone(), kind: DeviceKind::Ethernet, addresses: subnets.clone() });
        for (address, pod) in self.pods.iter().filter(|(_, pod)| pod.node == index) {
            attach(routing, *address, pod);
        }
        for (other, node) in cluster.nodes.iter().enumerate().filter(|(other, _)| *other != index) {
            for gateway in &node.internal_ips {
                self.route_to_node(index, other, node, *gateway);
            }
        }
        for subnet in subnets {
            let all = match Family::of(subnet.addr()) {
                Family::V4 => "0.0.0.0/0".parse(),
                Family::V6 => "::/0".parse(),
            };
            let gateway = subnet.hosts().find(|address| !self.node_by_address.contains_key(address));
            if let (Ok(all), Some(gateway)) = (all, gateway) {
                let routing = &mut self.nodes[index].stack.routing;
                routing.add_route(RouteEntry::through(all, gateway, ethernet.clone()));
            }
        }
    }

    /// Routes to another node's pods by one of its addresses (host-gw).
    fn route_to_node(&mut self, index: usize, other: usize, node: &k8s::Node, gateway: IpAddr) {
        let family = Family::of(gateway);
        let routing = &mut self.nodes[index].stack.routing;
        let ethernet: Arc<str> = "eth0".into();
        for range in node.pod_cidrs.iter().filter(|range| Family::of(range.addr()) == family) {
            routing.add_route(RouteEntry::through(range.trunc(), gateway, ethernet.clone()));
        }
        // Pods outside their node's announced range, or of a node that announces none.
        let pods = self.pods.iter().filter(|(address, pod)| pod.node == other && Family::of(**address) == family);
        for (address, _) in pods.filter(|(address, _)| !node.pod_cidrs.iter().any(|range| range.contains(*address))) {
            routing.add_route(RouteEntry::through((*address).into(), gateway, ethernet.clone()));
        }
        if !matches!(routing.lookup(gateway), Route::Via { gateway: None, .. }) {
            routing.add_route(RouteEntry::on_link(gateway.into(), ethernet, None));
        }
    }
}

/// The node's end of a pod's cable, and the route to the pod.
pub(super) fn attach(routing: &mut Routing, address: IpAddr, pod: &Pod) {
    routing.add_device(Device { name: pod.device.clone(), kind: DeviceKind::Veth, addresses: Vec::new() });
    routing.add_route(RouteEntry::on_link(address.into(), pod.device.clone(), None));
}

fn next_device(cables: &mut usize) -> Arc<str> {
    let device = format!("veth{cables}").into();
    *cables += 1;
    device
}

/// The 200th address of the range, or the first free one before it.
fn free_address(range: IpNet, taken: &BTreeMap<IpAddr, Pod>) -> Option<IpAddr> {
    range.hosts().take(200).collect::<Vec<_>>().into_iter().rev().find(|address| !taken.contains_key(address))
}
