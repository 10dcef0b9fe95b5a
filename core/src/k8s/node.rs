use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::net::Family;

/// A `v1 Node`, as far as packets are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub name: Arc<str>,
    pub labels: BTreeMap<String, String>,
    /// `status.addresses` of type InternalIP.
    pub internal_ips: Vec<IpAddr>,
    /// `spec.podCIDRs` (or `podCIDR`).
    pub pod_cidrs: Vec<IpNet>,
    /// The condition `Ready`; true where the text has no conditions.
    pub is_ready: bool,
    /// `spec.unschedulable`, as `kubectl cordon` sets it.
    pub is_unschedulable: bool,
    pub taints: Vec<Taint>,
    /// `status.allocatable.cpu` in thousandths of a processor.
    pub allocatable_cpu: Option<u64>,
    pub info: NodeInfo,
}

/// `status.nodeInfo`, as kubectl lists it; each is None where the text does not say it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NodeInfo {
    pub kubelet_version: Option<Arc<str>>,
    pub os_image: Option<Arc<str>>,
    pub kernel_version: Option<Arc<str>>,
    pub container_runtime_version: Option<Arc<str>>,
    pub architecture: Option<Arc<str>>,
}

impl Node {
    pub const ZONE_LABEL: &'static str = "topology.kubernetes.io/zone";

    pub fn zone(&self) -> Option<&str> {
        self.labels.get(Self::ZONE_LABEL).map(String::as_str)
    }

    pub fn internal_ip(&self, family: Family) -> Option<IpAddr> {
        self.internal_ips.iter().copied().find(|address| Family::of(*address) == family)
    }
}

/// An entry of `spec.taints`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taint {
    pub key: String,
    pub value: String,
    pub effect: TaintEffect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaintEffect {
    NoSchedule,
    PreferNoSchedule,
    NoExecute,
}

impl Taint {
    pub const UNREACHABLE: &'static str = "node.kubernetes.io/unreachable";
    pub const NOT_READY: &'static str = "node.kubernetes.io/not-ready";
    pub const UNSCHEDULABLE: &'static str = "node.kubernetes.io/unschedulable";

    pub fn new(key: &str, effect: TaintEffect) -> Self {
        Self { key: key.to_owned(), value: String::new(), effect }
    }
}

/// As `kubectl describe node` prints it.
impl fmt::Display for Taint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, effect } = self;
        let equals = if value.is_empty() { "" } else { "=" };
        write!(f, "{key}{equals}{value}:{effect:?}")
    }
}
