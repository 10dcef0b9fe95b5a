//! A virtual address on two machines of one link: who gets its packets depends on who answers ARP.

use std::collections::BTreeMap;

use datapath_core::lab::{Client, ClientKind, Journey, Lab, Network, Outcome, Place, Target, Way};
use datapath_core::net::{Endpoint, Protocol};
use datapath_core::proxy::Mode;
use datapath_core::shell::{Location, run};
use datapath_core::trace::{Asked, Event};

/// Two nodes; on the second a process of the host listens on port 80.
fn cluster(strict_arp: bool) -> String {
    let node = |name: &str, address: &str, pods: &str| {
        format!(
            "apiVersion: v1\nkind: Node\nmetadata: {{name: {name}}}\nspec: {{podCIDRs: [{pods}]}}\n\
             status: {{addresses: [{{type: InternalIP, address: {address}}}]}}\n---\n"
        )
    };
    let nodes = node("director", "192.168.0.11", "10.244.1.0/24") + &node("server", "192.168.0.12", "10.244.2.0/24");
    format!(
        "{nodes}apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\n\
         spec: {{clusterIP: 10.96.0.50, ports: [{{port: 80}}]}}\n---\n\
         apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n\
         metadata: {{name: web-1, labels: {{kubernetes.io/service-name: web}}}}\naddressType: IPv4\n\
         ports: [{{port: 80, name: ''}}]\nendpoints: [{{addresses: [192.168.0.12], nodeName: server}}]\n---\n\
         apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n\
         ipvs: {{strictARP: {strict_arp}}}\n"
    )
}

const VIRTUAL: &str = "192.168.0.100";

/// The lab with IPVS in direct routing mode on the first node, and the virtual address on the loopback of the second.
fn lab(strict_arp: bool) -> Lab {
    let mut lab = Lab::open(&cluster(strict_arp), 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    for (node, line) in [
        ("director", format!("ip addr add {VIRTUAL}/32 dev eth0")),
        ("director", format!("ipvsadm -A -t {VIRTUAL}:80 -s rr")),
        ("director", format!("ipvsadm -a -t {VIRTUAL}:80 -r 192.168.0.12:80 -g")),
        ("server", format!("ip addr add {VIRTUAL}/32 dev lo")),
    ] {
        let ran = run(&mut lab, &Location::node(Mode::Ipvs, node), &line);
        assert_eq!(ran.output.status, 0, "{line}: {}", ran.output.text());
    }
    lab
}

fn network(lab: &Lab) -> &Network {
    &lab.lanes.iter().find(|lane| lane.mode == Mode::Ipvs).expect("the lane of IPVS").network
}

/// What the outside was told when it asked for the address, and what came of its packet, over some connections.
fn asked(lab: &mut Lab) -> Vec<(Asked, Journey)> {
    let outside = Client { kind: ClientKind::Outside, address: Network::OUTSIDE[0].parse().ok() };
    let at = Endpoint::new(VIRTUAL.parse().expect("an address"), 80);
    let target = Target::address("virtual", Protocol::Tcp, at);
    (0..40)
        .map(|_| {
            assert!(lab.send(&outside, &target));
            let lane = lab.lanes.iter().find(|lane| lane.mode == Mode::Ipvs).expect("the lane of IPVS");
            let journey = lane.journeys.last().expect("a journey").clone();
            let first = &journey.legs.first().expect("a leg").tracer.trace.steps.first().expect("a step").event;
            let Event::WhoHas(asked) = first else { panic!("{first:?}") };
            (asked.clone(), journey)
        })
        .collect()
}

fn served_by(journey: &Journey) -> Option<usize> {
    match &journey.outcome {
        Outcome::Answered { server: Place::Process(node), .. } => Some(*node),
        _ => None,
    }
}

#[test]
fn a_real_server_that_answers_takes_packets_from_the_balancer() {
    let mut lab = lab(false);
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (asked, journey) in asked(&mut lab) {
        assert_eq!((asked.answered.len(), asked.ignored.len()), (2, 0), "{asked:?}");
        let name = asked.first.expect("an answer").to_string();
        // Whoever gets the packet, the process of the second node serves it: straight, or sent on by the balancer.
        let legs: Vec<_> = journey.legs.iter().map(|leg| &*leg.node_name).collect();
        assert_eq!(served_by(&journey), Some(1), "{:?}", journey.outcome);
        assert_eq!(legs[0], name);
        assert_eq!(legs.contains(&"director"), name == "director", "{legs:?}");
        *first.entry(name).or_default() += 1;
    }
    assert_eq!(first.len(), 2, "{first:?}");
    let real = network(&lab).node(0).expect("a node").ipvs.connections().len();
    assert_eq!(real, first["director"], "the balancer knows only of what came by it");
}

#[test]
fn with_strict_arp_everything_goes_through_the_balancer() {
    let mut lab = lab(true);
    for (asked, journey) in asked(&mut lab) {
        assert_eq!(asked.answered.len(), 1, "{asked:?}");
        assert_eq!(asked.ignored, [("server".into(), 1)]);
        assert_eq!(served_by(&journey), Some(1), "{:?}", journey.outcome);
        // The answer goes past the balancer.
        let legs: Vec<_> = journey.legs.iter().map(|leg| &*leg.node_name).collect();
        assert_eq!(legs, ["director", "server", "server"]);
    }
}

#[test]
fn an_address_that_nobody_has_is_nowhere() {
    let mut lab = lab(false);
    let outside = Client { kind: ClientKind::Outside, address: Network::OUTSIDE[0].parse().ok() };
    let at = Endpoint::new("192.168.0.101".parse().expect("an address"), 80);
    assert!(lab.send(&outside, &Target::address("nobody", Protocol::Tcp, at)));
    for lane in &lab.lanes {
        assert_eq!(
            lane.journeys.last().expect("a journey").outcome,
            Outcome::NoRoute { place: Place::Outside, way: Way::Request }
        );
    }
}

/// A real server that was copied from a terminal: the address is on its loopback.
#[test]
fn a_copied_real_server_says_whether_it_answers() {
    let paste = |sysctl: &str| {
        format!(
            "$ ip addr\n1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    \
             inet 127.0.0.1/8 scope host lo\n    inet {VIRTUAL}/32 scope global lo\n\
             2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP group default qlen 1000\n    \
             inet 192.168.0.12/24 scope global eth0\n$ ip route\n192.168.0.0/24 dev eth0 proto kernel scope link \
             src 192.168.0.12\n{sysctl}"
        )
    };
    for (sysctl, answers) in
        [("", true), ("$ sysctl net.ipv4.conf.all.arp_ignore\nnet.ipv4.conf.all.arp_ignore = 1\n", false)]
    {
        let mut lab = Lab::open(&paste(sysctl), 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
        let clients = lab.clients();
        let client = clients.iter().find(|client| matches!(client.kind, ClientKind::Behind { .. })).expect("a client");
        let at = Endpoint::new(VIRTUAL.parse().expect("an address"), 80);
        assert!(lab.send(client, &Target::address("virtual", Protocol::Tcp, at)));
        let journey = lab.lanes[0].journeys.last().expect("a journey");
        let steps = &journey.legs[0].tracer.trace.steps;
        let Event::WhoHas(asked) = &steps[0].event else { panic!("{:?}", steps[0]) };
        assert_eq!(asked.first.is_some(), answers, "{asked:?}");
        assert_eq!(asked.ignored.len(), usize::from(!answers));
    }
}
