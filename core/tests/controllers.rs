//! From actions to endpoint slices: what each round does, and what holds after any of them.

use std::collections::{BTreeMap, BTreeSet};

use datapath_core::controllers::{Action, Controllers, Refusal, Round};
use datapath_core::k8s::{
    self, Change, Cluster, EndpointSlice, NamespacedName, Resource, Service, ServiceType, WorkloadKind, selects,
};
use datapath_core::lab::WEB_SHOP;
use datapath_core::net::Family;
use expect_test::{Expect, expect};
use proptest::prelude::*;

fn start(text: &str) -> (Cluster, Controllers, Vec<Round>) {
    let parsed = k8s::parse(text);
    assert!(parsed.is_usable(), "{:#?}", parsed.diagnostics);
    let mut cluster = parsed.cluster;
    let (controllers, rounds) = Controllers::start(&mut cluster, 1);
    (cluster, controllers, rounds)
}

fn web_shop() -> (Cluster, Controllers) {
    let (cluster, controllers, _) = start(WEB_SHOP);
    (cluster, controllers)
}

fn shop(name: &str) -> NamespacedName {
    NamespacedName::new("shop", name)
}

fn scale(kind: WorkloadKind, name: &str, replicas: u32) -> Action {
    Action::Scale { kind, name: shop(name), replicas }
}

/// `actor: what`, with the endpoints of `service` after the rounds that changed slices.
fn narrate(rounds: &[Round], before: &Cluster, service: &str) -> String {
    let mut cluster = before.clone();
    let mut lines = String::new();
    for round in rounds {
        lines += &format!("{}: {}\n", round.actor, round.what);
        for change in &round.changes {
            cluster.apply(change);
        }
        if round.changes.iter().any(|change| matches!(change, Change::EndpointSlice(_))) {
            lines += &format!("    {}\n", endpoints(&cluster, service));
        }
    }
    lines
}

/// Each endpoint with the first letters of the conditions that it has.
fn endpoints(cluster: &Cluster, service: &str) -> String {
    let slices = cluster.endpoint_slices.iter().filter(|slice| slice.service() == Some(shop(service)));
    let printed = slices.flat_map(|slice| &slice.endpoints).map(|endpoint| {
        let conditions = [("r", endpoint.ready), ("s", endpoint.serving), ("t", endpoint.terminating)];
        let held: String =
            conditions.iter().filter(|(_, held)| *held == Some(true)).map(|(letter, _)| *letter).collect();
        format!("{} {}", endpoint.addresses[0], if held.is_empty() { "-" } else { &held })
    });
    let printed = printed.collect::<Vec<_>>().join(", ");
    if printed.is_empty() { "nothing".to_owned() } else { printed }
}

fn check(action: &Action, service: &str, expected: &Expect) {
    let (mut cluster, mut controllers) = web_shop();
    let before = cluster.clone();
    let rounds = controllers.act(&mut cluster, action).unwrap_or_else(|refusal| panic!("{refusal}"));
    expected.assert_eq(&narrate(&rounds, &before, service));
    assert_holds(&cluster);
}

#[test]
fn the_example_is_complete_and_consistent() {
    let given = k8s::parse(WEB_SHOP).cluster;
    let (mut cluster, mut controllers, rounds) = start(WEB_SHOP);
    assert_eq!(rounds, []);
    assert_eq!(cluster.endpoint_slices, given.endpoint_slices);
    assert_eq!(cluster.pods.len(), 12);
    let owned = cluster.pods.iter().filter(|pod| pod.owner.is_some()).count();
    assert_eq!(owned, 12);
    // Looking at every Service changes nothing but what was asked.
    for service in given.services {
        let mut changed = service.clone();
        changed.publish_not_ready_addresses = true;
        let name = service.name.clone();
        let rounds = controllers.act(&mut cluster, &Action::PutService(Box::new(changed))).expect("a new version");
        assert_eq!(rounds.len(), 1, "{name}: {rounds:#?}");
    }
    assert_eq!(cluster.endpoint_slices, given.endpoint_slices);
}

#[test]
fn scaling_up_and_down() {
    check(
        &scale(WorkloadKind::Deployment, "web", 5),
        "web",
        &expect![[r#"
        user: scales Deployment shop/web from 3 to 5
        deployment-controller: scales ReplicaSet web-7d4b9c6f5 of Deployment shop/web from 3 to 5
        replicaset-controller: creates Pods web-7d4b9c6f5-d86wn and web-7d4b9c6f5-ksqs4 of ReplicaSet shop/web-7d4b9c6f5
        kube-scheduler: Pods web-7d4b9c6f5-d86wn and web-7d4b9c6f5-ksqs4 go to node1 (1), node2 (1)
        kubelet: Pods web-7d4b9c6f5-d86wn and web-7d4b9c6f5-ksqs4 start
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 -, 10.244.2.15 -
        kubelet: Pods web-7d4b9c6f5-d86wn and web-7d4b9c6f5-ksqs4 become ready
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 rs, 10.244.2.15 rs
    "#]],
    );
    check(
        &scale(WorkloadKind::Deployment, "web", 1),
        "web",
        &expect![[r#"
        user: scales Deployment shop/web from 3 to 1
        deployment-controller: scales ReplicaSet web-7d4b9c6f5 of Deployment shop/web from 3 to 1
        replicaset-controller: deletes Pods web-7d4b9c6f5-lm6tx and web-7d4b9c6f5-9wz4c of ReplicaSet shop/web-7d4b9c6f5
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.2.11 st, 10.244.3.11 st
        kubelet: Pods web-7d4b9c6f5-9wz4c and web-7d4b9c6f5-lm6tx have ended
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs
    "#]],
    );
    check(
        &scale(WorkloadKind::StatefulSet, "orders-db", 3),
        "orders-db",
        &expect![[r#"
        user: scales StatefulSet shop/orders-db from 1 to 3
        statefulset-controller: creates Pod orders-db-1 of StatefulSet shop/orders-db
        kube-scheduler: Pod orders-db-1 goes to node1
        kubelet: Pod orders-db-1 starts
        endpointslice-controller: updates 1 endpoint slice of Service shop/orders-db
            10.244.3.15 rs, 10.244.1.14 -
        kubelet: Pod orders-db-1 becomes ready
        endpointslice-controller: updates 1 endpoint slice of Service shop/orders-db
            10.244.3.15 rs, 10.244.1.14 rs
        statefulset-controller: creates Pod orders-db-2 of StatefulSet shop/orders-db
        kube-scheduler: Pod orders-db-2 goes to node2
        kubelet: Pod orders-db-2 starts
        endpointslice-controller: updates 1 endpoint slice of Service shop/orders-db
            10.244.3.15 rs, 10.244.1.14 rs, 10.244.2.15 -
        kubelet: Pod orders-db-2 becomes ready
        endpointslice-controller: updates 1 endpoint slice of Service shop/orders-db
            10.244.3.15 rs, 10.244.1.14 rs, 10.244.2.15 rs
    "#]],
    );
}

#[test]
fn a_readiness_probe_that_fails() {
    let pod = shop("web-7d4b9c6f5-2kq7h");
    check(
        &Action::FailReadiness { pod: pod.clone() },
        "web",
        &expect![[r#"
        kubelet: the readiness probe of Pod shop/web-7d4b9c6f5-2kq7h fails
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 -, 10.244.2.11 rs, 10.244.3.11 rs
    "#]],
    );
    let (mut cluster, mut controllers) = web_shop();
    let before = cluster.clone();
    controllers.act(&mut cluster, &Action::FailReadiness { pod: pod.clone() }).expect("it fails");
    let again = controllers.act(&mut cluster, &Action::FailReadiness { pod: pod.clone() });
    assert!(matches!(again, Err(Refusal::NothingToDo { .. })), "{again:?}");
    controllers.act(&mut cluster, &Action::RecoverReadiness { pod }).expect("it recovers");
    assert_eq!(cluster, before);
}

#[test]
fn a_pod_that_is_deleted() {
    check(
        &Action::Delete { resource: Resource::Pod, name: shop("web-7d4b9c6f5-2kq7h") },
        "web",
        &expect![[r#"
        user: deletes Pod shop/web-7d4b9c6f5-2kq7h
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 st, 10.244.2.11 rs, 10.244.3.11 rs
        replicaset-controller: creates Pod web-7d4b9c6f5-d86wn of ReplicaSet shop/web-7d4b9c6f5
        kube-scheduler: Pod web-7d4b9c6f5-d86wn goes to node1
        kubelet: Pod web-7d4b9c6f5-d86wn starts; Pod web-7d4b9c6f5-2kq7h has ended
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 -
        kubelet: Pod web-7d4b9c6f5-d86wn becomes ready
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 rs
    "#]],
    );
}

/// Somebody takes a Pod out of its Service and of its ReplicaSet, to look at it, and puts it back.
#[test]
fn a_pod_that_loses_its_labels_is_let_go_of_and_taken_again() {
    let (mut cluster, mut controllers) = web_shop();
    let labelled = |value: &str| Action::Patch {
        resource: Resource::Pod,
        name: shop("web-7d4b9c6f5-2kq7h"),
        patch: format!(r#"{{"metadata":{{"labels":{{"app":{value}}}}}}}"#),
    };
    let before = cluster.clone();
    let rounds = controllers.act(&mut cluster, &labelled("null")).expect("labels may be changed");
    expect![[r#"
        user: changes Pod shop/web-7d4b9c6f5-2kq7h
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.2.11 rs, 10.244.3.11 rs
        replicaset-controller: lets go of Pod web-7d4b9c6f5-2kq7h, which ReplicaSet shop/web-7d4b9c6f5 does not select
        replicaset-controller: creates Pod web-7d4b9c6f5-d86wn of ReplicaSet shop/web-7d4b9c6f5
        kube-scheduler: Pod web-7d4b9c6f5-d86wn goes to node1
        kubelet: Pod web-7d4b9c6f5-d86wn starts
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 -
        kubelet: Pod web-7d4b9c6f5-d86wn becomes ready
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 rs
    "#]]
    .assert_eq(&narrate(&rounds, &before, "web"));
    assert_holds(&cluster);
    let apart = cluster.clone();
    let rounds = controllers.act(&mut cluster, &labelled(r#""web""#)).expect("labels may be changed");
    expect![[r#"
        user: changes Pod shop/web-7d4b9c6f5-2kq7h
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 rs, 10.244.1.11 rs
        replicaset-controller: makes ReplicaSet shop/web-7d4b9c6f5 the owner of Pod web-7d4b9c6f5-2kq7h, which it selects
        replicaset-controller: deletes Pod web-7d4b9c6f5-d86wn of ReplicaSet shop/web-7d4b9c6f5
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 st, 10.244.1.11 rs
        kubelet: Pod web-7d4b9c6f5-d86wn has ended
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.11 rs
    "#]].assert_eq(&narrate(&rounds, &apart, "web"));
    assert_holds(&cluster);
}

#[test]
fn a_rolling_update() {
    check(
        &Action::Restart { kind: WorkloadKind::Deployment, name: shop("web") },
        "web",
        &expect![[r#"
            user: restarts Deployment shop/web, which changes its Pod template
            deployment-controller: creates ReplicaSet web-9f8l2tv9xb with 1 replica
            replicaset-controller: creates Pod web-9f8l2tv9xb-d86wn of ReplicaSet shop/web-9f8l2tv9xb
            kube-scheduler: Pod web-9f8l2tv9xb-d86wn goes to node1
            kubelet: Pod web-9f8l2tv9xb-d86wn starts
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 -
            kubelet: Pod web-9f8l2tv9xb-d86wn becomes ready
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 rs
            deployment-controller: scales ReplicaSet web-7d4b9c6f5 of Deployment shop/web from 3 to 2
            deployment-controller: scales ReplicaSet web-9f8l2tv9xb of Deployment shop/web from 1 to 2
            replicaset-controller: deletes Pod web-7d4b9c6f5-2kq7h of ReplicaSet shop/web-7d4b9c6f5
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.1.11 st, 10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 rs
            replicaset-controller: creates Pod web-9f8l2tv9xb-ksqs4 of ReplicaSet shop/web-9f8l2tv9xb
            kube-scheduler: Pod web-9f8l2tv9xb-ksqs4 goes to node2
            kubelet: Pod web-9f8l2tv9xb-ksqs4 starts; Pod web-7d4b9c6f5-2kq7h has ended
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 rs, 10.244.2.15 -
            kubelet: Pod web-9f8l2tv9xb-ksqs4 becomes ready
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.2.11 rs, 10.244.3.11 rs, 10.244.1.14 rs, 10.244.2.15 rs
            deployment-controller: scales ReplicaSet web-7d4b9c6f5 of Deployment shop/web from 2 to 1
            deployment-controller: scales ReplicaSet web-9f8l2tv9xb of Deployment shop/web from 2 to 3
            replicaset-controller: deletes Pod web-7d4b9c6f5-9wz4c of ReplicaSet shop/web-7d4b9c6f5
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.2.11 st, 10.244.3.11 rs, 10.244.1.14 rs, 10.244.2.15 rs
            replicaset-controller: creates Pod web-9f8l2tv9xb-qfcph of ReplicaSet shop/web-9f8l2tv9xb
            kube-scheduler: Pod web-9f8l2tv9xb-qfcph goes to node3
            kubelet: Pod web-9f8l2tv9xb-qfcph starts; Pod web-7d4b9c6f5-9wz4c has ended
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.3.11 rs, 10.244.1.14 rs, 10.244.2.15 rs, 10.244.3.16 -
            kubelet: Pod web-9f8l2tv9xb-qfcph becomes ready
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.3.11 rs, 10.244.1.14 rs, 10.244.2.15 rs, 10.244.3.16 rs
            deployment-controller: scales ReplicaSet web-7d4b9c6f5 of Deployment shop/web from 1 to 0
            replicaset-controller: deletes Pod web-7d4b9c6f5-lm6tx of ReplicaSet shop/web-7d4b9c6f5
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.3.11 st, 10.244.1.14 rs, 10.244.2.15 rs, 10.244.3.16 rs
            kubelet: Pod web-7d4b9c6f5-lm6tx has ended
            endpointslice-controller: updates 1 endpoint slice of Service shop/web
                10.244.1.14 rs, 10.244.2.15 rs, 10.244.3.16 rs
        "#]],
    );
}

#[test]
fn a_node_that_is_lost() {
    check(
        &Action::FailNode { node: "node2".into() },
        "web",
        &expect![[r#"
        node-lifecycle-controller: hears nothing from node2 for 50 s: its condition Ready becomes Unknown
        node-lifecycle-controller: marks the Pods on node2 as not ready
        endpointslice-controller: updates 1 endpoint slice of Service kube-system/kube-dns
            10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/catalog
            10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/payments
            10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.2.11 -, 10.244.3.11 rs
        taint-eviction-controller: deletes 4 Pods after 300 s on the lost node node2
        endpointslice-controller: updates 1 endpoint slice of Service kube-system/kube-dns
            10.244.1.11 rs, 10.244.2.11 -, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/catalog
            10.244.1.11 rs, 10.244.2.11 -, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/payments
            10.244.1.11 rs, 10.244.2.11 -, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs
        replicaset-controller: creates Pod coredns-6f6b679f8f-d86wn of ReplicaSet kube-system/coredns-6f6b679f8f
        replicaset-controller: creates Pod catalog-68f9d5c7b8-ksqs4 of ReplicaSet shop/catalog-68f9d5c7b8
        replicaset-controller: creates Pod payments-84c6f7d9b5-qfcph of ReplicaSet shop/payments-84c6f7d9b5
        replicaset-controller: creates Pod web-7d4b9c6f5-wzvkv of ReplicaSet shop/web-7d4b9c6f5
        kube-scheduler: 4 Pods go to node1 (2), node3 (2)
        kubelet: 4 Pods start
        endpointslice-controller: updates 1 endpoint slice of Service kube-system/kube-dns
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/catalog
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/payments
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs, 10.244.3.17 -
        kubelet: 4 Pods become ready
        endpointslice-controller: updates 1 endpoint slice of Service kube-system/kube-dns
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs, 10.244.3.17 -
        endpointslice-controller: updates 1 endpoint slice of Service shop/catalog
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs, 10.244.3.17 -
        endpointslice-controller: updates 1 endpoint slice of Service shop/payments
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs, 10.244.3.17 -
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs, 10.244.3.17 rs
    "#]],
    );
}

#[test]
fn a_node_that_comes_back() {
    let (mut cluster, mut controllers) = web_shop();
    controllers.act(&mut cluster, &Action::FailNode { node: "node2".into() }).expect("it fails");
    let before = cluster.clone();
    let rounds = controllers.act(&mut cluster, &Action::RecoverNode { node: "node2".into() }).expect("it recovers");
    expect![[r#"
        kubelet: the kubelet of node2 reports again
        kubelet: 4 Pods have ended
        endpointslice-controller: updates 1 endpoint slice of Service kube-system/kube-dns
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs, 10.244.3.17 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/catalog
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs, 10.244.3.17 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/payments
            10.244.1.11 rs, 10.244.2.11 t, 10.244.3.11 rs, 10.244.3.17 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.3.11 rs, 10.244.3.17 rs
    "#]]
    .assert_eq(&narrate(&rounds, &before, "web"));
    assert_holds(&cluster);
}

#[test]
fn a_node_that_is_drained() {
    check(
        &Action::DrainNode { node: "node2".into() },
        "web",
        &expect![[r#"
        user: cordons node2
        user: evicts 4 Pods from node2
        endpointslice-controller: updates 1 endpoint slice of Service kube-system/kube-dns
            10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/catalog
            10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/payments
            10.244.1.11 rs, 10.244.2.11 rs, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.2.11 st, 10.244.3.11 rs
        replicaset-controller: creates Pod coredns-6f6b679f8f-d86wn of ReplicaSet kube-system/coredns-6f6b679f8f
        replicaset-controller: creates Pod catalog-68f9d5c7b8-ksqs4 of ReplicaSet shop/catalog-68f9d5c7b8
        replicaset-controller: creates Pod payments-84c6f7d9b5-qfcph of ReplicaSet shop/payments-84c6f7d9b5
        replicaset-controller: creates Pod web-7d4b9c6f5-wzvkv of ReplicaSet shop/web-7d4b9c6f5
        kube-scheduler: 4 Pods go to node1 (2), node3 (2)
        kubelet: 4 Pods start; 4 Pods have ended
        endpointslice-controller: updates 1 endpoint slice of Service kube-system/kube-dns
            10.244.1.11 rs, 10.244.2.11 st, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/catalog
            10.244.1.11 rs, 10.244.2.11 st, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/payments
            10.244.1.11 rs, 10.244.2.11 st, 10.244.3.11 rs
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.3.11 rs, 10.244.3.17 -
        kubelet: 4 Pods become ready
        endpointslice-controller: updates 1 endpoint slice of Service kube-system/kube-dns
            10.244.1.11 rs, 10.244.3.11 rs, 10.244.3.17 -
        endpointslice-controller: updates 1 endpoint slice of Service shop/catalog
            10.244.1.11 rs, 10.244.3.11 rs, 10.244.3.17 -
        endpointslice-controller: updates 1 endpoint slice of Service shop/payments
            10.244.1.11 rs, 10.244.3.11 rs, 10.244.3.17 -
        endpointslice-controller: updates 1 endpoint slice of Service shop/web
            10.244.1.11 rs, 10.244.3.11 rs, 10.244.3.17 rs
    "#]],
    );
}

#[test]
fn a_service_that_goes() {
    check(
        &Action::Delete { resource: Resource::Service, name: shop("web") },
        "web",
        &expect![[r#"
            user: deletes Service shop/web
            garbage-collector-controller: deletes the endpoint slices that Service shop/web owned
                nothing
        "#]],
    );
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let (mut cluster, mut controllers) = web_shop();
    let before = cluster.clone();
    let gone = shop("gone");
    let actions = [
        scale(WorkloadKind::Deployment, "gone", 1),
        scale(WorkloadKind::Deployment, "web", 3),
        scale(WorkloadKind::Deployment, "web", 1_000_000),
        Action::Restart { kind: WorkloadKind::Deployment, name: gone.clone() },
        Action::FailReadiness { pod: gone.clone() },
        Action::Delete { resource: Resource::Pod, name: gone.clone() },
        Action::FailNode { node: "node9".into() },
        Action::RecoverNode { node: "node1".into() },
        Action::UncordonNode { node: "node1".into() },
        Action::PutService(Box::new(before.services[1].clone())),
        Action::Delete { resource: Resource::Service, name: gone },
    ];
    let refusals = actions.map(|action| match controllers.act(&mut cluster, &action) {
        Ok(rounds) => format!("{rounds:#?}\n"),
        Err(refusal) => format!("{refusal}\n"),
    });
    expect![[r#"
        there is no Deployment shop/gone
        Deployment shop/web has 3 replicas already
        1000000 Pods are more than the lab makes: 5000 at most
        there is no Deployment shop/gone
        there is no Pod shop/gone
        there is no Pod shop/gone
        there is no Node node9
        Node node1 is ready already
        Node node1 is not cordoned
        Service shop/web is so already
        there is no Service shop/gone
    "#]]
    .assert_eq(&refusals.concat());
    assert_eq!(cluster, before);
}

const NODES: &str = "
apiVersion: v1
kind: Node
metadata: {name: a, labels: {topology.kubernetes.io/zone: a}}
spec: {podCIDRs: [10.244.0.0/24, 'fd00:10:244::/64']}
status: {allocatable: {cpu: 4}, addresses: [{type: InternalIP, address: 192.168.0.1}, {type: InternalIP, address: 'fd00::1'}]}
---
apiVersion: v1
kind: Node
metadata: {name: b, labels: {topology.kubernetes.io/zone: b}}
spec: {podCIDRs: [10.244.1.0/24, 'fd00:10:244:1::/64']}
status: {allocatable: {cpu: 3920m}, addresses: [{type: InternalIP, address: 192.168.0.2}, {type: InternalIP, address: 'fd00::2'}]}
---
";

fn deployment(more: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  replicas: 4
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{ports: [{{name: http, containerPort: 8080}}]}}]{more}}}
---
"
    )
}

fn service(more: &str) -> String {
    format!(
        "apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  annotations: {{{}}}
spec:
  clusterIPs: [10.96.0.1, 'fd00:96::1']
  selector: {{app: web}}
  ports: [{{port: 80, targetPort: http}}]
{}
---
",
        if more == "Auto" { "service.kubernetes.io/topology-mode: Auto" } else { "" },
        if more == "Auto" { "" } else { more }
    )
}

#[test]
fn manifests_alone_become_pods_and_slices() {
    let text = format!("{NODES}{}{}", deployment(""), service(""));
    let (cluster, _, rounds) = start(&text);
    expect![[r#"
        endpointslice-controller: creates 2 endpoint slices of Service shop/web
            nothing
        deployment-controller: creates ReplicaSet web-zv4v9n7pcd with 4 replicas
        replicaset-controller: creates 4 Pods of ReplicaSet shop/web-zv4v9n7pcd
        kube-scheduler: 4 Pods go to a (2), b (2)
        kubelet: 4 Pods start
        endpointslice-controller: updates 2 endpoint slices of Service shop/web
            10.244.0.2 rs, 10.244.1.2 rs, 10.244.0.3 rs, 10.244.1.3 rs, fd00:10:244::2 rs, fd00:10:244:1::2 rs, fd00:10:244::3 rs, fd00:10:244:1::3 rs
    "#]].assert_eq(&narrate(&rounds, &k8s::parse(&text).cluster, "web"));
    assert_holds(&cluster);
    let families: BTreeSet<_> = cluster.endpoint_slices.iter().map(|slice| slice.address_type.to_string()).collect();
    assert_eq!(families.len(), 2);
    let (again, _, rounds) = start(&text);
    assert_eq!(again, cluster, "the same seed gives the same cluster");
    assert!(!rounds.is_empty());
}

#[test]
fn hints() {
    let hints = |more: &str| {
        let (cluster, ..) = start(&format!("{NODES}{}{}", deployment(""), service(more)));
        let slices = cluster.endpoint_slices.iter().filter(|slice| slice.address_type == Family::V4);
        let endpoints = slices.flat_map(|slice| slice.endpoints.clone());
        let printed = endpoints.map(|endpoint| {
            format!("{} {}", endpoint.for_zones.concat(), endpoint.for_nodes.concat()).trim().to_owned()
        });
        let mut printed: Vec<String> = printed.collect();
        printed.sort();
        printed
    };
    assert_eq!(hints(""), [""; 4]);
    assert_eq!(hints("  trafficDistribution: PreferClose"), ["a", "a", "b", "b"]);
    assert_eq!(hints("  trafficDistribution: PreferSameZone"), ["a", "a", "b", "b"]);
    assert_eq!(hints("  trafficDistribution: PreferSameNode"), ["a a", "a a", "b b", "b b"]);
    assert_eq!(hints("Auto"), ["a", "a", "b", "b"]);
}

#[test]
fn hints_go_with_a_zone_that_lost_its_node() {
    let (mut cluster, mut controllers, _) = start(&format!("{NODES}{}{}", deployment(""), service("Auto")));
    controllers.act(&mut cluster, &Action::FailNode { node: "b".into() }).expect("it fails");
    let hinted =
        cluster.endpoint_slices.iter().flat_map(|slice| &slice.endpoints).filter(|one| !one.for_zones.is_empty());
    assert_eq!(hinted.count(), 0, "one zone is left");
}

#[test]
fn endpoints_are_mirrored_where_there_is_no_selector() {
    let endpoints = "apiVersion: v1
kind: Endpoints
metadata: {name: web, namespace: shop}
subsets:
- addresses: [{ip: 10.0.0.1}, {ip: 'fd00::9'}]
  notReadyAddresses: [{ip: 10.0.0.2}]
  ports: [{name: http, port: 80}]
- addresses: [{ip: 10.0.0.1}, {ip: 'fd00::9'}]
  notReadyAddresses: [{ip: 10.0.0.2}]
  ports: [{name: https, port: 443}]
---
";
    let service = service("").replace("  selector: {app: web}\n", "");
    let (cluster, _, rounds) = start(&format!("{NODES}{endpoints}{service}"));
    assert_eq!(rounds.len(), 1);
    let printed = cluster.endpoint_slices.iter().map(|slice| {
        let ports: Vec<_> = slice.ports.iter().map(|port| port.port.unwrap_or_default()).collect();
        let ready = slice.endpoints.iter().map(|endpoint| (endpoint.addresses[0].to_string(), endpoint.ready));
        format!("{ports:?} {:?} {}", ready.collect::<Vec<_>>(), slice.labels[EndpointSlice::MANAGED_BY_LABEL])
    });
    expect![[r#"
        [80, 443] [("10.0.0.1", Some(true)), ("10.0.0.2", Some(false))] endpointslicemirroring-controller.k8s.io
        [80, 443] [("fd00::9", Some(true))] endpointslicemirroring-controller.k8s.io"#]]
    .assert_eq(&printed.collect::<Vec<_>>().join("\n"));
}

#[test]
fn objects_that_were_pasted_together_are_not_doubled() {
    let (made, ..) = start(&format!("{NODES}{}{}", deployment(""), service("")));
    // As kubectl prints everything: with the ReplicaSet, the Pods and the slices beside the Deployment.
    let mut pasted = made.clone();
    let (mut controllers, rounds) = Controllers::start(&mut pasted, 99);
    assert_eq!(rounds, []);
    assert_eq!(pasted, made);
    let action = scale(WorkloadKind::Deployment, "web", 5);
    controllers.act(&mut pasted, &action).expect("a new number");
    assert_eq!(pasted.pods.len(), 5);
    // Without owner references, and without Pods: both follow from names and slices.
    for pod in &mut pasted.pods {
        pod.owner = None;
    }
    let mut trimmed = Cluster { pods: Vec::new(), ..pasted.clone() };
    let (_, rounds) = Controllers::start(&mut trimmed, 99);
    assert_eq!(rounds, []);
    let (_, rounds) = Controllers::start(&mut pasted, 99);
    assert_eq!(rounds, []);
    assert_eq!(trimmed.pods.len(), 5);
    let owners = |cluster: &Cluster| cluster.pods.iter().filter_map(|pod| pod.owner.clone()).collect::<Vec<_>>();
    assert_eq!(owners(&trimmed), owners(&pasted));
}

#[test]
fn what_was_pasted_stays_until_something_happens() {
    let slice = "apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080}]
endpoints:
- {addresses: [10.244.0.7], nodeName: a, conditions: {ready: false, serving: true, terminating: true}}
- {addresses: [10.244.0.8], nodeName: a, conditions: {ready: false}}
- {addresses: [10.244.1.9], nodeName: b}
---
";
    let text = format!("{NODES}{}{}{slice}", deployment(""), service(""));
    let given = k8s::parse(&text).cluster;
    let (mut cluster, mut controllers, rounds) = start(&text);
    assert_eq!(rounds, []);
    assert_eq!(cluster.endpoint_slices, given.endpoint_slices);
    let kinds: BTreeSet<_> = cluster.pods.iter().filter_map(|pod| Some(pod.owner.as_ref()?.kind)).collect();
    assert_eq!(kinds, [WorkloadKind::ReplicaSet].into(), "Pods known by address are those of the Deployment");
    let before = cluster.clone();
    let rounds = controllers.act(&mut cluster, &scale(WorkloadKind::Deployment, "web", 3)).expect("another number");
    expect![[r#"
        user: scales Deployment shop/web from 4 to 3
        deployment-controller: scales ReplicaSet web-zv4v9n7pcd of Deployment shop/web from 2 to 3
        replicaset-controller: creates Pod web-zv4v9n7pcd-wzvkv of ReplicaSet shop/web-zv4v9n7pcd
        endpointslice-controller: creates 1, updates 1 endpoint slices of Service shop/web
            10.244.0.7 st, 10.244.0.8 -, 10.244.1.9 rs
        kube-scheduler: Pod web-zv4v9n7pcd-wzvkv goes to b
        kubelet: Pod web-zv4v9n7pcd-wzvkv starts; Pod web-zv4v9n7pcd-d86wn has ended
        endpointslice-controller: updates 2 endpoint slices of Service shop/web
            10.244.0.8 -, 10.244.1.9 rs, 10.244.1.10 rs, fd00:10:244:1::2 rs
    "#]]
    .assert_eq(&narrate(&rounds, &before, "web"));
    assert_holds(&cluster);
}

#[test]
fn slices_that_nobody_s_controller_made_stay_without_their_service() {
    let (mut cluster, mut controllers) = web_shop();
    let mut own = cluster.endpoint_slices[1].clone();
    own.name = shop("web-by-hand");
    own.labels.insert(EndpointSlice::MANAGED_BY_LABEL.to_owned(), "staff".to_owned());
    cluster.endpoint_slices.push(own);
    controllers.act(&mut cluster, &Action::Delete { resource: Resource::Service, name: shop("web") }).expect("it goes");
    let left = cluster.endpoint_slices.iter().filter(|slice| slice.service() == Some(shop("web")));
    assert_eq!(left.map(|slice| slice.name.to_string()).collect::<Vec<_>>(), ["shop/web-by-hand"]);
}

/// The slices of every Service with a selector have exactly the addresses of the Pods that it selects, and a
/// hundred at most each.
fn assert_holds(cluster: &Cluster) {
    for service in cluster.services.iter().filter(|service| has_endpoints(service)) {
        let nodes: BTreeSet<_> = cluster.nodes.iter().map(|node| node.name.clone()).collect();
        let selected = cluster.pods.iter().filter(|pod| {
            pod.name.namespace == service.name.namespace
                && selects(&service.selector, &pod.labels)
                && !pod.is_terminal()
                && pod.spec.node_name.as_ref().is_some_and(|node| nodes.contains(node))
        });
        let wanted: BTreeMap<_, _> = selected
            .flat_map(|pod| pod.status.pod_ips.iter().map(move |address| (*address, pod)))
            .filter(|(address, _)| {
                service.ip_families.is_empty() || service.ip_families.contains(&Family::of(*address))
            })
            .map(|(address, pod)| (address, (pod.status.is_ready && !pod.is_deleting, pod.is_deleting)))
            .collect();
        let slices: Vec<_> =
            cluster.endpoint_slices.iter().filter(|slice| slice.service().as_ref() == Some(&service.name)).collect();
        assert!(slices.iter().all(|slice| slice.endpoints.len() <= 100));
        assert!(!slices.is_empty(), "{} has no slice", service.name);
        let endpoints = slices.iter().flat_map(|slice| &slice.endpoints);
        let found: Vec<_> = endpoints
            .map(|endpoint| {
                let ready = endpoint.ready == Some(true) && !service.publish_not_ready_addresses
                    || service.publish_not_ready_addresses && endpoint.is_serving() && !endpoint.is_terminating();
                (endpoint.addresses[0], (ready, endpoint.is_terminating()))
            })
            .collect();
        assert_eq!(found.len(), wanted.len(), "{}: {found:?} {wanted:?}", service.name);
        assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), wanted, "{}", service.name);
    }
}

fn has_endpoints(service: &Service) -> bool {
    !service.selector.is_empty() && service.service_type != ServiceType::ExternalName
}

fn any_action() -> impl Strategy<Value = (u8, usize, u32)> {
    (0..11_u8, any::<usize>(), 0..9_u32)
}

/// An action on one of the objects that there are.
fn action(cluster: &Cluster, (kind, which, number): (u8, usize, u32)) -> Option<Action> {
    fn pick<T>(all: &[T], which: usize) -> Option<&T> {
        (!all.is_empty()).then(|| &all[which % all.len()])
    }
    let pod = || Some(pick(&cluster.pods, which)?.name.clone());
    let node = || Some(pick(&cluster.nodes, which)?.name.clone());
    let workload = || pick(&cluster.workloads, which);
    let service = || pick(&cluster.services, which);
    Some(match kind {
        0 | 1 => Action::Scale { kind: workload()?.kind(), name: workload()?.name.clone(), replicas: number * 7 },
        2 => Action::Restart { kind: workload()?.kind(), name: workload()?.name.clone() },
        3 => Action::FailReadiness { pod: pod()? },
        4 => Action::RecoverReadiness { pod: pod()? },
        5 => Action::Delete { resource: Resource::Pod, name: pod()? },
        6 => Action::FailNode { node: node()? },
        7 => Action::RecoverNode { node: node()? },
        8 => Action::DrainNode { node: node()? },
        9 => Action::UncordonNode { node: node()? },
        _ => {
            let mut changed = service()?.clone();
            match number {
                0 => return Some(Action::Delete { resource: Resource::Service, name: changed.name }),
                1 => changed.publish_not_ready_addresses ^= true,
                2 => changed.traffic_distribution = Some(k8s::TrafficDistribution::PreferSameNode),
                3 => changed.topology_mode_auto ^= true,
                4 => {
                    changed.labels.insert("version".to_owned(), which.to_string());
                }
                _ => changed.selector = service()?.selector.clone(),
            }
            Action::PutService(Box::new(changed))
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn after_any_actions_slices_are_what_the_pods_are(
        actions in prop::collection::vec(any_action(), 1..12),
        manifests in any::<bool>(),
    ) {
        let text = format!("{NODES}{}{}", deployment(""), service(""));
        let (mut cluster, mut controllers, _) = start(if manifests { &text } else { WEB_SHOP });
        for choice in actions {
            let Some(action) = action(&cluster, choice) else { continue };
            let before = cluster.clone();
            let Ok(rounds) = controllers.act(&mut cluster, &action) else {
                prop_assert_eq!(&cluster, &before);
                continue;
            };
            let mut replayed = before;
            for change in rounds.iter().flat_map(|round| &round.changes) {
                replayed.apply(change);
            }
            prop_assert_eq!(&replayed, &cluster);
            prop_assert!(rounds.iter().all(|round| !round.changes.is_empty() && !round.what.to_string().is_empty()));
            assert_holds(&cluster);
        }
        // A look at every Service finds nothing to do, save for hints by zone: after a Node changed the controller looks
        // only at Services that are overloaded by it (`checkNodeTopologyDistribution`).
        for mut service in cluster.services.clone().into_iter().filter(|service| !service.topology_mode_auto) {
            service.external_name = Some("looked.at".to_owned());
            let rounds = controllers.act(&mut cluster, &Action::PutService(Box::new(service)));
            prop_assert_eq!(rounds.expect("a new version").len(), 1);
        }
    }
}
