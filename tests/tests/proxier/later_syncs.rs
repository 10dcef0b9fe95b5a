//! Rules of later syncs, each with the function of kube-proxy that it is from.

use datapath_core::k8s::{self, Change, Changed, Cluster, EndpointSlice, Node, Service};
use datapath_core::lab::synthetic;
use datapath_core::net::{Endpoint, Family, Protocol, Tuple};
use datapath_core::proxy::{
    Config, Extent, Flow, FullSyncReason, Mode, NodeState, Operation, Proxier, Source, Sync, Untouched,
};

fn config() -> Config {
    Config { node_name: "node1".into(), ..Config::default() }
}

fn start(cluster: &Cluster, mode: Mode) -> Proxier {
    let mut proxier = Proxier::new(cluster, &config(), Family::V4, mode);
    proxier.sync(0, &Untouched);
    proxier
}

fn texts(sync: &Sync) -> Vec<&str> {
    let texts = sync.operations.iter().filter_map(|operation| match operation {
        Operation::IptablesRestore(text) | Operation::Nft(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

fn reads(sync: &Sync, wanted: Source) -> usize {
    let reads = sync.operations.iter().filter_map(|operation| match operation {
        Operation::Read { source, times } if *source == wanted => Some(times),
        _ => None,
    });
    reads.sum()
}

fn lines_with(text: &str, part: &str) -> usize {
    text.lines().filter(|line| line.contains(part)).count()
}

/// The slice loses its last endpoint.
fn shrink(slice: &EndpointSlice) -> Change {
    let mut new = slice.clone();
    new.endpoints.pop();
    Change::EndpointSlice(Changed::modified(slice.clone(), new))
}

fn with_zone(zone: &str) -> Change {
    let old = synthetic(0).nodes.remove(0);
    let mut new = old.clone();
    new.labels.insert(Node::ZONE_LABEL.to_owned(), zone.to_owned());
    Change::Node(Changed::modified(old, new))
}

fn service(yaml: &str) -> Service {
    let parsed = k8s::parse(yaml);
    parsed.cluster.services.into_iter().next().unwrap_or_else(|| panic!("{:?}", parsed.diagnostics))
}

/// `syncProxyRules` of pkg/proxy/iptables: "we can omit them from the restore input".
#[test]
fn iptables_resends_shared_chains_and_the_changed_service_only() {
    let cluster = synthetic(50);
    let mut proxier = start(&cluster, Mode::Iptables);
    assert!(proxier.note(&shrink(&cluster.endpoint_slices[7])));
    let sync = proxier.sync(1, &Untouched);
    assert_eq!(sync.extent, Extent::Partial);
    let [text] = texts(&sync)[..] else { panic!("one text") };
    assert_eq!(lines_with(text, "-A KUBE-SERVICES -m comment --comment \"load/"), 50);
    assert_eq!(lines_with(text, ":KUBE-SVC-"), 1);
    assert_eq!(lines_with(text, ":KUBE-SEP-"), 2, "one that stays and one that goes");
    assert_eq!(lines_with(text, "-X KUBE-SEP-"), 1);
    let jumps = |operation: &Operation| matches!(operation, Operation::EnsureJump { .. });
    assert!(!sync.operations.iter().any(jumps), "jumps are for full syncs");
    assert_eq!(sync.effort().tool_runs, 2, "iptables-save and iptables-restore");
}

/// Same place: in a large cluster stale chains wait for `syncPeriod`, and there is no full sync every hour.
#[test]
fn iptables_spares_large_clusters() {
    let cluster = synthetic(501);
    let mut proxier = start(&cluster, Mode::Iptables);
    for (second, slice, deleted) in [(1, 3, 0), (2, 4, 0), (31, 5, 3)] {
        proxier.note(&shrink(&cluster.endpoint_slices[slice]));
        // 1002 endpoints less two make the cluster small again: grow elsewhere.
        let mut more = cluster.endpoint_slices[slice + 100].clone();
        more.endpoints.push(cluster.endpoint_slices[slice].endpoints[1].clone());
        proxier.note(&Change::EndpointSlice(Changed::modified(cluster.endpoint_slices[slice + 100].clone(), more)));
        let sync = proxier.sync(second, &Untouched);
        let [text] = texts(&sync)[..] else { panic!("one text") };
        assert_eq!(lines_with(text, "-X "), deleted, "second {second}");
        assert_eq!(lines_with(text, " -> "), 0, "no comments on endpoints");
    }
    assert_eq!(proxier.sync(100_000, &Untouched).extent, Extent::Partial);
}

#[test]
fn every_hour_all_is_written_again() {
    for mode in [Mode::Iptables, Mode::Nftables] {
        let mut proxier = start(&synthetic(3), mode);
        assert_eq!(proxier.sync(3600, &Untouched).extent, Extent::Partial);
        assert_eq!(proxier.sync(3601, &Untouched).extent, Extent::Full(FullSyncReason::Period));
        assert_eq!(proxier.sync(3602, &Untouched).extent, Extent::Partial);
    }
}

/// `OnTopologyChange`; `NodeTopologyConfig` looks at the zone only.
#[test]
fn a_new_zone_makes_a_full_sync() {
    for mode in Mode::ALL {
        let mut proxier = start(&synthetic(3), mode);
        assert!(proxier.note(&with_zone("a")));
        let expected = match mode {
            Mode::Ipvs => Extent::Differences,
            _ => Extent::Full(FullSyncReason::Topology),
        };
        assert_eq!(proxier.sync(1, &Untouched).extent, expected);
        assert!(!proxier.note(&with_zone("a")), "the same zone again");
        let Change::Node(Changed::Modified { old, new }) = with_zone("b") else { panic!("a change") };
        let renamed = |node: Node| Node { name: "node2".into(), ..node };
        assert!(!proxier.note(&Change::Node(Changed::modified(renamed(*old), renamed(*new)))), "another node");
    }
}

#[test]
fn after_a_failure_all_is_written_again() {
    for mode in [Mode::Iptables, Mode::Nftables] {
        let mut proxier = start(&synthetic(3), mode);
        proxier.note_failure();
        assert_eq!(proxier.sync(1, &Untouched).extent, Extent::Full(FullSyncReason::Failure));
    }
}

/// `esDataChanged`, and `ServiceChangeTracker.Update` with its `reflect.DeepEqual`.
#[test]
fn what_changes_nothing_is_not_synced() {
    let cluster = synthetic(2);
    for mode in Mode::ALL {
        let mut proxier = start(&cluster, mode);
        let slice = &cluster.endpoint_slices[0];
        assert!(!proxier.note(&Change::EndpointSlice(Changed::modified(slice.clone(), slice.clone()))));
        let old = &cluster.services[0];
        let mut new = old.clone();
        new.labels.insert("team".into(), "shop".into());
        assert!(!proxier.note(&Change::Service(Changed::modified(old.clone(), new.clone()))));
        new.cluster_ips = vec!["10.96.200.1".parse().expect("an address")];
        assert!(proxier.note(&Change::Service(Changed::modified(old.clone(), new.clone()))));
        assert!(!proxier.note(&Change::Service(Changed::modified(new, old.clone()))), "back to where it was");
    }
}

/// `OnEndpointSliceUpdate` ignores the old object, so that a slice stays with the Service that it is taken from.
#[test]
fn a_slice_with_another_label_serves_both_services() {
    let cluster = synthetic(2);
    let mut proxier = start(&cluster, Mode::Nftables);
    let old = &cluster.endpoint_slices[0];
    let mut new = old.clone();
    new.labels = cluster.endpoint_slices[1].labels.clone();
    proxier.note(&Change::EndpointSlice(Changed::modified(old.clone(), new)));
    let sync = proxier.sync(1, &Untouched);
    let [text] = texts(&sync)[..] else { panic!("one text") };
    assert!(!text.contains("load/service-000000/"), "{text}");
    assert_eq!(lines_with(text, "numgen random mod 4"), 1, "{text}");
}

/// "We flush them now … so they can be deleted later."
#[test]
fn nftables_empties_chains_now_and_deletes_them_later() {
    let cluster = synthetic(2);
    let mut proxier = start(&cluster, Mode::Nftables);
    proxier.note(&Change::Service(Changed::deleted(cluster.services[0].clone())));
    let chain = "load/service-000000/tcp/http";
    let flush = |text: &str| text.starts_with("flush chain ip kube-proxy service-") && text.ends_with(chain);
    for second in [10, 11] {
        let sync = proxier.sync(second, &Untouched);
        let [text] = texts(&sync)[..] else { panic!("one transaction") };
        assert!(text.lines().any(flush), "emptied, and again while it waits: {text}");
        assert_eq!(lines_with(text, "delete chain"), 0);
    }
    let sync = proxier.sync(13, &Untouched);
    let [deletion, rest] = texts(&sync)[..] else { panic!("two transactions: {sync:?}") };
    assert_eq!(deletion.lines().count(), 1);
    assert!(deletion.starts_with("delete chain ip kube-proxy service-"), "{deletion}");
    assert_eq!(rest, "", "nothing else changed");
}

/// `ensureElem`: each of two Services that contend for an address corrects the other, in every sync.
#[test]
fn nftables_rewrites_contested_elements_in_every_sync() {
    let mut cluster = synthetic(2);
    for service in &mut cluster.services {
        service.external_ips = vec!["198.51.100.1".parse().expect("an address")];
    }
    let mut proxier = start(&cluster, Mode::Nftables);
    let sync = proxier.sync(1, &Untouched);
    let [text] = texts(&sync)[..] else { panic!("one transaction") };
    let element = "element ip kube-proxy service-ips { 198.51.100.1 . tcp . 80";
    assert_eq!(lines_with(text, &format!("delete {element}")), 2);
    assert_eq!(lines_with(text, &format!("add {element}")), 2);
    assert_eq!(text.lines().count(), 4);
}

/// `syncIPSetEntries` compares what `ipset list` prints, which leaves out a prefix length of 32.
#[test]
fn ipvs_rewrites_source_ranges_of_one_address_in_every_sync() {
    let cluster = Cluster {
        services: vec![service(
            "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer, \
             clusterIP: 10.96.0.1, ports: [{port: 80, nodePort: 30080}], \
             loadBalancerSourceRanges: [203.0.113.7/32, 192.0.2.0/24]}, \
             status: {loadBalancer: {ingress: [{ip: 198.51.100.1}]}}}",
        )],
        ..Cluster::default()
    };
    let mut proxier = start(&cluster, Mode::Ipvs);
    let sync = proxier.sync(1, &Untouched);
    let commands: Vec<String> = sync
        .operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::AddEntry { set, entry } => Some(format!("add {set} {entry}")),
            Operation::DeleteEntry { set, entry } => Some(format!("del {set} {entry}")),
            _ => None,
        })
        .collect();
    let set = "KUBE-LOAD-BALANCER-SOURCE-CIDR";
    let expected =
        [format!("del {set} 198.51.100.1,tcp:80,203.0.113.7"), format!("add {set} 198.51.100.1,tcp:80,203.0.113.7/32")];
    assert_eq!(commands, expected);
}

/// `syncService` and `syncEndpoint` ask the kernel for every virtual server each time.
#[test]
fn ipvs_writes_little_but_reads_everything() {
    let cluster = synthetic(20);
    let mut proxier = start(&cluster, Mode::Ipvs);
    proxier.note(&Change::EndpointSlice(Changed::added(EndpointSlice {
        name: k8s::NamespacedName::new("load", "more"),
        ..cluster.endpoint_slices[0].clone()
    })));
    let sync = proxier.sync(1, &Untouched);
    assert_eq!(reads(&sync, Source::VirtualServers), 2 * 20 + 1);
    assert_eq!(reads(&sync, Source::RealServers), 20);
    assert_eq!(reads(&sync, Source::SetEntries), 17);
}

struct WithFlow(Flow);

impl NodeState for WithFlow {
    fn udp_flows(&self, _: Family) -> Vec<Flow> {
        vec![self.0]
    }
}

/// `CleanStaleEntries`: a Service without serving endpoints keeps its entries.
#[test]
fn udp_flows_go_only_where_another_endpoint_serves() {
    let mut cluster = synthetic(1);
    cluster.services[0].ports[0].protocol = Protocol::Udp;
    cluster.endpoint_slices[0].ports[0].protocol = Protocol::Udp;
    let slice = cluster.endpoint_slices[0].clone();
    let backend = |index: usize| Endpoint::new(slice.endpoints[index].addresses[0], 8080);
    let client = Endpoint::new("192.0.2.1".parse().expect("an address"), 5000);
    let service = Endpoint::new(cluster.services[0].cluster_ips[0], 80);
    let original = Tuple { protocol: Protocol::Udp, src: client, dst: service };
    let reply = Tuple { protocol: Protocol::Udp, src: backend(1), dst: client };
    let node = WithFlow(Flow { original, reply });

    for mode in Mode::ALL {
        let mut proxier = start(&cluster, mode);
        proxier.note(&shrink(&slice));
        assert_eq!(proxier.sync(1, &node).effort().connections_deleted, 1, "{mode}");
        let mut proxier = start(&cluster, mode);
        proxier.note(&Change::EndpointSlice(Changed::deleted(slice.clone())));
        assert_eq!(proxier.sync(1, &node).effort().connections_deleted, 0, "{mode}");
    }
}

/// `ServiceHealthServer.SyncServices` and `SyncEndpoints`.
#[test]
fn health_checks_open_answer_and_close() {
    let yaml = "{apiVersion: v1, kind: Service, metadata: {name: service-000000, namespace: load}, spec: {type: \
                LoadBalancer, clusterIP: 10.96.0.10, externalTrafficPolicy: Local, healthCheckNodePort: 32000, \
                ports: [{name: http, port: 80, nodePort: 30080}]}, \
                status: {loadBalancer: {ingress: [{ip: 198.51.100.1}]}}}";
    let mut cluster = synthetic(1);
    cluster.services = vec![service(yaml)];
    let mut proxier = Proxier::new(&cluster, &config(), Family::V4, Mode::Nftables);
    let checks = |sync: Sync| -> Vec<Operation> {
        let is_check = |operation: &Operation| {
            matches!(
                operation,
                Operation::OpenHealthCheck { .. }
                    | Operation::CloseHealthCheck { .. }
                    | Operation::AnswerHealthCheck { .. }
            )
        };
        sync.operations.into_iter().filter(is_check).collect()
    };
    let service = cluster.services[0].name.clone();
    let open = Operation::OpenHealthCheck { service: service.clone(), port: 32000 };
    let answer = |local_endpoints| Operation::AnswerHealthCheck { service: service.clone(), local_endpoints };
    assert_eq!(checks(proxier.sync(0, &Untouched)), [open, answer(2)]);
    proxier.note(&shrink(&cluster.endpoint_slices[0]));
    assert_eq!(checks(proxier.sync(1, &Untouched)), [answer(1)]);
    proxier.note(&Change::Service(Changed::deleted(cluster.services[0].clone())));
    assert_eq!(
        checks(proxier.sync(2, &Untouched)),
        [Operation::CloseHealthCheck { service: service.clone(), port: 32000 }]
    );
}
