use super::topology::{Categorized, categorize};
use super::{Config, Endpoint, ServicePort};
use crate::k8s::Node;

/// The node as far as the choice of endpoints depends on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeTopology<'n> {
    pub name: &'n str,
    /// Empty where the Node has no zone label.
    pub zone: &'n str,
}

impl<'n> NodeTopology<'n> {
    pub fn of(node: Option<&'n Node>, config: &'n Config) -> Self {
        Self { name: &config.node_name, zone: node.and_then(|node| node.zone()).unwrap_or_default() }
    }
}

/// What becomes of traffic to a service port; iptables and nftables mode decide it in the same way.
#[derive(Debug)]
pub(super) struct Traffic {
    pub endpoints: Categorized,
    /// Whether packets to the cluster IP find an endpoint.
    pub has_internal_endpoints: bool,
    /// Whether packets from outside find an endpoint. Those from this node may find one where this
    /// is false.
    pub has_external_endpoints: bool,
    pub uses_cluster_chain: bool,
    pub uses_local_chain: bool,
    pub uses_external_chain: bool,
}

impl Traffic {
    pub fn of(port: &ServicePort, endpoints: &[Endpoint], node: NodeTopology<'_>) -> Self {
        let endpoints = categorize(endpoints, port, node.name, node.zone);
        let reaches = |local_only: bool| endpoints.has_any && (!local_only || !endpoints.local.is_empty());
        Self {
            has_internal_endpoints: reaches(port.internal_policy_local),
            has_external_endpoints: reaches(port.external_policy_local),
            uses_cluster_chain: !endpoints.cluster.is_empty(),
            uses_local_chain: !endpoints.local.is_empty(),
            uses_external_chain: endpoints.has_any && port.externally_accessible(),
            endpoints,
        }
    }

    /// Whether there is a usable endpoint anywhere.
    pub const fn has_endpoints(&self) -> bool {
        self.endpoints.has_any
    }
}
