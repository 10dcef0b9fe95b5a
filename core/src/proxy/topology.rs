//! Which endpoints a node uses for a service port (`CategorizeEndpoints` of topology.go).
//!
//! In: the endpoints of a service port, the node's name and zone. Out: their indexes, apart for the
//! two traffic policies. Left out on purpose: `trafficDistribution`, which kube-proxy never reads;
//! only hints count.

use super::{Endpoint, ServicePort};

/// Indexes of usable endpoints.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Categorized {
    /// For traffic policy `Cluster`; empty if the service port never uses it.
    pub cluster: Vec<usize>,
    /// For traffic policy `Local`; empty if the service port never uses it.
    pub local: Vec<usize>,
    /// Whether there is a usable endpoint anywhere in the cluster.
    pub has_any: bool,
    /// The union of the two lists where it is neither of them.
    union: Option<Vec<usize>>,
    cluster_unused: bool,
}

impl Categorized {
    /// All endpoints that traffic of this node can reach.
    pub fn reachable(&self) -> &[usize] {
        match &self.union {
            Some(union) => union,
            None if self.cluster_unused => &self.local,
            None => &self.cluster,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TopologyMode {
    Anywhere,
    SameNode,
    SameZone,
}

pub fn categorize(endpoints: &[Endpoint], port: &ServicePort, node_name: &str, zone: &str) -> Categorized {
    let mut result = Categorized { cluster_unused: !port.uses_cluster_endpoints(), ..Categorized::default() };
    let mut mode = TopologyMode::Anywhere;
    if port.uses_cluster_endpoints() {
        mode = topology_mode(endpoints, node_name, zone);
        result.cluster = filter(endpoints, |endpoint| endpoint.ready && is_available(endpoint, mode, node_name, zone));
        if result.cluster.is_empty() {
            result.cluster = filter(endpoints, Endpoint::is_serving_terminating);
        }
        result.has_any = !result.cluster.is_empty();
    }
    if !port.uses_local_endpoints() {
        return result;
    }

    result.has_any |= endpoints.iter().any(|endpoint| endpoint.ready || endpoint.is_serving_terminating());
    result.local = filter(endpoints, |endpoint| endpoint.is_local && endpoint.ready);
    let local_terminating = result.local.is_empty();
    if local_terminating {
        result.local = filter(endpoints, |endpoint| endpoint.is_local && endpoint.is_serving_terminating());
    }
    // Ready local endpoints are among those for `Cluster` unless hints leave them out.
    let differ = mode != TopologyMode::Anywhere || (local_terminating && !result.local.is_empty());
    if !result.cluster_unused && differ {
        let mut union = [result.cluster.as_slice(), &result.local].concat();
        union.sort_unstable();
        union.dedup();
        result.union = Some(union);
    }
    result
}

/// `topologyModeFromHints`: hints count only if every ready endpoint has one and one of them is for
/// this node, or for its zone.
fn topology_mode(endpoints: &[Endpoint], node_name: &str, zone: &str) -> TopologyMode {
    let applies = |hints: fn(&Endpoint) -> &[String], here: &str| {
        let mut ready = endpoints.iter().filter(|endpoint| endpoint.ready).peekable();
        if ready.peek().is_none_or(|endpoint| hints(endpoint).is_empty()) {
            return false;
        }
        let mut one_is_here = false;
        for endpoint in ready {
            if hints(endpoint).is_empty() {
                return false;
            }
            one_is_here |= hints(endpoint).iter().any(|hint| hint == here);
        }
        one_is_here
    };
    if applies(|endpoint| endpoint.node_hints(), node_name) {
        TopologyMode::SameNode
    } else if applies(|endpoint| endpoint.zone_hints(), zone) {
        TopologyMode::SameZone
    } else {
        TopologyMode::Anywhere
    }
}

fn is_available(endpoint: &Endpoint, mode: TopologyMode, node_name: &str, zone: &str) -> bool {
    match mode {
        TopologyMode::Anywhere => true,
        TopologyMode::SameNode => endpoint.node_hints().iter().any(|hint| hint == node_name),
        TopologyMode::SameZone => endpoint.zone_hints().iter().any(|hint| hint == zone),
    }
}

fn filter(endpoints: &[Endpoint], usable: impl Fn(&Endpoint) -> bool) -> Vec<usize> {
    let mut found = Vec::with_capacity(endpoints.len());
    found.extend(endpoints.iter().enumerate().filter(|(_, endpoint)| usable(endpoint)).map(|(index, _)| index));
    found
}
