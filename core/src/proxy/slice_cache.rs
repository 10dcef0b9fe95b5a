use std::collections::BTreeSet;
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

/// By name. Most Services have one slice, and a map of one would take the room of many.
#[derive(Clone, Debug, Default)]
struct Slices {
    applied: Vec<EndpointSlice>,
    /// None for a slice that is gone.
    pending: Vec<(Arc<str>, Option<EndpointSlice>)>,
}

impl Slices {
    fn applied(&self, name: &str) -> Result<usize, usize> {
        self.applied.binary_search_by(|slice| (*slice.name.name).cmp(name))
    }

    fn pending(&self, name: &str) -> Result<usize, usize> {
        self.pending.binary_search_by(|(other, _)| (**other).cmp(name))
    }

    /// As it will be after all changes.
    fn known(&self, name: &str) -> Option<&EndpointSlice> {
        match self.pending(name) {
            Ok(place) => self.pending[place].1.as_ref(),
            Err(_) => self.applied(name).ok().map(|place| &self.applied[place]),
        }
    }

    fn note(&mut self, name: &Arc<str>, slice: Option<EndpointSlice>) {
        match self.pending(name) {
            Ok(place) => self.pending[place].1 = slice,
            Err(place) => {
                if self.pending.is_empty() {
                    self.pending.reserve_exact(1);
                }
                self.pending.insert(place, (name.clone(), slice));
            }
        }
    }

    fn apply(&mut self) {
        self.applied.reserve_exact(self.pending.len());
        for (name, slice) in std::mem::take(&mut self.pending) {
            match (self.applied(&name), slice) {
                (Ok(place), Some(slice)) => self.applied[place] = slice,
                (Err(place), Some(slice)) => self.applied.insert(place, slice),
                (Ok(place), None) => drop(self.applied.remove(place)),
                (Err(_), None) => {}
            }
        }
    }
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
        let changed = slices.known(&slice.name.name) != new;
        if changed {
            slices.note(&slice.name.name, new.cloned());
            self.pending.insert(service);
        }
        changed
    }

    /// Marks the changes as applied and returns the endpoints of every Service they are about, by its name
    /// (`checkoutChanges`).
    pub fn check_out(&mut self) -> Vec<EndpointsChange> {
        let mut changes = Vec::with_capacity(self.pending.len());
        for service in std::mem::take(&mut self.pending) {
            let Some(slices) = self.by_service.get_mut(&service) else {
                continue;
            };
            slices.apply();
            let current = by_port(&service, &slices.applied, &self.node_name);
            if slices.applied.is_empty() {
                self.by_service.remove(&service);
            }
            changes.push(EndpointsChange { service, current });
        }
        changes
    }
}

/// `getEndpointsMap`: ports without an endpoint do not count.
fn by_port(
    service: &NamespacedName,
    slices: &[EndpointSlice],
    node_name: &str,
) -> Vec<(ServicePortName, Vec<Endpoint>)> {
    let mut ports: Vec<(&Arc<str>, Protocol)> =
        slices.iter().flat_map(|slice| &slice.ports).map(|port| (&port.name, port.protocol)).collect();
    ports.sort_unstable();
    ports.dedup();
    // Positions do not count here, see `ServiceChanges`.
    let slices: Vec<(u32, &EndpointSlice)> = slices.iter().map(|slice| (0, slice)).collect();
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
