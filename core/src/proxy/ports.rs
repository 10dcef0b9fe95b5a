use std::collections::BTreeMap;

use super::slice_cache::EndpointsChange;
use super::{Endpoint, ServicePort, ServicePortName};
use crate::k8s::NamespacedName;
use crate::net::Protocol;

/// The service ports of one family and their endpoints (`ServicePortMap` and `EndpointsMap`), which kube-proxy keeps
/// apart: endpoints may be there before their Service is.
#[derive(Clone, Debug, Default)]
pub(super) struct Ports {
    services: BTreeMap<ServicePortName, ServicePort>,
    endpoints: BTreeMap<ServicePortName, Vec<Endpoint>>,
    /// Summed over all service ports, which is how kube-proxy measures a cluster.
    total_endpoints: usize,
}

impl Ports {
    pub fn get(&self, name: &ServicePortName) -> Option<(&ServicePort, &[Endpoint])> {
        self.services.get(name).map(|port| (port, self.endpoints_of(name)))
    }

    /// By name.
    pub fn names(&self) -> impl Iterator<Item = &ServicePortName> {
        self.services.keys()
    }

    /// The service ports of one protocol.
    pub fn of_protocol(&self, protocol: Protocol) -> impl Iterator<Item = (&ServicePort, &[Endpoint])> {
        let ports = self.services.values().filter(move |port| port.name.protocol == protocol);
        ports.map(|port| (port, self.endpoints_of(&port.name)))
    }

    pub const fn total_endpoints(&self) -> usize {
        self.total_endpoints
    }

    /// The ports of one Service.
    pub fn of_service<'p>(&'p self, service: &'p NamespacedName) -> impl Iterator<Item = &'p ServicePort> {
        let ports = self.services.range(first_name(service)..);
        ports.take_while(|(name, _)| name.service == *service).map(|(_, port)| port)
    }

    /// The endpoints of one Service, also those behind a port that it does not have.
    pub fn endpoints_of_service<'p>(
        &'p self,
        service: &'p NamespacedName,
    ) -> impl Iterator<Item = (&'p ServicePortName, &'p [Endpoint])> {
        let endpoints = self.endpoints.range(first_name(service)..);
        endpoints.take_while(|(name, _)| name.service == *service).map(|(name, endpoints)| (name, endpoints.as_slice()))
    }

    fn endpoints_of(&self, name: &ServicePortName) -> &[Endpoint] {
        self.endpoints.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn set_service_port(&mut self, port: ServicePort) {
        let count = self.endpoints_of(&port.name).len();
        if self.services.insert(port.name.clone(), port).is_none() {
            self.total_endpoints += count;
        }
    }

    pub fn remove_service_port(&mut self, name: &ServicePortName) {
        if self.services.remove(name).is_some() {
            self.total_endpoints -= self.endpoints_of(name).len();
        }
    }

    /// Replaces all endpoints of a Service. True if there was or is a UDP port among them.
    pub fn set_endpoints(&mut self, change: EndpointsChange) -> bool {
        let previous: Vec<_> = self.endpoints_of_service(&change.service).map(|(name, _)| name.clone()).collect();
        let is_udp = |name: &ServicePortName| name.protocol == Protocol::Udp;
        let has_udp = previous.iter().any(is_udp) || change.current.iter().any(|(name, _)| is_udp(name));
        for name in previous {
            let removed = self.endpoints.remove(&name).map_or(0, |endpoints| endpoints.len());
            if self.services.contains_key(&name) {
                self.total_endpoints -= removed;
            }
        }
        for (name, endpoints) in change.current {
            if self.services.contains_key(&name) {
                self.total_endpoints += endpoints.len();
            }
            self.endpoints.insert(name, endpoints);
        }
        has_udp
    }
}

/// No port name of the Service comes before this one, since no protocol does.
fn first_name(service: &NamespacedName) -> ServicePortName {
    ServicePortName { service: service.clone(), port: "".into(), protocol: Protocol::Icmp }
}
