//! What `k8s::parse` says about clusters: every rule with the words and the place of its diagnostic.

mod configuration;
mod manifests;
mod services;
mod slices_and_nodes;
mod texts;
mod workloads;

use datapath_core::k8s::{self, Parsed};
use expect_test::{Expect, expect};

/// Checks the diagnostics of each text and what was kept, under the piece of YAML that `name` it.
fn check<'a>(cases: impl IntoIterator<Item = (&'a str, String)>, expected: &Expect) {
    let mut printed = String::new();
    for (name, text) in cases {
        let name = name.trim_end().replace('\n', " ⏎ ").replace('\t', "⇥").replace(char::is_control, "�");
        printed += &format!("{name}\n{}", summary(&k8s::parse(&text)));
    }
    expected.assert_eq(&printed);
}

/// Checks texts that are whole.
fn check_texts(texts: &[&str], expected: &Expect) {
    check(texts.iter().map(|text| (*text, (*text).to_owned())), expected);
}

fn summary(parsed: &Parsed) -> String {
    let cluster = &parsed.cluster;
    let nodes = cluster.nodes.iter().map(|node| format!("Node {}", node.name));
    let services = cluster.services.iter().map(|service| format!("Service {}", service.name));
    let slices = cluster.endpoint_slices.iter().map(|slice| format!("EndpointSlice {}", slice.name));
    let pods = cluster.pods.iter().map(|pod| format!("Pod {}", pod.name));
    let workloads = cluster.workloads.iter().map(|workload| format!("{} {}", workload.kind(), workload.name));
    let endpoints = cluster.endpoints.iter().map(|endpoints| format!("Endpoints {}", endpoints.name));
    let configuration = cluster.proxy_configuration.iter().map(|configuration| format!("{configuration:?}"));
    let kept = nodes.chain(services).chain(slices).chain(pods).chain(workloads).chain(endpoints).chain(configuration);
    let kept: Vec<String> = kept.collect();
    let mut lines: Vec<String> = parsed.diagnostics.iter().map(|line| format!("  {line}\n")).collect();
    lines.push(format!("  kept: {}\n", if kept.is_empty() { "nothing".to_owned() } else { kept.join(", ") }));
    lines.concat()
}

/// A Service with the given lines of `spec`: its first line is line 5 of the text, its column 1 column 3.
fn service(spec: &str) -> String {
    let spec = spec.lines().fold(String::new(), |text, line| format!("{text}  {line}\n"));
    format!("apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec:\n{spec}")
}

#[test]
fn the_web_shop_has_nothing_to_complain_about() {
    let text = include_str!("../../src/lab/web-shop.yaml").to_owned();
    check(
        [("the web shop", text)],
        &expect![[r#"
            the web shop
              kept: Node node1, Node node2, Node node3, Service kube-system/kube-dns, Service shop/web, Service shop/cart, Service shop/catalog, Service shop/payments, Service shop/orders-db, Service shop/recommendations, EndpointSlice kube-system/kube-dns-t7m2q, EndpointSlice shop/web-9lhx4, EndpointSlice shop/cart-c5w8n, EndpointSlice shop/catalog-h4f2z, EndpointSlice shop/payments-q8n6d, EndpointSlice shop/orders-db-k3v7b, EndpointSlice shop/recommendations-m9r5t, Deployment kube-system/coredns, Deployment shop/web, Deployment shop/cart, Deployment shop/catalog, Deployment shop/payments, StatefulSet shop/orders-db, Deployment shop/recommendations
        "#]],
    );
}

#[test]
fn the_recorded_clusters_have_nothing_to_complain_about() {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/kube-proxy");
    let mut count = 0;
    for case in std::fs::read_dir(cases).expect("the recorded cases lie in tests/cases") {
        let path = case.expect("a directory entry").path().join("cluster.yaml");
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let k8s::Parsed { cluster, diagnostics, .. } = k8s::parse(&text);
        assert_eq!(diagnostics, [], "{}", path.display());
        let read = [cluster.nodes.len(), cluster.services.len(), cluster.endpoint_slices.len()];
        let written = ["Node", "Service", "EndpointSlice"];
        let written = written.map(|kind| text.matches(&format!("kind: {kind}\n")).count());
        assert_eq!(read, written, "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 109);
}
