use super::run::Run;
use super::{Actor, pods};
use crate::k8s::{Change, Changed, NamespacedName, Owner, Pod, Workload, WorkloadKind};
use crate::message;

impl Run<'_> {
    /// `PodControllerRefManager.ClaimPods`: the workload lets go of its Pods that its selector does not match, and takes
    /// those without an owner that it does.
    pub(super) fn claim_pods(&mut self, actor: Actor, workload: &Workload) {
        let owner = workload.as_owner();
        let (mut released, mut adopted) = (Vec::new(), Vec::new());
        for pod in self.cluster.pods.iter().filter(|pod| pod.name.namespace == workload.name.namespace) {
            let is_selected = workload.selector.matches(&pod.labels);
            match &pod.owner {
                Some(own) if *own == owner && !is_selected => released.push(pod.clone()),
                None if is_selected && pod.is_active() && may_adopt(workload, pod) => adopted.push(pod.clone()),
                _ => {}
            }
        }
        let what = message!("does-release-pods", pods = pods::list(&released), owner = pods::owner(workload));
        self.round(actor, what, owned_by(None, released));
        let what = message!("does-adopt-pods", pods = pods::list(&adopted), owner = pods::owner(workload));
        self.round(actor, what, owned_by(Some(&owner), adopted));
    }

    /// `getPodReplicaSets` and its like: whoever may want a Pod that nobody owns.
    pub(super) fn queue_claimants(&mut self, pod: &Pod) {
        let selects = |workload: &&Workload| {
            workload.kind() != WorkloadKind::Deployment
                && workload.name.namespace == pod.name.namespace
                && workload.selector.matches(&pod.labels)
        };
        let found: Vec<(WorkloadKind, NamespacedName)> = (self.cluster.workloads.iter().filter(selects))
            .map(|workload| (workload.kind(), workload.name.clone()))
            .collect();
        self.workloads.extend(found);
    }
}

/// A StatefulSet takes none but those that are called as its own are (`isMemberOf`).
fn may_adopt(workload: &Workload, pod: &Pod) -> bool {
    workload.kind() != WorkloadKind::StatefulSet || super::stateful_set::ordinal_of(workload, pod).is_some()
}

fn owned_by(owner: Option<&Owner>, pods: Vec<Pod>) -> Vec<Change> {
    let changed = |old: Pod| Change::Pod(Changed::modified(old.clone(), Pod { owner: owner.cloned(), ..old }));
    pods.into_iter().map(changed).collect()
}
