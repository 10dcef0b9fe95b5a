//! iptables mode: what kube-proxy feeds to `iptables-restore --noflush --counters`.
//!
//! In: the service ports and endpoints of one family, and the settings. Out: for a first full sync a [`Sync`] with the
//! text in the order in which kube-proxy writes it, the cause of each line, and the jump rules that kube-proxy ensures
//! beforehand; for every sync of a [`Proxier`](crate::proxy::Proxier) its operations.
//!
//! Mirrors `syncProxyRules` of pkg/proxy/iptables/proxier.go.

mod datapath;
mod endpoints;
mod service;
mod static_rules;
mod tables;

use super::local_detector::LocalDetector;
use super::node_port::NodePortCidrs;
use super::traffic::NodeTopology;
use super::{Cause, Config, Jump, Mode, Tracked};
use crate::k8s::{Cluster, Node};
use crate::net::Family;
use tables::Tables;

pub(super) use datapath::Datapath;
pub use static_rules::JUMPS;
pub(super) use static_rules::{write_forwarding, write_masquerading};
pub(super) use tables::declare;

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
    let most_endpoints = tracked.endpoints.iter().map(Vec::len).max().unwrap_or(0);
    let size = Size::of(tracked.total_endpoints(), most_endpoints);
    let settings = Settings::of(config, config.own_node(cluster), family, size);
    let mut tables = Tables::explained();
    tables.reserve(tracked.service_ports.len(), tracked.total_endpoints());
    static_rules::open(&settings, &mut tables);
    for (port, endpoints) in tracked.iter() {
        service::write(port, endpoints, &settings, &mut tables);
    }
    static_rules::close(&settings, config, &mut tables);
    let (restore, causes) = tables.into_restore().into_parts();
    Sync { restore, causes, jumps: JUMPS.to_vec(), large_cluster: settings.large_cluster }
}

/// What the form of rules depends on besides the settings.
#[derive(Clone, Copy)]
struct Size {
    large_cluster: bool,
    /// Of any service port that is written.
    most_endpoints: usize,
}

impl Size {
    const fn of(total_endpoints: usize, most_endpoints: usize) -> Self {
        Self { large_cluster: total_endpoints > LARGE_CLUSTER_ENDPOINTS, most_endpoints }
    }
}

/// The settings in the form in which rules quote them.
struct Settings<'a> {
    family: Family,
    node: NodeTopology<'a>,
    node_ip: std::net::IpAddr,
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
    fn of(config: &'a Config, node: Option<&'a Node>, family: Family, size: Size) -> Self {
        let node_ports = NodePortCidrs::of(config, family, Mode::Iptables);
        let detector = LocalDetector::of(config, node, family);
        Self {
            family,
            node: NodeTopology::of(node, config),
            node_ip: config.node_ip(family),
            mark: config.masquerade_mark(),
            masquerade_all: config.masquerade_all,
            if_local: detector.as_ref().map(|detector| detector.iptables(true)),
            if_not_local: detector.as_ref().map(|detector| detector.iptables(false)),
            random_fully: config.random_fully,
            conntrack_tcp_liberal: config.conntrack_tcp_liberal,
            nfacct_counters: config.nfacct_counters,
            localhost_node_ports: config.serves_localhost(),
            node_ports,
            large_cluster: size.large_cluster,
            probabilities: (0..=u32::try_from(size.most_endpoints).unwrap_or(u32::MAX)).map(probability).collect(),
        }
    }
}

fn probability(n: u32) -> String {
    format!("{:.10}", 1.0 / f64::from(n))
}
