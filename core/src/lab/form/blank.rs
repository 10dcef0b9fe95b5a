//! Forms for what is not there yet.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::values::{list, listed, number, read_labels, read_ports, words};
use super::{Control, Input, node, service, workload};
use crate::controllers::Action;
use crate::k8s::{self, EndpointSlice, NamespacedName, Node};
use crate::lab::Lab;
use crate::message;
use crate::message::Message;
use crate::net::Family;

/// What can be added to a lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blank {
    Service,
    EndpointSlice,
    Deployment,
    Node,
    /// A Pod that sends.
    Client,
}

const NAMESPACE: &str = "metadata.namespace";
const NAME: &str = "metadata.name";
const NODE_NAME: &str = "spec.nodeName";
const SERVICE: &str = "metadata.labels[kubernetes.io/service-name]";
const ADDRESSES: &str = "endpoints[*].addresses";
const CLUSTER_IP: &str = "spec.clusterIP";
const FAMILIES: &str = "spec.ipFamilies";
const POD_CIDRS: &str = "spec.podCIDRs";
const NODE_ADDRESSES: &str = "status.addresses";

impl Blank {
    pub const ALL: [Self; 5] = [Self::Service, Self::EndpointSlice, Self::Deployment, Self::Node, Self::Client];

    pub const fn kind(self) -> &'static str {
        match self {
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::Deployment => "Deployment",
            Self::Node => "Node",
            Self::Client => "Pod",
        }
    }

    /// What it is for, in a sentence without a full stop.
    pub const fn what(self) -> Message {
        match self {
            Self::Service => message!("blank-service"),
            Self::EndpointSlice => {
                message!("blank-slice")
            }
            Self::Deployment => message!("blank-deployment"),
            Self::Node => message!("blank-node"),
            Self::Client => message!("blank-client"),
        }
    }
}

impl Lab {
    /// The fields of something new, with what is likely in them.
    pub fn blank(&self, blank: Blank) -> Vec<Control> {
        let text = |path: &str, what, value: String| Control::new(path, what, Input::Text(value));
        let name = |what, base: &str| text(NAME, what, self.free_name(blank, base));
        let namespace = text(NAMESPACE, message!("new-namespace"), self.usual_namespace());
        match blank {
            Blank::Service => vec![
                namespace,
                name(message!("new-service-name"), "service"),
                Control::new(
                    "spec.type",
                    message!("new-service-type"),
                    Input::choice(&["ClusterIP", "NodePort", "LoadBalancer"], "ClusterIP"),
                ),
                text(CLUSTER_IP, message!("new-service-address"), String::new()),
                Control::new(FAMILIES, message!("new-service-families"), families()),
                text("spec.selector", message!("new-service-selector"), self.usual_selector()),
                text("spec.ports[0].name", message!("new-service-port-name"), String::new()),
                Control::new(
                    "spec.ports[0].protocol",
                    message!("new-service-protocol"),
                    Input::choice(service::PROTOCOLS, "TCP"),
                ),
                text("spec.ports[0].port", message!("field-service-port"), "80".to_owned()),
                text("spec.ports[0].targetPort", message!("field-service-target-port"), "8080".to_owned()),
            ],
            Blank::EndpointSlice => vec![
                Control::new(SERVICE, message!("new-slice-service"), self.sliced()),
                name(message!("new-slice-name"), "endpoints"),
                text(ADDRESSES, message!("new-slice-addresses"), "198.51.100.80".to_owned()),
                text("ports[0].port", message!("new-slice-port"), "5432".to_owned()),
            ],
            Blank::Deployment => vec![
                namespace,
                name(message!("new-deployment-name"), "app"),
                text(workload::REPLICAS, workload::REPLICAS_WHAT, "2".to_owned()),
                text(workload::LABELS, workload::LABELS_WHAT, format!("app={}", self.free_name(blank, "app"))),
                text(workload::PORTS, workload::PORTS_WHAT, "8080".to_owned()),
                Control::new(workload::PROBE, workload::PROBE_WHAT, Input::Toggle(true)),
                text(workload::NODES, workload::NODES_WHAT, String::new()),
            ],
            Blank::Node => {
                let (addresses, ranges) = self.free_addresses();
                vec![
                    name(message!("new-node-name"), "node"),
                    text(node::ZONE, node::ZONE_WHAT, self.usual_zone()),
                    text(NODE_ADDRESSES, message!("new-node-addresses"), listed(addresses)),
                    text(POD_CIDRS, message!("new-node-ranges"), listed(ranges)),
                ]
            }
            Blank::Client => vec![
                namespace,
                name(message!("new-client-name"), "client"),
                Control::new(NODE_NAME, message!("new-client-node"), self.node_choice()),
            ],
        }
    }

    /// The action that makes it, of the values by their paths.
    pub fn create(&self, blank: Blank, values: &BTreeMap<String, String>) -> Action {
        let of = |path: &str| values.get(path).map_or("", |value| value.trim());
        let labels = |path: &str| read_labels(&BTreeMap::new(), of(path));
        let metadata = || json!({ "name": of(NAME), "namespace": of(NAMESPACE) });
        let manifest = match blank {
            Blank::Service => service_manifest(of, metadata()),
            Blank::EndpointSlice => self.slice_manifest(of),
            Blank::Deployment => {
                let labels = labels(workload::LABELS);
                let ports = read_ports(of(workload::PORTS));
                let container = workload::container(ports, of(workload::PROBE) == "true");
                let mut pod = json!({ "containers": [container] });
                if !of(workload::NODES).is_empty() {
                    pod["nodeSelector"] = read_labels(&BTreeMap::new(), of(workload::NODES));
                }
                json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(), "spec": {
                    "replicas": number(of(workload::REPLICAS)),
                    "selector": { "matchLabels": labels },
                    "template": { "metadata": { "labels": labels }, "spec": pod },
                }})
            }
            Blank::Node => node_manifest(of),
            Blank::Client => json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata(), "spec": {
                "nodeName": of(NODE_NAME),
                "containers": [{ "name": "main", "image": "busybox:1.37", "args": ["sleep", "infinity"] }],
            }}),
        };
        Action::Create { manifest: manifest.to_string() }
    }

    fn slice_manifest<'v>(&self, of: impl Fn(&str) -> &'v str) -> Value {
        let (namespace, name) = of(SERVICE).split_once('/').unwrap_or(("default", of(SERVICE)));
        let service = self.cluster.services.iter().find(|one| one.name == NamespacedName::new(namespace, name));
        let of_service = service.map(|service| service.ports.as_slice()).unwrap_or_default();
        let port = |(place, port): (usize, &str)| {
            let port_of_service = of_service.get(place);
            let protocol = port_of_service.map_or_else(|| "tcp".to_owned(), |port| port.protocol.to_string());
            json!({
                "name": port_of_service.map_or("", |port| &*port.name),
                "protocol": protocol.to_uppercase(),
                "port": number(port),
            })
        };
        let is_v6 = words(of(ADDRESSES)).any(|address| address.contains(':'));
        let ports: Vec<Value> = words(of("ports[0].port")).enumerate().map(port).collect();
        let endpoints: Vec<Value> = words(of(ADDRESSES)).map(|address| json!({ "addresses": [address] })).collect();
        json!({
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": of(NAME),
                "namespace": namespace,
                "labels": { EndpointSlice::SERVICE_LABEL: name },
            },
            "addressType": if is_v6 { "IPv6" } else { "IPv4" },
            "endpoints": endpoints,
            "ports": ports,
        })
    }

    /// The base name if nothing of its kind has it, or else with the next number.
    fn free_name(&self, blank: Blank, base: &str) -> String {
        let cluster = &self.cluster;
        let is_taken = |name: &str| match blank {
            Blank::Service => cluster.services.iter().any(|one| *one.name.name == *name),
            Blank::EndpointSlice => cluster.endpoint_slices.iter().any(|one| *one.name.name == *name),
            Blank::Deployment => cluster.workloads.iter().any(|one| *one.name.name == *name),
            Blank::Node => cluster.nodes.iter().any(|one| *one.name == *name),
            Blank::Client => cluster.pods.iter().any(|one| *one.name.name == *name),
        };
        let numbered = (1..).map(|number| format!("{base}{number}"));
        let first = (blank != Blank::Node).then(|| base.to_owned());
        first.into_iter().chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// That of the first Service that is nobody's in particular.
    fn usual_namespace(&self) -> String {
        let mut all = self.cluster.services.iter().map(|service| &service.name.namespace);
        let own = all.find(|namespace| !matches!(&***namespace, "default" | "kube-system"));
        own.map_or("default", |namespace| namespace).to_owned()
    }

    fn usual_selector(&self) -> String {
        let namespace = self.usual_namespace();
        let mut all = self.cluster.workloads.iter().filter(|workload| *workload.name.namespace == *namespace);
        all.find(|workload| workload.owner.is_none())
            .map(|workload| super::values::labels(&workload.selector.match_labels))
            .unwrap_or_default()
    }

    fn usual_zone(&self) -> String {
        self.cluster.nodes.last().and_then(Node::zone).unwrap_or_default().to_owned()
    }

    /// The Services for which nobody makes slices; where there are none, all: endpoints come to theirs.
    fn sliced(&self) -> Input {
        let all = || self.cluster.services.iter().filter(|service| service.external_name.is_none());
        let bare = all().filter(|service| service.selector.is_empty());
        let mut options: Vec<String> = bare.map(|one| one.name.to_string()).collect();
        if options.is_empty() {
            options = all().map(|one| one.name.to_string()).collect();
        }
        match options.last().cloned() {
            Some(chosen) => Input::Choice { options, chosen },
            None => Input::Text(String::new()),
        }
    }

    fn node_choice(&self) -> Input {
        let options: Vec<String> = self.cluster.nodes.iter().map(|node| node.name.to_string()).collect();
        match options.first().cloned() {
            Some(chosen) => Input::Choice { options, chosen },
            None => Input::Text(String::new()),
        }
    }

    /// For a node: the addresses after those of the last one, and the ranges after the last ranges of Pods.
    fn free_addresses(&self) -> (Vec<IpAddr>, Vec<IpNet>) {
        let nodes = &self.cluster.nodes;
        let families = [Family::V4, Family::V6];
        let highest = |family| nodes.iter().filter_map(|node| node.internal_ip(family)).max();
        let addresses = families.into_iter().filter_map(highest).filter_map(next_address);
        let range = |family| {
            let all = nodes.iter().flat_map(|node| &node.pod_cidrs);
            all.filter(|range| Family::of(range.addr()) == family).max_by_key(|range| range.network())
        };
        let ranges = families.into_iter().filter_map(range).filter_map(|range| {
            let after = next_address(last_address(*range))?;
            IpNet::new(after, range.prefix_len()).ok()
        });
        (addresses.collect(), ranges.collect())
    }
}

/// Those that the cluster has first are not asked for.
fn families() -> Input {
    let options: Vec<&str> = [service::NOT_SET].into_iter().chain(service::FAMILIES.iter().copied()).collect();
    Input::choice(&options, service::NOT_SET)
}

fn service_manifest<'v>(of: impl Fn(&str) -> &'v str, metadata: Value) -> Value {
    let mut port = json!({
        "protocol": of("spec.ports[0].protocol"),
        "port": number(of("spec.ports[0].port")),
        "targetPort": number(of("spec.ports[0].targetPort")),
    });
    if !of("spec.ports[0].name").is_empty() {
        port["name"] = json!(of("spec.ports[0].name"));
    }
    let mut spec = json!({ "type": of("spec.type"), "ports": [port] });
    if !of(CLUSTER_IP).is_empty() {
        spec["clusterIP"] = json!(of(CLUSTER_IP));
    }
    if !matches!(of(FAMILIES), "" | service::NOT_SET) {
        spec = k8s::merged(&spec, &service::families(of(FAMILIES))["spec"]);
    }
    if !of("spec.selector").is_empty() {
        spec["selector"] = read_labels(&BTreeMap::new(), of("spec.selector"));
    }
    json!({ "apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec })
}

fn node_manifest<'v>(of: impl Fn(&str) -> &'v str) -> Value {
    let mut metadata = json!({ "name": of(NAME) });
    if !of(node::ZONE).is_empty() {
        metadata["labels"] = json!({ Node::ZONE_LABEL: of(node::ZONE) });
    }
    let addresses: Vec<Value> =
        words(of(NODE_ADDRESSES)).map(|address| json!({ "type": "InternalIP", "address": address })).collect();
    let spec = json!({ "podCIDR": words(of(POD_CIDRS)).next(), "podCIDRs": list(of(POD_CIDRS)) });
    json!({
        "apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec, "status": { "addresses": addresses },
    })
}

fn last_address(range: IpNet) -> IpAddr {
    range.broadcast()
}

fn next_address(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => u32::from(address).checked_add(1).map(|next| IpAddr::V4(next.into())),
        IpAddr::V6(address) => u128::from(address).checked_add(1).map(|next| IpAddr::V6(next.into())),
    }
}
