//! `v1 Node`.

use std::net::IpAddr;

use ipnet::IpNet;

use super::cursor::Cursor;
use super::metadata::{self, NameRule};
use super::report::{Remedy, Report};
use super::value;
use crate::k8s::Node;

pub(super) fn read(object: &Cursor<'_>, report: &mut Report) -> Option<Node> {
    let metadata = metadata::read(object, NameRule::Subdomain, report)?;
    let errors = report.errors();
    let internal_ips = internal_ips(object, report);
    let pod_cidrs = pod_cidrs(object, report);
    if internal_ips.is_empty() && report.errors() == errors {
        let message = format!("Node \"{}\" has no address of type InternalIP", metadata.name.name);
        let remedy = Remedy {
            expected: "status.addresses with an InternalIP",
            advice: "add it: without it the node has no node ports and cannot be simulated",
        };
        report.warning(object.position(), message, remedy);
    }
    Some(Node { name: metadata.name.name, labels: metadata.labels, internal_ips, pod_cidrs })
}

fn internal_ips(object: &Cursor<'_>, report: &mut Report) -> Vec<IpAddr> {
    let Some(status) = object.mapping("status", report) else {
        return Vec::new();
    };
    let Some(addresses) = status.list("addresses", report) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in addresses.elements() {
        if entry.string("type", report) != Some("InternalIP") {
            continue;
        }
        let Some(at) = entry.field("address") else {
            report.required(&entry, "address", "", Remedy { expected: "an IP address", advice: "add it" });
            continue;
        };
        found.extend(value::address(&at, report));
    }
    found
}

/// `podCIDRs`, or `podCIDR` of nodes that print no list.
fn pod_cidrs(object: &Cursor<'_>, report: &mut Report) -> Vec<IpNet> {
    let Some(spec) = object.mapping("spec", report) else {
        return Vec::new();
    };
    let listed = spec.each("podCIDRs", report, value::prefix);
    let Some(single) = spec.field("podCIDR") else {
        return listed;
    };
    let Some(prefix) = value::prefix(&single, report) else {
        return listed;
    };
    match listed.first() {
        None => vec![prefix],
        Some(first) if *first == prefix => listed,
        Some(first) => {
            let expected = format!("{first}, the first of podCIDRs");
            let remedy = Remedy { expected: &expected, advice: "make the two agree" };
            report.invalid(&single, format!("\"{prefix}\""), "must match the first value of `podCIDRs`", remedy);
            listed
        }
    }
}
