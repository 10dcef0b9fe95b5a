//! The endpoints controller (pkg/controller/endpoint), which goes on beside that of EndpointSlices.
//!
//! Left out on purpose: `truncateEndpoints`, above a thousand addresses. The order of subsets is that of their ports here:
//! `SortSubsets` hashes them with the UIDs of their Pods, which the lab does not have.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::endpoint_slice::find_port;
use crate::k8s::{
    Cluster, EndpointAddress, EndpointPort, EndpointSlice, EndpointSubset, Endpoints, Pod, Service, ServiceType,
    selects,
};
use crate::net::{Family, Protocol};

/// What it makes of a Service; None for those that it leaves to others.
pub(crate) fn endpoints(cluster: &Cluster, service: &Service) -> Option<Endpoints> {
    if service.selector.is_empty() || service.service_type == ServiceType::ExternalName {
        return None;
    }
    let mut labels = service.labels.clone();
    if service.cluster_ips.is_empty() {
        labels.insert(EndpointSlice::HEADLESS_LABEL.to_owned(), String::new());
    }
    labels.insert("endpoints.kubernetes.io/managed-by".to_owned(), "endpoint-controller".to_owned());
    let subsets = subsets(cluster, service);
    Some(Endpoints { name: service.name.clone(), labels, is_leader_election: false, subsets })
}

/// `ShouldPodBeInEndpoints`
fn belongs(pod: &Pod, service: &Service) -> bool {
    pod.name.namespace == service.name.namespace
        && selects(&service.selector, &pod.labels)
        && !pod.is_terminal()
        && (service.publish_not_ready_addresses || !pod.is_deleting)
}

type PortKey = (Arc<str>, Option<u16>, Protocol);

/// `RepackSubsets`: ports that the same Pods have are in one subset.
fn subsets(cluster: &Cluster, service: &Service) -> Vec<EndpointSubset> {
    let found: Vec<(&Pod, IpAddr)> = cluster
        .pods
        .iter()
        .filter(|pod| belongs(pod, service))
        .filter_map(|pod| Some((pod, address(pod, service)?)))
        .collect();
    let mut pods_of: BTreeMap<Option<PortKey>, BTreeSet<usize>> = BTreeMap::new();
    for (place, (pod, _)) in found.iter().enumerate() {
        for port in &service.ports {
            if let Some(number) = find_port(&pod.spec.ports, port) {
                let key = (port.name.clone(), Some(number), port.protocol);
                pods_of.entry(Some(key)).or_default().insert(place);
            }
        }
        // A headless Service may do without ports.
        if service.ports.is_empty() && service.cluster_ips.is_empty() {
            pods_of.entry(None).or_default().insert(place);
        }
    }
    let mut ports_of: Vec<(BTreeSet<usize>, Vec<EndpointPort>)> = Vec::new();
    for (port, pods) in pods_of {
        let port = port.map(|(name, port, protocol)| EndpointPort { name, protocol, port });
        match ports_of.iter_mut().find(|(known, _)| *known == pods) {
            Some((_, ports)) => ports.extend(port),
            None => ports_of.push((pods, port.into_iter().collect())),
        }
    }
    let subset = |(pods, mut ports): (BTreeSet<usize>, Vec<EndpointPort>)| {
        ports.sort_by_key(hash);
        let pods = pods.into_iter().filter_map(|place| found.get(place));
        let (ready, not_ready): (Vec<_>, Vec<_>) =
            pods.partition(|(pod, _)| service.publish_not_ready_addresses || pod.status.is_ready);
        let addresses = |pods: Vec<&(&Pod, IpAddr)>| {
            let mut addresses: Vec<_> =
                pods.into_iter().map(|(pod, address)| endpoint_address(pod, *address, service)).collect();
            addresses.sort_by(in_order);
            addresses
        };
        EndpointSubset { addresses: addresses(ready), not_ready_addresses: addresses(not_ready), ports }
    };
    ports_of.into_iter().map(subset).collect()
}

/// `podToEndpointAddressForService`: the Pod's address of the Service's first family.
fn address(pod: &Pod, service: &Service) -> Option<IpAddr> {
    let of_service = service.ip_families.first().copied();
    let of_pod = || pod.status.pod_ips.first().map(|address| Family::of(*address));
    pod.address(of_service.or_else(of_pod)?)
}

fn endpoint_address(pod: &Pod, ip: IpAddr, service: &Service) -> EndpointAddress {
    let is_in_subdomain = pod.spec.subdomain.as_ref() == Some(&service.name.name);
    EndpointAddress {
        ip,
        hostname: pod.spec.hostname.clone().filter(|_| is_in_subdomain),
        node_name: pod.spec.node_name.clone(),
        pod: Some(pod.name.name.clone()),
    }
}

/// `LessEndpointAddress`: as texts.
fn in_order(one: &EndpointAddress, other: &EndpointAddress) -> Ordering {
    one.ip.to_string().cmp(&other.ip.to_string()).then_with(|| one.pod.cmp(&other.pod))
}

/// `portsByHash`: FNV-1a of 128 bits over what go-spew prints of a port.
fn hash(port: &EndpointPort) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let text = format!(
        "(v1.EndpointPort){{Name:(string){} Port:(int32){} Protocol:(v1.Protocol){} AppProtocol:(*string)<nil>}}",
        port.name,
        port.port.unwrap_or_default(),
        port.protocol.to_string().to_ascii_uppercase(),
    );
    text.bytes().fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::{endpoints, hash};
    use crate::k8s::{self, EndpointPort};
    use crate::net::Protocol;

    /// What hash/fnv and go-spew made of these in Go.
    #[test]
    fn ports_are_hashed_as_go_does() {
        for (name, number, protocol, expected) in [
            ("dns", 53, Protocol::Udp, "cf684d8c2a0def1ba31f64600b9051ae"),
            ("dns-tcp", 53, Protocol::Tcp, "bb9cc7b3d27ae737aec8326acc3af680"),
            ("metrics", 9153, Protocol::Tcp, "bb224be3c4f395f985c5884d94d63c5e"),
            ("", 80, Protocol::Tcp, "19cbad1834a78abad87a093580858485"),
        ] {
            let port = EndpointPort { name: name.into(), protocol, port: Some(number) };
            assert_eq!(format!("{:032x}", hash(&port)), expected, "{name}");
        }
    }

    /// Cases of `TestSyncEndpoints…` in pkg/controller/endpoint/endpoints_controller_test.go, by what they are about.
    #[test]
    fn pods_become_subsets() {
        let pod = |name: &str, address: &str, port: u16, more: &str| {
            format!(
                "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{app: a}}}}\nspec: {{nodeName: n1, \
                 containers: [{{name: c, ports: [{{name: web, containerPort: {port}}}]}}]}}\nstatus: {{podIPs: [{{ip: \
                 {address}}}], {more}}}\n"
            )
        };
        let ready = "phase: Running, conditions: [{type: Ready, status: 'True'}]";
        let service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {clusterIP: 10.96.0.9, selector: {app: \
                       a}, ports: [{name: dns, port: 53, protocol: UDP}, {name: metrics, port: 9153}, {name: web, \
                       port: 80, targetPort: web}]}\n";
        let text = [
            service.to_owned(),
            pod("b", "10.244.0.9", 8080, ready),
            pod("a", "10.244.0.10", 8080, ready),
            pod("other", "10.244.0.11", 8081, ready),
            pod("early", "10.244.0.12", 8080, "phase: Running"),
            pod("over", "10.244.0.13", 8080, "phase: Succeeded"),
        ];
        let parsed = k8s::parse(&text.concat());
        assert_eq!(parsed.diagnostics, []);
        let cluster = parsed.cluster;
        let made = endpoints(&cluster, &cluster.services[0]).expect("a selector");
        let told: Vec<String> = made
            .subsets
            .iter()
            .map(|subset| {
                let ips = |of: &[crate::k8s::EndpointAddress]| {
                    of.iter().map(|address| address.ip.to_string()).collect::<Vec<_>>().join(" ")
                };
                let ports: Vec<_> = subset.ports.iter().map(|port| format!("{}:{:?}", port.name, port.port)).collect();
                format!("{} | {} | {}", ips(&subset.addresses), ips(&subset.not_ready_addresses), ports.join(" "))
            })
            .collect();
        assert_eq!(
            told,
            [
                "10.244.0.10 10.244.0.11 10.244.0.9 | 10.244.0.12 | metrics:Some(9153) dns:Some(53)",
                "10.244.0.10 10.244.0.9 | 10.244.0.12 | web:Some(8080)",
                "10.244.0.11 |  | web:Some(8081)",
            ]
        );
    }
}
