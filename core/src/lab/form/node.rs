//! The fields of a Node that can be changed while it runs.

use serde_json::{Value, json};

use super::{Control, Input};
use crate::k8s::Node;
use crate::message;
use crate::message::Message;

pub(super) const ZONE: &str = "metadata.labels[topology.kubernetes.io/zone]";
pub(super) const ZONE_WHAT: Message = message!("field-node-zone");

pub(super) fn controls(node: &Node) -> Vec<Control> {
    let cpu = node.allocatable_cpu.map(|cpu| format!("{cpu}m")).unwrap_or_default();
    vec![
        Control::new(ZONE, ZONE_WHAT, Input::Text(node.zone().unwrap_or_default().to_owned())),
        Control::new("status.allocatable.cpu", message!("field-node-cpu"), Input::Text(cpu)),
    ]
}

/// None where a Node has no such field.
pub(super) fn patch(_: &Node, path: &str, value: &str) -> Option<Value> {
    let given = if value.is_empty() { Value::Null } else { json!(value) };
    match path {
        ZONE => Some(json!({ "metadata": { "labels": { Node::ZONE_LABEL: given } } })),
        "status.allocatable.cpu" => Some(json!({ "status": { "allocatable": { "cpu": given } } })),
        _ => None,
    }
}
