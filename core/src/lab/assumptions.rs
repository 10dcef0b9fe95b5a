use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::flannel;
use crate::k8s::{Cluster, Flannel, KubeProxyConfiguration, LocalMode, Node, NodePortRanges, ProxyMode};
use crate::net::Family;
use crate::netfilter::routing::Device;
use crate::proxy::{Config, DetectLocal, Interface, Mode, NodePortAddresses};

/// What the objects do not say and a packet's way depends on. The page shows it as assumed.
///
/// A KubeProxyConfiguration in the text decides instead, as far as it goes: see [`Self::configured`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumptions {
    pub families: Vec<Family>,
    /// `clusterCIDR` of kube-proxy, by which it knows pods from others.
    pub cluster_cidrs: Vec<IpNet>,
    /// The ServiceCIDR objects.
    pub service_cidrs: Vec<IpNet>,
    /// kube-proxy's configuration, where the text has one.
    pub configuration: Option<KubeProxyConfiguration>,
    /// Flannel's, where the text has it; else each pod has a cable of its own, and nodes route to each other's pods.
    pub flannel: Option<Flannel>,
    /// The mode whose section of the configuration counts; None stands for the mode that it sets.
    mode: Option<Mode>,
}

impl Assumptions {
    /// kubeadm's own choice, taken wherever all ClusterIPs lie in it.
    const KUBEADM_SERVICES: &'static str = "10.96.0.0/12";

    pub fn of(cluster: &Cluster) -> Self {
        let cluster_ips: Vec<_> = cluster.services.iter().flat_map(|service| &service.cluster_ips).copied().collect();
        // What runs on no node is no pod: a database outside of the cluster.
        let endpoints = cluster.endpoint_slices.iter().flat_map(|slice| &slice.endpoints);
        let pod_ips =
            endpoints.filter(|endpoint| endpoint.node_name.is_some()).flat_map(|endpoint| &endpoint.addresses);
        let node_ips: BTreeSet<_> = cluster.nodes.iter().flat_map(|node| &node.internal_ips).collect();
        let mut pods: Vec<IpAddr> = pod_ips.filter(|address| !node_ips.contains(address)).copied().collect();
        pods.extend(cluster.nodes.iter().flat_map(|node| &node.pod_cidrs).map(IpNet::network));
        let families: Vec<_> = [Family::V4, Family::V6]
            .into_iter()
            .filter(|family| cluster_ips.iter().any(|address| Family::of(*address) == *family))
            .collect();
        let families = if families.is_empty() { vec![Family::V4] } else { families };
        let ranges = |addresses: &[IpAddr]| {
            families.iter().filter_map(|family| covering(addresses, *family)).collect::<Vec<_>>()
        };
        let mut service_cidrs = ranges(&cluster_ips);
        if let Ok(kubeadm) = Self::KUBEADM_SERVICES.parse::<IpNet>() {
            for range in &mut service_cidrs {
                if kubeadm.contains(&*range) {
                    *range = kubeadm;
                }
            }
        }
        let configuration = cluster.proxy_configuration.clone();
        let cluster_cidrs = configuration.as_ref().map_or_else(|| ranges(&pods), |given| given.cluster_cidrs.clone());
        Self { cluster_cidrs, service_cidrs, families, configuration, flannel: cluster.flannel, mode: None }
    }

    /// The mode that the cluster's kube-proxies run in, where the text has their configuration.
    pub fn cluster_mode(&self) -> Option<Mode> {
        self.configuration.as_ref().map(|configuration| configuration.mode.into())
    }

    /// Takes over the configuration that the cluster has now.
    pub(super) fn configure_as(&mut self, cluster: &Cluster) {
        self.configuration.clone_from(&cluster.proxy_configuration);
        if let Some(given) = &self.configuration {
            self.cluster_cidrs.clone_from(&given.cluster_cidrs);
        }
    }

    /// The same, if kube-proxy ran in `mode`: each mode has a section of its own in the configuration.
    #[must_use]
    pub fn in_mode(&self, mode: Mode) -> Self {
        Self { mode: Some(mode), ..self.clone() }
    }

    /// The settings that were taken from the text, by their path: `ipvs.scheduler`.
    pub fn configured(&self) -> &[String] {
        self.configuration.as_ref().map_or(&[], |configuration| &configuration.given)
    }

    /// The settings of the kube-proxy on one node.
    pub fn proxy_config(&self, node: &Node) -> Config {
        let subnets = node.internal_ips.iter().filter_map(|address| subnet(*address));
        let interface = |device: Device| Interface { name: device.name.to_string(), addresses: device.addresses };
        let overlay = self.flannel.into_iter().flat_map(|flannel| flannel::devices(flannel, node)).map(interface);
        let assumed = Config {
            ip_families: self.families.clone(),
            node_name: node.name.to_string(),
            node_ips: node.internal_ips.clone(),
            interfaces: [
                Interface { name: "lo".into(), addresses: loopback() },
                Interface { name: "eth0".into(), addresses: subnets.collect() },
            ]
            .into_iter()
            .chain(overlay)
            .collect(),
            detect_local: DetectLocal::ClusterCidr(self.cluster_cidrs.clone()),
            service_cidrs: self.service_cidrs.clone(),
            ..Config::default()
        };
        match &self.configuration {
            Some(configuration) => self.configure(configuration, assumed),
            None => assumed,
        }
    }

    /// `createProxier` of cmd/kube-proxy: IPVS mode takes what it masquerades from the section of iptables.
    fn configure(&self, given: &KubeProxyConfiguration, assumed: Config) -> Config {
        let (masquerade_all, masquerade_bit) = match self.mode.or_else(|| self.cluster_mode()) {
            Some(Mode::Nftables) => (given.nftables.masquerade_all, given.nftables.masquerade_bit),
            _ => (given.iptables.masquerade_all, given.iptables.masquerade_bit),
        };
        Config {
            detect_local: match &given.local_mode {
                LocalMode::ClusterCidr => DetectLocal::ClusterCidr(given.cluster_cidrs.clone()),
                LocalMode::NodeCidr => DetectLocal::NodeCidr,
                LocalMode::BridgeInterface(name) => DetectLocal::BridgeInterface(name.clone()),
                LocalMode::InterfaceNamePrefix(prefix) => DetectLocal::InterfaceNamePrefix(prefix.clone()),
            },
            masquerade_all,
            masquerade_bit,
            node_port_addresses: match &given.node_port_addresses {
                NodePortRanges::Unset => NodePortAddresses::Unset,
                NodePortRanges::Primary => NodePortAddresses::Primary,
                NodePortRanges::Ranges(ranges) => NodePortAddresses::Cidrs(ranges.clone()),
            },
            localhost_node_ports: given.iptables.localhost_node_ports,
            conntrack_tcp_liberal: given.conntrack.tcp_be_liberal,
            ipvs_scheduler: given.ipvs.scheduler.clone(),
            ipvs_exclude_cidrs: given.ipvs.exclude_cidrs.clone(),
            ipvs_strict_arp: given.ipvs.strict_arp,
            ..assumed
        }
    }
}

impl From<ProxyMode> for Mode {
    fn from(mode: ProxyMode) -> Self {
        match mode {
            ProxyMode::Iptables => Self::Iptables,
            ProxyMode::Ipvs => Self::Ipvs,
            ProxyMode::Nftables => Self::Nftables,
        }
    }
}

pub(super) fn loopback() -> Vec<IpNet> {
    ["127.0.0.1/8", "::1/128"].iter().filter_map(|net| net.parse().ok()).collect()
}

/// A node's address with the prefix length of the network that it is taken to share with the other nodes.
pub(super) fn subnet(address: IpAddr) -> Option<IpNet> {
    let prefix = match Family::of(address) {
        Family::V4 => 24,
        Family::V6 => 64,
    };
    IpNet::new(address, prefix).ok()
}

/// The smallest range that holds all addresses of the family, no smaller than a /16 (/56 in IPv6).
fn covering(addresses: &[IpAddr], family: Family) -> Option<IpNet> {
    let widest = match family {
        Family::V4 => 16,
        Family::V6 => 56,
    };
    let mut of_family = addresses.iter().filter(|address| Family::of(**address) == family);
    let first = *of_family.next()?;
    let mut range = IpNet::new(first, widest).ok()?;
    for address in of_family {
        while !range.contains(address) {
            range = IpNet::new(range.addr(), range.prefix_len().checked_sub(1)?).ok()?;
        }
    }
    Some(range.trunc())
}

#[cfg(test)]
mod tests {
    use super::Assumptions;
    use crate::k8s;
    use crate::lab::WEB_SHOP;
    use crate::proxy::{Config, DetectLocal, Mode, NodePortAddresses};

    fn assumptions(configuration: &str) -> (Assumptions, k8s::Cluster) {
        let head = "---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
        let parsed = k8s::parse(&format!("{WEB_SHOP}\n{head}{configuration}"));
        assert_eq!(parsed.diagnostics, []);
        (Assumptions::of(&parsed.cluster), parsed.cluster)
    }

    #[test]
    fn a_configuration_decides() {
        let (assumptions, cluster) = assumptions(
            "mode: ipvs
clusterCIDR: 10.0.0.0/8
nodePortAddresses: [192.168.0.0/24]
iptables: {masqueradeBit: 3, masqueradeAll: true, localhostNodePorts: false}
nftables: {masqueradeBit: 7}
conntrack: {tcpBeLiberal: true}
ipvs: {scheduler: wrr, strictARP: true, excludeCIDRs: [10.9.0.0/16]}
",
        );
        assert_eq!(assumptions.cluster_mode(), Some(Mode::Ipvs));
        assert!(assumptions.configured().iter().any(|path| path == "ipvs.scheduler"));
        let range = |text: &str| text.parse().expect("a range");
        let config = assumptions.proxy_config(&cluster.nodes[0]);
        let expected = Config {
            detect_local: DetectLocal::ClusterCidr(vec![range("10.0.0.0/8")]),
            masquerade_all: true,
            masquerade_bit: 3,
            node_port_addresses: NodePortAddresses::Cidrs(vec![range("192.168.0.0/24")]),
            localhost_node_ports: false,
            conntrack_tcp_liberal: true,
            ipvs_scheduler: "wrr".to_owned(),
            ipvs_exclude_cidrs: vec![range("10.9.0.0/16")],
            ipvs_strict_arp: true,
            ..config.clone()
        };
        assert_eq!(config, expected);
        let nftables = assumptions.in_mode(Mode::Nftables).proxy_config(&cluster.nodes[0]);
        assert_eq!(nftables, Config { masquerade_all: false, masquerade_bit: 7, ..expected });
    }

    #[test]
    fn the_defaults_of_the_configuration_are_those_of_the_lab() {
        let without = Assumptions::of(&k8s::parse(WEB_SHOP).cluster);
        let (with, cluster) = assumptions("clusterCIDR: 10.244.0.0/16");
        for mode in Mode::ALL {
            let node = &cluster.nodes[0];
            assert_eq!(with.in_mode(mode).proxy_config(node), without.in_mode(mode).proxy_config(node));
        }
        assert_eq!(without.cluster_mode(), None);
    }
}
