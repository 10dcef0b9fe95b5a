//! The control path: from an action on the cluster to what its kube-proxies write into the nodes' kernels.

use crate::message;
use crate::message::Message;
use std::fmt;
use std::sync::Arc;

use super::{Lab, LoadError, NodeSync};
use crate::controllers::{Action, Actor, Refusal, Round};
use crate::k8s::{Change, Changed, NamespacedName};
use crate::netfilter::Seconds;
use crate::proxy::{Effort, Proxier, is_watched};

/// What an action led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlPath {
    /// The action as a command.
    pub command: String,
    pub rounds: Vec<ControlRound>,
    /// How many nodes nothing had needed so far, in a cluster too large to start them all: their kube-proxies wrote
    /// nothing. When such a node starts, it finds the cluster as it is then.
    pub nodes_left_out: usize,
}

/// What one actor did at once, and what the kube-proxies made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlRound {
    pub actor: Actor,
    /// A sentence without a full stop.
    pub what: Message,
    pub objects: Vec<ChangedObject>,
    /// The Services whose rules the kube-proxies' change trackers now hold for changed.
    pub services: Vec<NamespacedName>,
    /// By lane: what each kube-proxy wrote.
    pub written: Vec<Vec<NodeSync>>,
}

/// An object that changed, as `kubectl get --watch` would report it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedObject {
    pub verb: Verb,
    pub kind: String,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Added,
    Modified,
    Deleted,
}

/// Why an action was not carried through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActError {
    /// It cannot be done; nothing changed.
    Refused(Refusal),
    /// A node's own tools refused what kube-proxy wrote: a defect of the lab.
    Load(LoadError),
}

impl ActError {
    /// A sentence without a full stop.
    pub fn tell(&self) -> Message {
        match self {
            Self::Refused(refusal) => refusal.tell(),
            Self::Load(LoadError { node, tool, .. }) => message!("refused-load", tool = *tool, node = node.to_string()),
        }
    }
}

/// In English.
impl fmt::Display for ActError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell().fmt(f)
    }
}

impl Lab {
    /// Seconds between an actor's work and the next one's: longer than kube-proxy's `minSyncPeriod`, so that each
    /// change is synced by itself.
    const BETWEEN_ROUNDS: Seconds = 2;

    /// Endpoints, counted anew for each node, up to which all nodes follow an action.
    const MOST_ENDPOINTS: usize = 20_000;

    /// Does something to the cluster and lets the controllers and kube-proxies follow. Open connections go on.
    pub fn act(&mut self, action: &Action) -> Result<ControlPath, ActError> {
        let nodes_left_out = self.start_followers();
        let mut cluster = Arc::clone(&self.cluster);
        let rounds = self.controllers.act(Arc::make_mut(&mut self.cluster), action).map_err(ActError::Refused)?;
        if let Action::FailNode { node } = action {
            self.set_power(node, false);
        }
        let mut path = ControlPath { command: super::command::command(action), rounds: Vec::new(), nodes_left_out };
        for round in rounds {
            self.now += Self::BETWEEN_ROUNDS;
            for change in &round.changes {
                Arc::make_mut(&mut cluster).apply(change);
            }
            let mut written = Vec::new();
            if round.changes.iter().any(|change| matches!(change, Change::ProxyConfiguration(_))) {
                self.assumptions.configure_as(&cluster);
            }
            for lane in &mut self.lanes {
                written.push(lane.change(&round.changes, &cluster, self.now).map_err(ActError::Load)?);
            }
            let mut services: Vec<_> = round.changes.iter().filter_map(service_of).collect();
            services.sort_unstable();
            services.dedup();
            let objects: Vec<_> = round.changes.iter().map(ChangedObject::of).collect();
            self.note_births(&objects);
            path.rounds.push(ControlRound { actor: round.actor, what: round.what, objects, services, written });
        }
        if let Action::RecoverNode { node } = action {
            self.set_power(node, true);
        }
        self.has_changed = true;
        Ok(path)
    }

    /// Merges a patch, as JSON, into kube-proxy's ConfigMap. Each kube-proxy goes on as it is until it starts anew: see
    /// [`Self::restart_proxies`].
    pub(crate) fn edit_proxy_configuration(&mut self, patch: &str) -> Result<ControlPath, ActError> {
        let action = Action::ConfigureProxy { patch: patch.to_owned() };
        let rounds = self.controllers.act(Arc::make_mut(&mut self.cluster), &action).map_err(ActError::Refused)?;
        let edited = |round: Round| ControlRound {
            actor: round.actor,
            what: message!("shell-does-edit-configuration"),
            objects: round.changes.iter().map(ChangedObject::of).collect(),
            services: Vec::new(),
            written: vec![Vec::new(); self.lanes.len()],
        };
        let rounds: Vec<_> = rounds.into_iter().map(edited).collect();
        for round in &rounds {
            self.now += Self::BETWEEN_ROUNDS;
            self.note_births(&round.objects);
        }
        self.has_changed = true;
        let command = "kubectl edit configmap/kube-proxy -n kube-system".to_owned();
        Ok(ControlPath { command, rounds, nodes_left_out: 0 })
    }

    /// Lets time pass: entries age, and go when theirs is over. After a minute or more, kube-proxies do what they do
    /// each minute: in IPVS mode, real servers whose connections have ended go.
    pub fn wait(&mut self, seconds: Seconds) -> Result<ControlPath, ActError> {
        self.now += seconds;
        let mut written = Vec::new();
        if seconds >= Proxier::TERMINATION_PERIOD {
            for lane in &mut self.lanes {
                written.push(lane.network.tick(self.now).map_err(ActError::Load)?);
            }
        }
        let round = ControlRound {
            actor: Actor::User,
            what: message!("does-wait", seconds = seconds),
            objects: Vec::new(),
            services: Vec::new(),
            written,
        };
        Ok(ControlPath { command: format!("sleep {seconds}"), rounds: vec![round], nodes_left_out: 0 })
    }

    fn set_power(&mut self, node: &str, on: bool) {
        for lane in &mut self.lanes {
            if let Some(index) = lane.network.node_index(node) {
                lane.network.set_power(index, on, &self.cluster);
            }
        }
    }

    /// Starts the nodes that follow an action, the same in every lane: all, or in a large cluster those that something
    /// needed before, and one at least. Says how many do not.
    fn start_followers(&self) -> usize {
        let nodes = self.cluster.nodes.len();
        let endpoints: usize = self.cluster.endpoint_slices.iter().map(|slice| slice.endpoints.len()).sum();
        let all = endpoints.saturating_mul(nodes) <= Self::MOST_ENDPOINTS;
        let is_down = |node: usize| self.lanes.iter().any(|lane| lane.network.is_down(node));
        let is_started = |node: &usize| self.lanes.iter().any(|lane| lane.network.is_started(*node));
        let mut followers: Vec<usize> = (0..nodes).filter(|node| all || is_started(node)).collect();
        if followers.iter().all(|node| is_down(*node)) {
            followers.extend((0..nodes).find(|node| !is_down(*node)));
        }
        for lane in &self.lanes {
            for node in &followers {
                lane.network.node(*node);
            }
        }
        nodes - followers.len()
    }
}

impl ControlPath {
    /// How many syncs it took a lane's kube-proxies, on all nodes together, and what these cost.
    pub fn effort(&self, lane: usize) -> (usize, Effort) {
        let syncs = self.rounds.iter().filter_map(|round| round.written.get(lane)).flatten();
        (syncs.clone().count(), Effort::of(syncs.map(|written| &written.sync)))
    }
}

impl ControlRound {
    /// What a lane's kube-proxies had to do, on all nodes together.
    pub fn effort(&self, lane: usize) -> Effort {
        let syncs = self.written.get(lane).map_or(&[][..], Vec::as_slice);
        Effort::of(syncs.iter().map(|written| &written.sync))
    }
}

impl Lab {
    fn note_births(&mut self, objects: &[ChangedObject]) {
        for ChangedObject { verb, kind, name } in objects {
            let key = (kind.clone(), name.clone());
            match verb {
                Verb::Added => self.births.insert(key, self.now),
                Verb::Deleted => self.births.remove(&key),
                Verb::Modified => None,
            };
        }
    }

    /// When an object was made, by the lab's clock: its kind and name as [`ChangedObject`] has them.
    pub fn born(&self, kind: &str, name: &str) -> Seconds {
        self.births.get(&(kind.to_owned(), name.to_owned())).copied().unwrap_or(0)
    }
}

impl ChangedObject {
    fn of(change: &Change) -> Self {
        let (verb, kind, name) = match change {
            Change::Node(changed) => named(changed, |node| ("Node".to_owned(), node.name.to_string())),
            Change::Service(changed) => named(changed, |service| ("Service".to_owned(), service.name.to_string())),
            Change::EndpointSlice(changed) => {
                named(changed, |slice| ("EndpointSlice".to_owned(), slice.name.to_string()))
            }
            Change::Pod(changed) => named(changed, |pod| ("Pod".to_owned(), pod.name.to_string())),
            Change::Workload(changed) => {
                named(changed, |workload| (workload.kind().to_string(), workload.name.to_string()))
            }
            Change::ProxyConfiguration(changed) => {
                named(changed, |_| ("ConfigMap".to_owned(), "kube-system/kube-proxy".to_owned()))
            }
        };
        Self { verb, kind, name }
    }
}

fn named<T>(changed: &Changed<T>, name: impl Fn(&T) -> (String, String)) -> (Verb, String, String) {
    let (verb, object) = match changed {
        Changed::Added(object) => (Verb::Added, object),
        Changed::Modified { new, .. } => (Verb::Modified, new),
        Changed::Deleted(object) => (Verb::Deleted, object),
    };
    let (kind, name) = name(object);
    (verb, kind, name)
}

/// The Service that kube-proxy holds for changed; what its informers leave out it never hears of.
fn service_of(change: &Change) -> Option<NamespacedName> {
    match change {
        Change::Service(changed) => {
            let service = changed.after().or(changed.before()).filter(|service| is_watched(&service.labels));
            service.map(|service| service.name.clone())
        }
        Change::EndpointSlice(changed) => {
            changed.after().or(changed.before()).filter(|slice| is_watched(&slice.labels))?.service()
        }
        Change::Node(_) | Change::Pod(_) | Change::Workload(_) | Change::ProxyConfiguration(_) => None,
    }
}
