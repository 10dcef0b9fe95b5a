//! Where endpoints come from: the controllers of kube-controller-manager v1.36, the scheduler and the kubelets.
//!
//! In: a [`Cluster`] and an [`Action`]. Out: the cluster as it is when all have settled, and [`Round`]s: who
//! did what in which order, each with the objects that it changed. The endpoint slice controller is modelled
//! as it is written (pkg/controller/endpointslice and staging/src/k8s.io/endpointslice), the controllers of
//! workloads by what they do to Pods.
//!
//! As in a cluster, a controller acts on an object only once something about it changed. So slices and
//! workloads that were pasted stay as they are until an action concerns them, and only what the text leaves
//! out is made at the start: slices of Services that have none, and Pods of workloads that have none and that
//! no pasted slice would have to change for. Pods that are not in the text, but in its slices, are taken from
//! there.
//!
//! There is no clock. In each step, every kubelet takes each of its Pods one stage further: it starts, it
//! becomes ready, and, once deleted, it ends. Owners of slices are known by label, since pasted objects lack
//! UIDs. Left out on purpose: resources and affinities in scheduling, Pod disruption budgets, proportional
//! scaling of a Deployment amid a rollout, `minReadySeconds`, a StatefulSet's `maxUnavailable` (its feature gate is off by
//! default, and the API server drops the field), the label `pod-template-generation`. A rollout of a StatefulSet or
//! DaemonSet that was under way when its objects were copied is taken as done: nobody knows their old template.

mod action;
mod adoption;
mod claim;
mod daemon_set;
mod deployment;
mod endpoint_slice;
mod endpoints;
mod implied;
mod index;
mod kubelet;
mod mirroring;
mod names;
mod node_lifecycle;
mod objects;
mod pods;
mod replica_set;
mod revision;
mod round;
mod run;
mod scheduler;
mod stateful_set;

pub use action::{Action, Refusal};
pub(crate) use endpoints::endpoints;
pub(crate) use revision::{Revision, Revisions};
pub use round::{Actor, Round};

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::k8s::{Cluster, NamespacedName, Node, Pod, PodPhase, Workload};
use crate::net::Family;
use crate::task::{block_on, yield_now};
use endpoint_slice::TopologyCache;
use names::Names;
use revision::History;
use run::Run;

/// What the controllers remember between actions.
#[derive(Clone, Debug)]
pub struct Controllers {
    names: Names,
    topology: TopologyCache,
    history: History,
    /// Pods that stay as they are: their readiness probe fails, or something that the text does not tell.
    held: BTreeSet<NamespacedName>,
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
        block_on(Self::start_in_turns(cluster, seed))
    }

    /// [`Self::start`], in turns.
    pub(crate) async fn start_in_turns(cluster: &mut Cluster, seed: u64) -> (Self, Vec<Round>) {
        let mut controllers = Self {
            names: Names::seeded(seed),
            topology: TopologyCache::default(),
            history: History::default(),
            held: BTreeSet::new(),
            last_address: BTreeMap::new(),
            restarts: 0,
        };
        let mirrored = mirroring::mirror(cluster, &mut controllers.names);
        yield_now().await;
        implied::imply_pods(cluster, &mut controllers.names);
        yield_now().await;
        adoption::adopt(cluster);
        yield_now().await;
        controllers.topology.remember(cluster);
        let is_held = |pod: &&Pod| is_held_up(pod, cluster);
        controllers.held = cluster.pods.iter().filter(is_held).map(|pod| pod.name.clone()).collect();
        yield_now().await;
        let mut run = Run::new(&mut controllers, cluster);
        run.rounds.extend(mirrored);
        run.queue_what_is_missing();
        run.settle();
        let rounds = run.rounds;
        // From now on time passes: what was terminating ends with the next action.
        for pod in cluster.pods.iter().filter(|pod| pod.is_deleting) {
            controllers.held.remove(&pod.name);
        }
        (controllers, rounds)
    }

    /// Of a StatefulSet or DaemonSet.
    pub(crate) fn revisions(&self, workload: &Workload, cluster: &Cluster) -> Revisions {
        self.history.of(workload, cluster)
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

/// Whether a Pod of the text waits for something: it terminates, its probe fails, or it does not start. A bare
/// Pod without a node is rather a manifest, which the scheduler has not seen yet.
fn is_held_up(pod: &Pod, cluster: &Cluster) -> bool {
    let node = pod.spec.node_name.as_ref();
    let is_lost = |node: &Node| !node.is_ready && Some(&node.name) == pod.spec.node_name.as_ref();
    match pod.status.phase {
        _ if pod.is_deleting => true,
        PodPhase::Running => !pod.status.is_ready && !cluster.nodes.iter().any(is_lost),
        PodPhase::Pending => node.is_some() || pod.owner.is_some(),
        PodPhase::Succeeded | PodPhase::Failed => false,
    }
}
