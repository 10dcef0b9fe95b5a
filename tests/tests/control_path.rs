//! From actions on the cluster to packets: whatever happens to the cluster, each mode sends new connections to the
//! endpoints that are ready then, which is Kubernetes' own promise.

use std::collections::BTreeSet;
use std::net::IpAddr;

use datapath_core::chance::explore;
use datapath_core::controllers::Action;
use datapath_core::lab::{
    ActError, Client, ClientKind, ControlPath, Flow, Journey, Lab, Outcome, Place, PodState, Target, Through, WEB_SHOP,
    command, parse_command,
};
use datapath_core::proxy::{Extent, Mode};
use datapath_core::trace::Recorder;
use proptest::prelude::*;
use proptest::sample::Index;

/// All nodes run, so that copies of a network need not start them.
fn lab() -> Lab {
    let lab = Lab::open(WEB_SHOP, 7).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    for lane in &lab.lanes {
        lane.network.start_all().unwrap_or_else(|error| panic!("{error:?}"));
    }
    lab
}

fn act(lab: &mut Lab, line: &str) -> ControlPath {
    let action = parse_command(line).unwrap_or_else(|| panic!("no action: {line}"));
    lab.act(&action).unwrap_or_else(|error| panic!("{line}: {error:?}"))
}

/// The pods that may answer: the ready ones, and where there are none, those that still serve while they end.
fn promised(lab: &Lab, target: &Target) -> BTreeSet<IpAddr> {
    let slices = lab.cluster.endpoint_slices.iter().filter(|slice| slice.service().as_ref() == Some(&target.service));
    let endpoints: Vec<_> = slices.flat_map(|slice| &slice.endpoints).collect();
    let addresses = |usable: fn(&datapath_core::k8s::SliceEndpoint) -> bool| {
        let usable = endpoints.iter().filter(|endpoint| usable(endpoint));
        usable.filter_map(|endpoint| endpoint.addresses.first().copied()).collect::<BTreeSet<_>>()
    };
    let ready = addresses(|endpoint| endpoint.is_ready());
    if ready.is_empty() { addresses(|endpoint| endpoint.is_serving() && endpoint.is_terminating()) } else { ready }
}

fn first_packets(lab: &Lab, lane: usize, client: &Client, target: &Target) -> Vec<Journey<Recorder>> {
    let journeys = explore(64, |chance| {
        let mut network = lab.lanes[lane].network.clone();
        // A port that no open connection has.
        let mut flow = Flow::open(&network, client, target, 50_000).expect("one family");
        network.exchange(&mut flow, chance, lab.now)
    });
    journeys.into_iter().map(|(journey, _)| journey).collect()
}

/// Every ClusterIP from one client, in every mode.
fn assert_promises_kept(lab: &Lab) {
    let clients = lab.clients();
    let client = clients.iter().find(|client| matches!(client.kind, ClientKind::Pod { .. })).expect("a client");
    for (lane, of) in lab.lanes.iter().enumerate() {
        for target in lab.targets().iter().filter(|target| target.through == Through::ClusterIp) {
            let promised = promised(lab, target);
            let mut reached = BTreeSet::new();
            for journey in first_packets(lab, lane, client, target) {
                match journey.outcome {
                    Outcome::Answered { server: Place::Pod(address), .. } => {
                        assert!(promised.contains(&address), "{} {target}: {address} is not ready", of.mode);
                        reached.insert(address);
                    }
                    // The control plane has not noticed yet, or the Service has nobody left.
                    Outcome::NodeDown { .. } => {}
                    other => assert!(promised.is_empty(), "{} {target}: {other:?}, promised {promised:?}", of.mode),
                }
            }
            // IPVS takes them in turn, not by chance.
            if of.mode != Mode::Ipvs && lab.inventory().nodes.iter().all(|node| node.is_ready) {
                assert_eq!(reached, promised, "{} {target}", of.mode);
            }
        }
    }
}

#[test]
fn scaling_reaches_the_kernel_by_slices_and_partial_syncs() {
    let mut lab = lab();
    let path = act(&mut lab, "kubectl scale deployment/web -n shop --replicas=5");
    assert_promises_kept(&lab);
    let slices = path.rounds.iter().flat_map(|round| &round.objects).filter(|object| object.kind == "EndpointSlice");
    assert!(slices.count() > 0);
    for (lane, mode) in Mode::ALL.into_iter().enumerate() {
        let syncs: Vec<_> = path.rounds.iter().flat_map(|round| &round.written[lane]).collect();
        assert!(!syncs.is_empty(), "{mode} wrote nothing");
        for written in syncs {
            let wanted = if mode == Mode::Ipvs { Extent::Differences } else { Extent::Partial };
            assert_eq!(written.sync.extent, wanted);
        }
        let endpoints = path.rounds.iter().map(|round| round.effort(lane).real_servers.written).sum::<usize>();
        assert!(mode != Mode::Ipvs || endpoints > 0);
    }
}

#[test]
fn an_open_connection_survives_the_loss_of_readiness_and_new_ones_go_elsewhere() {
    let mut lab = lab();
    let client = lab.clients()[0].clone();
    let target = lab.opening_target().expect("a Service");
    assert!(lab.send(&client, &target));
    let served_by = |lab: &Lab, lane: usize| match &lab.lanes[lane].journeys.last().expect("a journey").outcome {
        Outcome::Answered { server: Place::Pod(address), .. } => *address,
        other => panic!("{other:?}"),
    };
    let first: Vec<IpAddr> = (0..lab.lanes.len()).map(|lane| served_by(&lab, lane)).collect();
    let pods = lab.inventory().workloads.into_iter().flat_map(|workload| workload.pods);
    let address =
        |name| lab.cluster.pods.iter().find(|pod| pod.name == name).and_then(|pod| pod.status.pod_ips.first());
    let pod = pods.into_iter().find(|pod| address(pod.name.clone()) == Some(&first[0])).expect("the pod that answered");
    let fail = pod.toggle_readiness().expect("a probe");
    lab.act(&fail).expect("a pod that is ready");
    assert_promises_kept(&lab);
    assert!(!promised(&lab, &target).contains(&first[0]));
    lab.send_next();
    for (lane, server) in first.into_iter().enumerate() {
        assert_eq!(served_by(&lab, lane), server, "lane {lane}");
    }
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let mut lab = lab();
    let before = lab.cluster.clone();
    for line in
        ["kubectl scale deployment/nobody -n shop --replicas=1", "kubectl uncordon node1", "lab fail-node node9"]
    {
        let action = parse_command(line).expect("an action");
        assert!(matches!(lab.act(&action), Err(ActError::Refused(_))), "{line}");
    }
    assert_eq!(lab.cluster, before);
}

/// What there is to do now, without growing for ever.
fn offers(lab: &Lab) -> Vec<Action> {
    let mut offers = lab.inventory().offers();
    offers.retain(|action| !matches!(action, Action::Scale { replicas: 6.., .. }));
    offers
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn after_any_actions_every_mode_keeps_the_promise(choices in prop::collection::vec(any::<Index>(), 1..10)) {
        let mut lab = lab();
        for choice in choices {
            let offers = offers(&lab);
            let action = choice.get(&offers);
            let read = parse_command(&command(action));
            prop_assert_eq!(read.as_ref(), Some(action));
            match lab.act(action) {
                Ok(_) => {}
                Err(ActError::Refused(_)) => continue,
                Err(ActError::Load(error)) => prop_assert!(false, "{action:?}: {error:?}"),
            }
            if lab.clients().iter().any(|client| matches!(client.kind, ClientKind::Pod { .. })) {
                assert_promises_kept(&lab);
            }
            let pods = lab.inventory().workloads.iter().flat_map(|workload| workload.pods.clone()).collect::<Vec<_>>();
            prop_assert!(pods.iter().all(|pod| pod.state != PodState::Ready || pod.node.is_some()));
        }
    }
}
