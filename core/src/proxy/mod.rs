//! kube-proxy v1.36.2: from a cluster and the settings of one node to what its first full sync
//! programs.
//!
//! In: a [`Cluster`](crate::k8s::Cluster) and a [`Config`]. Out, for one family and mode: the text
//! or the objects that kube-proxy hands to `iptables-restore`, `nft -f -`, IPVS and ipset, each
//! line with its [`Cause`].
//!
//! The way there is the same in all modes: [`Tracked`] holds the service ports and their endpoints
//! as kube-proxy's change trackers would, [`topology`] decides which endpoints each traffic policy
//! may use, and one module for each mode writes the program down.
//!
//! Left out on purpose: watching, metrics, sysctls, and every evaluation of what is written here.
//!
//! Where Go iterates over a map, the order here is that of namespace and name, then of
//! `spec.ports`.

mod config;
mod endpoint;
mod health_check;
pub mod iptables;
pub mod ipvs;
mod jump;
mod local_detector;
mod naming;
pub mod nftables;
mod node_port;
mod program;
mod service_port;
pub mod topology;
mod tracker;
mod traffic;

pub use config::{Config, DetectLocal, Interface, NodePortAddresses};
pub use endpoint::Endpoint;
pub use health_check::{HealthCheck, health_checks, local_ready_endpoints};
pub use jump::Jump;
pub use naming::{EndpointChain, ServiceChains};
pub use program::{Cause, Field};
pub use service_port::{ServicePort, ServicePortName};
pub use tracker::Tracked;

use std::fmt;

/// The three datapaths that kube-proxy can program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    Iptables,
    Nftables,
    Ipvs,
}

impl Mode {
    pub const ALL: [Self; 3] = [Self::Iptables, Self::Nftables, Self::Ipvs];
}

/// As `mode:` of KubeProxyConfiguration spells it.
impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Iptables => "iptables",
            Self::Nftables => "nftables",
            Self::Ipvs => "ipvs",
        })
    }
}
