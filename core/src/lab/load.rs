//! Hands what kube-proxy writes to the node's tools, as the real one does.

use ipnet::IpNet;

use crate::ipset;
use crate::iptables;
use crate::k8s::Cluster;
use crate::net::Family;
use crate::netfilter::routing::{Device, DeviceKind};
use crate::nftables;
use crate::node::Node;
use crate::proxy::{self, Config, Jump, Mode};
use crate::source::Diagnostic;

/// The tool that refused, and what it said.
pub type Refusal = (&'static str, Vec<Diagnostic>);

/// Programs one node with the first full sync of its kube-proxy.
pub fn program(node: &mut Node, cluster: &Cluster, config: &Config, mode: Mode) -> Result<(), Refusal> {
    for family in &config.ip_families {
        match mode {
            Mode::Iptables => {
                let sync = proxy::iptables::full_sync(cluster, config, *family);
                load_iptables(node, *family, &sync.jumps, &sync.restore)?;
            }
            Mode::Nftables => {
                let sync = proxy::nftables::full_sync(cluster, config, *family);
                nftables::apply(&mut node.nftables, &sync.transaction).map_err(|errors| ("nft", errors))?;
            }
            Mode::Ipvs => {
                let sync = proxy::ipvs::full_sync(cluster, config, *family);
                load_ipvs(node, &sync);
                load_iptables(node, *family, &sync.jumps, &sync.restore)?;
            }
        }
    }
    Ok(())
}

fn load_iptables(node: &mut Node, family: Family, jumps: &[Jump], restore: &str) -> Result<(), Refusal> {
    let tables = node.iptables.of_mut(family);
    let refused = |errors| ("iptables", errors);
    for jump in jumps {
        // kube-proxy ignores that the chain exists already (`EnsureChain`).
        let _ = iptables::command(tables, &format!("-t {} -N {}", jump.table, jump.target));
        iptables::command(tables, &jump.to_string()).map_err(refused)?;
    }
    iptables::restore(tables, restore, true).map_err(|errors| ("iptables-restore", errors))
}
