//! What there is to act on: workloads with their Pods, and nodes.

use std::sync::Arc;

use super::Lab;
use crate::controllers::Action;
use crate::k8s::{NamespacedName, Pod, Resource, Workload, WorkloadKind};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    pub workloads: Vec<WorkloadItem>,
    /// Pods that no workload of the cluster owns.
    pub bare_pods: Vec<PodItem>,
    pub nodes: Vec<NodeItem>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadItem {
    pub kind: WorkloadKind,
    pub name: NamespacedName,
    /// None for a DaemonSet.
    pub replicas: Option<u32>,
    pub pods: Vec<PodItem>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodItem {
    pub name: NamespacedName,
    pub node: Option<Arc<str>>,
    pub state: PodState,
    pub has_probe: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodState {
    /// Not on a node, or not started yet.
    Pending,
    Ready,
    NotReady,
    /// Deleted, and finishing.
    Terminating,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeItem {
    pub name: Arc<str>,
    pub is_ready: bool,
    pub is_cordoned: bool,
    pub pods: usize,
}

impl WorkloadItem {
    /// `kubectl scale` by so many; None where there is nothing to scale, or no fewer.
    pub fn scale(&self, by: i32) -> Option<Action> {
        let replicas = self.replicas?.checked_add_signed(by)?;
        Some(Action::Scale { kind: self.kind, name: self.name.clone(), replicas })
    }

    /// kube-proxy's own, if the text has it: its Pods are the lanes', and kubectl starts them anew.
    fn is_proxies(&self) -> bool {
        self.kind == WorkloadKind::DaemonSet && self.name == NamespacedName::new("kube-system", "kube-proxy")
    }

    pub fn restart(&self) -> Option<Action> {
        (self.kind != WorkloadKind::ReplicaSet && !self.is_proxies())
            .then(|| Action::Restart { kind: self.kind, name: self.name.clone() })
    }
}

impl PodItem {
    /// The probe begins to fail, or succeeds again. None where the kubelet asks no probe now.
    pub fn toggle_readiness(&self) -> Option<Action> {
        let pod = self.name.clone();
        match self.state {
            PodState::Ready if self.has_probe => Some(Action::FailReadiness { pod }),
            PodState::NotReady => Some(Action::RecoverReadiness { pod }),
            _ => None,
        }
    }

    pub fn delete(&self) -> Option<Action> {
        (self.state != PodState::Terminating)
            .then(|| Action::Delete { resource: Resource::Pod, name: self.name.clone() })
    }
}

impl NodeItem {
    pub fn toggle_power(&self) -> Action {
        let node = self.name.clone();
        if self.is_ready { Action::FailNode { node } } else { Action::RecoverNode { node } }
    }

    pub fn toggle_drain(&self) -> Action {
        let node = self.name.clone();
        if self.is_cordoned { Action::UncordonNode { node } } else { Action::DrainNode { node } }
    }
}

impl Inventory {
    /// Everything that can be done now, one step of each kind.
    pub fn offers(&self) -> Vec<Action> {
        let workloads = self.workloads.iter().flat_map(|item| [item.scale(1), item.scale(-1), item.restart()]);
        let pods = self.workloads.iter().flat_map(|item| &item.pods).chain(&self.bare_pods);
        let pods = pods.flat_map(|item| [item.toggle_readiness(), item.delete()]);
        let nodes = self.nodes.iter().flat_map(|item| [item.toggle_power(), item.toggle_drain()]);
        workloads.chain(pods).flatten().chain(nodes).collect()
    }
}

impl Lab {
    pub fn inventory(&self) -> Inventory {
        let cluster = &self.cluster;
        let roots: Vec<&Workload> = cluster.workloads.iter().filter(|workload| workload.owner.is_none()).collect();
        let mut workloads: Vec<WorkloadItem> = roots
            .iter()
            .map(|workload| WorkloadItem {
                kind: workload.kind(),
                name: workload.name.clone(),
                replicas: workload.replicas(),
                pods: Vec::new(),
            })
            .collect();
        let mut bare_pods = Vec::new();
        for pod in cluster.pods.iter().filter(|pod| !pod.is_terminal()) {
            let root = self.root_of(pod).and_then(|root| roots.iter().position(|workload| *workload == root));
            match root.and_then(|place| workloads.get_mut(place)) {
                Some(workload) => workload.pods.push(PodItem::of(pod)),
                None => bare_pods.push(PodItem::of(pod)),
            }
        }
        let nodes = cluster.nodes.iter().map(|node| NodeItem {
            name: node.name.clone(),
            is_ready: node.is_ready,
            is_cordoned: node.is_unschedulable,
            pods: cluster.pods.iter().filter(|pod| pod.spec.node_name.as_ref() == Some(&node.name)).count(),
        });
        Inventory { workloads, bare_pods, nodes: nodes.collect() }
    }

    /// The workload at the end of a Pod's owners: for a Deployment's Pod not the ReplicaSet, but the Deployment.
    fn root_of(&self, pod: &Pod) -> Option<&Workload> {
        let find = |owner: &crate::k8s::Owner| {
            let mut all = self.cluster.workloads.iter();
            all.find(|workload| {
                workload.kind() == owner.kind
                    && workload.name.name == owner.name
                    && workload.name.namespace == pod.name.namespace
            })
        };
        let owner = find(pod.owner.as_ref()?)?;
        Some(owner.owner.as_ref().and_then(find).unwrap_or(owner))
    }
}

impl PodItem {
    fn of(pod: &Pod) -> Self {
        let state = if pod.is_deleting {
            PodState::Terminating
        } else if pod.status.is_ready {
            PodState::Ready
        } else if pod.status.pod_ips.is_empty() {
            PodState::Pending
        } else {
            PodState::NotReady
        };
        Self {
            name: pod.name.clone(),
            node: pod.spec.node_name.clone(),
            state,
            has_probe: pod.spec.has_readiness_probe,
        }
    }
}
