//! ControllerRevisions: the templates that a StatefulSet or DaemonSet had, each with the hash that its Pods carry.
//!
//! A pasted workload does not say from which template its Pods were made: they count as made from the one that it has,
//! whatever hash they carry, until it changes.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use super::run::Run;
use crate::k8s::{Changed, Cluster, NamespacedName, Pod, PodTemplate, Workload, WorkloadKind};

/// `ControllerRevisionHashLabelKey`
const HASH_LABEL: &str = "controller-revision-hash";
/// `revisionHistoryLimit` where nobody sets it.
const HISTORY_LIMIT: usize = 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Revision {
    pub(super) template: PodTemplate,
    /// What its new Pods carry.
    hash: String,
    /// What else its Pods carry, since they were pasted; empty stands for nothing.
    pasted: BTreeSet<String>,
}

impl Revision {
    /// A StatefulSet's Pods carry the whole name of the revision, a DaemonSet's only its hash.
    fn of(workload: &Workload) -> Self {
        let hash = names::hash(&workload.template);
        let hash = match workload.kind() {
            WorkloadKind::StatefulSet => format!("{}-{hash}", workload.name.name),
            _ => hash,
        };
        Self { template: workload.template.clone(), hash, pasted: BTreeSet::new() }
    }

    /// The one that a pasted workload's Pods are of; new ones carry what most of them do.
    fn pasted(workload: &Workload, cluster: &Cluster) -> Self {
        let owner = Some(workload.as_owner());
        let mut carried: BTreeMap<&str, usize> = BTreeMap::new();
        let own = |pod: &&Pod| pod.owner == owner && pod.name.namespace == workload.name.namespace;
        for pod in cluster.pods.iter().filter(own) {
            *carried.entry(hash_of(pod)).or_default() += 1;
        }
        let most = carried.iter().filter(|(hash, _)| !hash.is_empty()).max_by_key(|(_, count)| **count);
        let most = most.map(|(hash, _)| (*hash).to_owned());
        let new = Self::of(workload);
        Self { hash: most.unwrap_or(new.hash), pasted: carried.into_keys().map(str::to_owned).collect(), ..new }
    }

    pub(crate) fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether a Pod was made from it.
    pub(crate) fn has_made(&self, pod: &Pod) -> bool {
        hash_of(pod) == self.hash || self.pasted.contains(hash_of(pod))
    }

    /// Marks a Pod as made from it.
    pub(super) fn mark(&self, pod: &mut Pod) {
        pod.labels.insert(HASH_LABEL.to_owned(), self.hash.clone());
    }
}

fn hash_of(pod: &Pod) -> &str {
    pod.labels.get(HASH_LABEL).map_or("", String::as_str)
}

/// The revisions of one workload.
#[derive(Clone, Debug)]
pub(crate) struct Revisions {
    /// Of the present template.
    update: Revision,
    /// The one before the rollout that is under way, if one is: `status.currentRevision` of a StatefulSet.
    current: Option<Revision>,
    /// The others, the latest last.
    older: Vec<Revision>,
}

impl Revisions {
    fn beginning(with: Revision) -> Self {
        Self { update: with, current: None, older: Vec::new() }
    }

    pub(crate) const fn update(&self) -> &Revision {
        &self.update
    }

    pub(crate) fn current(&self) -> &Revision {
        self.current.as_ref().unwrap_or(&self.update)
    }

    /// `getStatefulSetRevisions` and `constructHistory`: a template that was there before has its hash again.
    fn follow(&mut self, workload: &Workload) {
        if self.update.template == workload.template {
            return;
        }
        let current = self.current().clone();
        let known = self.older.iter().position(|revision| revision.template == workload.template);
        let new = match known {
            _ if current.template == workload.template => current.clone(),
            Some(place) => self.older.remove(place),
            None => Revision::of(workload),
        };
        let left = std::mem::replace(&mut self.update, new);
        self.current = (current != self.update).then_some(current);
        if Some(&left) != self.current.as_ref() {
            self.older.push(left);
        }
        if self.older.len() > HISTORY_LIMIT {
            self.older.remove(0);
        }
    }

    /// `completeRollingUpdate`
    fn complete(&mut self) {
        self.older.extend(self.current.take());
    }
}

/// Those of StatefulSets and DaemonSets that something happened to.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    by_workload: BTreeMap<(WorkloadKind, NamespacedName), Revisions>,
}

impl History {
    pub(super) fn of(&self, workload: &Workload, cluster: &Cluster) -> Revisions {
        let known = self.by_workload.get(&key(workload));
        known.cloned().unwrap_or_else(|| Revisions::beginning(Revision::pasted(workload, cluster)))
    }
}

fn key(workload: &Workload) -> (WorkloadKind, NamespacedName) {
    (workload.kind(), workload.name.clone())
}

impl Run<'_> {
    /// The revisions, with one of the template that the workload has now.
    pub(super) fn revisions(&mut self, workload: &Workload) -> Revisions {
        let mut revisions = self.controllers.history.of(workload, self.cluster);
        revisions.follow(workload);
        self.controllers.history.by_workload.insert(key(workload), revisions.clone());
        revisions
    }

    /// What is known of the templates before one changes. The garbage collector takes revisions with their workload.
    pub(super) fn remember_revisions(&mut self, changed: &Changed<Workload>) {
        match changed {
            Changed::Added(new) if has_revisions(new) => {
                let first = Revisions::beginning(Revision::of(new));
                self.controllers.history.by_workload.insert(key(new), first);
            }
            Changed::Modified { old, .. } if has_revisions(old) => {
                self.revisions(old);
            }
            Changed::Deleted(old) => {
                self.controllers.history.by_workload.remove(&key(old));
            }
            Changed::Added(_) | Changed::Modified { .. } => {}
        }
    }

    pub(super) fn complete_rollout(&mut self, workload: &Workload) {
        if let Some(revisions) = self.controllers.history.by_workload.get_mut(&key(workload)) {
            revisions.complete();
        }
    }
}

const fn has_revisions(workload: &Workload) -> bool {
    matches!(workload.kind(), WorkloadKind::StatefulSet | WorkloadKind::DaemonSet)
}
