use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use super::{Assumptions, Client, ClientKind, Flow, LoadError, Network, Target, Way};
use crate::chance::{Chance, Ways};
use crate::k8s::{
    Cluster, EndpointPort, EndpointSlice, NamespacedName, Node, NodeInfo, Service, ServicePort, ServiceType,
    SessionAffinity, SliceEndpoint, TrafficPolicy,
};
use crate::net::{Family, Protocol};
use crate::proxy::Mode;
use crate::task::{block_on, turn, yield_now};
use crate::trace::{Cost, Meter};

/// How large a cluster is that is made for measuring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterSize {
    pub services: usize,
    /// Of each Service.
    pub endpoints: usize,
}

impl ClusterSize {
    /// What fits 10.96.0.0/12 with room to spare.
    const MOST_SERVICES: usize = 100_000;
    /// What fits 10.128.0.0/9 with room to spare.
    const MOST_ENDPOINTS: usize = 8_000_000;

    /// Many Services, each with two endpoints.
    pub const fn of_services(services: usize) -> Self {
        Self { services, endpoints: 2 }
    }

    /// One Service with many endpoints.
    pub const fn of_endpoints(endpoints: usize) -> Self {
        Self { services: 1, endpoints }
    }

    /// The nearest one that there are addresses for.
    fn possible(self) -> Self {
        let services = self.services.clamp(1, Self::MOST_SERVICES);
        Self { services, endpoints: self.endpoints.clamp(1, Self::MOST_ENDPOINTS / services) }
    }
}

/// What a request costs in a cluster of a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostPoint {
    pub size: ClusterSize,
    /// The packet that opens a connection.
    pub first: Cost,
    /// The next packet of the same connection.
    pub following: Cost,
}

/// Builds a cluster of one node, sends two packets of one connection to the Service in the middle, and counts. The
/// middle stands for all: kube-proxy writes its rules in the random order of Go's maps, so that a Service's rule is as
/// likely to stand before as behind it. Of the endpoints that chance may choose, the one in the middle stands for all.
pub fn cost_at(mode: Mode, size: ClusterSize) -> Result<CostPoint, LoadError> {
    block_on(cost_in_turns(mode, size))
}

/// A [`cost_at`] that is being worked out, in short turns.
pub struct Measuring(Pin<Box<dyn Future<Output = Result<CostPoint, LoadError>>>>);

impl Measuring {
    pub fn of(mode: Mode, size: ClusterSize) -> Self {
        Self(Box::pin(cost_in_turns(mode, size)))
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

async fn cost_in_turns(mode: Mode, size: ClusterSize) -> Result<CostPoint, LoadError> {
    let size = size.possible();
    let cluster = Arc::new(cluster(size));
    yield_now().await;
    let mut network = Network::new(Arc::clone(&cluster), Assumptions::of(&cluster), mode);
    yield_now().await;
    network.on_node(0, |_| ()).await;
    network.start_all().map_err(Clone::clone)?;
    let targets = Target::all(&cluster);
    let client = network.clients().into_iter().find(|client| matches!(client.kind, ClientKind::Pod { .. }));
    let (first, following) = match client.zip(targets.get(size.services / 2)) {
        Some((client, target)) => measure(&network, &client, target).await,
        None => Default::default(),
    };
    Ok(CostPoint { size, first, following })
}

/// Follows every way that chance can take, and gives the cost of the one in the middle: as many connections cost less
/// as cost more. Of two in the middle it is the dearer one.
async fn measure(network: &Network, client: &Client, target: &Target) -> (Cost, Cost) {
    let mut ways = Ways::default();
    let mut found = Vec::new();
    while let Some((costs, choices)) = ways.follow(|chance| two_packets(network.clone(), client, target, chance)) {
        found.push((costs, choices.iter().map(|choice| choice.probability).product::<f64>()));
        yield_now().await;
    }
    middle(found)
}

fn two_packets(mut network: Network, client: &Client, target: &Target, chance: &mut Chance) -> (Cost, Cost) {
    let Some(mut flow) = Flow::open(&network, client, target, 40_000) else {
        return Default::default();
    };
    let mut next = |now| {
        let journey = network.exchange::<Meter>(&mut flow, chance, now);
        journey.legs.iter().filter(|leg| leg.way == Way::Request).map(|leg| leg.tracer.cost).sum()
    };
    (next(1), next(2))
}

fn middle(mut found: Vec<((Cost, Cost), f64)>) -> (Cost, Cost) {
    found.sort_by_key(|((first, _), _)| (first.rules, first.matches, first.probes));
    // A hair below, since the probabilities of `-m statistic` have 31 bits.
    let (half, mut dearer) = (0.5 - 1e-6, 1.0);
    let in_middle = found.iter().find(|(_, probability)| {
        dearer -= probability;
        dearer < half
    });
    in_middle.or(found.last()).map(|(costs, _)| *costs).unwrap_or_default()
}

/// `services` Services with two endpoints each, all on one node.
pub fn synthetic(services: usize) -> Cluster {
    cluster(ClusterSize::of_services(services))
}

/// Services, all of whose endpoints are on one node.
fn cluster(size: ClusterSize) -> Cluster {
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
    let [services, endpoints] = [size.services, size.endpoints].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    let endpoint_slices = (0..services).flat_map(|number| slices(number, endpoints)).collect();
    let services = (0..services).map(service).collect();
    Cluster { nodes: vec![node], services, endpoint_slices, ..Cluster::default() }
}

fn name(number: u32) -> NamespacedName {
    NamespacedName::new("load", &format!("service-{number:06}"))
}

fn service(number: u32) -> Service {
    let cluster_ip = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 96, 0, 10)) + number);
    Service {
        name: name(number),
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
    }
}

/// `--max-endpoints-per-slice` of kube-controller-manager.
const SLICE: u32 = 100;

/// The endpoints of one Service.
fn slices(number: u32, endpoints: u32) -> impl Iterator<Item = EndpointSlice> {
    let service = name(number);
    let pod = move |nth: u32| Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 128, 0, 10)) + number * endpoints + nth);
    (0..endpoints.div_ceil(SLICE)).map(move |slice| EndpointSlice {
        name: NamespacedName::new("load", &format!("{}-{slice:05}", service.name)),
        labels: BTreeMap::from([(EndpointSlice::SERVICE_LABEL.to_owned(), service.name.to_string())]),
        address_type: Family::V4,
        ports: vec![EndpointPort { name: "http".into(), protocol: Protocol::Tcp, port: Some(8080) }],
        endpoints: (slice * SLICE..endpoints.min((slice + 1) * SLICE)).map(|nth| endpoint(pod(nth).into())).collect(),
    })
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

#[cfg(test)]
mod tests {
    use super::{ClusterSize, CostPoint, cost_at};
    use crate::proxy::Mode;

    fn rules(mode: Mode, endpoints: usize) -> u32 {
        let CostPoint { first, .. } = cost_at(mode, ClusterSize::of_endpoints(endpoints)).expect("rules that load");
        first.rules
    }

    #[test]
    fn a_chain_of_endpoints_is_walked_to_its_middle_and_a_map_is_asked_once() {
        // A rule for each endpoint, of which the first that chance lets match is taken.
        assert_eq!(rules(Mode::Iptables, 201) - rules(Mode::Iptables, 1), 100);
        assert_eq!(rules(Mode::Nftables, 201), rules(Mode::Nftables, 1));
        assert_eq!(rules(Mode::Ipvs, 201), rules(Mode::Ipvs, 1));
    }

    #[test]
    fn what_follows_does_not_choose_again() {
        for mode in Mode::ALL {
            let following =
                |endpoints| cost_at(mode, ClusterSize::of_endpoints(endpoints)).map(|point| point.following);
            assert_eq!(following(120), following(1), "{mode}");
        }
    }
}
