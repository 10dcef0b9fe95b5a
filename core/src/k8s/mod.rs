//! Kubernetes objects, as `kubectl get … -o yaml` prints them.
//!
//! In: YAML or JSON text. Out: a [`Cluster`] of valid objects and a list of diagnostics. Left out on
//! purpose: every field on which neither a rule of kube-proxy nor an endpoint depends.

mod assumed_nodes;
mod change;
mod cluster;
mod endpoint_slice;
mod endpoints;
mod flannel;
mod json;
mod kube_proxy_configuration;
mod labels;
mod node;
mod node_port_range;
mod patch;
mod pod;
mod read;
mod resource;
mod rewrite;
mod service;
mod workload;
pub(crate) mod write;

pub use assumed_nodes::assume_nodes;
pub use change::{Change, Changed};
pub use cluster::Cluster;
pub use endpoint_slice::{EndpointPort, EndpointSlice, SliceEndpoint};
pub use endpoints::{EndpointAddress, EndpointSubset, Endpoints};
pub use flannel::{Flannel, FlannelBackend};
pub use json::documents;
pub use kube_proxy_configuration::{
    ConntrackSettings, IptablesSettings, IpvsSettings, KubeProxyConfiguration, LocalMode, NftablesSettings,
    NodePortRanges, ProxyMode,
};
pub use labels::{LabelSelector, Labels, Operator, Requirement, selects};
pub use node::{Node, NodeInfo, Taint, TaintEffect};
pub(crate) use node_port_range::out_of_range;
pub(crate) use patch::health_check_refused;
pub use patch::{Misconfigured, configured, created, merged, patched};
pub use pod::{ContainerPort, Owner, Pod, PodPhase, PodSpec, PodStatus, Toleration};
pub(crate) use read::is_subdomain;
pub(crate) use read::parse_in_turns;
pub use read::{Parsed, locate, locate_setting, parse};
pub use resource::{Created, Resource};
pub use rewrite::{Rewritten, rewritten};
pub use service::{
    Ingress, IpMode, Service, ServicePort, ServiceType, SessionAffinity, TrafficDistribution, TrafficPolicy,
};
pub use workload::{
    Controller, CountOrPercent, DaemonSetUpdate, PodTemplate, StatefulSetUpdate, Strategy, Workload, WorkloadKind,
};

use std::fmt;
use std::sync::Arc;

/// Namespace and name of an object, printed `namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespacedName {
    pub namespace: Arc<str>,
    pub name: Arc<str>,
}

impl NamespacedName {
    pub fn new(namespace: &str, name: &str) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }
}

impl fmt::Display for NamespacedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}
