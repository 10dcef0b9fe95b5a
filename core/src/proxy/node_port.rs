use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::{Config, Interface, Mode, NodePortAddresses};
use crate::net::Family;

/// The addresses of one family at which NodePort Services are reached (`NodePortAddresses` of
/// pkg/proxy/util).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NodePortCidrs {
    cidrs: Vec<IpNet>,
}

impl NodePortCidrs {
    pub fn of(config: &Config, family: Family, mode: Mode) -> Self {
        let configured = match &config.node_port_addresses {
            NodePortAddresses::Cidrs(cidrs) => cidrs.clone(),
            NodePortAddresses::Unset if mode != Mode::Nftables => Vec::new(),
            // cmd/kube-proxy replaces `primary` before any proxier sees it.
            NodePortAddresses::Primary | NodePortAddresses::Unset => {
                config.node_ips.iter().filter(|address| !address.is_loopback()).copied().map(IpNet::from).collect()
            }
        };
        Self::filtered(&configured, family)
    }

    /// Without a range of the family every address counts, even where there are ranges of the other
    /// family.
    fn filtered(configured: &[IpNet], family: Family) -> Self {
        let cidrs: Vec<_> =
            configured.iter().filter(|cidr| Family::of(cidr.addr()) == family).map(IpNet::trunc).collect();
        let everything = match family {
            Family::V4 => IpNet::V4(ipnet::Ipv4Net::default()),
            Family::V6 => IpNet::V6(ipnet::Ipv6Net::default()),
        };
        let any = cidrs.is_empty() || cidrs.contains(&everything);
        Self { cidrs: if any { vec![everything] } else { cidrs } }
    }

    pub fn match_all(&self) -> bool {
        self.cidrs.iter().any(|cidr| cidr.prefix_len() == 0)
    }

    pub fn contains_ipv4_loopback(&self) -> bool {
        let loopback_start = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0));
        self.cidrs.iter().any(|cidr| {
            let address = cidr.addr();
            address.is_ipv4() && (address.is_loopback() || cidr.contains(&loopback_start))
        })
    }

    /// Which of the node's addresses match, each once, in the order of the interfaces.
    pub fn node_ips(&self, interfaces: &[Interface]) -> Vec<IpAddr> {
        let mut matching: Vec<IpAddr> = Vec::new();
        for address in interfaces.iter().flat_map(|interface| &interface.addresses).map(IpNet::addr) {
            if !matching.contains(&address) && self.cidrs.iter().any(|cidr| cidr.contains(&address)) {
                matching.push(address);
            }
        }
        matching
    }
}
