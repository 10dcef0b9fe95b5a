//! `--service-node-port-range` of the API server, which ports for health checks are of, too.

use std::ops::RangeInclusive;

use super::Cluster;

/// What it is unless it is set.
pub(super) const NODE_PORTS: RangeInclusive<u16> = 30_000..=32_767;

/// Why nobody gets a port (`ErrNotInRange` of pkg/registry/core/service/portallocator). None where a Service of the cluster
/// shows that the range is another one: the objects do not say which.
pub(crate) fn out_of_range(cluster: &Cluster, port: i64) -> Option<&'static str> {
    let given = cluster.services.iter().flat_map(|service| {
        service.ports.iter().filter_map(|port| port.node_port).chain(service.health_check_node_port)
    });
    let is_default = || given.into_iter().all(|port| NODE_PORTS.contains(&port));
    let is_in = u16::try_from(port).is_ok_and(|port| NODE_PORTS.contains(&port));
    (!is_in && is_default())
        .then_some("provided port is not in the valid range. The range of valid ports is 30000-32767")
}
