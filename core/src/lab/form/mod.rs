//! Objects as forms: each field that changes rules or endpoints is a control with a sentence of what it does.
//!
//! In: a lab and what was typed. Out: controls, and the action that kubectl would do it by; the API server's reading
//! says what is wrong with it.

mod blank;
mod endpoint_slice;
mod kube_proxy;
mod node;
mod service;
mod values;
mod workload;

use std::fmt;
use std::sync::Arc;

use super::Lab;
use crate::controllers::Action;
use crate::k8s::{NamespacedName, Resource, WorkloadKind};
use crate::message::Message;

pub use blank::Blank;

/// Something that has a form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Service(NamespacedName),
    /// One that somebody made by hand: others follow from their Services.
    EndpointSlice(NamespacedName),
    /// One that no other owns.
    Workload(WorkloadKind, NamespacedName),
    Node(Arc<str>),
    KubeProxy,
}

/// One field with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// As in `spec.ports[0].nodePort`.
    pub path: String,
    /// What the field does, in a sentence without a full stop.
    pub what: Message,
    pub input: Input,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// One of several words.
    Choice {
        options: Vec<String>,
        chosen: String,
    },
    Toggle(bool),
    /// Words with commas between them, or a number.
    Text(String),
    /// What was given once and stays.
    Fixed(String),
    /// Something to do, by these words.
    Button(Message),
}

impl Input {
    fn choice(options: &[&str], chosen: &str) -> Self {
        Self::Choice { options: options.iter().map(|option| (*option).to_owned()).collect(), chosen: chosen.to_owned() }
    }

    /// The value as it is typed: a toggle's is `true` or `false`, a button has none.
    pub fn value(&self) -> String {
        match self {
            Self::Choice { chosen, .. } => chosen.clone(),
            Self::Toggle(on) => on.to_string(),
            Self::Text(text) | Self::Fixed(text) => text.clone(),
            Self::Button(_) => String::new(),
        }
    }
}

impl Control {
    fn new(path: impl Into<String>, what: Message, input: Input) -> Self {
        Self { path: path.into(), what, input }
    }

    /// The control that a refusal is about, by its place: the one with the longest path that it names.
    pub fn blamed(controls: &[Self], said: &str) -> Option<usize> {
        let longest = |is_named: &dyn Fn(&str) -> bool| {
            let named = controls.iter().enumerate().filter(|(_, control)| is_named(&control.path));
            named.max_by_key(|(_, control)| control.path.len()).map(|(place, _)| place)
        };
        let loosely = without_places(said);
        longest(&|path| said.contains(path)).or_else(|| longest(&|path| loosely.contains(&without_places(path))))
    }
}

/// A path or a sentence without places in lists: an element's fault is that of the list's control.
fn without_places(text: &str) -> String {
    text.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest)).collect()
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name) => write!(f, "Service {name}"),
            Self::EndpointSlice(name) => write!(f, "EndpointSlice {name}"),
            Self::Workload(kind, name) => write!(f, "{kind} {name}"),
            Self::Node(name) => write!(f, "Node {name}"),
            Self::KubeProxy => f.write_str("kube-proxy"),
        }
    }
}

impl Subject {
    /// None for kube-proxy.
    fn place(&self) -> Option<(Resource, NamespacedName)> {
        Some(match self {
            Self::Service(name) => (Resource::Service, name.clone()),
            Self::EndpointSlice(name) => (Resource::EndpointSlice, name.clone()),
            Self::Workload(kind, name) => (Resource::Workload(*kind), name.clone()),
            Self::Node(name) => (Resource::Node, NamespacedName { namespace: "".into(), name: name.clone() }),
            Self::KubeProxy => return None,
        })
    }

    pub fn delete(&self) -> Option<Action> {
        self.place().map(|(resource, name)| Action::Delete { resource, name })
    }
}

impl Lab {
    /// All that has a form: Services, slices that somebody made, workloads, nodes.
    pub fn subjects(&self) -> Vec<Subject> {
        let cluster = &self.cluster;
        let slices = cluster.endpoint_slices.iter().filter(|slice| endpoint_slice::is_hand_made(slice));
        let workloads = cluster.workloads.iter().filter(|workload| workload.owner.is_none());
        let mut subjects: Vec<_> = cluster
            .services
            .iter()
            .map(|service| Subject::Service(service.name.clone()))
            .chain(slices.map(|slice| Subject::EndpointSlice(slice.name.clone())))
            .chain(workloads.map(|workload| Subject::Workload(workload.kind(), workload.name.clone())))
            .chain(cluster.nodes.iter().map(|node| Subject::Node(node.name.clone())))
            .collect();
        subjects.sort_unstable();
        subjects.push(Subject::KubeProxy);
        subjects
    }

    /// The controls of a subject; none for one that there is not.
    pub fn form(&self, subject: &Subject) -> Vec<Control> {
        match subject {
            Subject::Service(name) => self.service(name).map(service::controls),
            Subject::EndpointSlice(name) => self.slice(name).map(endpoint_slice::controls),
            Subject::Workload(kind, name) => self.workload(*kind, name).map(workload::controls),
            Subject::Node(name) => self.node_object(name).map(node::controls),
            Subject::KubeProxy => Some(kube_proxy::controls(self)),
        }
        .unwrap_or_default()
    }

    /// The action that gives a field another value, as it was chosen or typed. None where there is no such field.
    pub fn edit(&self, subject: &Subject, path: &str, value: &str) -> Option<Action> {
        let value = value.trim();
        let patch = match subject {
            Subject::Service(name) => service::patch(self.service(name)?, path, value)?,
            Subject::EndpointSlice(name) => endpoint_slice::patch(self.slice(name)?, path, value)?,
            Subject::Workload(kind, name) => {
                let workload = self.workload(*kind, name)?;
                if let Some(scale) = workload::scale(*kind, name, path, value) {
                    return Some(scale);
                }
                workload::patch(workload, path, value)?
            }
            Subject::Node(name) => node::patch(self.node_object(name)?, path, value)?,
            Subject::KubeProxy => {
                return Some(Action::ConfigureProxy { patch: kube_proxy::patch(self, path, value).to_string() });
            }
        };
        let (resource, name) = subject.place()?;
        Some(Action::Patch { resource, name, patch: patch.to_string() })
    }

    fn service(&self, name: &NamespacedName) -> Option<&crate::k8s::Service> {
        self.cluster.services.iter().find(|service| service.name == *name)
    }

    fn slice(&self, name: &NamespacedName) -> Option<&crate::k8s::EndpointSlice> {
        self.cluster.endpoint_slices.iter().find(|slice| slice.name == *name)
    }

    fn workload(&self, kind: WorkloadKind, name: &NamespacedName) -> Option<&crate::k8s::Workload> {
        let is_it = |one: &&crate::k8s::Workload| one.kind() == kind && one.name == *name;
        self.cluster.workloads.iter().find(is_it)
    }

    fn node_object(&self, name: &str) -> Option<&crate::k8s::Node> {
        self.cluster.nodes.iter().find(|node| *node.name == *name)
    }
}

#[cfg(test)]
mod tests;
