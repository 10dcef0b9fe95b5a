use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::lab::{Client, ClientKind, Lab};
use crate::proxy::Mode;

/// Where a shell runs. Each datapath has nodes of its own, so that it is also a choice of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    pub mode: Mode,
    pub host: Host,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    Node(Arc<str>),
    /// By the name that clients have; Pods of two namespaces may share it, and then the first is meant.
    Pod(Arc<str>),
    /// A machine outside of the cluster.
    Outside,
}

/// Words that name no place of a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLocation(pub String);

impl Location {
    pub fn node(mode: Mode, name: &str) -> Self {
        Self { mode, host: Host::Node(name.into()) }
    }

    /// The first node, in the first datapath.
    pub fn first(lab: &Lab) -> Option<Self> {
        let lane = lab.lanes.first()?;
        Some(Self { mode: lane.mode, host: Host::Node(lane.network.node_names.first()?.clone()) })
    }

    /// All hosts: nodes, pods, and the machine outside.
    pub fn hosts(lab: &Lab) -> Vec<Host> {
        let Some(lane) = lab.lanes.first() else {
            return Vec::new();
        };
        let mut hosts: Vec<_> = lane.network.node_names.iter().cloned().map(Host::Node).collect();
        for client in lab.clients() {
            let host = match client.kind {
                ClientKind::Pod { name, .. } => Host::Pod(name),
                ClientKind::Outside => Host::Outside,
                ClientKind::Process { .. } | ClientKind::Behind { .. } => continue,
            };
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }

    /// Whether there is such a place, and it is up.
    pub fn is_there(&self, lab: &Lab) -> bool {
        let Some(lane) = self.lane(lab).and_then(|index| lab.lanes.get(index)) else {
            return false;
        };
        match &self.host {
            Host::Node(name) => lane.network.node_index(name).is_some_and(|node| !lane.network.is_down(node)),
            Host::Pod(_) | Host::Outside => !self.clients(lab).is_empty(),
        }
    }

    /// Where the names of files begin that begin with no `/`.
    pub(super) const fn folder(&self) -> &'static str {
        match self.host {
            Host::Node(_) => "/root",
            Host::Pod(_) => "",
            Host::Outside => "/home/you",
        }
    }

    pub(super) fn lane(&self, lab: &Lab) -> Option<usize> {
        lab.lanes.iter().position(|lane| lane.mode == self.mode)
    }

    /// Who sends from here: one client for each address.
    pub(super) fn clients(&self, lab: &Lab) -> Vec<Client> {
        let is_here = |client: &Client| match (&self.host, &client.kind) {
            (Host::Node(name), ClientKind::Process { node }) => name == node,
            // A client pod has a name for each family.
            (Host::Pod(name), ClientKind::Pod { name: other, .. }) => {
                name == other || other.strip_suffix("-v6") == Some(name)
            }
            (Host::Outside, ClientKind::Outside) => true,
            _ => false,
        };
        lab.clients().into_iter().filter(is_here).collect()
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(name) => write!(f, "node/{name}"),
            Self::Pod(name) => write!(f, "pod/{name}"),
            Self::Outside => f.write_str("outside"),
        }
    }
}

impl FromStr for Host {
    type Err = UnknownLocation;

    fn from_str(words: &str) -> Result<Self, UnknownLocation> {
        match words.split_once('/') {
            Some(("node", name)) if !name.is_empty() => Ok(Self::Node(name.into())),
            Some(("pod", name)) if !name.is_empty() => Ok(Self::Pod(name.into())),
            None if words == "outside" => Ok(Self::Outside),
            _ => Err(UnknownLocation(words.to_owned())),
        }
    }
}

/// The prompt of a shell there, without the blank behind it.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Node(name) => write!(f, "root@{name}:~#"),
            Host::Pod(name) => write!(f, "{name}:/#"),
            Host::Outside => f.write_str("you@outside:~$"),
        }
    }
}
