//! Objects that somebody creates, patches or deletes.

use super::action::{Refusal, deletion};
use super::endpoint_slice::CONTROLLER_NAME;
use super::mirroring::MIRRORING_NAME;
use super::run::Run;
use super::{Actor, Controllers, pods};
use crate::k8s::{
    self, Change, Changed, Created, EndpointSlice, NamespacedName, Node, Pod, Resource, Workload, WorkloadKind,
};
use crate::message;

/// How long the Pod garbage collector waits for a missing node, in seconds (`quarantineTime`).
const QUARANTINE_SECONDS: u32 = 40;

impl Run<'_> {
    pub(super) fn create(&mut self, manifest: &str) -> Result<(), Refusal> {
        let created = k8s::created(self.cluster, manifest).map_err(|said| Refusal::Invalid { said })?;
        let (resource, name) = (created.resource(), created.name());
        if self.has(resource, &name) {
            return Err(Refusal::AlreadyExists { kind: resource.kind(), name: resource.shown(&name) });
        }
        let change = match created {
            Created::Service(service) => Change::Service(Changed::added(*service)),
            Created::EndpointSlice(slice) => Change::EndpointSlice(Changed::added(*slice)),
            Created::Node(node) => Change::Node(Changed::added(*node)),
            Created::Pod(pod) => Change::Pod(Changed::added(*pod)),
            Created::Workload(workload) => {
                let replicas = workload.replicas().unwrap_or_default();
                if replicas as usize > Controllers::MAX_PODS {
                    return Err(Refusal::TooManyPods { replicas });
                }
                Change::Workload(Changed::added(*workload))
            }
        };
        self.round(Actor::User, message!("does-create", object = resource.of(&name)), vec![change]);
        Ok(())
    }

    fn has(&self, resource: Resource, name: &NamespacedName) -> bool {
        let cluster = &self.cluster;
        match resource {
            Resource::Service => cluster.services.iter().any(|service| service.name == *name),
            Resource::EndpointSlice => cluster.endpoint_slices.iter().any(|slice| slice.name == *name),
            Resource::Workload(kind) => self.workload(kind, name).is_some(),
            Resource::Pod => cluster.pods.iter().any(|pod| pod.name == *name),
            Resource::Node => cluster.nodes.iter().any(|node| node.name == name.name),
        }
    }

    pub(super) fn patch(&mut self, resource: Resource, name: &NamespacedName, patch: &str) -> Result<(), Refusal> {
        let invalid = |said: Vec<String>| Refusal::Invalid { said };
        if !self.has(resource, name) {
            return Err(Refusal::NotFound { kind: resource.kind(), name: resource.shown(name) });
        }
        let patch = serde_json::from_str(patch).map_err(|error| invalid(vec![error.to_string()]))?;
        let changed = k8s::patched(self.cluster, resource, name, &patch).map_err(invalid)?;
        let title = resource.of(name);
        let change = match changed {
            Created::Service(service) => return self.put_service(&service),
            Created::EndpointSlice(new) => {
                let old = self.cluster.endpoint_slices.iter().find(|slice| slice.name == *name).cloned();
                changed_to(old, *new).map(Change::EndpointSlice)
            }
            Created::Node(new) => {
                let old = self.cluster.nodes.iter().find(|node| node.name == name.name).cloned();
                changed_to(old, *new).map(Change::Node)
            }
            Created::Pod(new) => {
                let old = self.cluster.pods.iter().find(|pod| pod.name == *name).cloned();
                changed_to(old, *new).map(Change::Pod)
            }
            Created::Workload(new) => {
                let old = self.workload(new.kind(), name).cloned();
                changed_to(old, *new).map(Change::Workload)
            }
        };
        let change =
            change.ok_or_else(|| Refusal::NothingToDo { what: message!("refused-so-already", object = &title) })?;
        self.round(Actor::User, message!("does-change", object = title), vec![change]);
        Ok(())
    }

    pub(super) fn configure_proxy(&mut self, patch: &str) -> Result<(), Refusal> {
        let invalid = |said: Vec<String>| Refusal::Invalid { said };
        let patch = serde_json::from_str(patch).map_err(|error| invalid(vec![error.to_string()]))?;
        let old = self.cluster.proxy_configuration.clone();
        let new = k8s::configured(old.as_ref(), &patch).map_err(Refusal::Misconfigured)?;
        let changed = match old {
            None => Changed::added(new),
            Some(old) if old == new => {
                return Err(Refusal::NothingToDo { what: message!("refused-configured") });
            }
            Some(old) => Changed::modified(old, new),
        };
        let what = message!("does-configure");
        self.round(Actor::User, what, vec![Change::ProxyConfiguration(changed)]);
        Ok(())
    }

    pub(super) fn delete(&mut self, resource: Resource, name: &NamespacedName) -> Result<(), Refusal> {
        if !self.has(resource, name) {
            return Err(Refusal::NotFound { kind: resource.kind(), name: resource.shown(name) });
        }
        match resource {
            Resource::Service => self.delete_service(name),
            Resource::EndpointSlice => self.delete_slice(name),
            Resource::Workload(kind) => self.delete_workload(kind, name),
            Resource::Pod => return self.delete_pod(name),
            Resource::Node => self.delete_node(&name.name),
        }
        Ok(())
    }

    fn delete_pod(&mut self, name: &NamespacedName) -> Result<(), Refusal> {
        let pod = self.expect_pod(name)?.clone();
        if pod.is_deleting {
            return Err(Refusal::NothingToDo { what: message!("refused-deleting", pod = name.to_string()) });
        }
        self.round(Actor::User, message!("does-delete", object = format!("Pod {name}")), vec![deletion(&pod)]);
        Ok(())
    }

    /// The slices that controllers made go with the Service; those that somebody else made stay.
    fn delete_service(&mut self, name: &NamespacedName) {
        let Some(service) = self.cluster.services.iter().find(|service| service.name == *name).cloned() else {
            return;
        };
        self.controllers.topology.forget(name);
        let has_selector = !service.selector.is_empty();
        self.round(
            Actor::User,
            message!("does-delete", object = format!("Service {name}")),
            vec![Change::Service(Changed::deleted(service))],
        );
        let is_owned = |slice: &&EndpointSlice| match slice.labels.get(EndpointSlice::MANAGED_BY_LABEL) {
            Some(manager) => manager == CONTROLLER_NAME || manager == MIRRORING_NAME,
            None => has_selector,
        };
        let slices = self.cluster.endpoint_slices.iter().filter(|slice| slice.belongs_to(name));
        let changes =
            slices.filter(is_owned).map(|slice| Change::EndpointSlice(Changed::deleted(slice.clone()))).collect();
        let what = message!("does-delete-slices", service = name.to_string());
        self.round(Actor::GarbageCollector, what, changes);
    }

    /// A slice that the controller of its Service made, it makes again.
    fn delete_slice(&mut self, name: &NamespacedName) {
        let Some(slice) = self.cluster.endpoint_slices.iter().find(|slice| slice.name == *name).cloned() else {
            return;
        };
        let is_managed = slice.labels.get(EndpointSlice::MANAGED_BY_LABEL).is_some_and(|by| by == CONTROLLER_NAME);
        let service = slice.service().filter(|_| is_managed);
        let what = message!("does-delete", object = format!("EndpointSlice {name}"));
        self.round(Actor::User, what, vec![Change::EndpointSlice(Changed::deleted(slice))]);
        self.services.extend(service);
    }

    /// What the workload owns goes after it, as `kubectl delete` asks for (`--cascade=background`).
    fn delete_workload(&mut self, kind: WorkloadKind, name: &NamespacedName) {
        let Some(workload) = self.workload(kind, name).cloned() else {
            return;
        };
        let what = message!("does-delete", object = format!("{kind} {name}"));
        self.round(Actor::User, what, vec![Change::Workload(Changed::deleted(workload.clone()))]);
        let owner = Some(workload.as_owner());
        let is_owned = |other: &&Workload| other.owner == owner && other.name.namespace == name.namespace;
        let sets: Vec<Workload> = self.cluster.workloads.iter().filter(is_owned).cloned().collect();
        let what = message!("does-delete-sets", owner = format!("{kind} {name}"));
        let changes = sets.iter().map(|set| Change::Workload(Changed::deleted(set.clone()))).collect();
        self.round(Actor::GarbageCollector, what, changes);
        for owner in sets.iter().chain([&workload]) {
            let owned: Vec<Pod> = self.pods_of(owner).into_iter().filter(|pod| !pod.is_deleting).cloned().collect();
            let what = message!("does-delete-owned", pods = pods::list(&owned), owner = pods::owner(owner));
            self.round(Actor::GarbageCollector, what, owned.iter().map(deletion).collect());
        }
    }

    /// The Node is gone, and after a while its Pods are deleted without grace (`gcOrphaned` of pkg/controller/podgc).
    fn delete_node(&mut self, name: &str) {
        let Some(node) = self.cluster.nodes.iter().find(|node| *node.name == *name).cloned() else {
            return;
        };
        self.round(
            Actor::User,
            message!("does-delete", object = format!("Node {name}")),
            vec![Change::Node(Changed::deleted(node.clone()))],
        );
        let is_orphan = |pod: &&Pod| pod.spec.node_name.as_ref() == Some(&node.name);
        let orphans: Vec<Pod> = self.cluster.pods.iter().filter(is_orphan).cloned().collect();
        let list = pods::list(&orphans);
        let what = message!("does-delete-orphans", pods = list, node = name.to_string(), seconds = QUARANTINE_SECONDS);
        let changes = orphans.into_iter().map(|pod| Change::Pod(Changed::deleted(pod))).collect();
        self.round(Actor::PodGarbageCollector, what, changes);
    }
}

/// None where nothing changes.
fn changed_to<T: PartialEq>(old: Option<T>, new: T) -> Option<Changed<T>> {
    old.filter(|old| *old != new).map(|old| Changed::modified(old, new))
}

impl Created {
    fn name(&self) -> NamespacedName {
        let unspaced = |node: &Node| NamespacedName { namespace: "".into(), name: node.name.clone() };
        match self {
            Self::Service(service) => service.name.clone(),
            Self::EndpointSlice(slice) => slice.name.clone(),
            Self::Node(node) => unspaced(node),
            Self::Pod(pod) => pod.name.clone(),
            Self::Workload(workload) => workload.name.clone(),
        }
    }
}
