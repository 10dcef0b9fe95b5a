use super::run::Run;
use super::{Actor, Controllers};
use crate::k8s::{Change, Changed, Labels, NamespacedName, Owner, Pod, PodPhase, PodStatus, PodTemplate, Workload};
use crate::message;
use crate::message::Message;

impl Run<'_> {
    /// The Pods that a workload made, in the order in which they were made.
    pub(super) fn pods_of(&self, workload: &Workload) -> Vec<&Pod> {
        let owner = workload.as_owner();
        let is_own = |pod: &&Pod| pod.owner.as_ref() == Some(&owner) && pod.name.namespace == workload.name.namespace;
        self.cluster.pods.iter().filter(is_own).collect()
    }

    /// How many Pods may still be made.
    pub(super) fn room(&self) -> usize {
        Controllers::MAX_PODS.saturating_sub(self.cluster.pods.len())
    }

    /// A name that no Pod of the namespace has.
    pub(super) fn pod_name(&mut self, workload: &Workload) -> String {
        let namespace = &workload.name.namespace;
        let pods = &self.cluster.pods;
        let is_taken = |name: &str| pods.iter().any(|pod| *pod.name.name == *name && pod.name.namespace == *namespace);
        self.controllers.names.generate(&format!("{}-", workload.name.name), is_taken)
    }

    pub(super) fn create_pods(&mut self, actor: Actor, workload: &Workload, pods: Vec<Pod>) -> bool {
        let what = message!("does-create-pods", pods = list(&pods), owner = owner(workload));
        self.round(actor, what, pods.into_iter().map(|pod| Change::Pod(Changed::added(pod))).collect())
    }

    pub(super) fn delete_pods(&mut self, actor: Actor, workload: &Workload, pods: &[Pod]) -> bool {
        let what = message!("does-delete-pods", pods = list(pods), owner = owner(workload));
        self.round(actor, what, pods.iter().map(super::action::deletion).collect())
    }
}

/// A Pod that waits for the scheduler, unless its template names a node.
pub(super) fn pod(name: NamespacedName, owner: Owner, template: &PodTemplate, more_labels: Labels) -> Pod {
    let mut labels = template.labels.clone();
    labels.extend(more_labels);
    Pod {
        name,
        labels,
        owner: Some(owner),
        spec: template.spec.clone(),
        status: PodStatus { phase: PodPhase::Pending, is_ready: false, pod_ips: Vec::new() },
        is_deleting: false,
    }
}

/// `Deployment shop/web`
pub(super) fn owner(workload: &Workload) -> String {
    format!("{} {}", workload.kind(), workload.name)
}

/// `Pod a`, `Pods a, b and c`, or how many there are.
pub(super) fn list(pods: &[Pod]) -> Message {
    const LISTED: usize = 3;
    let names: Vec<&str> = pods.iter().take(LISTED).map(|pod| &*pod.name.name).collect();
    match names.as_slice() {
        [one] => message!("pods-one", name = *one),
        [first @ .., last] if pods.len() <= LISTED => message!("pods-few", first = first.join(", "), last = *last),
        _ => message!("pods-many", count = pods.len()),
    }
}
