use std::collections::BTreeMap;

use super::ServicePort;
use super::tracker::is_watched;
use crate::k8s::{NamespacedName, Service};
use crate::net::Family;

/// What happened to Services since the last sync (`ServiceChangeTracker`).
#[derive(Clone, Debug)]
pub(super) struct ServiceChanges {
    family: Family,
    label_selector: bool,
    pending: BTreeMap<NamespacedName, Pending>,
}

/// The ports of one Service before all changes and after them, sorted by name.
#[derive(Clone, Debug)]
struct Pending {
    previous: Vec<ServicePort>,
    current: Vec<ServicePort>,
}

impl ServiceChanges {
    pub const fn new(family: Family, label_selector: bool) -> Self {
        Self { family, label_selector, pending: BTreeMap::new() }
    }

    /// Whether there is something to sync, be it for this change or an earlier one.
    pub fn note(&mut self, old: Option<&Service>, new: Option<&Service>) -> bool {
        // An informer with a label selector sees an object that is relabelled come or go.
        let watched = |service: &&Service| !self.label_selector || is_watched(&service.labels);
        let (old, new) = (old.filter(watched), new.filter(watched));
        let Some(service) = new.or(old) else {
            return !self.pending.is_empty();
        };
        let current = ports(new, self.family);
        let pending = self
            .pending
            .entry(service.name.clone())
            .or_insert_with(|| Pending { previous: ports(old, self.family), current: Vec::new() });
        pending.current = current;
        if pending.previous == pending.current {
            self.pending.remove(&service.name);
        }
        !self.pending.is_empty()
    }

    /// Marks the changes as applied and returns them, by the name of their Service.
    pub fn check_out(&mut self) -> Vec<PortsChange> {
        let change = |(service, Pending { current, .. })| PortsChange { service, current };
        std::mem::take(&mut self.pending).into_iter().map(change).collect()
    }
}

/// The ports of one Service after all changes, sorted by name.
pub(super) struct PortsChange {
    pub service: NamespacedName,
    pub current: Vec<ServicePort>,
}

fn ports(service: Option<&Service>, family: Family) -> Vec<ServicePort> {
    // Positions do not count here: a long-lived proxier has no cluster to point into.
    let mut ports = service.map_or_else(Vec::new, |service| ServicePort::all_of(service, 0, family));
    ports.sort_by(|one, other| one.name.cmp(&other.name));
    ports.iter_mut().for_each(|port| port.port_index = 0);
    ports
}
