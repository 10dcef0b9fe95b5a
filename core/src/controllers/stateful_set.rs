use super::revision::{Revision, Revisions};
use super::run::Run;
use super::{Actor, pods};
use crate::k8s::{Controller, Labels, NamespacedName, Pod, PodPhase, StatefulSetUpdate, Workload};

const POD_NAME_LABEL: &str = "statefulset.kubernetes.io/pod-name";
const POD_INDEX_LABEL: &str = "apps.kubernetes.io/pod-index";

/// Whether a sync goes on to what comes next.
#[derive(PartialEq, Eq)]
enum Step {
    GoesOn,
    Waits,
}

impl Run<'_> {
    /// `updateStatefulSet`: Pods with ordinals, made from the first and removed from the last, one at a time
    /// unless they are managed in parallel. Those of an old template are replaced once all others are as they should be.
    pub(super) fn sync_stateful_set(&mut self, set: &Workload) {
        let revisions = self.revisions(set);
        self.claim_pods(Actor::StatefulSet, set);
        if self.scale_stateful_set(set, &revisions) == Step::GoesOn {
            self.update_stateful_set(set, &revisions);
        }
        self.complete_stateful_set(set, &revisions);
    }

    fn scale_stateful_set(&mut self, set: &Workload, revisions: &Revisions) -> Step {
        let Controller::StatefulSet { replicas, is_parallel, first_ordinal, .. } = set.controller else {
            return Step::Waits;
        };
        let existing: Vec<Pod> = self.pods_of(set).into_iter().cloned().collect();
        let range = first_ordinal..first_ordinal.saturating_add(replicas);
        let mut missing = Vec::new();
        for ordinal in range.clone() {
            let pod = existing.iter().find(|pod| ordinal_of(set, pod) == Some(ordinal));
            match pod {
                None if missing.len() < self.room() => {
                    missing.push(new_pod(set, ordinal, revision_for(set, ordinal, &existing, revisions)));
                }
                None => break,
                Some(pod) if is_parallel || is_healthy(pod) => continue,
                Some(_) => return Step::Waits,
            }
            if !is_parallel {
                break;
            }
        }
        if !missing.is_empty() {
            self.create_pods(Actor::StatefulSet, set, missing);
            return Step::Waits;
        }
        let mut condemned: Vec<(u32, Pod)> = existing
            .into_iter()
            .filter_map(|pod| Some((ordinal_of(set, &pod)?, pod)))
            .filter(|(ordinal, _)| !range.contains(ordinal))
            .collect();
        condemned.sort_by_key(|(ordinal, _)| std::cmp::Reverse(*ordinal));
        let first_unhealthy = condemned.iter().rev().find(|(_, pod)| !is_healthy(pod)).map(|(ordinal, _)| *ordinal);
        let waits = !condemned.is_empty() && !is_parallel;
        let mut deleted = Vec::new();
        for (ordinal, pod) in condemned {
            let waits = pod.is_deleting || !is_healthy(&pod) && first_unhealthy != Some(ordinal);
            if waits && !is_parallel {
                break;
            }
            if !pod.is_deleting {
                deleted.push(pod);
            }
            if !is_parallel {
                break;
            }
        }
        if deleted.is_empty() && !waits {
            return Step::GoesOn;
        }
        self.delete_pods(Actor::StatefulSet, set, &deleted);
        Step::Waits
    }

    /// The end of `updateStatefulSet`: the last Pod that is not of the new revision goes, once those behind it are ready.
    /// `MaxUnavailableStatefulSet` is off in v1.36, so it is one at a time, also in parallel.
    fn update_stateful_set(&mut self, set: &Workload, revisions: &Revisions) {
        let Controller::StatefulSet { replicas, first_ordinal, update, .. } = set.controller else {
            return;
        };
        let StatefulSetUpdate::RollingUpdate { partition } = update else {
            return;
        };
        let existing = self.pods_of(set);
        for ordinal in (partition.unwrap_or(0)..replicas).rev().map(|place| first_ordinal.saturating_add(place)) {
            let pod = existing.iter().find(|pod| ordinal_of(set, pod) == Some(ordinal));
            let Some(pod) = pod.filter(|pod| !pod.is_deleting).copied() else {
                return;
            };
            if !revisions.update().has_made(pod) {
                let old = pod.clone();
                self.delete_pods(Actor::StatefulSet, set, &[old]);
                return;
            }
            if !is_healthy(pod) {
                return;
            }
        }
    }

    /// `completeRollingUpdate`
    fn complete_stateful_set(&mut self, set: &Workload, revisions: &Revisions) {
        let Controller::StatefulSet { replicas, update: StatefulSetUpdate::RollingUpdate { .. }, .. } = set.controller
        else {
            return;
        };
        let existing = self.pods_of(set);
        let is_done = |pod: &&Pod| is_healthy(pod) && revisions.update().has_made(pod);
        if existing.len() == replicas as usize && existing.iter().all(is_done) {
            self.complete_rollout(set);
        }
    }
}

fn is_healthy(pod: &Pod) -> bool {
    pod.status.phase == PodPhase::Running && pod.status.is_ready && !pod.is_deleting
}

/// The number at the end of a Pod's name.
pub(super) fn ordinal_of(set: &Workload, pod: &Pod) -> Option<u32> {
    pod.name.name.strip_prefix(&*set.name.name)?.strip_prefix('-')?.parse().ok()
}

/// `newVersionedStatefulSetPod`: before the partition as before the rollout. Without one, as many as are left of that
/// (`status.currentReplicas`).
fn revision_for<'r>(set: &Workload, ordinal: u32, existing: &[Pod], revisions: &'r Revisions) -> &'r Revision {
    let Controller::StatefulSet { first_ordinal, update: StatefulSetUpdate::RollingUpdate { partition }, .. } =
        set.controller
    else {
        return revisions.update();
    };
    let left = || {
        let left = existing.iter().filter(|pod| !pod.is_deleting && revisions.current().has_made(pod)).count();
        u32::try_from(left).unwrap_or(u32::MAX)
    };
    let is_before = ordinal < first_ordinal.saturating_add(partition.unwrap_or_else(left));
    if is_before { revisions.current() } else { revisions.update() }
}

/// `newStatefulSetPod` and `initIdentity`.
fn new_pod(set: &Workload, ordinal: u32, revision: &Revision) -> Pod {
    let name = NamespacedName::new(&set.name.namespace, &format!("{}-{ordinal}", set.name.name));
    let labels = Labels::from([
        (POD_NAME_LABEL.to_owned(), name.name.to_string()),
        (POD_INDEX_LABEL.to_owned(), ordinal.to_string()),
    ]);
    let mut pod = pods::pod(name, set.as_owner(), &revision.template, labels);
    revision.mark(&mut pod);
    pod.spec.hostname = Some(pod.name.name.clone());
    if let Controller::StatefulSet { service_name, .. } = &set.controller {
        pod.spec.subdomain.clone_from(service_name);
    }
    pod
}
