//! The cluster that speed and memory are measured with.

use std::net::Ipv4Addr;

use datapath_core::export::{Format, Subject, export};
use datapath_core::k8s::Cluster;
use datapath_core::lab::synthetic;
use datapath_core::node::Node;
use datapath_core::proxy::{Config, Mode};

/// 10,000 Services of one TCP port with five endpoints each, all on one node.
pub fn large_cluster() -> Cluster {
    let mut cluster = synthetic(10_000);
    let mut next = u32::from(Ipv4Addr::new(10, 128, 0, 10));
    for slice in &mut cluster.endpoint_slices {
        let endpoint = slice.endpoints.remove(0);
        slice.endpoints = vec![endpoint; 5];
        for endpoint in &mut slice.endpoints {
            endpoint.addresses = vec![Ipv4Addr::from(next).into()];
            next += 1;
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
