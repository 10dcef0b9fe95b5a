use std::net::IpAddr;
use std::sync::Arc;

use super::apply::{Refusal, apply};
use super::network::attach;
use super::{Assumptions, LoadError, Network, Pod};
use crate::k8s::{Change, Cluster};
use crate::net::Family;
use crate::netfilter::Seconds;
use crate::netfilter::routing::RouteEntry;
use crate::node::Node;
use crate::proxy::{Proxier, Sync};

/// What a proxier of one node wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSync {
    /// Index of the node.
    pub node: usize,
    pub sync: Sync,
}

impl Network {
    /// Tells every kube-proxy of the changes, which lead to `cluster`, and has those sync that would. Connections go
    /// on. Pods come and go with their endpoints; the nodes stay: where a Node comes or goes, build a new network.
    ///
    /// Errs where a node refuses what its kube-proxy writes; that proxier then starts over with its next sync.
    pub fn change(&mut self, changes: &[Change], cluster: &Cluster, now: Seconds) -> Result<Vec<NodeSync>, LoadError> {
        self.move_pods(cluster);
        self.run_proxiers(now, |proxier, node| {
            let mut is_due = false;
            for change in changes {
                is_due |= proxier.note(change);
            }
            is_due.then(|| proxier.sync(now, node))
        })
    }

    /// Has every kube-proxy sync though nothing may have changed, as each does after [`Proxier::period`].
    pub fn resync(&mut self, now: Seconds) -> Result<Vec<NodeSync>, LoadError> {
        self.run_proxiers(now, |proxier, node| Some(proxier.sync(now, node)))
    }

    /// What every kube-proxy does each [`Proxier::TERMINATION_PERIOD`].
    pub fn tick(&mut self, now: Seconds) -> Result<Vec<NodeSync>, LoadError> {
        self.run_proxiers(now, |proxier, node| proxier.tick(node))
    }

    fn run_proxiers(
        &mut self,
        now: Seconds,
        mut run: impl FnMut(&mut Proxier, &Node) -> Option<Sync>,
    ) -> Result<Vec<NodeSync>, LoadError> {
        let mut syncs = Vec::new();
        let nodes = self.nodes.iter_mut().zip(&mut self.proxiers).enumerate();
        for (index, (node, proxiers)) in nodes.filter(|(index, _)| !self.down.contains(index)) {
            // What has expired by now is not there to be read.
            node.ipvs.advance(now, &mut node.stack.conntrack);
            node.stack.conntrack.expire(now);
            for proxier in proxiers {
                let Some(sync) = run(proxier, node) else {
                    continue;
                };
                apply(node, &sync, now).map_err(|(tool, diagnostics): Refusal| {
                    proxier.note_failure();
                    LoadError { node: node.name.clone(), tool, diagnostics }
                })?;
                syncs.push(NodeSync { node: index, sync });
            }
        }
        Ok(syncs)
    }

    /// Takes the power from a node, or gives it back: then it boots, with nothing left of what it knew.
    pub fn set_power(
        &mut self,
        node: usize,
        on: bool,
        cluster: &Cluster,
        assumptions: &Assumptions,
    ) -> Result<(), LoadError> {
        if !on {
            self.down.insert(node);
        } else if self.down.remove(&node)
            && let Some(object) = cluster.nodes.get(node)
        {
            self.proxiers[node] = self.boot(node, object, cluster, assumptions)?;
        }
        Ok(())
    }

    /// Pods that no slice names any more are unplugged, and new ones plugged in.
    fn move_pods(&mut self, cluster: &Cluster) {
        let before: Vec<IpAddr> = self.pods.keys().copied().collect();
        let spare: Vec<IpAddr> =
            self.pods.iter().filter(|(_, pod)| pod.listens.is_empty()).map(|(address, _)| *address).collect();
        self.pods.values_mut().for_each(|pod| pod.listens.clear());
        self.processes.clear();
        self.place_pods(cluster);
        let gone: Vec<IpAddr> = self
            .pods
            .iter()
            .filter(|(address, pod)| pod.listens.is_empty() && spare.binary_search(address).is_err())
            .map(|(address, _)| *address)
            .collect();
        for address in gone {
            if let Some(pod) = self.pods.remove(&address) {
                self.unplug(address, &pod);
            }
        }
        let new: Vec<IpAddr> =
            self.pods.keys().filter(|address| before.binary_search(address).is_err()).copied().collect();
        for address in new {
            self.plug_in(address, cluster);
        }
    }

    fn plug_in(&mut self, address: IpAddr, cluster: &Cluster) {
        let Some(pod) = self.pods.get(&address) else {
            return;
        };
        attach(&mut self.nodes[pod.node].stack.routing, address, pod);
        let name = &self.nodes[pod.node].name;
        let Some(owner) = cluster.nodes.iter().find(|node| node.name == *name) else {
            return;
        };
        if owner.pod_cidrs.iter().any(|range| range.contains(&address)) {
            return;
        }
        let ethernet: Arc<str> = "eth0".into();
        let others = self.nodes.iter_mut().enumerate().filter(|(index, _)| *index != pod.node);
        for (_, node) in others {
            if let Some(gateway) = owner.internal_ip(Family::of(address)) {
                node.stack.routing.add_route(RouteEntry::through(address.into(), gateway, ethernet.clone()));
            }
        }
    }

    fn unplug(&mut self, address: IpAddr, pod: &Pod) {
        for (index, node) in self.nodes.iter_mut().enumerate() {
            if index == pod.node {
                node.stack.routing.remove_device(&pod.device);
            } else {
                node.stack.routing.remove_route(address.into());
            }
        }
    }
}
