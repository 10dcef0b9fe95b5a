//! The fields of a Deployment on which endpoints depend.

use serde_json::{Value, json};

use super::values::{labels, ports, read_labels, read_ports};
use super::{Control, Input};
use crate::controllers::Action;
use crate::k8s::{Controller, NamespacedName, Strategy, Workload, WorkloadKind};
use crate::message;
use crate::message::Message;

pub(super) const REPLICAS: &str = "spec.replicas";
pub(super) const LABELS: &str = "spec.template.metadata.labels";
pub(super) const PORTS: &str = "spec.template.spec.containers[0].ports";
pub(super) const PROBE: &str = "spec.template.spec.containers[0].readinessProbe";
pub(super) const NODES: &str = "spec.template.spec.nodeSelector";
const STRATEGY: &str = "spec.strategy.type";

pub(super) const REPLICAS_WHAT: Message = message!("field-deployment-replicas");
pub(super) const LABELS_WHAT: Message = message!("field-deployment-labels");
pub(super) const PORTS_WHAT: Message = message!("field-deployment-ports");
pub(super) const PROBE_WHAT: Message = message!("field-deployment-probe");
pub(super) const NODES_WHAT: Message = message!("field-deployment-nodes");

/// What the containers that the lab writes run; it serves on every port.
const IMAGE: &str = "registry.k8s.io/e2e-test-images/agnhost:2.53";

pub(super) fn controls(workload: &Workload) -> Vec<Control> {
    let spec = &workload.template.spec;
    let mut controls = vec![
        Control::new(REPLICAS, REPLICAS_WHAT, Input::Text(workload.replicas().unwrap_or_default().to_string())),
        Control::new(LABELS, LABELS_WHAT, Input::Text(labels(&workload.template.labels))),
        Control::new(PORTS, PORTS_WHAT, Input::Text(ports(&spec.ports))),
        Control::new(PROBE, PROBE_WHAT, Input::Toggle(spec.has_readiness_probe)),
        Control::new(NODES, NODES_WHAT, Input::Text(labels(&spec.node_selector))),
    ];
    if let Controller::Deployment { strategy, .. } = workload.controller {
        let chosen = if strategy == Strategy::Recreate { "Recreate" } else { "RollingUpdate" };
        let what = message!("field-deployment-strategy");
        controls.push(Control::new(STRATEGY, what, Input::choice(&["RollingUpdate", "Recreate"], chosen)));
    }
    controls
}

/// `kubectl scale`, where the path is that of the replicas and the value a number.
pub(super) fn scale(name: &NamespacedName, path: &str, value: &str) -> Option<Action> {
    let replicas = value.parse().ok().filter(|_| path == REPLICAS)?;
    Some(Action::Scale { kind: WorkloadKind::Deployment, name: name.clone(), replicas })
}

/// None where a Deployment has no such field.
pub(super) fn patch(workload: &Workload, path: &str, value: &str) -> Option<Value> {
    let spec = &workload.template.spec;
    let template = |spec: Value| json!({ "spec": { "template": { "spec": spec } } });
    Some(match path {
        REPLICAS => json!({ "spec": { "replicas": value } }),
        LABELS => {
            let labels = read_labels(&workload.template.labels, value);
            json!({ "spec": { "template": { "metadata": { "labels": labels } } } })
        }
        NODES => template(json!({ "nodeSelector": read_labels(&spec.node_selector, value) })),
        PORTS => template(json!({ "containers": [container(read_ports(value), spec.has_readiness_probe)] })),
        PROBE => template(json!({ "containers": [container(read_ports(&ports(&spec.ports)), value == "true")] })),
        STRATEGY if value == "Recreate" => json!({ "spec": { "strategy": { "type": value, "rollingUpdate": null } } }),
        STRATEGY => json!({ "spec": { "strategy": { "type": value } } }),
        _ => return None,
    })
}

/// A list of containers is replaced as a whole: the one that stands for all.
pub(super) fn container(ports: Vec<Value>, is_probed: bool) -> Value {
    let mut container = json!({ "name": "main", "image": IMAGE, "args": ["netexec"] });
    if is_probed {
        let port = ports.first().map(|port| port["containerPort"].clone());
        container["readinessProbe"] = match port {
            Some(port) => json!({ "tcpSocket": { "port": port } }),
            None => json!({ "exec": { "command": ["true"] } }),
        };
    }
    container["ports"] = json!(ports);
    container
}
