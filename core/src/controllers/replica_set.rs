use std::collections::BTreeMap;

use super::run::Run;
use super::{Actor, pods};
use crate::k8s::{Labels, NamespacedName, Pod, Workload};

impl Run<'_> {
    /// `syncReplicaSet`: as many Pods as it says.
    pub(super) fn sync_replica_set(&mut self, set: &Workload) {
        self.claim_pods(Actor::ReplicaSet, set);
        let active: Vec<Pod> = self.pods_of(set).into_iter().filter(|pod| pod.is_active()).cloned().collect();
        let wanted = set.replicas().unwrap_or_default() as usize;
        if active.len() < wanted {
            let missing = (wanted - active.len()).min(self.room());
            let made = (0..missing).map(|_| {
                let name = NamespacedName::new(&set.name.namespace, &self.pod_name(set));
                pods::pod(name, set.as_owner(), &set.template, Labels::new())
            });
            let made = made.collect();
            self.create_pods(Actor::ReplicaSet, set, made);
        } else if active.len() > wanted {
            let surplus = active.len() - wanted;
            let deleted = self.in_order_of_deletion(set, active).into_iter().take(surplus).collect::<Vec<_>>();
            self.delete_pods(Actor::ReplicaSet, set, &deleted);
        }
    }

    /// `getPodsToDelete`: Pods without a node, then those that do not run, then those that are not ready, then
    /// those on nodes with more Pods of the same Deployment, then the newest.
    fn in_order_of_deletion(&self, set: &Workload, active: Vec<Pod>) -> Vec<Pod> {
        let mut on_node: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        let is_related = |other: &&Workload| {
            other.kind() == set.kind()
                && other.name.namespace == set.name.namespace
                && (other.name == set.name || set.owner.is_some() && other.owner == set.owner)
        };
        for related in self.cluster.workloads.iter().filter(is_related) {
            for pod in self.pods_of(related).into_iter().filter(|pod| pod.is_active()) {
                *on_node.entry(pod.spec.node_name.as_deref()).or_default() += 1;
            }
        }
        let rank = |pod: &Pod| on_node.get(&pod.spec.node_name.as_deref()).copied().unwrap_or_default();
        let mut ordered: Vec<(usize, Pod)> = active.into_iter().enumerate().collect();
        ordered.sort_by_key(|(age, pod)| {
            let ready = pod.status.is_ready;
            let (rank, newness) = (std::cmp::Reverse(rank(pod)), std::cmp::Reverse(*age));
            (pod.spec.node_name.is_some(), pod.status.phase, ready, rank, newness)
        });
        ordered.into_iter().map(|(_, pod)| pod).collect()
    }
}
