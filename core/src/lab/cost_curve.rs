use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use super::{Assumptions, Client, ClientKind, Flow, LoadError, Network, Target, Way};
use crate::chance::Chance;
use crate::k8s::{
    Cluster, EndpointPort, EndpointSlice, NamespacedName, Node, NodeInfo, Service, ServicePort, ServiceType,
    SessionAffinity, SliceEndpoint, TrafficPolicy,
};
use crate::net::{Family, Protocol};
use crate::proxy::Mode;
use crate::task::{block_on, turn, yield_now};
use crate::trace::{Cost, Meter};

/// What a request costs in a cluster of so many Services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostPoint {
    pub services: usize,
    /// The packet that opens a connection.
    pub first: Cost,
    /// The next packet of the same connection.
    pub following: Cost,
}

/// Builds a cluster of one node and `services` Services with two endpoints each, sends two packets of one
/// connection to the Service in the middle, and counts. The middle stands for all: kube-proxy writes its rules
/// in the random order of Go's maps, so that a Service's rule is as likely to stand before as behind it.
pub fn cost_at(mode: Mode, services: usize) -> Result<CostPoint, LoadError> {
    block_on(cost_in_turns(mode, services))
}

/// A [`cost_at`] that is being worked out, in short turns.
pub struct Measuring(Pin<Box<dyn Future<Output = Result<CostPoint, LoadError>>>>);

impl Measuring {
    pub fn of(mode: Mode, services: usize) -> Self {
        Self(Box::pin(cost_in_turns(mode, services)))
    }

    /// Takes one turn. The result with the last; then it is over.
    pub fn advance(&mut self) -> Option<Result<CostPoint, LoadError>> {
        match turn(&mut self.0) {
            Poll::Ready(result) => Some(result),
            Poll::Pending => None,
        }
    }
}

impl fmt::Debug for Measuring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measuring").finish_non_exhaustive()
    }
}

async fn cost_in_turns(mode: Mode, services: usize) -> Result<CostPoint, LoadError> {
    let services = services.clamp(1, MOST_SERVICES);
    let cluster = Arc::new(synthetic(services));
    yield_now().await;
    let mut network = Network::new(Arc::clone(&cluster), Assumptions::of(&cluster), mode);
    yield_now().await;
    network.on_node(0, |_| ()).await;
    network.start_all().map_err(Clone::clone)?;
    let targets = Target::all(&cluster);
    let client = network.clients().into_iter().find(|client| matches!(client.kind, ClientKind::Pod { .. }));
    let cost = client.zip(targets.get(services / 2)).map(|(client, target)| measure(&mut network, &client, target));
    let (first, following) = cost.unwrap_or_default();
    Ok(CostPoint { services, first, following })
}

/// What fits 10.96.0.0/12 and 10.128.0.0/9 with room to spare.
const MOST_SERVICES: usize = 100_000;

fn measure(network: &mut Network, client: &Client, target: &Target) -> (Cost, Cost) {
    let Some(mut flow) = Flow::open(network, client, target, 40_000) else {
        return Default::default();
    };
    let mut chance = Chance::seeded(1);
    let mut next = |now| {
        let journey = network.exchange::<Meter>(&mut flow, &mut chance, now);
        journey.legs.iter().filter(|leg| leg.way == Way::Request).map(|leg| leg.tracer.cost).sum()
    };
    (next(1), next(2))
}

/// `services` Services with two endpoints each, all on one node.
pub fn synthetic(services: usize) -> Cluster {
    let node = Node {
        name: "node1".into(),
        labels: BTreeMap::new(),
        internal_ips: vec![Ipv4Addr::new(192, 168, 0, 11).into()],
        pod_cidrs: Vec::new(),
        is_ready: true,
        is_unschedulable: false,
        taints: Vec::new(),
        allocatable_cpu: None,
        info: NodeInfo::default(),
    };
    let numbers = 0..u32::try_from(services).unwrap_or(u32::MAX);
    let (services, endpoint_slices) = numbers.map(service).unzip();
    Cluster { nodes: vec![node], services, endpoint_slices, ..Cluster::default() }
}

fn service(number: u32) -> (Service, EndpointSlice) {
    let name = NamespacedName::new("load", &format!("service-{number:06}"));
    let cluster_ip = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 96, 0, 10)) + number);
    let pod = |nth: u32| Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 128, 0, 10)) + number * 2 + nth);
    let service = Service {
        name: name.clone(),
        labels: BTreeMap::new(),
        service_type: ServiceType::ClusterIp,
        cluster_ips: vec![cluster_ip.into()],
        ip_families: vec![Family::V4],
        external_name: None,
        selector: BTreeMap::new(),
        ports: vec![ServicePort {
            name: "http".into(),
            protocol: Protocol::Tcp,
            port: 80,
            node_port: None,
            target_port: "8080".into(),
        }],
        session_affinity: SessionAffinity::None,
        external_ips: Vec::new(),
        external_traffic_policy: TrafficPolicy::Cluster,
        internal_traffic_policy: TrafficPolicy::Cluster,
        load_balancer_source_ranges: Vec::new(),
        load_balancer_ingress: Vec::new(),
        health_check_node_port: None,
        publish_not_ready_addresses: false,
        traffic_distribution: None,
        topology_mode_auto: false,
    };
    let slice = EndpointSlice {
        name: NamespacedName::new("load", &format!("service-{number:06}-abcde")),
        labels: BTreeMap::from([(EndpointSlice::SERVICE_LABEL.to_owned(), name.name.to_string())]),
        address_type: Family::V4,
        ports: vec![EndpointPort { name: "http".into(), protocol: Protocol::Tcp, port: Some(8080) }],
        endpoints: (0..2).map(|nth| endpoint(pod(nth).into())).collect(),
    };
    (service, slice)
}

fn endpoint(address: IpAddr) -> SliceEndpoint {
    SliceEndpoint {
        addresses: vec![address],
        ready: Some(true),
        serving: Some(true),
        terminating: Some(false),
        hostname: None,
        node_name: Some("node1".into()),
        zone: None,
        for_zones: Vec::new(),
        for_nodes: Vec::new(),
        pod: None,
    }
}
