use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::k8s::{
    Cluster, EndpointSlice, Endpoints, KubeProxyConfiguration, NamespacedName, Node, Pod, Service, Workload, write,
};

/// Kind and name of an object; nodes and configurations are in no namespace.
pub(super) type Key = (&'static str, NamespacedName);

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Object<'c> {
    Node(&'c Node),
    Service(&'c Service),
    EndpointSlice(&'c EndpointSlice),
    Endpoints(&'c Endpoints),
    Workload(&'c Workload),
    Pod(&'c Pod),
    Configuration(&'c KubeProxyConfiguration),
}

impl Object<'_> {
    pub fn to_json(self) -> Value {
        match self {
            Self::Node(node) => write::node(node),
            Self::Service(service) => write::service(service),
            Self::EndpointSlice(slice) => write::endpoint_slice(slice),
            Self::Endpoints(endpoints) => write::endpoints(endpoints),
            Self::Workload(workload) => write::workload(workload),
            Self::Pod(pod) => write::pod(pod),
            Self::Configuration(configuration) => write::configuration(configuration),
        }
    }
}

/// The objects of a cluster by kind and name, and in order.
pub(super) struct Objects<'c> {
    places: BTreeMap<Key, usize>,
    all: Vec<(Key, Object<'c>)>,
}

impl<'c> Objects<'c> {
    pub const KINDS: [&'static str; 10] = [
        "Node",
        "Service",
        "EndpointSlice",
        "Endpoints",
        "Deployment",
        "ReplicaSet",
        "StatefulSet",
        "DaemonSet",
        "Pod",
        Self::CONFIGURATION,
    ];
    pub const CONFIGURATION: &'static str = "KubeProxyConfiguration";

    pub fn of(cluster: &'c Cluster) -> Self {
        let nodes = cluster.nodes.iter().map(|node| (("Node", unspaced(&node.name)), Object::Node(node)));
        let services = cluster.services.iter().map(|one| (("Service", one.name.clone()), Object::Service(one)));
        let slices =
            cluster.endpoint_slices.iter().map(|one| (("EndpointSlice", one.name.clone()), Object::EndpointSlice(one)));
        let endpoints = cluster.endpoints.iter().map(|one| (("Endpoints", one.name.clone()), Object::Endpoints(one)));
        let workloads =
            cluster.workloads.iter().map(|one| ((one.kind().name(), one.name.clone()), Object::Workload(one)));
        let pods = cluster.pods.iter().map(|one| (("Pod", one.name.clone()), Object::Pod(one)));
        let configuration = cluster
            .proxy_configuration
            .iter()
            .map(|one| ((Self::CONFIGURATION, unspaced(&"".into())), Object::Configuration(one)));
        let all: Vec<_> = nodes
            .chain(services)
            .chain(slices)
            .chain(endpoints)
            .chain(workloads)
            .chain(pods)
            .chain(configuration)
            .collect();
        let places = all.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect();
        Self { places, all }
    }

    pub fn get(&self, key: &Key) -> Option<Object<'c>> {
        self.places.get(key).map(|place| self.all[*place].1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Key, Value)> {
        self.all.iter().map(|(key, object)| (key.clone(), object.to_json()))
    }
}

fn unspaced(name: &Arc<str>) -> NamespacedName {
    NamespacedName { namespace: "".into(), name: name.clone() }
}
