//! The format of a case's `config.json`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use datapath_core::net::Family;
use datapath_core::proxy::{Config, DetectLocal, Interface, NodePortAddresses};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    ip_families: Vec<FamilyName>,
    node_name: String,
    #[serde(rename = "nodeIPs")]
    node_ips: BTreeMap<FamilyName, IpAddr>,
    interfaces: Vec<InterfaceSettings>,
    detect_local_mode: DetectLocalMode,
    #[serde(rename = "clusterCIDR")]
    cluster_cidr: BTreeMap<FamilyName, String>,
    bridge_interface: String,
    interface_name_prefix: String,
    masquerade_all: bool,
    masquerade_bit: u8,
    node_port_addresses: Vec<String>,
    localhost_node_ports: bool,
    #[serde(rename = "conntrackTCPLiberal")]
    conntrack_tcp_liberal: bool,
    nfacct_counters: bool,
    random_fully: bool,
    #[serde(rename = "serviceCIDRs")]
    service_cidrs: Vec<String>,
    ipvs_scheduler: String,
    #[serde(rename = "ipvsExcludeCIDRs")]
    ipvs_exclude_cidrs: Vec<String>,
    #[serde(rename = "ipvsStrictARP")]
    ipvs_strict_arp: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum FamilyName {
    #[serde(rename = "IPv4")]
    V4,
    #[serde(rename = "IPv6")]
    V6,
}

#[derive(Deserialize)]
struct InterfaceSettings {
    name: String,
    addresses: Vec<String>,
}

#[derive(Deserialize)]
enum DetectLocalMode {
    #[serde(rename = "ClusterCIDR")]
    ClusterCidr,
    #[serde(rename = "NodeCIDR")]
    NodeCidr,
    BridgeInterface,
    InterfaceNamePrefix,
    None,
}

impl Settings {
    /// # Errors
    /// Names the range or the address that cannot be read.
    pub fn into_config(self) -> Result<Config, String> {
        let interface = |interface: InterfaceSettings| {
            Ok(Interface { name: interface.name, addresses: ranges(interface.addresses)? })
        };
        let node_port_addresses = match self.node_port_addresses.as_slice() {
            [] => NodePortAddresses::Unset,
            [primary] if primary == "primary" => NodePortAddresses::Primary,
            _ => NodePortAddresses::Cidrs(ranges(self.node_port_addresses)?),
        };
        Ok(Config {
            ip_families: self.ip_families.into_iter().map(Family::from).collect(),
            node_name: self.node_name,
            node_ips: self.node_ips.into_values().collect(),
            interfaces: self.interfaces.into_iter().map(interface).collect::<Result<_, String>>()?,
            detect_local: match self.detect_local_mode {
                DetectLocalMode::None => DetectLocal::None,
                DetectLocalMode::ClusterCidr => DetectLocal::ClusterCidr(ranges(self.cluster_cidr.into_values())?),
                DetectLocalMode::NodeCidr => DetectLocal::NodeCidr,
                DetectLocalMode::BridgeInterface => DetectLocal::BridgeInterface(self.bridge_interface),
                DetectLocalMode::InterfaceNamePrefix => DetectLocal::InterfaceNamePrefix(self.interface_name_prefix),
            },
            masquerade_all: self.masquerade_all,
            masquerade_bit: self.masquerade_bit,
            node_port_addresses,
            localhost_node_ports: self.localhost_node_ports,
            conntrack_tcp_liberal: self.conntrack_tcp_liberal,
            nfacct_counters: self.nfacct_counters,
            random_fully: self.random_fully,
            service_cidrs: ranges(self.service_cidrs)?,
            ipvs_scheduler: self.ipvs_scheduler,
            ipvs_exclude_cidrs: ranges(self.ipvs_exclude_cidrs)?,
            ipvs_strict_arp: self.ipvs_strict_arp,
            // The recordings were made from the proxiers, without the informers in front of them.
            label_selector: false,
        })
    }
}

impl From<FamilyName> for Family {
    fn from(name: FamilyName) -> Self {
        match name {
            FamilyName::V4 => Self::V4,
            FamilyName::V6 => Self::V6,
        }
    }
}

fn ranges(texts: impl IntoIterator<Item = String>) -> Result<Vec<ipnet::IpNet>, String> {
    texts.into_iter().map(|text| text.parse().map_err(|error| format!("{text}: {error}"))).collect()
}
