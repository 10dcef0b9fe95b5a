use serde_json::{Value, json};

use super::{Fields, metadata, object, protocol, texts};
use crate::k8s::{EndpointPort, EndpointSlice, SliceEndpoint};

pub(crate) fn endpoint_slice(slice: &EndpointSlice) -> Value {
    let mut object = object("discovery.k8s.io/v1", "EndpointSlice", metadata(&slice.name, &slice.labels));
    object.keep("addressType", json!(slice.address_type.to_string()));
    // A field that must be there.
    object.keep("endpoints", slice.endpoints.iter().map(|one| endpoint(one, &slice.name.namespace)).collect());
    object.put("ports", slice.ports.iter().map(port).collect());
    object.into()
}

fn port(port: &EndpointPort) -> Value {
    let mut fields = Fields::default();
    fields.keep("name", json!(*port.name));
    fields.keep("protocol", protocol(port.protocol));
    fields.put("port", json!(port.port));
    fields.into()
}

fn endpoint(endpoint: &SliceEndpoint, namespace: &str) -> Value {
    let mut fields = Fields::default();
    fields.keep("addresses", texts(&endpoint.addresses));
    let mut conditions = Fields::default();
    conditions.put("ready", json!(endpoint.ready));
    conditions.put("serving", json!(endpoint.serving));
    conditions.put("terminating", json!(endpoint.terminating));
    fields.put("conditions", conditions.into());
    fields.put("hostname", json!(endpoint.hostname.as_deref()));
    fields.put("nodeName", json!(endpoint.node_name.as_deref()));
    fields.put("zone", json!(endpoint.zone));
    let named = |names: &[String]| names.iter().map(|name| json!({ "name": name })).collect();
    let mut hints = Fields::default();
    hints.put("forZones", named(&endpoint.for_zones));
    hints.put("forNodes", named(&endpoint.for_nodes));
    fields.put("hints", hints.into());
    fields.put("targetRef", target(endpoint.pod.as_deref(), namespace));
    fields.into()
}

pub(super) fn target(pod: Option<&str>, namespace: &str) -> Value {
    pod.map_or(Value::Null, |pod| json!({ "kind": "Pod", "name": pod, "namespace": namespace }))
}
