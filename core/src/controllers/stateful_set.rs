use super::run::Run;
use super::{Actor, pods};
use crate::k8s::{Controller, Labels, NamespacedName, Pod, PodPhase, Workload};

const POD_NAME_LABEL: &str = "statefulset.kubernetes.io/pod-name";
const POD_INDEX_LABEL: &str = "apps.kubernetes.io/pod-index";

impl Run<'_> {
    /// `updateStatefulSet`: Pods with ordinals, made from the first and removed from the last, one at a time
    /// unless they are managed in parallel.
    pub(super) fn sync_stateful_set(&mut self, set: &Workload) {
        let Controller::StatefulSet { replicas, ref service_name, is_parallel, first_ordinal } = set.controller else {
            return;
        };
        self.claim_pods(Actor::StatefulSet, set);
        let existing: Vec<Pod> = self.pods_of(set).into_iter().cloned().collect();
        let range = first_ordinal..first_ordinal.saturating_add(replicas);
        let mut missing = Vec::new();
        for ordinal in range.clone() {
            let pod = existing.iter().find(|pod| ordinal_of(set, pod) == Some(ordinal));
            match pod {
                None if missing.len() < self.room() => missing.push(new_pod(set, ordinal, service_name.as_ref())),
                None => break,
                Some(pod) if is_parallel || is_healthy(pod) => continue,
                Some(_) => return,
            }
            if !is_parallel {
                break;
            }
        }
        if !missing.is_empty() {
            self.create_pods(Actor::StatefulSet, set, missing);
            return;
        }
        let mut condemned: Vec<(u32, Pod)> = existing
            .into_iter()
            .filter_map(|pod| Some((ordinal_of(set, &pod)?, pod)))
            .filter(|(ordinal, _)| !range.contains(ordinal))
            .collect();
        condemned.sort_by_key(|(ordinal, _)| std::cmp::Reverse(*ordinal));
        let first_unhealthy = condemned.iter().rev().find(|(_, pod)| !is_healthy(pod)).map(|(ordinal, _)| *ordinal);
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
        if !deleted.is_empty() {
            self.delete_pods(Actor::StatefulSet, set, &deleted);
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

/// `newStatefulSetPod` and `initIdentity`.
fn new_pod(set: &Workload, ordinal: u32, service_name: Option<&std::sync::Arc<str>>) -> Pod {
    let name = NamespacedName::new(&set.name.namespace, &format!("{}-{ordinal}", set.name.name));
    let labels = Labels::from([
        (POD_NAME_LABEL.to_owned(), name.name.to_string()),
        (POD_INDEX_LABEL.to_owned(), ordinal.to_string()),
    ]);
    let mut pod = pods::pod(name, set.as_owner(), &set.template, labels);
    pod.spec.hostname = Some(pod.name.name.clone());
    pod.spec.subdomain = service_name.cloned();
    pod
}
