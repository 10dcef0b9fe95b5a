use std::net::IpAddr;

use ipnet::IpNet;

use super::{Config, DetectLocal};
use crate::k8s::Node;
use crate::net::Family;

/// Recognises traffic from pods of this node (`LocalTrafficDetector` of pkg/proxy/util).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LocalDetector {
    Source(IpNet),
    Interface(String),
    InterfacePrefix(String),
}

impl LocalDetector {
    /// The detector that the settings ask for, if they ask for one and there is what it needs
    /// (`getLocalDetectors` of cmd/kube-proxy).
    pub fn of(config: &Config, node: Option<&Node>, family: Family) -> Option<Self> {
        match &config.detect_local {
            DetectLocal::None => None,
            DetectLocal::ClusterCidr(cidrs) => Self::by_source(cidrs, family),
            DetectLocal::NodeCidr => Self::by_source(&node?.pod_cidrs, family),
            DetectLocal::BridgeInterface(name) => (!name.is_empty()).then(|| Self::Interface(name.clone())),
            DetectLocal::InterfaceNamePrefix(prefix) => {
                (!prefix.is_empty()).then(|| Self::InterfacePrefix(prefix.clone()))
            }
        }
    }

    fn by_source(cidrs: &[IpNet], family: Family) -> Option<Self> {
        cidrs.iter().find(|cidr| Family::of(cidr.addr()) == family).copied().map(Self::Source)
    }

    /// The iptables match for pod traffic, or for all other traffic.
    pub fn iptables(&self, local: bool) -> String {
        let not = if local { "" } else { "! " };
        match self {
            Self::Source(cidr) => format!("{not}-s {cidr}"),
            Self::Interface(name) => format!("{not}-i {name}"),
            Self::InterfacePrefix(prefix) => format!("{not}-i {prefix}+"),
        }
    }

    /// The nft match for pod traffic, or for all other traffic.
    pub fn nft(&self, local: bool) -> String {
        let not = if local { "" } else { "!= " };
        match self {
            Self::Source(cidr) => match cidr.addr() {
                IpAddr::V4(_) => format!("ip saddr {not}{cidr}"),
                IpAddr::V6(_) => format!("ip6 saddr {not}{cidr}"),
            },
            Self::Interface(name) => format!("iifname {not}{name}"),
            Self::InterfacePrefix(prefix) => format!("iifname {not}{prefix}*"),
        }
    }
}
