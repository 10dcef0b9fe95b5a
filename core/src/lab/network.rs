use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::machine::{Known, Machine};
use super::socket::Sockets;
use super::{Assumptions, Client, ClientKind, Target, assumptions};
use crate::dump::{Destination, Origin, Restored};
use crate::fixed_hash::HashMap;
use crate::iproute::address::Interface;
use crate::iproute::neighbour::Neighbour;
use crate::k8s::{self, Cluster, IpMode, SliceEndpoint};
use crate::net::{Family, Protocol};
use crate::nftables;
use crate::proxy::Mode;

/// Nodes, pods and the world, joined as kind and host-gw networks join them: a cable from each pod to its
/// node, and a network that all nodes are on.
///
/// A node is started when it is first needed: a cluster may have many more than its packets pass.
#[derive(Clone, Debug)]
pub struct Network {
    pub mode: Mode,
    /// By the nodes' indexes.
    pub node_names: Vec<Arc<str>>,
    /// The nodes that were started, by index. Copies of a network share them until a packet comes to one.
    pub(super) machines: Vec<OnceCell<Arc<Machine>>>,
    /// What the others will find.
    pub(super) known: Known,
    pub(super) assumptions: Assumptions,
    /// Copies of a network share what none of them changes: there may be tens of thousands.
    pub pods: Arc<BTreeMap<IpAddr, Pod>>,
    /// Those of them that the lab adds, as clients.
    pub(super) clients: BTreeSet<IpAddr>,
    /// Nodes without power, by index: they lose what is sent to them, and their kube-proxy hears nothing.
    pub(super) down: BTreeSet<usize>,
    /// How many cables each node ever had, so that none is named like another.
    pub(super) cables: Vec<usize>,
    /// Ports on which processes of the nodes themselves listen, and machines outside that are endpoints, by address.
    pub(super) processes: BTreeSet<(IpAddr, Protocol, u16)>,
    pub(super) sockets: Sockets,
    pub(super) node_by_address: BTreeMap<IpAddr, usize>,
    /// External and load balancer addresses that the network outside brings to the nodes.
    announced: BTreeSet<IpAddr>,
    /// What there is to ask a node that was copied; None in a network of a cluster's nodes.
    copied: Option<Copied>,
}

#[derive(Clone, Debug)]
struct Copied {
    origins: Vec<Origin>,
    destinations: Vec<Destination>,
    interfaces: Vec<Interface>,
    neighbours: Vec<Neighbour>,
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
    /// Somewhere behind a device of a copied node.
    Behind(Arc<str>),
}

impl Place {
    /// Behind the devices of a copied node may be the same ones.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        self == other || matches!((self, other), (Self::Behind(_), Self::Behind(_)))
    }
}

impl Network {
    pub const OUTSIDE: [&'static str; 2] = ["203.0.113.10", "2001:db8:ffff::10"];

    /// Lays the cluster out. No node is started yet.
    pub fn new(cluster: Arc<Cluster>, assumptions: Assumptions, mode: Mode) -> Self {
        let addresses = cluster.nodes.iter().enumerate().flat_map(|(index, node)| {
            let addresses = node.internal_ips.iter();
            addresses.map(move |address| (*address, index))
        });
        let mut network = Self {
            mode,
            node_names: cluster.nodes.iter().map(|node| node.name.clone()).collect(),
            machines: vec![OnceCell::new(); cluster.nodes.len()],
            assumptions,
            down: BTreeSet::new(),
            cables: vec![0; cluster.nodes.len()],
            pods: Arc::default(),
            clients: BTreeSet::new(),
            processes: BTreeSet::new(),
            sockets: Sockets::default(),
            node_by_address: addresses.collect(),
            announced: BTreeSet::new(),
            copied: None,
            known: Known::default(),
        };
        network.announce(&cluster);
        network.place_pods(&cluster, |_| true);
        network.place_client_pods(&cluster, |_| true);
        network.known = Known::from(cluster);
        network
    }

    /// One node as it was copied. What is behind its devices is not known: whoever gets a packet answers it.
    pub fn of_node(Restored { node, origins, destinations, interfaces, neighbours, .. }: Restored) -> Self {
        let has_xtables = [Family::V4, Family::V6].into_iter().any(|family| {
            let tables = node.iptables.of(family);
            tables.in_use().any(|(_, table)| table.chains().any(|(_, chain)| !chain.rules().is_empty()))
        });
        let has_nftables = node.nftables.tables().next().is_some();
        // Of a node without kube-proxy the lane is that of the tool whose rules there are.
        let mode = if node.ipvs.services().next().is_some() {
            Mode::Ipvs
        } else if nftables::is_kube_proxy(&node.nftables) || has_nftables && !has_xtables {
            Mode::Nftables
        } else {
            Mode::Iptables
        };
        let cluster = Arc::new(Cluster::default());
        let mut network = Self::new(Arc::clone(&cluster), Assumptions::of(&cluster), mode);
        network.node_names.push(node.name.clone());
        network.cables.push(0);
        network.machines.push(OnceCell::from(Arc::new(Machine::from(node))));
        network.copied = Some(Copied { origins, destinations, interfaces, neighbours });
        network
    }

    pub const fn is_copied(&self) -> bool {
        self.copied.is_some()
    }

    /// What was pasted of the devices of a copied node.
    pub fn listed_neighbours(&self) -> Option<&[Neighbour]> {
        self.copied.as_ref().map(|copied| &*copied.neighbours)
    }

    pub fn listed_interfaces(&self) -> &[Interface] {
        self.copied.as_ref().map_or(&[], |copied| &copied.interfaces)
    }

    /// What the rules of a copied node are about.
    pub(super) fn targets(&self) -> Option<Vec<Target>> {
        let target = |Destination { at, protocol, comment }: &Destination| {
            let comment = if comment.is_empty() { at.to_string() } else { comment.clone() };
            Target::address(&comment, *protocol, *at)
        };
        self.copied.as_ref().map(|copied| copied.destinations.iter().map(target).collect())
    }

    /// External addresses, and those of load balancers which leave the packet as it is (`ipMode: VIP`), are brought to
    /// nodes; a balancer that is a proxy would begin a connection of its own, to a NodePort.
    pub(super) fn announce(&mut self, cluster: &Cluster) {
        let services = cluster.services.iter();
        self.announced = services
            .flat_map(|service| {
                let balancers = service.load_balancer_ingress.iter();
                let vips =
                    balancers.filter(|ingress| ingress.ip_mode == IpMode::Vip).filter_map(|ingress| ingress.address);
                service.external_ips.iter().copied().chain(vips)
            })
            .collect();
    }

    /// The node that a packet from outside comes to: the one that it is addressed to, or for an announced address the
    /// first that is up.
    pub(super) fn entrance(&self, address: IpAddr) -> Option<usize> {
        let announced = || self.announced.contains(&address);
        let first_up = || (0..self.node_names.len()).find(|node| !self.is_down(*node));
        self.node_by_address.get(&address).copied().or_else(|| announced().then(first_up).flatten())
    }

    pub fn is_down(&self, node: usize) -> bool {
        self.down.contains(&node)
    }

    pub fn node_index(&self, name: &str) -> Option<usize> {
        self.node_names.iter().position(|node| &**node == name)
    }

    /// Everyone who can send: a client pod and a process on each node, the outside, and the pods of the Services.
    pub fn clients(&self) -> Vec<Client> {
        if let Some(copied) = &self.copied {
            let behind = |Origin { device, address }: &Origin| Client {
                kind: ClientKind::Behind { device: device.clone() },
                address: Some(*address),
            };
            let process = |node: &Arc<str>| Client { kind: ClientKind::Process { node: node.clone() }, address: None };
            return copied.origins.iter().map(behind).chain(self.node_names.iter().map(process)).collect();
        }
        let up = self.pods.iter().filter(|(_, pod)| !self.is_down(pod.node));
        let (spare, serving): (Vec<_>, Vec<_>) = up.partition(|(_, pod)| pod.listens.is_empty());
        let pod = |(address, pod): (&IpAddr, &Pod)| Client {
            kind: ClientKind::Pod { name: pod.name.clone(), node: self.node_names[pod.node].clone() },
            address: Some(*address),
        };
        let processes = self
            .node_names
            .iter()
            .enumerate()
            .filter(|(index, _)| !self.is_down(*index))
            .map(|(_, node)| Client { kind: ClientKind::Process { node: node.clone() }, address: None });
        let outside = Self::OUTSIDE.iter().filter_map(|address| address.parse::<IpAddr>().ok());
        let used = |address: &IpAddr| self.node_by_address.keys().any(|node| node.is_ipv4() == address.is_ipv4());
        let outside = outside.filter(used).map(|address| Client { kind: ClientKind::Outside, address: Some(address) });
        let is_own = |client: &Client| client.address.is_some_and(|address| self.clients.contains(&address));
        let mut spare: Vec<_> = spare.into_iter().map(pod).collect();
        spare.sort_by_key(|client| (!is_own(client), client.to_string()));
        spare.into_iter().chain(processes).chain(outside).chain(serving.into_iter().map(pod)).collect()
    }

    /// Places what is behind the addresses that are asked for: endpoints, and Pods that are none. Gives the addresses of
    /// Pods.
    pub(super) fn place_pods(&mut self, cluster: &Cluster, is_asked_for: impl Fn(&IpAddr) -> bool) -> BTreeSet<IpAddr> {
        let mut placed = BTreeSet::new();
        let names = self.node_names.iter().enumerate().rev();
        let nodes: HashMap<Arc<str>, usize> = names.map(|(index, name)| (name.clone(), index)).collect();
        let mut elsewhere = Vec::new();
        for slice in &cluster.endpoint_slices {
            let ports: Arc<[_]> = slice.ports.iter().filter_map(|port| Some((port.protocol, port.port?))).collect();
            for endpoint in &slice.endpoints {
                let node = endpoint.node_name.as_deref().and_then(|name| nodes.get(name).copied());
                for address in endpoint.addresses.iter().filter(|address| is_asked_for(address)) {
                    match node.filter(|_| !self.node_by_address.contains_key(address)) {
                        Some(node) => self.place_endpoint(*address, endpoint, node, &ports),
                        None => elsewhere.push((*address, endpoint, Arc::clone(&ports))),
                    }
                    placed.insert(*address);
                }
            }
        }
        for pod in cluster.pods.iter().filter(|pod| !pod.is_terminal() && !pod.spec.host_network) {
            let Some(node) = pod.spec.node_name.as_deref().and_then(|name| nodes.get(name).copied()) else { continue };
            for address in pod.status.pod_ips.iter().filter(|address| is_asked_for(address)) {
                let cables = &mut self.cables;
                Arc::make_mut(&mut self.pods).entry(*address).or_insert_with(|| Pod {
                    name: pod.name.name.clone(),
                    node,
                    device: next_device(&mut cables[node]),
                    listens: BTreeSet::new(),
                });
                placed.insert(*address);
            }
        }
        for (address, endpoint, ports) in elsewhere {
            self.place_endpoint_of_no_node(cluster, address, endpoint, &ports);
        }
        placed
    }

    fn place_endpoint(&mut self, address: IpAddr, endpoint: &SliceEndpoint, node: usize, ports: &[(Protocol, u16)]) {
        let cables = &mut self.cables;
        let pod = Arc::make_mut(&mut self.pods).entry(address).or_insert_with(|| Pod {
            name: endpoint.pod.clone().unwrap_or_else(|| address.to_string().into()),
            node,
            device: next_device(&mut cables[node]),
            listens: BTreeSet::new(),
        });
        pod.listens.extend(ports);
    }

    /// Slices that no controller of Kubernetes wrote may leave out where their endpoints are. Then the address tells: of a
    /// node, of a Pod, of the Pods of a node; or else of a machine out there.
    fn place_endpoint_of_no_node(
        &mut self,
        cluster: &Cluster,
        address: IpAddr,
        endpoint: &SliceEndpoint,
        ports: &[(Protocol, u16)],
    ) {
        let has = |node: &k8s::Node| node.pod_cidrs.iter().any(|range| range.contains(&address));
        let known = self.pods.get(&address).map(|pod| pod.node);
        let node =
            known.or_else(|| cluster.nodes.iter().find(|node| has(node)).and_then(|node| self.node_index(&node.name)));
        match node.filter(|_| !self.node_by_address.contains_key(&address)) {
            Some(node) => self.place_endpoint(address, endpoint, node, ports),
            None => self.processes.extend(ports.iter().map(|(protocol, port)| (address, *protocol, *port))),
        }
    }

    /// One pod without a Service on each node, at a free address of the node's pod range.
    pub(super) fn place_client_pods(&mut self, cluster: &Cluster, is_asked_for: impl Fn(usize) -> bool) {
        for (index, node) in cluster.nodes.iter().enumerate().filter(|(index, _)| is_asked_for(*index)) {
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
                Arc::make_mut(&mut self.pods)
                    .insert(address, Pod { name: name.into(), node: index, device, listens: BTreeSet::new() });
                self.clients.insert(address);
            }
        }
    }
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
