//! `kubectl describe`: staging/src/k8s.io/kubectl/pkg/describe/describe.go.

mod endpoints;
mod machines;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::Status;
use super::super::call::Call;
use super::flags::Args;
use super::kind::{Kind, targets};
use super::rows::{NONE, Row, all_endpoints, endpoints_text, has_labels, labels_text, protocol, ready_endpoints, rows};
use super::{not_found, proxies};
use crate::k8s::{Cluster, IpMode, NamespacedName, Resource, Service, ServiceType, SessionAffinity};
use crate::lab::Lab;
use crate::net::Family;

pub(super) fn run(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    if args.words().is_empty() {
        call.err(
            "error: You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of \
             supported resources.\n",
        );
        return 1;
    }
    let targets = match targets(call, &args.words()) {
        Ok(targets) => targets,
        Err(status) => return status,
    };
    let mut texts = Vec::new();
    let mut is_partial = false;
    for (kind, name) in targets {
        let mut found: Vec<(NamespacedName, Lines)> = all(call.lab, kind);
        if let Some(selector) = args.value("selector") {
            let labelled = rows(call.lab, kind, false).into_iter().filter(|row| has_labels(&row.labels, selector));
            let names: BTreeSet<_> = labelled.map(|row| row.name).collect();
            found.retain(|(object, _)| names.contains(object));
        }
        found.retain(|(object, _)| {
            let is_here = !kind.is_namespaced() || args.has("all-namespaces") || *object.namespace == *args.namespace();
            // A name may be the beginning of one.
            is_here && name.is_none_or(|name| object.name.starts_with(name))
        });
        if let Some(exact) = found.iter().position(|(object, _)| Some(&*object.name) == name) {
            found = vec![found.swap_remove(exact)];
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        if let Some(name) = name.filter(|_| found.is_empty()) {
            not_found(call, &kind.plural(), name);
            return 1;
        }
        is_partial |= matches!(kind, Kind::Object(Resource::Pod | Resource::Node | Resource::Workload(_)));
        texts.extend(found.into_iter().map(|(_, lines)| aligned(&lines)));
    }
    if texts.is_empty() {
        let place = match args.has("all-namespaces") {
            true => String::new(),
            false => format!(" in {} namespace.", args.namespace()),
        };
        call.err(&format!("No resources found{place}\n"));
    } else if is_partial {
        call.remark(crate::message!("shell-described-part"));
    }
    // Two empty lines between two of them.
    let text = texts.join("\n\n");
    call.out(&text);
    0
}

/// The cells of lines, those of a line with tabulators between.
type Lines = Vec<Vec<String>>;

/// All objects of a kind.
fn all(lab: &Lab, kind: Kind) -> Vec<(NamespacedName, Lines)> {
    let cluster = &proxies::cluster(lab);
    match kind {
        Kind::Object(Resource::Service) => {
            cluster.services.iter().map(|service| (service.name.clone(), described(cluster, service))).collect()
        }
        Kind::Object(Resource::EndpointSlice) => {
            cluster.endpoint_slices.iter().map(|slice| (slice.name.clone(), endpoints::slice(slice))).collect()
        }
        Kind::Endpoints => {
            let all = all_endpoints(cluster);
            all.iter().map(|object| (object.name.clone(), endpoints::endpoints(object))).collect()
        }
        Kind::Namespace => rows(lab, kind, false).iter().map(|row| (row.name.clone(), namespace(row))).collect(),
        Kind::ConfigMap => rows(lab, kind, false).iter().map(|row| (row.name.clone(), config_map(row))).collect(),
        Kind::Object(Resource::Pod) => {
            cluster.pods.iter().map(|pod| (pod.name.clone(), machines::pod(cluster, pod))).collect()
        }
        Kind::Object(Resource::Node) => {
            let name = |name: &std::sync::Arc<str>| NamespacedName { namespace: "".into(), name: name.clone() };
            cluster.nodes.iter().map(|node| (name(&node.name), machines::node(lab, cluster, node))).collect()
        }
        Kind::Object(Resource::Workload(of)) => {
            let workloads = cluster.workloads.iter().filter(|workload| workload.kind() == of);
            workloads.map(|workload| (workload.name.clone(), machines::workload(lab, workload))).collect()
        }
    }
}

/// `describeNamespace`; the lab has neither quotas nor ranges of limits.
fn namespace(row: &Row) -> Lines {
    let mut lines = vec![line(&["Name:", &row.name.name])];
    lines.extend(pairs("Labels", &row.labels));
    lines.push(line(&["Annotations:", NONE]));
    lines.push(line(&["Status:", "Active"]));
    lines.extend(["", "No resource quota.", "", "No LimitRange resource."].map(|text| line(&[text])));
    lines
}

fn line(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// `printLabelsMultiline`
fn pairs(title: &str, pairs: &BTreeMap<String, String>) -> Lines {
    if pairs.is_empty() {
        return vec![line(&[&format!("{title}:"), NONE])];
    }
    let titled = |(at, (key, value)): (usize, (&String, &String))| {
        let title = if at == 0 { format!("{title}:") } else { String::new() };
        vec![title, format!("{key}={value}")]
    };
    pairs.iter().enumerate().map(titled).collect()
}

/// `ConfigMapDescriber`
fn config_map(row: &Row) -> Lines {
    let mut lines = vec![line(&["Name:", &row.name.name]), line(&["Namespace:", &row.name.namespace])];
    lines.extend(pairs("Labels", &row.labels));
    lines.extend([line(&["Annotations:", NONE]), line(&[""]), line(&["Data"]), line(&["===="])]);
    for (key, value) in row.json.get("data").and_then(Value::as_object).into_iter().flatten() {
        lines.extend([vec![format!("{key}:")], line(&["----"])]);
        // The value is followed by an end of line of its own.
        lines.extend(value.as_str().unwrap_or_default().split('\n').map(|text| line(&[text])));
        lines.push(line(&[""]));
    }
    lines.extend([line(&[""]), line(&["BinaryData"]), line(&["===="]), line(&[""]), line(&["Events:", NONE])]);
    lines
}

/// `describeService`
fn described(cluster: &Cluster, service: &Service) -> Lines {
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut say = |cells: &[&str]| lines.push(cells.iter().map(|cell| (*cell).to_owned()).collect());
    say(&["Name:", &service.name.name]);
    say(&["Namespace:", &service.name.namespace]);
    let mut title = "Labels:";
    if service.labels.is_empty() {
        say(&[title, NONE]);
    }
    for (key, value) in &service.labels {
        say(&[title, &format!("{key}={value}")]);
        title = "";
    }
    say(&["Annotations:", NONE]);
    say(&["Selector:", &labels_text(&service.selector)]);
    say(&["Type:", service.service_type.name()]);
    if service.service_type != ServiceType::ExternalName {
        let policy = if service.ip_families.len() > 1 { "PreferDualStack" } else { "SingleStack" };
        say(&["IP Family Policy:", policy]);
    }
    let families: Vec<_> =
        service.ip_families.iter().map(|family| if *family == Family::V4 { "IPv4" } else { "IPv6" }).collect();
    say(&["IP Families:", &or_none(families.join(","))]);
    let addresses: Vec<_> = service.cluster_ips.iter().map(ToString::to_string).collect();
    let is_headless = addresses.is_empty() && service.service_type != ServiceType::ExternalName;
    let first =
        addresses.first().cloned().unwrap_or_else(|| if is_headless { "None".to_owned() } else { String::new() });
    say(&["IP:", &first]);
    let all = if is_headless { "None".to_owned() } else { or_none(addresses.join(",")) };
    say(&["IPs:", &all]);
    if !service.external_ips.is_empty() {
        say(&["External IPs:", &comma(&service.external_ips)]);
    }
    if let Some(name) = &service.external_name {
        say(&["External Name:", name]);
    }
    if !service.load_balancer_ingress.is_empty() {
        let ingress = service.load_balancer_ingress.iter().map(|ingress| match (&ingress.address, &ingress.hostname) {
            (Some(address), _) => {
                format!("{address} ({})", if ingress.ip_mode == IpMode::Vip { "VIP" } else { "Proxy" })
            }
            (None, hostname) => hostname.clone().unwrap_or_default(),
        });
        say(&["LoadBalancer Ingress:", &ingress.collect::<Vec<_>>().join(", ")]);
    }
    for port in &service.ports {
        let name = if port.name.is_empty() { "<unset>" } else { &port.name };
        let kind = protocol(port.protocol);
        say(&["Port:", name, &format!("{}/{kind}", port.port)]);
        say(&["TargetPort:", &format!("{}/{kind}", port.target_port)]);
        if let Some(node_port) = port.node_port {
            say(&["NodePort:", name, &format!("{node_port}/{kind}")]);
        }
        say(&["Endpoints:", &endpoints_text(&ready_endpoints(cluster, service, &port.name))]);
    }
    say_policies(service, &mut say);
    say(&["Events:", NONE]);
    lines
}

fn say_policies(service: &Service, say: &mut impl FnMut(&[&str])) {
    let affinity = if service.session_affinity == SessionAffinity::None { "None" } else { "ClientIP" };
    say(&["Session Affinity:", affinity]);
    let is_external = !service.external_ips.is_empty()
        || matches!(service.service_type, ServiceType::NodePort | ServiceType::LoadBalancer);
    if is_external {
        say(&["External Traffic Policy:", service.external_traffic_policy.name()]);
    }
    if service.service_type != ServiceType::ExternalName {
        say(&["Internal Traffic Policy:", service.internal_traffic_policy.name()]);
    }
    if let Some(port) = service.health_check_node_port {
        say(&["HealthCheck NodePort:", &port.to_string()]);
    }
    if !service.load_balancer_source_ranges.is_empty() {
        say(&["LoadBalancer Source Ranges:", &comma(&service.load_balancer_source_ranges)]);
    }
    if let Some(distribution) = service.traffic_distribution {
        say(&["Traffic Distribution:", distribution.name()]);
    }
}

fn or_none(text: String) -> String {
    if text.is_empty() { NONE.to_owned() } else { text }
}

fn comma<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// `tabbedString`: columns two blanks apart. A column is as wide as its cells in neighbouring lines that go on behind it.
fn aligned(lines: &[Vec<String>]) -> String {
    let width = |at: usize, column: usize| {
        let goes_on = |line: &&Vec<String>| line.len() > column + 1;
        let before = lines[..at].iter().rev().take_while(goes_on);
        let after = lines[at..].iter().take_while(goes_on);
        before.chain(after).map(|line| line[column].chars().count()).max().unwrap_or(0) + 2
    };
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            if column + 1 == line.len() {
                out.push_str(cell);
            } else {
                out.push_str(&format!("{cell:<width$}", width = width(at, column)));
            }
        }
        out.push('\n');
    }
    out
}
