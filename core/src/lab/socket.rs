use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Place;
use crate::net::Tuple;

/// The TCP connections that servers have, as their own kernels know them: by the addresses and ports with which a client's
/// packets come to them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sockets(BTreeSet<(Place, Tuple)>);

impl Sockets {
    pub fn open(&mut self, server: &Place, tuple: Tuple) {
        self.0.insert((server.clone(), tuple));
    }

    pub fn close(&mut self, server: &Place, tuple: Tuple) {
        self.0.remove(&(server.clone(), tuple));
    }

    pub fn has(&self, server: &Place, tuple: Tuple) -> bool {
        self.0.contains(&(server.clone(), tuple))
    }

    /// A machine that goes takes its sockets with it.
    pub fn forget(&mut self, is_gone: impl Fn(&Place) -> bool) {
        self.0.retain(|(server, _)| !is_gone(server));
    }

    /// Forgets what was on a node, by its index and the addresses of its pods; the nodes behind it move up.
    pub fn move_from(&mut self, node: usize, pods: &[IpAddr]) {
        self.forget(|place| matches!(place, Place::Pod(address) if pods.contains(address)));
        let all = std::mem::take(&mut self.0).into_iter();
        self.0 = all.filter_map(|(server, tuple)| Some((server.without_node(node)?, tuple))).collect();
    }
}
