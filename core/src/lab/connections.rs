//! What the nodes' kernels remember of connections, as their tools list it at the second of the lab's clock.

use std::sync::Arc;

use super::Lab;
use crate::ipvs::ipvsadm;
use crate::netfilter::conntrack::listing;

/// A node's memory of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    pub node: Arc<str>,
    /// The output of each tool that has anything to list.
    pub listings: Vec<ConnectionListing>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionListing {
    pub command: &'static str,
    pub lines: Vec<String>,
    /// Lines that are left out.
    pub left_out: usize,
}

impl ConnectionListing {
    /// More than anyone reads.
    const MOST: usize = 200;

    fn of(command: &'static str, lines: impl Iterator<Item = String>) -> Option<Self> {
        let mut lines = lines.fuse();
        let listed: Vec<String> = lines.by_ref().take(Self::MOST).collect();
        (!listed.is_empty()).then(|| Self { command, lines: listed, left_out: lines.count() })
    }
}

impl Lab {
    /// By lane, of the nodes that a packet came by.
    pub fn connections(&self) -> Vec<Vec<Connections>> {
        let now = self.now;
        let of_lane = |lane: &super::Lane| {
            let network = &lane.network;
            let started = (0..network.node_names.len()).filter(|index| network.is_started(*index));
            let of_node = |index: usize| {
                let node = network.node(index)?;
                let tracked = listing::Listing::of(&node.stack.conntrack, now).entries.into_iter();
                let tracked = tracked.filter(|entry| entry.timeout != Some(0)).map(|entry| entry.to_string());
                let balanced = ipvsadm::connections(&node.ipvs, now);
                // Two lines of head.
                let balanced = balanced.lines().skip(2).map(str::to_owned);
                let listings = [
                    ConnectionListing::of("ipvsadm -L -n -c", balanced),
                    ConnectionListing::of("conntrack -L", tracked),
                ];
                let listings: Vec<_> = listings.into_iter().flatten().collect();
                let node = node.name.clone();
                (!listings.is_empty()).then_some(Connections { node, listings })
            };
            started.filter_map(of_node).collect()
        };
        self.lanes.iter().map(of_lane).collect()
    }
}
