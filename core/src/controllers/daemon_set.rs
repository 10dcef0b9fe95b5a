use super::run::Run;
use super::scheduler::{fits_selector, untolerated};
use super::{Actor, pods};
use crate::k8s::{Labels, NamespacedName, Node, Pod, Taint, TaintEffect, Toleration, Workload};

impl Run<'_> {
    /// `manage` of the DaemonSet controller: one Pod on each node that it fits on. The Pod is made with its
    /// node, where the real one comes there through an affinity and the scheduler.
    pub(super) fn sync_daemon_set(&mut self, set: &Workload) {
        self.claim_pods(Actor::DaemonSet, set);
        let mut set = set.clone();
        set.template.spec.tolerations.extend(daemon_tolerations());
        let existing: Vec<Pod> = self.pods_of(&set).into_iter().cloned().collect();
        let nodes = self.cluster.nodes.clone();
        let (mut made, mut deleted) = (Vec::new(), Vec::new());
        for node in &nodes {
            let here: Vec<&Pod> =
                existing.iter().filter(|pod| pod.spec.node_name.as_deref() == Some(&*node.name)).collect();
            let (should_run, should_continue) = should_run(&set, node);
            if should_run && here.is_empty() && made.len() < self.room() {
                let name = NamespacedName::new(&set.name.namespace, &self.pod_name(&set));
                let mut pod = pods::pod(name, set.as_owner(), &set.template, Labels::new());
                pod.spec.node_name = Some(node.name.clone());
                made.push(pod);
            }
            let kept = usize::from(should_continue);
            deleted.extend(here.into_iter().filter(|pod| pod.is_active()).skip(kept).cloned());
        }
        if !made.is_empty() {
            self.create_pods(Actor::DaemonSet, &set, made);
        }
        if !deleted.is_empty() {
            self.delete_pods(Actor::DaemonSet, &set, &deleted);
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
