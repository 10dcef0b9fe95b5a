//! What load balancers ask a node to learn whether to send it packets for a `Local` Service.
//!
//! Mirrors `HealthCheckNodePorts` and `LocalReadyEndpoints` of the trackers, which every mode hands to
//! healthcheck/service_health.go.

use std::collections::{BTreeMap, BTreeSet};

use super::tracker::{Labels, Tracked, endpoints, is_watched, slices_by_service};
use super::{Config, ServicePortName};
use crate::k8s::{Cluster, NamespacedName};
use crate::net::Family;

/// The HTTP server of one Service on a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HealthCheck {
    /// `spec.healthCheckNodePort`
    pub node_port: u16,
    /// The answer's `localEndpoints`, and its header X-Load-Balancing-Endpoint-Weight.
    pub local_endpoints: usize,
}

impl HealthCheck {
    /// The HTTP status that a kube-proxy which is well itself answers.
    pub const fn status(self) -> u16 {
        if self.local_endpoints == 0 { 503 } else { 200 }
    }
}

/// The servers that one sync leaves running, given the [`local_ready_endpoints`].
pub fn health_checks(
    tracked: &Tracked,
    local_ready: &BTreeMap<NamespacedName, usize>,
) -> BTreeMap<NamespacedName, HealthCheck> {
    let ports = tracked.service_ports.iter().filter_map(|port| Some((port, port.health_check_node_port?)));
    ports
        .map(|(port, node_port)| {
            let name = &port.name.service;
            let local_endpoints = local_ready.get(name).copied().unwrap_or_default();
            (name.clone(), HealthCheck { node_port, local_endpoints })
        })
        .collect()
}

/// How many ready endpoints each Service has on this node, also a headless one and one that is not there: only
/// the slices count. An address counts once, whatever ports it has. Services without any are left out.
pub fn local_ready_endpoints(cluster: &Cluster, config: &Config, family: Family) -> BTreeMap<NamespacedName, usize> {
    let watched = |labels: &Labels| !config.label_selector || is_watched(labels);
    let mut counts = BTreeMap::new();
    for ((namespace, name), slices) in slices_by_service(cluster, family, watched) {
        let service = NamespacedName::new(namespace, name);
        let ports = slices.iter().flat_map(|(_, slice)| &slice.ports);
        let ports: BTreeSet<_> = ports.map(|port| (port.name.clone(), port.protocol)).collect();
        let mut addresses = BTreeSet::new();
        for (port, protocol) in ports {
            let name = ServicePortName { service: service.clone(), port, protocol };
            let endpoints = endpoints(&name, slices.iter().copied(), &config.node_name).into_iter();
            let local = endpoints.filter(|endpoint| endpoint.is_local && endpoint.ready);
            addresses.extend(local.map(|endpoint| endpoint.address));
        }
        if !addresses.is_empty() {
            counts.insert(service, addresses.len());
        }
    }
    counts
}
