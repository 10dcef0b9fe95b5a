use crate::message;
use crate::message::Message;
use std::collections::BTreeMap;

use super::action::{Refusal, deletion};
use super::run::Run;
use super::{Actor, pods};
use crate::k8s::{Change, Changed, Node, Pod, Taint, TaintEffect, WorkloadKind};

/// `--node-monitor-grace-period` of kube-controller-manager.
const GRACE_SECONDS: u32 = 50;
/// What the admission plugin DefaultTolerationSeconds gives to every Pod.
const DEFAULT_TOLERATION_SECONDS: u32 = 300;

#[derive(Clone, Copy)]
pub(super) enum NodeEvent {
    Fail,
    Recover,
    Drain,
    Uncordon,
}

impl Run<'_> {
    pub(super) fn node_event(&mut self, name: &str, event: NodeEvent) -> Result<(), Refusal> {
        let found = self.cluster.nodes.iter().find(|node| *node.name == *name).cloned();
        let node = found.ok_or_else(|| Refusal::NotFound { kind: "Node", name: name.to_owned() })?;
        let idle = |what| Err(Refusal::NothingToDo { what });
        match event {
            NodeEvent::Fail if !node.is_ready => idle(message!("refused-not-ready", node = name)),
            NodeEvent::Recover if node.is_ready => idle(message!("refused-ready", node = name)),
            NodeEvent::Uncordon if !node.is_unschedulable => idle(message!("refused-not-cordoned", node = name)),
            NodeEvent::Fail => {
                self.fail(&node);
                Ok(())
            }
            NodeEvent::Recover => {
                let mut new = node.clone();
                new.is_ready = true;
                new.taints.retain(|taint| taint.key != Taint::UNREACHABLE && taint.key != Taint::NOT_READY);
                let what = message!("does-report", node = name);
                self.change_node(Actor::Kubelet, what, &node, new);
                Ok(())
            }
            NodeEvent::Drain => {
                self.drain(&node);
                Ok(())
            }
            NodeEvent::Uncordon => {
                let mut new = node.clone();
                new.is_unschedulable = false;
                new.taints.retain(|taint| taint.key != Taint::UNSCHEDULABLE);
                self.change_node(Actor::User, message!("does-uncordon", node = name), &node, new);
                Ok(())
            }
        }
    }

    fn change_node(&mut self, actor: Actor, what: Message, old: &Node, new: Node) {
        self.round(actor, what, vec![Change::Node(Changed::modified(old.clone(), new))]);
    }

    /// The node lifecycle controller sees no heartbeats, and the taint eviction controller takes the Pods away.
    fn fail(&mut self, node: &Node) {
        let name = &node.name;
        let mut lost = node.clone();
        lost.is_ready = false;
        let taints =
            [TaintEffect::NoSchedule, TaintEffect::NoExecute].map(|effect| Taint::new(Taint::UNREACHABLE, effect));
        lost.taints.extend(taints);
        let what = message!("does-lose", node = name, seconds = GRACE_SECONDS);
        self.change_node(Actor::NodeLifecycle, what, node, lost);
        let ready = |pod: &Pod| pod.status.is_ready;
        let changes = self.pods_on(node).filter(|pod| ready(pod)).map(|pod| {
            let mut new = pod.clone();
            new.status.is_ready = false;
            Change::Pod(Changed::modified(pod.clone(), new))
        });
        let changes = changes.collect();
        self.round(Actor::NodeLifecycle, message!("does-mark-pods", node = name), changes);
        self.settle();
        self.evict(node);
    }

    /// Deletes the Pods on a lost node when their tolerations run out.
    fn evict(&mut self, node: &Node) {
        let unreachable = Taint::new(Taint::UNREACHABLE, TaintEffect::NoExecute);
        let mut due: BTreeMap<u32, Vec<Pod>> = BTreeMap::new();
        for pod in self.pods_on(node).filter(|pod| pod.is_active()) {
            let is_daemon = pod.owner.as_ref().is_some_and(|owner| owner.kind == WorkloadKind::DaemonSet);
            let mut own =
                pod.spec.tolerations.iter().filter(|toleration| toleration.tolerates(&unreachable)).peekable();
            let seconds = if own.peek().is_none() {
                Some(DEFAULT_TOLERATION_SECONDS)
            } else {
                // `getMinTolerationTime`: one without a limit does not shorten another's.
                own.filter_map(|toleration| toleration.seconds).min()
            };
            if let Some(seconds) = seconds.filter(|_| !is_daemon) {
                due.entry(seconds).or_default().push(pod.clone());
            }
        }
        for (seconds, pods) in due {
            let what = message!("does-delete-lost", pods = pods::list(&pods), seconds = seconds, node = &node.name);
            self.round(Actor::TaintEviction, what, pods.iter().map(deletion).collect());
            self.settle();
        }
    }

    /// Cordons the node, then deletes what is on it but for the Pods of DaemonSets.
    fn drain(&mut self, node: &Node) {
        if !node.is_unschedulable {
            let mut new = node.clone();
            new.is_unschedulable = true;
            new.taints.push(Taint::new(Taint::UNSCHEDULABLE, TaintEffect::NoSchedule));
            self.change_node(Actor::User, message!("does-cordon", node = &node.name), node, new);
        }
        let is_daemon = |pod: &Pod| pod.owner.as_ref().is_some_and(|owner| owner.kind == WorkloadKind::DaemonSet);
        let evicted: Vec<Pod> = self.pods_on(node).filter(|pod| !pod.is_deleting && !is_daemon(pod)).cloned().collect();
        let what = message!("does-evict", pods = pods::list(&evicted), node = &node.name);
        self.round(Actor::User, what, evicted.iter().map(deletion).collect());
    }

    fn pods_on(&self, node: &Node) -> impl Iterator<Item = &Pod> {
        let name = node.name.clone();
        self.cluster.pods.iter().filter(move |pod| pod.spec.node_name.as_ref() == Some(&name))
    }
}
