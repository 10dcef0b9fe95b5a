//! The fields of a slice that somebody made by hand.

use serde_json::{Value, json};

use super::values::{listed, number, words};
use super::{Control, Input};
use crate::k8s::{EndpointSlice, write};
use crate::message;

const ADDRESSES: &str = "endpoints[*].addresses";
const READY: &str = "endpoints[*].conditions.ready";

/// Whether no controller would undo a change.
pub(super) fn is_hand_made(slice: &EndpointSlice) -> bool {
    let manager = slice.labels.get(EndpointSlice::MANAGED_BY_LABEL);
    manager.is_none_or(|manager| !manager.ends_with(".k8s.io"))
}

pub(super) fn controls(slice: &EndpointSlice) -> Vec<Control> {
    let addresses = slice.endpoints.iter().filter_map(|endpoint| endpoint.addresses.first());
    let mut controls = vec![
        Control::new(ADDRESSES, message!("field-slice-addresses"), Input::Text(listed(addresses))),
        Control::new(
            READY,
            message!("field-slice-ready"),
            Input::Toggle(slice.endpoints.iter().all(|endpoint| endpoint.is_ready())),
        ),
    ];
    for (place, port) in slice.ports.iter().enumerate() {
        let text = port.port.map(|port| port.to_string()).unwrap_or_default();
        let what = message!("field-slice-port");
        controls.push(Control::new(format!("ports[{place}].port"), what, Input::Text(text)));
    }
    controls
}

/// None where the slice has no such field.
pub(super) fn patch(slice: &EndpointSlice, path: &str, value: &str) -> Option<Value> {
    let mut object = write::endpoint_slice(slice);
    match path {
        ADDRESSES => {
            let known = |address: &str| {
                let is_it = |endpoint: &Value| endpoint["addresses"][0] == json!(address);
                object["endpoints"].as_array().and_then(|all| all.iter().find(|endpoint| is_it(endpoint)).cloned())
            };
            let endpoint = |address: &str| known(address).unwrap_or_else(|| json!({ "addresses": [address] }));
            let endpoints: Vec<Value> = words(value).map(endpoint).collect();
            Some(json!({ "endpoints": endpoints }))
        }
        READY => {
            let endpoints = object["endpoints"].as_array_mut()?;
            endpoints.iter_mut().for_each(|endpoint| endpoint["conditions"]["ready"] = json!(value == "true"));
            Some(json!({ "endpoints": endpoints }))
        }
        path => {
            let place: usize = path.strip_prefix("ports[")?.strip_suffix("].port")?.parse().ok()?;
            let ports = object["ports"].as_array_mut()?;
            ports.get_mut(place)?["port"] = number(value);
            Some(json!({ "ports": ports }))
        }
    }
}
