//! Any cluster that can be read is exported so that it can be read again, whatever its labels and names hold.

use std::collections::BTreeMap;

use datapath_core::export::{Format, Subject, export};
use datapath_core::k8s::{self, Cluster, Node as KubernetesNode, Taint, TaintEffect};
use datapath_core::node::Node;
use datapath_core::proxy::{Config, Mode};
use proptest::prelude::*;

proptest! {
    #[test]
    fn labels_of_any_text_come_back(labels in proptest::collection::btree_map(any::<String>(), any::<String>(), 0..6)) {
        let cluster = cluster(labels);
        let node = Node::new("node".into());
        let subject = Subject { cluster: &cluster, config: Config::default(), mode: Mode::Iptables, node: &node };
        let text: String = export(&subject, Format::Objects).into_iter().map(|file| file.text).collect();
        let parsed = k8s::parse(&text);
        prop_assert!(parsed.is_usable(), "{:#?}\n{text}", parsed.diagnostics);
        prop_assert_eq!(parsed.cluster, cluster);
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
        }],
        ..Cluster::default()
    }
}
