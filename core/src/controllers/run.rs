use crate::message;
use crate::message::Message;
use std::collections::BTreeSet;

use super::index::SelectorIndex;
use super::{Actor, Controllers, Round, endpoint_slice};
use crate::k8s::{Change, Changed, Cluster, EndpointSlice, NamespacedName, Node, Pod, Service, Workload, WorkloadKind};

/// The controllers at work on one action.
pub(super) struct Run<'a> {
    pub(super) controllers: &'a mut Controllers,
    pub(super) cluster: &'a mut Cluster,
    pub(super) rounds: Vec<Round>,
    selectors: SelectorIndex,
    pub(super) services: BTreeSet<NamespacedName>,
    pub(super) workloads: BTreeSet<(WorkloadKind, NamespacedName)>,
}

impl<'a> Run<'a> {
    /// More rounds than any action needs: a defect that lets two controllers undo each other's work ends here.
    const MAX_ROUNDS: usize = 100_000;

    pub(super) fn new(controllers: &'a mut Controllers, cluster: &'a mut Cluster) -> Self {
        let selectors = SelectorIndex::of(&cluster.services);
        Self {
            controllers,
            cluster,
            rounds: Vec::new(),
            selectors,
            services: BTreeSet::new(),
            workloads: BTreeSet::new(),
        }
    }

    /// Lets everyone work until nobody has anything left to do.
    pub(super) fn settle(&mut self) {
        while self.rounds.len() < Self::MAX_ROUNDS {
            if let Some(name) = self.services.pop_first() {
                self.sync_service(&name);
            } else if let Some((kind, name)) = self.workloads.pop_first() {
                self.sync_workload(kind, &name);
            } else if !self.schedule() && !self.kubelets() {
                return;
            }
        }
    }

    /// Makes the changes, tells the controllers that watch such objects, and writes the round down.
    pub(super) fn round(&mut self, actor: Actor, what: Message, changes: Vec<Change>) -> bool {
        if changes.is_empty() {
            return false;
        }
        for change in &changes {
            self.notice(change);
            self.cluster.apply(change);
            if matches!(change, Change::Service(_)) {
                self.selectors = SelectorIndex::of(&self.cluster.services);
            }
        }
        self.rounds.push(Round { actor, what, changes });
        true
    }

    /// The event handlers of the controllers: what has to be looked at after the change.
    fn notice(&mut self, change: &Change) {
        match change {
            Change::Service(changed) => {
                self.services.extend(changed.after().map(|service| service.name.clone()));
            }
            Change::Pod(changed) => self.notice_pod(changed),
            Change::Workload(changed) => {
                self.remember_revisions(changed);
                for workload in changed.before().into_iter().chain(changed.after()) {
                    self.workloads.insert((workload.kind(), workload.name.clone()));
                    self.queue_owner(workload.owner.as_ref().map(|owner| (owner.kind, &*owner.name)), &workload.name);
                }
            }
            Change::Node(_) => {
                let daemon_sets =
                    self.cluster.workloads.iter().filter(|workload| workload.kind() == WorkloadKind::DaemonSet);
                self.workloads.extend(daemon_sets.map(|workload| (workload.kind(), workload.name.clone())));
                let mut nodes = Cluster { nodes: self.cluster.nodes.clone(), ..Cluster::default() };
                nodes.apply(change);
                self.services.extend(self.controllers.topology.overloaded(&nodes.nodes));
            }
            Change::EndpointSlice(_) | Change::ProxyConfiguration(_) => {}
        }
    }

    /// `GetPodUpdateProjectionKey` of the endpoint slice controller, and the owners of the Pod.
    fn notice_pod(&mut self, changed: &Changed<Pod>) {
        let pods = || changed.before().into_iter().chain(changed.after());
        for pod in pods() {
            self.queue_owner(pod.owner.as_ref().map(|owner| (owner.kind, &*owner.name)), &pod.name);
        }
        // What is deleted ends, whatever its probe says.
        if changed.after().is_none_or(|pod| pod.is_deleting) {
            for pod in pods() {
                self.controllers.held.remove(&pod.name);
            }
        }
        if let Some(pod) = changed.after()
            && pod.owner.is_none()
            && changed.before().is_none_or(|old| old.labels != pod.labels || old.owner.is_some())
        {
            self.queue_claimants(pod);
        }
        if let Changed::Modified { old, new } = changed
            && old.is_deleting == new.is_deleting
            && old.status.is_ready == new.status.is_ready
            && old.status.pod_ips == new.status.pod_ips
            && old.labels == new.labels
        {
            return;
        }
        for pod in pods() {
            let selected = self.selectors.select(self.cluster, &pod.name.namespace, &pod.labels);
            self.services.extend(selected.cloned());
        }
    }

    /// Queues the owner of an object, and the Deployment above a ReplicaSet.
    fn queue_owner(&mut self, owner: Option<(WorkloadKind, &str)>, owned: &NamespacedName) {
        let Some((kind, name)) = owner else { return };
        let name = NamespacedName::new(&owned.namespace, name);
        let above = self.workload(kind, &name).and_then(|workload| workload.owner.clone());
        if let Some(above) = above {
            self.workloads.insert((above.kind, NamespacedName::new(&owned.namespace, &above.name)));
        }
        self.workloads.insert((kind, name));
    }

    /// At the start: Services without slices, and workloads without Pods, unless a Service that has slices
    /// would select them.
    pub(super) fn queue_what_is_missing(&mut self) {
        let owners: BTreeSet<_> =
            self.cluster.pods.iter().filter_map(|pod| Some((pod.owner.clone()?, pod.name.namespace.clone()))).collect();
        let owned: BTreeSet<_> = self
            .cluster
            .workloads
            .iter()
            .filter(|workload| owners.contains(&(workload.as_owner(), workload.name.namespace.clone())))
            .filter_map(|workload| Some((workload.owner.clone()?, workload.name.namespace.clone())))
            .collect();
        let given: BTreeSet<_> = self.cluster.endpoint_slices.iter().filter_map(EndpointSlice::service).collect();
        for workload in self.cluster.workloads.iter().filter(|workload| workload.owner.is_none()) {
            let key = (workload.as_owner(), workload.name.namespace.clone());
            let labels = &workload.template.labels;
            let mut services = self.selectors.select(self.cluster, &workload.name.namespace, labels);
            if !owners.contains(&key) && !owned.contains(&key) && !services.any(|name| given.contains(name)) {
                self.workloads.insert((workload.kind(), workload.name.clone()));
            }
        }
        let services = self.cluster.services.iter().map(|service| &service.name);
        self.services.extend(services.filter(|name| !given.contains(*name)).cloned());
    }

    fn sync_workload(&mut self, kind: WorkloadKind, name: &NamespacedName) {
        let Some(workload) = self.workload(kind, name).cloned() else {
            return;
        };
        match kind {
            WorkloadKind::Deployment => self.sync_deployment(&workload),
            WorkloadKind::ReplicaSet => self.sync_replica_set(&workload),
            WorkloadKind::StatefulSet => self.sync_stateful_set(&workload),
            WorkloadKind::DaemonSet => self.sync_daemon_set(&workload),
        }
    }

    fn sync_service(&mut self, name: &NamespacedName) {
        let Some(service) = self.cluster.services.iter().find(|service| service.name == *name).cloned() else {
            return;
        };
        let controllers = &mut *self.controllers;
        let sync = endpoint_slice::reconcile(self.cluster, &service, &mut controllers.topology, &mut controllers.names);
        let mut what = describe_slices(&service, &sync.changes);
        if let Some(event) = sync.event {
            what = message!("does-slices-without-hints", what = what, event = event.to_string());
        }
        self.round(Actor::EndpointSlice, what, sync.changes);
    }

    pub(super) fn workload(&self, kind: WorkloadKind, name: &NamespacedName) -> Option<&Workload> {
        self.cluster.workloads.iter().find(|workload| workload.kind() == kind && workload.name == *name)
    }

    pub(super) fn node_of(&self, pod: &Pod) -> Option<&Node> {
        let name = pod.spec.node_name.as_ref()?;
        self.cluster.nodes.iter().find(|node| node.name == *name)
    }
}

/// `creates 1, updates 2 endpoint slices of Service shop/web`.
fn describe_slices(service: &Service, changes: &[Change]) -> Message {
    let (mut created, mut updated, mut deleted) = (0_usize, 0_usize, 0_usize);
    for change in changes {
        match change {
            Change::EndpointSlice(Changed::Added(_)) => created += 1,
            Change::EndpointSlice(Changed::Modified { .. }) => updated += 1,
            Change::EndpointSlice(Changed::Deleted(_)) => deleted += 1,
            _ => {}
        }
    }
    let parts = [
        (created, message!("does-create-count", count = created)),
        (updated, message!("does-update-count", count = updated)),
        (deleted, message!("does-delete-count", count = deleted)),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part);
    let parts = parts.reduce(|one, other| message!("does-and-does", one = one, other = other));
    let slices = created + updated + deleted;
    message!(
        "does-slices",
        parts = parts.unwrap_or(message!("does-nothing")),
        slices = slices,
        service = service.name.to_string()
    )
}
