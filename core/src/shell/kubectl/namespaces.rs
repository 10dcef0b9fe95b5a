//! Namespaces: the lab keeps no objects of them, but knows which ones there must be.

use std::collections::BTreeSet;

use serde_json::json;

use super::rows::{Row, UNKNOWN};
use crate::k8s::{Cluster, NamespacedName};

/// What every API server makes (`systemNamespaces` of pkg/controlplane/apiserver, and `default`).
const OF_THE_SYSTEM: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// Those of the system and those that objects are in.
pub(super) fn rows(cluster: &Cluster) -> Vec<Row> {
    let services = cluster.services.iter().map(|service| &service.name);
    let slices = cluster.endpoint_slices.iter().map(|slice| &slice.name);
    let pods = cluster.pods.iter().map(|pod| &pod.name);
    let workloads = cluster.workloads.iter().map(|workload| &workload.name);
    let endpoints = cluster.endpoints.iter().map(|endpoints| &endpoints.name);
    let of_objects = services.chain(slices).chain(pods).chain(workloads).chain(endpoints);
    let names: BTreeSet<&str> = of_objects.map(|name| &*name.namespace).chain(OF_THE_SYSTEM).collect();
    names.into_iter().map(row).collect()
}

fn row(name: &str) -> Row {
    let labels = [("kubernetes.io/metadata.name".to_owned(), name.to_owned())].into();
    Row {
        name: NamespacedName { namespace: "".into(), name: name.into() },
        cells: vec!["Active".to_owned(), UNKNOWN.to_owned()],
        json: json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": { "labels": labels, "name": name },
            "spec": { "finalizers": ["kubernetes"] },
            "status": { "phase": "Active" },
        }),
        labels,
    }
}
