use std::collections::BTreeMap;

use super::{Blank, Control, Input, Subject};
use crate::controllers::Action;
use crate::k8s::{self, Rewritten, WorkloadKind};
use crate::lab::{ControlPath, Lab, WEB_SHOP, command, parse_command};

fn shop() -> Lab {
    Lab::open(WEB_SHOP, 1).expect("the example opens")
}

/// The text that is shown is read as the cluster that is shown.
fn check_text(lab: &Lab) {
    let Rewritten { text, is_anew } = lab.written();
    assert!(!is_anew, "{text}");
    let parsed = k8s::parse(&text);
    assert!(parsed.is_usable(), "{:#?}\n{text}", parsed.diagnostics);
    assert_eq!(parsed.cluster.services.len(), lab.cluster.services.len());
    let again = Lab::open(&text, 1).unwrap_or_else(|refused| panic!("{:#?}\n{text}", refused.diagnostics));
    assert_eq!(again.cluster.endpoint_slices.len(), lab.cluster.endpoint_slices.len());
    let names = |lab: &Lab| lab.subjects().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&again), names(lab));
    for subject in lab.subjects() {
        assert_eq!(again.form(&subject), lab.form(&subject), "{subject}");
    }
}

fn edit(lab: &mut Lab, subject: &Subject, path: &str, value: &str) -> Result<ControlPath, String> {
    let action = lab.edit(subject, path, value).unwrap_or_else(|| panic!("{subject} has no {path}"));
    assert_eq!(parse_command(&command(&action)), Some(action.clone()));
    lab.act(&action).map_err(|error| error.to_string())
}

fn now(lab: &Lab, subject: &Subject, path: &str) -> Option<String> {
    let controls = lab.form(subject);
    controls.iter().find(|control| control.path == path).map(|control| control.input.value())
}

fn create(lab: &mut Lab, blank: Blank, values: &[(&str, &str)]) -> Result<ControlPath, String> {
    let mut all: BTreeMap<String, String> =
        lab.blank(blank).into_iter().map(|control| (control.path, control.input.value())).collect();
    for (path, value) in values {
        assert!(all.insert((*path).to_owned(), (*value).to_owned()).is_some(), "{path}");
    }
    let action = lab.create(blank, &all);
    assert_eq!(parse_command(&command(&action)), Some(action.clone()));
    lab.act(&action).map_err(|error| error.to_string())
}

#[test]
fn every_control_written_as_it_is_changes_nothing() {
    let mut lab = shop();
    for subject in lab.subjects().into_iter().filter(|subject| *subject != Subject::KubeProxy) {
        for Control { path, input, .. } in lab.form(&subject) {
            if matches!(input, Input::Button(_)) {
                continue;
            }
            let before = lab.cluster.clone();
            let said = edit(&mut lab, &subject, &path, &input.value()).expect_err("nothing to do");
            assert!(said.ends_with("already"), "{subject} {path}: {said}");
            assert_eq!(lab.cluster, before);
        }
    }
}

#[test]
fn a_chosen_value_is_the_controls_next_value_and_reaches_the_nodes() {
    let mut lab = shop();
    let subject = lab.subjects().into_iter().next().expect("a Service");
    let edits = [
        ("spec.type", "LoadBalancer"),
        ("spec.externalTrafficPolicy", "Local"),
        ("spec.internalTrafficPolicy", "Local"),
        ("spec.sessionAffinity", "ClientIP"),
        ("spec.sessionAffinityConfig.clientIP.timeoutSeconds", "60"),
        ("spec.publishNotReadyAddresses", "true"),
        ("metadata.annotations[service.kubernetes.io/topology-mode]", "Auto"),
        ("spec.externalIPs", "198.51.100.7, 198.51.100.8"),
        ("status.loadBalancer.ingress[*].ip", "203.0.113.200"),
        ("spec.loadBalancerSourceRanges", "192.0.2.0/24"),
        ("spec.ports[0].port", "8443"),
        ("spec.ports[0].nodePort", "31234"),
        ("spec.loadBalancerSourceRanges", ""),
        ("spec.type", "NodePort"),
    ];
    for (path, value) in edits {
        let followed = edit(&mut lab, &subject, path, value).unwrap_or_else(|said| panic!("{path}: {said}"));
        assert!(!followed.rounds.is_empty());
        assert_eq!(now(&lab, &subject, path).as_deref(), Some(value), "{path}");
        check_text(&lab);
    }
    let said = edit(&mut lab, &subject, "spec.ports[0].nodePort", "80000").expect_err("out of range");
    let controls = lab.form(&subject);
    let blamed = Control::blamed(&controls, &said).expect("it names the field");
    assert_eq!(controls[blamed].path, "spec.ports[0].nodePort", "{said}");
}

/// `ErrNotInRange`, and what a cluster has shows: nobody said that its API server has the usual range.
#[test]
fn a_node_port_out_of_the_range_is_refused_unless_another_one_is_there() {
    let mut lab = shop();
    let web = Subject::Service(k8s::NamespacedName::new("shop", "web"));
    edit(&mut lab, &web, "spec.type", "NodePort").ok();
    let port = now(&lab, &web, "spec.ports[0].nodePort").expect("it has one");
    let said = edit(&mut lab, &web, "spec.ports[0].nodePort", "20080").expect_err("out of range");
    assert_eq!(
        said,
        "the API server refuses it: Service \"web\" is invalid: spec.ports[0].nodePort: Invalid value: 20080: \
         provided port is not in the valid range. The range of valid ports is 30000-32767"
    );
    assert_eq!(now(&lab, &web, "spec.ports[0].nodePort").as_deref(), Some(&*port));
    // A text of a cluster with another range is read, with a remark.
    let text = lab.written().text.replace(&port, "20080");
    let mut lab = Lab::open(&text, 1).expect("it is read");
    assert!(k8s::parse(&text).diagnostics.iter().any(|one| one.message.to_string().contains("node port 20080")));
    edit(&mut lab, &web, "spec.ports[0].nodePort", "20081").expect("as its range may be");
}

/// `allocHealthCheckNodePort`: it is of the same range, and an object that was given none asks for one by itself.
#[test]
fn a_port_for_health_checks_is_of_the_range_of_node_ports() {
    let mut lab = shop();
    let patch = |port: u32| Action::Patch {
        resource: k8s::Resource::Service,
        name: k8s::NamespacedName::new("shop", "cart"),
        patch: format!(
            r#"{{"spec": {{"type": "LoadBalancer", "externalTrafficPolicy": "Local", "healthCheckNodePort": {port}}}}}"#
        ),
    };
    let said = lab.act(&patch(20080)).expect_err("out of range").tell().to_string();
    assert_eq!(
        said,
        "the API server refuses it: Internal error occurred: failed to allocate requested HealthCheck NodePort 20080: \
         provided port is not in the valid range. The range of valid ports is 30000-32767"
    );
    lab.act(&patch(32080)).expect("in the range");
    let subject = Subject::Service(k8s::NamespacedName::new("shop", "cart"));
    assert_eq!(now(&lab, &subject, "spec.healthCheckNodePort").as_deref(), Some("32080"));
}

/// `validateKubeProxyNodePortAddress`: the ConfigMap is anything's text.
#[test]
fn it_is_kube_proxy_that_refuses_its_configuration() {
    let mut lab = shop();
    let said = edit(&mut lab, &Subject::KubeProxy, "nodePortAddresses", "foo").expect_err("no range");
    assert_eq!(
        said,
        "the API server would keep this ConfigMap, but no kube-proxy starts with it: \
         KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"foo\": must be a valid CIDR"
    );
}

#[test]
fn ports_of_a_service_come_and_go() {
    let mut lab = shop();
    let subject = Subject::Service(k8s::NamespacedName::new("shop", "cart"));
    assert!(now(&lab, &subject, "spec.ports[0]").is_none(), "the last one stays");
    edit(&mut lab, &subject, "spec.ports", "").expect("one more");
    assert_ne!(now(&lab, &subject, "spec.ports[0].name").as_deref(), Some(""), "of two each has a name");
    let first = now(&lab, &subject, "spec.ports[0].port").expect("a port");
    let second = now(&lab, &subject, "spec.ports[1].port").expect("a port");
    assert_ne!(first, second);
    check_text(&lab);
    let ask = |lab: &mut Lab, port: &str| {
        let wanted = format!(":{port}/tcp");
        let mut targets = lab.targets().into_iter();
        let target = targets.find(|target| *target.service.name == *"cart" && target.to_string().ends_with(&wanted));
        let client = lab.clients().into_iter().next().expect("a client");
        target.is_some_and(|target| lab.send(&client, &target)).then(|| {
            let outcome = |lane: &crate::lab::Lane| format!("{:?}", lane.journeys[0].outcome);
            lab.lanes.iter().all(|lane| outcome(lane).starts_with("Answered"))
        })
    };
    assert_eq!(ask(&mut lab, &second), Some(true), "it leads to the same Pods");
    for (path, value) in [("spec.ports[1].name", "other"), ("spec.ports[1].protocol", "UDP")] {
        edit(&mut lab, &subject, path, value).unwrap_or_else(|said| panic!("{path}: {said}"));
        assert_eq!(now(&lab, &subject, path).as_deref(), Some(value));
        check_text(&lab);
    }
    let said = edit(&mut lab, &subject, "spec.ports[0].name", "other").expect_err("a name is one port's");
    assert!(said.contains("spec.ports[1].name: Duplicate value"), "{said}");
    edit(&mut lab, &subject, "spec.ports[0]", "").expect("it goes");
    check_text(&lab);
    assert_eq!(ask(&mut lab, &first), None);
}

#[test]
fn addresses_and_families_are_given_as_the_api_server_gives_them() {
    let mut lab = shop();
    let cart = Subject::Service(k8s::NamespacedName::new("shop", "cart"));
    for (path, value, why) in [
        (
            "spec.clusterIP",
            "10.96.77.7",
            r#"spec.clusterIPs[0]: Invalid value: ["10.96.77.7"]: may not change once set"#,
        ),
        ("spec.ipFamilies", "IPv6", "expected an IPv6 value as indicated by `ipFamilies[0]`"),
        ("spec.ipFamilies", "IPv4, IPv6", "this cluster is not configured for dual-stack services"),
    ] {
        let said = edit(&mut lab, &cart, path, value).expect_err(value);
        assert!(said.contains(why), "{said}");
    }
    let values = [("spec.clusterIP", "10.96.77.7"), ("metadata.name", "fixed"), ("spec.selector", "app=web")];
    create(&mut lab, Blank::Service, &values).expect("a free address");
    let fixed = Subject::Service(k8s::NamespacedName::new("shop", "fixed"));
    assert_eq!(now(&lab, &fixed, "spec.clusterIP").as_deref(), Some("10.96.77.7"));
    let said = create(&mut lab, Blank::Service, &values).expect_err("that one is there");
    assert!(said.contains("already"), "{said}");
    let values = [("metadata.name", "balanced"), ("spec.type", "LoadBalancer"), ("spec.clusterIP", "10.96.77.8")];
    create(&mut lab, Blank::Service, &values).expect("a free address");
    let balanced = Subject::Service(k8s::NamespacedName::new("shop", "balanced"));
    assert!(now(&lab, &balanced, "spec.ports[0].nodePort").is_some(), "a balancer has node ports by default");
    let values = [("spec.clusterIP", "None"), ("metadata.name", "bare"), ("spec.selector", "app=web")];
    create(&mut lab, Blank::Service, &values).expect("a headless one");
    let bare = Subject::Service(k8s::NamespacedName::new("shop", "bare"));
    assert_eq!(now(&lab, &bare, "spec.clusterIP").as_deref(), Some("None"));
    assert_eq!(now(&lab, &bare, "spec.internalTrafficPolicy"), None, "kube-proxy passes it over");
    let said = edit(&mut lab, &bare, "spec.type", "NodePort").expect_err("without an address");
    assert!(said.contains("may not be set to 'None' for NodePort services"), "{said}");
    check_text(&lab);
}

const DUAL: &str = "\
apiVersion: v1
kind: Node
metadata: {name: node1}
spec: {podCIDRs: [10.244.1.0/24, 'fd00:10:244:1::/64']}
status: {addresses: [{type: InternalIP, address: 192.168.0.11}, {type: InternalIP, address: 'fd00:192:168::11'}]}
---
# The only one.
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  clusterIP: 10.96.1.1 # as agreed
  ports:
  - port: 80
";

#[test]
fn a_second_family_comes_and_goes() {
    let mut lab = Lab::open(DUAL, 1).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    let web = Subject::Service(k8s::NamespacedName::new("default", "web"));
    let addresses = |lab: &Lab| now(lab, &web, "spec.clusterIP").unwrap_or_default();
    assert_eq!(addresses(&lab), "10.96.1.1");
    edit(&mut lab, &web, "spec.ipFamilies", "IPv4, IPv6").expect("the cluster has both");
    assert!(addresses(&lab).starts_with("10.96.1.1, fd00:10:96::"), "{}", addresses(&lab));
    let Rewritten { text, is_anew } = lab.written();
    assert!(!is_anew && text.contains("# The only one.") && text.contains("10.96.1.1 # as agreed"), "{text}");
    check_text(&lab);
    let said = edit(&mut lab, &web, "spec.ipFamilies", "IPv6, IPv4").expect_err("the first one stays");
    assert!(said.contains("expected an IPv6 value as indicated by `ipFamilies[0]`"), "{said}");
    edit(&mut lab, &web, "spec.ipFamilies", "IPv4").expect("it gives one back");
    assert_eq!(addresses(&lab), "10.96.1.1");
    let values = [("metadata.name", "six"), ("spec.ipFamilies", "IPv6"), ("spec.selector", "app=web")];
    create(&mut lab, Blank::Service, &values).expect("of the other family alone");
    let six = Subject::Service(k8s::NamespacedName::new("default", "six"));
    assert!(now(&lab, &six, "spec.clusterIP").is_some_and(|address| address.starts_with("fd00:10:96::")));
}

#[test]
fn what_makes_kube_proxy_pass_a_service_over_takes_its_rules_away() {
    let edits = [
        ("spec.type", "ExternalName", "ClusterIP"),
        ("metadata.labels[service.kubernetes.io/service-proxy-name]", "other", ""),
        ("metadata.labels[service.kubernetes.io/headless]", "yes", ""),
    ];
    for (path, value, back) in edits {
        let mut lab = shop();
        let subject = Subject::Service(k8s::NamespacedName::new("shop", "cart"));
        let written = |lab: &Lab| {
            let listing = crate::lab::Listing::of(&lab.lanes[0].network, 0, 0);
            let lines: Vec<_> = listing.sections.iter().flat_map(|section| &section.lines).collect();
            lines.iter().filter(|line| line.text.contains("shop/cart")).count()
        };
        assert!(written(&lab) > 0);
        edit(&mut lab, &subject, path, value).unwrap_or_else(|said| panic!("{path}: {said}"));
        assert_eq!(now(&lab, &subject, path).as_deref(), Some(value));
        assert_eq!(written(&lab), 0, "{path}");
        check_text(&lab);
        edit(&mut lab, &subject, path, back).unwrap_or_else(|said| panic!("{path}: {said}"));
        assert!(written(&lab) > 0, "{path}");
        check_text(&lab);
    }
}

#[test]
fn a_balancer_without_node_ports_and_its_port_for_checks() {
    let mut lab = shop();
    let subject = Subject::Service(k8s::NamespacedName::new("shop", "cart"));
    edit(&mut lab, &subject, "spec.type", "LoadBalancer").expect("a type");
    let port = now(&lab, &subject, "spec.ports[0].nodePort").expect("it is given one");
    edit(&mut lab, &subject, "spec.allocateLoadBalancerNodePorts", "false").expect("it needs none");
    assert_eq!(now(&lab, &subject, "spec.ports[0].nodePort"), None);
    check_text(&lab);
    edit(&mut lab, &subject, "spec.allocateLoadBalancerNodePorts", "true").expect("it may");
    assert_eq!(now(&lab, &subject, "spec.ports[0].nodePort"), Some(port));
    assert_eq!(now(&lab, &subject, "spec.healthCheckNodePort"), None);
    edit(&mut lab, &subject, "spec.externalTrafficPolicy", "Local").expect("a policy");
    assert!(now(&lab, &subject, "spec.healthCheckNodePort").is_some());
    let said = edit(&mut lab, &subject, "spec.healthCheckNodePort", "32000").expect_err("it stays");
    assert!(said.contains("spec.healthCheckNodePort: Forbidden: field is immutable"), "{said}");
    check_text(&lab);
}

#[test]
fn deployments_nodes_and_kube_proxy_have_forms_too() {
    let mut lab = shop();
    let deployment = Subject::Workload(WorkloadKind::Deployment, k8s::NamespacedName::new("shop", "web"));
    let edits = [
        (deployment.clone(), "spec.replicas", "5"),
        (deployment.clone(), "spec.template.metadata.labels", "app=web, tier=front"),
        (deployment.clone(), "spec.template.spec.containers[0].ports", "http=8080, 9090/udp"),
        (deployment.clone(), "spec.template.spec.nodeSelector", "topology.kubernetes.io/zone=zone-a"),
        (deployment, "spec.strategy.type", "Recreate"),
        (Subject::Node("node1".into()), "metadata.labels[topology.kubernetes.io/zone]", "zone-z"),
        (Subject::KubeProxy, "ipvs.scheduler", "lc"),
        (Subject::KubeProxy, "mode", "ipvs"),
        (Subject::KubeProxy, "iptables.masqueradeAll", "true"),
        (Subject::KubeProxy, "nodePortAddresses", "192.168.0.0/24"),
    ];
    for (subject, path, value) in edits {
        edit(&mut lab, &subject, path, value).unwrap_or_else(|said| panic!("{path}: {said}"));
        assert_eq!(now(&lab, &subject, path).as_deref(), Some(value), "{path}");
        check_text(&lab);
    }
    assert_eq!(lab.cluster.pods.iter().filter(|pod| pod.labels.contains_key("tier")).count(), 5);
}

const SETS: &str = "\
apiVersion: v1
kind: Node
metadata: {name: node1}
spec: {podCIDRs: [10.244.1.0/24]}
status: {addresses: [{type: InternalIP, address: 192.168.0.11}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  # as many as there are disks
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: main, image: db}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: agent}]}
";

#[test]
fn a_stateful_set_has_the_fields_that_its_controller_carries_out() {
    let mut lab = Lab::open(SETS, 1).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    let set = Subject::Workload(WorkloadKind::StatefulSet, k8s::NamespacedName::new("default", "db"));
    let pods = |lab: &Lab| {
        let names = lab.cluster.pods.iter().map(|pod| pod.name.name.to_string());
        let mut names: Vec<_> = names.filter(|name| name.starts_with("db-")).collect();
        names.sort();
        names
    };
    assert_eq!(pods(&lab), ["db-0", "db-1"]);
    edit(&mut lab, &set, "spec.replicas", "3").expect("it grows");
    check_text(&lab);
    assert_eq!(pods(&lab), ["db-0", "db-1", "db-2"]);
    edit(&mut lab, &set, "spec.ordinals.start", "1").expect("it moves");
    check_text(&lab);
    assert!(lab.written().text.contains("# as many as there are disks"));
    assert_eq!(pods(&lab), ["db-1", "db-2", "db-3"]);
    assert!(lab.edit(&set, "spec.strategy.type", "Recreate").is_none(), "that is a Deployment's");
    let agents = Subject::Workload(WorkloadKind::DaemonSet, k8s::NamespacedName::new("default", "agent"));
    edit(&mut lab, &agents, "spec.template.spec.nodeSelector", "disk=ssd").expect("it goes elsewhere");
    check_text(&lab);
    assert!(!lab.cluster.pods.iter().any(|pod| pod.name.name.starts_with("agent-")), "no node has the label");
    edit(&mut lab, &agents, "spec.template.spec.nodeSelector", "").expect("it is everywhere");
    lab.act(&agents.delete().expect("it may go")).expect("it goes");
    assert!(!lab.cluster.pods.iter().any(|pod| pod.name.name.starts_with("agent-")));
}

/// A changed template reaches the Pods as `updateStrategy` says.
#[test]
fn sets_roll_out_as_their_strategy_says() {
    let mut lab = Lab::open(SETS, 1).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    let set = Subject::Workload(WorkloadKind::StatefulSet, k8s::NamespacedName::new("default", "db"));
    let labelled = |lab: &Lab| {
        let new = lab.cluster.pods.iter().filter(|pod| pod.labels.contains_key("tier"));
        new.map(|pod| pod.name.name.to_string()).collect::<Vec<_>>()
    };
    let labels = "spec.template.metadata.labels";
    edit(&mut lab, &set, "spec.updateStrategy.rollingUpdate.partition", "1").expect("a partition");
    edit(&mut lab, &set, labels, "app=db, tier=back").expect("another template");
    check_text(&lab);
    assert_eq!(labelled(&lab), ["db-1"]);
    edit(&mut lab, &set, "spec.updateStrategy.rollingUpdate.partition", "0").expect("no partition");
    assert_eq!(labelled(&lab).len(), 2);
    edit(&mut lab, &set, "spec.updateStrategy.type", "OnDelete").expect("the other strategy");
    check_text(&lab);
    assert!(lab.edit(&set, "spec.updateStrategy.rollingUpdate.partition", "1").is_none(), "it has none");
    edit(&mut lab, &set, labels, "app=db").expect("another template");
    assert_eq!(labelled(&lab).len(), 2, "nobody deleted them");
    edit(&mut lab, &set, "spec.updateStrategy.type", "RollingUpdate").expect("the first strategy");
    assert_eq!(labelled(&lab).len(), 0);
    let agents = Subject::Workload(WorkloadKind::DaemonSet, k8s::NamespacedName::new("default", "agent"));
    let (surge, unavailable) =
        ("spec.updateStrategy.rollingUpdate.maxSurge", "spec.updateStrategy.rollingUpdate.maxUnavailable");
    for (path, other) in [(surge, unavailable), (unavailable, surge)] {
        edit(&mut lab, &agents, path, "30%").expect("one of the two");
        check_text(&lab);
        let values = [path, other].map(|path| now(&lab, &agents, path).expect("it is there"));
        assert_eq!(values, ["30%", "0"]);
    }
    let said = edit(&mut lab, &agents, unavailable, "0").expect_err("one of them must be");
    assert!(said.contains("spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0"), "{said}");
    for subject in [set, agents] {
        assert!(lab.form(&subject).iter().all(|control| !matches!(control.input, Input::Fixed(_))));
    }
}

/// A kube-proxy that starts anew writes what one writes that finds the same cluster and an empty kernel.
#[test]
fn a_restarted_kube_proxy_comes_to_what_a_new_node_gets() {
    let mut lab = shop();
    for lane in &lab.lanes {
        lane.network.start_all().expect("it starts");
    }
    edit(&mut lab, &Subject::KubeProxy, "ipvs.scheduler", "sh").expect("it is a scheduler");
    edit(&mut lab, &Subject::KubeProxy, "iptables.masqueradeAll", "true").expect("it is a setting");
    let other = Lab::open(&lab.written().text, 1).expect("it opens");
    for (lane, other) in lab.lanes.iter().zip(&other.lanes) {
        for node in 0..lab.cluster.nodes.len() {
            let text = |lane: &crate::lab::Lane| {
                let listing = crate::lab::Listing::of(&lane.network, node, 0);
                let lines = listing.sections.iter().flat_map(|section| &section.lines);
                let mut lines: Vec<_> = lines.map(|line| line.text.clone()).collect();
                lines.sort();
                lines
            };
            assert_eq!(text(lane), text(other), "{} on node {node}", lane.mode);
        }
    }
}

#[test]
fn what_is_created_answers_and_what_is_deleted_does_not() {
    let mut lab = shop();
    create(&mut lab, Blank::Node, &[]).expect("a node");
    create(&mut lab, Blank::Deployment, &[("spec.replicas", "4")]).expect("a Deployment");
    create(&mut lab, Blank::Service, &[("spec.selector", "app=app"), ("spec.type", "NodePort")]).expect("a Service");
    create(&mut lab, Blank::Client, &[("spec.nodeName", "node4")]).expect("a Pod");
    check_text(&lab);
    let on_new = lab.cluster.pods.iter().filter(|pod| pod.spec.node_name.as_deref() == Some("node4")).count();
    assert_eq!(on_new, 2, "one of the four, and the client");
    let client =
        lab.clients().into_iter().find(|client| client.to_string() == "pod client on node4").expect("a client");
    for through in ["ClusterIP", "NodePort of node4"] {
        let target = lab.targets().into_iter().find(|target| {
            let target = target.to_string();
            target.starts_with("shop/service at ") && target.contains(through)
        });
        assert!(lab.send(&client, &target.expect("a target")));
        for lane in &lab.lanes {
            let outcome = format!("{:?}", lane.journeys[0].outcome);
            assert!(outcome.starts_with("Answered"), "{} {through}: {outcome}", lane.mode);
        }
    }
    let named = |lab: &Lab, wanted: &str| {
        let found = lab.subjects().into_iter().find(|subject| subject.to_string() == wanted);
        found.and_then(|subject| subject.delete()).unwrap_or_else(|| panic!("{wanted}"))
    };
    for wanted in ["Node node4", "Deployment shop/app", "Service shop/service"] {
        let action = named(&lab, wanted);
        let path = lab.act(&action).unwrap_or_else(|error| panic!("{wanted}: {error}"));
        assert!(!path.rounds.is_empty());
        check_text(&lab);
    }
    assert!(lab.cluster.pods.iter().all(|pod| !pod.name.name.starts_with("app-")));
    assert!(lab.clients().iter().all(|client| !client.to_string().contains("node4")));
}

#[test]
fn endpoints_made_by_hand_answer() {
    let mut lab = shop();
    create(&mut lab, Blank::Service, &[("spec.selector", ""), ("metadata.name", "db"), ("spec.ports[0].port", "5432")])
        .expect("a Service");
    create(&mut lab, Blank::EndpointSlice, &[]).expect("a slice");
    let slice = lab.subjects().into_iter().find(|subject| matches!(subject, Subject::EndpointSlice(_))).expect("it");
    edit(&mut lab, &slice, "endpoints[*].addresses", "198.51.100.80, 198.51.100.81").expect("two");
    check_text(&lab);
    let target = lab.targets().into_iter().find(|target| *target.service.name == *"db").expect("a target");
    // A pod's packet would come back to nobody: the network outside knows the nodes only.
    let client = lab.clients().into_iter().find(|client| client.to_string() == "process on node1").expect("a process");
    assert!(lab.send(&client, &target));
    for lane in &lab.lanes {
        let outcome = format!("{:?}", lane.journeys[0].outcome);
        assert!(outcome.starts_with("Answered { server: Outside"), "{}: {outcome}", lane.mode);
    }
    let action = slice.delete().expect("it goes");
    lab.act(&action).expect("it is there");
    assert!(!lab.subjects().contains(&slice));
}

#[test]
fn refusals_name_their_field() {
    let mut lab = shop();
    let cases = [
        (Blank::Service, [("metadata.name", "Not A Name")], "metadata.name"),
        (Blank::Service, [("metadata.name", "web")], "metadata.name"),
        (Blank::Service, [("spec.ports[0].port", "70000")], "spec.ports[0].port"),
        (Blank::EndpointSlice, [("endpoints[*].addresses", "nowhere")], "endpoints[*].addresses"),
        (Blank::Deployment, [("spec.replicas", "many")], "spec.replicas"),
        (Blank::Node, [("status.addresses", "192.168.0.11")], "status.addresses"),
        (Blank::Client, [("metadata.namespace", "-")], "metadata.namespace"),
    ];
    for (blank, values, path) in cases {
        let before = lab.cluster.clone();
        let said = create(&mut lab, blank, &values).expect_err(path);
        let controls = lab.blank(blank);
        let blamed = Control::blamed(&controls, &said).map(|place| controls[place].path.as_str());
        assert_eq!(blamed, Some(path), "{said}");
        assert_eq!(lab.cluster, before);
    }
}
