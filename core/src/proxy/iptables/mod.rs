//! iptables mode: what one full sync feeds to `iptables-restore --noflush --counters`.
//!
//! In: the service ports and endpoints of one family, and the settings. Out: a [`Sync`] with the
//! text in the order in which kube-proxy writes it, and the jump rules that kube-proxy ensures
//! beforehand. Left out on purpose: the clean-up of chains from earlier syncs, of which a first
//! sync finds none.
//!
//! Mirrors `syncProxyRules` of pkg/proxy/iptables/proxier.go.

mod endpoints;
mod service;
mod static_rules;

use super::local_detector::LocalDetector;
use super::node_port::NodePortCidrs;
use super::program::Lines;
use super::traffic::NodeTopology;
use super::{Cause, Config, Jump, Mode, Tracked};
use crate::k8s::Cluster;
use crate::net::Family;

pub use static_rules::JUMPS;
pub(super) use static_rules::{write_forwarding, write_masquerading};

/// Above this number of endpoints kube-proxy writes no comments on their rules.
const LARGE_CLUSTER_ENDPOINTS: usize = 1000;

/// What one sync hands to the tools.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Sync {
    /// The input of `iptables-restore --noflush --counters`.
    pub restore: String,
    /// The cause of each line of `restore`.
    pub causes: Vec<Cause>,
    /// Ensured before, in this order.
    pub jumps: Vec<Jump>,
    pub large_cluster: bool,
}

/// Translates a cluster as a freshly started kube-proxy does.
pub fn full_sync(cluster: &Cluster, config: &Config, family: Family) -> Sync {
    let tracked = Tracked::new(cluster, config, family);
    let settings = Settings::of(cluster, config, family, &tracked);
    let mut tables = Tables::default();
    static_rules::open(&settings, &mut tables);
    for (port, endpoints) in tracked.iter() {
        service::write(port, endpoints, &settings, &mut tables);
    }
    static_rules::close(&settings, config, &mut tables);
    let (restore, causes) = tables.into_restore();
    Sync { restore, causes, jumps: JUMPS.to_vec(), large_cluster: settings.large_cluster }
}

/// The settings in the form in which rules quote them.
struct Settings<'a> {
    family: Family,
    node: NodeTopology<'a>,
    node_ip: Option<std::net::IpAddr>,
    /// `0x00004000`.
    mark: String,
    masquerade_all: bool,
    /// The match for pods of this node and the one for everything else; none if they cannot be told
    /// apart.
    if_local: Option<String>,
    if_not_local: Option<String>,
    random_fully: bool,
    conntrack_tcp_liberal: bool,
    nfacct_counters: bool,
    localhost_node_ports: bool,
    node_ports: NodePortCidrs,
    large_cluster: bool,
    /// `probabilities[n]` is that of one in n.
    probabilities: Vec<String>,
}

impl<'a> Settings<'a> {
    fn of(cluster: &'a Cluster, config: &'a Config, family: Family, tracked: &Tracked) -> Self {
        let node_ports = NodePortCidrs::of(config, family, Mode::Iptables);
        let detector = LocalDetector::of(config, cluster, family);
        let most_endpoints = tracked.endpoints.iter().map(Vec::len).max().unwrap_or(0);
        Self {
            family,
            node: NodeTopology::of(cluster, config),
            node_ip: config.node_ip(family),
            mark: config.masquerade_mark(),
            masquerade_all: config.masquerade_all,
            if_local: detector.as_ref().map(|detector| detector.iptables(true)),
            if_not_local: detector.as_ref().map(|detector| detector.iptables(false)),
            random_fully: config.random_fully,
            conntrack_tcp_liberal: config.conntrack_tcp_liberal,
            nfacct_counters: config.nfacct_counters,
            localhost_node_ports: config.localhost_node_ports && node_ports.contains_ipv4_loopback(),
            node_ports,
            large_cluster: tracked.total_endpoints() > LARGE_CLUSTER_ENDPOINTS,
            probabilities: (0..=u32::try_from(most_endpoints).unwrap_or(u32::MAX)).map(probability).collect(),
        }
    }
}

fn probability(n: u32) -> String {
    format!("{:.10}", 1.0 / f64::from(n))
}

/// The two tables that are written, declarations and rules apart since the declarations come first.
#[derive(Default)]
struct Tables {
    filter_chains: Lines,
    filter_rules: Lines,
    nat_chains: Lines,
    nat_rules: Lines,
}

impl Tables {
    fn into_restore(self) -> (String, Vec<Cause>) {
        let mut start = Lines::default();
        start.push(Cause::Settings, &["*filter"]);
        start.append(&self.filter_chains);
        start.append(&self.filter_rules);
        start.push(Cause::Settings, &["COMMIT"]);
        start.push(Cause::Settings, &["*nat"]);
        start.append(&self.nat_chains);
        let mut restore = self.nat_rules;
        restore.push(Cause::Settings, &["COMMIT"]);
        restore.prepend(start);
        (restore.text, restore.causes)
    }
}

/// Declares a chain, which empties it if it is there.
pub(super) fn declare(chains: &mut Lines, cause: Cause, chain: &str) {
    chains.push(cause, &[":", chain, " - [0:0]"]);
}
