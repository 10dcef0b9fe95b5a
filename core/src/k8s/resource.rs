use super::{EndpointSlice, NamespacedName, Node, Pod, Service, Workload, WorkloadKind, write};

/// What kind of object is meant, as kubectl calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    Service,
    EndpointSlice,
    Workload(WorkloadKind),
    Pod,
    /// In no namespace.
    Node,
}

/// An object that somebody hands to the API server, as it would keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    Service(Box<Service>),
    EndpointSlice(Box<EndpointSlice>),
    Workload(Box<Workload>),
    Pod(Box<Pod>),
    Node(Box<Node>),
}

impl Resource {
    pub const ALL: [Self; 8] = [
        Self::Service,
        Self::EndpointSlice,
        Self::Workload(WorkloadKind::Deployment),
        Self::Workload(WorkloadKind::ReplicaSet),
        Self::Workload(WorkloadKind::StatefulSet),
        Self::Workload(WorkloadKind::DaemonSet),
        Self::Pod,
        Self::Node,
    ];

    /// As `kind:` spells it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::Workload(kind) => kind.name(),
            Self::Pod => "Pod",
            Self::Node => "Node",
        }
    }

    /// As kubectl's commands have it.
    pub fn name(self) -> String {
        self.kind().to_ascii_lowercase()
    }

    /// The name of an object with its namespace, if it is in one.
    pub fn shown(self, name: &NamespacedName) -> String {
        if self == Self::Node { name.name.to_string() } else { name.to_string() }
    }

    /// `Service shop/web`
    pub fn of(self, name: &NamespacedName) -> String {
        format!("{} {}", self.kind(), self.shown(name))
    }
}

impl Created {
    pub fn resource(&self) -> Resource {
        match self {
            Self::Service(_) => Resource::Service,
            Self::EndpointSlice(_) => Resource::EndpointSlice,
            Self::Workload(workload) => Resource::Workload(workload.kind()),
            Self::Pod(_) => Resource::Pod,
            Self::Node(_) => Resource::Node,
        }
    }

    /// As JSON.
    pub fn written(&self) -> serde_json::Value {
        match self {
            Self::Service(service) => write::service(service),
            Self::EndpointSlice(slice) => write::endpoint_slice(slice),
            Self::Workload(workload) => write::workload(workload),
            Self::Pod(pod) => write::pod(pod),
            Self::Node(node) => write::node(node),
        }
    }
}
