//! `v1 Node`.

use std::net::IpAddr;

use ipnet::IpNet;

use super::cursor::Cursor;
use super::metadata::{self, NameRule};
use super::report::{Remedy, Report};
use super::{text, unknown_fields, value};
use crate::k8s::{Node, NodeInfo, Taint, TaintEffect};
use crate::message;

const FIELDS: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "status"];

/// Of `NodeSpec`.
const SPEC_FIELDS: [&str; 7] =
    ["configSource", "externalID", "podCIDR", "podCIDRs", "providerID", "taints", "unschedulable"];

pub(super) fn read(object: &Cursor<'_>, report: &mut Report) -> Option<Node> {
    unknown_fields::check(object, &FIELDS, report);
    unknown_fields::check_field(object, "spec", &SPEC_FIELDS, report);
    let metadata = metadata::read(object, NameRule::Subdomain, report)?;
    let errors = report.errors();
    let internal_ips = internal_ips(object, report);
    let pod_cidrs = pod_cidrs(object, report);
    if internal_ips.is_empty() && report.errors() == errors {
        let message = message!("wrong-node-without-address", node = &*metadata.name.name);
        let remedy = Remedy::new(message!("expected-internal-ip"), message!("advice-node-address"));
        report.warning(object.position(), message, remedy);
    }
    let spec = object.mapping("spec", report);
    Some(Node {
        name: metadata.name.name,
        labels: metadata.labels,
        internal_ips,
        pod_cidrs,
        is_ready: condition(object, "Ready", report).unwrap_or(true),
        is_unschedulable: spec.and_then(|spec| spec.boolean("unschedulable", report)).unwrap_or(false),
        taints: spec.map(|spec| spec.each("taints", report, taint)).unwrap_or_default(),
        allocatable_cpu: allocatable_cpu(object, report),
        info: info(object, report).unwrap_or_default(),
    })
}

fn info(object: &Cursor<'_>, report: &mut Report) -> Option<NodeInfo> {
    let status = object.mapping("status", report)?;
    let info = status.mapping("nodeInfo", report)?;
    let mut text = |field| info.string(field, report).map(Into::into);
    Some(NodeInfo {
        kubelet_version: text("kubeletVersion"),
        os_image: text("osImage"),
        kernel_version: text("kernelVersion"),
        container_runtime_version: text("containerRuntimeVersion"),
        architecture: text("architecture"),
    })
}

/// Whether the condition is `True`; None where `status.conditions` lacks it.
pub(super) fn condition(object: &Cursor<'_>, kind: &str, report: &mut Report) -> Option<bool> {
    let status = object.mapping("status", report)?;
    let conditions = status.list("conditions", report)?;
    let condition = conditions.elements().find(|entry| entry.string("type", report) == Some(kind))?;
    Some(condition.string("status", report) == Some("True"))
}

const EFFECTS: [(&str, TaintEffect); 3] = [
    ("NoSchedule", TaintEffect::NoSchedule),
    ("PreferNoSchedule", TaintEffect::PreferNoSchedule),
    ("NoExecute", TaintEffect::NoExecute),
];

fn taint(entry: &Cursor<'_>, report: &mut Report) -> Option<Taint> {
    let Some(key) = entry.string("key", report) else {
        report.required(entry, "key", "", Remedy::new(message!("expected-taint-key"), message!("advice-add")));
        return None;
    };
    let value = entry.string("value", report).unwrap_or_default().to_owned();
    Some(Taint { key: key.to_owned(), value, effect: taint_effect(entry, report)? })
}

/// `effect` of a taint or a toleration.
pub(super) fn taint_effect(entry: &Cursor<'_>, report: &mut Report) -> Option<TaintEffect> {
    let at = entry.field("effect")?;
    let name = at.text(report).filter(|name| !name.is_empty())?;
    let effect = EFFECTS.iter().find(|(known, _)| *known == name).map(|(_, effect)| *effect);
    if effect.is_none() {
        report.unsupported(&at, &text::quote(name), &EFFECTS.map(|(known, _)| known));
    }
    effect
}

/// `status.allocatable.cpu` in thousandths: `4`, `3920m` or `0.5`.
fn allocatable_cpu(object: &Cursor<'_>, report: &mut Report) -> Option<u64> {
    let status = object.mapping("status", report)?;
    let allocatable = status.mapping("allocatable", report)?;
    let at = allocatable.field("cpu")?;
    let written = at.plain()?;
    let (digits, scale) = written.strip_suffix('m').map_or((written, 1000.0), |digits| (digits, 1.0));
    let milli = digits.parse::<f64>().ok().map(|cpu| (cpu * scale).ceil()).filter(|milli| (0.0..1e12).contains(milli));
    if milli.is_none() {
        let remedy = Remedy::new(message!("expected-processors"), message!("advice-as-printed"));
        report.invalid(&at, at.found(), "must be a quantity", remedy);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked above")]
    milli.map(|milli| milli as u64)
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
            report.required(
                &entry,
                "address",
                "",
                Remedy::new(message!("expected-ip-address"), message!("advice-add")),
            );
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
            let expected = message!("expected-first-range", first = first.to_string());
            let remedy = Remedy::new(expected, message!("advice-agree"));
            report.invalid(&single, format!("\"{prefix}\""), "must match the first value of `podCIDRs`", remedy);
            listed
        }
    }
}
