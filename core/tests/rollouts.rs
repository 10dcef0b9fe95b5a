//! How StatefulSets and DaemonSets replace their Pods, held against the cases of the controllers' own tests in Kubernetes
//! v1.36 (stateful_set_control_test.go, daemon/update_test.go).

use std::collections::BTreeMap;

use datapath_core::controllers::{Action, Actor, Controllers, Round};
use datapath_core::k8s::{self, Change, Changed, Cluster, NamespacedName, Pod, Resource, WorkloadKind};
use proptest::prelude::*;

const HASH: &str = "controller-revision-hash";

fn nodes(count: u8) -> String {
    let node = |number| {
        format!(
            "apiVersion: v1\nkind: Node\nmetadata: {{name: node-{number}}}\nspec: {{podCIDRs: [10.244.{number}.0/24]}}\n\
             status: {{addresses: [{{type: InternalIP, address: 192.168.0.{}}}]}}\n---\n",
            number + 1
        )
    };
    (0..count).map(node).collect()
}

/// `spec` goes beside selector and template, `pod` into the template's spec.
fn workload(kind: &str, spec: &str, pod: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: {kind}
metadata: {{name: foo}}
spec:
  selector: {{matchLabels: {{app: foo}}}}
  template:
    metadata: {{labels: {{app: foo}}}}
    spec: {{containers: [{{name: main, readinessProbe: {{}}}}]{pod}}}
{spec}
---
"
    )
}

fn start(text: &str) -> (Cluster, Controllers) {
    let parsed = k8s::parse(text);
    assert!(parsed.is_usable(), "{:#?}", parsed.diagnostics);
    let mut cluster = parsed.cluster;
    let (controllers, _) = Controllers::start(&mut cluster, 1);
    (cluster, controllers)
}

fn foo() -> NamespacedName {
    NamespacedName::new("default", "foo")
}

/// Another template, and what else is changed with it.
fn patch(kind: WorkloadKind, version: &str, more: &str) -> Action {
    let template = format!(r#""template":{{"metadata":{{"annotations":{{"version":"{version}"}}}}}}"#);
    let patch = format!(r#"{{"spec":{{{template}{more}}}}}"#);
    Action::Patch { resource: Resource::Workload(kind), name: foo(), patch }
}

fn act(cluster: &mut Cluster, controllers: &mut Controllers, action: &Action) -> Vec<Round> {
    controllers.act(cluster, action).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// The hashes of the Pods by name.
fn hashes(cluster: &Cluster) -> BTreeMap<String, String> {
    let hash = |pod: &Pod| pod.labels.get(HASH).cloned().unwrap_or_default();
    cluster.pods.iter().map(|pod| (pod.name.name.to_string(), hash(pod))).collect()
}

/// Which ordinals have the hash.
fn ordinals(cluster: &Cluster, with: &str) -> Vec<u32> {
    let of = hashes(cluster).into_iter().filter(|(_, hash)| hash == with);
    let mut ordinals: Vec<u32> = of.filter_map(|(name, _)| name.rsplit_once('-')?.1.parse().ok()).collect();
    ordinals.sort_unstable();
    ordinals
}

const PARTITION: &str = "  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}";
const ON_DELETE: &str = "  updateStrategy: {type: OnDelete}";

/// `TestStatefulSetControlRollingUpdate`, `…WithPartition` and `…OnDeleteUpdate`: replicas before and after, and which
/// Pods have the old template then.
#[test]
fn stateful_sets_update_as_upstream() {
    let burst = "  podManagementPolicy: Parallel\n";
    for policy in ["", burst] {
        for (update, replicas, scaled, old) in [
            ("", 3, 3, 0),
            ("", 3, 5, 0),
            ("", 5, 3, 0),
            (PARTITION, 3, 3, 2),
            (PARTITION, 3, 5, 2),
            (ON_DELETE, 3, 3, 3),
            (ON_DELETE, 3, 5, 3),
            (ON_DELETE, 5, 3, 3),
        ] {
            let title = format!("{policy}{update} from {replicas} to {scaled}");
            let spec = format!("  replicas: {replicas}\n{policy}{update}");
            let (mut cluster, mut controllers) = start(&format!("{}{}", nodes(1), workload("StatefulSet", &spec, "")));
            let first = hashes(&cluster)["foo-0"].clone();
            let more = format!(r#","replicas":{scaled}"#);
            act(&mut cluster, &mut controllers, &patch(WorkloadKind::StatefulSet, "2", &more));
            assert_eq!(ordinals(&cluster, &first), (0..old).collect::<Vec<_>>(), "{title}");
            assert_eq!(cluster.pods.len(), scaled as usize, "{title}");
            if update == ON_DELETE {
                let scale = |replicas| Action::Scale { kind: WorkloadKind::StatefulSet, name: foo(), replicas };
                act(&mut cluster, &mut controllers, &scale(0));
                act(&mut cluster, &mut controllers, &scale(scaled));
                assert_eq!(ordinals(&cluster, &first), [0; 0], "{title}: made anew");
            }
        }
    }
}

/// `TestStatefulSetControlRollback`: a template that was there before is the revision that it was.
#[test]
fn a_template_that_comes_back_has_its_hash_again() {
    for kind in [WorkloadKind::StatefulSet, WorkloadKind::DaemonSet] {
        let (mut cluster, mut controllers) = start(&format!("{}{}", nodes(2), workload(kind.name(), "", "")));
        let of = |cluster: &Cluster| hashes(cluster).into_values().next().expect("a Pod");
        act(&mut cluster, &mut controllers, &patch(kind, "1", ""));
        let first = of(&cluster);
        act(&mut cluster, &mut controllers, &patch(kind, "2", ""));
        assert_ne!(of(&cluster), first);
        act(&mut cluster, &mut controllers, &patch(kind, "1", ""));
        assert_eq!(of(&cluster), first);
    }
}

/// The last Pod goes first, and the next one when it is back and ready.
#[test]
fn a_stateful_set_goes_from_its_end() {
    let (mut cluster, mut controllers) =
        start(&format!("{}{}", nodes(1), workload("StatefulSet", "  replicas: 3\n  ordinals: {start: 4}", "")));
    let restart = Action::Restart { kind: WorkloadKind::StatefulSet, name: foo() };
    let rounds = act(&mut cluster, &mut controllers, &restart);
    let told: Vec<String> = rounds.iter().map(|round| format!("{}: {}", round.actor, round.what)).collect();
    let one = |name: &str| {
        [
            format!("statefulset-controller: deletes Pod {name} of StatefulSet default/foo"),
            format!("kubelet: Pod {name} has ended"),
            format!("statefulset-controller: creates Pod {name} of StatefulSet default/foo"),
            format!("kube-scheduler: Pod {name} goes to node-0"),
            format!("kubelet: Pod {name} starts"),
            format!("kubelet: Pod {name} becomes ready"),
        ]
    };
    let begin = "user: restarts StatefulSet default/foo, which changes its Pod template".to_owned();
    let wanted: Vec<String> =
        [begin].into_iter().chain(["foo-6", "foo-5", "foo-4"].into_iter().flat_map(one)).collect();
    assert_eq!(told, wanted);
}

/// A rollout waits where a Pod does not become ready, and a Pod whose probe fails ends all the same.
#[test]
fn a_pod_that_is_not_ready_holds_a_stateful_set_up() {
    let spec = "  replicas: 3\n  podManagementPolicy: Parallel";
    let (mut cluster, mut controllers) = start(&format!("{}{}", nodes(1), workload("StatefulSet", spec, "")));
    let first = hashes(&cluster)["foo-0"].clone();
    let probe = |number: u8| NamespacedName::new("default", &format!("foo-{number}"));
    act(&mut cluster, &mut controllers, &Action::FailReadiness { pod: probe(2) });
    act(&mut cluster, &mut controllers, &Action::FailReadiness { pod: probe(0) });
    act(&mut cluster, &mut controllers, &patch(WorkloadKind::StatefulSet, "2", ""));
    assert_eq!(ordinals(&cluster, &first), [0; 0]);
    assert!(cluster.pods.iter().all(|pod| pod.status.is_ready && !pod.is_deleting));
    // In order, the ones before must be ready.
    let (mut cluster, mut controllers) =
        start(&format!("{}{}", nodes(1), workload("StatefulSet", "  replicas: 3", "")));
    act(&mut cluster, &mut controllers, &Action::FailReadiness { pod: probe(0) });
    act(&mut cluster, &mut controllers, &patch(WorkloadKind::StatefulSet, "2", ""));
    assert_eq!(ordinals(&cluster, &first), [0, 1, 2]);
    act(&mut cluster, &mut controllers, &Action::RecoverReadiness { pod: probe(0) });
    assert_eq!(ordinals(&cluster, &first), [0; 0]);
}

/// How many Pods the DaemonSet's controller made and deleted, each time until Pods became ready.
fn waves(rounds: &[Round]) -> Vec<(usize, usize)> {
    let mut waves = vec![(0, 0)];
    for round in rounds {
        let changed = |is: fn(&Changed<Pod>) -> bool| {
            round.changes.iter().filter(|change| matches!(change, Change::Pod(pod) if is(pod))).count()
        };
        if round.actor == Actor::DaemonSet {
            let wave = waves.last_mut().expect("one");
            wave.0 += changed(|pod| matches!(pod, Changed::Added(_)));
            wave.1 += changed(|pod| matches!(pod, Changed::Modified { new, .. } if new.is_deleting));
        }
        let becomes_ready = |pod: &Changed<Pod>| matches!(pod, Changed::Modified { old, new } if new.status.is_ready && !old.status.is_ready);
        if changed(becomes_ready) > 0 {
            waves.push((0, 0));
        }
    }
    waves.into_iter().filter(|wave| *wave != (0, 0)).collect()
}

fn rolled(strategy: &str, patched: &Action) -> Vec<(usize, usize)> {
    let spec = format!("  updateStrategy: {{rollingUpdate: {{{strategy}}}}}");
    let tolerations = ", tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists}]";
    let text = nodes(5).replacen(
        "spec: {",
        "spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}], ",
        1,
    );
    let text =
        if matches!(patched, Action::Patch { patch, .. } if patch.contains("tolerations")) { text } else { nodes(5) };
    let (mut cluster, mut controllers) = start(&format!("{text}{}", workload("DaemonSet", &spec, tolerations)));
    assert_eq!(cluster.pods.len(), 5);
    waves(&act(&mut cluster, &mut controllers, patched))
}

/// `TestDaemonSetUpdatesPods`, `…WithMaxSurge` and `TestDaemonSetUpdatesPodsNotMatchTainstWithMaxSurge`: five nodes.
#[test]
fn daemon_sets_update_as_upstream() {
    let image = patch(WorkloadKind::DaemonSet, "2", "");
    assert_eq!(rolled("maxUnavailable: 2", &image), [(2, 2), (2, 2), (1, 1)]);
    assert_eq!(rolled("maxSurge: 2, maxUnavailable: 0", &image), [(2, 0), (2, 2), (1, 2), (0, 1)]);
    let patch = r#"{"spec":{"template":{"spec":{"tolerations":null}}}}"#.to_owned();
    let untolerated = Action::Patch { resource: Resource::Workload(WorkloadKind::DaemonSet), name: foo(), patch };
    assert_eq!(rolled("maxSurge: 1, maxUnavailable: 0", &untolerated), [(1, 1), (1, 1), (1, 1), (1, 1), (0, 1)]);
}

/// `TestDaemonSetUpdatesSomeOldPodsNotReady`, with Pods that fail before: what is not ready goes at once, and no other.
#[test]
fn old_pods_of_a_daemon_set_that_are_not_ready_go_first() {
    let spec = "  updateStrategy: {rollingUpdate: {maxUnavailable: 2}}";
    let (mut cluster, mut controllers) = start(&format!("{}{}", nodes(5), workload("DaemonSet", spec, "")));
    let failing: Vec<NamespacedName> = cluster.pods.iter().skip(2).map(|pod| pod.name.clone()).collect();
    for pod in &failing {
        act(&mut cluster, &mut controllers, &Action::FailReadiness { pod: pod.clone() });
    }
    let rounds = act(&mut cluster, &mut controllers, &patch(WorkloadKind::DaemonSet, "2", ""));
    assert_eq!(waves(&rounds), [(3, 3), (2, 2)]);
    assert!(cluster.pods.iter().all(|pod| pod.status.is_ready && !pod.is_deleting));
}

#[test]
fn a_daemon_set_on_delete_waits_for_somebody_to_delete() {
    let (mut cluster, mut controllers) = start(&format!("{}{}", nodes(3), workload("DaemonSet", ON_DELETE, "")));
    let before = hashes(&cluster);
    let rounds = act(&mut cluster, &mut controllers, &patch(WorkloadKind::DaemonSet, "2", ""));
    assert_eq!((rounds.len(), hashes(&cluster)), (1, before.clone()));
    let name = cluster.pods[1].name.clone();
    act(&mut cluster, &mut controllers, &Action::Delete { resource: Resource::Pod, name });
    let old = before.values().next().expect("a Pod");
    assert_eq!(hashes(&cluster).values().filter(|hash| *hash == old).count(), 2);
}

/// Nobody knows from which template pasted Pods were made: they stay until it changes, with whatever hash.
#[test]
fn pasted_pods_are_of_the_pasted_template() {
    let pod = |number: u8, hash: &str| {
        format!(
            "apiVersion: v1
kind: Pod
metadata: {{name: foo-{number}, labels: {{app: foo{hash}}}, ownerReferences: [{{apiVersion: apps/v1, kind: StatefulSet, name: foo, controller: true}}]}}
spec: {{nodeName: node-0, containers: [{{name: main}}]}}
status: {{phase: Running, podIP: 10.244.0.{}, conditions: [{{type: Ready, status: 'True'}}]}}
---
",
            number + 10
        )
    };
    let real = ", controller-revision-hash: foo-76f9c5b8d5";
    for others in [real, ", controller-revision-hash: foo-5d5f7c9d6b", ""] {
        let pods = [pod(0, real), pod(1, real), pod(2, others)].concat();
        let set = workload("StatefulSet", "  replicas: 3", "");
        let (mut cluster, mut controllers) = start(&format!("{}{set}{pods}", nodes(1)));
        let before = hashes(&cluster);
        act(
            &mut cluster,
            &mut controllers,
            &Action::Scale { kind: WorkloadKind::StatefulSet, name: foo(), replicas: 4 },
        );
        let mut wanted = before.clone();
        wanted.insert("foo-3".to_owned(), "foo-76f9c5b8d5".to_owned());
        assert_eq!(hashes(&cluster), wanted);
        act(&mut cluster, &mut controllers, &Action::Restart { kind: WorkloadKind::StatefulSet, name: foo() });
        let after = hashes(&cluster);
        assert!(after.values().all(|hash| *hash == after["foo-0"] && !before.values().any(|old| old == hash)));
    }
}

/// Ready Pods, those that end not counted, after each round.
fn ready(before: &Cluster, rounds: &[Round]) -> Vec<(usize, usize)> {
    let mut cluster = before.clone();
    let count = |cluster: &Cluster| {
        let active = cluster.pods.iter().filter(|pod| !pod.is_deleting);
        (active.clone().filter(|pod| pod.status.is_ready).count(), active.count())
    };
    let mut counts = Vec::new();
    for round in rounds {
        round.changes.iter().for_each(|change| cluster.apply(change));
        counts.push(count(&cluster));
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_stateful_set_misses_one_pod_at_most(
        (replicas, partition, first) in (1..9_u32, prop::option::of(0..10_u32), 0..3_u32),
        is_parallel in any::<bool>(),
    ) {
        let policy = if is_parallel { "Parallel" } else { "OrderedReady" };
        let rolling = partition.map_or(String::new(), |at| format!(", rollingUpdate: {{partition: {at}}}"));
        let spec = format!(
            "  replicas: {replicas}\n  podManagementPolicy: {policy}\n  ordinals: {{start: {first}}}\n  \
             updateStrategy: {{type: RollingUpdate{rolling}}}"
        );
        let (mut cluster, mut controllers) = start(&format!("{}{}", nodes(3), workload("StatefulSet", &spec, "")));
        let (before, old) = (cluster.clone(), hashes(&cluster).into_values().next().expect("a Pod"));
        let rounds = act(&mut cluster, &mut controllers, &patch(WorkloadKind::StatefulSet, "2", ""));
        prop_assert!(ready(&before, &rounds).into_iter().all(|(ready, _)| ready + 1 >= replicas as usize));
        let kept = partition.unwrap_or(0).min(replicas);
        prop_assert_eq!(ordinals(&cluster, &old), (first..first + kept).collect::<Vec<_>>());
        prop_assert_eq!(cluster.pods.iter().filter(|pod| pod.status.is_ready).count(), replicas as usize);
    }

    #[test]
    fn a_daemon_set_misses_and_has_more_pods_as_it_may(
        (count, number, is_share, surges) in (1..9_u8, 1..101_u32, any::<bool>(), any::<bool>()),
    ) {
        let (amount, number) = match is_share {
            true => (format!("{number}%"), (number * u32::from(count)).div_ceil(100) as usize),
            false => (number.to_string(), number as usize),
        };
        let (surge, unavailable) = if surges { (amount.as_str(), "0") } else { ("0", amount.as_str()) };
        let spec =
            format!("  updateStrategy: {{rollingUpdate: {{maxSurge: {surge}, maxUnavailable: {unavailable}}}}}");
        let (mut cluster, mut controllers) = start(&format!("{}{}", nodes(count), workload("DaemonSet", &spec, "")));
        let (before, old) = (cluster.clone(), hashes(&cluster).into_values().next().expect("a Pod"));
        let rounds = act(&mut cluster, &mut controllers, &patch(WorkloadKind::DaemonSet, "2", ""));
        let all = usize::from(count);
        let (more, fewer) = if surges { (number, 0) } else { (0, number) };
        for (ready, active) in ready(&before, &rounds) {
            prop_assert!(ready + fewer >= all && active <= all + more);
        }
        prop_assert!(hashes(&cluster).into_values().all(|hash| hash != old));
        prop_assert_eq!(cluster.pods.iter().filter(|pod| pod.status.is_ready).count(), all);
    }
}
