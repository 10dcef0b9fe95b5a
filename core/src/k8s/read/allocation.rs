//! What objects may not share: names, cluster IPs, node ports. And which Services slices refer to.

use crate::fixed_hash::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;

use super::cursor::Cursor;
use super::report::{Remedy, Report};
use super::{service, text};
use crate::k8s::{EndpointSlice, Endpoints, NamespacedName, Service};
use crate::message;
use crate::net::Protocol;
use crate::source::Position;

/// What the objects so far have taken. Names are taken even by objects that are left out.
#[derive(Default)]
pub(super) struct Allocation {
    names: HashMap<(&'static str, NamespacedName), Position>,
    cluster_ips: HashMap<IpAddr, String>,
    node_ports: HashMap<(u16, Protocol), String>,
    of_services: Vec<(Position, OfService)>,
}

/// EndpointSlices and Endpoints, which mean nothing without their Service.
struct OfService {
    kind: &'static str,
    name: NamespacedName,
    service: NamespacedName,
}

impl Allocation {
    /// Reports an object whose kind and name were there before.
    pub(super) fn name(&mut self, kind: &'static str, name: &NamespacedName, position: Position, report: &mut Report) {
        match self.names.entry((kind, name.clone())) {
            Entry::Vacant(entry) => {
                entry.insert(position);
            }
            Entry::Occupied(entry) => {
                let lower = kind.to_lowercase();
                let plural = if lower.ends_with('s') { lower } else { lower + "s" };
                let said = format!("{plural} {} already exists", text::quote(&name.name));
                let message = message!("wrong-twice", said = said, line = entry.get().line.to_string());
                let remedy = Remedy::new(message!("expected-object-once"), message!("advice-delete-one-of-two"));
                report.error(position, message, remedy);
            }
        }
    }

    /// Where the object with this name is; the first of several.
    pub(super) fn position(&self, kind: &'static str, name: &NamespacedName) -> Option<Position> {
        self.names.get(&(kind, name.clone())).copied()
    }

    /// Takes the addresses and node ports of a valid Service, or reports who has them and takes none.
    pub(super) fn service(&mut self, object: &Cursor<'_>, service: &Service, report: &mut Report) {
        let errors = report.errors();
        self.check_addresses(object, service, report);
        self.check_node_ports(object, service, report);
        if report.errors() > errors {
            return;
        }
        let title = service::title(service);
        for address in &service.cluster_ips {
            self.cluster_ips.insert(*address, title.clone());
        }
        for port in &service.ports {
            if let Some(node_port) = port.node_port {
                self.node_ports.insert((node_port, port.protocol), title.clone());
            }
        }
    }

    fn check_addresses(&self, object: &Cursor<'_>, service: &Service, report: &mut Report) {
        let Some(spec) = object.field("spec") else {
            return;
        };
        let at = spec.field("clusterIPs").or_else(|| spec.field("clusterIP")).unwrap_or(spec);
        for address in &service.cluster_ips {
            let Some(owner) = self.cluster_ips.get(address) else {
                continue;
            };
            let rule = format!("failed to allocate IP {address}: provided IP is already allocated to Service {owner}");
            let remedy = Remedy::new(message!("expected-own-address"), message!("advice-other-address"));
            report.invalid(&at, format!("\"{address}\""), &rule, remedy);
        }
    }

    fn check_node_ports(&self, object: &Cursor<'_>, service: &Service, report: &mut Report) {
        service::with_ports(object, &service.ports, |entry, port| {
            let (Some(node_port), Some(at)) = (port.node_port, entry.field("nodePort")) else {
                return;
            };
            if let Some(owner) = self.node_ports.get(&(node_port, port.protocol)) {
                let rule = format!("provided port is already allocated to Service {owner}");
                let remedy = Remedy::new(message!("expected-own-node-port"), message!("advice-node-port"));
                report.invalid(&at, node_port, &rule, remedy);
            }
        });
    }

    /// Remembers Endpoints for [`Self::check_services`].
    pub(super) fn endpoints(&mut self, endpoints: &Endpoints, position: Position) {
        let (name, service) = (endpoints.name.clone(), endpoints.name.clone());
        self.of_services.push((position, OfService { kind: "Endpoints", name, service }));
    }

    /// Remembers a slice for [`Self::check_services`].
    pub(super) fn slice(&mut self, slice: &EndpointSlice, position: Position) {
        if let Some(service) = slice.service() {
            self.of_services.push((position, OfService { kind: "EndpointSlice", name: slice.name.clone(), service }));
        }
    }

    /// Once all objects are known: warns of slices and Endpoints whose Service is not among them.
    pub(super) fn check_services(&self, report: &mut Report) {
        for (position, reference) in &self.of_services {
            let OfService { kind, name, service } = reference;
            if self.names.contains_key(&("Service", service.clone())) {
                continue;
            }
            let service = text::quote(&service.to_string());
            let message = message!("wrong-service-missing", kind = *kind, name = &*name.name, service = service);
            let remedy = Remedy::new(message!("expected-service-beside"), message!("advice-services-too"));
            report.warning(*position, message, remedy);
        }
    }
}
