use super::topology::TopologyCache;
use crate::k8s::{EndpointSlice, Service, SliceEndpoint, TrafficDistribution};
use crate::net::Family;

/// What is to be done about the slices of one family.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) create: Vec<EndpointSlice>,
    pub(super) update: Vec<EndpointSlice>,
    pub(super) delete: Vec<EndpointSlice>,
    pub(super) unchanged: Vec<EndpointSlice>,
    /// Why there are no topology hints although they were asked for (`TopologyAwareHintsDisabled`).
    pub(super) event: Option<&'static str>,
}

impl Plan {
    /// The slices whose endpoints may be given hints: those that are written anyway.
    pub(super) fn written(&mut self) -> impl Iterator<Item = &mut EndpointSlice> {
        self.create.iter_mut().chain(&mut self.update)
    }

    /// Moves unchanged slices that need other hints to the updated ones.
    pub(super) fn update_where(&mut self, mut needs_update: impl FnMut(&EndpointSlice) -> bool) {
        let (update, unchanged) =
            std::mem::take(&mut self.unchanged).into_iter().partition(|slice| needs_update(slice));
        self.unchanged = unchanged;
        self.update.extend::<Vec<_>>(update);
    }

    /// `RemoveHintsFromSlices`.
    pub(super) fn remove_hints(&mut self) {
        self.update_where(|slice| slice.endpoints.iter().any(has_hints));
        for endpoint in self.written().flat_map(|slice| &mut slice.endpoints) {
            endpoint.for_zones.clear();
            endpoint.for_nodes.clear();
        }
    }
}

/// The end of `reconcileByAddressType`: the annotation comes before `trafficDistribution`.
pub(super) fn add_hints(service: &Service, family: Family, mut plan: Plan, topology: &mut TopologyCache) -> Plan {
    if service.topology_mode_auto {
        topology.add_hints(&service.name, family, &mut plan);
        return plan;
    }
    topology.remove_hints(&service.name, family);
    match service.traffic_distribution {
        None => plan.remove_hints(),
        Some(distribution) => prefer_close(distribution == TrafficDistribution::PreferSameNode, &mut plan),
    }
    plan
}

/// `preferCloseHeuristic` of trafficdist: each endpoint is for its own zone, and for its own node if asked so.
fn prefer_close(node_hints: bool, plan: &mut Plan) {
    let wanted = |endpoint: &SliceEndpoint| {
        let zones: Vec<String> = endpoint.zone.iter().cloned().collect();
        let node = endpoint.node_name.as_ref().filter(|_| node_hints);
        (zones, node.map(|name| name.to_string()).into_iter().collect::<Vec<_>>())
    };
    let is_wrong = |endpoint: &SliceEndpoint| {
        is_ready(endpoint) && wanted(endpoint) != (endpoint.for_zones.clone(), endpoint.for_nodes.clone())
    };
    plan.update_where(|slice| slice.endpoints.iter().any(is_wrong));
    for endpoint in plan.written().flat_map(|slice| &mut slice.endpoints).filter(|endpoint| is_ready(endpoint)) {
        (endpoint.for_zones, endpoint.for_nodes) = wanted(endpoint);
    }
}

/// Unlike for kube-proxy, an absent condition is not ready.
pub(super) fn is_ready(endpoint: &SliceEndpoint) -> bool {
    endpoint.ready == Some(true)
}

fn has_hints(endpoint: &SliceEndpoint) -> bool {
    !endpoint.for_zones.is_empty() || !endpoint.for_nodes.is_empty()
}
