//! What is typed into controls.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::k8s::ContainerPort;

pub(super) fn listed(items: impl IntoIterator<Item = impl ToString>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|word| !word.is_empty())
}

/// A number where it is one; the API server says what is wrong with everything else.
pub(super) fn number(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
}

/// null takes an empty list away.
pub(super) fn list(text: &str) -> Value {
    let items: Vec<&str> = words(text).collect();
    if items.is_empty() { Value::Null } else { json!(items) }
}

/// `app=web, tier=front`
pub(super) fn labels(labels: &BTreeMap<String, String>) -> String {
    listed(labels.iter().map(|(key, value)| format!("{key}={value}")))
}

/// Labels as they were typed. Those of before that are no longer there have to be taken away one by one.
pub(super) fn read_labels(before: &BTreeMap<String, String>, text: &str) -> Value {
    let mut labels: Map<String, Value> = before.keys().map(|key| (key.clone(), Value::Null)).collect();
    for word in words(text) {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        labels.insert(key.to_owned(), json!(value));
    }
    Value::Object(labels)
}

/// `http=8080, 53/udp`
pub(super) fn ports(ports: &[ContainerPort]) -> String {
    listed(ports.iter().map(|port| {
        let name = if port.name.is_empty() { String::new() } else { format!("{}=", port.name) };
        let protocol = port.protocol.to_string();
        let protocol = if protocol == "tcp" { String::new() } else { format!("/{protocol}") };
        format!("{name}{}{protocol}", port.port)
    }))
}

/// Ports of a container as they were typed.
pub(super) fn read_ports(text: &str) -> Vec<Value> {
    let read = |word: &str| {
        let (name, port) = word.split_once('=').map_or((None, word), |(name, port)| (Some(name), port));
        let (port, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        let mut entry = json!({ "containerPort": number(port), "protocol": protocol.to_uppercase() });
        if let Some(name) = name {
            entry["name"] = json!(name);
        }
        entry
    };
    words(text).map(read).collect()
}
