//! Objects as people write them, which no API server has filled in.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use datapath_core::k8s::{self, Parsed, Service};
use datapath_core::lab::Lab;
use expect_test::expect;

use super::{check, check_texts, service};

fn manifest(name: &str, spec: &str) -> String {
    format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n")
}

/// What every Service has after parsing, and what is said.
fn allocated(text: &str) -> String {
    let Parsed { cluster, diagnostics, .. } = k8s::parse(text);
    let mut printed = diagnostics.iter().fold(String::new(), |printed, line| format!("{printed}{line}\n"));
    for Service { name, cluster_ips, ip_families, ports, health_check_node_port, .. } in &cluster.services {
        let node_ports: Vec<u16> = ports.iter().filter_map(|port| port.node_port).collect();
        let _ = writeln!(
            printed,
            "{}: {cluster_ips:?} {ip_families:?} {node_ports:?} {health_check_node_port:?}",
            name.name
        );
    }
    printed
}

#[test]
fn a_manifest_gets_what_the_api_server_would_allocate() {
    let text = [
        manifest("plain", "ports: [{port: 80}]"),
        manifest("headless", "clusterIP: None, ports: [{port: 80}]"),
        manifest("outside", "type: ExternalName, externalName: example.com"),
        manifest("written", "type: NodePort, clusterIP: 10.96.1.1, ports: [{port: 80, nodePort: 30086}]"),
        manifest(
            "dns",
            "type: NodePort, ports: [{name: u, port: 53, protocol: UDP}, {name: t, port: 53}, {name: m, port: 9153}]",
        ),
        manifest("local", "type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80}]"),
        manifest("none", "type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80}]"),
        manifest("both", "ipFamilyPolicy: RequireDualStack, ports: [{port: 80}]"),
        manifest("prefers", "ipFamilyPolicy: PreferDualStack, ports: [{port: 80}]"),
        manifest("six", "ipFamilies: [IPv6], ports: [{port: 80}]"),
    ];
    expect![""].assert_eq(&allocated(&text.concat()));
}

#[test]
fn other_ranges_are_those_of_the_written_addresses() {
    let text = [
        manifest("a", "clusterIP: 172.20.0.10, ports: [{port: 80}]"),
        manifest("b", "clusterIPs: ['fd00:1::7'], clusterIP: 'fd00:1::7', ports: [{port: 80}]"),
        manifest("c", "ipFamilyPolicy: PreferDualStack, ports: [{port: 80}]"),
    ];
    expect![""].assert_eq(&allocated(&text.concat()));
}

#[test]
fn families_need_a_policy_and_ranges_end() {
    let specs = ["ipFamilies: [IPv4, IPv6]\nports: [{port: 80}]", "ipFamilyPolicy: Dual\nports: [{port: 80}]"];
    check(specs.map(|spec| (spec, service(spec))), &expect![""]);
    let text: String =
        (0..2_769).map(|number| manifest(&format!("s{number}"), "type: NodePort, ports: [{port: 80}]")).collect();
    let Parsed { cluster, diagnostics, .. } = k8s::parse(&text);
    assert_eq!(cluster.services.len(), 2_768);
    let node_ports: BTreeSet<_> = cluster.services.iter().map(|service| service.ports[0].node_port).collect();
    assert_eq!((node_ports.first(), node_ports.last()), (Some(&Some(30_000)), Some(&Some(32_767))));
    assert_eq!(node_ports.len(), 2_768);
    let addresses: BTreeSet<_> = cluster.services.iter().flat_map(|service| &service.cluster_ips).collect();
    assert_eq!(addresses.len(), 2_768);
    assert!(!diagnostics.is_empty());
}

#[test]
fn fields_that_the_api_lacks() {
    let specs = [
        "clusterIp: 10.96.0.1\nsesionAffinity: ClientIP\nports: [{port: 80, targetport: 8080}]",
        "clusterIP: 10.96.0.1\ntopologyKeys: ['*']\nports: [{port: 80}]",
        "clusterIP: 10.96.0.1\nloadBalancerClass: a\nipFamilyPolicy: SingleStack\nports: [{port: 80, appProtocol: h2c}]",
    ];
    check(specs.map(|spec| (spec, service(spec))), &expect![""]);
    check_texts(
        &["apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n\
            metadata: {name: a, labels: {kubernetes.io/service-name: a}}\nport: []\n\
            endpoints: [{address: 10.0.0.1, addresses: [10.0.0.1], conditions: {Ready: true}, deprecatedTopology: {}}]\n"],
        &expect![""],
    );
}

#[test]
fn endpoints_that_no_service_port_takes() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n\
        spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80}]}\n---\n";
    let slice = |port: &str| {
        format!(
            "{service}apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n\
             metadata: {{name: web-1, labels: {{kubernetes.io/service-name: web}}}}\nports: [{{{port}}}]\n"
        )
    };
    let pod = |label: &str| {
        format!(
            "{service}apiVersion: v1\nkind: Pod\nmetadata: {{name: web-1, labels: {{app: {label}}}}}\n\
             spec: {{containers: [{{name: web}}]}}\n"
        )
    };
    check(
        [
            ("slice port http", slice("name: http, port: 8080")),
            ("slice port web", slice("name: web, port: 8080")),
            ("slice port http/UDP", slice("name: http, port: 8080, protocol: UDP")),
            ("Pod with app: web", pod("web")),
            ("Pod with app: wep", pod("wep")),
        ],
        &expect![""],
    );
}

#[test]
fn merge_keys_are_merged_as_kubectl_merges_them() {
    let specs = [
        "clusterIP: 10.96.0.1\nports:\n- &p {name: a, port: 80, targetPort: 8080}\n- {<<: *p, name: b, port: 81}",
        "clusterIP: 10.96.0.1\nports:\n- &p {name: a, port: 80}\n- &q {port: 81, protocol: UDP}\n- {<<: [*q, *p], name: c}",
        "clusterIP: 10.96.0.1\nports:\n- &p {name: a, port: 80}\n- {name: b, <<: *p, port: 81}",
        "clusterIP: 10.96.0.1\nports:\n- &p {name: a, port: 80}\n- {<<: *p, name: b, name: c}",
        "clusterIP: 10.96.0.1\nports: [{<<: 5, port: 80}]",
    ];
    check(specs.map(|spec| (spec, service(spec))), &expect![""]);
    let ports = |spec: &str| {
        let ports = k8s::parse(&service(spec)).cluster.services.remove(0).ports;
        let port =
            |port: &k8s::ServicePort| format!("{}:{}/{}>{}", port.name, port.port, port.protocol, port.target_port);
        ports.iter().map(port).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ports(specs[0]), "a:80/tcp>8080 b:81/tcp>8080");
    assert_eq!(ports(specs[1]), "?");
}

#[test]
fn nodes_are_assumed_where_there_are_none() {
    let open = |text: &str| match Lab::open(text, 1) {
        Ok(lab) => lab.diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>(),
        Err(refused) => refused.diagnostics.iter().map(ToString::to_string).collect(),
    };
    let web = manifest("web", "clusterIP: 10.96.0.1, ports: [{port: 80}]");
    let taken = manifest("web", "clusterIP: 192.168.0.11, ports: [{port: 80}]");
    let slice = "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n\
        metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}\nports: [{port: 80}]\n\
        endpoints: [{addresses: [10.244.7.2], nodeName: worker-b}, {addresses: [10.244.7.3], nodeName: worker-a}]\n";
    let configuration = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n";
    let said = [&web, &taken, &format!("{web}{slice}"), configuration, &format!("{configuration}{web}"), "kind: [\n"]
        .map(|text| open(text).join("\n"));
    expect![""].assert_eq(&said.join("\n\n"));
}
