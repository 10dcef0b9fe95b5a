//! kube-proxy v1.36.2: from a cluster and the settings of one node to what it programs.
//!
//! In: a [`Cluster`](crate::k8s::Cluster) and a [`Config`]. Out, for one family and mode: the text
//! or the objects that kube-proxy hands to `iptables-restore`, `nft -f -`, IPVS and ipset. There are two ways to ask:
//!
//! - A [`Proxier`] lives as long as kube-proxy does: it is told of changes, and every sync is a list of [`Operation`]s
//!   with its cost ([`Effort`]).
//! - `full_sync` of [`iptables`], [`nftables`] and [`ipvs`] is the first sync of all, each line with its [`Cause`].
//!
//! What is written for a service port is decided in one place for both: [`topology`] says which endpoints each traffic
//! policy may use, and one module for each mode writes the program down.
//!
//! Left out on purpose: watching, metrics, sysctls, and every evaluation of what is written here.
//!
//! Where Go iterates over a map, the order here is that of namespace, name and port name.

mod cause;
mod config;
mod effort;
mod endpoint;
mod health_check;
mod health_checks;
pub mod iptables;
pub mod ipvs;
mod jump;
mod local_detector;
mod naming;
pub mod nftables;
mod node_port;
mod node_state;
mod operation;
mod ports;
mod program;
mod proxier;
mod round;
mod service_changes;
mod service_port;
mod slice_cache;
mod text;
pub mod topology;
mod tracker;
mod traffic;
mod udp_cleanup;

pub use cause::{Cause, Field, Setting};
pub use config::{Config, DetectLocal, Interface, NodePortAddresses};
pub use effort::{Effort, Objects};
pub use endpoint::Endpoint;
pub use health_check::{HealthCheck, health_checks, local_ready_endpoints};
pub use jump::Jump;
pub use naming::{EndpointChain, ServiceChains};
pub use node_state::{AppliedRealServer, AppliedServer, NftObjects, NodeState, Untouched};
pub use operation::{
    Extent, Flow, FullSyncReason, IpvsRequest, Operation, Source, Sync, VirtualServerKey, VirtualServerSettings,
};
pub use proxier::Proxier;
pub use service_port::{ServicePort, ServicePortName};
pub use tracker::{Tracked, is_watched};

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

    /// As prose spells it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Iptables => "iptables",
            Self::Nftables => "nftables",
            Self::Ipvs => "IPVS",
        }
    }
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
