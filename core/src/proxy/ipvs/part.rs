use super::service::Destination;
use super::sets::{Entry, Set};
use crate::net::Endpoint;
use crate::proxy::Cause;
use crate::proxy::operation::VirtualServerKey;

/// What one service port asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub servers: Vec<Server>,
    pub entries: Vec<(Set, Entry, Cause)>,
    /// Load balancers whose source ranges leave this node out.
    pub unreachable_from_node: Vec<(Cause, Destination)>,
}

impl Part {
    pub fn enter(&mut self, set: Set, cause: Cause, entry: Entry) {
        self.entries.push((set, entry, cause));
    }
}

#[derive(Clone, Debug)]
pub(super) struct Server {
    pub key: VirtualServerKey,
    /// Seconds for which a client keeps its real server, if it does.
    pub timeout: Option<u32>,
    pub real_servers: Vec<(Endpoint, Cause)>,
    /// Whether its address belongs on kube-ipvs0.
    pub bind: bool,
    pub cause: Cause,
}
