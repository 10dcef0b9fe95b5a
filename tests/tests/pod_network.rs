//! However pods and nodes are joined, the same packets arrive: by cables and routes, or by Flannel's bridge and overlay.

use std::net::IpAddr;

use datapath_core::controllers::Action;
use datapath_core::k8s::{NamespacedName, Resource};
use datapath_core::lab::{Journey, Lab, WEB_SHOP};
use datapath_core::shell::{Location, run};
use datapath_core::trace::Event;

fn flannel(backend: &str) -> String {
    format!(
        "{WEB_SHOP}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: kube-flannel-cfg, namespace: kube-flannel}}\n\
         data:\n  cni-conf.json: |\n    {{\"plugins\": [{{\"type\": \"flannel\", \"delegate\": {{\"hairpinMode\": true}}}}]}}\n  \
         net-conf.json: |\n    {{\"Network\": \"10.244.0.0/16\", \"Backend\": {{\"Type\": \"{backend}\"}}}}\n"
    )
}

/// What became of each packet from everybody to everything, in every mode.
fn journeys(text: &str) -> Vec<(String, Journey)> {
    let mut lab = Lab::open(text, 7).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    let (clients, targets) = (lab.clients(), lab.targets());
    let mut journeys = Vec::new();
    for client in &clients {
        for target in &targets {
            if !lab.send(client, target) {
                continue;
            }
            for lane in &lab.lanes {
                let name = format!("{:?}: {client} -> {target}", lane.mode);
                journeys.extend(lane.journeys.iter().map(|journey| (name.clone(), journey.clone())));
            }
        }
    }
    journeys
}

fn has(journey: &Journey, is_it: impl Fn(&Event) -> bool) -> bool {
    journey.legs.iter().any(|leg| leg.tracer.trace.steps.iter().any(|step| is_it(&step.event)))
}

#[test]
fn every_network_delivers_the_same() {
    let plain = journeys(WEB_SHOP);
    assert!(plain.len() > 100);
    for backend in ["host-gw", "vxlan"] {
        let joined = journeys(&flannel(backend));
        assert_eq!(plain.len(), joined.len());
        for ((name, plain), (_, joined)) in plain.iter().zip(&joined) {
            let ends = [plain, joined].map(|journey| std::mem::discriminant(&journey.outcome));
            assert_eq!(ends[0], ends[1], "{backend}: {name}: {:?}, not {:?}", joined.outcome, plain.outcome);
        }
        let switched =
            joined.iter().filter(|(_, journey)| has(journey, |event| matches!(event, Event::Switched { .. })));
        assert!(switched.count() > plain.len() / 2, "{backend}: few packets passed a bridge");
        let wrapped = joined.iter().filter(|(_, journey)| has(journey, |event| *event == Event::Encapsulated));
        assert_eq!(wrapped.count() > plain.len() / 4, backend == "vxlan", "{backend}");
        let unknown =
            joined.iter().find(|(_, journey)| has(journey, |event| matches!(event, Event::NotModelled { .. })));
        assert!(unknown.is_none(), "{unknown:?}");
    }
}

#[test]
fn an_overlay_forgets_the_node_that_is_gone() {
    let mut lab = Lab::open(&flannel("vxlan"), 7).expect("it opens");
    let peers = |lab: &Lab| -> Vec<usize> {
        let node = lab.lanes.iter().filter_map(|lane| lane.network.node(0));
        node.flat_map(|node| node.stack.vxlans.values().map(|vxlan| vxlan.peers.len()))
            .filter(|peers| *peers > 0)
            .collect()
    };
    assert_eq!(peers(&lab), [2, 2, 2], "the two other nodes, in every lane");
    let name = NamespacedName { namespace: "".into(), name: "node3".into() };
    lab.act(&Action::Delete { resource: Resource::Node, name }).expect("it goes");
    assert_eq!(peers(&lab), [1, 1, 1]);
}

/// Everybody is asked for a hardware address on the first node, and the one pod for its own.
#[test]
fn every_frame_has_a_sender() {
    for text in [WEB_SHOP.to_owned(), flannel("host-gw"), flannel("vxlan")] {
        let mut lab = Lab::open(&text, 7).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
        let at = Location::first(&lab).expect("a node");
        let pod = lab.lanes[0].network.pods.iter().find(|(address, pod)| pod.node == 0 && address.is_ipv4());
        let IpAddr::V4(pod) = *pod.expect("a pod on the node").0 else { unreachable!("it is of IPv4") };
        let [a, b, c, d] = pod.octets();
        for rule in
            ["! --mac-source 02:00:00:00:00:99".to_owned(), format!("--mac-source a:58:{a:x}:{b:x}:{c:x}:{d:x}")]
        {
            let ran = run(&mut lab, &at, &format!("iptables -t raw -A PREROUTING -m mac {rule}"));
            assert_eq!(ran.output.status, 0, "{}", ran.output.text());
        }
        let (clients, targets) = (lab.clients(), lab.targets());
        let (mut of_anybody, mut of_pod) = (0, 0);
        for (client, target) in clients.iter().flat_map(|client| targets.iter().map(move |target| (client, target))) {
            if !lab.send(client, target) {
                continue;
            }
            let journeys = lab.lanes[0].journeys.iter();
            let legs = journeys.flat_map(|journey| &journey.legs).filter(|leg| leg.node == 0);
            let steps = legs.flat_map(|leg| leg.tracer.trace.steps.iter().map(move |step| (&leg.tracer.trace, step)));
            for (trace, step) in steps {
                assert!(!matches!(step.event, Event::NotModelled { .. }), "{client} -> {target}: {:?}", step.event);
                let Event::RuleMatched { rule, .. } = &step.event else { continue };
                let chain = lab.lanes[0].network.node(0).expect("the node").chain_name(rule.chain);
                match (chain.as_str(), rule.index) {
                    ("raw PREROUTING", 0) => of_anybody += 1,
                    ("raw PREROUTING", 1) => {
                        of_pod += 1;
                        assert_eq!(trace.packets[step.packet as usize].src, IpAddr::V4(pod), "{client} -> {target}");
                    }
                    _ => {}
                }
            }
        }
        assert!(of_anybody > of_pod && of_pod > 0, "{of_pod} of {of_anybody}");
    }
}
