//! `v1 Pod`, and the Pod templates of workloads.

use crate::fixed_hash::HashSet;
use std::sync::Arc;

use super::cursor::Cursor;
use super::metadata::{self, NameRule};
use super::node;
use super::report::{Remedy, Report};
use super::{labels, text, value};
use crate::k8s::{ContainerPort, Pod, PodPhase, PodSpec, PodStatus, PodTemplate, Toleration};
use crate::message;

const PHASES: [(&str, PodPhase); 5] = [
    ("Failed", PodPhase::Failed),
    ("Pending", PodPhase::Pending),
    ("Running", PodPhase::Running),
    ("Succeeded", PodPhase::Succeeded),
    ("Unknown", PodPhase::Running),
];

pub(super) fn read(object: &Cursor<'_>, report: &mut Report) -> Option<Pod> {
    let metadata = metadata::read(object, NameRule::Subdomain, report)?;
    if object.field("spec").is_none() {
        let remedy = Remedy::new(message!("expected-spec-of-pod"), message!("advice-whole-pod"));
        report.required(object, "spec", "", remedy);
    }
    let spec = object.mapping("spec", report).map(|at| spec(&at, report)).unwrap_or_default();
    Some(Pod {
        name: metadata.name,
        labels: metadata.labels,
        owner: metadata::owner(object, report),
        is_deleting: metadata::is_deleting(object),
        status: status(object, report)?,
        spec,
    })
}

/// `spec.template` of a workload.
pub(super) fn template(workload_spec: &Cursor<'_>, report: &mut Report) -> Option<PodTemplate> {
    let remedy = || Remedy::new(message!("expected-pod-template"), message!("advice-whole-object"));
    let Some(template) = workload_spec.mapping("template", report) else {
        report.required(workload_spec, "template", "", remedy());
        return None;
    };
    let Some(at) = template.mapping("spec", report) else {
        report.required(&template, "spec", "", remedy());
        return None;
    };
    let labels = template.mapping("metadata", report).map(|metadata| labels::read(&metadata, "labels", report));
    let spec = spec(&at, report);
    let annotations = metadata::annotations(&template, report);
    Some(PodTemplate { labels: labels.unwrap_or_default(), annotations, spec })
}

fn spec(at: &Cursor<'_>, report: &mut Report) -> PodSpec {
    let mut spec = PodSpec {
        node_name: at.string("nodeName", report).map(Arc::from),
        node_selector: labels::read(at, "nodeSelector", report),
        tolerations: at.each("tolerations", report, toleration),
        host_network: at.boolean("hostNetwork", report).unwrap_or(false),
        hostname: label(at, "hostname", report),
        subdomain: label(at, "subdomain", report),
        ports: Vec::new(),
        has_readiness_probe: false,
    };
    let containers = at.list("containers", report);
    if containers.is_none_or(|list| list.elements().next().is_none()) {
        let remedy = Remedy::new(message!("expected-one-container"), message!("advice-whole-pod"));
        report.required(at, "containers", "", remedy);
    }
    for container in containers.iter().flat_map(Cursor::elements) {
        read_container(&container, &mut spec, report);
    }
    let sidecars = at.list("initContainers", report);
    for container in sidecars.iter().flat_map(Cursor::elements) {
        if container.string("restartPolicy", report) == Some("Always") {
            read_container(&container, &mut spec, report);
        }
    }
    spec
}

fn label(at: &Cursor<'_>, field: &str, report: &mut Report) -> Option<Arc<str>> {
    let name = at.string(field, report)?;
    let place = at.field(field)?;
    metadata::check_name(&place, name, NameRule::Label, report).then(|| name.into())
}

fn read_container(container: &Cursor<'_>, spec: &mut PodSpec, report: &mut Report) {
    if !container.is_mapping() {
        let remedy = Remedy::new(message!("expected-container"), message!("advice-compare"));
        report.invalid(container, container.found(), "must be an object", remedy);
        return;
    }
    spec.has_readiness_probe |= container.mapping("readinessProbe", report).is_some();
    let mut names = HashSet::default();
    let ports = container.each("ports", report, |entry, report| {
        let name = match entry.field("name") {
            Some(at) => at.text(report)?,
            None => "",
        };
        if let Some(at) = entry.field("name").filter(|_| !name.is_empty()) {
            value::port_name(&at, name, report)?;
            if !names.insert(name.to_owned()) {
                let remedy = Remedy::new(message!("expected-own-port-names"), message!("advice-rename-port"));
                report.duplicate(&at, text::quote(name), remedy);
            }
        }
        let port = value::port(entry, "containerPort", report)?;
        Some(ContainerPort { name: name.into(), protocol: value::protocol(entry, report)?, port })
    });
    spec.ports.extend(ports);
}

fn toleration(entry: &Cursor<'_>, report: &mut Report) -> Option<Toleration> {
    let operators = [("Equal", false), ("Exists", true)];
    let exists = value::choice(entry, "operator", &operators, false, report)?;
    let key = entry.string("key", report).map(str::to_owned);
    if key.is_none() && !exists {
        let remedy = Remedy::new("operator: Exists", message!("advice-toleration"));
        let rule = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
        report.invalid(entry, "\"\"", rule, remedy);
    }
    let value = entry.string("value", report).unwrap_or_default().to_owned();
    Some(Toleration {
        key,
        value: (!exists).then_some(value),
        effect: node::taint_effect(entry, report),
        seconds: value::count(entry, "tolerationSeconds", report),
    })
}

fn status(object: &Cursor<'_>, report: &mut Report) -> Option<PodStatus> {
    let is_ready = node::condition(object, "Ready", report).unwrap_or(false);
    let Some(status) = object.mapping("status", report) else {
        return Some(PodStatus { phase: PodPhase::Pending, is_ready: false, pod_ips: Vec::new() });
    };
    let phase = value::choice(&status, "phase", &PHASES, PodPhase::Pending, report)?;
    let mut pod_ips = status.each("podIPs", report, |entry, report| {
        let at = entry.field("ip")?;
        value::address(&at, report)
    });
    if let Some(at) = status.field("podIP").filter(|at| pod_ips.is_empty() && at.found() != "\"\"") {
        pod_ips.extend(value::address(&at, report));
    }
    Some(PodStatus { phase, is_ready, pod_ips })
}
