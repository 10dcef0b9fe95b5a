use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::service_changes::PortsChange;
use super::slice_cache::EndpointsChange;
use super::{Endpoint, ServicePort, ServicePortName};
use crate::k8s::NamespacedName;
use crate::net::Protocol;

/// The service ports of one family and their endpoints (`ServicePortMap` and `EndpointsMap`), which kube-proxy keeps
/// apart: endpoints may be there before their Service is.
#[derive(Clone, Debug, Default)]
pub(super) struct Ports {
    services: BTreeMap<NamespacedName, OfService>,
    /// Summed over all service ports, which is how kube-proxy measures a cluster.
    total_endpoints: usize,
}

/// Few enough to be searched one by one.
#[derive(Clone, Debug, Default)]
struct OfService {
    /// By name.
    ports: Vec<ServicePort>,
    /// By the name of the port that they are behind, whether there is such a port or not.
    endpoints: Vec<(ServicePortName, Vec<Endpoint>)>,
}

impl OfService {
    /// `name` is one of this Service, so that only the rest of it is compared.
    fn endpoints_of(&self, name: &ServicePortName) -> &[Endpoint] {
        let found = self.endpoints.iter().find(|(other, _)| is_same_port(other, name));
        found.map_or(&[], |(_, endpoints)| endpoints)
    }

    /// How many endpoints are behind its ports.
    fn size(&self) -> usize {
        self.ports.iter().map(|port| self.endpoints_of(&port.name).len()).sum()
    }

    fn is_empty(&self) -> bool {
        self.ports.is_empty() && self.endpoints.is_empty()
    }

    fn has_health_check(&self) -> bool {
        self.ports.iter().any(|port| port.health_check_node_port.is_some())
    }

    fn has_udp(&self) -> bool {
        self.endpoints.iter().any(|(name, _)| name.protocol == Protocol::Udp)
    }

    /// Replaces all ports, which are sorted by name, and names those that went.
    fn set_ports(&mut self, ports: Vec<ServicePort>) -> impl Iterator<Item = ServicePortName> {
        let mut gone = std::mem::replace(&mut self.ports, ports);
        gone.retain(|port| self.ports.iter().all(|other| !is_same_port(&other.name, &port.name)));
        gone.into_iter().map(|port| port.name)
    }
}

/// What became of the ports in a sync.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The ports of the Services that changed, and those that are gone; sorted.
    pub ports: Vec<ServicePortName>,
    /// Of the Services that changed, those that have or had a health check port; sorted.
    pub health_checked: Vec<NamespacedName>,
    /// Whether a UDP port has or had endpoints among those that changed.
    pub udp: bool,
}

fn is_same_port(one: &ServicePortName, other: &ServicePortName) -> bool {
    one.protocol == other.protocol && one.port == other.port
}

impl Ports {
    pub fn get(&self, name: &ServicePortName) -> Option<(&ServicePort, &[Endpoint])> {
        let service = self.services.get(&name.service)?;
        let port = service.ports.iter().find(|port| is_same_port(&port.name, name))?;
        Some((port, service.endpoints_of(name)))
    }

    /// By name.
    pub fn iter(&self) -> impl Iterator<Item = (&ServicePort, &[Endpoint])> {
        let all = self.services.values().flat_map(|service| service.ports.iter().map(move |port| (service, port)));
        all.map(|(service, port)| (port, service.endpoints_of(&port.name)))
    }

    /// How many endpoints are behind the port that has most.
    pub fn most_endpoints(&self) -> usize {
        self.services.values().flat_map(|service| &service.endpoints).map(|(_, all)| all.len()).max().unwrap_or(0)
    }

    /// How many Services there are.
    pub fn services(&self) -> usize {
        self.services.len()
    }

    pub const fn total_endpoints(&self) -> usize {
        self.total_endpoints
    }

    /// The ports of one Service, by name.
    pub fn of_service(&self, service: &NamespacedName) -> &[ServicePort] {
        self.services.get(service).map_or(&[], |service| &service.ports)
    }

    /// The endpoints of one Service, also those behind a port that it does not have.
    pub fn endpoints_of_service(&self, service: &NamespacedName) -> impl Iterator<Item = &Endpoint> {
        self.services
            .get(service)
            .into_iter()
            .flat_map(|service| &service.endpoints)
            .flat_map(|(_, endpoints)| endpoints)
    }

    /// Carries changes over, both lists sorted by Service (`Update` of `ServicePortMap` and `EndpointsMap`).
    pub fn apply(&mut self, services: Vec<PortsChange>, endpoints: Vec<EndpointsChange>) -> Applied {
        let mut applied = Applied::default();
        if self.services.is_empty() {
            let mut all = Vec::with_capacity(services.len().max(endpoints.len()));
            for (name, change) in merge(services, endpoints) {
                let mut service = OfService::default();
                self.total_endpoints += change.apply(&name, &mut service, &mut applied).after;
                all.push((name, service));
            }
            // Sorted as they are, they need no search for the place of each.
            self.services = all.into_iter().filter(|(_, service)| !service.is_empty()).collect();
            return applied;
        }
        for (name, change) in merge(services, endpoints) {
            let service = self.services.entry(name.clone()).or_default();
            let Sizes { before, after } = change.apply(&name, service, &mut applied);
            self.total_endpoints = self.total_endpoints - before + after;
            if service.is_empty() {
                self.services.remove(&name);
            }
        }
        applied
    }
}

/// What is new of one Service; None where it stays as it is.
struct Change {
    ports: Option<Vec<ServicePort>>,
    endpoints: Option<Vec<(ServicePortName, Vec<Endpoint>)>>,
}

/// How many endpoints are behind the ports of a Service.
struct Sizes {
    before: usize,
    after: usize,
}

impl Change {
    fn apply(self, name: &NamespacedName, service: &mut OfService, applied: &mut Applied) -> Sizes {
        let before = service.size();
        let mut is_health_checked = service.has_health_check();
        let start = applied.ports.len();
        if let Some(ports) = self.ports {
            applied.ports.extend(service.set_ports(ports));
            is_health_checked |= service.has_health_check();
        }
        if let Some(endpoints) = self.endpoints {
            applied.udp |= service.has_udp();
            service.endpoints = endpoints;
            applied.udp |= service.has_udp();
        }
        applied.ports.extend(service.ports.iter().map(|port| port.name.clone()));
        applied.ports[start..].sort();
        if is_health_checked {
            applied.health_checked.push(name.clone());
        }
        Sizes { before, after: service.size() }
    }
}

/// The changes of each Service, of two lists that are sorted by it.
fn merge(
    services: Vec<PortsChange>,
    endpoints: Vec<EndpointsChange>,
) -> impl Iterator<Item = (NamespacedName, Change)> {
    let (mut services, mut endpoints) = (services.into_iter().peekable(), endpoints.into_iter().peekable());
    std::iter::from_fn(move || {
        let order = match (services.peek(), endpoints.peek()) {
            (Some(one), Some(other)) => one.service.cmp(&other.service),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let ports = services.next_if(|_| order.is_le());
        let endpoints = endpoints.next_if(|_| order.is_ge());
        let name = match (&ports, &endpoints) {
            (Some(change), _) => change.service.clone(),
            (None, Some(change)) => change.service.clone(),
            (None, None) => return None,
        };
        let (ports, endpoints) = (ports.map(|change| change.current), endpoints.map(|change| change.current));
        Some((name, Change { ports, endpoints }))
    })
}
