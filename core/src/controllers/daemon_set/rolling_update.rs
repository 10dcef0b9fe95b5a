//! `rollingUpdate` of pkg/controller/daemon/update.go. It goes through the nodes in any order; here, in theirs.

use std::sync::Arc;

use super::{OnNode, Wanted};
use crate::controllers::revision::Revision;
use crate::k8s::{DaemonSetUpdate, Pod};

pub(super) fn wanted(update: DaemonSetUpdate, nodes: &[OnNode], revision: &Revision) -> Wanted {
    let desired = u32::try_from(nodes.iter().filter(|node| node.should_run).count()).unwrap_or(u32::MAX);
    let nodes = nodes.iter().filter(|node| node.should_run || !node.pods.is_empty());
    match update {
        DaemonSetUpdate::OnDelete => Wanted::default(),
        DaemonSetUpdate::Replace { max_unavailable } => Wanted {
            deleted: replaced(nodes, max_unavailable.rounded_up(desired) as usize, revision),
            made_on: Vec::new(),
        },
        DaemonSetUpdate::Surge { max_surge } => {
            let mut surge = Surge::default();
            for node in nodes {
                surge.look_at(node, max_surge.rounded_up(desired) as usize, revision);
            }
            surge.wanted(max_surge.rounded_up(desired) as usize, desired as usize)
        }
    }
}

/// The new and the old Pod of a node. `findUpdatedPodsOnNode`: None where there are two of one kind.
fn new_and_old<'n>(node: &'n OnNode, revision: &Revision) -> Option<(Option<&'n Pod>, Option<&'n Pod>)> {
    let (mut new, mut old) = (None, None);
    for pod in node.pods.iter().filter(|pod| !pod.is_deleting) {
        let place = if revision.has_made(pod) { &mut new } else { &mut old };
        if place.replace(pod).is_some() {
            return None;
        }
    }
    Some((new, old))
}

/// The old Pods that go: those that are not ready, and of the others as many as may be missing.
fn replaced<'n>(nodes: impl Iterator<Item = &'n OnNode>, most: usize, revision: &Revision) -> Vec<Pod> {
    let (mut unavailable, mut allowed, mut candidates) = (0, Vec::new(), Vec::new());
    for node in nodes {
        match new_and_old(node, revision) {
            Some((Some(new), None)) if new.status.is_ready => {}
            Some((None, Some(old))) if !old.status.is_ready => {
                allowed.push(old.clone());
                unavailable += 1;
            }
            Some((None, Some(old))) if unavailable < most => candidates.push(old.clone()),
            Some((None, Some(_))) => {}
            _ => unavailable += 1,
        }
    }
    allowed.extend(candidates.into_iter().take(most.saturating_sub(unavailable)));
    allowed
}

/// What is counted of the nodes when new Pods come before the old ones go.
#[derive(Default)]
struct Surge {
    deleted: Vec<Pod>,
    /// Ready ones on nodes that they are no longer meant for.
    misplaced: Vec<Pod>,
    /// Nodes whose old Pod is not ready: the new one does not count.
    allowed: Vec<Arc<str>>,
    candidates: Vec<Arc<str>>,
    surged: usize,
    available: usize,
}

impl Surge {
    fn look_at(&mut self, node: &OnNode, most: usize, revision: &Revision) {
        let Some((new, old)) = new_and_old(node, revision) else {
            self.surged += 1;
            return;
        };
        self.available += usize::from(old.or(new).is_some_and(|pod| pod.status.is_ready));
        match (new, old) {
            (_, None) => {}
            (None, Some(old)) => match (old.status.is_ready, node.should_run) {
                (false, false) => self.deleted.push(old.clone()),
                (false, true) => self.allowed.push(node.name.clone()),
                (true, false) => self.misplaced.push(old.clone()),
                (true, true) if self.surged < most => self.candidates.push(node.name.clone()),
                (true, true) => {}
            },
            (Some(new), Some(_)) if !new.status.is_ready => self.surged += 1,
            (Some(_), Some(old)) => self.deleted.push(old.clone()),
        }
    }

    fn wanted(mut self, most: usize, desired: usize) -> Wanted {
        self.deleted.extend(self.misplaced.into_iter().take(self.available.saturating_sub(desired)));
        self.allowed.extend(self.candidates.into_iter().take(most.saturating_sub(self.surged)));
        Wanted { made_on: self.allowed, deleted: self.deleted }
    }
}
