//! `misc.json`: what a sync decides beside the rules.

use std::collections::BTreeMap;

use datapath_core::k8s::NamespacedName;
use datapath_core::net::Family;
use datapath_core::proxy::{Tracked, health_checks, iptables, local_ready_endpoints};
use serde::{Deserialize, Serialize};

use crate::case::Case;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Misc {
    pub health_check_node_ports: BTreeMap<String, u16>,
    pub iptables_large_cluster_mode: bool,
    pub local_ready_endpoints: BTreeMap<String, usize>,
    #[serde(rename = "nftServiceCIDRs")]
    pub nft_service_cidrs: String,
}

/// By family: `IPv4`, `IPv6`.
pub fn of(case: &Case) -> BTreeMap<String, Misc> {
    let families = case.config.ip_families.iter();
    families.map(|family| (family.to_string(), of_family(case, *family))).collect()
}

fn of_family(case: &Case, family: Family) -> Misc {
    let tracked = Tracked::new(&case.cluster, &case.config, family);
    let service_cidrs = case.config.service_cidrs.iter().filter(|cidr| Family::of(cidr.addr()) == family);
    let named = |name: NamespacedName| name.to_string();
    let local_ready = local_ready_endpoints(&case.cluster, &case.config, family);
    let checks = health_checks(&tracked, &local_ready).into_iter();
    Misc {
        health_check_node_ports: checks.map(|(name, check)| (named(name), check.node_port)).collect(),
        iptables_large_cluster_mode: iptables::full_sync(&case.cluster, &case.config, family).large_cluster,
        local_ready_endpoints: local_ready.into_iter().map(|(name, count)| (named(name), count)).collect(),
        nft_service_cidrs: service_cidrs.map(ToString::to_string).collect::<Vec<_>>().join(","),
    }
}
