//! nftables mode: what kube-proxy feeds to `nft -f -`.
//!
//! In: the service ports and endpoints of one family, and the settings. Out: for a first full sync a [`Sync`] with the
//! transaction in the order in which kube-proxy writes it and the cause of each line; for every sync of a
//! [`Proxier`](crate::proxy::Proxier) its operations.
//!
//! Mirrors `setupNFTables` and `syncProxyRules` of pkg/proxy/nftables/proxier.go, printed as
//! knftables does.

mod datapath;
mod elements;
mod endpoints;
mod part;
mod service;
mod setup;
mod transaction;

use super::local_detector::LocalDetector;
use super::node_port::NodePortCidrs;
use super::program::Lines;
use super::traffic::NodeTopology;
use super::{Cause, Config, Endpoint, Mode, ServicePort, Tracked};
use crate::k8s::{Cluster, Node};
use crate::net::Family;
use elements::{Container, Containers};
use part::{Output, Part};
use transaction::Transaction;

pub(super) use datapath::Datapath;

/// What one sync hands to the tools.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Sync {
    /// The input of `nft -f -`.
    pub transaction: String,
    /// The cause of each line of `transaction`.
    pub causes: Vec<Cause>,
}

/// Translates a cluster as a freshly started kube-proxy does.
pub fn full_sync(cluster: &Cluster, config: &Config, family: Family) -> Sync {
    let tracked = Tracked::new(cluster, config, family);
    let settings = Settings::of(config, config.own_node(cluster), family);
    let mut transaction = Transaction::new(family, Lines::explained());
    setup::write(&settings, config, true, &mut transaction);
    let mut containers = Containers::default();
    containers.reserve(tracked.service_ports.len());
    transaction.reserve(tracked.service_ports.len(), tracked.total_endpoints());
    for (port, endpoints) in tracked.iter() {
        write_port(port, endpoints, &settings, &mut containers, &mut transaction);
    }
    containers.settle_contests(&mut transaction);
    let (transaction, causes) = transaction.finish();
    Sync { transaction, causes }
}

fn write_port(
    port: &ServicePort,
    endpoints: &[Endpoint],
    settings: &Settings,
    containers: &mut Containers,
    transaction: &mut Transaction,
) -> Part {
    let mut output = Output { owner: port.name.clone().into(), containers, transaction, part: Part::default() };
    service::write(port, endpoints, settings, &mut output);
    output.part
}

/// The settings in the form in which rules quote them.
struct Settings<'a> {
    family: Family,
    /// `ip` or `ip6`: the family of the table and of the address matches.
    ip: &'static str,
    /// `ipv4_addr` or `ipv6_addr`.
    address_type: &'static str,
    node: NodeTopology<'a>,
    node_ip: std::net::IpAddr,
    /// `0x00004000`.
    mark: String,
    masquerade_all: bool,
    /// The match for pods of this node and the one for everything else; none if they cannot be told
    /// apart.
    if_local: Option<String>,
    if_not_local: Option<String>,
    node_ports: NodePortCidrs,
    /// The ServiceCIDRs of the family, with commas between them.
    service_cidrs: String,
}

impl<'a> Settings<'a> {
    fn of(config: &'a Config, node: Option<&'a Node>, family: Family) -> Self {
        let detector = LocalDetector::of(config, node, family);
        let (ip, address_type) = match family {
            Family::V4 => ("ip", "ipv4_addr"),
            Family::V6 => ("ip6", "ipv6_addr"),
        };
        let of_family = config.service_cidrs.iter().filter(|cidr| Family::of(cidr.addr()) == family);
        Self {
            family,
            ip,
            address_type,
            node: NodeTopology::of(node, config),
            node_ip: config.node_ip(family),
            mark: config.masquerade_mark(),
            masquerade_all: config.masquerade_all,
            if_local: detector.as_ref().map(|detector| detector.nft(true)),
            if_not_local: detector.as_ref().map(|detector| detector.nft(false)),
            node_ports: NodePortCidrs::of(config, family, Mode::Nftables),
            service_cidrs: of_family.map(ToString::to_string).collect::<Vec<_>>().join(","),
        }
    }
}
