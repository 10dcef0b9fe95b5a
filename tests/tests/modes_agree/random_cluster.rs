//! Random clusters that the API server would take, small enough to ask every target from every client.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use datapath_core::k8s::{
    Cluster, EndpointPort, EndpointSlice, Ingress, IpMode, NamespacedName, Node, NodeInfo, Service, ServicePort,
    ServiceType, SessionAffinity, SliceEndpoint, TrafficPolicy,
};
use datapath_core::net::{Family, Protocol};
use ipnet::IpNet;
use proptest::prelude::*;

const NODES: u8 = 3;

/// Two or three nodes in two zones, one to three Services with up to four endpoints each.
pub fn clusters() -> impl Strategy<Value = Cluster> {
    (2..=NODES, proptest::collection::vec(services(), 1..=3)).prop_map(|(nodes, services)| {
        let mut cluster = Cluster { nodes: (0..nodes).map(node).collect(), ..Cluster::default() };
        for (number, plan) in (1..).zip(services) {
            cluster.services.push(plan.service(number));
            cluster.endpoint_slices.push(plan.slice(number, nodes));
        }
        cluster
    })
}

/// What is drawn for a Service.
#[derive(Clone, Debug)]
struct Plan {
    service_type: ServiceType,
    protocol: Protocol,
    external_local: bool,
    internal_local: bool,
    has_external_ip: bool,
    source_range: Option<IpNet>,
    has_node_port: bool,
    endpoints: Vec<EndpointPlan>,
}

#[derive(Clone, Debug)]
struct EndpointPlan {
    node: u8,
    /// Ready, serving, terminating.
    conditions: (Option<bool>, Option<bool>, Option<bool>),
    zone_hint: Option<u8>,
}

fn services() -> impl Strategy<Value = Plan> {
    let types = [ServiceType::ClusterIp, ServiceType::NodePort, ServiceType::LoadBalancer];
    let ranges = ["10.244.0.0/16", "10.244.1.0/24", "192.168.0.0/24", "192.168.0.11/32", "203.0.113.0/24"];
    let ranges: Vec<IpNet> = ranges.iter().filter_map(|range| range.parse().ok()).collect();
    (
        prop::sample::select(types.to_vec()),
        prop::sample::select(vec![Protocol::Tcp, Protocol::Udp]),
        any::<bool>(),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.4),
        prop::option::weighted(0.4, prop::sample::select(ranges)),
        any::<bool>(),
        proptest::collection::vec(endpoints(), 0..=4),
    )
        .prop_map(
            |(
                service_type,
                protocol,
                external_local,
                internal_local,
                has_external_ip,
                range,
                has_node_port,
                endpoints,
            )| {
                Plan {
                    service_type,
                    protocol,
                    external_local,
                    internal_local,
                    has_external_ip,
                    source_range: range.filter(|_| service_type == ServiceType::LoadBalancer),
                    has_node_port: service_type == ServiceType::NodePort
                        || (service_type == ServiceType::LoadBalancer && has_node_port),
                    endpoints,
                }
            },
        )
}

fn endpoints() -> impl Strategy<Value = EndpointPlan> {
    let conditions = prop_oneof![
        6 => Just((None, None, None)),
        1 => Just((Some(true), Some(true), Some(false))),
        2 => Just((Some(false), Some(true), Some(true))),
        1 => Just((Some(false), Some(false), Some(true))),
        1 => Just((Some(false), Some(false), Some(false))),
    ];
    (0..NODES, conditions, prop::option::weighted(0.5, 0..2_u8))
        .prop_map(|(node, conditions, zone_hint)| EndpointPlan { node, conditions, zone_hint })
}

impl Plan {
    fn service(&self, number: u8) -> Service {
        let is_external = self.service_type != ServiceType::ClusterIp || self.has_external_ip;
        let policy = |local| if local { TrafficPolicy::Local } else { TrafficPolicy::Cluster };
        let external_local = is_external && self.external_local;
        let is_load_balancer = self.service_type == ServiceType::LoadBalancer;
        let ingress =
            Ingress { address: Some(Ipv4Addr::new(198, 51, 100, number).into()), hostname: None, ip_mode: IpMode::Vip };
        Service {
            name: name(number),
            labels: BTreeMap::new(),
            service_type: self.service_type,
            cluster_ips: vec![Ipv4Addr::new(10, 96, 0, number).into()],
            ip_families: vec![Family::V4],
            external_name: None,
            selector: BTreeMap::new(),
            ports: vec![ServicePort {
                name: "".into(),
                protocol: self.protocol,
                port: 80,
                node_port: self.has_node_port.then(|| 30_000 + u16::from(number)),
                target_port: "8080".to_owned(),
            }],
            session_affinity: SessionAffinity::None,
            external_ips: if self.has_external_ip { vec![Ipv4Addr::new(192, 0, 2, number).into()] } else { Vec::new() },
            external_traffic_policy: policy(external_local),
            internal_traffic_policy: policy(self.internal_local),
            load_balancer_source_ranges: self.source_range.into_iter().collect(),
            load_balancer_ingress: if is_load_balancer { vec![ingress] } else { Vec::new() },
            health_check_node_port: (is_load_balancer && external_local).then(|| 32_000 + u16::from(number)),
            publish_not_ready_addresses: false,
            traffic_distribution: None,
            topology_mode_auto: false,
        }
    }

    fn slice(&self, number: u8, nodes: u8) -> EndpointSlice {
        let endpoints = (1..).zip(&self.endpoints).map(|(index, plan): (u8, _)| {
            let node = plan.node % nodes;
            SliceEndpoint {
                addresses: vec![Ipv4Addr::new(10, 244, node + 1, number * 10 + index).into()],
                ready: plan.conditions.0,
                serving: plan.conditions.1,
                terminating: plan.conditions.2,
                hostname: None,
                node_name: Some(node_name(node).into()),
                zone: Some(zone(node)),
                for_zones: plan.zone_hint.map(zone).into_iter().collect(),
                for_nodes: Vec::new(),
                pod: Some(format!("pod-{number}-{index}").into()),
            }
        });
        let service = name(number);
        EndpointSlice {
            labels: [(EndpointSlice::SERVICE_LABEL.to_owned(), service.name.to_string())].into(),
            name: NamespacedName::new(&service.namespace, &format!("{}-1", service.name)),
            address_type: Family::V4,
            ports: vec![EndpointPort { name: "".into(), protocol: self.protocol, port: Some(8080) }],
            endpoints: endpoints.collect(),
        }
    }
}

fn name(number: u8) -> NamespacedName {
    NamespacedName::new("default", &format!("svc-{number}"))
}

fn node_name(number: u8) -> String {
    format!("node-{number}")
}

fn zone(node: u8) -> String {
    format!("zone-{}", node % 2)
}

fn node(number: u8) -> Node {
    let pod_cidr = IpNet::new(Ipv4Addr::new(10, 244, number + 1, 0).into(), 24);
    Node {
        name: node_name(number).into(),
        labels: [(Node::ZONE_LABEL.to_owned(), zone(number))].into(),
        internal_ips: vec![IpAddr::from(Ipv4Addr::new(192, 168, 0, 10 + number))],
        pod_cidrs: pod_cidr.into_iter().collect(),
        is_ready: true,
        is_unschedulable: false,
        taints: Vec::new(),
        allocatable_cpu: None,
        info: NodeInfo::default(),
    }
}
