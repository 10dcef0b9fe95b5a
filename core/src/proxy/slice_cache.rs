use std::collections::BTreeMap;
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
    applied: HashMap<NamespacedName, Slices>,
    pending: BTreeMap<NamespacedName, Pending>,
}

/// By name. Most Services have one slice, and a map of one would take the room of many.
type Slices = Vec<EndpointSlice>;

/// What is to become of slices, by name; None for one that is gone.
type Pending = Vec<(Arc<str>, Option<EndpointSlice>)>;

/// Where something of this name is in a list by name, or belongs.
fn place<T>(list: &[T], name: &str, name_of: impl Fn(&T) -> &str) -> Result<usize, usize> {
    list.binary_search_by(|one| name_of(one).cmp(name))
}

fn place_of_slice(slices: &Slices, name: &str) -> Result<usize, usize> {
    place(slices, name, |slice| &slice.name.name)
}

fn apply(pending: Pending, slices: &mut Slices) {
    slices.reserve_exact(pending.len());
    for (name, slice) in pending {
        match (place_of_slice(slices, &name), slice) {
            (Ok(place), Some(slice)) => slices[place] = slice,
            (Err(place), Some(slice)) => slices.insert(place, slice),
            (Ok(place), None) => drop(slices.remove(place)),
            (Err(_), None) => {}
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
            applied: HashMap::default(),
            pending: BTreeMap::new(),
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
        let name = &slice.name.name;
        let pending = self.pending.get(&service);
        // As it will be after all changes.
        let known = match pending.and_then(|pending| Some(&pending[place(pending, name, |(name, _)| name).ok()?])) {
            Some((_, slice)) => slice.as_ref(),
            None => self.applied.get(&service).and_then(|slices| Some(&slices[place_of_slice(slices, name).ok()?])),
        };
        let changed = known != new;
        if changed {
            let pending = self.pending.entry(service).or_default();
            match place(pending, name, |(name, _)| name) {
                Ok(place) => pending[place].1 = new.cloned(),
                Err(place) => {
                    if pending.is_empty() {
                        pending.reserve_exact(1);
                    }
                    pending.insert(place, (name.clone(), new.cloned()));
                }
            }
        }
        changed
    }

    /// Marks the changes as applied and returns the endpoints of every Service they are about, by its name
    /// (`checkoutChanges`).
    pub fn check_out(&mut self) -> Vec<EndpointsChange> {
        let mut changes = Vec::with_capacity(self.pending.len());
        self.applied.reserve(self.pending.len());
        for (service, pending) in std::mem::take(&mut self.pending) {
            let slices = self.applied.entry(service.clone()).or_default();
            apply(pending, slices);
            let current = by_port(&service, slices, &self.node_name);
            if slices.is_empty() {
                self.applied.remove(&service);
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
    let mut by_port = Vec::with_capacity(ports.len());
    for (port, protocol) in ports {
        let name = ServicePortName { service: service.clone(), port: port.clone(), protocol };
        // Positions do not count here, see `ServiceChanges`.
        let endpoints = endpoints(&name, slices.iter().map(|slice| (0, slice)), node_name);
        if !endpoints.is_empty() {
            by_port.push((name, endpoints));
        }
    }
    by_port
}
