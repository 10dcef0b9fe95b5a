use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::k8s::{Cluster, Node};
use crate::net::Family;

/// The settings of one kube-proxy and the facts about its node that it reads at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub ip_families: Vec<Family>,
    pub node_name: String,
    /// The node's primary address of each family.
    pub node_ips: Vec<IpAddr>,
    /// What is bound on the node, apart from kube-ipvs0.
    pub interfaces: Vec<Interface>,
    pub detect_local: DetectLocal,
    pub masquerade_all: bool,
    /// Which bit of the packet mark asks for SNAT, 0 to 31.
    pub masquerade_bit: u8,
    pub node_port_addresses: NodePortAddresses,
    /// `iptables.localhostNodePorts`.
    pub localhost_node_ports: bool,
    /// Whether the node has `net.netfilter.nf_conntrack_tcp_be_liberal` set.
    pub conntrack_tcp_liberal: bool,
    /// Whether the node's kernel offers nfacct counters.
    pub nfacct_counters: bool,
    /// Whether the node's iptables knows `--random-fully`.
    pub random_fully: bool,
    /// The ServiceCIDR objects of the cluster; only nftables mode looks at them.
    pub service_cidrs: Vec<IpNet>,
    /// `ipvs.scheduler`; empty means `rr`.
    pub ipvs_scheduler: String,
    /// Virtual servers in these ranges are never cleaned up.
    pub ipvs_exclude_cidrs: Vec<IpNet>,
    pub ipvs_strict_arp: bool,
    /// Whether Services and EndpointSlices that are labelled as none of kube-proxy's business are
    /// passed over. Its informers do so; the proxiers behind them, driven directly as in the
    /// recordings, do not look at labels.
    pub label_selector: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ip_families: vec![Family::V4],
            node_name: String::new(),
            node_ips: Vec::new(),
            interfaces: Vec::new(),
            detect_local: DetectLocal::default(),
            masquerade_all: false,
            masquerade_bit: 14,
            node_port_addresses: NodePortAddresses::default(),
            localhost_node_ports: true,
            conntrack_tcp_liberal: false,
            nfacct_counters: false,
            random_fully: true,
            service_cidrs: Vec::new(),
            ipvs_scheduler: String::new(),
            ipvs_exclude_cidrs: Vec::new(),
            ipvs_strict_arp: false,
            label_selector: true,
        }
    }
}

impl Config {
    /// The node's primary address of a family, or a loopback address where it has none (`detectNodeIPs` of
    /// cmd/kube-proxy).
    pub fn node_ip(&self, family: Family) -> IpAddr {
        let primary = self.node_ips.iter().copied().find(|address| Family::of(*address) == family);
        primary.unwrap_or(match family {
            Family::V4 => Ipv4Addr::LOCALHOST.into(),
            Family::V6 => Ipv6Addr::LOCALHOST.into(),
        })
    }

    /// The Node object that kube-proxy runs on.
    pub(super) fn own_node<'c>(&self, cluster: &'c Cluster) -> Option<&'c Node> {
        cluster.nodes.iter().find(|node| *node.name == *self.node_name)
    }

    /// Whether iptables mode serves NodePorts at 127.0.0.1, for which it sets `route_localnet` (`NewProxier` of
    /// pkg/proxy/iptables): only if the addresses of NodePorts hold it.
    pub fn serves_localhost(&self) -> bool {
        let addresses = super::node_port::NodePortCidrs::of(self, Family::V4, super::Mode::Iptables);
        self.localhost_node_ports && addresses.contains_ipv4_loopback()
    }

    /// The mark that asks for SNAT, as kube-proxy prints it: `0x00004000`.
    pub(super) fn masquerade_mark(&self) -> String {
        let mark = 1_u32.checked_shl(u32::from(self.masquerade_bit)).unwrap_or_default();
        format!("{mark:#010x}")
    }
}

/// A network interface with its addresses and their prefix lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    pub addresses: Vec<IpNet>,
}

/// `detectLocalMode`: how traffic from pods of this node is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetectLocal {
    /// It is not.
    None,
    /// By a source in the first of these ranges of the family. Without any there is no detection.
    ClusterCidr(Vec<IpNet>),
    /// By a source in `spec.podCIDRs` of the Node.
    NodeCidr,
    BridgeInterface(String),
    InterfaceNamePrefix(String),
}

impl Default for DetectLocal {
    fn default() -> Self {
        Self::ClusterCidr(Vec::new())
    }
}

/// `nodePortAddresses`: where NodePort Services are reached.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum NodePortAddresses {
    /// Nothing was set: on every address, but in nftables mode on the primary ones.
    #[default]
    Unset,
    Primary,
    Cidrs(Vec<IpNet>),
}
