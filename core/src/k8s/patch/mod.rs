//! A change to a Service that the API server takes or refuses: what `kubectl patch --type merge` sends.
//!
//! In: a cluster, the name of a Service and a JSON merge patch (RFC 7386). Out: the Service as the API server (v1.36)
//! would keep it, or why it refuses. Left out on purpose: `--subresource`, so that one patch may change the status, too.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Cluster, NamespacedName, Service, parse, write};
use crate::source::Severity;

/// The Service after the patch.
///
/// # Errors
/// What the API server would say; each a sentence.
pub fn patched(cluster: &Cluster, name: &NamespacedName, patch: &Value) -> Result<Service, Vec<String>> {
    let old = cluster.services.iter().find(|service| service.name == *name);
    let old = old.ok_or_else(|| vec![format!("services {:?} not found", name.name)])?;
    let before = write::service(old);
    let mut after = before.clone();
    merge(&mut after, patch);
    check_immutable(&before, &after)?;
    settle(&before, &mut after);
    // Free node ports are those that no other Service has.
    let takes_ports = |service: &&Service| {
        let ports = service.ports.iter().any(|port| port.node_port.is_some());
        service.name != *name && (ports || service.health_check_node_port.is_some())
    };
    let items: Vec<Value> = cluster.services.iter().filter(takes_ports).map(write::service).chain([after]).collect();
    let parsed = parse(&json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string());
    let errors: Vec<String> = parsed
        .diagnostics
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| diagnostic.message)
        .collect();
    let found = parsed.cluster.services.into_iter().find(|service| service.name == *name);
    found.filter(|_| errors.is_empty()).ok_or(errors)
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

/// What makes a Service this one (`ValidateServiceUpdate`).
fn check_immutable(before: &Value, after: &Value) -> Result<(), Vec<String>> {
    let differs = |path: &str| before.pointer(path) != after.pointer(path);
    let mut refused = Vec::new();
    for path in ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace"] {
        if differs(path) {
            refused.push(format!("{}: Invalid value: field is immutable", dotted(path)));
        }
    }
    let had_address = before.pointer("/spec/type") != Some(&json!("ExternalName"));
    if had_address && (differs("/spec/clusterIP") || differs("/spec/clusterIPs")) {
        refused.push("spec.clusterIPs[0]: Invalid value: may not change once set".to_owned());
    }
    if refused.is_empty() { Ok(()) } else { Err(refused) }
}

fn dotted(path: &str) -> String {
    path.trim_start_matches('/').replace('/', ".")
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

    use super::{NamespacedName, Service, patched, write};
    use crate::k8s::{Cluster, ServiceType, TrafficPolicy, parse};
    use crate::lab::WEB_SHOP;

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
