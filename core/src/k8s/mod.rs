//! Kubernetes objects, as `kubectl get … -o yaml` prints them.
//!
//! In: YAML or JSON text. Out: a [`Cluster`] of valid objects and a list of diagnostics. Left out on
//! purpose: every field that no rule of kube-proxy depends on.

mod change;
mod cluster;
mod endpoint_slice;
mod node;
mod read;
mod service;

pub use change::{Change, Changed};
pub use cluster::Cluster;
pub use endpoint_slice::{EndpointPort, EndpointSlice, SliceEndpoint};
pub use node::Node;
pub use read::{Parsed, locate, parse};
pub use service::{Ingress, IpMode, Service, ServicePort, ServiceType, SessionAffinity, TrafficPolicy};

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
