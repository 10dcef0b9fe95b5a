//! What the API server asks of a Service beyond what a pasted one is read by: pkg/apis/core/validation, and who has which
//! address and node port (pkg/registry/core/service/storage/alloc.go).

use serde_json::{Value, json};

use crate::k8s::{Cluster, NamespacedName, Service, out_of_range};

/// With the numbers that Go has where none are written, and `SetDefaults_Service`'s targets.
pub(super) fn filled_in(mut object: Value) -> Value {
    let ports = object.pointer_mut("/spec/ports").and_then(Value::as_array_mut).into_iter().flatten();
    for port in ports.filter_map(Value::as_object_mut) {
        if port.get("port").is_none_or(Value::is_null) {
            port.insert("port".to_owned(), json!(0));
        }
    }
    object
}

/// `patchAllocatedValues`: what a Service was given and its next version does not name.
pub(super) fn keep_allocated(object: &mut Value, before: &Value) {
    const OF_ADDRESSES: [&str; 4] = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"];
    let kind = |of: &Value| of.pointer("/spec/type").and_then(Value::as_str).unwrap_or("ClusterIP").to_owned();
    let (old, new) = (kind(before), kind(object));
    let has_node_ports = |kind: &str| matches!(kind, "NodePort" | "LoadBalancer");
    let node_port = |port: &Value| {
        let is_it = |known: &&Value| ["port", "protocol"].iter().all(|field| same(known, port, field));
        ports(before).map(|(_, known)| known).find(is_it)?.get("nodePort").cloned()
    };
    let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) else { return };
    let is_empty = |value: Option<&Value>| value.is_none_or(|value| value.is_null() || value == "");
    if old != "ExternalName" && new != "ExternalName" && is_empty(spec.get("clusterIP")) {
        for field in OF_ADDRESSES {
            if let Some(value) = before["spec"].get(field).filter(|_| is_empty(spec.get(field))) {
                spec.insert(field.to_owned(), value.clone());
            }
        }
    }
    if has_node_ports(&old) && has_node_ports(&new) {
        for port in spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
            if let (None, Some(number)) = (port.get("nodePort"), node_port(port)) {
                port["nodePort"] = number;
            }
        }
    }
}

fn same(one: &Value, other: &Value, field: &str) -> bool {
    let default = if field == "protocol" { json!("TCP") } else { Value::Null };
    one.get(field).unwrap_or(&default) == other.get(field).unwrap_or(&default)
}

/// All that is wrong with a Service: `read` is what its reader said, which stops at the first flaw of a port.
pub(super) fn invalid(object: &Value, read: Vec<String>) -> Vec<String> {
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    let head = format!("Service {name:?} is invalid: ");
    let mut said: Vec<String> = ports(object)
        .flat_map(|(place, port)| port_flaws(port).map(move |flaw| format!("spec.ports[{place}].{flaw}")))
        .map(|flaw| format!("{head}{flaw}"))
        .collect();
    for sentence in read {
        // Whether a node port is one, the allocator says, and so of one for health checks.
        let is_allocators = sentence.contains("].nodePort: Invalid value: ") || sentence.starts_with("Internal error");
        if !is_allocators && !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said.sort_by_key(|sentence| rank(sentence.strip_prefix(&head).unwrap_or(sentence)));
    said
}

fn ports(object: &Value) -> impl Iterator<Item = (usize, &Value)> {
    object.pointer("/spec/ports").and_then(Value::as_array).into_iter().flatten().enumerate()
}

/// `validateServicePort`, as far as numbers go.
fn port_flaws(port: &Value) -> impl Iterator<Item = String> {
    let number = |field: &str| port.get(field).and_then(Value::as_i64);
    let own = number("port").unwrap_or_default();
    let target = match port.get("targetPort") {
        Some(Value::String(text)) if !text.is_empty() => None,
        _ => number("targetPort").filter(|target| *target != 0).or(Some(own)),
    };
    let flaw = |field: &str, number: Option<i64>| {
        let number = number.filter(|number| !(1..=65535).contains(number))?;
        Some(format!("{field}: Invalid value: {number}: must be between 1 and 65535, inclusive"))
    };
    [flaw("port", Some(own)), flaw("targetPort", target)].into_iter().flatten()
}

/// The order of `validateService`: metadata, each port, the rest.
fn rank(flaw: &str) -> (u8, usize, usize) {
    const OF_A_PORT: [&str; 4] = ["name", "port", "protocol", "targetPort"];
    if flaw.starts_with("metadata") {
        return (0, 0, 0);
    }
    let port = flaw.strip_prefix("spec.ports[").and_then(|rest| rest.split_once("]."));
    let field = port.and_then(|(place, rest)| Some((place.parse().ok()?, rest.split(':').next()?)));
    match field.and_then(|(place, field)| Some((place, OF_A_PORT.iter().position(|known| *known == field)?))) {
        Some((place, field)) => (1, place, field),
        None => (2, 0, 0),
    }
}

/// Why a valid Service does not get the addresses and node ports that it asks for. What it had `before`, it keeps.
pub(super) fn unallocated(cluster: &Cluster, name: &str, object: &Value, before: Option<&Service>) -> Option<String> {
    let others = || cluster.services.iter().filter(|other| before.is_none_or(|before| before.name != other.name));
    let asked = object.pointer("/spec/clusterIPs").and_then(Value::as_array).cloned();
    let first = || object.pointer("/spec/clusterIP").cloned().into_iter().collect();
    let addresses: Vec<Value> = asked.filter(|listed| !listed.is_empty()).unwrap_or_else(first);
    let taken = addresses.iter().filter_map(Value::as_str).find(|address| {
        let address = address.parse();
        address.is_ok_and(|address| others().any(|other| other.cluster_ips.contains(&address)))
    });
    let flaw = match taken {
        Some(address) => format!(
            "spec.clusterIPs: Invalid value: {}: failed to allocate IP {address}: provided IP is already allocated",
            Value::Array(addresses.clone())
        ),
        None => ports(object).find_map(|(place, port)| {
            let number = port.get("nodePort").and_then(Value::as_i64).filter(|number| *number != 0)?;
            let protocol = port.get("protocol").and_then(Value::as_str).unwrap_or("TCP");
            let has = |service: &Service| {
                let is_it = |port: &crate::k8s::ServicePort| {
                    port.node_port.map(i64::from) == Some(number)
                        && port.protocol.to_string().eq_ignore_ascii_case(protocol)
                };
                service.ports.iter().any(is_it)
            };
            let why = if before.is_some_and(has) {
                return None;
            } else if let Some(why) = out_of_range(cluster, number) {
                why
            } else if others().any(has) {
                "provided port is already allocated"
            } else {
                return None;
            };
            Some(format!("spec.ports[{place}].nodePort: Invalid value: {number}: {why}"))
        })?,
    };
    Some(format!("Service {name:?} is invalid: {flaw}"))
}

/// A cluster with one Service at most: its reader is to know of no other that has taken anything. Its nodes tell the
/// families of addresses.
pub(super) fn alone(cluster: &Cluster, name: &NamespacedName) -> Cluster {
    let services = cluster.services.iter().filter(|service| service.name == *name).cloned().collect();
    Cluster { services, nodes: cluster.nodes.clone(), ..Cluster::default() }
}
