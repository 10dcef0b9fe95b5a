use crate::message;
use crate::message::Message;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::run::Run;
use super::{Actor, pods};
use crate::k8s::{Change, Changed, Node, Pod, PodSpec, Taint, TaintEffect, Toleration};

/// `maxPods` of the kubelet, unless it is set.
const MAX_PODS_PER_NODE: usize = 110;

/// Pods on a node: all of them, and by owner.
#[derive(Default)]
struct Load {
    total: usize,
    by_owner: BTreeMap<String, usize>,
}

impl Run<'_> {
    /// Gives every waiting Pod a node: of those that it fits on, the one with the fewest Pods of the same
    /// owner, then the fewest at all. The real scheduler weighs more, resources above all.
    pub(super) fn schedule(&mut self) -> bool {
        let held = &self.controllers.held;
        let waits = |pod: &&Pod| pod.spec.node_name.is_none() && pod.is_active() && !held.contains(&pod.name);
        let waiting: Vec<Pod> = self.cluster.pods.iter().filter(waits).cloned().collect();
        if waiting.is_empty() {
            return false;
        }
        let mut loads = self.loads();
        let (mut bound, mut changes) = (Vec::new(), Vec::new());
        for pod in waiting {
            let owner = owner_key(&pod);
            let nodes = self.cluster.nodes.iter().filter(|node| fits(&pod.spec, node)).filter_map(|node| {
                let load = loads.get(&node.name);
                let total = load.map_or(0, |load| load.total);
                let own = load.and_then(|load| load.by_owner.get(&owner)).copied().unwrap_or_default();
                (total < MAX_PODS_PER_NODE).then_some((own, total, node))
            });
            let Some((_, _, node)) = nodes.min_by_key(|(own, total, _)| (*own, *total)) else { continue };
            let load = loads.entry(node.name.clone()).or_default();
            load.total += 1;
            *load.by_owner.entry(owner).or_default() += 1;
            let mut new = pod.clone();
            new.spec.node_name = Some(node.name.clone());
            bound.push(new.clone());
            changes.push(Change::Pod(Changed::modified(pod, new)));
        }
        let what = match bound.as_slice() {
            [one] => {
                message!("does-go", pods = pods::list(&bound), node = one.spec.node_name.as_deref().unwrap_or_default())
            }
            _ => message!("does-spread", pods = pods::list(&bound), nodes = spread(&bound)),
        };
        self.round(Actor::Scheduler, what, changes)
    }

    fn loads(&self) -> BTreeMap<Arc<str>, Load> {
        let mut loads: BTreeMap<Arc<str>, Load> = BTreeMap::new();
        for pod in self.cluster.pods.iter().filter(|pod| !pod.is_terminal()) {
            let Some(node) = &pod.spec.node_name else { continue };
            let load = loads.entry(node.clone()).or_default();
            load.total += 1;
            if !pod.is_deleting {
                *load.by_owner.entry(owner_key(pod)).or_default() += 1;
            }
        }
        loads
    }
}

fn owner_key(pod: &Pod) -> String {
    pod.owner.as_ref().map(|owner| format!("{} {owner}", pod.name.namespace)).unwrap_or_default()
}

/// `node1 (2) and node2 (1)`.
fn spread(pods: &[Pod]) -> Message {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in pods.iter().filter_map(|pod| pod.spec.node_name.as_deref()) {
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (Reverse(*count), *name));
    let nodes: Vec<String> = counts.iter().take(4).map(|(name, count)| format!("{name} ({count})")).collect();
    let more = if counts.len() > 4 { "yes" } else { "no" };
    message!("nodes-listed", nodes = nodes.join(", "), more = more)
}

fn fits(spec: &PodSpec, node: &Node) -> bool {
    let repelled = untolerated(&spec.tolerations, node, &[TaintEffect::NoSchedule, TaintEffect::NoExecute]);
    let cordon = Taint::new(Taint::UNSCHEDULABLE, TaintEffect::NoSchedule);
    let is_open = !node.is_unschedulable || spec.tolerations.iter().any(|one| one.tolerates(&cordon));
    // A node that is not ready has a taint that says so, unless the text leaves it out.
    node.is_ready && is_open && repelled.is_none() && fits_selector(spec, node)
}

pub(super) fn fits_selector(spec: &PodSpec, node: &Node) -> bool {
    crate::k8s::selects(&spec.node_selector, &node.labels)
}

/// The first taint with one of the effects that is not tolerated.
pub(super) fn untolerated<'n>(
    tolerations: &[Toleration],
    node: &'n Node,
    effects: &[TaintEffect],
) -> Option<&'n Taint> {
    let mut taints = node.taints.iter().filter(|taint| effects.contains(&taint.effect));
    taints.find(|taint| !tolerations.iter().any(|toleration| toleration.tolerates(taint)))
}
