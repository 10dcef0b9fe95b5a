use super::slice_cache::EndpointsChange;
use super::{Endpoint, ServicePort, ServicePortName};
use crate::fixed_hash::HashMap;
use crate::k8s::NamespacedName;
use crate::net::Protocol;

/// The service ports of one family and their endpoints (`ServicePortMap` and `EndpointsMap`), which kube-proxy keeps
/// apart: endpoints may be there before their Service is.
#[derive(Clone, Debug, Default)]
pub(super) struct Ports {
    services: HashMap<NamespacedName, OfService>,
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

    pub fn is_empty(&self) -> bool {
        self.services.is_empty()
    }

    /// In no order.
    pub fn names(&self) -> impl Iterator<Item = &ServicePortName> {
        self.services.values().flat_map(|service| &service.ports).map(|port| &port.name)
    }

    /// The service ports of one protocol, in no order.
    pub fn of_protocol(&self, protocol: Protocol) -> impl Iterator<Item = (&ServicePort, &[Endpoint])> {
        let all = self.services.values().flat_map(|service| service.ports.iter().map(move |port| (service, port)));
        all.filter(move |(_, port)| port.name.protocol == protocol)
            .map(|(service, port)| (port, service.endpoints_of(&port.name)))
    }

    /// How many endpoints are behind the port that has most.
    pub fn most_endpoints(&self) -> usize {
        self.services.values().flat_map(|service| &service.endpoints).map(|(_, all)| all.len()).max().unwrap_or(0)
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

    /// Makes room for so many Services more.
    pub fn reserve(&mut self, services: usize) {
        self.services.reserve(services);
    }

    /// Replaces all ports of a Service by `ports`, which are sorted by name, and names those that went.
    pub fn set_ports(&mut self, service: &NamespacedName, ports: Vec<ServicePort>) -> Vec<ServicePortName> {
        self.change(service, |service| {
            let mut gone = std::mem::replace(&mut service.ports, ports);
            gone.retain(|port| service.ports.iter().all(|other| !is_same_port(&other.name, &port.name)));
            gone.into_iter().map(|port| port.name).collect()
        })
    }

    /// Replaces all endpoints of a Service. True if there was or is a UDP port among them.
    pub fn set_endpoints(&mut self, change: EndpointsChange) -> bool {
        let has_udp = |service: &OfService| service.endpoints.iter().any(|(name, _)| name.protocol == Protocol::Udp);
        self.change(&change.service, |service| {
            let had_udp = has_udp(service);
            service.endpoints = change.current;
            had_udp || has_udp(service)
        })
    }

    fn change<R>(&mut self, name: &NamespacedName, change: impl FnOnce(&mut OfService) -> R) -> R {
        let service = self.services.entry(name.clone()).or_default();
        let before = service.size();
        let result = change(service);
        self.total_endpoints = self.total_endpoints - before + service.size();
        if service.ports.is_empty() && service.endpoints.is_empty() {
            self.services.remove(name);
        }
        result
    }
}
