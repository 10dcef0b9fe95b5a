//! What kubectl shows of a cluster beyond the recorded sessions, by the sources of Kubernetes v1.36.2.

use datapath_core::lab::{Lab, WEB_SHOP};
use datapath_core::shell::run;
use datapath_tests::typed::open;
use serde_json::{Value, json};

fn object(lab: &mut Lab, line: &str) -> Value {
    let (_, at) = open(WEB_SHOP);
    let ran = run(lab, &at, line);
    let text = ran.output.text();
    let text = text.split_once("\n{").map_or(text.clone(), |(_, object)| format!("{{{object}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}\n{text}"))
}

/// `syncService` of pkg/controller/endpoint/endpoints_controller.go.
#[test]
fn endpoints_are_those_of_the_endpoints_controller() {
    let (mut lab, at) = open(WEB_SHOP);
    let endpoints = object(&mut lab, "kubectl get ep web -n shop -o json");
    let pods = object(&mut lab, "kubectl get pods -n shop -l app=web -o json");
    let mut addresses: Vec<Value> = pods["items"]
        .as_array()
        .expect("Pods")
        .iter()
        .map(|pod| {
            let target = json!({ "kind": "Pod", "name": pod["metadata"]["name"], "namespace": "shop" });
            json!({ "ip": pod["status"]["podIPs"][0]["ip"], "nodeName": pod["spec"]["nodeName"], "targetRef": target })
        })
        .collect();
    addresses.sort_by_key(|address| address["ip"].as_str().map(str::to_owned));
    assert_eq!(endpoints["subsets"][0]["addresses"], Value::Array(addresses));
    assert_eq!(endpoints["metadata"]["labels"]["endpoints.kubernetes.io/managed-by"], "endpoint-controller");
    let port = &endpoints["subsets"][0]["ports"][0];
    assert_eq!((&port["port"], &port["protocol"]), (&json!(8080), &json!("TCP")));
    let yaml = run(&mut lab, &at, "kubectl get endpoints web -n shop -o yaml").output.text();
    assert!(yaml.contains("\nsubsets:\n- addresses:\n  - ip: 10.244."), "{yaml}");
    // Pods that are not ready are no addresses any more, and the column is empty then: `formatEndpoints`.
    let table = run(&mut lab, &at, "kubectl get ep web -n shop").output.text();
    let described = run(&mut lab, &at, "kubectl describe ep web -n shop").output.text();
    assert!(table.contains(":8080,") && described.contains("NotReadyAddresses:  <none>"), "{table}{described}");
}
