use super::node_state::NodeState;
use super::operation::{Operation, Source};
use super::ports::Ports;
use super::{Config, Endpoint, ServicePort, ServicePortName};
use crate::k8s::Node;
use crate::net::Family;

/// Service ports that are written in a few milliseconds in a browser.
pub(super) const PORTS_IN_A_TURN: usize = 100;

/// What the datapaths are told of a sync.
pub(super) struct Round<'r> {
    pub now: u64,
    pub full: bool,
    pub config: &'r Config,
    pub family: Family,
    /// The Node object that kube-proxy runs on.
    pub own_node: Option<&'r Node>,
    pub ports: &'r Ports,
    /// The service ports that are new, different, gone, or have other endpoints, sorted.
    pub changed: &'r [ServicePortName],
    pub node: &'r dyn NodeState,
}

impl<'r> Round<'r> {
    /// The service ports that are written, by name: in a full sync all.
    pub fn written(&self) -> impl Iterator<Item = (&'r ServicePort, &'r [Endpoint])> + use<'r> {
        let (ports, changed) = (self.ports, if self.full { &[] } else { self.changed });
        let all = self.full.then(|| ports.iter()).into_iter().flatten();
        all.chain(changed.iter().filter_map(|name| ports.get(name)))
    }
}

pub(super) const fn read(source: Source, times: usize) -> Operation {
    Operation::Read { source, times }
}
