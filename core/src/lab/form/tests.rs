use std::collections::BTreeMap;

use super::{Blank, Control, Subject};
use crate::k8s::{self, Rewritten};
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

#[test]
fn deployments_nodes_and_kube_proxy_have_forms_too() {
    let mut lab = shop();
    let name = k8s::NamespacedName::new("shop", "web");
    let edits = [
        (Subject::Deployment(name.clone()), "spec.replicas", "5"),
        (Subject::Deployment(name.clone()), "spec.template.metadata.labels", "app=web, tier=front"),
        (Subject::Deployment(name.clone()), "spec.template.spec.containers[0].ports", "http=8080, 9090/udp"),
        (Subject::Deployment(name.clone()), "spec.template.spec.nodeSelector", "topology.kubernetes.io/zone=zone-a"),
        (Subject::Deployment(name), "spec.strategy.type", "Recreate"),
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
                let listing = crate::lab::Listing::of(&lane.network, node);
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
