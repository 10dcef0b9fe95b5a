use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tracker::{endpoints, is_watched};
use super::{Config, Endpoint, ServicePortName};
use crate::fixed_hash::HashMap;
use crate::k8s::{EndpointSlice, NamespacedName};
use crate::net::{Family, Protocol};

/// The EndpointSlices of one family, and what happened to them since the last sync (`EndpointsChangeTracker` with its
/// `EndpointSliceCache`).
///
/// As there, a slice is filed under the Service that its label names *now*: one whose label changes stays under the
/// old name too.
#[derive(Clone, Debug)]
pub(super) struct SliceCache {
    family: Family,
    label_selector: bool,
    node_name: Box<str>,
    by_service: HashMap<NamespacedName, Slices>,
    /// The Services that have pending slices.
    pending: BTreeSet<NamespacedName>,
}

#[derive(Clone, Debug, Default)]
struct Slices {
    applied: BTreeMap<Arc<str>, EndpointSlice>,
    /// None for a slice that is gone.
    pending: BTreeMap<Arc<str>, Option<EndpointSlice>>,
}

/// The endpoints of one Service after all changes.
pub(super) struct EndpointsChange {
    pub service: NamespacedName,
    pub current: Vec<(ServicePortName, Vec<Endpoint>)>,
}

impl SliceCache {
    pub fn new(family: Family, config: &Config) -> Self {
        Self {
            family,
            label_selector: config.label_selector,
            node_name: config.node_name.as_str().into(),
            by_service: HashMap::default(),
            pending: BTreeSet::new(),
        }
    }

    /// Whether the change has to be synced (`updatePending`, `esDataChanged`).
    pub fn note(&mut self, old: Option<&EndpointSlice>, new: Option<&EndpointSlice>) -> bool {
        let watched = |slice: &&EndpointSlice| !self.label_selector || is_watched(&slice.labels);
        let (old, new) = (old.filter(watched), new.filter(watched));
        let Some(slice) = new.or(old).filter(|slice| slice.address_type == self.family) else {
            return false;
        };
        let Some(service) = slice.service().filter(|service| !service.name.is_empty()) else {
            return false;
        };
        let slices = self.by_service.entry(service.clone()).or_default();
        let known = match slices.pending.get(&slice.name.name) {
            Some(pending) => Some(pending.as_ref()),
            None => slices.applied.get(&slice.name.name).map(Some),
        };
        let changed = match known {
            Some(known) => known != new,
            None => new.is_some(),
        };
        if changed {
            slices.pending.insert(slice.name.name.clone(), new.cloned());
            self.pending.insert(service);
        }
        changed
    }

    /// Marks the changes as applied and returns the endpoints of every Service they are about (`checkoutChanges`).
    pub fn check_out(&mut self) -> Vec<EndpointsChange> {
        let mut changes = Vec::with_capacity(self.pending.len());
        for service in std::mem::take(&mut self.pending) {
            let Some(slices) = self.by_service.get_mut(&service) else {
                continue;
            };
            for (name, slice) in std::mem::take(&mut slices.pending) {
                match slice {
                    Some(slice) => slices.applied.insert(name, slice),
                    None => slices.applied.remove(&name),
                };
            }
            let current = by_port(&service, slices.applied.values(), &self.node_name);
            if slices.applied.is_empty() {
                self.by_service.remove(&service);
            }
            changes.push(EndpointsChange { service, current });
        }
        changes
    }
}

/// `getEndpointsMap`: ports without an endpoint do not count.
fn by_port<'s>(
    service: &NamespacedName,
    slices: impl Iterator<Item = &'s EndpointSlice>,
    node_name: &str,
) -> Vec<(ServicePortName, Vec<Endpoint>)> {
    // Positions do not count here, see `ServiceChanges`.
    let slices: Vec<(u32, &EndpointSlice)> = slices.map(|slice| (0, slice)).collect();
    let ports: BTreeSet<(&Arc<str>, Protocol)> =
        slices.iter().flat_map(|(_, slice)| &slice.ports).map(|port| (&port.name, port.protocol)).collect();
    ports
        .into_iter()
        .map(|(port, protocol)| {
            let name = ServicePortName { service: service.clone(), port: port.clone(), protocol };
            let endpoints = endpoints(&name, &slices, node_name);
            (name, endpoints)
        })
        .filter(|(_, endpoints)| !endpoints.is_empty())
        .collect()
}
