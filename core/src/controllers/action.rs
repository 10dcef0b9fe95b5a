use crate::message;
use crate::message::Message;
use std::fmt;
use std::sync::Arc;

use super::node_lifecycle::NodeEvent;
use super::run::Run;
use super::{Actor, Controllers};
use crate::k8s::{Change, Changed, Misconfigured, NamespacedName, Pod, Resource, Service, Workload, WorkloadKind};

/// What somebody does to a cluster, or what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `kubectl scale`. DaemonSets cannot be scaled.
    Scale {
        kind: WorkloadKind,
        name: NamespacedName,
        replicas: u32,
    },
    /// `kubectl rollout restart`, the least change that is rolled out. No controller rolls a ReplicaSet out.
    Restart {
        kind: WorkloadKind,
        name: NamespacedName,
    },
    FailReadiness {
        pod: NamespacedName,
    },
    RecoverReadiness {
        pod: NamespacedName,
    },
    /// `kubectl create`.
    Create {
        /// An object as JSON in one line.
        manifest: String,
    },
    /// `kubectl patch --type merge`.
    Patch {
        resource: Resource,
        name: NamespacedName,
        /// JSON in one line.
        patch: String,
    },
    /// `kubectl delete`.
    Delete {
        resource: Resource,
        name: NamespacedName,
    },
    /// Changes kube-proxy's configuration and restarts it on all nodes.
    ConfigureProxy {
        /// A merge patch of KubeProxyConfiguration, as JSON in one line.
        patch: String,
    },
    /// The node loses its power or its network.
    FailNode {
        node: Arc<str>,
    },
    RecoverNode {
        node: Arc<str>,
    },
    /// `kubectl drain --ignore-daemonsets --force`.
    DrainNode {
        node: Arc<str>,
    },
    UncordonNode {
        node: Arc<str>,
    },
    /// A new Service, or a new version of one.
    PutService(Box<Service>),
}

/// As an order: `scale Deployment shop/web to 5`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scale { kind, name, replicas } => write!(f, "scale {kind} {name} to {replicas}"),
            Self::Restart { kind, name } => write!(f, "restart {kind} {name}"),
            Self::FailReadiness { pod } => write!(f, "let the readiness probe of Pod {pod} fail"),
            Self::RecoverReadiness { pod } => write!(f, "let the readiness probe of Pod {pod} succeed"),
            Self::Create { manifest } => write!(f, "create {manifest}"),
            Self::Patch { resource, name, patch } => write!(f, "patch {} with {patch}", resource.of(name)),
            Self::Delete { resource, name } => write!(f, "delete {}", resource.of(name)),
            Self::ConfigureProxy { patch } => write!(f, "configure kube-proxy with {patch}"),
            Self::FailNode { node } => write!(f, "cut Node {node} off"),
            Self::RecoverNode { node } => write!(f, "bring Node {node} back"),
            Self::DrainNode { node } => write!(f, "drain Node {node}"),
            Self::UncordonNode { node } => write!(f, "uncordon Node {node}"),
            Self::PutService(service) => write!(f, "apply Service {}", service.name),
        }
    }
}

/// Why an action was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    NotFound {
        kind: &'static str,
        name: String,
    },
    /// DaemonSets have one Pod for each node.
    CannotScale {
        name: NamespacedName,
    },
    /// A ReplicaSet keeps the Pods that it has, whatever its template is.
    CannotRestart {
        name: NamespacedName,
    },
    TooManyPods {
        replicas: u32,
    },
    NoReadinessProbe {
        pod: NamespacedName,
    },
    NotRunning {
        pod: NamespacedName,
    },
    /// What the API server says to an object or a patch.
    Invalid {
        said: Vec<String>,
    },
    /// The API server keeps kube-proxy's ConfigMap as it is: kube-proxy has something to say.
    Misconfigured(Misconfigured),
    /// There is such an object already.
    AlreadyExists {
        kind: &'static str,
        name: String,
    },
    /// It is so already.
    NothingToDo {
        what: Message,
    },
}

impl Refusal {
    /// A sentence without a full stop.
    pub fn tell(&self) -> Message {
        match self {
            Self::NotFound { kind, name } => message!("refused-not-found", object = format!("{kind} {name}")),
            Self::CannotScale { name } => {
                message!("refused-daemon-set", name = name.to_string())
            }
            Self::CannotRestart { name } => {
                message!("refused-replica-set", name = name.to_string())
            }
            Self::TooManyPods { replicas } => {
                message!(
                    "refused-too-many-pods",
                    replicas = replicas.to_string(),
                    most = Controllers::MAX_PODS.to_string()
                )
            }
            Self::NoReadinessProbe { pod } => {
                message!("refused-no-probe", pod = pod.to_string())
            }
            Self::NotRunning { pod } => message!("refused-not-running", pod = pod.to_string()),
            Self::Invalid { said } => message!("refused-by-api-server", said = said.join("; ")),
            Self::Misconfigured(Misconfigured { said, starts: false }) => {
                message!("refused-by-kube-proxy", said = said.join("; "))
            }
            Self::Misconfigured(Misconfigured { said, starts: true }) => {
                message!("refused-passed-over", said = said.join("; "))
            }
            Self::AlreadyExists { kind, name } => {
                message!("refused-exists", object = format!("{kind} {name}"))
            }
            Self::NothingToDo { what } => what.clone(),
        }
    }
}

/// In English.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell().fmt(f)
    }
}

impl Run<'_> {
    pub(super) fn act(&mut self, action: &Action) -> Result<(), Refusal> {
        match action {
            Action::Scale { kind, name, replicas } => self.scale(*kind, name, *replicas),
            Action::Restart { kind, name } => self.restart(*kind, name),
            Action::FailReadiness { pod } => self.probe(pod, false),
            Action::RecoverReadiness { pod } => self.probe(pod, true),
            Action::Create { manifest } => self.create(manifest),
            Action::Patch { resource, name, patch } => self.patch(*resource, name, patch),
            Action::Delete { resource, name } => self.delete(*resource, name),
            Action::ConfigureProxy { patch } => self.configure_proxy(patch),
            Action::FailNode { node } => self.node_event(node, NodeEvent::Fail),
            Action::RecoverNode { node } => self.node_event(node, NodeEvent::Recover),
            Action::DrainNode { node } => self.node_event(node, NodeEvent::Drain),
            Action::UncordonNode { node } => self.node_event(node, NodeEvent::Uncordon),
            Action::PutService(service) => self.put_service(service),
        }
    }

    fn scale(&mut self, kind: WorkloadKind, name: &NamespacedName, replicas: u32) -> Result<(), Refusal> {
        if replicas as usize > Controllers::MAX_PODS {
            return Err(Refusal::TooManyPods { replicas });
        }
        let old = self.expect_workload(kind, name)?.clone();
        let mut new = old.clone();
        if !new.set_replicas(replicas) {
            return Err(Refusal::CannotScale { name: name.clone() });
        }
        if new == old {
            return Err(Refusal::NothingToDo {
                what: message!("refused-replicas", object = format!("{kind} {name}"), replicas = replicas),
            });
        }
        let before = old.replicas().unwrap_or_default();
        let what = message!("does-scale", object = format!("{kind} {name}"), from = before, to = replicas);
        self.round(Actor::User, what, vec![Change::Workload(Changed::modified(old, new))]);
        Ok(())
    }

    fn restart(&mut self, kind: WorkloadKind, name: &NamespacedName) -> Result<(), Refusal> {
        let old = self.expect_workload(kind, name)?.clone();
        if kind == WorkloadKind::ReplicaSet {
            return Err(Refusal::CannotRestart { name: name.clone() });
        }
        self.controllers.restarts += 1;
        let mut new = old.clone();
        // kubectl writes the time; the model has none.
        let restart = format!("restart {}", self.controllers.restarts);
        new.template.annotations.insert("kubectl.kubernetes.io/restartedAt".to_owned(), restart);
        let what = message!("does-restart", object = format!("{kind} {name}"));
        self.round(Actor::User, what, vec![Change::Workload(Changed::modified(old, new))]);
        Ok(())
    }

    fn probe(&mut self, name: &NamespacedName, succeeds: bool) -> Result<(), Refusal> {
        let old = self.expect_pod(name)?.clone();
        if old.status.pod_ips.is_empty() || !old.is_active() {
            return Err(Refusal::NotRunning { pod: name.clone() });
        }
        if !succeeds && !old.spec.has_readiness_probe {
            return Err(Refusal::NoReadinessProbe { pod: name.clone() });
        }
        let changed =
            if succeeds { self.controllers.held.remove(name) } else { self.controllers.held.insert(name.clone()) };
        if !changed {
            let pod = name.to_string();
            let what = if succeeds {
                message!("refused-probe-succeeds", pod = pod)
            } else {
                message!("refused-probe-fails", pod = pod)
            };
            return Err(Refusal::NothingToDo { what });
        }
        // A node that is lost does not report.
        let reports = self.node_of(&old).is_some_and(|node| node.is_ready);
        if reports && old.status.is_ready != succeeds {
            let mut new = old.clone();
            new.status.is_ready = succeeds;
            let pod = name.to_string();
            let what = if succeeds {
                message!("does-probe-succeed", pod = pod)
            } else {
                message!("does-probe-fail", pod = pod)
            };
            self.round(Actor::Kubelet, what, vec![Change::Pod(Changed::modified(old, new))]);
        }
        Ok(())
    }

    pub(super) fn put_service(&mut self, new: &Service) -> Result<(), Refusal> {
        let old = self.cluster.services.iter().find(|service| service.name == new.name).cloned();
        let (what, change) = match old {
            None => (message!("does-create", object = format!("Service {}", new.name)), Changed::added(new.clone())),
            Some(old) if old == *new => {
                return Err(Refusal::NothingToDo {
                    what: message!("refused-so-already", object = format!("Service {}", new.name)),
                });
            }
            Some(old) => {
                (message!("does-change", object = format!("Service {}", new.name)), Changed::modified(old, new.clone()))
            }
        };
        self.round(Actor::User, what, vec![Change::Service(change)]);
        Ok(())
    }

    pub(super) fn expect_workload(&self, kind: WorkloadKind, name: &NamespacedName) -> Result<&Workload, Refusal> {
        self.workload(kind, name).ok_or_else(|| Refusal::NotFound { kind: kind.name(), name: name.to_string() })
    }

    pub(super) fn expect_pod(&self, name: &NamespacedName) -> Result<&Pod, Refusal> {
        let pod = self.cluster.pods.iter().find(|pod| pod.name == *name);
        pod.ok_or_else(|| Refusal::NotFound { kind: "Pod", name: name.to_string() })
    }
}

/// A Pod ends gracefully, unless it never came to a node: then it is gone at once.
pub(super) fn deletion(pod: &Pod) -> Change {
    if pod.spec.node_name.is_none() {
        return Change::Pod(Changed::deleted(pod.clone()));
    }
    let mut new = pod.clone();
    new.is_deleting = true;
    Change::Pod(Changed::modified(pod.clone(), new))
}
