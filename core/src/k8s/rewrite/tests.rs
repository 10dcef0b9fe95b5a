use super::{Rewritten, is_read_as, rewritten};
use crate::k8s::{Cluster, ServiceType, parse};
use crate::lab::{Lab, WEB_SHOP};

const TEXT: &str = "\
# My cluster.
---
# The shop.
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort # for now
  clusterIP: 10.96.0.1
  # whom it selects
  selector:
    app: web
  ports:
  # only one
  - port: 80
    nodePort: 30080 # as agreed
---
apiVersion: v1
kind: Node
metadata:
  name: node1
  annotations: {mine: kept}
status:
  addresses:
  - {type: InternalIP, address: 192.0.2.1}
---
apiVersion: v1
kind: Secret
metadata: {name: of-no-interest}
";

fn read(text: &str) -> Cluster {
    let parsed = parse(text);
    assert!(parsed.is_usable(), "{:#?}\n{text}", parsed.diagnostics);
    parsed.cluster
}

fn changed(change: impl FnOnce(&mut Cluster)) -> String {
    let before = read(TEXT);
    let mut after = before.clone();
    change(&mut after);
    let Rewritten { text, is_anew } = rewritten(TEXT, &before, &after);
    assert!(!is_anew, "{text}");
    text
}

#[test]
fn what_did_not_change_stays_as_it_was_typed() {
    assert_eq!(changed(|_| ()), TEXT);
}

#[test]
fn a_value_changes_in_its_line() {
    let text = changed(|cluster| cluster.services[0].ports[0].node_port = Some(30081));
    assert_eq!(text, TEXT.replace("30080", "30081"));
}

#[test]
fn a_field_comes_and_another_goes_and_the_comments_stay() {
    let text = changed(|cluster| {
        let service = &mut cluster.services[0];
        service.service_type = ServiceType::ClusterIp;
        service.ports[0].node_port = None;
        service.publish_not_ready_addresses = true;
    });
    for kept in ["# My cluster.", "# The shop.", "  type: ClusterIP # for now", "# whom it selects", "# only one"] {
        assert!(text.contains(kept), "{kept}\n{text}");
    }
    assert!(text.contains("\n  publishNotReadyAddresses: true\n") && !text.contains("nodePort"), "{text}");
}

#[test]
fn elements_of_a_list_come_and_go_and_the_others_stay_as_they_were_typed() {
    let second = "  # for those who measure\n  - port: 9090\n    name: metrics\n    appProtocol: http\n";
    let more = TEXT
        .replace("  # only one\n", "")
        .replace("type: NodePort # for now\n", "type: ClusterIP\n")
        .replace("    nodePort: 30080 # as agreed\n", &format!("    name: web # by which it is known\n{second}"));
    let before = read(&more);
    let without = |place: usize| {
        let mut after = before.clone();
        after.services[0].ports.remove(place);
        rewritten(&more, &before, &after).text
    };
    assert_eq!(without(1), more.replace("  - port: 9090\n    name: metrics\n    appProtocol: http\n", ""));
    assert_eq!(without(0), more.replace("  - port: 80\n    name: web # by which it is known\n", ""));
    let mut after = before.clone();
    let other = crate::k8s::ServicePort { name: "admin".into(), port: 8081, ..after.services[0].ports[0].clone() };
    after.services[0].ports.push(other);
    let text = rewritten(&more, &before, &after).text;
    let (kept, added) = text.split_once("    appProtocol: http\n").expect("it stays");
    assert!(
        more.starts_with(kept) && added.starts_with("  - name: admin\n    protocol: TCP\n    port: 8081\n"),
        "{text}"
    );
}

#[test]
fn what_the_text_left_to_the_api_server_is_written_once_it_would_be_given_otherwise() {
    let bare = TEXT.replace("    nodePort: 30080 # as agreed\n", "    name: a\n  - port: 81 # more\n    name: b\n");
    let before = read(&bare);
    let mut after = before.clone();
    let left = after.services[0].ports.remove(1);
    after.services[0].ports = vec![left.clone()];
    let Rewritten { text, is_anew } = rewritten(&bare, &before, &after);
    let number = format!("nodePort: {}\n", left.node_port.expect("it was given one"));
    assert!(
        !is_anew && text.contains("# My cluster.") && text.contains("81 # more") && text.contains(&number),
        "{text}"
    );
}

#[test]
fn an_object_comes_and_another_goes() {
    let text = changed(|cluster| {
        cluster.nodes[0].name = "node2".into();
        cluster.services.clear();
    });
    assert!(!text.contains("kind: Service") && text.contains("kind: Secret"), "{text}");
    assert!(text.ends_with("  - type: InternalIP\n    address: 192.0.2.1\n"), "{text}");
}

#[test]
fn braces_are_written_anew_and_the_rest_is_not() {
    let text = changed(|cluster| cluster.nodes[0].internal_ips[0] = "192.0.2.9".parse().expect("an address"));
    assert!(text.contains("  - type: InternalIP\n    address: 192.0.2.9\n"), "{text}");
    assert!(text.contains("annotations: {mine: kept}"), "{text}");
    let json = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": [
        crate::k8s::write::service(&read(TEXT).services[0]), { "apiVersion": "v1", "kind": "Event", "x": 1 },
    ]});
    let before = read(&json.to_string());
    let mut after = before.clone();
    after.services[0].selector.clear();
    let Rewritten { text, is_anew } = rewritten(&json.to_string(), &before, &after);
    assert!(!is_anew && text.contains("kind: Event"), "{text}");
}

#[test]
fn every_action_is_written_into_the_example() {
    let before = read(WEB_SHOP);
    let lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
    for action in lab.inventory().offers() {
        let mut lab = lab.clone();
        lab.act(&action).expect("it is offered");
        let Rewritten { text, is_anew } = rewritten(WEB_SHOP, &before, &lab.cluster);
        assert!(!is_anew, "{action}");
        assert!(is_read_as(&text, &lab.cluster), "{action}\n{text}");
        assert!(text.contains("- address: node1\n      type: Hostname"), "what the lab does not look at stays");
    }
}
