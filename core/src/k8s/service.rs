use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::NamespacedName;
use crate::net::{Family, Protocol};

/// A `v1 Service` with the API server's defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub name: NamespacedName,
    pub labels: BTreeMap<String, String>,
    pub service_type: ServiceType,
    /// `spec.clusterIPs`; empty for headless and ExternalName Services.
    pub cluster_ips: Vec<IpAddr>,
    /// `spec.ipFamilies`, or those of the cluster IPs; empty where neither is given.
    pub ip_families: Vec<Family>,
    pub external_name: Option<String>,
    /// Empty where there is none: then no controller makes endpoints.
    pub selector: BTreeMap<String, String>,
    pub ports: Vec<ServicePort>,
    pub session_affinity: SessionAffinity,
    pub external_ips: Vec<IpAddr>,
    pub external_traffic_policy: TrafficPolicy,
    pub internal_traffic_policy: TrafficPolicy,
    pub load_balancer_source_ranges: Vec<IpNet>,
    pub load_balancer_ingress: Vec<Ingress>,
    pub health_check_node_port: Option<u16>,
    pub publish_not_ready_addresses: bool,
    pub traffic_distribution: Option<TrafficDistribution>,
    /// Whether an annotation asks for topology hints: `service.kubernetes.io/topology-mode: Auto`.
    pub topology_mode_auto: bool,
}

/// `spec.trafficDistribution`; `PreferClose` is the older name of `PreferSameZone`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrafficDistribution {
    PreferClose,
    PreferSameZone,
    PreferSameNode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceType {
    ClusterIp,
    NodePort,
    LoadBalancer,
    ExternalName,
}

impl ServiceType {
    /// As objects have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClusterIp => "ClusterIP",
            Self::NodePort => "NodePort",
            Self::LoadBalancer => "LoadBalancer",
            Self::ExternalName => "ExternalName",
        }
    }
}

impl TrafficDistribution {
    /// As objects have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreferClose => "PreferClose",
            Self::PreferSameZone => "PreferSameZone",
            Self::PreferSameNode => "PreferSameNode",
        }
    }
}

impl TrafficPolicy {
    /// As objects have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cluster => "Cluster",
            Self::Local => "Local",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Empty for the unnamed port of a Service with a single one.
    pub name: Arc<str>,
    /// TCP, UDP or SCTP.
    pub protocol: Protocol,
    pub port: u16,
    pub node_port: Option<u16>,
    /// `targetPort` as written: a number or the name of a container port.
    pub target_port: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionAffinity {
    None,
    ClientIp { timeout_seconds: u32 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrafficPolicy {
    Cluster,
    Local,
}

/// One entry of `status.loadBalancer.ingress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ingress {
    /// Absent where the load balancer is known by host name only.
    pub address: Option<IpAddr>,
    pub hostname: Option<String>,
    pub ip_mode: IpMode,
}

/// Whether nodes may short-circuit packets for a load balancer's address (KEP-1860).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpMode {
    Vip,
    Proxy,
}
