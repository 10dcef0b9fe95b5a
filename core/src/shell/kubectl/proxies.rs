//! kube-proxy's own objects, as kubeadm makes them (cmd/kubeadm/app/phases/addons/proxy/manifests.go): a ConfigMap, a
//! DaemonSet, and a Pod on each node.
//!
//! They are made here for kubectl alone, unless the text has the DaemonSet: what the kube-proxies do is the lanes'.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::rows::{Row, UNKNOWN};
use crate::k8s::{
    Cluster, Controller, DaemonSetUpdate, LabelSelector, Labels, NamespacedName, Node, Pod, PodPhase, PodSpec,
    PodStatus, PodTemplate, Toleration, Workload, WorkloadKind, write,
};
use crate::lab::Lab;
use crate::netfilter::Seconds;

const NAMESPACE: &str = "kube-system";
const NAME: &str = "kube-proxy";

/// The cluster with kube-proxy's DaemonSet and Pods in it.
pub(super) fn cluster(lab: &Lab) -> Cluster {
    let mut cluster = Cluster::clone(&lab.cluster);
    if !has_own(lab) {
        return cluster;
    }
    let set = daemon_set();
    cluster.pods.extend(lab.cluster.nodes.iter().map(|node| pod(lab, &set, node)));
    cluster.workloads.push(set);
    cluster
}

/// Whether the objects are kubectl's alone.
fn has_own(lab: &Lab) -> bool {
    let is_set = |of: &Workload| of.kind() == WorkloadKind::DaemonSet && is_set(&of.name);
    !lab.is_copied() && !lab.cluster.workloads.iter().any(is_set)
}

/// Whether a DaemonSet is kube-proxy's.
pub(super) fn is_set(name: &NamespacedName) -> bool {
    *name.namespace == *NAMESPACE && *name.name == *NAME
}

/// Whether a Pod is one of kube-proxy's.
pub(super) fn is_pod(row: &Row) -> bool {
    *row.name.namespace == *NAMESPACE && row.labels.get("k8s-app").is_some_and(|label| label == NAME)
}

/// Whether an object, by its kind and name, is one of those that only kubectl shows.
pub(super) fn is_own(lab: &Lab, kind: &str, name: &str) -> bool {
    has_own(lab)
        && match kind {
            "DaemonSet" => name == format!("{NAMESPACE}/{NAME}"),
            "Pod" => lab.cluster.nodes.iter().any(|node| pod_name(lab, node).to_string() == name),
            _ => false,
        }
}

/// When one of the Pods was made.
pub(super) fn born(lab: &Lab, name: &NamespacedName) -> Option<Seconds> {
    let node = lab.cluster.nodes.iter().find(|node| pod_name(lab, node) == *name).filter(|_| has_own(lab))?;
    Some(lab.born("Node", &node.name).max(lab.proxy_starts.last))
}

fn labels() -> Labels {
    BTreeMap::from([("k8s-app".to_owned(), NAME.to_owned())])
}

fn spec() -> PodSpec {
    let anything = Toleration { key: None, value: None, effect: None, seconds: None };
    PodSpec {
        node_selector: BTreeMap::from([("kubernetes.io/os".to_owned(), "linux".to_owned())]),
        tolerations: vec![anything],
        host_network: true,
        ..PodSpec::default()
    }
}

fn daemon_set() -> Workload {
    Workload {
        name: NamespacedName::new(NAMESPACE, NAME),
        labels: labels(),
        owner: None,
        selector: LabelSelector { match_labels: labels(), ..LabelSelector::default() },
        template: PodTemplate { labels: labels(), spec: spec(), ..PodTemplate::default() },
        controller: Controller::DaemonSet { update: DaemonSetUpdate::default() },
    }
}

fn pod(lab: &Lab, set: &Workload, node: &Node) -> Pod {
    Pod {
        name: pod_name(lab, node),
        labels: labels(),
        owner: Some(set.as_owner()),
        spec: PodSpec { node_name: Some(node.name.clone()), ..spec() },
        status: PodStatus { phase: PodPhase::Running, is_ready: node.is_ready, pod_ips: node.internal_ips.clone() },
        is_deleting: false,
    }
}

/// Another one after each start, in the letters of generated names (`alphanums` of apimachinery's util/rand).
fn pod_name(lab: &Lab, node: &Node) -> NamespacedName {
    const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let text = format!("{}/{}", node.name, lab.proxy_starts.count);
    let mut number = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let letters = (0..5).map(|_| {
        let letter = ALPHABET[(number % 27) as usize];
        number /= 27;
        char::from(letter)
    });
    let name: String = letters.collect();
    NamespacedName { namespace: NAMESPACE.into(), name: Arc::from(format!("{NAME}-{name}")) }
}

/// What `config.conf` of the ConfigMap says: all fields as kubeadm writes them, with the settings of the lab.
pub(super) fn configuration(lab: &Lab) -> Value {
    write::kubeadm_configuration(lab.cluster.proxy_configuration.as_ref(), &lab.assumptions.cluster_cidrs)
}

/// Of its two files, the other says where the API server is, which the lab does not have.
pub(super) fn config_map(lab: &Lab) -> Row {
    let mut yaml = write::yaml::Yaml::default();
    yaml.fields(&configuration(lab));
    let labels = BTreeMap::from([("app".to_owned(), NAME.to_owned())]);
    let json = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": NAME, "namespace": NAMESPACE, "labels": labels },
        "data": { "config.conf": yaml.into_text().trim_end() },
    });
    let name = NamespacedName::new(NAMESPACE, NAME);
    Row { name, labels, cells: vec!["1".to_owned(), UNKNOWN.to_owned()], json }
}
