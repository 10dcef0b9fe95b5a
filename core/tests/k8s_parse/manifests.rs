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
    expect![[r#"
        2:1: note: Service "default/plain": the API server would allocate what is left out; the lab took cluster IP 10.96.1.2
        22:1: note: Service "default/dns": the API server would allocate what is left out; the lab took cluster IP 10.96.1.3, node port 30087 for port 53/udp, node port 30087 for port 53/tcp, node port 30088 for port 9153/tcp
        27:1: note: Service "default/local": the API server would allocate what is left out; the lab took cluster IP 10.96.1.4, node port 30089 for port 80/tcp, health check node port 30090
        32:1: note: Service "default/none": the API server would allocate what is left out; the lab took cluster IP 10.96.1.5
        37:1: note: Service "default/both": the API server would allocate what is left out; the lab took cluster IP 10.96.1.6, cluster IP fd00:10:96::101
        42:1: note: Service "default/prefers": the API server would allocate what is left out; the lab took cluster IP 10.96.1.7
        47:1: note: Service "default/six": the API server would allocate what is left out; the lab took cluster IP fd00:10:96::102
        plain: [10.96.1.2] [V4] [] None
        headless: [] [] [] None
        outside: [] [] [] None
        written: [10.96.1.1] [V4] [30086] None
        dns: [10.96.1.3] [V4] [30087, 30087, 30088] None
        local: [10.96.1.4] [V4] [30089] Some(30090)
        none: [10.96.1.5] [V4] [] None
        both: [10.96.1.6, fd00:10:96::101] [V4, V6] [] None
        prefers: [10.96.1.7] [V4] [] None
        six: [fd00:10:96::102] [V6] [] None
    "#]].assert_eq(&allocated(&text.concat()));
}

#[test]
fn other_ranges_are_those_of_the_written_addresses() {
    let text = [
        manifest("a", "clusterIP: 172.20.0.10, ports: [{port: 80}]"),
        manifest("b", "clusterIPs: ['fd00:1::7'], clusterIP: 'fd00:1::7', ports: [{port: 80}]"),
        manifest("c", "ipFamilyPolicy: PreferDualStack, ports: [{port: 80}]"),
    ];
    expect![[r#"
        12:1: note: Service "default/c": the API server would allocate what is left out; the lab took cluster IP 172.20.0.11, cluster IP fd00:1::8
        a: [172.20.0.10] [V4] [] None
        b: [fd00:1::7] [V6] [] None
        c: [172.20.0.11, fd00:1::8] [V4, V6] [] None
    "#]].assert_eq(&allocated(&text.concat()));
}

#[test]
fn families_need_a_policy_and_ranges_end() {
    let specs = ["ipFamilies: [IPv4, IPv6]\nports: [{port: 80}]", "ipFamilyPolicy: Dual\nports: [{port: 80}]"];
    check(
        specs.map(|spec| (spec, service(spec))),
        &expect![[r#"
        ipFamilies: [IPv4, IPv6] ⏎ ports: [{port: 80}]
          5:15: error: Service "web" is invalid: spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified; expected a policy for both families; add it, or leave one family
          kept: nothing
        ipFamilyPolicy: Dual ⏎ ports: [{port: 80}]
          5:19: error: Service "web" is invalid: spec.ipFamilyPolicy: Unsupported value: "Dual": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"; expected one of PreferDualStack, RequireDualStack, SingleStack; write one of these, or leave the field out
          kept: nothing
    "#]],
    );
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
    check(
        specs.map(|spec| (spec, service(spec))),
        &expect![[r#"
        clusterIp: 10.96.0.1 ⏎ sesionAffinity: ClientIP ⏎ ports: [{port: 80, targetport: 8080}]
          1:1: note: Service "shop/web": the API server would allocate what is left out; the lab took cluster IP 10.96.1.1
          5:14: warning: Service "web": unknown field "spec.clusterIp"; expected clusterIP; write clusterIP: the API server drops the field as it is
          6:19: warning: Service "web": unknown field "spec.sesionAffinity"; expected sessionAffinity; write sessionAffinity: the API server drops the field as it is
          7:34: warning: Service "web": unknown field "spec.ports[0].targetport"; expected targetPort; write targetPort: the API server drops the field as it is
          kept: Service shop/web
        clusterIP: 10.96.0.1 ⏎ topologyKeys: ['*'] ⏎ ports: [{port: 80}]
          6:17: warning: Service "web": unknown field "spec.topologyKeys"; expected a field of the API; delete it or move it to where it belongs: the API server drops it here
          kept: Service shop/web
        clusterIP: 10.96.0.1 ⏎ loadBalancerClass: a ⏎ ipFamilyPolicy: SingleStack ⏎ ports: [{port: 80, appProtocol: h2c}]
          kept: Service shop/web
    "#]],
    );
    check_texts(
        &["apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n\
            metadata: {name: a, labels: {kubernetes.io/service-name: a}}\nport: []\n\
            endpoints: [{address: 10.0.0.1, addresses: [10.0.0.1], conditions: {Ready: true}, deprecatedTopology: {}}]\n"],
        &expect![[r#"
            apiVersion: discovery.k8s.io/v1 ⏎ kind: EndpointSlice ⏎ addressType: IPv4 ⏎ metadata: {name: a, labels: {kubernetes.io/service-name: a}} ⏎ port: [] ⏎ endpoints: [{address: 10.0.0.1, addresses: [10.0.0.1], conditions: {Ready: true}, deprecatedTopology: {}}]
              1:1: warning: EndpointSlice "a" belongs to Service "default/a", which is not in the input; expected the Service beside its endpoints; paste services and endpointslices of the same namespaces; endpoints have no effect alone
              5:7: warning: EndpointSlice "a": unknown field "port"; expected ports; write ports: the API server drops the field as it is
              6:23: warning: EndpointSlice "a": unknown field "endpoints[0].address"; expected addresses; write addresses: the API server drops the field as it is
              6:76: warning: EndpointSlice "a": unknown field "endpoints[0].conditions.Ready"; expected ready; write ready: the API server drops the field as it is
              kept: EndpointSlice default/a
        "#]],
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
        &expect![[r#"
            slice port http
              kept: Service default/web, EndpointSlice default/web-1
            slice port web
              6:1: warning: EndpointSlice "web-1" has the port "web"/tcp, which is no port of Service "default/web"; expected the name and protocol of one of its ports: "http"/tcp; make the two agree: kube-proxy ignores the endpoints of other ports
              kept: Service default/web, EndpointSlice default/web-1
            slice port http/UDP
              6:1: warning: EndpointSlice "web-1" has the port "http"/udp, which is no port of Service "default/web"; expected the name and protocol of one of its ports: "http"/tcp; make the two agree: kube-proxy ignores the endpoints of other ports
              kept: Service default/web, EndpointSlice default/web-1
            Pod with app: web
              kept: Service default/web, Pod default/web-1
            Pod with app: wep
              1:1: warning: the selector of Service "default/web" matches no Pod, and it has no slices; expected labels that Pods of the same namespace have; compare spec.selector with the labels of the Pods: without endpoints every packet is refused
              kept: Service default/web, Pod default/web-1
        "#]],
    );
}

#[test]
fn merge_keys_are_merged_as_kubectl_merges_them() {
    let specs = [
        "clusterIP: 10.96.0.1\nports:\n- &p {name: a, port: 80, targetPort: 8080}\n- {<<: *p, name: b, port: 81}",
        "clusterIP: 10.96.0.1\nports:\n- &p {name: a, port: 80, protocol: TCP}\n- &q {name: q, port: 81, protocol: UDP}\n- {<<: [*q, *p], name: c, port: 82}",
        "clusterIP: 10.96.0.1\nports:\n- &p {name: a, port: 80}\n- {name: b, <<: *p, port: 81}",
        "clusterIP: 10.96.0.1\nports:\n- &p {name: a, port: 80}\n- {<<: *p, name: b, name: c}",
        "clusterIP: 10.96.0.1\nports: [{<<: 5, port: 80}]",
    ];
    check(
        specs.map(|spec| (spec, service(spec))),
        &expect![[r#"
            clusterIP: 10.96.0.1 ⏎ ports: ⏎ - &p {name: a, port: 80, targetPort: 8080} ⏎ - {<<: *p, name: b, port: 81}
              kept: Service shop/web
            clusterIP: 10.96.0.1 ⏎ ports: ⏎ - &p {name: a, port: 80, protocol: TCP} ⏎ - &q {name: q, port: 81, protocol: UDP} ⏎ - {<<: [*q, *p], name: c, port: 82}
              kept: Service shop/web
            clusterIP: 10.96.0.1 ⏎ ports: ⏎ - &p {name: a, port: 80} ⏎ - {name: b, <<: *p, port: 81}
              7:15: error: Service "web" is invalid: spec.ports[1].name: Duplicate value: "a"; expected a name of its own for every port; name the ports, as EndpointSlices refer to them by name
              kept: nothing
            clusterIP: 10.96.0.1 ⏎ ports: ⏎ - &p {name: a, port: 80} ⏎ - {<<: *p, name: b, name: c}
              8:5: error: Service "web" is invalid: spec.ports[1]: Duplicate value: {"port":80,"protocol":"TCP"}; expected every pair of port and protocol once; change or delete one of the two
              8:23: error: key "name" already set in map; expected every key once; keep one of the fields; the object is left out until then
              kept: nothing
            clusterIP: 10.96.0.1 ⏎ ports: [{<<: 5, port: 80}]
              6:16: error: map merge requires map or sequence of maps as the value; expected the alias of a mapping; write such an alias, or the fields themselves
              kept: nothing
        "#]],
    );
    let ports = |spec: &str| {
        let ports = k8s::parse(&service(spec)).cluster.services.remove(0).ports;
        let port =
            |port: &k8s::ServicePort| format!("{}:{}/{}>{}", port.name, port.port, port.protocol, port.target_port);
        ports.iter().map(port).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ports(specs[0]), "a:80/tcp>8080 b:81/tcp>8080");
    assert_eq!(ports(specs[1]), "a:80/tcp>80 q:81/udp>81 c:82/udp>82");
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
    expect![[r#"
        1:1: note: there is no Node in this text; the lab assumes node1 (192.168.0.11, Pods in 10.244.1.0/24), node2 (192.168.0.12, Pods in 10.244.2.0/24)

        1:1: note: there is no Node in this text; the lab assumes node1 (192.168.0.12, Pods in 10.244.1.0/24), node2 (192.168.0.13, Pods in 10.244.2.0/24)

        1:1: note: there is no Node in this text; the lab assumes worker-a (192.168.0.11, Pods in 10.244.1.0/24), worker-b (192.168.0.12, Pods in 10.244.2.0/24)

        1:1: error: the configuration of kube-proxy is alone in this text; expected the Services of a cluster beside it; paste it into the same text as the objects, after a line ---: it applies to the cluster there

        1:1: note: there is no Node in this text; the lab assumes node1 (192.168.0.11, Pods in 10.244.1.0/24), node2 (192.168.0.12, Pods in 10.244.2.0/24)

        2:1: error: this is not YAML: while parsing a node, did not find expected node content; expected YAML or JSON as kubectl prints it; check the indentation and the quotes of this line and of the one before"#]].assert_eq(&said.join("\n\n"));
}
