//! What `kubectl get` shows of each kind: `print…` of pkg/printers/internalversion/printers.go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::kind::Kind;
use super::{namespaces, proxies, stored};
use crate::controllers;
use crate::k8s::{
    Cluster, EndpointSlice, EndpointSubset, Endpoints, Labels, NamespacedName, Node, Owner, Pod, PodPhase, Resource,
    Service, ServiceType, Workload, WorkloadKind, write,
};
use crate::lab::Lab;
use crate::net::{Endpoint, Family};

/// An object with what is printed of it.
pub(super) struct Row {
    pub name: NamespacedName,
    pub labels: Labels,
    /// Behind the name.
    pub cells: Vec<String>,
    pub json: Value,
}

pub(super) const UNKNOWN: &str = "<unknown>";
pub(super) const NONE: &str = "<none>";

pub(super) fn headings(kind: Kind, wide: bool) -> Vec<&'static str> {
    let (usual, more): (&[_], &[_]) = match kind {
        Kind::Object(Resource::Service) => (&["TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"], &["SELECTOR"]),
        Kind::Object(Resource::EndpointSlice) => (&["ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"], &[]),
        Kind::Object(Resource::Pod) => {
            (&["READY", "STATUS", "RESTARTS", "AGE"], &["IP", "NODE", "NOMINATED NODE", "READINESS GATES"])
        }
        Kind::Object(Resource::Node) => (
            &["STATUS", "ROLES", "AGE", "VERSION"],
            &["INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"],
        ),
        Kind::Object(Resource::Workload(WorkloadKind::Deployment)) => {
            (&["READY", "UP-TO-DATE", "AVAILABLE", "AGE"], &[])
        }
        Kind::Object(Resource::Workload(WorkloadKind::ReplicaSet)) => (&["DESIRED", "CURRENT", "READY", "AGE"], &[]),
        Kind::Object(Resource::Workload(WorkloadKind::StatefulSet)) => (&["READY", "AGE"], &[]),
        Kind::Object(Resource::Workload(WorkloadKind::DaemonSet)) => {
            (&["DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"], &[])
        }
        Kind::Endpoints => (&["ENDPOINTS", "AGE"], &[]),
        Kind::ConfigMap => (&["DATA", "AGE"], &[]),
        Kind::Namespace => (&["STATUS", "AGE"], &[]),
    };
    ["NAME"].into_iter().chain(usual.iter().copied()).chain(more.iter().copied().filter(|_| wide)).collect()
}

/// All objects of a kind, by namespace and name as the API server lists them.
pub(super) fn rows(lab: &Lab, kind: Kind, wide: bool) -> Vec<Row> {
    let cluster = &proxies::cluster(lab);
    let mut rows: Vec<Row> = match kind {
        Kind::Object(Resource::Service) => cluster.services.iter().map(|object| service(object, wide)).collect(),
        Kind::Object(Resource::EndpointSlice) => cluster.endpoint_slices.iter().map(slice).collect(),
        Kind::Object(Resource::Pod) => cluster.pods.iter().map(|object| pod(object, wide)).collect(),
        Kind::Object(Resource::Node) => cluster.nodes.iter().map(|object| node(object, wide)).collect(),
        Kind::Object(Resource::Workload(of)) => {
            let workloads = cluster.workloads.iter().filter(|workload| workload.kind() == of);
            workloads.map(|object| workload(lab, cluster, object)).collect()
        }
        Kind::Endpoints => all_endpoints(cluster).iter().map(endpoints).collect(),
        Kind::ConfigMap => vec![proxies::config_map(lab)],
        Kind::Namespace => namespaces::rows(cluster),
    };
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    rows.iter_mut().for_each(|row| stored::complete(lab, kind, row));
    rows
}

pub(super) fn labels_text(labels: &BTreeMap<String, String>) -> String {
    if labels.is_empty() {
        return NONE.to_owned();
    }
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

fn or(text: String, empty: &str) -> String {
    if text.is_empty() { empty.to_owned() } else { text }
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(",")
}

fn service(service: &Service, wide: bool) -> Row {
    let internal = match service.cluster_ips.first() {
        Some(address) => address.to_string(),
        // Headless: its address is the word; a Service that is a name has none.
        None if service.service_type == ServiceType::ExternalName => NONE.to_owned(),
        None => "None".to_owned(),
    };
    let port = |port: &crate::k8s::ServicePort| match port.node_port {
        Some(node_port) => format!("{}:{node_port}/{}", port.port, protocol(port.protocol)),
        None => format!("{}/{}", port.port, protocol(port.protocol)),
    };
    let ports = or(joined(service.ports.iter().map(port)), NONE);
    let mut cells =
        vec![service.service_type.name().to_owned(), internal, external(service, wide), ports, UNKNOWN.to_owned()];
    if wide {
        cells.push(labels_text(&service.selector));
    }
    Row { name: service.name.clone(), labels: service.labels.clone(), cells, json: write::service(service) }
}

pub(super) fn protocol(protocol: crate::net::Protocol) -> String {
    protocol.to_string().to_ascii_uppercase()
}

/// `getServiceExternalIP`
fn external(service: &Service, wide: bool) -> String {
    /// `loadBalancerWidth`
    const WIDTH: usize = 16;
    let own = joined(&service.external_ips);
    match service.service_type {
        ServiceType::ClusterIp | ServiceType::NodePort => or(own, NONE),
        ServiceType::LoadBalancer => {
            let ingress = service.load_balancer_ingress.iter();
            let names: BTreeSet<String> = ingress
                .filter_map(|ingress| {
                    ingress.address.map(|address| address.to_string()).or_else(|| ingress.hostname.clone())
                })
                .collect();
            let mut balancers = joined(names);
            if !wide && balancers.len() > WIDTH {
                balancers.truncate(WIDTH - 3);
                balancers.push_str("...");
            }
            or(joined([balancers, own].into_iter().filter(|text| !text.is_empty())), "<pending>")
        }
        ServiceType::ExternalName => service.external_name.clone().unwrap_or_default(),
    }
}

/// `listWithMoreString`
fn first_three(items: Vec<String>, empty: &str) -> String {
    const MOST: usize = 3;
    match items.len() {
        0 => empty.to_owned(),
        count if count > MOST => format!("{} + {} more...", items[..MOST].join(","), count - MOST),
        _ => items.join(","),
    }
}

fn slice(slice: &EndpointSlice) -> Row {
    let family = match slice.address_type {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    };
    let ports = slice
        .ports
        .iter()
        .map(|port| port.port.map_or_else(|| or(port.name.to_string(), "*"), |port| port.to_string()));
    let addresses = slice.endpoints.iter().flat_map(|endpoint| &endpoint.addresses).map(ToString::to_string);
    let cells = vec![
        family.to_owned(),
        first_three(ports.collect(), "<unset>"),
        first_three(addresses.collect(), "<unset>"),
        UNKNOWN.to_owned(),
    ];
    Row { name: slice.name.clone(), labels: slice.labels.clone(), cells, json: write::endpoint_slice(slice) }
}

fn pod(pod: &Pod, wide: bool) -> Row {
    let status = match pod.status.phase {
        _ if pod.is_deleting => "Terminating",
        PodPhase::Pending => "Pending",
        PodPhase::Running => "Running",
        PodPhase::Succeeded => "Completed",
        PodPhase::Failed => "Error",
    };
    let ready = if pod.status.is_ready && !pod.is_terminal() { "1/1" } else { "0/1" };
    let mut cells = [ready, status, "0", UNKNOWN].map(str::to_owned).to_vec();
    if wide {
        cells.push(pod.status.pod_ips.first().map_or_else(|| NONE.to_owned(), ToString::to_string));
        cells.push(pod.spec.node_name.as_deref().unwrap_or(NONE).to_owned());
        cells.extend([NONE, NONE].map(str::to_owned));
    }
    Row { name: pod.name.clone(), labels: pod.labels.clone(), cells, json: write::pod(pod) }
}

fn node(node: &Node, wide: bool) -> Row {
    let ready = if node.is_ready { "Ready" } else { "NotReady" };
    let status = if node.is_unschedulable { format!("{ready},SchedulingDisabled") } else { ready.to_owned() };
    let info = &node.info;
    let version = info.kubelet_version.as_deref().unwrap_or(stored::VERSION);
    let mut cells = vec![status, roles(node), UNKNOWN.to_owned(), version.to_owned()];
    if wide {
        cells.push(node.internal_ips.first().map_or_else(|| NONE.to_owned(), ToString::to_string));
        let known = |text: &Option<Arc<str>>| text.as_deref().unwrap_or(UNKNOWN).to_owned();
        let architecture = info.architecture.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        cells.push(NONE.to_owned());
        cells.push(known(&info.os_image));
        cells.push(known(&info.kernel_version) + &architecture);
        cells.push(known(&info.container_runtime_version));
    }
    let name = NamespacedName { namespace: "".into(), name: node.name.clone() };
    Row { name, labels: node.labels.clone(), cells, json: write::node(node) }
}

/// `findNodeRoles`
pub(super) fn roles(node: &Node) -> String {
    let roles: BTreeSet<&str> = node
        .labels
        .iter()
        .filter_map(|(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
            Some(role) => Some(role),
            None => (key == "kubernetes.io/role").then_some(value.as_str()),
        })
        .filter(|role| !role.is_empty())
        .collect();
    or(joined(roles), NONE)
}

fn workload(lab: &Lab, cluster: &Cluster, workload: &Workload) -> Row {
    let owned = |owner: &Owner| -> Vec<&Pod> {
        let is_owned = |pod: &&Pod| {
            pod.owner.as_ref() == Some(owner) && pod.name.namespace == workload.name.namespace && pod.is_active()
        };
        cluster.pods.iter().filter(is_owned).collect()
    };
    let ready = |pods: &[&Pod]| pods.iter().filter(|pod| pod.status.is_ready).count();
    let desired = workload.replicas().unwrap_or_default();
    let own = owned(&workload.as_owner());
    let (cells, status) = match workload.kind() {
        WorkloadKind::Deployment => {
            let sets = cluster.workloads.iter().filter(|set| {
                set.owner.as_ref() == Some(&workload.as_owner()) && set.name.namespace == workload.name.namespace
            });
            let is_newest = |set: &Workload| {
                set.template.annotations == workload.template.annotations && set.template.spec == workload.template.spec
            };
            let of_sets: Vec<(bool, Vec<&Pod>)> = sets.map(|set| (is_newest(set), owned(&set.as_owner()))).collect();
            let all: Vec<&Pod> = of_sets.iter().flat_map(|(_, pods)| pods.iter().copied()).collect();
            let updated: usize = of_sets.iter().filter(|(newest, _)| *newest).map(|(_, pods)| pods.len()).sum();
            let ready = ready(&all);
            let cells = vec![format!("{ready}/{desired}"), updated.to_string(), ready.to_string()];
            (cells, stored::deployment(all.len(), ready, updated))
        }
        WorkloadKind::ReplicaSet => {
            let ready = ready(&own);
            (vec![desired.to_string(), own.len().to_string(), ready.to_string()], stored::replicas(own.len(), ready))
        }
        WorkloadKind::StatefulSet => {
            let ready = ready(&own);
            let revisions = lab.controllers.revisions(workload, cluster);
            (vec![format!("{ready}/{desired}")], stored::stateful(&own, ready, &revisions))
        }
        WorkloadKind::DaemonSet => {
            // The oldest of each node (`updateDaemonSetStatus`).
            let mut nodes = BTreeSet::new();
            let oldest: Vec<&Pod> = own.into_iter().filter(|pod| nodes.insert(pod.spec.node_name.as_ref())).collect();
            let revisions = lab.controllers.revisions(workload, cluster);
            let is_new = |pod: &&&Pod| revisions.update().has_made(pod);
            let (count, ready, updated) = (oldest.len(), ready(&oldest), oldest.iter().filter(is_new).count());
            let cells = [count, count, ready, updated, ready].map(|number| number.to_string());
            let selector = labels_text(&workload.template.spec.node_selector);
            (cells.into_iter().chain([selector]).collect(), stored::daemons(count, ready, updated))
        }
    };
    let cells = cells.into_iter().chain([UNKNOWN.to_owned()]).collect();
    let mut json = write::workload(workload);
    json["status"] = status;
    Row { name: workload.name.clone(), labels: workload.labels.clone(), cells, json }
}

/// The ready addresses with a port of a Service, of its first family.
pub(super) fn ready_endpoints(cluster: &Cluster, service: &Service, port_name: &str) -> Vec<Endpoint> {
    let family = service.ip_families.first().copied().unwrap_or(Family::V4);
    let slices =
        cluster.endpoint_slices.iter().filter(|slice| slice.belongs_to(&service.name) && slice.address_type == family);
    let mut found = BTreeSet::new();
    for slice in slices {
        let ports = slice.ports.iter().filter(|port| *port.name == *port_name);
        for port in ports.filter_map(|port| port.port) {
            let ready = slice.endpoints.iter().filter(|endpoint| endpoint.is_ready());
            found.extend(ready.flat_map(|endpoint| &endpoint.addresses).map(|address| Endpoint::new(*address, port)));
        }
    }
    found.into_iter().collect()
}

pub(super) fn endpoints_text(endpoints: &[Endpoint]) -> String {
    first_three(endpoints.iter().map(ToString::to_string).collect(), NONE)
}

/// Those that the endpoints controller makes, and those of somebody else.
pub(super) fn all_endpoints(cluster: &Cluster) -> Vec<Endpoints> {
    let made: Vec<Endpoints> =
        cluster.services.iter().filter_map(|service| controllers::endpoints(cluster, service)).collect();
    let is_made = |given: &&Endpoints| made.iter().any(|made| made.name == given.name);
    let given: Vec<Endpoints> = cluster.endpoints.iter().filter(|given| !is_made(given)).cloned().collect();
    [made, given].concat()
}

/// `formatEndpoints`
fn endpoints(endpoints: &Endpoints) -> Row {
    let addresses = |subset: &EndpointSubset| -> Vec<String> {
        let ips = || subset.addresses.iter().map(|address| address.ip);
        if subset.ports.is_empty() {
            return ips().map(|ip| ip.to_string()).collect();
        }
        let ports = subset.ports.iter().filter_map(|port| port.port);
        ports.flat_map(|port| ips().map(move |ip| Endpoint::new(ip, port).to_string())).collect()
    };
    let text = match endpoints.subsets.as_slice() {
        [] => NONE.to_owned(),
        subsets => first_three(subsets.iter().flat_map(addresses).collect(), ""),
    };
    Row {
        name: endpoints.name.clone(),
        labels: endpoints.labels.clone(),
        cells: vec![text, UNKNOWN.to_owned()],
        json: write::endpoints(endpoints),
    }
}

/// Whether an object has the labels that `-l` asks for: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`,
/// joined by commas.
pub(super) fn has_labels(labels: &Labels, selector: &str) -> bool {
    requirements(selector).into_iter().all(|part| {
        let value = |key: &str| labels.get(key.trim()).map(String::as_str);
        if let Some((key, values)) = part.split_once(" notin ") {
            value(key).is_none_or(|value| !is_among(value, values))
        } else if let Some((key, values)) = part.split_once(" in ") {
            value(key).is_some_and(|value| is_among(value, values))
        } else if let Some((key, wanted)) = part.split_once("!=") {
            value(key) != Some(wanted.trim())
        } else if let Some((key, wanted)) = part.split_once("==").or_else(|| part.split_once('=')) {
            value(key) == Some(wanted.trim())
        } else if let Some(key) = part.strip_prefix('!') {
            value(key).is_none()
        } else {
            value(part).is_some()
        }
    })
}

/// The parts between commas that stand in no parentheses.
fn requirements(selector: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    let parts = selector.split(|sign| {
        match sign {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        sign == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn is_among(value: &str, values: &str) -> bool {
    let inner = values.trim().trim_start_matches('(').trim_end_matches(')');
    inner.split(',').any(|one| one.trim() == value)
}
