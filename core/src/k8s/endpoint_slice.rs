use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::NamespacedName;
use crate::net::{Family, Protocol};

/// A `discovery.k8s.io/v1 EndpointSlice`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointSlice {
    pub name: NamespacedName,
    pub labels: BTreeMap<String, String>,
    pub address_type: Family,
    pub ports: Vec<EndpointPort>,
    pub endpoints: Vec<SliceEndpoint>,
}

impl EndpointSlice {
    pub const SERVICE_LABEL: &'static str = "kubernetes.io/service-name";
    pub const MANAGED_BY_LABEL: &'static str = "endpointslice.kubernetes.io/managed-by";
    pub const HEADLESS_LABEL: &'static str = "service.kubernetes.io/headless";

    /// The Service that the slice belongs to, by its label.
    pub fn service(&self) -> Option<NamespacedName> {
        let name = self.labels.get(Self::SERVICE_LABEL)?;
        Some(NamespacedName::new(&self.name.namespace, name))
    }

    pub fn belongs_to(&self, service: &NamespacedName) -> bool {
        self.name.namespace == service.namespace
            && self.labels.get(Self::SERVICE_LABEL).is_some_and(|name| *name == *service.name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointPort {
    /// Empty where the Service port has no name.
    pub name: Arc<str>,
    pub protocol: Protocol,
    /// A slice port without a number stands for all ports; kube-proxy ignores it.
    pub port: Option<u16>,
}

/// One endpoint. Absent conditions keep their meaning: see [`Self::is_ready`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceEndpoint {
    /// All of them are fungible; kube-proxy uses the first.
    pub addresses: Vec<IpAddr>,
    pub ready: Option<bool>,
    pub serving: Option<bool>,
    pub terminating: Option<bool>,
    pub hostname: Option<Arc<str>>,
    pub node_name: Option<Arc<str>>,
    pub zone: Option<String>,
    pub for_zones: Vec<String>,
    pub for_nodes: Vec<String>,
    /// `targetRef.name` where it points to a Pod.
    pub pod: Option<Arc<str>>,
}

impl SliceEndpoint {
    /// Unset means ready.
    pub fn is_ready(&self) -> bool {
        self.ready.unwrap_or(true)
    }

    /// Unset means the same as ready.
    pub fn is_serving(&self) -> bool {
        self.serving.unwrap_or_else(|| self.is_ready())
    }

    /// Unset means not terminating.
    pub fn is_terminating(&self) -> bool {
        self.terminating.unwrap_or(false)
    }
}
