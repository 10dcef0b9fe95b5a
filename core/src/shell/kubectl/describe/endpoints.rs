use super::{Lines, NONE, line, pairs};
use crate::k8s::{EndpointAddress, EndpointSlice, Endpoints, SliceEndpoint};
use crate::net::Family;
use crate::shell::kubectl::rows::protocol;

const UNSET: &str = "<unset>";

/// `describeEndpointSliceV1`
pub fn slice(slice: &EndpointSlice) -> Lines {
    let mut lines = vec![line(&["Name:", &slice.name.name]), line(&["Namespace:", &slice.name.namespace])];
    lines.extend(pairs("Labels", &slice.labels));
    lines.push(line(&["Annotations:", NONE]));
    let family = if slice.address_type == Family::V4 { "IPv4" } else { "IPv6" };
    lines.push(line(&["AddressType:", family]));
    if slice.ports.is_empty() {
        lines.push(line(&["Ports: <unset>"]));
    } else {
        lines.extend([line(&["Ports:"]), line(&["  Name", "Port", "Protocol"]), line(&["  ----", "----", "--------"])]);
    }
    for port in &slice.ports {
        let name = if port.name.is_empty() { UNSET } else { &port.name };
        let number = port.port.map_or_else(|| UNSET.to_owned(), |port| port.to_string());
        lines.push(line(&[&format!("  {name}"), &number, &protocol(port.protocol)]));
    }
    lines.push(line(&[if slice.endpoints.is_empty() { "Endpoints: <none>" } else { "Endpoints:" }]));
    slice.endpoints.iter().for_each(|endpoint| say_endpoint(&mut lines, endpoint));
    lines.push(line(&["Events:", NONE]));
    lines
}

fn say_endpoint(lines: &mut Lines, endpoint: &SliceEndpoint) {
    let addresses: Vec<_> = endpoint.addresses.iter().map(ToString::to_string).collect();
    let addresses = if addresses.is_empty() { NONE.to_owned() } else { addresses.join(", ") };
    let ready = endpoint.ready.map_or_else(|| UNSET.to_owned(), |ready| ready.to_string());
    lines.extend([line(&["  - Addresses:", &addresses]), line(&["    Conditions:"]), line(&["      Ready:", &ready])]);
    lines.push(line(&["    Hostname:", endpoint.hostname.as_deref().unwrap_or(UNSET)]));
    if let Some(pod) = &endpoint.pod {
        lines.push(line(&["    TargetRef:", &format!("Pod/{pod}")]));
    }
    lines.push(line(&["    NodeName:", endpoint.node_name.as_deref().unwrap_or(UNSET)]));
    lines.push(line(&["    Zone:", endpoint.zone.as_deref().unwrap_or(UNSET)]));
}

/// `describeEndpoints`
pub fn endpoints(endpoints: &Endpoints) -> Lines {
    let mut lines = vec![line(&["Name:", &endpoints.name.name]), line(&["Namespace:", &endpoints.name.namespace])];
    lines.extend(pairs("Labels", &endpoints.labels));
    lines.extend([line(&["Annotations:", NONE]), line(&["Subsets:"])]);
    for subset in &endpoints.subsets {
        let of = |addresses: &[EndpointAddress]| {
            let texts: Vec<_> = addresses.iter().map(|address| address.ip.to_string()).collect();
            if texts.is_empty() { NONE.to_owned() } else { texts.join(",") }
        };
        lines.push(line(&["  Addresses:", &of(&subset.addresses)]));
        lines.push(line(&["  NotReadyAddresses:", &of(&subset.not_ready_addresses)]));
        if !subset.ports.is_empty() {
            lines.push(line(&["  Ports:"]));
            lines.extend([line(&["    Name", "Port", "Protocol"]), line(&["    ----", "----", "--------"])]);
        }
        for port in &subset.ports {
            let name = if port.name.is_empty() { UNSET } else { &port.name };
            let number = port.port.unwrap_or_default().to_string();
            lines.push(line(&[&format!("    {name}"), &number, &protocol(port.protocol)]));
        }
        lines.push(line(&[""]));
    }
    lines.push(line(&["Events:", NONE]));
    lines
}
