//! Connections that were open before a sync, through all three datapaths.

use datapath_core::k8s::{Change, Changed, Cluster, EndpointSlice};
use datapath_core::lab::{Lab, Lane, NodeSync, Outcome, Place, Target, Through, WEB_SHOP};
use datapath_core::net::Protocol;
use datapath_core::proxy::{IpvsRequest, Mode, Operation};

/// All nodes run.
fn lab() -> Lab {
    let lab = Lab::open(WEB_SHOP, 7).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    for lane in &lab.lanes {
        lane.network.start_all().unwrap_or_else(|error| panic!("{error:?}"));
    }
    lab
}

fn target(lab: &Lab, service: &str, protocol: Protocol) -> Target {
    let wanted = |target: &&Target| {
        &*target.service.name == service && target.protocol == protocol && target.through == Through::ClusterIp
    };
    lab.targets().iter().find(wanted).cloned().unwrap_or_else(|| panic!("{service} has a ClusterIP"))
}

fn server(lane: &Lane) -> Place {
    match &lane.journeys.last().expect("a packet was sent").outcome {
        Outcome::Answered { server, .. } => server.clone(),
        other => panic!("{:?}: {other:?}", lane.mode),
    }
}

/// Changes the endpoints at one address of a Service.
fn change_endpoint(
    cluster: &mut Cluster,
    service: &str,
    place: &Place,
    edit: impl Fn(&mut datapath_core::k8s::SliceEndpoint),
) -> Change {
    let Place::Pod(address) = place else { panic!("{place:?} is no pod") };
    let is_at = |endpoint: &datapath_core::k8s::SliceEndpoint| endpoint.addresses.contains(address);
    let of_service = |slice: &&EndpointSlice| {
        slice.service().is_some_and(|name| &*name.name == service) && slice.endpoints.iter().any(is_at)
    };
    let old = cluster.endpoint_slices.iter().find(of_service).expect("its slice").clone();
    let mut new = old.clone();
    new.endpoints.iter_mut().filter(|endpoint| is_at(endpoint)).for_each(edit);
    let change = Change::EndpointSlice(Changed::modified(old, new));
    cluster.apply(&change);
    change
}

fn requests(syncs: &[NodeSync]) -> Vec<&IpvsRequest> {
    let operations = syncs.iter().flat_map(|sync| &sync.sync.operations);
    operations
        .filter_map(|operation| match operation {
            Operation::Ipvs(request) => Some(request),
            _ => None,
        })
        .collect()
}

#[test]
fn a_tcp_connection_keeps_its_endpoint_when_that_stops_being_ready() {
    for mode in Mode::ALL {
        let mut lab = lab();
        let target = target(&lab, "web", Protocol::Tcp);
        let client = lab.clients().remove(0);
        let mut cluster = Cluster::clone(&lab.cluster);
        let lane = lab.lanes.iter_mut().find(|lane| lane.mode == mode).expect("a lane for each mode");
        assert!(lane.open(&client, &target, 40_000, 1));
        let first = server(lane);

        let change = change_endpoint(&mut cluster, "web", &first, |endpoint| endpoint.ready = Some(false));
        let syncs = lane.change(&[change], &cluster, 2).unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(syncs.len(), lane.network.node_names.len(), "every node syncs");
        assert!(lane.send_next(3));
        assert_eq!(server(lane), first, "{mode}: the connection goes on");

        for port in 40_001..40_020 {
            assert!(lane.open(&client, &target, port, 4));
            assert_ne!(server(lane), first, "{mode}: nothing new comes to it");
        }
    }
}

/// `ip_vs_proto_tcp.c`: an established connection is forgotten after 15 minutes.
#[test]
fn ipvs_deletes_a_real_server_once_its_connections_are_gone() {
    let mut lab = lab();
    let target = target(&lab, "web", Protocol::Tcp);
    let client = lab.clients().remove(0);
    let mut cluster = Cluster::clone(&lab.cluster);
    let lane = lab.lanes.iter_mut().find(|lane| lane.mode == Mode::Ipvs).expect("a lane");
    assert!(lane.open(&client, &target, 40_000, 1));
    let first = server(lane);
    let Place::Pod(address) = first else { panic!("a pod answers") };
    let is_first = |real: &datapath_core::net::Endpoint| real.address == address;

    let change = change_endpoint(&mut cluster, "web", &first, |endpoint| endpoint.ready = Some(false));
    let syncs = lane.change(std::slice::from_ref(&change), &cluster, 2).expect("rules that load");
    let (mut waits, mut goes) = (0, 0);
    for request in requests(&syncs) {
        match request {
            IpvsRequest::SetDestination { real, weight: 0, .. } if is_first(real) => waits += 1,
            IpvsRequest::DeleteDestination { real, .. } if is_first(real) => goes += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(waits >= 1 && goes >= 1, "only where it has connections it waits: {waits} wait, {goes} go");

    assert!(requests(&lane.network.tick(60).expect("a tick")).is_empty(), "the connection is still there");
    let syncs = lane.network.tick(60 + 15 * 60).expect("a tick");
    let deletes = requests(&syncs);
    assert_eq!(deletes.len(), waits);
    assert!(deletes.iter().all(|request| matches!(request, IpvsRequest::DeleteDestination { .. })), "{deletes:?}");
    assert!(lane.network.tick(3600).expect("a tick").is_empty(), "nothing is left to wait for");
}

/// `CleanStaleEntries`: UDP has no end of a connection, so that kube-proxy makes one.
#[test]
fn a_udp_flow_leaves_an_endpoint_that_stops_serving() {
    for mode in Mode::ALL {
        let mut lab = lab();
        let target = target(&lab, "kube-dns", Protocol::Udp);
        let client = lab.clients().remove(0);
        let mut cluster = Cluster::clone(&lab.cluster);
        let lane = lab.lanes.iter_mut().find(|lane| lane.mode == mode).expect("a lane for each mode");
        assert!(lane.open(&client, &target, 40_000, 1));
        let first = server(lane);

        let change = change_endpoint(&mut cluster, "kube-dns", &first, |endpoint| {
            (endpoint.ready, endpoint.serving) = (Some(false), Some(false));
        });
        let syncs = lane.change(&[change], &cluster, 2).unwrap_or_else(|error| panic!("{error:?}"));
        let deleted = syncs.iter().map(|sync| sync.sync.effort().connections_deleted).sum::<usize>();
        assert!(deleted >= 1, "{mode}: the flow is stale");
        assert!(lane.send_next(3));
        assert_ne!(server(lane), first, "{mode}");
    }
}

#[test]
fn pods_come_and_go_with_their_endpoints() {
    for mode in Mode::ALL {
        let mut lab = lab();
        let target = target(&lab, "web", Protocol::Tcp);
        let client = lab.clients().remove(0);
        let mut cluster = Cluster::clone(&lab.cluster);
        let lane = lab.lanes.iter_mut().find(|lane| lane.mode == mode).expect("a lane for each mode");
        assert!(lane.open(&client, &target, 40_000, 1));
        let place = server(lane);
        let Place::Pod(old) = place else { panic!("a pod answers") };
        let new = "10.244.1.177".parse().expect("an address");
        let change = change_endpoint(&mut cluster, "web", &place, |endpoint| endpoint.addresses = vec![new]);
        lane.change(&[change], &cluster, 2).unwrap_or_else(|error| panic!("{error:?}"));

        // The Pod of the old address is still there, though it answers for no Service any more.
        assert!(lane.network.pods.contains_key(&new) && lane.network.pods.contains_key(&old));
        let mut seen = Vec::new();
        for port in 40_001..40_060 {
            assert!(lane.open(&client, &target, port, 3));
            seen.push(server(lane));
        }
        assert!(seen.contains(&Place::Pod(new)), "{mode}: the new pod serves");
        assert!(!seen.contains(&Place::Pod(old)), "{mode}: the old one does not");

        let again = lane.network.resync(10).unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(again.len(), lane.network.node_names.len());
        let written: usize = again.iter().map(|sync| sync.sync.effort().elements.written).sum();
        assert_eq!(written, 0, "{mode}: nothing has changed since");
    }
}
