//! Starts kube-proxy on a node.

use std::sync::Arc;

use super::apply::{Refusal, apply_in_turns};
use crate::ipvs::Sysctls;
use crate::k8s::Cluster;
use crate::net::Family;
use crate::node::Node;
use crate::proxy::{Config, Mode, Proxier};
use crate::task::{block_on, yield_now};

/// Starts one proxier for each family, which program the node with their first sync. Also says what the node refused;
/// such a proxier starts over with its next sync.
pub fn program(node: &mut Node, cluster: &Cluster, config: &Config, mode: Mode) -> (Vec<Arc<Proxier>>, Vec<Refusal>) {
    block_on(program_in_turns(node, cluster, config, mode))
}

/// [`program`], in turns.
pub(super) async fn program_in_turns(
    node: &mut Node,
    cluster: &Cluster,
    config: &Config,
    mode: Mode,
) -> (Vec<Arc<Proxier>>, Vec<Refusal>) {
    let mut proxiers = Vec::with_capacity(config.ip_families.len());
    let mut refusals = Vec::new();
    for family in &config.ip_families {
        set_sysctls(node, config, mode, *family);
        let mut proxier = Proxier::new(cluster, config, *family, mode);
        yield_now().await;
        let sync = proxier.sync_in_turns(0, node).await;
        yield_now().await;
        if let Err(refusal) = apply_in_turns(node, &sync, 0).await {
            proxier.note_failure();
            refusals.push(refusal);
        }
        proxiers.push(Arc::new(proxier));
    }
    (proxiers, refusals)
}

/// Starts one proxier for each family, which have not written anything yet.
pub(super) fn start_proxiers(node: &mut Node, cluster: &Cluster, config: &Config, mode: Mode) -> Vec<Arc<Proxier>> {
    let start = |family: &Family| {
        set_sysctls(node, config, mode, *family);
        Arc::new(Proxier::new(cluster, config, *family, mode))
    };
    config.ip_families.iter().map(start).collect()
}

/// What `NewProxier` of each mode sets before anything else.
fn set_sysctls(node: &mut Node, config: &Config, mode: Mode, family: Family) {
    match mode {
        // For NodePorts on 127.0.0.1.
        Mode::Iptables => node.stack.routing.route_localnet |= config.serves_localhost() && family == Family::V4,
        Mode::Nftables => {}
        Mode::Ipvs => {
            node.ipvs.sysctls = Sysctls::kube_proxy();
            if config.ipvs_strict_arp {
                let arp = &mut node.stack.routing.arp;
                (arp.ignore, arp.announce) = (1, 2);
            }
        }
    }
}
