use super::MAX_ENDPOINTS;
use super::desired::EndpointSet;
use super::hints::Plan;
use crate::k8s::{EndpointSlice, Labels, SliceEndpoint};

/// `reconcileByPortMapping`: endpoints stay in their slices; new ones fill up slices that change anyway, then
/// one that has room for all of them, then new slices.
pub(super) fn reconcile_by_ports(
    existing: &[&EndpointSlice],
    desired: &mut EndpointSet,
    labels: &Labels,
    empty: &impl Fn() -> EndpointSlice,
    plan: &mut Plan,
) {
    let mut updated: Vec<EndpointSlice> = Vec::new();
    let mut unchanged: Vec<&EndpointSlice> = Vec::new();
    for slice in existing {
        match kept(slice, desired) {
            Kept::All if has_labels(slice, labels) => unchanged.push(slice),
            Kept::All => updated.push(EndpointSlice { labels: labels.clone(), ..(*slice).clone() }),
            Kept::Some(endpoints) => {
                updated.push(EndpointSlice { labels: labels.clone(), endpoints, ..(*slice).clone() });
            }
            Kept::None => plan.delete.push((*slice).clone()),
        }
    }
    // The fullest first; of equals the first by name.
    updated.sort_by(|one, other| (other.endpoints.len(), &one.name).cmp(&(one.endpoints.len(), &other.name)));
    unchanged.sort_by(|one, other| one.name.cmp(&other.name));
    for slice in &mut updated {
        fill(slice, desired);
    }
    while desired.len() > 0 {
        let place = (desired.len() < MAX_ENDPOINTS).then(|| slice_to_fill(&unchanged, desired.len())).flatten();
        let mut slice = place.map_or_else(empty, |place| unchanged.remove(place).clone());
        fill(&mut slice, desired);
        let target = if place.is_some() { &mut updated } else { &mut plan.create };
        target.push(slice);
    }
    plan.update.extend(updated);
}

enum Kept {
    /// As they are.
    All,
    /// Not all, or not as they were.
    Some(Vec<SliceEndpoint>),
    None,
}

/// Which endpoints of the slice are still desired; takes them from `desired`.
fn kept(slice: &EndpointSlice, desired: &mut EndpointSet) -> Kept {
    let mut changed = false;
    let mut endpoints = Vec::with_capacity(slice.endpoints.len());
    for old in &slice.endpoints {
        if let Some(new) = desired.take(old) {
            changed |= !equal_but_for_hints(old, &new);
            endpoints.push(new);
        }
    }
    if !changed && endpoints.len() == slice.endpoints.len() {
        Kept::All
    } else if endpoints.is_empty() {
        Kept::None
    } else {
        Kept::Some(endpoints)
    }
}

/// `EndpointsEqualBeyondHash`, after the hash.
fn equal_but_for_hints(old: &SliceEndpoint, new: &SliceEndpoint) -> bool {
    let attributes = |endpoint: &SliceEndpoint| {
        (endpoint.ready, endpoint.serving, endpoint.terminating, endpoint.node_name.clone(), endpoint.zone.clone())
    };
    attributes(old) == attributes(new)
}

/// Whether the labels agree but for the reserved ones, which the controller does not compare.
fn has_labels(slice: &EndpointSlice, labels: &Labels) -> bool {
    const RESERVED: [&str; 3] =
        [EndpointSlice::SERVICE_LABEL, EndpointSlice::MANAGED_BY_LABEL, EndpointSlice::HEADLESS_LABEL];
    let own = |labels: &Labels| -> Labels {
        let free = labels.iter().filter(|(key, _)| !RESERVED.contains(&key.as_str()));
        free.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    own(&slice.labels) == own(labels)
}

fn fill(slice: &mut EndpointSlice, desired: &mut EndpointSet) {
    while slice.endpoints.len() < MAX_ENDPOINTS {
        let Some(endpoint) = desired.pop() else { return };
        slice.endpoints.push(endpoint);
    }
}

/// `getSliceToFill`: the slice that is closest to full with `count` endpoints more.
fn slice_to_fill(slices: &[&EndpointSlice], count: usize) -> Option<usize> {
    let room = |slice: &EndpointSlice| MAX_ENDPOINTS.checked_sub(count + slice.endpoints.len());
    let fitting = slices.iter().enumerate().filter_map(|(place, slice)| Some((room(slice)?, place)));
    // An empty slice is never chosen for nothing: the room has to be less than the maximum.
    fitting.filter(|(room, _)| *room < MAX_ENDPOINTS).min().map(|(_, place)| place)
}
