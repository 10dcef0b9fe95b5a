use serde_json::{Value, json};

use super::{Fields, object, texts};
use crate::k8s::{Node, Taint, TaintEffect};

pub(crate) fn node(node: &Node) -> Value {
    let mut metadata = Fields::default();
    metadata.keep("name", json!(*node.name));
    metadata.put("labels", json!(node.labels));
    let mut object = object("v1", "Node", metadata);
    let mut spec = Fields::default();
    spec.put("podCIDR", json!(node.pod_cidrs.first().map(ToString::to_string)));
    spec.put("podCIDRs", texts(&node.pod_cidrs));
    spec.put_if("unschedulable", node.is_unschedulable);
    spec.put("taints", node.taints.iter().map(taint).collect());
    object.put("spec", spec.into());
    let mut status = Fields::default();
    if let Some(cpu) = node.allocatable_cpu {
        status.keep("allocatable", json!({ "cpu": format!("{cpu}m") }));
    }
    if !node.is_ready {
        status.keep("conditions", json!([{ "type": "Ready", "status": "Unknown" }]));
    }
    let mut info = Fields::default();
    for (field, value) in [
        ("architecture", &node.info.architecture),
        ("containerRuntimeVersion", &node.info.container_runtime_version),
        ("kernelVersion", &node.info.kernel_version),
        ("kubeletVersion", &node.info.kubelet_version),
        ("osImage", &node.info.os_image),
    ] {
        info.put(field, json!(value.as_deref()));
    }
    status.put("nodeInfo", info.into());
    let address = |address| json!({ "type": "InternalIP", "address": address });
    status.put("addresses", node.internal_ips.iter().map(ToString::to_string).map(address).collect());
    object.put("status", status.into());
    object.into()
}

fn taint(taint: &Taint) -> Value {
    let mut fields = Fields::default();
    fields.keep("key", json!(taint.key));
    fields.put("value", json!(taint.value));
    fields.keep("effect", json!(effect(taint.effect)));
    fields.into()
}

pub(super) const fn effect(effect: TaintEffect) -> &'static str {
    match effect {
        TaintEffect::NoSchedule => "NoSchedule",
        TaintEffect::PreferNoSchedule => "PreferNoSchedule",
        TaintEffect::NoExecute => "NoExecute",
    }
}
