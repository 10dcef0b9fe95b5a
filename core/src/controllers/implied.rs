//! Pods that are in the slices of a text, but not in the text itself.
//!
//! Their names and addresses are in the slices, their labels follow from the selector that found them, and
//! the rest from the template of the workload that their name points to.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::endpoint_slice::{CONTROLLER_NAME, is_managed_by};
use super::names::{Names, hash};
use crate::fixed_hash::HashMap;
use crate::k8s::{
    Cluster, ContainerPort, EndpointSlice, NamespacedName, Owner, Pod, PodPhase, PodSpec, PodStatus, Service,
    SliceEndpoint, Workload, WorkloadKind, selects,
};
use crate::net::Family;

pub(super) fn imply_pods(cluster: &mut Cluster, names: &mut Names) {
    let mut pods = std::mem::take(&mut cluster.pods);
    let given = pods.len();
    let mut places: HashMap<NamespacedName, usize> =
        pods.iter().enumerate().map(|(place, pod)| (pod.name.clone(), place)).collect();
    // Endpoints that name no Pod are known by address; mostly there are none.
    let mut addresses: HashMap<(Arc<str>, IpAddr), usize> = HashMap::default();
    let by_address = cluster.endpoint_slices.iter().flat_map(|slice| &slice.endpoints).any(|one| one.pod.is_none());
    let networked = pods.iter().enumerate().filter(|(_, pod)| by_address && !pod.spec.host_network);
    for (place, pod) in networked {
        addresses.extend(pod.status.pod_ips.iter().map(|address| ((pod.name.namespace.clone(), *address), place)));
    }
    let owners = Owners::of(&cluster.workloads);
    let services: BTreeMap<&NamespacedName, &Service> =
        cluster.services.iter().map(|service| (&service.name, service)).collect();
    let mut bases: BTreeMap<&NamespacedName, String> = BTreeMap::new();
    for slice in cluster.endpoint_slices.iter().filter(|slice| is_managed_by(slice, CONTROLLER_NAME)) {
        let Some(service) = slice.service().and_then(|name| services.get(&name).copied()) else { continue };
        if service.selector.is_empty() {
            continue;
        }
        for endpoint in &slice.endpoints {
            let namespace = service.name.namespace.clone();
            let at_address = || {
                let address = endpoint.addresses.first()?;
                addresses.get(&(namespace.clone(), *address)).copied()
            };
            let known = match &endpoint.pod {
                Some(pod) => places.get(&NamespacedName { namespace: namespace.clone(), name: pod.clone() }).copied(),
                None => at_address(),
            };
            let place = known.unwrap_or_else(|| {
                let name = endpoint.pod.clone().unwrap_or_else(|| {
                    let base = bases.entry(&service.name).or_insert_with(|| base_name(cluster, service));
                    names.generate(base, |_| false).into()
                });
                let pod = implied(cluster, service, endpoint, name, &owners);
                places.insert(pod.name.clone(), pods.len());
                pods.push(pod);
                pods.len() - 1
            });
            if place >= given {
                complete(&mut pods[place], service, slice, endpoint);
            }
            if by_address {
                addresses.extend(endpoint.addresses.iter().map(|address| ((namespace.clone(), *address), place)));
            }
        }
    }
    cluster.pods = pods;
}

fn implied(cluster: &Cluster, service: &Service, endpoint: &SliceEndpoint, name: Arc<str>, owners: &Owners<'_>) -> Pod {
    let namespace = &service.name.namespace;
    let owner =
        owners.of_pod(namespace, &name).find(|(workload, _)| selects(&service.selector, &workload.template.labels));
    let is_node = |address: &IpAddr| cluster.nodes.iter().any(|node| node.internal_ips.contains(address));
    let (mut spec, labels) = match &owner {
        Some((workload, _)) => (workload.template.spec.clone(), workload.template.labels.clone()),
        // Nothing is known of a bare Pod: its probe may fail.
        None => (PodSpec { has_readiness_probe: true, ..PodSpec::default() }, service.selector.clone()),
    };
    spec.node_name = endpoint.node_name.clone();
    spec.host_network |= endpoint.addresses.iter().any(is_node);
    Pod {
        name: NamespacedName { namespace: namespace.clone(), name },
        labels,
        owner: owner.map(|(_, owner)| owner),
        spec,
        status: PodStatus { phase: PodPhase::Running, is_ready: endpoint.is_serving(), pod_ips: Vec::new() },
        is_deleting: endpoint.is_terminating(),
    }
}

/// How the names of Pods begin of which only the address is known: as those of the workload that the Service
/// selects.
fn base_name(cluster: &Cluster, service: &Service) -> String {
    let is_maker = |workload: &&Workload| {
        let namespace = workload.name.namespace == service.name.namespace;
        namespace && workload.owner.is_none() && selects(&service.selector, &workload.template.labels)
    };
    match cluster.workloads.iter().find(is_maker) {
        Some(workload) if workload.kind() == WorkloadKind::Deployment => {
            format!("{}-{}-", workload.name.name, hash(&workload.template))
        }
        Some(workload) if workload.kind() != WorkloadKind::StatefulSet => format!("{}-", workload.name.name),
        _ => format!("{}-", service.name.name),
    }
}

/// Takes over what the endpoint says of the Pod.
fn complete(pod: &mut Pod, service: &Service, slice: &EndpointSlice, endpoint: &SliceEndpoint) {
    for (key, value) in &service.selector {
        if !pod.labels.contains_key(key) {
            pod.labels.insert(key.clone(), value.clone());
        }
    }
    for address in &endpoint.addresses {
        if pod.address(Family::of(*address)).is_none() {
            pod.status.pod_ips.push(*address);
        }
    }
    if let Some(hostname) = &endpoint.hostname {
        pod.spec.hostname = Some(hostname.clone());
        pod.spec.subdomain = Some(service.name.name.clone());
    }
    for port in service.ports.iter().filter(|port| port.target_port.parse::<u16>().is_err()) {
        let found = slice.ports.iter().find(|found| found.name == port.name && found.protocol == port.protocol);
        let is_known = |known: &ContainerPort| *known.name == *port.target_port && known.protocol == port.protocol;
        if let Some(number) = found.and_then(|found| found.port).filter(|_| !pod.spec.ports.iter().any(is_known)) {
            let name = port.target_port.as_str().into();
            pod.spec.ports.push(ContainerPort { name, protocol: port.protocol, port: number });
        }
    }
}

/// Workloads by namespace and name, to find those that a Pod's name points to.
pub(super) struct Owners<'w> {
    by_name: HashMap<(&'w str, &'w str), Vec<&'w Workload>>,
}

impl<'w> Owners<'w> {
    pub(super) fn of(workloads: &'w [Workload]) -> Self {
        let mut by_name: HashMap<_, Vec<_>> = HashMap::default();
        for workload in workloads {
            by_name.entry((&*workload.name.namespace, &*workload.name.name)).or_default().push(workload);
        }
        Self { by_name }
    }

    /// The workloads whose Pods have such names, with what would own the Pod: `web-5d8c7b9f64-x7k2p` is of
    /// the ReplicaSet `web-5d8c7b9f64` and of the Deployment `web`.
    pub(super) fn of_pod<'p>(
        &'p self,
        namespace: &'p str,
        pod: &'p str,
    ) -> impl Iterator<Item = (&'w Workload, Owner)> {
        let cuts = pod.rmatch_indices('-').take(2).map(|(cut, _)| cut);
        cuts.flat_map(move |cut| {
            let rest = &pod[cut + 1..];
            let named = self.by_name.get(&(namespace, &pod[..cut]));
            named.into_iter().flatten().filter_map(move |workload| Some((*workload, owner(workload, pod, rest)?)))
        })
    }
}

/// `rest` is what follows the workload's name in that of the Pod.
fn owner(workload: &Workload, pod: &str, rest: &str) -> Option<Owner> {
    let has_hash = rest.contains('-');
    match workload.kind() {
        WorkloadKind::Deployment if has_hash => {
            let (set, _) = pod.rsplit_once('-')?;
            Some(Owner { kind: WorkloadKind::ReplicaSet, name: set.into() })
        }
        WorkloadKind::StatefulSet if rest.parse::<u32>().is_ok() => Some(workload.as_owner()),
        WorkloadKind::ReplicaSet | WorkloadKind::DaemonSet if !has_hash => Some(workload.as_owner()),
        _ => None,
    }
}
