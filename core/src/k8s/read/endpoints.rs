//! `v1 Endpoints`.

use std::sync::Arc;

use super::cursor::Cursor;
use super::endpoint_slice;
use super::metadata::{self, NameRule};
use super::report::{Remedy, Report};
use super::value;
use crate::k8s::{EndpointAddress, EndpointPort, EndpointSubset, Endpoints};
use crate::message;

const LEADER_ANNOTATION: &str = "control-plane.alpha.kubernetes.io/leader";

pub(super) fn read(object: &Cursor<'_>, report: &mut Report) -> Option<Endpoints> {
    let metadata = metadata::read(object, NameRule::Subdomain, report)?;
    let annotations = metadata::annotations(object, report);
    let subsets = object.each("subsets", report, subset);
    Some(Endpoints {
        name: metadata.name,
        labels: metadata.labels,
        is_leader_election: annotations.contains_key(LEADER_ANNOTATION),
        subsets,
    })
}

fn subset(entry: &Cursor<'_>, report: &mut Report) -> Option<EndpointSubset> {
    if !entry.is_mapping() {
        let remedy = Remedy::new(message!("expected-subset"), message!("advice-compare-output"));
        report.invalid(entry, entry.found(), "must be an object", remedy);
        return None;
    }
    let errors = report.errors();
    let addresses = entry.each("addresses", report, address);
    let not_ready_addresses = entry.each("notReadyAddresses", report, address);
    if addresses.is_empty() && not_ready_addresses.is_empty() && report.errors() == errors {
        let remedy = Remedy::new(message!("expected-addresses"), message!("advice-subset"));
        report.error(
            entry.position(),
            format!("{entry}: Required value: must specify `addresses` or `notReadyAddresses`"),
            remedy,
        );
    }
    let list = entry.list("ports", report);
    let needs_names = list.is_some_and(|list| list.elements().nth(1).is_some());
    let ports = entry.each("ports", report, |entry, report| port(entry, needs_names, report));
    Some(EndpointSubset { addresses, not_ready_addresses, ports })
}

fn address(entry: &Cursor<'_>, report: &mut Report) -> Option<EndpointAddress> {
    let Some(at) = entry.field("ip") else {
        report.required(entry, "ip", "", Remedy::new(message!("expected-ip-address"), message!("advice-add")));
        return None;
    };
    Some(EndpointAddress {
        ip: value::routable_address(&at, report)?,
        hostname: endpoint_slice::hostname(entry, report),
        node_name: entry.string("nodeName", report).map(Arc::from),
        pod: endpoint_slice::pod(entry, report),
    })
}

fn port(entry: &Cursor<'_>, needs_name: bool, report: &mut Report) -> Option<EndpointPort> {
    let name = entry.string("name", report);
    match (name, entry.field("name")) {
        (Some(name), Some(at)) => {
            metadata::check_name(&at, name, NameRule::Label, report);
        }
        _ if needs_name => {
            let remedy = Remedy::new(message!("expected-own-port-names"), message!("advice-name-ports"));
            report.required(entry, "name", "", remedy);
        }
        _ => {}
    }
    let port = value::port(entry, "port", report)?;
    Some(EndpointPort {
        name: name.unwrap_or_default().into(),
        protocol: value::protocol(entry, report)?,
        port: Some(port),
    })
}
