use std::collections::BTreeSet;
use std::net::IpAddr;

use super::apply::apply;
use super::{LoadError, Network};
use crate::k8s::{Change, Cluster};
use crate::netfilter::Seconds;
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
    /// Nodes that were not started yet write nothing now; they will find the cluster changed.
    ///
    /// Errs where a node refuses what its kube-proxy writes; that proxier then starts over with its next sync.
    pub fn change(&mut self, changes: &[Change], cluster: &Cluster, now: Seconds) -> Result<Vec<NodeSync>, LoadError> {
        self.remember(changes);
        self.announce(cluster);
        self.move_pods(changes, cluster);
        self.run_proxiers(now, |proxier, node| {
            let mut is_due = false;
            for change in changes {
                is_due |= proxier.note(change);
            }
            is_due.then(|| proxier.sync(now, node))
        })
    }

    /// Has every kube-proxy that runs sync though nothing may have changed, as each does after [`Proxier::period`].
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
        let machines = self.machines.iter_mut().enumerate();
        for (index, machine) in machines.filter(|(index, _)| !self.down.contains(index)) {
            let Some(machine) = machine.get_mut() else {
                continue;
            };
            let node = &mut machine.node;
            // What has expired by now is not there to be read.
            node.ipvs.advance(now, &mut node.stack.conntrack);
            node.stack.conntrack.expire(now);
            for proxier in &mut machine.proxiers {
                let Some(sync) = run(proxier, node) else {
                    continue;
                };
                apply(node, &sync, now).map_err(|refusal| {
                    proxier.note_failure();
                    LoadError::new(node, refusal)
                })?;
                syncs.push(NodeSync { node: index, sync });
            }
        }
        Ok(syncs)
    }

    /// Pods that no slice names any more are unplugged, and new ones plugged in.
    fn move_pods(&mut self, changes: &[Change], cluster: &Cluster) {
        let slices = changes.iter().filter_map(|change| match change {
            Change::EndpointSlice(changed) => Some(changed.before().into_iter().chain(changed.after())),
            _ => None,
        });
        let endpoints = slices.flatten().flat_map(|slice| &slice.endpoints);
        let touched: BTreeSet<IpAddr> = endpoints.flat_map(|endpoint| &endpoint.addresses).copied().collect();
        if touched.is_empty() {
            return;
        }
        let (mut known, mut spare) = (BTreeSet::new(), BTreeSet::new());
        for address in &touched {
            if let Some(pod) = self.pods.get_mut(address) {
                known.insert(*address);
                spare.extend(pod.listens.is_empty().then_some(*address));
                pod.listens.clear();
            }
        }
        self.processes.retain(|(address, ..)| !touched.contains(address));
        self.place_pods(cluster, |address| touched.contains(address));
        for address in known.difference(&spare) {
            if self.pods.get(address).is_some_and(|pod| pod.listens.is_empty())
                && let Some(pod) = self.pods.remove(address)
            {
                self.unplug(*address, &pod);
            }
        }
        for address in touched.difference(&known) {
            self.plug_in(*address, cluster);
        }
    }
}
