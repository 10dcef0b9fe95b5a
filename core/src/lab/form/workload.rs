//! The fields of a workload on which endpoints depend: those whose change its controller carries out here.

use serde_json::{Value, json};

use super::values::{labels, number, ports, read_labels, read_ports};
use super::{Control, Input};
use crate::controllers::Action;
use crate::k8s::{
    Controller, CountOrPercent, DaemonSetUpdate, NamespacedName, StatefulSetUpdate, Strategy, Workload, WorkloadKind,
};
use crate::message;
use crate::message::Message;

pub(super) const REPLICAS: &str = "spec.replicas";
pub(super) const LABELS: &str = "spec.template.metadata.labels";
pub(super) const PORTS: &str = "spec.template.spec.containers[0].ports";
pub(super) const PROBE: &str = "spec.template.spec.containers[0].readinessProbe";
pub(super) const NODES: &str = "spec.template.spec.nodeSelector";
const STRATEGY: &str = "spec.strategy.type";
const FIRST_ORDINAL: &str = "spec.ordinals.start";
const UPDATE: &str = "spec.updateStrategy.type";
const PARTITION: &str = "spec.updateStrategy.rollingUpdate.partition";
const MAX_UNAVAILABLE: &str = "spec.updateStrategy.rollingUpdate.maxUnavailable";
const MAX_SURGE: &str = "spec.updateStrategy.rollingUpdate.maxSurge";

pub(super) const REPLICAS_WHAT: Message = message!("field-deployment-replicas");
pub(super) const LABELS_WHAT: Message = message!("field-deployment-labels");
pub(super) const PORTS_WHAT: Message = message!("field-deployment-ports");
pub(super) const PROBE_WHAT: Message = message!("field-deployment-probe");
pub(super) const NODES_WHAT: Message = message!("field-deployment-nodes");

/// What the containers that the lab writes run; it serves on every port.
const IMAGE: &str = "registry.k8s.io/e2e-test-images/agnhost:2.53";

pub(super) fn controls(workload: &Workload) -> Vec<Control> {
    let replicas = |count: u32| Control::new(REPLICAS, REPLICAS_WHAT, Input::Text(count.to_string()));
    match workload.controller {
        Controller::Deployment { replicas: count, strategy, .. } => {
            let mut controls = vec![replicas(count)];
            controls.extend(template(workload));
            let chosen = if strategy == Strategy::Recreate { "Recreate" } else { "RollingUpdate" };
            let what = message!("field-deployment-strategy");
            controls.push(Control::new(STRATEGY, what, Input::choice(&["RollingUpdate", "Recreate"], chosen)));
            controls
        }
        Controller::StatefulSet { replicas: count, first_ordinal, update, .. } => {
            let first = Input::Text(first_ordinal.to_string());
            let mut controls =
                vec![replicas(count), Control::new(FIRST_ORDINAL, message!("field-stateful-first"), first)];
            controls.extend(template(workload));
            controls.extend(stateful_set_update(update));
            controls
        }
        Controller::ReplicaSet { replicas: count } => vec![replicas(count), fixed_labels(workload)],
        Controller::DaemonSet { update } => template(workload).into_iter().chain(daemon_set_update(update)).collect(),
    }
}

fn stateful_set_update(update: StatefulSetUpdate) -> Vec<Control> {
    let mut controls = vec![update_type(update == StatefulSetUpdate::OnDelete)];
    if let StatefulSetUpdate::RollingUpdate { partition } = update {
        let partition = Input::Text(partition.unwrap_or(0).to_string());
        controls.push(Control::new(PARTITION, message!("field-stateful-partition"), partition));
    }
    controls
}

fn daemon_set_update(update: DaemonSetUpdate) -> Vec<Control> {
    let none = CountOrPercent::Count(0);
    let (unavailable, surge) = match update {
        DaemonSetUpdate::OnDelete => return vec![update_type(true)],
        DaemonSetUpdate::Replace { max_unavailable } => (max_unavailable, none),
        DaemonSetUpdate::Surge { max_surge } => (none, max_surge),
    };
    let number = |path, what, share: CountOrPercent| Control::new(path, what, Input::Text(share.to_string()));
    vec![
        update_type(false),
        number(MAX_UNAVAILABLE, message!("field-daemon-unavailable"), unavailable),
        number(MAX_SURGE, message!("field-daemon-surge"), surge),
    ]
}

fn update_type(on_delete: bool) -> Control {
    let chosen = if on_delete { "OnDelete" } else { "RollingUpdate" };
    Control::new(UPDATE, message!("field-update-strategy"), Input::choice(&["RollingUpdate", "OnDelete"], chosen))
}

/// A change of it rolls out, which that of a ReplicaSet's does not.
fn template(workload: &Workload) -> [Control; 4] {
    let spec = &workload.template.spec;
    [
        Control::new(LABELS, LABELS_WHAT, Input::Text(labels(&workload.template.labels))),
        Control::new(PORTS, PORTS_WHAT, Input::Text(ports(&spec.ports))),
        Control::new(PROBE, PROBE_WHAT, Input::Toggle(spec.has_readiness_probe)),
        Control::new(NODES, NODES_WHAT, Input::Text(labels(&spec.node_selector))),
    ]
}

fn fixed_labels(workload: &Workload) -> Control {
    Control::new(LABELS, message!("field-template-labels"), Input::Fixed(labels(&workload.template.labels)))
}

/// `kubectl scale`, where the path is that of the replicas and the value a number.
pub(super) fn scale(kind: WorkloadKind, name: &NamespacedName, path: &str, value: &str) -> Option<Action> {
    let replicas = value.parse().ok().filter(|_| path == REPLICAS)?;
    Some(Action::Scale { kind, name: name.clone(), replicas })
}

/// None where it has no such field.
pub(super) fn patch(workload: &Workload, path: &str, value: &str) -> Option<Value> {
    if !controls(workload).iter().any(|control| control.path == path) {
        return None;
    }
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
        FIRST_ORDINAL => json!({ "spec": { "ordinals": { "start": number(value) } } }),
        UPDATE if value == "OnDelete" => update_strategy(json!({ "type": value, "rollingUpdate": null })),
        // Of itself the API server leaves the partition out where the type is given.
        UPDATE if is_stateful_on_delete(workload) => {
            update_strategy(json!({ "type": value, "rollingUpdate": { "partition": 0 } }))
        }
        UPDATE => update_strategy(json!({ "type": value })),
        PARTITION => update_strategy(json!({ "rollingUpdate": { "partition": number(value) } })),
        MAX_UNAVAILABLE => update_strategy(json!({ "rollingUpdate": one_of("maxUnavailable", "maxSurge", value) })),
        MAX_SURGE => update_strategy(json!({ "rollingUpdate": one_of("maxSurge", "maxUnavailable", value) })),
        STRATEGY if value == "Recreate" => json!({ "spec": { "strategy": { "type": value, "rollingUpdate": null } } }),
        STRATEGY => json!({ "spec": { "strategy": { "type": value } } }),
        _ => return None,
    })
}

const fn is_stateful_on_delete(workload: &Workload) -> bool {
    matches!(workload.controller, Controller::StatefulSet { update: StatefulSetUpdate::OnDelete, .. })
}

fn update_strategy(strategy: Value) -> Value {
    json!({ "spec": { "updateStrategy": strategy } })
}

/// The API server takes only one of the two, so that the other goes with it.
fn one_of(field: &str, other: &str, value: &str) -> Value {
    match value {
        "0" | "0%" => json!({ field: number(value) }),
        _ => json!({ field: number(value), other: 0 }),
    }
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
