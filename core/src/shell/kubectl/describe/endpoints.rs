use super::{Lines, NONE, line, pairs};
use crate::k8s::{Cluster, EndpointSlice, Service, SliceEndpoint};
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

/// `describeEndpoints`, of what the endpoints controller makes of the slices of a Service's first family.
pub fn endpoints(cluster: &Cluster, service: &Service) -> Lines {
    let mut lines = vec![line(&["Name:", &service.name.name]), line(&["Namespace:", &service.name.namespace])];
    lines.extend(pairs("Labels", &service.labels));
    lines.extend([line(&["Annotations:", NONE]), line(&["Subsets:"])]);
    let family = service.ip_families.first().copied().unwrap_or(Family::V4);
    let slices = cluster.endpoint_slices.iter();
    for slice in slices.filter(|slice| slice.belongs_to(&service.name) && slice.address_type == family) {
        if slice.endpoints.is_empty() {
            continue;
        }
        let of = |is_ready: bool| {
            let found = slice.endpoints.iter().filter(|endpoint| endpoint.is_ready() == is_ready);
            let mut addresses: Vec<_> = found.flat_map(|endpoint| &endpoint.addresses).collect();
            addresses.sort();
            let texts: Vec<_> = addresses.into_iter().map(ToString::to_string).collect();
            if texts.is_empty() { NONE.to_owned() } else { texts.join(",") }
        };
        lines.extend([line(&["  Addresses:", &of(true)]), line(&["  NotReadyAddresses:", &of(false)])]);
        if !slice.ports.is_empty() {
            lines.push(line(&["  Ports:"]));
            lines.extend([line(&["    Name", "Port", "Protocol"]), line(&["    ----", "----", "--------"])]);
        }
        for port in &slice.ports {
            let name = if port.name.is_empty() { UNSET } else { &port.name };
            let number = port.port.unwrap_or_default().to_string();
            lines.push(line(&[&format!("    {name}"), &number, &protocol(port.protocol)]));
        }
        lines.push(line(&[""]));
    }
    lines.push(line(&["Events:", NONE]));
    lines
}
