//! Objects and changes that the API server takes or refuses: what `kubectl create` and `kubectl patch --type merge` send.
//!
//! In: a cluster, and an object as JSON or the name of one with a JSON merge patch (RFC 7386). Out: the object as the
//! API server (v1.36) would keep it, or why it refuses. Left out on purpose: `--subresource`, so that one patch may
//! change the status, too.

mod immutable;
mod service;

use serde_json::{Map, Value, json};

use super::{
    Cluster, Created, KubeProxyConfiguration, NamespacedName, Parsed, Resource, Service, Workload, WorkloadKind, parse,
    write,
};
use crate::source::{Diagnostic, Severity};
use immutable::check_immutable;
pub(crate) use service::health_check_refused;

/// A new object.
///
/// # Errors
/// What the API server would say; each a sentence.
pub fn created(cluster: &Cluster, manifest: &str) -> Result<Created, Vec<String>> {
    let mut object: Value = serde_json::from_str(manifest).map_err(|error| vec![error.to_string()])?;
    let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default();
    let known = Resource::ALL.into_iter().find(|resource| resource.kind() == kind);
    let resource = known.ok_or_else(|| vec![format!("the lab creates no {kind:?}")])?;
    let place = |field: &str| object.pointer(&format!("/metadata/{field}")).and_then(Value::as_str);
    let namespace = if resource == Resource::Node { "" } else { place("namespace").unwrap_or("default") };
    let name = NamespacedName::new(namespace, place("name").unwrap_or_default());
    let beside = if resource == Resource::Service {
        service::create(cluster, &mut object)?;
        // Its addresses and ports are to be like no other's.
        cluster.services.iter().filter(|service| service.name != name).map(write::service).collect()
    } else {
        Vec::new()
    };
    if resource == Resource::Node {
        check_addresses(cluster, &object)?;
    }
    let given = node_ports(cluster, resource, None, &object);
    // Only what is valid is given anything.
    let created = read(beside, object, resource, &name)?;
    given.map(|()| created)
}

/// An object after the patch.
///
/// # Errors
/// As [`created`].
pub fn patched(
    cluster: &Cluster,
    resource: Resource,
    name: &NamespacedName,
    patch: &Value,
) -> Result<Created, Vec<String>> {
    let before = written(cluster, resource, name)
        .ok_or_else(|| vec![format!("{}s {:?} not found", resource.name(), name.name)])?;
    let mut after = before.clone();
    merge(&mut after, patch);
    check_immutable(resource, &before, &after)?;
    let mut beside = Vec::new();
    if resource == Resource::Service {
        service::update(cluster, &before, &mut after)?;
        let needs_address = service::needs_address(&after);
        // What is free is what no other Service has.
        let takes = |service: &&Service| {
            let ports = service.ports.iter().any(|port| port.node_port.is_some());
            service.name != *name && (needs_address || ports || service.health_check_node_port.is_some())
        };
        beside.extend(cluster.services.iter().filter(takes).map(write::service));
    }
    let given = node_ports(cluster, resource, Some(&before), &after);
    let patched = read(beside, after, resource, name)?;
    given.map(|()| patched)
}

fn node_ports(cluster: &Cluster, resource: Resource, before: Option<&Value>, after: &Value) -> Result<(), Vec<String>> {
    if resource == Resource::Service { service::check_node_ports(cluster, before, after) } else { Ok(()) }
}

/// kube-proxy's configuration after a patch, of the defaults where there was none.
///
/// # Errors
/// What kube-proxy would say when it starts with it, or why it does not.
pub fn configured(
    configuration: Option<&KubeProxyConfiguration>,
    patch: &Value,
) -> Result<KubeProxyConfiguration, Misconfigured> {
    let bare = || json!({ "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration" });
    let mut after = configuration.map_or_else(bare, write::configuration);
    merge(&mut after, patch);
    let Parsed { cluster, diagnostics, .. } = parse(&after.to_string());
    let starts = diagnostics.iter().all(|one| one.severity != Severity::Error);
    // What would be passed over with a warning was meant nevertheless.
    let said = sentences(diagnostics, |severity| severity != Severity::Note);
    cluster.proxy_configuration.filter(|_| said.is_empty()).ok_or(Misconfigured { said, starts })
}

/// What kube-proxy says to a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misconfigured {
    /// Each a sentence.
    pub said: Vec<String>,
    /// Whether it goes on without what is wrong.
    pub starts: bool,
}

/// Reads an object beside others of its kind.
fn read(beside: Vec<Value>, object: Value, resource: Resource, name: &NamespacedName) -> Result<Created, Vec<String>> {
    let items: Vec<Value> = beside.into_iter().chain([object]).collect();
    let Parsed { cluster, diagnostics, .. } =
        parse(&json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string());
    let said = sentences(diagnostics, |severity| severity == Severity::Error);
    if !said.is_empty() {
        return Err(said);
    }
    let is_it = |other: &NamespacedName| other == name;
    let found = match resource {
        Resource::Service => {
            let mut all = cluster.services.into_iter();
            all.find(|service| is_it(&service.name)).map(|service| Created::Service(Box::new(service)))
        }
        Resource::EndpointSlice => {
            cluster.endpoint_slices.into_iter().next().map(|slice| Created::EndpointSlice(Box::new(slice)))
        }
        Resource::Workload(_) => {
            cluster.workloads.into_iter().next().map(|workload| Created::Workload(Box::new(workload)))
        }
        Resource::Pod => cluster.pods.into_iter().next().map(|pod| Created::Pod(Box::new(pod))),
        Resource::Node => cluster.nodes.into_iter().next().map(|node| Created::Node(Box::new(node))),
    };
    found.ok_or_else(|| vec![format!("there is no {} in it", resource.kind())])
}

fn sentences(diagnostics: Vec<Diagnostic>, counts: impl Fn(Severity) -> bool) -> Vec<String> {
    diagnostics.into_iter().filter(|one| counts(one.severity)).map(|one| one.message.to_string()).collect()
}

fn written(cluster: &Cluster, resource: Resource, name: &NamespacedName) -> Option<Value> {
    let workload = |kind: WorkloadKind| {
        let is_it = |workload: &&Workload| workload.kind() == kind && workload.name == *name;
        cluster.workloads.iter().find(is_it).map(write::workload)
    };
    match resource {
        Resource::Service => cluster.services.iter().find(|one| one.name == *name).map(write::service),
        Resource::EndpointSlice => {
            cluster.endpoint_slices.iter().find(|one| one.name == *name).map(write::endpoint_slice)
        }
        Resource::Workload(kind) => workload(kind),
        Resource::Pod => cluster.pods.iter().find(|one| one.name == *name).map(write::pod),
        Resource::Node => cluster.nodes.iter().find(|one| one.name == name.name).map(write::node),
    }
}

/// A machine needs an address that no other has: the lab could not tell them apart.
fn check_addresses(cluster: &Cluster, node: &Value) -> Result<(), Vec<String>> {
    let entries = node.pointer("/status/addresses").and_then(Value::as_array).into_iter().flatten();
    let addresses: Vec<&str> = entries.filter_map(|entry| entry.get("address")?.as_str()).collect();
    if addresses.is_empty() {
        return Err(vec!["status.addresses: Required value: the lab needs an address of the node".to_owned()]);
    }
    let owner = |address: &&str| {
        let address = address.parse().ok()?;
        cluster.nodes.iter().find(|node| node.internal_ips.contains(&address))
    };
    match addresses.iter().find_map(|address| Some((address, owner(address)?))) {
        Some((address, owner)) => {
            Err(vec![format!("status.addresses: Invalid value: {address:?}: {} has this address", owner.name)])
        }
        None => Ok(()),
    }
}

/// A value with a merge patch in it.
pub fn merged(before: &Value, patch: &Value) -> Value {
    let mut after = before.clone();
    merge(&mut after, patch);
    after
}

/// RFC 7386: objects are merged, null takes a field away, and everything else is put in place of what was there.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(object) = target.as_object_mut() else {
        return;
    };
    for (key, value) in fields {
        if value.is_null() {
            object.remove(key);
        } else {
            merge(object.entry(key.as_str()).or_insert(Value::Null), value);
        }
    }
}
