//! The endpoint slice controller: `Reconciler` of staging/src/k8s.io/endpointslice.
//!
//! Where Go takes any element of a map, the order of Pods and of names decides here.

mod desired;
mod endpoints;
mod hints;
mod packing;
#[cfg(test)]
mod tests;
mod topology;

pub(super) use endpoints::find_port;
pub(super) use topology::TopologyCache;

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use crate::k8s::{Change, Changed, Cluster, EndpointSlice, Labels, Service, ServiceType, selects};
use crate::net::Family;
use desired::{PortKey, desired_groups, port_key};
use hints::{Plan, add_hints};

/// `--max-endpoints-per-slice` of kube-controller-manager.
pub(super) const MAX_ENDPOINTS: usize = 100;
pub(super) const CONTROLLER_NAME: &str = "endpointslice-controller.k8s.io";

/// What `syncService` does about one Service.
#[derive(Debug, Default)]
pub(super) struct Sync {
    /// In the order of its API calls.
    pub(super) changes: Vec<Change>,
    /// The message of an event, where topology hints were asked for and are not given.
    pub(super) event: Option<&'static str>,
}

pub(super) fn reconcile(cluster: &Cluster, service: &Service, topology: &mut TopologyCache, names: &mut Names) -> Sync {
    if service.service_type == ServiceType::ExternalName || service.selector.is_empty() {
        return Sync::default();
    }
    let families = families(cluster, service);
    let is_managed = |slice: &&EndpointSlice| slice.belongs_to(&service.name) && is_managed_by(slice, CONTROLLER_NAME);
    let existing: Vec<&EndpointSlice> = cluster.endpoint_slices.iter().filter(is_managed).collect();
    let mut sync = Sync::default();
    for family in &families {
        let of_family: Vec<_> = existing.iter().copied().filter(|slice| slice.address_type == *family).collect();
        let plan = plan(cluster, service, *family, &of_family, topology);
        sync.event = sync.event.or(plan.event);
        sync.changes.extend(finalize(plan, &of_family, cluster, service, names));
    }
    for slice in existing.into_iter().filter(|slice| !families.contains(&slice.address_type)) {
        topology.remove_hints(&service.name, slice.address_type);
        sync.changes.push(Change::EndpointSlice(Changed::deleted(slice.clone())));
    }
    sync
}

/// Slices that were pasted without their labels count as the controller's own.
pub(super) fn is_managed_by(slice: &EndpointSlice, controller: &str) -> bool {
    slice.labels.get(EndpointSlice::MANAGED_BY_LABEL).is_none_or(|manager| manager == controller)
}

/// `getAddressTypesForService`. Where the text does not say, the API server would have chosen the primary
/// family of the cluster, which is that of its nodes.
fn families(cluster: &Cluster, service: &Service) -> BTreeSet<Family> {
    if !service.ip_families.is_empty() {
        return service.ip_families.iter().copied().collect();
    }
    let primary = cluster.nodes.iter().find_map(|node| node.internal_ips.first());
    [primary.map_or(Family::V4, |address| Family::of(*address))].into()
}

/// `reconcileByAddressType` up to its API calls.
fn plan(
    cluster: &Cluster,
    service: &Service,
    family: Family,
    existing: &[&EndpointSlice],
    topology: &mut TopologyCache,
) -> Plan {
    let pods = cluster
        .pods
        .iter()
        .filter(|pod| *pod.name.namespace == *service.name.namespace && selects(&service.selector, &pod.labels));
    let labels = labels(service);
    let mut groups = desired_groups(cluster, service, family, pods);
    let mut by_ports: BTreeMap<PortKey, Vec<&EndpointSlice>> = BTreeMap::new();
    for slice in existing {
        by_ports.entry(port_key(&slice.ports)).or_default().push(slice);
    }
    let mut plan = Plan::default();
    for (key, group) in &mut groups {
        let slices = by_ports.remove(key).unwrap_or_default();
        let empty = || empty_slice(service, family, labels.clone(), group.ports.clone());
        packing::reconcile_by_ports(&slices, &mut group.endpoints, &labels, &empty, &mut plan);
    }
    // Sets of ports that no Pod has any more.
    plan.delete.extend(by_ports.into_values().flatten().cloned());
    if existing.len() == plan.delete.len() && plan.create.is_empty() {
        let placeholder = empty_slice(service, family, labels, Vec::new());
        let is_placeholder =
            |slice: &EndpointSlice| EndpointSlice { name: placeholder.name.clone(), ..slice.clone() } == placeholder;
        if matches!(plan.delete.as_slice(), [only] if is_placeholder(only)) {
            plan.delete.clear();
        } else {
            plan.create.push(placeholder);
        }
    }
    let is_unchanged =
        |slice: &&&EndpointSlice| !plan.update.iter().chain(&plan.delete).any(|changed| changed.name == slice.name);
    plan.unchanged = existing.iter().filter(is_unchanged).map(|slice| (*slice).clone()).collect();
    add_hints(service, family, plan, topology)
}

/// `setEndpointSliceLabels`: those of the Service, but for the reserved ones.
fn labels(service: &Service) -> Labels {
    let mut labels = service.labels.clone();
    labels.remove(EndpointSlice::HEADLESS_LABEL);
    if service.cluster_ips.is_empty() {
        labels.insert(EndpointSlice::HEADLESS_LABEL.to_owned(), String::new());
    }
    labels.insert(EndpointSlice::SERVICE_LABEL.to_owned(), service.name.name.to_string());
    labels.insert(EndpointSlice::MANAGED_BY_LABEL.to_owned(), CONTROLLER_NAME.to_owned());
    labels
}

/// A slice without a name: `finalize` gives it one.
fn empty_slice(
    service: &Service,
    family: Family,
    labels: Labels,
    ports: Vec<crate::k8s::EndpointPort>,
) -> EndpointSlice {
    let mut name = service.name.clone();
    name.name = "".into();
    EndpointSlice { name, labels, address_type: family, ports, endpoints: Vec::new() }
}

/// `finalize`: a slice that would be deleted is rather updated to one that would be created.
fn finalize(
    mut plan: Plan,
    existing: &[&EndpointSlice],
    cluster: &Cluster,
    service: &Service,
    names: &mut Names,
) -> Vec<Change> {
    let mut deleted = plan.delete.into_iter();
    for slice in deleted.by_ref().take(plan.create.len()) {
        if let Some(mut created) = plan.create.pop() {
            created.name = slice.name;
            plan.update.push(created);
        }
    }
    let base = format!("{}-", service.name.name);
    let mut changes: Vec<Change> = Vec::new();
    for mut slice in plan.create {
        let is_taken = |name: &str| {
            cluster
                .endpoint_slices
                .iter()
                .any(|other| *other.name.name == *name && other.name.namespace == slice.name.namespace)
        };
        slice.name.name = names.generate(&base, is_taken).into();
        changes.push(Change::EndpointSlice(Changed::added(slice)));
    }
    for new in plan.update {
        let old = existing.iter().find(|old| old.name == new.name).filter(|old| ***old != new);
        changes.extend(old.map(|old| Change::EndpointSlice(Changed::modified((*old).clone(), new))));
    }
    changes.extend(deleted.map(|slice| Change::EndpointSlice(Changed::deleted(slice))));
    changes
}
