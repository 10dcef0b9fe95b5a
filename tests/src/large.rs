//! The cluster that speed and memory are measured with.

use std::net::Ipv4Addr;
use std::sync::Arc;

use datapath_core::export::{Format, Subject, export};
use datapath_core::k8s::{self, Cluster};
use datapath_core::lab::synthetic;
use datapath_core::node::Node;
use datapath_core::proxy::{Config, Mode};

const SERVICES: usize = 10_000;
const ENDPOINTS_OF_A_SERVICE: usize = 5;
/// The kubelet's default `maxPods`.
const PODS_OF_A_NODE: usize = 110;

/// 10,000 Services of one TCP port with five endpoints each, on as many nodes as take so many Pods.
pub fn large_cluster() -> Cluster {
    let mut cluster = synthetic(SERVICES);
    let nodes = (SERVICES * ENDPOINTS_OF_A_SERVICE).div_ceil(PODS_OF_A_NODE);
    let names: Vec<Arc<str>> = (1..=nodes).map(|number| format!("node{number}").into()).collect();
    cluster.nodes = (0u32..)
        .zip(&names)
        .map(|(number, name)| {
            let address = Ipv4Addr::from(u32::from(Ipv4Addr::new(172, 16, 0, 11)) + number);
            k8s::Node { name: name.clone(), internal_ips: vec![address.into()], ..cluster.nodes[0].clone() }
        })
        .collect();
    let addresses = u32::from(Ipv4Addr::new(10, 128, 0, 10))..;
    let mut pods = addresses.zip(names.iter().cycle());
    for slice in &mut cluster.endpoint_slices {
        slice.endpoints = vec![slice.endpoints[0].clone(); ENDPOINTS_OF_A_SERVICE];
        for (endpoint, (address, node)) in slice.endpoints.iter_mut().zip(&mut pods) {
            endpoint.addresses = vec![Ipv4Addr::from(address).into()];
            endpoint.node_name = Some(node.clone());
        }
    }
    cluster
}

/// The settings of the node of [`large_cluster`].
pub fn config() -> Config {
    Config { node_name: "node1".into(), ..Config::default() }
}

/// The objects of a cluster as YAML.
pub fn text(cluster: &Cluster) -> String {
    let node = Node::new("node1".into());
    let subject = Subject { cluster, config: config(), mode: Mode::Iptables, node: &node };
    export(&subject, Format::Objects).into_iter().map(|file| file.text).collect()
}
