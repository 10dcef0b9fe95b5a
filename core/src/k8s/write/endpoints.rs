use serde_json::{Value, json};

use super::{Fields, endpoint_slice, metadata, object};
use crate::k8s::{EndpointAddress, EndpointSubset, Endpoints};

pub(crate) fn endpoints(endpoints: &Endpoints) -> Value {
    let mut metadata = metadata(&endpoints.name, &endpoints.labels);
    if endpoints.is_leader_election {
        metadata.keep("annotations", json!({ "control-plane.alpha.kubernetes.io/leader": "{}" }));
    }
    let mut object = object("v1", "Endpoints", metadata);
    object.put("subsets", endpoints.subsets.iter().map(subset).collect());
    object.into()
}

fn subset(subset: &EndpointSubset) -> Value {
    let mut fields = Fields::default();
    fields.put("addresses", subset.addresses.iter().map(address).collect());
    fields.put("notReadyAddresses", subset.not_ready_addresses.iter().map(address).collect());
    fields.put("ports", subset.ports.iter().map(endpoint_slice::port).collect());
    fields.into()
}

fn address(address: &EndpointAddress) -> Value {
    let mut fields = Fields::default();
    fields.keep("ip", json!(address.ip.to_string()));
    fields.put("hostname", json!(address.hostname.as_deref()));
    fields.put("nodeName", json!(address.node_name.as_deref()));
    fields.put("targetRef", endpoint_slice::target(address.pod.as_deref()));
    fields.into()
}
