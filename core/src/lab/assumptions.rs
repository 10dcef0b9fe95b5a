use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::k8s::{Cluster, Node};
use crate::net::Family;
use crate::proxy::{Config, DetectLocal, Interface};

/// What the objects do not say and a packet's way depends on. The page shows it as assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumptions {
    pub families: Vec<Family>,
    /// `clusterCIDR` of kube-proxy, by which it knows pods from others.
    pub cluster_cidrs: Vec<IpNet>,
    /// The ServiceCIDR objects.
    pub service_cidrs: Vec<IpNet>,
}

impl Assumptions {
    /// kubeadm's own choice, taken wherever all ClusterIPs lie in it.
    const KUBEADM_SERVICES: &'static str = "10.96.0.0/12";

    pub fn of(cluster: &Cluster) -> Self {
        let cluster_ips: Vec<_> = cluster.services.iter().flat_map(|service| &service.cluster_ips).copied().collect();
        let pod_ips =
            cluster.endpoint_slices.iter().flat_map(|slice| &slice.endpoints).flat_map(|endpoint| &endpoint.addresses);
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
        Self { cluster_cidrs: ranges(&pods), service_cidrs, families }
    }

    /// The settings of the kube-proxy on one node.
    pub fn proxy_config(&self, node: &Node) -> Config {
        let subnets = node.internal_ips.iter().filter_map(|address| subnet(*address));
        Config {
            ip_families: self.families.clone(),
            node_name: node.name.to_string(),
            node_ips: node.internal_ips.clone(),
            interfaces: vec![
                Interface { name: "lo".into(), addresses: loopback() },
                Interface { name: "eth0".into(), addresses: subnets.collect() },
            ],
            detect_local: DetectLocal::ClusterCidr(self.cluster_cidrs.clone()),
            service_cidrs: self.service_cidrs.clone(),
            ..Config::default()
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
