use super::run::Run;
use super::{Actor, names};
use crate::k8s::{
    Change, Changed, Controller, LabelSelector, NamespacedName, PodTemplate, Strategy, Workload, WorkloadKind,
};
use crate::message;

impl Run<'_> {
    /// `syncDeployment`: one ReplicaSet for each version of the template; the newest takes over.
    pub(super) fn sync_deployment(&mut self, deployment: &Workload) {
        let Controller::Deployment { replicas, strategy } = deployment.controller else {
            return;
        };
        let sets = self.replica_sets(deployment);
        let (new, old): (Vec<_>, Vec<_>) = sets.into_iter().partition(|set| is_of_template(set, &deployment.template));
        // Of several the oldest counts, and the others are old.
        let mut new = new.into_iter();
        let current = new.next();
        let old: Vec<Workload> = old.into_iter().chain(new).collect();
        match strategy {
            Strategy::Recreate => self.recreate(deployment, replicas, current.as_ref(), &old),
            Strategy::RollingUpdate { max_surge, max_unavailable } => {
                let mut unavailable = max_unavailable.rounded_down(replicas);
                let surge = max_surge.rounded_up(replicas);
                if surge == 0 && unavailable == 0 {
                    unavailable = 1;
                }
                let rollout =
                    Rollout { deployment, replicas, surge, min_available: replicas.saturating_sub(unavailable) };
                if !self.roll_up(&rollout, current.as_ref(), &old) {
                    self.roll_down(&rollout, current.as_ref(), &old);
                }
            }
        }
    }

    fn replica_sets(&self, deployment: &Workload) -> Vec<Workload> {
        let owner = Some(deployment.as_owner());
        let is_own = |set: &&Workload| {
            set.kind() == WorkloadKind::ReplicaSet
                && set.owner == owner
                && set.name.namespace == deployment.name.namespace
        };
        self.cluster.workloads.iter().filter(is_own).cloned().collect()
    }

    /// `rolloutRecreate`: first the old Pods go, then new ones come.
    fn recreate(&mut self, deployment: &Workload, replicas: u32, current: Option<&Workload>, old: &[Workload]) {
        let running = old.iter().filter(|set| set.replicas() > Some(0)).cloned().collect::<Vec<_>>();
        for set in &running {
            self.scale_set(deployment, set, 0);
        }
        let remain = old.iter().any(|set| self.pods_of(set).iter().any(|pod| !pod.is_terminal()));
        if running.is_empty() && !remain {
            self.scale_or_create(deployment, current, replicas);
        }
    }

    /// `reconcileNewReplicaSet` and `NewRSNewReplicas`: as many new Pods as the surge allows.
    fn roll_up(&mut self, rollout: &Rollout<'_>, current: Option<&Workload>, old: &[Workload]) -> bool {
        let has = current.and_then(Workload::replicas).unwrap_or_default();
        let total = has.saturating_add(replicas_of(old));
        let room = rollout.replicas.saturating_add(rollout.surge).saturating_sub(total);
        let wanted = if has > rollout.replicas { rollout.replicas } else { has + room.min(rollout.replicas - has) };
        self.scale_or_create(rollout.deployment, current, wanted)
    }

    /// `reconcileOldReplicaSets`: as many old Pods go as are not needed, those that are not ready first.
    fn roll_down(&mut self, rollout: &Rollout<'_>, current: Option<&Workload>, old: &[Workload]) {
        let available = |run: &Self, set: &Workload| {
            let ready = run.pods_of(set).into_iter().filter(|pod| pod.is_active() && pod.status.is_ready).count();
            u32::try_from(ready).unwrap_or(u32::MAX)
        };
        let new_available = current.map_or(0, |set| available(self, set));
        let new_replicas = current.and_then(Workload::replicas).unwrap_or_default();
        let unavailable = new_replicas.saturating_sub(new_available);
        let total = new_replicas.saturating_add(replicas_of(old));
        let mut spare = total.saturating_sub(rollout.min_available).saturating_sub(unavailable);
        let mut old: Vec<(Workload, u32)> = old.iter().map(|set| (set.clone(), set.replicas().unwrap_or(0))).collect();
        let old_available: Vec<u32> = old.iter().map(|(set, _)| available(self, set)).collect();
        if spare == 0 {
            return;
        }
        for ((_, replicas), available) in old.iter_mut().zip(&old_available) {
            let unhealthy = replicas.saturating_sub(*available).min(spare);
            *replicas -= unhealthy;
            spare -= unhealthy;
        }
        let all_available = new_available.saturating_add(old_available.iter().sum());
        let mut healthy = all_available.saturating_sub(rollout.min_available);
        for (set, mut replicas) in old {
            let step = replicas.min(healthy);
            replicas -= step;
            healthy -= step;
            self.scale_set(rollout.deployment, &set, replicas);
        }
    }

    fn scale_or_create(&mut self, deployment: &Workload, current: Option<&Workload>, replicas: u32) -> bool {
        if let Some(set) = current {
            return self.scale_set(deployment, set, replicas);
        }
        let hash = names::hash(&deployment.template);
        let name = NamespacedName::new(&deployment.name.namespace, &format!("{}-{hash}", deployment.name.name));
        if self.workload(WorkloadKind::ReplicaSet, &name).is_some() {
            return false;
        }
        let set = replica_set(deployment, name, &hash, replicas);
        let what = message!("does-create-set", set = &set.name.name, replicas = replicas);
        self.round(Actor::Deployment, what, vec![Change::Workload(Changed::added(set))])
    }

    fn scale_set(&mut self, deployment: &Workload, set: &Workload, replicas: u32) -> bool {
        let before = set.replicas().unwrap_or_default();
        if before == replicas {
            return false;
        }
        let mut new = set.clone();
        new.set_replicas(replicas);
        let what = message!(
            "does-scale-set",
            set = &set.name.name,
            deployment = deployment.name.to_string(),
            from = before,
            to = replicas
        );
        self.round(Actor::Deployment, what, vec![Change::Workload(Changed::modified(set.clone(), new))])
    }
}

struct Rollout<'d> {
    deployment: &'d Workload,
    replicas: u32,
    surge: u32,
    min_available: u32,
}

fn replicas_of(sets: &[Workload]) -> u32 {
    sets.iter().filter_map(Workload::replicas).fold(0, u32::saturating_add)
}

/// The ReplicaSet of a Deployment for its present template.
pub(super) fn replica_set(deployment: &Workload, name: NamespacedName, hash: &str, replicas: u32) -> Workload {
    let label = (Workload::TEMPLATE_HASH_LABEL.to_owned(), hash.to_owned());
    let mut template = deployment.template.clone();
    template.labels.extend([label.clone()]);
    let mut match_labels = deployment.selector.match_labels.clone();
    match_labels.extend([label]);
    Workload {
        name,
        labels: template.labels.clone(),
        owner: Some(deployment.as_owner()),
        selector: LabelSelector { match_labels, match_expressions: deployment.selector.match_expressions.clone() },
        template,
        controller: Controller::ReplicaSet { replicas },
    }
}

/// `EqualIgnoreHash`.
fn is_of_template(set: &Workload, template: &PodTemplate) -> bool {
    let mut own = set.template.clone();
    own.labels.remove(Workload::TEMPLATE_HASH_LABEL);
    let mut other = template.clone();
    other.labels.remove(Workload::TEMPLATE_HASH_LABEL);
    own == other
}
