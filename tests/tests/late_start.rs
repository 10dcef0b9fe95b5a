//! Nodes start when something needs them, and are then as if they had started with the cluster as it is.

use std::sync::Arc;

use datapath_core::k8s::{self, Cluster};
use datapath_core::lab::{Client, ClientKind, Lab, Listing, Network, WEB_SHOP, parse_command};
use datapath_core::proxy::Mode;

fn lab(text: &str) -> Lab {
    Lab::open(text, 7).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics))
}

fn started(network: &Network) -> Vec<usize> {
    (0..network.node_names.len()).filter(|node| network.is_started(*node)).collect()
}

/// The example, and next to it a Service of very many endpoints, so that not all nodes can follow an action.
fn large_shop() -> String {
    let mut text = WEB_SHOP.to_owned();
    let nodes = k8s::parse(WEB_SHOP).cluster.nodes;
    for slice in 0..80 {
        text.push_str(&format!(
            "\n---\n{{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4, metadata: \
             {{name: many-{slice}, namespace: shop, labels: {{kubernetes.io/service-name: many}}}}, \
             ports: [{{name: '', port: 80, protocol: TCP}}], endpoints: ["
        ));
        for endpoint in 0..100 {
            let node = &nodes[endpoint % nodes.len()].name;
            text.push_str(&format!("{{addresses: [10.200.{slice}.{endpoint}], nodeName: {node}}}, "));
        }
        text.push_str("]}");
    }
    text
}

#[test]
fn nothing_starts_before_it_is_needed() {
    let mut lab = lab(WEB_SHOP);
    assert!(lab.lanes.iter().all(|lane| started(&lane.network).is_empty()));
    let client = lab.clients().remove(0);
    let target = lab.targets().remove(0);
    assert!(lab.send(&client, &target));
    for lane in &lab.lanes {
        let mut passed: Vec<usize> = lane.journeys[0].legs.iter().map(|leg| leg.node).collect();
        passed.sort_unstable();
        passed.dedup();
        assert_eq!(started(&lane.network), passed, "{}", lane.mode);
    }
    let node = lab.lanes[0].network.node_names.len() - 1;
    assert_ne!(Listing::of(&lab.lanes[0].network, node, 0), Listing::default());
    assert!(lab.lanes[0].network.is_started(node), "a listing needs the node");
}

#[test]
fn an_action_in_a_small_cluster_needs_all_nodes() {
    let mut lab = lab(WEB_SHOP);
    let path = lab.act(&parse_command("kubectl scale deployment/web -n shop --replicas=5").expect("an action"));
    assert_eq!(path.expect("an action that can be done").nodes_left_out, 0);
    assert!(lab.lanes.iter().all(|lane| started(&lane.network).len() == lab.cluster.nodes.len()));
}

/// What is in a node's kernel.
fn kernel(network: &Network, node: usize) -> (Listing, Vec<String>) {
    let listing = Listing::of(network, node, 0);
    let routing = &network.node(node).expect("a node").stack.routing;
    let mut routes: Vec<String> = routing.routes().map(|route| format!("{route:?}")).collect();
    routes.sort();
    (listing, routes)
}

#[test]
fn a_node_that_starts_late_finds_the_cluster_as_it_is() {
    let mut lab = lab(&large_shop());
    let nodes = lab.cluster.nodes.len();
    let client = Client { kind: ClientKind::Process { node: lab.cluster.nodes[1].name.clone() }, address: None };
    let target = lab.targets().remove(0);
    assert!(lab.send(&client, &target));
    let before: Arc<Cluster> = Arc::clone(&lab.cluster);
    for line in ["kubectl scale deployment/web -n shop --replicas=5", "kubectl rollout restart deployment/web -n shop"]
    {
        let path = lab.act(&parse_command(line).expect("an action")).expect("an action that can be done");
        let running = started(&lab.lanes[0].network);
        assert!(path.nodes_left_out > 0, "the test is about nodes that do not run");
        assert_eq!(path.nodes_left_out, nodes - running.len());
        assert!(lab.lanes.iter().all(|lane| started(&lane.network) == running), "the modes can be compared");
        let written: Vec<_> = path.rounds.iter().flat_map(|round| round.written.iter().flatten()).collect();
        assert!(!written.is_empty() && written.iter().all(|sync| running.contains(&sync.node)));
    }
    assert_ne!(before, lab.cluster);
    for mode in Mode::ALL {
        let network = &lab.lanes.iter().find(|lane| lane.mode == mode).expect("a lane for each mode").network;
        let late = (0..nodes).find(|node| !network.is_started(*node)).expect("a node that nothing needed");
        let fresh = Network::new(Arc::clone(&lab.cluster), lab.assumptions.in_mode(mode), mode);
        // Cables are numbered in the order of their coming.
        let ends = |network: &Network| {
            let (listing, routes) = kernel(network, late);
            (listing, routes.into_iter().filter(|route| !route.contains("veth")).collect::<Vec<_>>())
        };
        assert_eq!(ends(network), ends(&fresh), "{mode}");
    }
}

#[test]
fn a_node_that_loses_its_power_keeps_what_it_had_and_starts_anew() {
    let mut lab = lab(&large_shop());
    let node = lab.cluster.nodes.len() - 1;
    let name = lab.cluster.nodes[node].name.clone();
    let fresh = |lab: &Lab| {
        let network = Network::new(Arc::clone(&lab.cluster), lab.assumptions.in_mode(Mode::Nftables), Mode::Nftables);
        Listing::of(&network, node, 0)
    };
    let of = |lab: &Lab| Listing::of(&lab.lanes[1].network, node, 0);
    let before = fresh(&lab);
    lab.act(&parse_command(&format!("lab fail-node {name}")).expect("an action")).expect("a node that fails");
    assert_ne!(fresh(&lab), before, "the cluster has noticed");
    assert_eq!(of(&lab), before, "the node has not");
    lab.act(&parse_command(&format!("lab recover-node {name}")).expect("an action")).expect("a node that comes back");
    assert!(!lab.lanes[1].network.is_started(node));
    assert_eq!(of(&lab), fresh(&lab));
}
