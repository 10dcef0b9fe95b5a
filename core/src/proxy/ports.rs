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
    fn endpoints_of(&self, name: &ServicePortName) -> &[Endpoint] {
        let found = self.endpoints.iter().find(|(other, _)| other == name);
        found.map_or(&[], |(_, endpoints)| endpoints)
    }

    fn place(&self, name: &ServicePortName) -> Result<usize, usize> {
        self.ports.binary_search_by(|port| port.name.cmp(name))
    }

    /// How many endpoints are behind its ports.
    fn size(&self) -> usize {
        self.ports.iter().map(|port| self.endpoints_of(&port.name).len()).sum()
    }
}

impl Ports {
    pub fn get(&self, name: &ServicePortName) -> Option<(&ServicePort, &[Endpoint])> {
        let service = self.services.get(&name.service)?;
        let port = service.ports.get(service.place(name).ok()?)?;
        Some((port, service.endpoints_of(name)))
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

    pub fn set_service_port(&mut self, port: ServicePort) {
        self.change(&port.name.service.clone(), |service| match service.place(&port.name) {
            Ok(place) => service.ports[place] = port,
            Err(place) => service.ports.insert(place, port),
        });
    }

    pub fn remove_service_port(&mut self, name: &ServicePortName) {
        self.change(&name.service, |service| {
            if let Ok(place) = service.place(name) {
                service.ports.remove(place);
            }
        });
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
        let service = match self.services.get_mut(name) {
            Some(service) => service,
            None => self.services.entry(name.clone()).or_default(),
        };
        let before = service.size();
        let result = change(service);
        self.total_endpoints = self.total_endpoints - before + service.size();
        if service.ports.is_empty() && service.endpoints.is_empty() {
            self.services.remove(name);
        }
        result
    }
}
