//! Settings of kube-proxy, which runs alike on all nodes.

use serde_json::{Map, Value, json};

use super::values::{list, listed};
use super::{Control, Input};
use crate::k8s::{KubeProxyConfiguration, NodePortRanges};
use crate::lab::Lab;
use crate::message;
use crate::proxy::Mode;

const MODES: &[&str] = &["iptables", "nftables", "ipvs"];
const SCHEDULERS: &[&str] =
    &["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos"];

pub(super) fn controls(lab: &Lab) -> Vec<Control> {
    let given = lab.assumptions.configuration.as_ref();
    let of = |setting: fn(&KubeProxyConfiguration) -> bool, default| given.map_or(default, setting);
    let mode = lab.assumptions.cluster_mode().unwrap_or(Mode::Iptables).to_string();
    let scheduler = given.map_or("", |given| given.ipvs.scheduler.as_str());
    let scheduler = if scheduler.is_empty() { "rr" } else { scheduler };
    let ranges = match given.map(|given| &given.node_port_addresses) {
        None | Some(NodePortRanges::Unset) => String::new(),
        Some(NodePortRanges::Primary) => "primary".to_owned(),
        Some(NodePortRanges::Ranges(ranges)) => listed(ranges),
    };
    let toggle = |path: &str, what, on| Control::new(path, what, Input::Toggle(on));
    vec![
        Control::new("mode", message!("field-proxy-mode"), Input::choice(MODES, &mode)),
        Control::new("ipvs.scheduler", message!("field-proxy-scheduler"), Input::choice(SCHEDULERS, scheduler)),
        Control::new("nodePortAddresses", message!("field-proxy-node-port-addresses"), Input::Text(ranges)),
        toggle(
            "iptables.masqueradeAll",
            message!("field-proxy-masquerade-all-iptables"),
            of(|given| given.iptables.masquerade_all, false),
        ),
        toggle(
            "nftables.masqueradeAll",
            message!("field-proxy-masquerade-all-nftables"),
            of(|given| given.nftables.masquerade_all, false),
        ),
        toggle(
            "iptables.localhostNodePorts",
            message!("field-proxy-localhost"),
            of(|given| given.iptables.localhost_node_ports, true),
        ),
    ]
}

/// A configuration where there was none says what the lab has assumed so far.
pub(super) fn patch(lab: &Lab, path: &str, value: &str) -> Value {
    let value = match path {
        "nodePortAddresses" => list(value),
        "mode" | "ipvs.scheduler" => json!(value),
        _ => json!(value == "true"),
    };
    let mut patch = Map::new();
    if lab.assumptions.configuration.is_none() {
        let ranges: Vec<String> = lab.assumptions.cluster_cidrs.iter().map(ToString::to_string).collect();
        patch.insert("clusterCIDR".to_owned(), json!(ranges.join(",")));
    }
    match path.split_once('.') {
        Some((section, field)) => patch.insert(section.to_owned(), json!({ field: value })),
        None => patch.insert(path.to_owned(), value),
    };
    Value::Object(patch)
}
