//! Nodes that join a network and leave it.

use std::cell::OnceCell;
use std::net::IpAddr;
use std::sync::Arc;

use super::wiring::route_to_node;
use super::{Network, Place, flannel};
use crate::k8s::{Change, Changed, Cluster, Node};

impl Network {
    /// Nodes come and go as the changes say; `cluster` is the cluster after them.
    pub(super) fn move_nodes(&mut self, changes: &[Change], cluster: &Cluster) {
        for change in changes {
            match change {
                Change::Node(Changed::Added(node)) => self.add_node(node, cluster),
                Change::Node(Changed::Deleted(node)) => self.remove_node(node),
                _ => {}
            }
        }
    }

    /// Whether the pod at an address is on a node, by the node's index.
    pub(super) fn is_on(&self, address: IpAddr, node: usize) -> bool {
        self.pods.get(&address).is_some_and(|pod| pod.node == node)
    }

    fn add_node(&mut self, node: &Node, cluster: &Cluster) {
        let index = self.node_names.len();
        self.node_names.push(node.name.clone());
        self.machines.push(OnceCell::new());
        self.cables.push(0);
        self.node_by_address.extend(node.internal_ips.iter().map(|address| (*address, index)));
        self.place_client_pods(cluster, |other| other == index);
        for machine in self.machines.iter_mut().filter_map(OnceCell::get_mut).map(Arc::make_mut) {
            for gateway in &node.internal_ips {
                route_to_node(self.assumptions.flannel, &mut machine.node.stack, node, *gateway, &[]);
            }
        }
    }

    fn remove_node(&mut self, node: &Node) {
        let Some(gone) = self.node_index(&node.name) else {
            return;
        };
        let of_node = |(address, pod): (&IpAddr, &super::Pod)| (pod.node == gone).then_some(*address);
        let addresses: Vec<IpAddr> = self.pods.iter().filter_map(of_node).collect();
        for address in &addresses {
            Arc::make_mut(&mut self.pods).remove(address);
            self.clients.remove(address);
        }
        self.sockets.move_from(gone, &addresses);
        self.node_names.remove(gone);
        self.machines.remove(gone);
        self.cables.remove(gone);
        self.node_by_address.retain(|_, index| *index != gone);
        self.node_by_address.values_mut().for_each(|index| *index = shifted(*index, gone));
        Arc::make_mut(&mut self.pods).values_mut().for_each(|pod| pod.node = shifted(pod.node, gone));
        self.down = self.down.iter().filter(|index| **index != gone).map(|index| shifted(*index, gone)).collect();
        for machine in self.machines.iter_mut().filter_map(OnceCell::get_mut).map(Arc::make_mut) {
            flannel::forget(&mut machine.node.stack, node);
            let routing = &mut machine.node.stack.routing;
            node.pod_cidrs.iter().for_each(|range| routing.remove_route(range.trunc()));
            addresses.iter().for_each(|address| routing.remove_route((*address).into()));
        }
    }
}

impl Place {
    /// The same place among the nodes that are left; none if it was on the one that went.
    pub(super) fn without_node(self, gone: usize) -> Option<Self> {
        match self {
            Self::Process(index) => (index != gone).then(|| Self::Process(shifted(index, gone))),
            place => Some(place),
        }
    }
}

/// An index after the one before it went.
const fn shifted(index: usize, gone: usize) -> usize {
    if index > gone { index - 1 } else { index }
}
