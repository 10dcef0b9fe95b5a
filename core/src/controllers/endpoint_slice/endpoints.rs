use std::net::IpAddr;

use crate::k8s::{ContainerPort, EndpointPort, Node, Pod, Service, ServicePort, SliceEndpoint};
use crate::net::Family;

/// `podToEndpoint`: None where the Pod has no address of the family.
pub(super) fn endpoint(pod: &Pod, node: Option<&Node>, service: &Service, family: Family) -> Option<SliceEndpoint> {
    let of_family = |address: &&IpAddr| Family::of(**address) == family;
    let addresses: Vec<IpAddr> = pod.status.pod_ips.iter().filter(of_family).copied().collect();
    if addresses.is_empty() {
        return None;
    }
    let serving = pod.status.is_ready;
    let ready = service.publish_not_ready_addresses || serving && !pod.is_deleting;
    let is_in_subdomain = pod.spec.subdomain.as_ref() == Some(&service.name.name);
    Some(SliceEndpoint {
        addresses,
        ready: Some(ready),
        serving: Some(serving),
        terminating: Some(pod.is_deleting),
        hostname: pod.spec.hostname.clone().filter(|_| is_in_subdomain),
        node_name: pod.spec.node_name.clone(),
        zone: node.and_then(Node::zone).filter(|zone| !zone.is_empty()).map(str::to_owned),
        for_zones: Vec::new(),
        for_nodes: Vec::new(),
        pod: Some(pod.name.name.clone()),
    })
}

/// `getEndpointPorts`: ports that the Pod does not have are left out.
pub(super) fn ports(pod: &Pod, service: &Service) -> Vec<EndpointPort> {
    let ports = service.ports.iter().filter_map(|port| {
        let number = find_port(&pod.spec.ports, port)?;
        Some(EndpointPort { name: port.name.clone(), protocol: port.protocol, port: Some(number) })
    });
    ports.collect()
}

/// `FindPort`: a number as it is, a name by the container port that has it.
pub(in crate::controllers) fn find_port(ports: &[ContainerPort], port: &ServicePort) -> Option<u16> {
    if let Ok(number) = port.target_port.parse() {
        return Some(number);
    }
    let named = ports.iter().find(|named| *named.name == *port.target_port && named.protocol == port.protocol);
    named.map(|named| named.port)
}
