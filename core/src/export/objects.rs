//! The objects of a cluster as `kubectl apply -f` takes them and the lab reads them again.

use serde_json::Value;

use crate::k8s::write::yaml::Yaml;
use crate::k8s::{Cluster, write};

pub(super) fn services(cluster: &Cluster, yaml: &mut Yaml) {
    documents(cluster.services.iter().map(write::service), yaml);
}

pub(super) fn endpoint_slices(cluster: &Cluster, yaml: &mut Yaml) {
    documents(cluster.endpoint_slices.iter().map(write::endpoint_slice), yaml);
}

pub(super) fn nodes(cluster: &Cluster, yaml: &mut Yaml) {
    documents(cluster.nodes.iter().map(write::node), yaml);
}

pub(super) fn workloads(cluster: &Cluster, yaml: &mut Yaml) {
    documents(cluster.workloads.iter().map(write::workload), yaml);
}

pub(super) fn pods(cluster: &Cluster, yaml: &mut Yaml) {
    documents(cluster.pods.iter().map(write::pod), yaml);
}

fn documents(objects: impl Iterator<Item = Value>, yaml: &mut Yaml) {
    objects.for_each(|object| yaml.object(&object));
}
