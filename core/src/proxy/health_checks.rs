use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::HealthCheck;
use super::operation::Operation;
use super::ports::Ports;
use crate::k8s::NamespacedName;

/// The health check ports on which kube-proxy listens (`ServiceHealthServer` of pkg/proxy/healthcheck).
#[derive(Clone, Debug, Default)]
pub(super) struct HealthChecks {
    open: BTreeMap<NamespacedName, HealthCheck>,
}

impl HealthChecks {
    /// Opens, closes and answers for the Services that changed. Ports are closed before others are opened, as one may
    /// have moved.
    pub fn sync(&mut self, services: &[NamespacedName], ports: &Ports, operations: &mut Vec<Operation>) {
        // Most clusters have none.
        let may_close: &[NamespacedName] = if self.open.is_empty() { &[] } else { services };
        for service in may_close {
            if let Some(check) = self.open.get(service).copied()
                && wanted(service, ports).is_none_or(|wanted| wanted.node_port != check.node_port)
            {
                self.open.remove(service);
                operations.push(Operation::CloseHealthCheck { service: service.clone(), port: check.node_port });
            }
        }
        for service in services {
            let Some(wanted) = wanted(service, ports) else {
                continue;
            };
            let check = self.open.entry(service.clone()).or_default();
            if check.node_port != wanted.node_port {
                operations.push(Operation::OpenHealthCheck { service: service.clone(), port: wanted.node_port });
            }
            if check.local_endpoints != wanted.local_endpoints {
                let local_endpoints = wanted.local_endpoints;
                operations.push(Operation::AnswerHealthCheck { service: service.clone(), local_endpoints });
            }
            *check = wanted;
        }
    }
}

/// Endpoints count by address: two ports of a pod are one.
fn wanted(service: &NamespacedName, ports: &Ports) -> Option<HealthCheck> {
    let node_port = ports.of_service(service).iter().find_map(|port| port.health_check_node_port)?;
    let endpoints = ports.endpoints_of_service(service);
    let local: BTreeSet<IpAddr> =
        endpoints.filter(|endpoint| endpoint.ready && endpoint.is_local).map(|endpoint| endpoint.address).collect();
    Some(HealthCheck { node_port, local_endpoints: local.len() })
}
