//! Cases whose outcomes are those of the real controller's own tests.

use super::{TopologyCache, reconcile};
use crate::controllers::names::Names;
use crate::k8s::{self, Change, Changed, Cluster, EndpointSlice, NamespacedName, Service};

const SERVICE: &str = "apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {team: a}}
spec:
  clusterIP: 10.96.0.1
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
";

/// A Pod on node1 with the address 10.1.x.y that its number makes.
fn pod(number: usize, port: u16) -> String {
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: web-{number}, namespace: shop, labels: {{app: web}}}}\n\
         spec: {{nodeName: node1, containers: [{{ports: [{{name: http, containerPort: {port}}}]}}]}}\n\
         status: {{phase: Running, podIP: 10.1.{}.{}, conditions: [{{type: Ready, status: 'True'}}]}}\n",
        number / 250,
        number % 250 + 1
    )
}

fn cluster(pods: impl Iterator<Item = String>) -> Cluster {
    let node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: node1, labels: {topology.kubernetes.io/zone: a}}\n\
                status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}\n";
    let text = format!("{SERVICE}{node}{}", pods.collect::<String>());
    let parsed = k8s::parse(&text);
    assert_eq!(parsed.diagnostics, []);
    parsed.cluster
}

/// Applies what the controller does about the Service, and says what that is: `create`, `update`, `delete`.
fn sync(cluster: &mut Cluster) -> Vec<&'static str> {
    let service = cluster.services[0].clone();
    let changes = reconcile(cluster, &service, &mut TopologyCache::default(), &mut Names::seeded(1)).changes;
    let calls = changes.iter().map(|change| match change {
        Change::EndpointSlice(Changed::Added(_)) => "create",
        Change::EndpointSlice(Changed::Modified { .. }) => "update",
        Change::EndpointSlice(Changed::Deleted(_)) => "delete",
        _ => "something else",
    });
    let calls = calls.collect();
    for change in &changes {
        cluster.apply(change);
    }
    calls
}

fn lengths(cluster: &Cluster) -> Vec<usize> {
    let mut lengths: Vec<usize> = cluster.endpoint_slices.iter().map(|slice| slice.endpoints.len()).collect();
    lengths.sort_unstable();
    lengths
}

/// Makes the slices of all Pods and then cuts them into slices of the given lengths, without the rest.
fn with_slices(cluster: &mut Cluster, lengths: &[usize]) {
    sync(cluster);
    let whole = cluster.endpoint_slices.clone();
    let mut endpoints = whole.iter().flat_map(|slice| slice.endpoints.clone());
    cluster.endpoint_slices = lengths
        .iter()
        .zip('a'..)
        .map(|(length, letter)| EndpointSlice {
            name: NamespacedName::new("shop", &format!("web-{letter}")),
            endpoints: endpoints.by_ref().take(*length).collect(),
            ..whole[0].clone()
        })
        .collect();
}

#[test]
fn a_service_without_pods_has_one_empty_slice() {
    let mut cluster = cluster(std::iter::empty());
    assert_eq!(sync(&mut cluster), ["create"]);
    assert_eq!(sync(&mut cluster), [""; 0]);
    let slice = &cluster.endpoint_slices[0];
    assert_eq!((slice.ports.len(), slice.endpoints.len()), (0, 0));
    assert!(slice.name.name.starts_with("web-"));
    assert_eq!(slice.labels["team"], "a");
}

#[test]
fn slices_have_a_hundred_endpoints_at_most() {
    let mut cluster = cluster((0..250).map(|number| pod(number, 80)));
    assert_eq!(sync(&mut cluster), ["create"; 3]);
    assert_eq!(lengths(&cluster), [50, 100, 100]);
    assert_eq!(sync(&mut cluster), [""; 0]);
}

#[test]
fn new_endpoints_go_where_the_fewest_writes_put_them() {
    for (existing, pods, calls, expected) in [
        (vec![62, 61], 250, vec!["create", "update"], vec![61, 89, 100]),
        (vec![74, 74], 300, vec!["create", "create"], vec![52, 74, 74, 100]),
        (vec![99], 100, vec!["update"], vec![100]),
        (vec![100], 101, vec!["create"], vec![1, 100]),
    ] {
        let mut cluster = cluster((0..pods).map(|number| pod(number, 80)));
        with_slices(&mut cluster, &existing);
        assert_eq!(sync(&mut cluster), calls, "{existing:?}");
        assert_eq!(lengths(&cluster), expected, "{existing:?}");
        assert_eq!(sync(&mut cluster), [""; 0]);
    }
}

#[test]
fn slices_that_change_anyway_are_filled_first_and_the_fullest_of_them_before_others() {
    let mut cluster = cluster((0..115).map(|number| pod(number, 80)));
    with_slices(&mut cluster, &[80, 20]);
    for slice in &mut cluster.endpoint_slices {
        slice.endpoints[0].ready = Some(false);
    }
    assert_eq!(sync(&mut cluster), ["update"; 2]);
    assert_eq!(lengths(&cluster), [20, 95]);
}

#[test]
fn slices_are_reused_before_others_are_made() {
    let mut before = cluster((0..1000).map(|number| pod(number, 80)));
    with_slices(&mut before, &[100; 10]);
    before.pods.clear();
    let mut cluster = Cluster { pods: cluster((1000..1300).map(|number| pod(number, 80))).pods, ..before };
    let calls = sync(&mut cluster);
    assert_eq!(calls[..3], ["update"; 3]);
    assert_eq!(calls[3..], ["delete"; 7]);
    assert_eq!(lengths(&cluster), [100; 3]);
}

#[test]
fn pods_whose_named_port_differs_are_in_slices_of_their_own() {
    let mut cluster = cluster((0..300).map(|number| pod(number, 8000 + u16::try_from(number % 5).unwrap_or(0))));
    assert_eq!(sync(&mut cluster), ["create"; 5]);
    assert_eq!(lengths(&cluster), [60; 5]);
    let mut ports: Vec<_> = cluster.endpoint_slices.iter().map(|slice| slice.ports[0].port).collect();
    ports.sort_unstable();
    assert_eq!(ports, [8000, 8001, 8002, 8003, 8004].map(Some));
}

#[test]
fn conditions_follow_readiness_and_deletion() {
    for (ready, deleting, publish, expected) in [
        (true, false, false, [true, true, false]),
        (false, false, false, [false, false, false]),
        (true, true, false, [false, true, true]),
        (false, true, false, [false, false, true]),
        (false, true, true, [true, false, true]),
    ] {
        let mut cluster = cluster([pod(0, 80)].into_iter());
        cluster.pods[0].status.is_ready = ready;
        cluster.pods[0].is_deleting = deleting;
        cluster.services[0].publish_not_ready_addresses = publish;
        sync(&mut cluster);
        let endpoint = &cluster.endpoint_slices[0].endpoints[0];
        assert_eq!([endpoint.ready, endpoint.serving, endpoint.terminating], expected.map(Some));
        assert_eq!(endpoint.zone.as_deref(), Some("a"));
    }
}

#[test]
fn labels_of_the_service_are_those_of_its_slices_but_for_reserved_ones() {
    let mut cluster = cluster([pod(0, 80)].into_iter());
    sync(&mut cluster);
    let labelled = |key: &str| {
        let mut service: Service = cluster.services[0].clone();
        service.labels.insert(key.to_owned(), "b".to_owned());
        service
    };
    let (free, reserved) = (labelled("tier"), labelled(EndpointSlice::MANAGED_BY_LABEL));
    cluster.services[0] = reserved;
    assert_eq!(sync(&mut cluster), [""; 0]);
    cluster.services[0] = free;
    assert_eq!(sync(&mut cluster), ["update"]);
    assert_eq!(cluster.endpoint_slices[0].labels["tier"], "b");
}

#[test]
fn a_pod_on_an_unknown_node_counts_only_if_it_is_published_anyway() {
    let mut cluster = cluster([pod(0, 80)].into_iter());
    cluster.pods[0].spec.node_name = Some("gone".into());
    sync(&mut cluster);
    assert_eq!(lengths(&cluster), [0]);
    cluster.services[0].publish_not_ready_addresses = true;
    sync(&mut cluster);
    assert_eq!(lengths(&cluster), [1]);
}
