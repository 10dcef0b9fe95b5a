use serde_json::{Value, json};

use super::{Fields, metadata, node, object, owner_references, protocol};
use crate::k8s::{ContainerPort, Pod, PodPhase, PodSpec, PodStatus, PodTemplate, Toleration};

pub(crate) fn pod(pod: &Pod) -> Value {
    let mut metadata = metadata(&pod.name, &pod.labels);
    metadata.put("ownerReferences", owner_references(pod.owner.as_ref()));
    if pod.is_deleting {
        // When is not known; that it is there says that the Pod terminates.
        metadata.keep("deletionTimestamp", json!("1970-01-01T00:00:00Z"));
    }
    let mut object = object("v1", "Pod", metadata);
    object.keep("spec", spec(&pod.spec));
    object.keep("status", status(&pod.status));
    object.into()
}

pub(super) fn template(template: &PodTemplate) -> Value {
    let mut metadata = Fields::default();
    metadata.put("labels", json!(template.labels));
    metadata.put("annotations", json!(template.annotations));
    json!({ "metadata": Value::from(metadata), "spec": spec(&template.spec) })
}

/// With one container that stands for all, since a Pod's ports and probes count as one.
fn spec(pod: &PodSpec) -> Value {
    let mut spec = Fields::default();
    spec.put("nodeName", json!(pod.node_name.as_deref()));
    spec.put("nodeSelector", json!(pod.node_selector));
    spec.put("tolerations", pod.tolerations.iter().map(toleration).collect());
    spec.put_if("hostNetwork", pod.host_network);
    spec.put("hostname", json!(pod.hostname.as_deref()));
    spec.put("subdomain", json!(pod.subdomain.as_deref()));
    let mut container = Fields::default();
    container.keep("name", json!("main"));
    container.put("ports", pod.ports.iter().map(port).collect());
    if pod.has_readiness_probe {
        container.keep("readinessProbe", json!({}));
    }
    spec.keep("containers", json!([Value::from(container)]));
    spec.into()
}

fn port(port: &ContainerPort) -> Value {
    let mut fields = Fields::default();
    fields.put("name", json!(*port.name));
    fields.keep("containerPort", json!(port.port));
    fields.keep("protocol", protocol(port.protocol));
    fields.into()
}

fn toleration(toleration: &Toleration) -> Value {
    let mut fields = Fields::default();
    fields.put("key", json!(toleration.key));
    fields.keep("operator", json!(if toleration.value.is_some() { "Equal" } else { "Exists" }));
    fields.put("value", json!(toleration.value));
    fields.put("effect", json!(toleration.effect.map(node::effect)));
    fields.put("tolerationSeconds", json!(toleration.seconds));
    fields.into()
}

fn status(status: &PodStatus) -> Value {
    let phase = match status.phase {
        PodPhase::Pending => "Pending",
        PodPhase::Running => "Running",
        PodPhase::Succeeded => "Succeeded",
        PodPhase::Failed => "Failed",
    };
    let mut fields = Fields::default();
    fields.keep("phase", json!(phase));
    let ready = if status.is_ready { "True" } else { "False" };
    fields.keep("conditions", json!([{ "type": "Ready", "status": ready }]));
    fields.put("podIP", json!(status.pod_ips.first().map(ToString::to_string)));
    fields.put("podIPs", status.pod_ips.iter().map(|address| json!({ "ip": address.to_string() })).collect());
    fields.into()
}
