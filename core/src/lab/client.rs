use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use super::Network;

/// Who sends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Client {
    pub kind: ClientKind,
    /// None for a process on a node: its kernel picks the source by the route.
    pub address: Option<IpAddr>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClientKind {
    /// A pod on a node.
    Pod { name: Arc<str>, node: Arc<str> },
    /// A process in a node's own network namespace.
    Process { node: Arc<str> },
    /// A machine outside the cluster.
    Outside,
    /// Someone behind a device of a node that was copied.
    Behind { device: Arc<str> },
}

/// Before the address of a machine outside that is not the usual one.
pub(super) const OUTSIDE_AT: &str = "outside the cluster at ";

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ClientKind::Pod { name, node } => write!(f, "pod {name} on {node}"),
            ClientKind::Process { node } => write!(f, "process on {node}"),
            ClientKind::Outside => match self.address {
                Some(address) if address.to_string() != Network::OUTSIDE[0] => {
                    write!(f, "{OUTSIDE_AT}{address}")
                }
                _ => f.write_str("outside the cluster"),
            },
            ClientKind::Behind { device } => match self.address {
                Some(address) => write!(f, "{address} behind {device}"),
                None => write!(f, "behind {device}"),
            },
        }
    }
}
