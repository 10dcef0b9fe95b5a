use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::endpoints;
use crate::fixed_hash::HashMap;
use crate::k8s::{Cluster, EndpointPort, Node, Pod, Service, SliceEndpoint};
use crate::net::{Family, Protocol};

/// Ports in an order of their own (`PortMapKey`): slices of the same ports hold the same endpoints.
pub(super) type PortKey = Vec<(Arc<str>, Protocol, Option<u16>)>;

pub(super) fn port_key(ports: &[EndpointPort]) -> PortKey {
    let mut key: PortKey = ports.iter().map(|port| (port.name.clone(), port.protocol, port.port)).collect();
    key.sort();
    key
}

/// The endpoints that Pods of the same ports should have.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) ports: Vec<EndpointPort>,
    pub(super) endpoints: EndpointSet,
}

/// The first half of `reconcileByAddressType`.
pub(super) fn desired_groups<'c>(
    cluster: &'c Cluster,
    service: &Service,
    family: Family,
    pods: impl Iterator<Item = &'c Pod>,
) -> BTreeMap<PortKey, Group> {
    let nodes: HashMap<&str, &Node> = cluster.nodes.iter().map(|node| (&*node.name, node)).collect();
    let mut groups = BTreeMap::new();
    for pod in pods.filter(|pod| !pod.is_terminal() && !pod.status.pod_ips.is_empty()) {
        let ports = endpoints::ports(pod, service);
        let group: &mut Group =
            groups.entry(port_key(&ports)).or_insert_with(|| Group { ports, endpoints: EndpointSet::default() });
        let node = pod.spec.node_name.as_ref().and_then(|name| nodes.get(&**name).copied());
        if node.is_none() && !service.publish_not_ready_addresses {
            continue;
        }
        if let Some(endpoint) = endpoints::endpoint(pod, node, service, family) {
            group.endpoints.insert(endpoint);
        }
    }
    groups
}

/// Endpoints by what makes them the same (`hashEndpoint`).
#[derive(Debug, Default)]
pub(super) struct EndpointSet {
    endpoints: Vec<Option<SliceEndpoint>>,
    places: HashMap<EndpointKey, usize>,
    /// All before are taken.
    next: usize,
}

type EndpointKey = (Vec<IpAddr>, Option<Arc<str>>, Option<Arc<str>>);

fn endpoint_key(endpoint: &SliceEndpoint) -> EndpointKey {
    let mut addresses = endpoint.addresses.clone();
    addresses.sort();
    (addresses, endpoint.hostname.clone(), endpoint.pod.clone())
}

impl EndpointSet {
    pub(super) fn insert(&mut self, endpoint: SliceEndpoint) {
        let key = endpoint_key(&endpoint);
        if let Some(place) = self.places.get(&key) {
            self.endpoints[*place] = Some(endpoint);
        } else {
            self.places.insert(key, self.endpoints.len());
            self.endpoints.push(Some(endpoint));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Takes the endpoint that is the same as `endpoint`.
    pub(super) fn take(&mut self, endpoint: &SliceEndpoint) -> Option<SliceEndpoint> {
        let place = self.places.remove(&endpoint_key(endpoint))?;
        self.endpoints[place].take()
    }

    /// Takes the first one.
    pub(super) fn pop(&mut self) -> Option<SliceEndpoint> {
        while let Some(slot) = self.endpoints.get_mut(self.next) {
            self.next += 1;
            if let Some(endpoint) = slot.take() {
                self.places.remove(&endpoint_key(&endpoint));
                return Some(endpoint);
            }
        }
        None
    }
}
