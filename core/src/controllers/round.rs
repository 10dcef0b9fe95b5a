use crate::message::Message;
use std::fmt;

use crate::k8s::Change;

/// What one of the actors did at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    pub actor: Actor,
    /// A sentence without a full stop.
    pub what: Message,
    /// In order; never empty.
    pub changes: Vec<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    User,
    Kubelet,
    Scheduler,
    Deployment,
    ReplicaSet,
    StatefulSet,
    DaemonSet,
    NodeLifecycle,
    TaintEviction,
    EndpointSlice,
    EndpointSliceMirroring,
    GarbageCollector,
    PodGarbageCollector,
}

/// By the name under which it runs.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "user",
            Self::Kubelet => "kubelet",
            Self::Scheduler => "kube-scheduler",
            Self::Deployment => "deployment-controller",
            Self::ReplicaSet => "replicaset-controller",
            Self::StatefulSet => "statefulset-controller",
            Self::DaemonSet => "daemonset-controller",
            Self::NodeLifecycle => "node-lifecycle-controller",
            Self::TaintEviction => "taint-eviction-controller",
            Self::EndpointSlice => "endpointslice-controller",
            Self::EndpointSliceMirroring => "endpointslice-mirroring-controller",
            Self::GarbageCollector => "garbage-collector-controller",
            Self::PodGarbageCollector => "pod-garbage-collector-controller",
        })
    }
}
