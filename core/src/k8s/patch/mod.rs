//! Objects and changes that the API server takes or refuses: what `kubectl create` and `kubectl patch --type merge` send.
//!
//! In: a cluster, and an object as JSON or the name of one with a JSON merge patch (RFC 7386). Out: the object as the
//! API server (v1.36) would keep it, or why it refuses. Left out on purpose: `--subresource`, so that one patch may
//! change the status, too.

mod immutable;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    Cluster, Created, KubeProxyConfiguration, NamespacedName, Parsed, Resource, Service, Workload, WorkloadKind, parse,
    write,
};
use crate::source::{Diagnostic, Severity};
use immutable::check_immutable;

/// A new object.
///
/// # Errors
/// What the API server would say; each a sentence.
pub fn created(cluster: &Cluster, manifest: &str) -> Result<Created, Vec<String>> {
    let object: Value = serde_json::from_str(manifest).map_err(|error| vec![error.to_string()])?;
    let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default();
    let known = Resource::ALL.into_iter().find(|resource| resource.kind() == kind);
    let resource = known.ok_or_else(|| vec![format!("the lab creates no {kind:?}")])?;
    let place = |field: &str| object.pointer(&format!("/metadata/{field}")).and_then(Value::as_str);
    let namespace = if resource == Resource::Node { "" } else { place("namespace").unwrap_or("default") };
    let name = NamespacedName::new(namespace, place("name").unwrap_or_default());
    let beside = if resource == Resource::Service {
        // Its addresses and ports are to be like no other's.
        cluster.services.iter().filter(|service| service.name != name).map(write::service).collect()
    } else {
        Vec::new()
    };
    if resource == Resource::Node {
        check_addresses(cluster, &object)?;
    }
    read(beside, object, resource, &name)
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
        settle(&before, &mut after);
        // Free node ports are those that no other Service has.
        let takes_ports = |service: &&Service| {
            let ports = service.ports.iter().any(|port| port.node_port.is_some());
            service.name != *name && (ports || service.health_check_node_port.is_some())
        };
        beside.extend(cluster.services.iter().filter(takes_ports).map(write::service));
    }
    read(beside, after, resource, name)
}

/// kube-proxy's configuration after a patch, of the defaults where there was none.
///
/// # Errors
/// What kube-proxy would say when it starts with it.
pub fn configured(
    configuration: Option<&KubeProxyConfiguration>,
    patch: &Value,
) -> Result<KubeProxyConfiguration, Vec<String>> {
    let bare = || json!({ "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration" });
    let mut after = configuration.map_or_else(bare, write::configuration);
    merge(&mut after, patch);
    let Parsed { cluster, diagnostics, .. } = parse(&after.to_string());
    // What would be passed over with a warning was meant nevertheless.
    let said = sentences(diagnostics, |severity| severity != Severity::Note);
    cluster.proxy_configuration.filter(|_| said.is_empty()).ok_or(said)
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

/// Takes away what the new type has no use for and the patch did not touch (`dropTypeDependentFields`), and gives a new
/// load balancer the default of its node ports.
fn settle(before: &Value, after: &mut Value) {
    let (old, new) = (Shape::of(before), Shape::of(after));
    let same = |path: &str| before.pointer(path) == after.pointer(path);
    let drops = [
        ("healthCheckNodePort", old.needs_health_check && !new.needs_health_check && same("/spec/healthCheckNodePort")),
        (
            "allocateLoadBalancerNodePorts",
            old.is_load_balancer && !new.is_load_balancer && same("/spec/allocateLoadBalancerNodePorts"),
        ),
        ("externalTrafficPolicy", old.is_external && !new.is_external && same("/spec/externalTrafficPolicy")),
        ("clusterIP", new.is_external_name && !old.is_external_name && same("/spec/clusterIP")),
        ("clusterIPs", new.is_external_name && !old.is_external_name && same("/spec/clusterIPs")),
        ("ipFamilies", new.is_external_name && !old.is_external_name && same("/spec/ipFamilies")),
        ("ipFamilyPolicy", new.is_external_name && !old.is_external_name && same("/spec/ipFamilyPolicy")),
    ];
    let drops_node_ports = old.needs_node_ports && !new.needs_node_ports && new.node_ports.is_subset(&old.node_ports);
    let Some(spec) = after.get_mut("spec").and_then(Value::as_object_mut) else {
        return;
    };
    for (field, _) in drops.iter().filter(|(_, goes)| *goes) {
        spec.remove(*field);
    }
    if drops_node_ports {
        let ports = spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten();
        ports.filter_map(Value::as_object_mut).for_each(|port| drop(port.remove("nodePort")));
    }
    if new.is_load_balancer {
        let becomes_one = !old.is_load_balancer;
        if becomes_one {
            spec.entry("allocateLoadBalancerNodePorts").or_insert(json!(true));
        }
    } else if let Some(object) = after.as_object_mut() {
        object.remove("status");
    }
}

/// What other fields depend on.
struct Shape {
    is_load_balancer: bool,
    is_external_name: bool,
    needs_node_ports: bool,
    needs_health_check: bool,
    is_external: bool,
    node_ports: BTreeSet<u64>,
}

impl Shape {
    fn of(service: &Value) -> Self {
        let text = |path: &str| service.pointer(path).and_then(Value::as_str);
        let kind = text("/spec/type").unwrap_or("ClusterIP");
        let is_load_balancer = kind == "LoadBalancer";
        let needs_node_ports = is_load_balancer || kind == "NodePort";
        let list = |path: &str| service.pointer(path).and_then(Value::as_array).into_iter().flatten();
        Self {
            is_load_balancer,
            is_external_name: kind == "ExternalName",
            needs_node_ports,
            needs_health_check: is_load_balancer && text("/spec/externalTrafficPolicy") == Some("Local"),
            is_external: needs_node_ports || list("/spec/externalIPs").next().is_some(),
            node_ports: list("/spec/ports").filter_map(|port| port.get("nodePort")?.as_u64()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{NamespacedName, write};
    use crate::k8s::{Cluster, Created, Resource, Service, ServiceType, TrafficPolicy, parse};
    use crate::lab::WEB_SHOP;

    fn patched(cluster: &Cluster, name: &NamespacedName, patch: &serde_json::Value) -> Result<Service, Vec<String>> {
        match super::patched(cluster, Resource::Service, name, patch)? {
            Created::Service(service) => Ok(*service),
            other => panic!("{other:?}"),
        }
    }

    fn shop() -> Cluster {
        let parsed = parse(WEB_SHOP);
        assert!(parsed.is_usable());
        parsed.cluster
    }

    fn of_type(cluster: &Cluster, kind: ServiceType) -> &Service {
        cluster.services.iter().find(|service| service.service_type == kind).expect("the example has one")
    }

    #[test]
    fn what_is_written_is_read_as_the_same_service() {
        for service in &shop().services {
            let text = write::service(service).to_string();
            assert_eq!(parse(&text).cluster.services.first(), Some(service), "{text}");
        }
    }

    #[test]
    fn a_type_takes_and_gives_node_ports() {
        let mut cluster = shop();
        let name: NamespacedName = of_type(&cluster, ServiceType::ClusterIp).name.clone();
        let exposed = patched(&cluster, &name, &json!({ "spec": { "type": "NodePort" } })).expect("a type");
        let taken: Vec<_> =
            cluster.services.iter().flat_map(|service| &service.ports).filter_map(|port| port.node_port).collect();
        for port in &exposed.ports {
            let given = port.node_port.expect("the API server gives one");
            assert!((30000..=32767).contains(&given) && !taken.contains(&given));
        }
        let place = cluster.services.iter().position(|service| service.name == name).expect("it is there");
        let before = std::mem::replace(&mut cluster.services[place], exposed);
        let back = patched(&cluster, &name, &json!({ "spec": { "type": "ClusterIP" } })).expect("a type");
        assert_eq!(back, before);
    }

    #[test]
    fn a_policy_that_needs_a_port_for_checks_gets_one() {
        let cluster = shop();
        let name = of_type(&cluster, ServiceType::ClusterIp).name.clone();
        let patch = json!({ "spec": { "type": "LoadBalancer", "externalTrafficPolicy": "Local" } });
        let service = patched(&cluster, &name, &patch).expect("a load balancer");
        assert_eq!(service.external_traffic_policy, TrafficPolicy::Local);
        assert!(service.health_check_node_port.is_some());
    }

    #[test]
    fn what_the_api_server_refuses_is_refused_in_its_words() {
        let cluster = shop();
        let name = of_type(&cluster, ServiceType::ClusterIp).name.clone();
        let refused = |patch| patched(&cluster, &name, &patch).expect_err("not to be had").join("; ");
        assert!(refused(json!({ "spec": { "clusterIP": "10.96.7.7" } })).contains("may not change once set"));
        assert!(refused(json!({ "metadata": { "name": "other" } })).contains("field is immutable"));
        assert!(refused(json!({ "spec": { "sessionAffinity": "Cookie" } })).contains("Unsupported value"));
        assert!(refused(json!({ "spec": { "externalTrafficPolicy": "Local" } })).contains("externalTrafficPolicy"));
        assert!(refused(json!({ "spec": { "ports": null } })).contains("spec.ports"));
        assert!(refused(json!(["no object"])).len() > 1);
    }
}
