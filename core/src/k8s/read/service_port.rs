//! `spec.ports` of a Service.

use crate::fixed_hash::HashSet;

use super::cursor::{Cursor, Scalar};
use super::metadata::{self, NameRule};
use super::report::{Remedy, Report};
use super::{text, unknown_fields, value};
use crate::k8s::node_port_range::NODE_PORTS;
use crate::k8s::{ServicePort, ServiceType};
use crate::message;
use crate::net::Protocol;

const FIELDS: [&str; 6] = ["appProtocol", "name", "nodePort", "port", "protocol", "targetPort"];

fn names_remedy() -> Remedy {
    Remedy::new(message!("expected-own-port-names"), message!("advice-name-ports-for-slices"))
}

/// What may not occur twice within a Service.
#[derive(Default)]
struct Seen<'a> {
    names: HashSet<&'a str>,
    ports: HashSet<(u16, Protocol)>,
    node_ports: HashSet<(u16, Protocol)>,
}

pub(super) fn read(
    spec: &Cursor<'_>,
    service_type: ServiceType,
    is_headless: bool,
    report: &mut Report,
) -> Vec<ServicePort> {
    let list = spec.list("ports", report);
    let count = list.map_or(0, |list| list.elements().count());
    let Some(list) = list.filter(|_| count > 0) else {
        if !is_headless {
            report.required(spec, "ports", "", Remedy::new(message!("expected-one-port"), message!("advice-add-port")));
        }
        return Vec::new();
    };
    let entries: Vec<Cursor<'_>> = list.elements().collect();
    let mut seen = Seen::default();
    let mut ports = Vec::new();
    for entry in &entries {
        if !entry.is_mapping() {
            let remedy = Remedy::new(message!("expected-numbered-port"), message!("advice-compare"));
            report.invalid(entry, entry.found(), "must be an object", remedy);
            continue;
        }
        unknown_fields::check(entry, &FIELDS, report);
        let errors = report.errors();
        let name = name(entry, count > 1, &mut seen, report);
        let port = read_port(entry, name, report);
        if let Some(port) = port.filter(|_| report.errors() == errors) {
            check_node_port(entry, &port, service_type, report);
            check_unique(entry, &port, &mut seen, report);
            ports.push(port);
        }
    }
    ports
}

fn name<'a>(entry: &'a Cursor<'a>, is_required: bool, seen: &mut Seen<'a>, report: &mut Report) -> &'a str {
    let Some(name) = entry.string("name", report) else {
        if is_required {
            report.required(entry, "name", "", names_remedy());
        }
        return "";
    };
    if let Some(at) = entry.field("name") {
        metadata::check_name(&at, name, NameRule::Label, report);
        if !seen.names.insert(name) {
            report.duplicate(&at, text::quote(name), names_remedy());
        }
    }
    name
}

fn read_port(entry: &Cursor<'_>, name: &str, report: &mut Report) -> Option<ServicePort> {
    let port = value::port(entry, "port", report)?;
    let protocol = value::protocol(entry, report)?;
    let node_port = value::optional_port(entry, "nodePort", report);
    let target_port = target_port(entry, port, report)?;
    Some(ServicePort { name: name.into(), protocol, port, node_port, target_port })
}

/// A number or the name of a container port; 0 and "" stand for the Service's own port.
fn target_port(entry: &Cursor<'_>, port: u16, report: &mut Report) -> Option<String> {
    let Some(at) = entry.field("targetPort") else {
        return Some(port.to_string());
    };
    if let Some(Scalar::Integer(_)) = at.scalar() {
        let errors = report.errors();
        let number = value::optional_port(entry, "targetPort", report);
        return (report.errors() == errors).then(|| number.unwrap_or(port).to_string());
    }
    let name = at.text(report)?;
    if name.is_empty() {
        return Some(port.to_string());
    }
    value::port_name(&at, name, report).map(str::to_owned)
}

fn check_node_port(entry: &Cursor<'_>, port: &ServicePort, service_type: ServiceType, report: &mut Report) {
    let (Some(node_port), Some(at)) = (port.node_port, entry.field("nodePort")) else {
        return;
    };
    if service_type == ServiceType::ClusterIp {
        report.forbidden(&at, "may not be used when `type` is 'ClusterIP'", message!("advice-delete-or-type"));
    } else {
        check_node_port_range(&at, node_port, report);
    }
}

/// The range may be another one, which the objects do not say.
pub(super) fn check_node_port_range(at: &Cursor<'_>, node_port: u16, report: &mut Report) {
    if !NODE_PORTS.contains(&node_port) {
        let message = message!("wrong-node-port-range", place = at.place(), port = node_port.to_string());
        let remedy = Remedy::new(message!("expected-node-port-range"), message!("advice-node-port-range"));
        report.warning(at.position(), message, remedy);
    }
}

fn check_unique(entry: &Cursor<'_>, port: &ServicePort, seen: &mut Seen<'_>, report: &mut Report) {
    if !seen.ports.insert((port.port, port.protocol)) {
        let found = format!("{{\"port\":{},\"protocol\":\"{}\"}}", port.port, port.protocol.to_string().to_uppercase());
        let remedy = Remedy::new(message!("expected-port-once"), message!("advice-change-one"));
        report.duplicate(entry, found, remedy);
    }
    if let (Some(node_port), Some(at)) = (port.node_port, entry.field("nodePort"))
        && !seen.node_ports.insert((node_port, port.protocol))
    {
        let remedy = Remedy::new(message!("expected-node-port-once"), message!("advice-node-port"));
        report.duplicate(&at, node_port, remedy);
    }
}
