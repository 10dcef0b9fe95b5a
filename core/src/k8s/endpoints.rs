use std::net::IpAddr;
use std::sync::Arc;

use super::{EndpointPort, Labels, NamespacedName};

/// A `v1 Endpoints`, deprecated since v1.33 and of no interest to kube-proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// The name is that of the Service.
    pub name: NamespacedName,
    pub labels: Labels,
    /// Whether it holds a leader election's record, not endpoints.
    pub is_leader_election: bool,
    pub subsets: Vec<EndpointSubset>,
}

impl Endpoints {
    pub const SKIP_MIRROR_LABEL: &'static str = "endpointslice.kubernetes.io/skip-mirror";
}

/// All addresses have all ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointSubset {
    pub addresses: Vec<EndpointAddress>,
    pub not_ready_addresses: Vec<EndpointAddress>,
    pub ports: Vec<EndpointPort>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointAddress {
    pub ip: IpAddr,
    pub hostname: Option<Arc<str>>,
    pub node_name: Option<Arc<str>>,
    /// `targetRef.name` where it points to a Pod.
    pub pod: Option<Arc<str>>,
}
