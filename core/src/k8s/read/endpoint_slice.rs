//! `discovery.k8s.io/v1 EndpointSlice`.

use crate::fixed_hash::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::cursor::Cursor;
use super::metadata::{self, NameRule};
use super::report::{Remedy, Report};
use super::{text, unknown_fields, value};
use crate::k8s::{EndpointPort, EndpointSlice, SliceEndpoint};
use crate::message;
use crate::net::Family;
use crate::source::Diagnostic;

const FQDN: &str = "FQDN";

const FIELDS: [&str; 6] = ["addressType", "apiVersion", "endpoints", "kind", "metadata", "ports"];
const PORT_FIELDS: [&str; 4] = ["appProtocol", "name", "port", "protocol"];
const ENDPOINT_FIELDS: [&str; 8] =
    ["addresses", "conditions", "deprecatedTopology", "hints", "hostname", "nodeName", "targetRef", "zone"];

/// `maxEndpoints` of the API server's validation.
const MAX_ENDPOINTS: usize = 1_000;

/// `None` also for a slice of host names, which is no error: kube-proxy ignores it.
pub(super) fn read(object: &Cursor<'_>, report: &mut Report) -> Option<EndpointSlice> {
    let metadata = metadata::read(object, NameRule::Subdomain, report)?;
    unknown_fields::check(object, &FIELDS, report);
    let address_type = address_type(object, report)?;
    let ports = ports(object, report);
    let endpoints = endpoints(object, address_type, report);
    if !metadata.labels.contains_key(EndpointSlice::SERVICE_LABEL) {
        let message = message!("wrong-slice-without-service", slice = &*metadata.name.name);
        let expected = message!("expected-label", label = EndpointSlice::SERVICE_LABEL);
        let remedy = Remedy::new(expected, message!("advice-stray-slice"));
        report.warning(object.position(), message, remedy);
    }
    Some(EndpointSlice { name: metadata.name, labels: metadata.labels, address_type, ports, endpoints })
}

fn endpoints(object: &Cursor<'_>, family: Family, report: &mut Report) -> Vec<SliceEndpoint> {
    let Some(list) = object.list("endpoints", report) else {
        return Vec::new();
    };
    let count = list.elements().count();
    if count > MAX_ENDPOINTS {
        let message = format!("{list}: Too many: {count}: must have at most {MAX_ENDPOINTS} items");
        let remedy = Remedy::new(message!("expected-thousand-endpoints"), message!("advice-divide"));
        report.error(list.position(), message, remedy);
        return Vec::new();
    }
    let mut places: HashMap<IpAddr, usize> = HashMap::default();
    let mut endpoints = Vec::new();
    for (place, entry) in list.elements().enumerate() {
        let Some(endpoint) = read_endpoint(&entry, family, report) else { continue };
        if let Some(first) = endpoint.addresses.first().and_then(|address| places.insert(*address, place)) {
            let message = message!("wrong-same-address", place = entry.place(), first = first.to_string());
            let advice = message!("advice-same-address");
            report.warning(entry.position(), message, Remedy::new(message!("expected-address-once"), advice));
        }
        endpoints.push(endpoint);
    }
    endpoints
}

fn address_type(object: &Cursor<'_>, report: &mut Report) -> Option<Family> {
    let remedy = || Remedy::new(message!("expected-address-type"), message!("advice-family"));
    let Some(at) = object.field("addressType") else {
        report.required(object, "addressType", "", remedy());
        return None;
    };
    match at.text(report)? {
        "IPv4" => Some(Family::V4),
        "IPv6" => Some(Family::V6),
        FQDN => {
            let message = message!("wrong-names-only");
            report.push(Diagnostic::note(at.position(), message));
            None
        }
        other => {
            report.unsupported(&at, &text::quote(other), &[FQDN, "IPv4", "IPv6"]);
            None
        }
    }
}

fn ports(object: &Cursor<'_>, report: &mut Report) -> Vec<EndpointPort> {
    let Some(list) = object.list("ports", report) else {
        return Vec::new();
    };
    let mut names = HashSet::default();
    let mut ports = Vec::new();
    for entry in list.elements() {
        unknown_fields::check(&entry, &PORT_FIELDS, report);
        let name = entry.string("name", report).unwrap_or_default();
        if let Some(at) = entry.field("name").filter(|_| !name.is_empty()) {
            metadata::check_name(&at, name, NameRule::Label, report);
        }
        if !names.insert(name.to_owned()) {
            let remedy = Remedy::new(message!("expected-own-port-names"), message!("advice-rename-or-delete-port"));
            let place = entry.field("name");
            report.duplicate(place.as_ref().unwrap_or(&entry), text::quote(name), remedy);
        }
        let port = value::optional_port(&entry, "port", report);
        if let Some(protocol) = value::protocol(&entry, report) {
            ports.push(EndpointPort { name: name.into(), protocol, port });
        }
    }
    ports
}

fn read_endpoint(entry: &Cursor<'_>, family: Family, report: &mut Report) -> Option<SliceEndpoint> {
    if !entry.is_mapping() {
        let remedy = Remedy::new(message!("expected-endpoint"), message!("advice-compare"));
        report.invalid(entry, entry.found(), "must be an object", remedy);
        return None;
    }
    unknown_fields::check(entry, &ENDPOINT_FIELDS, report);
    unknown_fields::check_field(entry, "conditions", &["ready", "serving", "terminating"], report);
    unknown_fields::check_field(entry, "hints", &["forNodes", "forZones"], report);
    let errors = report.errors();
    let addresses = entry.each("addresses", report, |at, report| value::address_of(family, at, report));
    if addresses.is_empty() && report.errors() == errors {
        let remedy = Remedy::new(message!("expected-addresses"), message!("advice-endpoint"));
        report.required(entry, "addresses", "must contain at least 1 address", remedy);
    }
    let condition = |name, report: &mut Report| entry.mapping("conditions", report)?.boolean(name, report);
    Some(SliceEndpoint {
        addresses,
        ready: condition("ready", report),
        serving: condition("serving", report),
        terminating: condition("terminating", report),
        hostname: hostname(entry, report),
        node_name: entry.string("nodeName", report).map(Arc::from),
        zone: entry.string("zone", report).map(str::to_owned),
        for_zones: hints(entry, "forZones", report),
        for_nodes: hints(entry, "forNodes", report),
        pod: pod(entry, report),
    })
}

pub(super) fn hostname(entry: &Cursor<'_>, report: &mut Report) -> Option<Arc<str>> {
    let name = entry.string("hostname", report)?;
    let at = entry.field("hostname")?;
    metadata::check_name(&at, name, NameRule::Label, report).then(|| name.into())
}

/// `hints.forZones` or `hints.forNodes`: lists of objects that have a name.
fn hints(entry: &Cursor<'_>, list: &str, report: &mut Report) -> Vec<String> {
    let Some(hints) = entry.mapping("hints", report) else {
        return Vec::new();
    };
    hints.each(list, report, |at, report| {
        let name = at.string("name", report);
        if name.is_none() {
            report.required(at, "name", "", Remedy::new(message!("expected-zone-or-node"), message!("advice-add")));
        }
        name.map(str::to_owned)
    })
}

/// `targetRef.name` where it points to a Pod.
pub(super) fn pod(entry: &Cursor<'_>, report: &mut Report) -> Option<Arc<str>> {
    let target = entry.mapping("targetRef", report)?;
    if target.string("kind", report) != Some("Pod") {
        return None;
    }
    target.string("name", report).map(Arc::from)
}
