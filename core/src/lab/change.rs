use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::apply::apply;
use super::wiring::unplug;
use super::{LoadError, Network, Place, load};
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
    /// on. Pods and nodes come and go with their objects. Nodes that were not started yet write nothing now; they will
    /// find the cluster changed.
    ///
    /// Errs where a node refuses what its kube-proxy writes; that proxier then starts over with its next sync.
    pub fn change(&mut self, changes: &[Change], cluster: &Cluster, now: Seconds) -> Result<Vec<NodeSync>, LoadError> {
        self.remember(changes, cluster);
        self.announce(cluster);
        self.move_nodes(changes, cluster);
        self.move_pods(changes, cluster);
        if changes.iter().any(|change| matches!(change, Change::ProxyConfiguration(_))) {
            return self.restart_proxies(cluster, now);
        }
        self.run_proxiers(now, |proxier, node| {
            let mut is_due = false;
            for change in changes {
                is_due |= proxier.note(change);
            }
            is_due.then(|| proxier.sync(now, node))
        })
    }

    /// Every kube-proxy that runs ends, and another starts with the configuration of the cluster. What it finds in the
    /// kernel stays until it writes.
    pub(super) fn restart_proxies(&mut self, cluster: &Cluster, now: Seconds) -> Result<Vec<NodeSync>, LoadError> {
        self.assumptions.configure_as(cluster);
        let machines = self.machines.iter_mut().enumerate();
        for (index, machine) in machines.filter(|(index, _)| !self.down.contains(index)) {
            if let (Some(machine), Some(object)) = (machine.get_mut(), cluster.nodes.get(index)) {
                let machine = Arc::make_mut(machine);
                let config = self.assumptions.proxy_config(object);
                machine.proxiers = load::start_proxiers(&mut machine.node, cluster, &config, self.mode);
            }
        }
        self.run_proxiers(now, |proxier, node| Some(proxier.sync(now, node)))
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
            let Some(machine) = machine.get_mut().map(Arc::make_mut) else {
                continue;
            };
            let node = &mut machine.node;
            // What has expired by now is not there to be read.
            node.age(now);
            for proxier in &mut machine.proxiers {
                let proxier = Arc::make_mut(proxier);
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

    /// Pods that are gone are unplugged, and new ones plugged in.
    fn move_pods(&mut self, changes: &[Change], cluster: &Cluster) {
        let touched: BTreeSet<IpAddr> = changes.iter().flat_map(addresses).collect();
        if touched.is_empty() {
            return;
        }
        let mut known = BTreeSet::new();
        for address in &touched {
            if let Some(pod) = Arc::make_mut(&mut self.pods).get_mut(address) {
                known.insert(*address);
                pod.listens.clear();
            }
        }
        self.processes.retain(|(address, ..)| !touched.contains(address));
        let placed = self.place_pods(cluster, |address| touched.contains(address));
        for address in known.iter().filter(|address| !placed.contains(address) && !self.clients.contains(address)) {
            if let Some(pod) = Arc::make_mut(&mut self.pods).remove(address) {
                unplug(self.assumptions.flannel, &mut self.machines, *address, &pod);
                self.sockets.forget(|place| *place == Place::Pod(*address));
            }
        }
        for address in touched.difference(&known) {
            self.plug_in(*address, cluster);
        }
    }
}

/// Behind which a Pod may have come or gone.
fn addresses(change: &Change) -> Vec<IpAddr> {
    match change {
        Change::EndpointSlice(changed) => {
            let endpoints = changed.before().into_iter().chain(changed.after()).flat_map(|slice| &slice.endpoints);
            endpoints.flat_map(|endpoint| &endpoint.addresses).copied().collect()
        }
        Change::Pod(changed) => {
            let pods = changed.before().into_iter().chain(changed.after());
            pods.filter(|pod| !pod.spec.host_network).flat_map(|pod| &pod.status.pod_ips).copied().collect()
        }
        _ => Vec::new(),
    }
}
