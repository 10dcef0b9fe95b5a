//! Where endpoints come from: the controllers of kube-controller-manager v1.36, the scheduler and the kubelets.
//!
//! In: a [`Cluster`] and an [`Action`]. Out: the cluster as it is when all have settled, and [`Round`]s: who
//! did what in which order, each with the objects that it changed. The endpoint slice controller is modelled
//! as it is written (pkg/controller/endpointslice and staging/src/k8s.io/endpointslice), the controllers of
//! workloads by what they do to Pods.
//!
//! As in a cluster, a controller acts on an object only once something about it changed. So slices and
//! workloads that were pasted stay as they are until an action concerns them, and only what the text leaves
//! out is made at the start: Pods of workloads that have none, and slices of Services that have none. Pods
//! that are not in the text, but in its slices, are taken from there.
//!
//! There is no clock. In each step, every kubelet takes each of its Pods one stage further: it starts, it
//! becomes ready, and, once deleted, it ends. Owners of slices are known by label, since pasted objects lack
//! UIDs. Left out on purpose: resources and affinities in scheduling, Pod disruption budgets, rolling updates
//! of StatefulSets and DaemonSets, proportional scaling of a Deployment amid a rollout, `minReadySeconds`.

mod action;
mod adoption;
mod daemon_set;
mod deployment;
mod endpoint_slice;
mod implied;
mod index;
mod kubelet;
mod mirroring;
mod names;
mod node_lifecycle;
mod pods;
mod replica_set;
mod round;
mod run;
mod scheduler;
mod stateful_set;

pub use action::{Action, Refusal};
pub use round::{Actor, Round};

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::k8s::{Cluster, NamespacedName};
use crate::net::Family;
use endpoint_slice::TopologyCache;
use names::Names;
use run::Run;

/// What the controllers remember between actions.
#[derive(Clone, Debug)]
pub struct Controllers {
    names: Names,
    topology: TopologyCache,
    /// Pods that run and do not become ready: their readiness probe fails.
    failing: BTreeSet<NamespacedName>,
    /// The last address that each node gave to a Pod.
    last_address: BTreeMap<(Arc<str>, Family), IpAddr>,
    restarts: u32,
}

impl Controllers {
    /// Pods that the controllers make at most.
    pub const MAX_PODS: usize = 5_000;

    /// Completes a cluster: what follows from its objects and is not among them. The same seed gives the
    /// same names.
    pub fn start(cluster: &mut Cluster, seed: u64) -> (Self, Vec<Round>) {
        let mut controllers = Self {
            names: Names::seeded(seed),
            topology: TopologyCache::default(),
            failing: BTreeSet::new(),
            last_address: BTreeMap::new(),
            restarts: 0,
        };
        let mirrored = mirroring::mirror(cluster, &mut controllers.names);
        implied::imply_pods(cluster, &mut controllers.names);
        adoption::adopt(cluster);
        controllers.topology.remember(cluster);
        let is_failing = |pod: &&crate::k8s::Pod| !pod.status.pod_ips.is_empty() && !pod.status.is_ready;
        controllers.failing = cluster.pods.iter().filter(is_failing).map(|pod| pod.name.clone()).collect();
        let mut run = Run::new(&mut controllers, cluster);
        run.rounds.extend(mirrored);
        run.queue_what_is_missing();
        run.settle();
        let rounds = run.rounds;
        (controllers, rounds)
    }

    /// Does what the action says and then what the controllers make of it, until nothing is left to do.
    ///
    /// # Errors
    /// The action cannot be done; then nothing changed.
    pub fn act(&mut self, cluster: &mut Cluster, action: &Action) -> Result<Vec<Round>, Refusal> {
        let mut run = Run::new(self, cluster);
        run.act(action)?;
        run.settle();
        Ok(run.rounds)
    }
}
