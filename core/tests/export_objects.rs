//! Any cluster that can be read is exported so that it can be read again, whatever its labels hold.

use std::collections::BTreeMap;

use datapath_core::export::{Format, Subject, export};
use datapath_core::k8s::{self, Cluster, Node as KubernetesNode, NodeInfo, Taint, TaintEffect};
use datapath_core::lab::{Assumptions, WEB_SHOP};
use datapath_core::node::Node;
use datapath_core::proxy::{Config, Mode};
use proptest::prelude::*;

/// What the API server takes: `yes`, `012` and `1e3` among it, which are no strings without quotes.
const KEY: &str = "[a-zA-Z0-9]([a-zA-Z0-9._-]{0,6}[a-zA-Z0-9])?";
const VALUE: &str = "(yes|No|null|012|1e3|1_000|2024-01-01|[a-zA-Z0-9]([a-zA-Z0-9._-]{0,6}[a-zA-Z0-9])?)?";

proptest! {
    #[test]
    fn labels_come_back_whatever_yaml_takes_them_for(labels in proptest::collection::btree_map(KEY, VALUE, 0..6)) {
        let cluster = cluster(labels);
        let node = Node::new("node".into());
        let subject = Subject { cluster: &cluster, config: Config::default(), mode: Mode::Iptables, node: &node };
        let text: String = export(&subject, Format::Objects).into_iter().map(|file| file.text).collect();
        let parsed = k8s::parse(&text);
        prop_assert!(parsed.is_usable(), "{:#?}\n{text}", parsed.diagnostics);
        prop_assert_eq!(parsed.cluster, cluster);
    }
}

#[test]
fn the_configuration_comes_back() {
    let given = "\n---\napiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ipvs
detectLocalMode: InterfaceNamePrefix
detectLocal: {interfaceNamePrefix: veth}
nodePortAddresses: [192.168.0.0/24, 'fd00::/64']
iptables: {masqueradeBit: 3, masqueradeAll: true, localhostNodePorts: false}
nftables: {masqueradeBit: 7}
conntrack: {tcpBeLiberal: true}
ipvs: {scheduler: wrr, strictARP: true, excludeCIDRs: [10.9.0.0/16]}
";
    for configuration in ["", given] {
        let cluster = k8s::parse(&format!("{WEB_SHOP}{configuration}")).cluster;
        let node = Node::new("node".into());
        for mode in Mode::ALL {
            let config = Assumptions::of(&cluster).in_mode(mode).proxy_config(&cluster.nodes[0]);
            let subject = Subject { cluster: &cluster, config: config.clone(), mode, node: &node };
            let text: String = export(&subject, Format::ProxyConfiguration).into_iter().map(|file| file.text).collect();
            let read = k8s::parse(&text);
            assert_eq!(read.diagnostics, [], "{text}");
            let again = Cluster { proxy_configuration: read.cluster.proxy_configuration, ..cluster.clone() };
            let assumptions = Assumptions::of(&again);
            assert_eq!(assumptions.cluster_mode(), Some(mode));
            let of_mode = |config: Config| match mode {
                // Each mode writes down what it takes.
                Mode::Iptables => Config {
                    ipvs_scheduler: String::new(),
                    ipvs_strict_arp: false,
                    ipvs_exclude_cidrs: Vec::new(),
                    ..config
                },
                Mode::Nftables => Config {
                    ipvs_scheduler: String::new(),
                    ipvs_strict_arp: false,
                    ipvs_exclude_cidrs: Vec::new(),
                    localhost_node_ports: true,
                    ..config
                },
                Mode::Ipvs => {
                    let scheduler =
                        if config.ipvs_scheduler.is_empty() { "rr".to_owned() } else { config.ipvs_scheduler };
                    Config { ipvs_scheduler: scheduler, localhost_node_ports: true, ..config }
                }
            };
            assert_eq!(of_mode(assumptions.proxy_config(&again.nodes[0])), of_mode(config), "{text}");
        }
    }
}

fn cluster(labels: BTreeMap<String, String>) -> Cluster {
    let internal_ips = vec!["192.0.2.1".parse().expect("an address"), "2001:db8::1".parse().expect("an address")];
    let pod_cidrs = vec!["10.244.0.0/24".parse().expect("a prefix")];
    Cluster {
        nodes: vec![KubernetesNode {
            name: "node".into(),
            labels,
            internal_ips,
            pod_cidrs,
            is_ready: false,
            is_unschedulable: true,
            taints: vec![Taint::new(Taint::UNSCHEDULABLE, TaintEffect::NoSchedule)],
            allocatable_cpu: Some(3920),
            info: NodeInfo {
                kubelet_version: Some("v1.36.2".into()),
                os_image: Some("Debian 12".into()),
                ..NodeInfo::default()
            },
        }],
        ..Cluster::default()
    }
}
