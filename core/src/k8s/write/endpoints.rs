use serde_json::{Value, json};

use super::{Fields, endpoint_slice, metadata, object, protocol};
use crate::k8s::{EndpointAddress, EndpointPort, EndpointSubset, Endpoints};

pub(crate) fn endpoints(endpoints: &Endpoints) -> Value {
    let mut metadata = metadata(&endpoints.name, &endpoints.labels);
    if endpoints.is_leader_election {
        metadata.keep("annotations", json!({ "control-plane.alpha.kubernetes.io/leader": "{}" }));
    }
    let mut object = object("v1", "Endpoints", metadata);
    object.put("subsets", endpoints.subsets.iter().map(|one| subset(one, &endpoints.name.namespace)).collect());
    object.into()
}

fn subset(subset: &EndpointSubset, namespace: &str) -> Value {
    let address = |one: &EndpointAddress| address(one, namespace);
    let mut fields = Fields::default();
    fields.put("addresses", subset.addresses.iter().map(address).collect());
    fields.put("notReadyAddresses", subset.not_ready_addresses.iter().map(address).collect());
    fields.put("ports", subset.ports.iter().map(port).collect());
    fields.into()
}

fn address(address: &EndpointAddress, namespace: &str) -> Value {
    let mut fields = Fields::default();
    fields.keep("ip", json!(address.ip.to_string()));
    fields.put("hostname", json!(address.hostname.as_deref()));
    fields.put("nodeName", json!(address.node_name.as_deref()));
    fields.put("targetRef", endpoint_slice::target(address.pod.as_deref(), namespace));
    fields.into()
}

fn port(port: &EndpointPort) -> Value {
    let mut fields = Fields::default();
    fields.put("name", json!(*port.name));
    fields.put("port", json!(port.port));
    fields.keep("protocol", protocol(port.protocol));
    fields.into()
}
