use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{LabelSelector, Labels, NamespacedName, Owner, PodSpec};

/// An `apps/v1` object that makes Pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    pub name: NamespacedName,
    pub labels: Labels,
    /// The Deployment of a ReplicaSet.
    pub owner: Option<Owner>,
    pub selector: LabelSelector,
    pub template: PodTemplate,
    pub controller: Controller,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PodTemplate {
    pub labels: Labels,
    pub annotations: BTreeMap<String, String>,
    pub spec: PodSpec,
}

/// What the kinds have for themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Controller {
    Deployment {
        replicas: u32,
        strategy: Strategy,
    },
    ReplicaSet {
        replicas: u32,
    },
    StatefulSet {
        replicas: u32,
        service_name: Option<Arc<str>>,
        is_parallel: bool,
        first_ordinal: u32,
        update: StatefulSetUpdate,
    },
    DaemonSet {
        update: DaemonSetUpdate,
    },
}

/// `spec.strategy` of a Deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    Recreate,
    RollingUpdate { max_surge: CountOrPercent, max_unavailable: CountOrPercent },
}

impl Default for Strategy {
    fn default() -> Self {
        Self::RollingUpdate { max_surge: CountOrPercent::Percent(25), max_unavailable: CountOrPercent::Percent(25) }
    }
}

/// `spec.updateStrategy` of a StatefulSet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatefulSetUpdate {
    OnDelete,
    /// The partition is None where only the type is given: then the API server leaves `rollingUpdate` out.
    RollingUpdate {
        partition: Option<u32>,
    },
}

impl Default for StatefulSetUpdate {
    fn default() -> Self {
        Self::RollingUpdate { partition: Some(0) }
    }
}

/// `spec.updateStrategy` of a DaemonSet. Of the two numbers of `RollingUpdate` exactly one is not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DaemonSetUpdate {
    OnDelete,
    /// The old Pod of a node goes before the new one comes.
    Replace {
        max_unavailable: CountOrPercent,
    },
    /// The new Pod of a node is ready before the old one goes.
    Surge {
        max_surge: CountOrPercent,
    },
}

impl Default for DaemonSetUpdate {
    fn default() -> Self {
        Self::Replace { max_unavailable: CountOrPercent::Count(1) }
    }
}

/// An `IntOrString` that is a number of Pods or a share of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountOrPercent {
    Count(u32),
    Percent(u32),
}

/// As kubectl writes it: `2`, `25%`.
impl fmt::Display for CountOrPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl CountOrPercent {
    pub fn rounded_up(self, total: u32) -> u32 {
        self.of(total, |share| share.div_ceil(100))
    }

    pub fn rounded_down(self, total: u32) -> u32 {
        self.of(total, |share| share / 100)
    }

    pub const fn is_zero(self) -> bool {
        matches!(self, Self::Count(0) | Self::Percent(0))
    }

    fn of(self, total: u32, round: impl Fn(u64) -> u64) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => u32::try_from(round(u64::from(percent) * u64::from(total))).unwrap_or(u32::MAX),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkloadKind {
    Deployment,
    ReplicaSet,
    StatefulSet,
    DaemonSet,
}

impl WorkloadKind {
    /// As `kind:` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::ReplicaSet => "ReplicaSet",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
        }
    }
}

impl fmt::Display for WorkloadKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Workload {
    /// Which its Pods carry, and its selector asks for, to tell a Deployment's ReplicaSets apart.
    pub const TEMPLATE_HASH_LABEL: &'static str = "pod-template-hash";

    pub const fn kind(&self) -> WorkloadKind {
        match self.controller {
            Controller::Deployment { .. } => WorkloadKind::Deployment,
            Controller::ReplicaSet { .. } => WorkloadKind::ReplicaSet,
            Controller::StatefulSet { .. } => WorkloadKind::StatefulSet,
            Controller::DaemonSet { .. } => WorkloadKind::DaemonSet,
        }
    }

    /// None for DaemonSets, whose number follows from the nodes.
    pub const fn replicas(&self) -> Option<u32> {
        match self.controller {
            Controller::Deployment { replicas, .. }
            | Controller::ReplicaSet { replicas }
            | Controller::StatefulSet { replicas, .. } => Some(replicas),
            Controller::DaemonSet { .. } => None,
        }
    }

    /// False for a DaemonSet, which has no number to set.
    pub const fn set_replicas(&mut self, count: u32) -> bool {
        match &mut self.controller {
            Controller::Deployment { replicas, .. }
            | Controller::ReplicaSet { replicas }
            | Controller::StatefulSet { replicas, .. } => {
                *replicas = count;
                true
            }
            Controller::DaemonSet { .. } => false,
        }
    }

    /// As which it appears in the `ownerReferences` of what it makes.
    pub fn as_owner(&self) -> Owner {
        Owner { kind: self.kind(), name: self.name.name.clone() }
    }
}
