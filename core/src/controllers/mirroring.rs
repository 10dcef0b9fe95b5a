//! The endpoint slice mirroring controller (pkg/controller/endpointslicemirroring), for texts that have
//! Endpoints and not their slices.
//!
//! It mirrors the Endpoints of Services without a selector. Those of other Services were made from Pods, as
//! their slices were; if neither Pods nor slices are in the text, the slices are made from the Endpoints.

use crate::message;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::endpoint_slice::{CONTROLLER_NAME, MAX_ENDPOINTS};
use super::names::Names;
use super::{Actor, Round};
use crate::k8s::{
    Change, Changed, Cluster, EndpointAddress, EndpointPort, EndpointSlice, Endpoints, NamespacedName, Node, Service,
    SliceEndpoint, selects,
};
use crate::net::Family;

pub(super) const MIRRORING_NAME: &str = "endpointslicemirroring-controller.k8s.io";
/// `--mirroring-max-endpoints-per-subset`.
const MAX_PER_SUBSET: usize = 1_000;

pub(super) fn mirror(cluster: &mut Cluster, names: &mut Names) -> Vec<Round> {
    let with_slices: BTreeSet<NamespacedName> =
        cluster.endpoint_slices.iter().filter_map(EndpointSlice::service).collect();
    let services: BTreeMap<&NamespacedName, &Service> =
        cluster.services.iter().map(|service| (&service.name, service)).collect();
    let mut rounds = Vec::new();
    for endpoints in cluster.endpoints.iter().filter(|endpoints| is_to_mirror(endpoints)) {
        let Some(service) = services.get(&endpoints.name).filter(|_| !with_slices.contains(&endpoints.name)) else {
            continue;
        };
        let (actor, slices) = if service.selector.is_empty() {
            (Actor::EndpointSliceMirroring, mirrored(endpoints))
        } else if has_pods(cluster, service) {
            continue;
        } else {
            (Actor::EndpointSlice, selected(endpoints, service, &cluster.nodes))
        };
        let named = slices.into_iter().map(|mut slice| {
            let name = names.generate(&format!("{}-", endpoints.name.name), |_| false);
            slice.name.name = name.into();
            Change::EndpointSlice(Changed::added(slice))
        });
        let what = message!("does-mirror", name = endpoints.name.to_string());
        rounds.push(Round { actor, what, changes: named.collect() });
    }
    rounds.retain(|round| !round.changes.is_empty());
    for change in rounds.iter().flat_map(|round| &round.changes) {
        cluster.apply(change);
    }
    rounds
}

/// `shouldMirror`.
fn is_to_mirror(endpoints: &Endpoints) -> bool {
    let skips = endpoints.labels.get(Endpoints::SKIP_MIRROR_LABEL).is_some_and(|value| value == "true");
    !skips && !endpoints.is_leader_election
}

fn has_pods(cluster: &Cluster, service: &Service) -> bool {
    cluster
        .pods
        .iter()
        .any(|pod| *pod.name.namespace == *service.name.namespace && selects(&service.selector, &pod.labels))
}

/// One slice for each subset and family.
fn mirrored(endpoints: &Endpoints) -> Vec<EndpointSlice> {
    let mut slices = Vec::new();
    for (addresses, ports) in repack(endpoints) {
        let kept = || addresses.iter().take(MAX_PER_SUBSET);
        for family in [Family::V4, Family::V6] {
            let of_family = kept().filter(|(address, _)| Family::of(address.ip) == family);
            let members: Vec<_> = of_family.map(|(address, ready)| slice_endpoint(address, *ready)).collect();
            if !members.is_empty() {
                slices.push(slice(endpoints, MIRRORING_NAME, family, ports.clone(), members));
            }
        }
    }
    slices
}

/// What the endpoint slice controller had made of the Pods behind the Endpoints.
fn selected(endpoints: &Endpoints, service: &Service, nodes: &[Node]) -> Vec<EndpointSlice> {
    let mut slices = Vec::new();
    for (addresses, ports) in repack(endpoints) {
        for family in [Family::V4, Family::V6] {
            let of_family = addresses.iter().filter(|(address, _)| Family::of(address.ip) == family);
            let members: Vec<_> = of_family
                .map(|(address, ready)| {
                    let node = nodes.iter().find(|node| address.node_name.as_ref() == Some(&node.name));
                    SliceEndpoint {
                        ready: Some(*ready || service.publish_not_ready_addresses),
                        serving: Some(*ready),
                        terminating: Some(false),
                        zone: node.and_then(Node::zone).map(str::to_owned),
                        ..slice_endpoint(address, *ready)
                    }
                })
                .collect();
            slices.extend(members.chunks(MAX_ENDPOINTS).map(|chunk| {
                let mut slice = slice(endpoints, CONTROLLER_NAME, family, ports.clone(), chunk.to_vec());
                slice.labels.extend(service.labels.clone());
                slice
            }));
        }
    }
    slices
}

fn slice(
    endpoints: &Endpoints,
    manager: &str,
    address_type: Family,
    ports: Vec<EndpointPort>,
    members: Vec<SliceEndpoint>,
) -> EndpointSlice {
    let mut labels = endpoints.labels.clone();
    labels.insert(EndpointSlice::SERVICE_LABEL.to_owned(), endpoints.name.name.to_string());
    labels.insert(EndpointSlice::MANAGED_BY_LABEL.to_owned(), manager.to_owned());
    EndpointSlice { name: endpoints.name.clone(), labels, address_type, ports, endpoints: members }
}

/// `addressToEndpoint`: the other conditions stay unset.
fn slice_endpoint(address: &EndpointAddress, ready: bool) -> SliceEndpoint {
    SliceEndpoint {
        addresses: vec![address.ip],
        ready: Some(ready),
        serving: None,
        terminating: None,
        hostname: address.hostname.clone(),
        node_name: address.node_name.clone(),
        zone: None,
        for_zones: Vec::new(),
        for_nodes: Vec::new(),
        pod: address.pod.clone(),
    }
}

type AddressKey = (IpAddr, Option<Arc<str>>);
type Subset = (Vec<(EndpointAddress, bool)>, Vec<EndpointPort>);

/// `RepackSubsets`: ports with the same addresses come together. An address that is ready in one subset and
/// not ready in another is not ready; ready ones come first.
fn repack(endpoints: &Endpoints) -> Vec<Subset> {
    // Ports by the subsets that have them; None stands for a subset without ports.
    let mut places: Vec<(Option<&EndpointPort>, Vec<usize>)> = Vec::new();
    let mut known: BTreeMap<PortKey<'_>, usize> = BTreeMap::new();
    for (place, subset) in endpoints.subsets.iter().enumerate() {
        let none = subset.ports.is_empty().then_some(None);
        for port in subset.ports.iter().map(Some).chain(none) {
            let index = *known.entry(port.map(port_key)).or_insert_with(|| {
                places.push((port, Vec::new()));
                places.len() - 1
            });
            places[index].1.push(place);
        }
    }
    let mut by_subsets: BTreeMap<Vec<usize>, Vec<EndpointPort>> = BTreeMap::new();
    for (port, mut subsets) in places {
        subsets.dedup();
        by_subsets.entry(subsets).or_default().extend(port.cloned());
    }
    let mut packed: BTreeMap<BTreeMap<AddressKey, bool>, Subset> = BTreeMap::new();
    for (subsets, ports) in by_subsets {
        let (key, addresses) = union(endpoints, &subsets);
        packed.entry(key).or_insert_with(|| (addresses, Vec::new())).1.extend(ports);
    }
    packed.into_values().collect()
}

type PortKey<'e> = Option<(&'e str, crate::net::Protocol, Option<u16>)>;

fn port_key(port: &EndpointPort) -> (&str, crate::net::Protocol, Option<u16>) {
    (&port.name, port.protocol, port.port)
}

/// The addresses of some subsets, each once.
fn union(endpoints: &Endpoints, subsets: &[usize]) -> (BTreeMap<AddressKey, bool>, Vec<(EndpointAddress, bool)>) {
    let mut ready: BTreeMap<AddressKey, bool> = BTreeMap::new();
    let mut addresses: Vec<EndpointAddress> = Vec::new();
    for subset in subsets.iter().filter_map(|place| endpoints.subsets.get(*place)) {
        let all = subset.addresses.iter().map(|address| (address, true));
        for (address, is_ready) in all.chain(subset.not_ready_addresses.iter().map(|address| (address, false))) {
            let key = (address.ip, address.pod.clone());
            if let Some(before) = ready.get_mut(&key) {
                *before &= is_ready;
            } else {
                ready.insert(key, is_ready);
                addresses.push(address.clone());
            }
        }
    }
    let is_ready = |address: &EndpointAddress| ready.get(&(address.ip, address.pod.clone())) == Some(&true);
    let (first, last): (Vec<_>, Vec<_>) = addresses.into_iter().partition(is_ready);
    let first = first.into_iter().map(|address| (address, true));
    let ordered = first.chain(last.into_iter().map(|address| (address, false))).collect();
    (ready, ordered)
}
