//! Whole journeys through the built-in cluster: properties that hold in every mode.
//!
//! The expected values are Kubernetes' own promises (a Service with ready endpoints answers, from the address that
//! was asked, by one of its endpoints), not numbers that the model gave.

use std::collections::BTreeSet;

use datapath_core::chance::explore;
use datapath_core::lab::{
    Client, ClientKind, Flow, Journey, Lab, Lane, Network, Outcome, Packets, Place, Target, Through, Unserved,
    WEB_SHOP, Way,
};
use datapath_core::net::Endpoint;
use datapath_core::netfilter::Hook;
use datapath_core::proxy::Mode;
use datapath_core::trace::{Event, Meter, Recorder, Silent, Step};

/// All nodes run, so that copies of a network need not start them.
fn lab() -> Lab {
    let lab = Lab::open(WEB_SHOP, 7).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    for lane in &lab.lanes {
        lane.network.start_all().unwrap_or_else(|error| panic!("{error:?}"));
    }
    lab
}

/// The addresses that the slices promise for a target.
fn ready_endpoints(lab: &Lab, target: &Target) -> BTreeSet<Endpoint> {
    let slices = lab.cluster.endpoint_slices.iter().filter(|slice| slice.service().as_ref() == Some(&target.service));
    slices
        .flat_map(|slice| {
            let port = slice.ports.iter().find(|port| port.name == target.port_name).and_then(|port| port.port);
            slice
                .endpoints
                .iter()
                .filter(|endpoint| endpoint.is_ready())
                .filter_map(move |endpoint| Some(Endpoint::new(*endpoint.addresses.first()?, port?)))
        })
        .collect()
}

fn exchange(network: &Network, client: &Client, target: &Target) -> Vec<(Journey<Recorder>, f64)> {
    explore(64, |chance| {
        let mut network = network.clone();
        let mut flow = Flow::open(&network, client, target, 40_000).expect("one family");
        network.exchange(&mut flow, chance, 1)
    })
}

/// From outside, only what is bound to nodes can be asked.
fn can_ask(client: &Client, target: &Target) -> bool {
    client.kind != ClientKind::Outside || matches!(target.through, Through::NodePort { .. })
}

#[test]
fn every_client_is_answered_by_exactly_the_ready_endpoints_in_every_mode() {
    let lab = lab();
    let mut asked = 0;
    for lane in &lab.lanes {
        for client in lab.clients() {
            for target in lab.targets().iter().filter(|target| can_ask(&client, target)) {
                let promised = ready_endpoints(&lab, target);
                if promised.is_empty() {
                    continue;
                }
                asked += 1;
                let journeys = exchange(&lane.network, &client, target);
                let mut reached = BTreeSet::new();
                for (journey, _) in &journeys {
                    match &journey.outcome {
                        Outcome::Answered { request, .. } => {
                            reached.insert(request.tuple().dst);
                        }
                        other => panic!("{}: {client} asks {target}: {other:?}", lane.mode),
                    }
                }
                if lane.mode == Mode::Ipvs {
                    // A scheduler leaves nothing to chance: a fresh node gives one answer.
                    assert!(reached.is_subset(&promised), "{client} asks {target}: {reached:?}");
                } else {
                    assert_eq!(reached, promised, "{}: {client} asks {target}", lane.mode);
                    let total: f64 = journeys.iter().map(|(_, probability)| probability).sum();
                    assert!((total - 1.0).abs() < 1e-6, "probabilities come to {total}");
                }
            }
        }
    }
    assert!(asked > 100, "only {asked} pairs were tried");
}

#[test]
fn each_endpoint_is_equally_likely() {
    let lab = lab();
    let target =
        lab.targets().into_iter().find(|target| ready_endpoints(&lab, target).len() == 3).expect("three endpoints");
    let client = &lab.clients()[0];
    for lane in lab.lanes.iter().filter(|lane| lane.mode != Mode::Ipvs) {
        for (_, probability) in exchange(&lane.network, client, &target) {
            // iptables keeps probabilities as multiples of 2^-31.
            assert!((probability - 1.0 / 3.0).abs() < 1e-8, "{}: {probability}", lane.mode);
        }
    }
}

#[test]
fn ipvs_round_robin_visits_every_endpoint_in_turn() {
    let mut lab = lab();
    let target =
        lab.targets().into_iter().find(|target| ready_endpoints(&lab, target).len() == 3).expect("three endpoints");
    let promised = ready_endpoints(&lab, &target);
    let client = lab.clients()[0].clone();
    let mut reached = BTreeSet::new();
    for _ in 0..3 {
        assert!(lab.send(&client, &target));
        let lane = lab.lanes.iter().find(|lane| lane.mode == Mode::Ipvs).expect("an IPVS lane");
        let Outcome::Answered { request, .. } = &lane.journeys[0].outcome else {
            panic!("{:?}", lane.journeys[0].outcome)
        };
        reached.insert(request.tuple().dst);
    }
    assert_eq!(reached, promised);
}

#[test]
fn a_service_without_endpoints_refuses_at_once_in_every_mode() {
    let lab = lab();
    let target = lab
        .targets()
        .into_iter()
        .find(|target| ready_endpoints(&lab, target).is_empty())
        .expect("a Service without endpoints");
    let client = &lab.clients()[0];
    for lane in &lab.lanes {
        let (journey, _) = exchange(&lane.network, client, &target).remove(0);
        assert!(matches!(journey.outcome, Outcome::Rejected { .. }), "{}: {:?}", lane.mode, journey.outcome);
    }
}

#[test]
fn the_second_packet_takes_the_short_way() {
    let mut lab = lab();
    let target = lab.targets().into_iter().find(|target| !ready_endpoints(&lab, target).is_empty()).expect("endpoints");
    let client = lab.clients()[0].clone();
    assert!(lab.send(&client, &target) && lab.send_next());
    for Lane { mode, journeys, .. } in &lab.lanes {
        let [first, second] = journeys.as_slice() else { panic!("two journeys") };
        let (Outcome::Answered { server, .. }, Outcome::Answered { server: again, .. }) =
            (&first.outcome, &second.outcome)
        else {
            panic!("{mode}: {:?} {:?}", first.outcome, second.outcome)
        };
        assert_eq!(server, again, "{mode}: a connection keeps its backend");
        assert!(second.cost(Way::Request).rules < first.cost(Way::Request).rules, "{mode}");
        let created = second.legs.iter().flat_map(|leg| &leg.tracer.trace.steps);
        assert!(!created.clone().any(|step| matches!(step.event, Event::ConnectionCreated { .. })), "{mode}");
    }
}

#[test]
fn tracers_agree() {
    let lab = lab();
    for lane in &lab.lanes {
        for client in lab.clients() {
            for target in lab.targets() {
                let Some(flow) = Flow::open(&lane.network, &client, &target, 41_000) else {
                    continue;
                };
                let chance = || datapath_core::chance::Chance::seeded(3);
                let recorded = lane.network.clone().exchange::<Recorder>(&mut flow.clone(), &mut chance(), 1);
                let metered = lane.network.clone().exchange::<Meter>(&mut flow.clone(), &mut chance(), 1);
                let silent = lane.network.clone().exchange::<Silent>(&mut flow.clone(), &mut chance(), 1);
                assert_eq!(recorded.outcome, metered.outcome);
                assert_eq!(recorded.outcome, silent.outcome);
                let metered = metered.legs.iter().map(|leg| leg.tracer.cost).sum();
                assert_eq!(recorded.total_cost(), metered);
            }
        }
    }
}

#[test]
fn a_pod_reaches_itself_through_its_service() {
    let lab = lab();
    for lane in &lab.lanes {
        for (address, pod) in lane.network.pods.iter().filter(|(_, pod)| !pod.listens.is_empty()) {
            let client = Client {
                kind: ClientKind::Pod { name: pod.name.clone(), node: lane.network.node_names[pod.node].clone() },
                address: Some(*address),
            };
            for target in lab.targets().iter().filter(|target| target.through == Through::ClusterIp) {
                for (journey, _) in exchange(&lane.network, &client, target) {
                    if let Outcome::Answered { server: Place::Pod(server), request, .. } = &journey.outcome
                        && server == address
                    {
                        assert_ne!(request.src, *address, "{}: a hairpin must be masqueraded", lane.mode);
                    }
                }
            }
        }
    }
}

/// `ip_forward` counts the hop down before the FORWARD hook, so that its rules and all that come after see it.
#[test]
fn the_header_of_each_step_shows_the_hop_that_was_counted() {
    let lab = lab();
    let mut forwarded = 0;
    for lane in &lab.lanes {
        for client in lab.clients() {
            for target in lab.targets().iter().filter(|target| can_ask(&client, target)) {
                for leg in exchange(&lane.network, &client, target).iter().flat_map(|(journey, _)| &journey.legs) {
                    let trace = &leg.tracer.trace;
                    let ttl = |step: &Step| trace.packet_after(step).expect("headers").ttl;
                    let arrived = trace.steps.iter().find(|step| matches!(step.event, Event::Arrived { .. }));
                    let Some(arrived) = arrived.map(ttl) else { continue };
                    for step in trace.steps.iter().filter(|step| step.hook == Some(Hook::Forward)) {
                        forwarded += 1;
                        assert_eq!(ttl(step), arrived - 1, "{}: {:?}", lane.mode, step.event);
                    }
                    for step in trace.steps.iter().filter(|step| step.hook == Some(Hook::Prerouting)) {
                        assert_eq!(ttl(step), arrived, "{}: {:?}", lane.mode, step.event);
                    }
                }
            }
        }
    }
    assert!(forwarded > 0);
}

#[test]
fn a_closed_connection_waits_in_conntrack_and_its_port_can_be_used_again() {
    let mut lab = lab();
    let client = lab.clients().remove(0);
    let target = lab.opening_target().expect("a target");
    assert!(lab.send_from(&client, &target, Some(5555), Packets::One) && lab.send_next() && lab.close());
    assert!(!lab.send_next() && !lab.close(), "it is over");
    let state = |lab: &Lab, wanted: &str| {
        lab.connections().iter().all(|lane| {
            let first = lane.first().expect("the client's node");
            let tracked = first.listings.iter().find(|listing| listing.command == "conntrack -L").expect("conntrack");
            tracked.lines.iter().any(|line| line.contains("sport=5555") && line.contains(wanted))
        })
    };
    assert!(state(&lab, "TIME_WAIT"), "{:#?}", lab.connections());
    for lane in &lab.lanes {
        assert!(matches!(lane.journeys.last().map(|journey| &journey.outcome), Some(Outcome::Delivered { .. })));
    }
    assert!(lab.send_from(&client, &target, Some(5555), Packets::One));
    assert!(lab.lanes.iter().all(|lane| matches!(lane.journeys[0].outcome, Outcome::Answered { .. })));
    assert!(state(&lab, "SYN_RECV"), "{:#?}", lab.connections());
}

/// The race of [#56903](https://github.com/kubernetes/kubernetes/issues/56903): two packets of one socket open a connection
/// each, and rules choose for each. Since 2020 the kernel drops neither of UDP, whose answers may then come from two servers
/// (`nf_ct_resolve_clash_harder`), but the second of TCP (`allow_clash`). IPVS has the choice in a table of its own
/// before conntrack has any.
#[test]
fn two_packets_at_once_open_two_connections_but_in_ipvs_mode() {
    let mut lab = lab();
    let client = lab.client_of("pod client-node1 on node1").expect("a client");
    let send = |lab: &mut Lab, target: &str, port| {
        let target = lab.target_of(target).expect("a target");
        assert!(lab.send_from(&client, &target, Some(port), Packets::TwoAtOnce));
        lab.lanes
            .iter()
            .map(|lane| <[Journey; 2]>::try_from(lane.journeys.clone()).expect("two packets"))
            .collect::<Vec<_>>()
    };
    let server = |journey: &Journey| match &journey.outcome {
        Outcome::Answered { server, .. } => server.clone(),
        other => panic!("{other:?}"),
    };
    let mut by_two = [0; 3];
    for port in 5301..5331 {
        for (lane, [faster, slower]) in
            send(&mut lab, "kube-system/kube-dns:dns at ClusterIP 10.96.0.10:53/udp", port).iter().enumerate()
        {
            by_two[lane] += u32::from(server(faster) != server(slower));
        }
        for [faster, slower] in send(&mut lab, "kube-system/kube-dns:dns-tcp at ClusterIP 10.96.0.10:53/tcp", port) {
            assert!(matches!(faster.outcome, Outcome::Answered { .. }), "{:?}", faster.outcome);
            assert!(matches!(slower.outcome, Outcome::Dropped { .. }), "{:?}", slower.outcome);
        }
    }
    assert!(by_two[0] > 0 && by_two[1] > 0 && by_two[2] == 0, "{by_two:?}");
}

/// How the packet that was sent last ended in each lane, and in which words.
fn endings(lab: &Lab) -> Vec<(Mode, Outcome, String)> {
    let of = |lane: &Lane| {
        let outcome = lane.journeys.last().expect("a packet was sent").outcome.clone();
        let told = outcome.tell(&lane.network);
        (lane.mode, outcome, format!("{}: {}", told.text, told.why.expect("a reason")))
    };
    lab.lanes.iter().map(of).collect()
}

/// A packet whose connection conntrack has forgotten may go to another pod (`nf_conntrack_tcp_loose`), whose kernel has no
/// such socket and resets (`tcp_v4_rcv`). IPVS takes only a SYN for a new connection (`sysctl_sloppy_tcp`): there it comes
/// to the node itself.
#[test]
fn a_pod_takes_data_of_no_connection_but_its_own() {
    let (mut kept, mut reset) = (0, 0);
    for seed in 0..12 {
        let mut lab = Lab::open(WEB_SHOP, seed).expect("the example opens");
        let (client, target) = lab.opening_packet().expect("a packet");
        assert!(lab.send(&client, &target));
        let server = |outcome: &Outcome| match outcome {
            Outcome::Answered { server, .. } | Outcome::Refused { by: server, .. } => server.clone(),
            other => panic!("{other:?}"),
        };
        let first: Vec<Place> = endings(&lab).iter().map(|(_, outcome, _)| server(outcome)).collect();
        lab.wait(3600).expect("time passes");
        assert!(lab.send_next());
        for ((mode, outcome, told), first) in endings(&lab).into_iter().zip(&first) {
            let is_same = server(&outcome) == *first;
            match &outcome {
                Outcome::Answered { reply, .. } => {
                    assert!(is_same && reply.src == target.destination.address, "{mode}: {told}");
                    kept += 1;
                }
                Outcome::Refused { because, reply, .. } => {
                    assert!(!is_same && reply.is_reset(), "{mode}: {told}");
                    assert_eq!(*because, Unserved::NoSuchConnection);
                    let by = if mode == Mode::Ipvs { "the kernel of node1" } else { "pod web-" };
                    assert!(told.starts_with(&format!("Connection reset by {by}")), "{told}");
                    assert!(told.ends_with("The kernel answers with TCP RST."), "{told}");
                    reset += 1;
                }
                other => panic!("{mode}: {other:?}"),
            }
            assert!(is_same || mode != Mode::Ipvs || matches!(outcome, Outcome::Refused { .. }));
        }
        // After a reset there is nothing to go on with: the client begins anew, and is answered.
        assert!(lab.send_next());
        for (mode, outcome, told) in endings(&lab) {
            assert!(matches!(outcome, Outcome::Answered { .. }), "{mode}: {told}");
        }
    }
    assert!(kept > 3 && reset > 12, "{kept} kept, {reset} reset");
}

/// `tcp_reset` ends the client's connection, and where no FIN of the server has come there is none to acknowledge. Of a
/// FIN that it knows no connection of, conntrack makes none (`tcp_conntracks`); in IPVS mode
/// it comes to the node itself.
#[test]
fn without_the_servers_fin_the_client_acknowledges_nothing() {
    let mut cut = 0;
    for seed in 0..6 {
        let mut lab = Lab::open(WEB_SHOP, seed).expect("the example opens");
        let (client, target) = lab.opening_packet().expect("a packet");
        assert!(lab.send(&client, &target));
        lab.wait(3600).expect("time passes");
        let sent: Vec<usize> = lab.lanes.iter().map(|lane| lane.journeys.len()).collect();
        assert!(lab.close());
        for (lane, sent) in lab.lanes.iter().zip(sent) {
            match &lane.journeys[sent..] {
                [fin, _] => {
                    assert!(matches!(fin.outcome, Outcome::Answered { .. }), "{}: {:?}", lane.mode, fin.outcome);
                }
                [fin] => {
                    let is_reset = matches!(&fin.outcome, Outcome::Refused { reply, .. } if reply.is_reset());
                    let is_answered = matches!(fin.outcome, Outcome::Answered { .. });
                    assert!(!is_answered && (is_reset || lane.mode != Mode::Ipvs), "{}: {:?}", lane.mode, fin.outcome);
                    cut += 1;
                }
                other => panic!("{}: {} packets", lane.mode, other.len()),
            }
        }
    }
    assert_eq!(cut, 18);
}

/// Somebody's own slice, and a Pod that it does not name: what it calls ready answers on the ports that it names, and an
/// address of no node's Pods is a machine out there.
#[test]
fn endpoints_of_a_slice_that_no_controller_wrote_answer() {
    let slice = |address: &str| {
        format!(
            "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: own\n  namespace: shop\n  labels: \
             {{kubernetes.io/service-name: own, endpointslice.kubernetes.io/managed-by: staff}}\naddressType: IPv4\nports: [{{name: '', port: 9000, protocol: TCP}}]\n\
             endpoints: [{{addresses: ['{address}'], conditions: {{ready: true}}}}]\n"
        )
    };
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: own, namespace: shop}\nspec:\n  clusterIP: \
                   10.96.9.9\n  selector: {app: own}\n  ports: [{port: 80, targetPort: 9000}]\n";
    let pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: own-0, namespace: shop, labels: {app: own}}\nspec: \
               {nodeName: node2, containers: [{name: own, image: own}]}\nstatus: {phase: Running, podIPs: [{ip: 10.244.2.77}], podIP: 10.244.2.77}\n";
    for (address, beside) in [("10.244.2.77", pod), ("10.244.2.78", ""), ("192.168.7.7", "")] {
        let text = format!("{WEB_SHOP}\n{service}{}{beside}", slice(address));
        let mut lab = Lab::open(&text, 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
        // A machine out there knows the way back to a node, and none to a Pod.
        let is_node = |client: &Client| client.to_string().contains("node1") && client.address.is_none();
        let client = lab.clients().into_iter().find(is_node).expect("a client");
        let target = lab.target_of("shop/own at ClusterIP 10.96.9.9:80/tcp").expect("a target");
        assert!(lab.send(&client, &target));
        let place = if address.starts_with("10.244.") {
            Place::Pod(address.parse().expect("an address"))
        } else {
            Place::Outside
        };
        for lane in &lab.lanes {
            let outcome = &lane.journeys[0].outcome;
            let answers = matches!(outcome, Outcome::Answered { server, .. } if *server == place);
            assert!(answers, "{address} in {}: {outcome:?}", lane.mode);
        }
    }
}

#[test]
fn a_syn_that_nobody_has_answered_is_sent_again() {
    let mut lab = lab();
    let (client, _) = lab.opening_packet().expect("a packet");
    let nobody = Target::parse("192.168.0.11:9999/tcp").expect("a target");
    assert!(lab.send(&client, &nobody) && !lab.can_close());
    assert!(lab.send_next());
    for lane in &lab.lanes {
        assert_eq!(lane.journeys[1].sent, lane.journeys[0].sent, "{}", lane.mode);
    }
}

/// Where no process is, a kernel answers (`__udp4_lib_rcv`, `tcp_v4_rcv`).
#[test]
fn where_no_process_listens_the_kernel_refuses() {
    let mut lab = lab();
    let (client, _) = lab.opening_packet().expect("a packet");
    for (address, answer) in [("192.168.0.11:9999/udp", "ICMP port unreachable"), ("192.168.0.11:9999/tcp", "TCP RST")]
    {
        assert!(lab.send(&client, &Target::parse(address).expect("a target")));
        for (mode, outcome, told) in endings(&lab) {
            assert!(
                matches!(outcome, Outcome::Refused { because: Unserved::NobodyListens, .. }),
                "{mode}: {outcome:?}"
            );
            assert!(told.starts_with("Refused by the kernel of node1: "), "{mode}: {told}");
            assert!(told.ends_with(&format!("the kernel there answers with {answer}.")), "{mode}: {told}");
        }
    }
}

/// kube-proxy's rules of iptables translate TCP, UDP and SCTP only: an echo goes where the default route leads.
#[test]
fn what_leaves_the_cluster_is_not_said_to_have_come_from_outside() {
    let mut lab = lab();
    let (client, target) = lab.opening_packet().expect("a packet");
    let address = target.destination.address;
    assert!(lab.send(&client, &Target::parse(&format!("{address}/icmp")).expect("a target")));
    let (_, outcome, told) = endings(&lab).into_iter().find(|(mode, ..)| *mode == Mode::Iptables).expect("a lane");
    assert_eq!(outcome, Outcome::Unknown { address });
    assert!(told.starts_with(&format!("Left the cluster for {address}, ")), "{told}");
    // And one from outside does not come in.
    let outside = lab.client_at("203.0.113.10").expect("somebody out there");
    assert!(lab.send(&outside, &target));
    for (mode, outcome, told) in endings(&lab) {
        assert_eq!(outcome, Outcome::NoRoute { place: Place::Outside, way: Way::Request }, "{mode}");
        assert!(told.starts_with("No route from outside the cluster"), "{told}");
    }
}
