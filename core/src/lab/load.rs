//! Starts kube-proxy on a node.

use super::apply::{Refusal, apply};
use crate::ipvs::Sysctls;
use crate::k8s::Cluster;
use crate::net::Family;
use crate::node::Node;
use crate::proxy::{Config, Mode, Proxier};

/// Starts one proxier for each family, which program the node with their first sync.
pub fn program(node: &mut Node, cluster: &Cluster, config: &Config, mode: Mode) -> Result<Vec<Proxier>, Refusal> {
    let mut proxiers = Vec::with_capacity(config.ip_families.len());
    for family in &config.ip_families {
        set_sysctls(node, config, mode, *family);
        let mut proxier = Proxier::new(cluster, config, *family, mode);
        let sync = proxier.sync(0, node);
        apply(node, &sync, 0)?;
        proxiers.push(proxier);
    }
    Ok(proxiers)
}

/// What `NewProxier` of each mode sets before anything else.
fn set_sysctls(node: &mut Node, config: &Config, mode: Mode, family: Family) {
    match mode {
        // For NodePorts on 127.0.0.1.
        Mode::Iptables => node.stack.routing.route_localnet |= config.localhost_node_ports && family == Family::V4,
        Mode::Nftables => {}
        Mode::Ipvs => node.ipvs.sysctls = Sysctls::kube_proxy(),
    }
}
