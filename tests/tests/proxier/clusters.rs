//! Random clusters, and random changes of them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use datapath_core::k8s::{
    Change, Changed, Cluster, EndpointPort, EndpointSlice, Ingress, IpMode, NamespacedName, Node, NodeInfo, Service,
    ServicePort, ServiceType, SessionAffinity, SliceEndpoint, TrafficPolicy,
};
use datapath_core::net::{Family, Protocol};
use datapath_core::proxy::{Config, DetectLocal, Interface};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

pub const NODE: &str = "node1";
const SERVICES: u8 = 4;
const SLICES: u8 = 2;
const FAMILIES: [Family; 2] = [Family::V4, Family::V6];

/// Something that happens to the cluster.
#[derive(Clone, Debug)]
pub enum Step {
    SetService(Box<Service>),
    DeleteService(Index),
    SetSlice(Box<EndpointSlice>),
    DeleteSlice(Index),
    Zone(Option<String>),
}

pub fn config() -> Config {
    let address = |text: &str| text.parse().expect("an address");
    Config {
        ip_families: FAMILIES.to_vec(),
        node_name: NODE.to_owned(),
        node_ips: vec![address("192.168.0.11"), address("fd00:168::11")],
        interfaces: vec![
            Interface { name: "lo".into(), addresses: ["127.0.0.1/8", "::1/128"].map(network).into() },
            Interface { name: "eth0".into(), addresses: ["192.168.0.11/24", "fd00:168::11/64"].map(network).into() },
        ],
        detect_local: DetectLocal::ClusterCidr(vec![network("10.244.0.0/16"), network("fd00:244::/56")]),
        ..Config::default()
    }
}

fn network(text: &str) -> ipnet::IpNet {
    text.parse().expect("a range")
}

pub fn cluster() -> impl Strategy<Value = Cluster> {
    vec(step(), 0..12).prop_map(|steps| {
        let mut cluster = Cluster { nodes: vec![node(None)], ..Cluster::default() };
        for step in steps {
            if let Some(change) = change(&step, &cluster) {
                cluster.apply(&change);
            }
        }
        cluster
    })
}

/// Steps between syncs.
pub fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    vec(vec(step(), 1..4), 1..8)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => service().prop_map(|service| Step::SetService(Box::new(service))),
        1 => any::<Index>().prop_map(Step::DeleteService),
        6 => slice().prop_map(|slice| Step::SetSlice(Box::new(slice))),
        2 => any::<Index>().prop_map(Step::DeleteSlice),
        1 => zone().prop_map(Step::Zone),
    ]
}

/// The change that a step comes to; none if there is nothing to do it to.
pub fn change(step: &Step, cluster: &Cluster) -> Option<Change> {
    let pick = |index: &Index, length: usize| (length > 0).then(|| index.index(length));
    Some(match step {
        Step::SetService(service) => {
            let old = cluster.services.iter().find(|old| old.name == service.name);
            Change::Service(set(old, service.as_ref()))
        }
        Step::DeleteService(index) => {
            Change::Service(Changed::deleted(cluster.services[pick(index, cluster.services.len())?].clone()))
        }
        Step::SetSlice(slice) => {
            let old = cluster.endpoint_slices.iter().find(|old| old.name == slice.name);
            Change::EndpointSlice(set(old, slice.as_ref()))
        }
        Step::DeleteSlice(index) => {
            let slices = &cluster.endpoint_slices;
            Change::EndpointSlice(Changed::deleted(slices[pick(index, slices.len())?].clone()))
        }
        Step::Zone(zone) => Change::Node(Changed::modified(cluster.nodes[0].clone(), node(zone.clone()))),
    })
}

fn set<T: Clone>(old: Option<&T>, new: &T) -> Changed<T> {
    match old {
        Some(old) => Changed::modified(old.clone(), new.clone()),
        None => Changed::added(new.clone()),
    }
}

fn node(zone: Option<String>) -> Node {
    let labels = zone.into_iter().map(|zone| (Node::ZONE_LABEL.to_owned(), zone));
    Node {
        name: NODE.into(),
        labels: labels.collect(),
        internal_ips: config().node_ips,
        pod_cidrs: Vec::new(),
        is_ready: true,
        is_unschedulable: false,
        taints: Vec::new(),
        allocatable_cpu: None,
        info: NodeInfo::default(),
    }
}

fn zone() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(select(vec!["here".to_owned(), "there".to_owned()]))
}

fn address(family: Family, v4: &str, v6: &str) -> IpAddr {
    let text = match family {
        Family::V4 => v4,
        Family::V6 => v6,
    };
    text.parse().expect("an address")
}

fn service() -> impl Strategy<Value = Service> {
    let kind = select(vec![ServiceType::ClusterIp, ServiceType::NodePort, ServiceType::LoadBalancer]);
    // Affinity has one time-out, since Linux 6.1 leaves a set's time-out as it was made.
    let affinity = select(vec![SessionAffinity::None, SessionAffinity::ClientIp { timeout_seconds: 60 }]);
    let policy = || select(vec![TrafficPolicy::Cluster, TrafficPolicy::Local]);
    // External addresses are nobody's to allocate, so that Services may contend for one.
    let external = subsequence(vec!["198.51.100.1", "198.51.100.2", "2001:db8::1"], 0..=2);
    let ranges = subsequence(vec!["192.168.0.0/24", "203.0.113.7/32", "2001:db8:1::/64"], 0..=2);
    let ports = subsequence(vec![0_u8, 1, 2], 1..=2);
    let families = select(vec![vec![Family::V4], vec![Family::V6], FAMILIES.to_vec()]);
    let numbers = (0..SERVICES, ports, families);
    (numbers, kind, affinity, policy(), policy(), external, ranges, any::<bool>()).prop_map(
        |((number, ports, families), service_type, session_affinity, internal, outer, external, ranges, watched)| {
            let outside = service_type != ServiceType::ClusterIp;
            let balanced = service_type == ServiceType::LoadBalancer;
            let local = outer == TrafficPolicy::Local;
            let ingress = families.iter().map(|family| Ingress {
                address: Some(address(*family, &format!("203.0.113.{number}"), &format!("2001:db8:f::{number}"))),
                hostname: None,
                ip_mode: IpMode::Vip,
            });
            Service {
                name: name(number),
                labels: if watched { BTreeMap::new() } else { unwatched(number) },
                service_type,
                cluster_ips: families
                    .iter()
                    .map(|family| address(*family, &format!("10.96.0.1{number}"), &format!("fd00:96::1{number}")))
                    .collect(),
                ip_families: families.clone(),
                external_name: None,
                selector: BTreeMap::new(),
                ports: ports.iter().map(|port| service_port(number, *port, outside)).collect(),
                session_affinity,
                external_ips: external.iter().map(|text| text.parse().expect("an address")).collect(),
                external_traffic_policy: outer,
                internal_traffic_policy: internal,
                load_balancer_source_ranges: if balanced { ranges.into_iter().map(network).collect() } else { vec![] },
                load_balancer_ingress: if balanced { ingress.collect() } else { Vec::new() },
                health_check_node_port: (balanced && local).then_some(32_000 + u16::from(number)),
                publish_not_ready_addresses: false,
                traffic_distribution: None,
                topology_mode_auto: false,
            }
        },
    )
}

/// One Service in four changes between watched and not.
fn unwatched(number: u8) -> BTreeMap<String, String> {
    let label = ("service.kubernetes.io/service-proxy-name".to_owned(), "other".to_owned());
    (number == 0).then_some(label).into_iter().collect()
}

fn name(number: u8) -> NamespacedName {
    NamespacedName::new(if number == 0 { "first" } else { "shop" }, &format!("service-{number}"))
}

const PORTS: [(&str, Protocol, u16); 3] =
    [("http", Protocol::Tcp, 80), ("dns", Protocol::Udp, 53), ("sig", Protocol::Sctp, 99)];

fn service_port(service: u8, port: u8, outside: bool) -> ServicePort {
    let (name, protocol, number) = PORTS[usize::from(port)];
    let node_port = outside.then_some(30_000 + u16::from(service) * 10 + u16::from(port));
    ServicePort { name: name.into(), protocol, port: number, node_port, target_port: "main".into() }
}

fn slice() -> impl Strategy<Value = EndpointSlice> {
    let ports = subsequence(vec![0_usize, 1, 2], 1..=3);
    let family = select(FAMILIES.to_vec());
    (0..SERVICES, 0..SLICES, family, ports, vec(endpoint(), 0..5)).prop_map(
        |(service, nth, family, ports, endpoints)| {
            let NamespacedName { namespace, name } = name(service);
            let port = |port: &usize| {
                let (name, protocol, number) = PORTS[*port];
                EndpointPort { name: name.into(), protocol, port: Some(8000 + number) }
            };
            EndpointSlice {
                name: NamespacedName::new(&namespace, &format!("{name}-{family:?}-{nth}").to_lowercase()),
                labels: BTreeMap::from([(EndpointSlice::SERVICE_LABEL.to_owned(), name.to_string())]),
                address_type: family,
                ports: ports.iter().map(port).collect(),
                endpoints: endpoints.into_iter().map(|endpoint| endpoint.at(family)).collect(),
            }
        },
    )
}

#[derive(Clone, Debug)]
struct Draft {
    host: u8,
    local: bool,
    ready: bool,
    serving: bool,
    terminating: bool,
    zones: Vec<String>,
}

impl Draft {
    fn at(self, family: Family) -> SliceEndpoint {
        let host = self.host;
        SliceEndpoint {
            addresses: vec![address(family, &format!("10.244.0.{host}"), &format!("fd00:244::{host}"))],
            ready: Some(self.ready && !self.terminating),
            serving: Some(self.serving),
            terminating: Some(self.terminating),
            node_name: Some(if self.local { NODE.into() } else { "node2".into() }),
            zone: None,
            for_zones: self.zones,
            for_nodes: Vec::new(),
            pod: None,
            hostname: None,
        }
    }
}

fn endpoint() -> impl Strategy<Value = Draft> {
    let zones = prop_oneof![
        2 => Just(Vec::new()),
        1 => subsequence(vec!["here".to_owned(), "there".to_owned()], 1..=2),
    ];
    let mostly = || prop::bool::weighted(0.8);
    (1_u8..9, any::<bool>(), mostly(), mostly(), prop::bool::weighted(0.2), zones).prop_map(
        |(host, local, ready, serving, terminating, zones)| Draft { host, local, ready, serving, terminating, zones },
    )
}
