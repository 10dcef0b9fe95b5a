use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use super::{Labels, NamespacedName, Taint, WorkloadKind};
use crate::net::{Family, Protocol};

/// A `v1 Pod`, as far as endpoints depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    pub name: NamespacedName,
    pub labels: Labels,
    /// The `ownerReferences` entry that is its controller.
    pub owner: Option<Owner>,
    pub spec: PodSpec,
    pub status: PodStatus,
    /// Whether `metadata.deletionTimestamp` is set.
    pub is_deleting: bool,
}

/// What controls an object: the kind and the name of a workload in the same namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    pub kind: WorkloadKind,
    pub name: Arc<str>,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PodSpec {
    /// Where it runs; None while it waits for the scheduler.
    pub node_name: Option<Arc<str>>,
    pub node_selector: Labels,
    pub tolerations: Vec<Toleration>,
    pub host_network: bool,
    pub hostname: Option<Arc<str>>,
    pub subdomain: Option<Arc<str>>,
    /// Named and unnamed ports of the containers and then of the sidecars.
    pub ports: Vec<ContainerPort>,
    /// Whether any container has a readiness probe. Without one a running Pod is ready.
    pub has_readiness_probe: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerPort {
    /// Empty where it has none.
    pub name: Arc<str>,
    pub protocol: Protocol,
    pub port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodStatus {
    pub phase: PodPhase,
    /// The condition `Ready`.
    pub is_ready: bool,
    /// One address for each family at most.
    pub pod_ips: Vec<IpAddr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodPhase {
    Pending,
    /// The phases `Unknown` and `Running`.
    Running,
    Succeeded,
    Failed,
}

impl Pod {
    /// Succeeded or failed, for good.
    pub fn is_terminal(&self) -> bool {
        matches!(self.status.phase, PodPhase::Succeeded | PodPhase::Failed)
    }

    /// Counted by its controller (`IsPodActive` of pkg/controller).
    pub fn is_active(&self) -> bool {
        !self.is_terminal() && !self.is_deleting
    }

    pub fn address(&self, family: Family) -> Option<IpAddr> {
        self.status.pod_ips.iter().copied().find(|address| Family::of(*address) == family)
    }
}

/// An entry of `spec.tolerations`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toleration {
    /// None with `Exists` tolerates every key.
    pub key: Option<String>,
    /// None stands for the operator `Exists`.
    pub value: Option<String>,
    /// None stands for all effects.
    pub effect: Option<super::TaintEffect>,
    /// After how many seconds a `NoExecute` taint is not tolerated any more.
    pub seconds: Option<u32>,
}

impl Toleration {
    /// `ToleratesTaint` of component-helpers.
    pub fn tolerates(&self, taint: &Taint) -> bool {
        self.effect.is_none_or(|effect| effect == taint.effect)
            && self.key.as_ref().is_none_or(|key| *key == taint.key)
            && self.value.as_ref().is_none_or(|value| *value == taint.value)
    }
}
