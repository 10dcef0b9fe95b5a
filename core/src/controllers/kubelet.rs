use crate::message;
use crate::message::Message;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::run::Run;
use super::{Actor, pods};
use crate::fixed_hash::HashSet;
use crate::k8s::{Change, Changed, Cluster, Node, Pod, PodPhase};
use crate::net::Family;

/// Which Pods the kubelets took a stage further, and how.
#[derive(Default)]
struct Progress {
    started: Vec<Pod>,
    ready: Vec<Pod>,
    ended: Vec<Pod>,
    changes: Vec<Change>,
}

impl Run<'_> {
    /// One stage for every Pod on a node that works: to start, to become ready, or to end.
    pub(super) fn kubelets(&mut self) -> bool {
        let working: BTreeSet<Arc<str>> =
            self.cluster.nodes.iter().filter(|node| node.is_ready).map(|node| node.name.clone()).collect();
        let is_due = |pod: &&Pod| {
            let moves = pod.is_deleting
                || pod.status.phase == PodPhase::Pending
                || pod.status.phase == PodPhase::Running && !pod.status.is_ready;
            let is_held = || self.controllers.held.contains(&pod.name);
            moves && pod.spec.node_name.as_ref().is_some_and(|node| working.contains(node)) && !is_held()
        };
        let due: Vec<Pod> = self.cluster.pods.iter().filter(is_due).cloned().collect();
        if due.is_empty() {
            return false;
        }
        let mut used: HashSet<IpAddr> = self.cluster.pods.iter().flat_map(|pod| &pod.status.pod_ips).copied().collect();
        let mut progress = Progress::default();
        for pod in due {
            self.advance(pod, &mut used, &mut progress);
        }
        for pod in &progress.ended {
            self.controllers.held.remove(&pod.name);
        }
        let what = progress.describe();
        self.round(Actor::Kubelet, what, progress.changes)
    }

    fn advance(&mut self, pod: Pod, used: &mut HashSet<IpAddr>, progress: &mut Progress) {
        if pod.is_deleting {
            progress.ended.push(pod.clone());
            progress.changes.push(Change::Pod(Changed::deleted(pod)));
            return;
        }
        let mut new = pod.clone();
        if pod.status.phase == PodPhase::Pending {
            new.status.pod_ips = self.addresses(&pod, used);
            if new.status.pod_ips.is_empty() {
                return;
            }
            new.status.phase = PodPhase::Running;
            new.status.is_ready = !pod.spec.has_readiness_probe;
            progress.started.push(new.clone());
        } else {
            new.status.is_ready = true;
            progress.ready.push(new.clone());
        }
        progress.changes.push(Change::Pod(Changed::modified(pod, new)));
    }

    /// What the network plugin gives to a Pod: the next free address of each of its node's ranges.
    fn addresses(&mut self, pod: &Pod, used: &mut HashSet<IpAddr>) -> Vec<IpAddr> {
        let Some(node) = self.node_of(pod).cloned() else {
            return Vec::new();
        };
        if pod.spec.host_network {
            return node.internal_ips;
        }
        let ranges = ranges(&node, self.cluster);
        let mut addresses = Vec::new();
        for range in ranges {
            let key = (node.name.clone(), Family::of(range.addr()));
            let last = self.controllers.last_address.get(&key).copied();
            let last = last.or_else(|| used.iter().filter(|address| range.contains(*address)).max().copied());
            if let Some(address) = next_address(range, last, used) {
                used.insert(address);
                self.controllers.last_address.insert(key, address);
                addresses.push(address);
            }
        }
        addresses
    }
}

impl Progress {
    fn describe(&self) -> Message {
        let list = |pods: &[Pod]| (pods::list(pods), pods.len());
        let ((started, starts), (ready, become_ready), (ended, end)) =
            (list(&self.started), list(&self.ready), list(&self.ended));
        let parts = [
            (starts, message!("does-start", pods = started, count = starts)),
            (become_ready, message!("does-become-ready", pods = ready, count = become_ready)),
            (end, message!("does-end", pods = ended, count = end)),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part);
        parts
            .reduce(|one, other| message!("does-and-also", one = one, other = other))
            .unwrap_or(message!("does-nothing"))
    }
}

/// The node's Pod ranges; where it announces none, the network around a Pod that it has.
fn ranges(node: &Node, cluster: &Cluster) -> Vec<IpNet> {
    if !node.pod_cidrs.is_empty() {
        return node.pod_cidrs.clone();
    }
    let is_neighbour = |pod: &&Pod| pod.spec.node_name.as_ref() == Some(&node.name) && !pod.spec.host_network;
    let neighbour = cluster.pods.iter().filter(is_neighbour).find(|pod| !pod.status.pod_ips.is_empty());
    let addresses = neighbour.iter().flat_map(|pod| &pod.status.pod_ips);
    let around = addresses.filter_map(|address| {
        let prefix = if address.is_ipv4() { 24 } else { 64 };
        IpNet::new(*address, prefix).ok().map(|range| range.trunc())
    });
    around.collect()
}

/// The first free address after `last`, from the beginning again after the end, as host-local gives them out.
/// The first address is the gateway's, and in IPv6 the one before it is that of all routers.
fn next_address(range: IpNet, last: Option<IpAddr>, used: &HashSet<IpAddr>) -> Option<IpAddr> {
    const TRIES: usize = 1 << 16;
    let reserved = if range.addr().is_ipv4() { 1 } else { 2 };
    let hosts = || range.hosts().skip(reserved).take(TRIES);
    let free = |address: &IpAddr| !used.contains(address);
    let after = hosts().skip_while(|address| last.is_some_and(|last| *address <= last)).find(free);
    after.or_else(|| hosts().find(free))
}
