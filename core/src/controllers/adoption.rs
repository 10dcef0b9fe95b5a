//! Joins the objects of a text that lost their `ownerReferences`, and adds the ReplicaSets that it left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::deployment::replica_set;
use super::implied::Owners;
use crate::k8s::{Cluster, NamespacedName, Owner, Workload, WorkloadKind};

pub(super) fn adopt(cluster: &mut Cluster) {
    adopt_replica_sets(cluster);
    adopt_pods(cluster);
    add_replica_sets(cluster);
}

/// A Deployment takes the ReplicaSets without an owner that it selects and that have its name in theirs.
fn adopt_replica_sets(cluster: &mut Cluster) {
    let deployments: BTreeMap<(Arc<str>, Arc<str>), Workload> = cluster
        .workloads
        .iter()
        .filter(|workload| workload.kind() == WorkloadKind::Deployment)
        .map(|workload| ((workload.name.namespace.clone(), workload.name.name.clone()), workload.clone()))
        .collect();
    for set in &mut cluster.workloads {
        if set.owner.is_some() || set.kind() != WorkloadKind::ReplicaSet {
            continue;
        }
        let Some((name, _)) = set.name.name.rsplit_once('-') else { continue };
        let deployment = deployments.get(&(set.name.namespace.clone(), name.into()));
        set.owner =
            deployment.filter(|deployment| deployment.selector.matches(&set.template.labels)).map(Workload::as_owner);
    }
}

fn adopt_pods(cluster: &mut Cluster) {
    let owners = Owners::of(&cluster.workloads);
    for pod in cluster.pods.iter_mut().filter(|pod| pod.owner.is_none()) {
        let mut candidates = owners.of_pod(&pod.name.namespace, &pod.name.name);
        let found = candidates.find(|(workload, _)| workload.selector.matches(&pod.labels));
        let owner = found.map(|(_, owner)| owner);
        pod.owner = owner;
    }
}

/// ReplicaSets that own Pods of a Deployment, as far as the Pods' names tell.
fn add_replica_sets(cluster: &mut Cluster) {
    let mut known: BTreeSet<(Arc<str>, Arc<str>)> = cluster
        .workloads
        .iter()
        .filter(|workload| workload.kind() == WorkloadKind::ReplicaSet)
        .map(|set| (set.name.namespace.clone(), set.name.name.clone()))
        .collect();
    let mut active: BTreeMap<(Arc<str>, Owner), u32> = BTreeMap::new();
    for pod in cluster.pods.iter().filter(|pod| pod.is_active()) {
        if let Some(owner) = &pod.owner {
            *active.entry((pod.name.namespace.clone(), owner.clone())).or_default() += 1;
        }
    }
    let mut added = Vec::new();
    let deployments: BTreeMap<(&str, &str), &Workload> = cluster
        .workloads
        .iter()
        .filter(|workload| workload.kind() == WorkloadKind::Deployment)
        .map(|workload| ((&*workload.name.namespace, &*workload.name.name), workload))
        .collect();
    for ((namespace, owner), count) in &active {
        let Some((name, hash)) = owner.name.rsplit_once('-') else { continue };
        let Some(deployment) = deployments.get(&(&**namespace, name)) else { continue };
        if owner.kind == WorkloadKind::ReplicaSet && known.insert((namespace.clone(), owner.name.clone())) {
            let name = NamespacedName { namespace: namespace.clone(), name: owner.name.clone() };
            added.push(replica_set(deployment, name, hash, *count));
        }
    }
    cluster.workloads.extend(added);
    label_pods(cluster);
}

/// The Pods of a ReplicaSet have all labels that it selects by, its hash among them.
fn label_pods(cluster: &mut Cluster) {
    let sets: BTreeMap<(Arc<str>, Owner), &Workload> = cluster
        .workloads
        .iter()
        .filter(|workload| workload.kind() == WorkloadKind::ReplicaSet && workload.owner.is_some())
        .map(|set| ((set.name.namespace.clone(), set.as_owner()), set))
        .collect();
    for pod in &mut cluster.pods {
        let owner = pod.owner.clone().map(|owner| (pod.name.namespace.clone(), owner));
        let Some(set) = owner.and_then(|owner| sets.get(&owner)) else { continue };
        for (key, value) in &set.selector.match_labels {
            if !pod.labels.contains_key(key) {
                pod.labels.insert(key.clone(), value.clone());
            }
        }
    }
}
