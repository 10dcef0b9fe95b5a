use std::net::IpAddr;

use ipnet::IpNet;

/// `kubeproxy.config.k8s.io/v1alpha1 KubeProxyConfiguration` with its defaults filled in.
///
/// Periods and time-outs are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeProxyConfiguration {
    pub mode: ProxyMode,
    pub local_mode: LocalMode,
    /// `clusterCIDR`, one range or one of each family.
    pub cluster_cidrs: Vec<IpNet>,
    pub node_port_addresses: NodePortRanges,
    pub iptables: IptablesSettings,
    pub nftables: NftablesSettings,
    pub ipvs: IpvsSettings,
    pub conntrack: ConntrackSettings,
    pub hostname_override: Option<String>,
    pub bind_address: IpAddr,
    /// Where each setting was written, by its path (`ipvs.scheduler`), in the order of the text.
    pub given: Vec<String>,
}

/// `mode`; blank stands for `iptables`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyMode {
    Iptables,
    Ipvs,
    Nftables,
}

/// `detectLocalMode` with what it needs of `detectLocal`; blank stands for `ClusterCIDR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalMode {
    ClusterCidr,
    NodeCidr,
    BridgeInterface(String),
    InterfaceNamePrefix(String),
}

/// `nodePortAddresses`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodePortRanges {
    Unset,
    Primary,
    Ranges(Vec<IpNet>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IptablesSettings {
    pub masquerade_bit: u8,
    /// In IPVS mode too.
    pub masquerade_all: bool,
    pub localhost_node_ports: bool,
    pub sync_period: u64,
    pub min_sync_period: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NftablesSettings {
    pub masquerade_bit: u8,
    pub masquerade_all: bool,
    pub sync_period: u64,
    pub min_sync_period: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpvsSettings {
    /// Empty stands for `rr`.
    pub scheduler: String,
    pub exclude_cidrs: Vec<IpNet>,
    pub strict_arp: bool,
    /// 0 keeps what the kernel has.
    pub tcp_timeout: u64,
    pub tcp_fin_timeout: u64,
    pub udp_timeout: u64,
    pub sync_period: u64,
    pub min_sync_period: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConntrackSettings {
    pub max_per_core: u32,
    pub min: u32,
    pub tcp_be_liberal: bool,
    pub tcp_established_timeout: u64,
    pub tcp_close_wait_timeout: u64,
    pub udp_timeout: u64,
    pub udp_stream_timeout: u64,
}
