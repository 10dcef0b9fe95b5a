//! What somebody does to one node with its own tools, behind kube-proxy's back.

use super::{ActError, Lab};
use crate::netfilter::Seconds;
use crate::node::Node;
use crate::task::block_on;

/// What a change may be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByHand {
    /// Of rules, sets, services, addresses or routes.
    Rules,
    /// Only of what packets left behind: counters and connections.
    Memory,
}

/// How often somebody has had the kube-proxies start anew, and when they started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProxyStarts {
    pub count: u32,
    pub last: Seconds,
}

impl Lab {
    /// Changes one node of one lane at the second of the lab's clock, or leaves the lab as it was where `change` errs.
    /// None where there is no such node. Open connections go on; where rules change, the packets that were sent belong to
    /// the rules as they were.
    pub(crate) fn by_hand<E>(
        &mut self,
        (lane, node): (usize, usize),
        what: ByHand,
        change: impl FnOnce(&mut Node, Seconds) -> Result<(), E>,
    ) -> Option<Result<(), E>> {
        let now = self.now;
        let network = &mut self.lanes.get_mut(lane)?.network;
        if node >= network.node_names.len() {
            return None;
        }
        let changed = block_on(network.on_node(node, |node| {
            // What has expired by now is not there to be changed.
            node.age(now);
            change(node, now)
        }));
        if changed.is_ok() && what == ByHand::Rules {
            self.lanes.iter_mut().for_each(super::Lane::put_by);
        }
        Some(changed)
    }

    /// Every kube-proxy ends, and another starts in its place, as when its Pods are deleted: a full sync brings back what
    /// it keeps, whatever somebody did to that by hand. It reads its ConfigMap as that is now.
    pub(crate) fn restart_proxies(&mut self) -> Result<(), ActError> {
        self.assumptions.configure_as(&self.cluster);
        self.proxy_starts = ProxyStarts { count: self.proxy_starts.count + 1, last: self.now };
        for lane in &mut self.lanes {
            lane.put_by();
            lane.network.restart_proxies(&self.cluster, self.now).map_err(ActError::Load)?;
        }
        Ok(())
    }
}
