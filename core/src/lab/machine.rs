//! Nodes start when they are first needed.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use super::apply::Refusal;
use super::{Network, Place, load};
use crate::k8s::{Change, Changed, Cluster};
use crate::node::Node;
use crate::proxy::Proxier;
use crate::source::Diagnostic;
use crate::task::{block_on, yield_now};

/// A node that was started.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub node: Node,
    /// Its kube-proxy: one proxier for each family.
    pub proxiers: Vec<Arc<Proxier>>,
    /// What the node's tools refused of the first syncs.
    refusals: Vec<LoadError>,
}

impl From<Node> for Machine {
    fn from(node: Node) -> Self {
        Self { node, proxiers: Vec::new(), refusals: Vec::new() }
    }
}

/// A program of kube-proxy that the model's own tools did not accept: a defect of the lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    pub node: Arc<str>,
    pub tool: &'static str,
    pub diagnostics: Vec<Diagnostic>,
}

impl LoadError {
    pub(super) fn new(node: &Node, (tool, diagnostics): Refusal) -> Self {
        Self { node: node.name.clone(), tool, diagnostics }
    }
}

/// The cluster as a kube-proxy that starts now finds it.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    cluster: Arc<Cluster>,
    /// What has happened to it since. Large clusters are shared by all modes, so that nobody changes one in place.
    changes: Vec<Change>,
}

impl From<Arc<Cluster>> for Known {
    fn from(cluster: Arc<Cluster>) -> Self {
        Self { cluster, changes: Vec::new() }
    }
}

impl Known {
    fn cluster(&self) -> Cow<'_, Cluster> {
        if self.changes.is_empty() {
            return Cow::Borrowed(&self.cluster);
        }
        let mut cluster = Cluster::clone(&self.cluster);
        self.changes.iter().for_each(|change| cluster.apply(change));
        Cow::Owned(cluster)
    }
}

impl Network {
    /// The node, which starts if nothing needed it before: then its kernel has what the first syncs of a kube-proxy
    /// that finds the cluster as it is now write. None for an index that no node has.
    pub fn node(&self, index: usize) -> Option<&Node> {
        self.machines.get(index).map(|machine| &machine.get_or_init(|| block_on(self.start(index))).node)
    }

    /// Starts all nodes. Errs with the first program that a node refused.
    pub fn start_all(&self) -> Result<(), &LoadError> {
        for index in 0..self.machines.len() {
            self.node(index);
        }
        self.refusals().next().map_or(Ok(()), Err)
    }

    pub fn is_started(&self, index: usize) -> bool {
        self.machines.get(index).is_some_and(|machine| machine.get().is_some())
    }

    /// What the tools of the nodes that were started refused of their kube-proxies' first syncs.
    pub fn refusals(&self) -> impl Iterator<Item = &LoadError> {
        self.machines.iter().filter_map(OnceCell::get).flat_map(|machine| &machine.refusals)
    }

    /// Runs something on a node, which starts in turns if nothing needed it before.
    pub(super) async fn on_node<R>(&mut self, index: usize, run: impl FnOnce(&mut Node) -> R) -> R {
        let mut machine = match self.machines[index].take() {
            Some(machine) => machine,
            None => {
                let machine = self.start(index).await;
                yield_now().await;
                machine
            }
        };
        let result = run(&mut Arc::make_mut(&mut machine).node);
        self.machines[index] = OnceCell::from(machine);
        result
    }

    /// Takes the power from a node, or gives it back: then it starts when it is next needed, with nothing left of what
    /// it knew. `cluster` is the cluster now.
    pub fn set_power(&mut self, node: usize, on: bool, cluster: &Arc<Cluster>) {
        if !on {
            // It stays as it is now, whoever looks later.
            self.node(node);
            self.down.insert(node);
            let pods = &self.pods;
            self.sockets.forget(|place| match place {
                Place::Pod(address) => pods.get(address).is_some_and(|pod| pod.node == node),
                Place::Process(index) => *index == node,
                Place::Outside | Place::Behind(_) => false,
            });
        } else if self.down.remove(&node) {
            self.known = Known::from(Arc::clone(cluster));
            self.machines[node] = OnceCell::new();
        }
    }

    /// Remembers changes, which lead to `cluster`, for the nodes that start later.
    pub(super) fn remember(&mut self, changes: &[Change], cluster: &Cluster) {
        if changes.iter().any(|change| matches!(change, Change::Node(Changed::Added(_)))) {
            self.known = Known::from(Arc::new(cluster.clone()));
        } else if self.machines.iter().all(|machine| machine.get().is_some()) {
            self.known = Known::default();
        } else {
            self.known.changes.extend_from_slice(changes);
        }
    }

    /// Starts, in turns, the nodes that a copy of this network has started.
    pub(super) async fn start_as_in(&mut self, copy: &Self) {
        for index in (0..self.machines.len()).filter(|index| copy.is_started(*index)) {
            self.on_node(index, |_| ()).await;
        }
    }

    async fn start(&self, index: usize) -> Arc<Machine> {
        let cluster = self.known.cluster();
        let mut node = Node::new(self.node_names[index].clone());
        self.wire(index, &mut node.stack, &cluster);
        let (proxiers, refusals) = match cluster.nodes.get(index) {
            Some(object) => {
                let config = self.assumptions.proxy_config(object);
                load::program_in_turns(&mut node, &cluster, &config, self.mode).await
            }
            None => Default::default(),
        };
        let refusals = refusals.into_iter().map(|refusal| LoadError::new(&node, refusal)).collect();
        Arc::new(Machine { node, proxiers, refusals })
    }
}
