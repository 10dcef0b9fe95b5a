mod rolling_update;

use super::revision::Revision;
use super::run::Run;
use super::scheduler::{fits_selector, untolerated};
use super::{Actor, pods};
use crate::k8s::{
    Controller, DaemonSetUpdate, Labels, NamespacedName, Node, Pod, Taint, TaintEffect, Toleration, Workload,
};
use std::sync::Arc;

/// A node with the DaemonSet's Pods on it, the oldest first.
struct OnNode {
    name: Arc<str>,
    /// A Pod is made if there is none.
    should_run: bool,
    /// A Pod that is there stays.
    should_continue: bool,
    pods: Vec<Pod>,
}

/// What `syncNodes` is asked for.
#[derive(Default)]
struct Wanted {
    made_on: Vec<Arc<str>>,
    deleted: Vec<Pod>,
}

impl Run<'_> {
    /// `updateDaemonSet`: one Pod on each node that it fits on, and those of an old template are replaced. The Pod is
    /// made with its node, where the real one comes there through an affinity and the scheduler.
    pub(super) fn sync_daemon_set(&mut self, set: &Workload) {
        let Controller::DaemonSet { update } = set.controller else {
            return;
        };
        let revisions = self.revisions(set);
        self.claim_pods(Actor::DaemonSet, set);
        let revision = revisions.update();
        let mut set = set.clone();
        set.template.spec.tolerations.extend(daemon_tolerations());
        let nodes = self.daemon_nodes(&set);
        let mut wanted = Wanted::default();
        for node in &nodes {
            wanted.manage(node, update, revision);
        }
        // Until these are done, no Pods are replaced (`SatisfiedExpectations`).
        if wanted.made_on.is_empty() && wanted.deleted.is_empty() {
            wanted = rolling_update::wanted(update, &nodes, revision);
        }
        self.sync_nodes(&set, revision, wanted);
    }

    fn daemon_nodes(&self, set: &Workload) -> Vec<OnNode> {
        let existing = self.pods_of(set);
        let on_node = |node: &Node| {
            let here = existing.iter().filter(|pod| pod.spec.node_name.as_ref() == Some(&node.name));
            let (should_run, should_continue) = should_run(set, node);
            let pods = here.map(|pod| (*pod).clone()).collect();
            OnNode { name: node.name.clone(), should_run, should_continue, pods }
        };
        self.cluster.nodes.iter().map(on_node).collect()
    }

    fn sync_nodes(&mut self, set: &Workload, revision: &Revision, wanted: Wanted) {
        let room = self.room();
        let mut made = Vec::new();
        for node in wanted.made_on.into_iter().take(room) {
            let name = NamespacedName::new(&set.name.namespace, &self.pod_name(set));
            let mut pod = pods::pod(name, set.as_owner(), &set.template, Labels::new());
            revision.mark(&mut pod);
            pod.spec.node_name = Some(node);
            made.push(pod);
        }
        if !made.is_empty() {
            self.create_pods(Actor::DaemonSet, set, made);
        }
        if !wanted.deleted.is_empty() {
            self.delete_pods(Actor::DaemonSet, set, &wanted.deleted);
        }
    }
}

impl Wanted {
    /// `podsShouldBeOnNode`
    fn manage(&mut self, node: &OnNode, update: DaemonSetUpdate, revision: &Revision) {
        let mut running = node.pods.iter().filter(|pod| pod.is_active());
        if !node.should_continue {
            self.deleted.extend(running.cloned());
            return;
        }
        let surges = matches!(update, DaemonSetUpdate::Surge { .. });
        if node.should_run && (node.pods.is_empty() || surges && running.clone().next().is_none()) {
            self.made_on.push(node.name.clone());
        } else if !surges {
            self.deleted.extend(running.skip(1).cloned());
        } else if running.clone().count() > 1 {
            let is_new = |pod: &&Pod| revision.has_made(pod);
            let new = running.clone().find(is_new);
            let old = running.clone().find(|pod| !is_new(pod));
            let is_kept = |pod: &&Pod| Some(*pod) == new || Some(*pod) == old;
            self.deleted.extend(running.by_ref().filter(|pod| !is_kept(pod)).cloned());
            if let (Some(new), Some(old)) = (new, old)
                && (!old.status.is_ready || new.status.is_ready)
            {
                self.deleted.push(old.clone());
            }
        }
    }
}

/// `NodeShouldRunDaemonPod`: whether to make a Pod, and whether to keep one.
fn should_run(set: &Workload, node: &Node) -> (bool, bool) {
    let spec = &set.template.spec;
    if spec.node_name.as_ref().is_some_and(|name| *name != node.name) || !fits_selector(spec, node) {
        return (false, false);
    }
    let repels = |effects: &[TaintEffect]| untolerated(&spec.tolerations, node, effects).is_some();
    let evicts = repels(&[TaintEffect::NoExecute]);
    (!repels(&[TaintEffect::NoSchedule, TaintEffect::NoExecute]), !evicts)
}

/// `AddOrUpdateDaemonPodTolerations`, of the taints that the model sets.
fn daemon_tolerations() -> [Toleration; 3] {
    let tolerate =
        |key: &str, effect| Toleration { key: Some(key.to_owned()), value: None, effect: Some(effect), seconds: None };
    [
        tolerate(Taint::NOT_READY, TaintEffect::NoExecute),
        tolerate(Taint::UNREACHABLE, TaintEffect::NoExecute),
        tolerate(Taint::UNSCHEDULABLE, TaintEffect::NoSchedule),
    ]
}
