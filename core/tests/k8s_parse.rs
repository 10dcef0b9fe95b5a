//! What `k8s::parse` says about clusters: every rule with the words and the place of its diagnostic.

use datapath_core::k8s::{self, Parsed};
use expect_test::{Expect, expect};

/// Checks the diagnostics of a text, and which objects were kept, by kind and name.
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&summary(&k8s::parse(text)));
}

fn summary(parsed: &Parsed) -> String {
    let cluster = &parsed.cluster;
    let nodes = cluster
        .nodes
        .iter()
        .map(|node| format!("Node {}", node.name));
    let services = cluster
        .services
        .iter()
        .map(|service| format!("Service {}", service.name));
    let slices = cluster
        .endpoint_slices
        .iter()
        .map(|slice| format!("EndpointSlice {}", slice.name));
    let kept: Vec<String> = nodes.chain(services).chain(slices).collect();
    let mut lines: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
    lines.push(format!(
        "kept: {}",
        if kept.is_empty() {
            "nothing".to_owned()
        } else {
            kept.join(", ")
        }
    ));
    lines.join("\n") + "\n"
}

/// A Service with the given lines of `spec`, which begin in column 3.
fn service(spec: &str) -> String {
    let spec = spec
        .lines()
        .fold(String::new(), |text, line| format!("{text}  {line}\n"));
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec:\n{spec}"
    )
}

fn check_service(spec: &str, expected: Expect) {
    check(&service(spec), expected);
}

/// An IPv4 slice of a Service, with the given further lines.
fn check_slice(lines: &str, expected: Expect) {
    let head = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n";
    let meta =
        "metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}\n";
    let service = service("clusterIP: 10.96.0.10\nports: [{port: 80}]");
    check(&format!("{head}{meta}{lines}\n---\n{service}"), expected);
}

#[test]
fn the_web_shop_has_nothing_to_complain_about() {
    check(
        include_str!("../src/lab/web-shop.yaml"),
        expect![[r#"
        kept: Node node1, Node node2, Node node3, Service kube-system/kube-dns, Service shop/web, Service shop/cart, Service shop/catalog, Service shop/payments, Service shop/orders-db, Service shop/recommendations, EndpointSlice kube-system/kube-dns-t7m2q, EndpointSlice shop/web-9lhx4, EndpointSlice shop/cart-c5w8n, EndpointSlice shop/catalog-h4f2z, EndpointSlice shop/payments-q8n6d, EndpointSlice shop/orders-db-k3v7b, EndpointSlice shop/recommendations-m9r5t
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
        let parsed = k8s::parse(&text);
        assert_eq!(parsed.diagnostics, [], "{}", path.display());
        assert_eq!(
            parsed.cluster.services.len(),
            text.matches("kind: Service\n").count(),
            "{}",
            path.display()
        );
        assert_eq!(
            parsed.cluster.endpoint_slices.len(),
            text.matches("kind: EndpointSlice\n").count(),
            "{}",
            path.display()
        );
        assert_eq!(
            parsed.cluster.nodes.len(),
            text.matches("kind: Node\n").count(),
            "{}",
            path.display()
        );
        count += 1;
    }
    assert_eq!(count, 109);
}

#[test]
fn nothing_at_all_is_no_error() {
    for text in ["", "\n\n", "# only a comment\n", "---\n---\n", "null"] {
        let parsed = k8s::parse(text);
        assert!(parsed.is_usable(), "{text:?}");
        assert_eq!(parsed.diagnostics.len(), 1, "{text:?}");
    }
    check(
        "",
        expect![[r#"
        1:1: note: there is nothing here yet: paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
        kept: nothing
    "#]],
    );
    check(
        "apiVersion: v1\nkind: List\nitems: []\n",
        expect![[r#"
        kept: nothing
    "#]],
    );
    check(
        "\u{feff}apiVersion: v1\r\nkind: List\r\n",
        expect![[r#"
        kept: nothing
    "#]],
    );
}

#[test]
fn what_is_no_object_is_told_from_what_is() {
    check(
        "NAME   TYPE        CLUSTER-IP\nweb    ClusterIP   10.96.0.1\n",
        expect![[r#"
        1:1: error: "NAME   TYPE        CLUSTER-IP web    ClusterIP   10.96.0.1" is not an object of Kubernetes; expected objects as kubectl prints them; paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
        kept: nothing
    "#]],
    );
    check(
        "- 1\n- {apiVersion: v1}\n",
        expect![[r#"
        1:1: error: a list is not an object of Kubernetes; expected objects as kubectl prints them; paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
        kept: nothing
    "#]],
    );
    check(
        "apiVersion: v1\nitems:\n- 5\n- {kind: Node}\n- {apiVersion: v1, kind: Node}\nkind: List\n",
        expect![[r#"
        3:3: error: 5 is not an object of Kubernetes; expected objects as kubectl prints them; paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
        4:3: error: items[1].apiVersion: Required value; expected v1; print the object with a kubectl of Kubernetes 1.21 or later
        5:3: error: Node "" is invalid: metadata: Required value; expected metadata with a name; write the name as kubectl prints it
        kept: nothing
    "#]],
    );
    check(
        "apiVersion: v1\nkind: List\nitems: {}\n",
        expect![[r#"
        3:8: error: items: Invalid value: a mapping: must be a list; expected a list; compare with what kubectl prints
        kept: nothing
    "#]],
    );
    check(
        "kind: service\n---\nkind: Endpointslices\n---\nkind: ''\n---\nkind: 7\n",
        expect![[r#"
        1:7: error: no kind "service" is registered; expected Service; write the kind as kubectl prints it
        3:7: error: no kind "Endpointslices" is registered; expected EndpointSlice; write the kind as kubectl prints it
        5:7: error: no kind "" is registered; expected Service, EndpointSlice, Node or List; write the kind as kubectl prints it
        7:7: error: kind: Invalid value: 7: must be a string; expected a string; put the value in quotes
        kept: nothing
    "#]],
    );
    check(
        "kind: Pod\n---\nkind: Pod\n---\nkind: PodList\nitems: []\n---\nkind: Endpoints\n",
        expect![[r#"
        1:7: note: kind Pod has no bearing on kube-proxy's rules and is passed over (2 objects)
        5:7: note: kind PodList has no bearing on kube-proxy's rules and is passed over
        8:7: note: kind Endpoints has no bearing on kube-proxy's rules and is passed over
        kept: nothing
    "#]],
    );
    check(
        "apiVersion: discovery.k8s.io/v1beta1\nkind: EndpointSlice\n---\napiVersion: 1\nkind: Node\n",
        expect![[r#"
        1:13: error: apiVersion "discovery.k8s.io/v1beta1" is not supported here; expected discovery.k8s.io/v1; print the object with a kubectl of Kubernetes 1.21 or later
        4:13: error: apiVersion: Invalid value: 1: must be a string; expected a string; put the value in quotes
        kept: nothing
    "#]],
    );
}

#[test]
fn typed_lists_imply_kind_and_version() {
    let item = "metadata: {name: web}, spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}";
    check(
        &format!("apiVersion: v1\nkind: ServiceList\nitems:\n- {{{item}}}\n"),
        expect![[r#"
        kept: Service default/web
    "#]],
    );
    check(
        "apiVersion: v1\nkind: EndpointSliceList\nitems: []\n",
        expect![[r#"
        1:13: error: apiVersion "v1" is not supported here; expected discovery.k8s.io/v1; print the object with a kubectl of Kubernetes 1.21 or later
        kept: nothing
    "#]],
    );
    check(
        "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"NodeList\",\n\t\"items\": [{\"metadata\": {\"name\": 5}}]\n}\n",
        expect![[r#"
        4:34: error: Node "" is invalid: metadata.name: Invalid value: 5: must be a string; expected a string; put the value in quotes
        kept: nothing
    "#]],
    );
}

#[test]
fn texts_that_are_no_yaml_keep_the_documents_before() {
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: node1}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.1}]}\n";
    check(
        &format!("{node}---\na: b: c\n"),
        expect![[r#"
        6:5: error: this is not YAML: mapping values are not allowed in this context; expected YAML or JSON as kubectl prints it; check the indentation and the quotes of this line and of the one before
        kept: Node node1
    "#]],
    );
    check(
        &format!("{node}---\na:\n\tb: c\n"),
        expect![[r#"
        7:2: error: this is not YAML: tabs disallowed within this context (block indentation); expected YAML or JSON as kubectl prints it; indent with spaces: YAML does not allow tabs
        kept: Node node1
    "#]],
    );
    check(
        "a: \"open\n",
        expect![[r#"
        1:4: error: this is not YAML: while scanning a quoted scalar, found unexpected end of stream; expected YAML or JSON as kubectl prints it; check the indentation and the quotes of this line and of the one before
        kept: nothing
    "#]],
    );
    check(
        "a: b\u{0}c\n",
        expect![[r#"
        1:5: error: control characters are not allowed: U+0000; expected printable characters, line breaks and tabs; delete the character
        kept: nothing
    "#]],
    );
    check(
        "ä: ü\u{7}\n",
        expect![[r#"
        1:5: error: control characters are not allowed: U+0007; expected printable characters, line breaks and tabs; delete the character
        kept: nothing
    "#]],
    );
    check(
        "a: *nowhere\n",
        expect![[r#"
        1:4: error: this is not YAML: while parsing node, found unknown anchor; expected YAML or JSON as kubectl prints it; check the indentation and the quotes of this line and of the one before
        kept: nothing
    "#]],
    );
    check(
        "a: &a [*a]\n",
        expect![[r#"
        1:8: error: this alias stands for a value that contains the alias itself; expected a value that has an end; write the value out instead of the alias
        kept: nothing
    "#]],
    );
}

#[test]
fn faulty_keys_leave_out_their_object() {
    check_service(
        "clusterIP: 10.96.0.1\nports: [{port: 80, port: 81}]\nselector: {app: web}",
        expect![[r#"
        6:22: error: key "port" already set in map; expected every key once; keep one of the fields; the object is left out until then
        kept: nothing
    "#]],
    );
    check(
        "kind: Service\nkind: Node\n",
        expect![[r#"
        1:1: error: apiVersion: Required value; expected v1; print the object with a kubectl of Kubernetes 1.21 or later
        2:1: error: key "kind" already set in map; expected every key once; keep one of the fields; the object is left out until then
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- &p {port: 80}\n- <<: *p\n  name: b\n? [a]\n: b",
        expect![[r#"
        7:5: error: Service "web" is invalid: spec.ports[0].name: Required value; expected a name of its own for every port; name the ports, as EndpointSlices refer to them by name
        8:5: error: merge keys are not supported; expected the merged fields, written out; keep one of the fields; the object is left out until then
        8:5: error: Service "web" is invalid: spec.ports[1].port: Required value; expected a port number from 1 to 65535; correct the number; kubectl prints it from 1 to 65535
        10:5: error: a key is a list or a mapping; expected a string as key; keep one of the fields; the object is left out until then
        kept: nothing
    "#]],
    );
}

#[test]
fn metadata() {
    check(
        "apiVersion: v1\nkind: Node\n",
        expect![[r#"
        1:1: error: Node "" is invalid: metadata: Required value; expected metadata with a name; write the name as kubectl prints it
        kept: nothing
    "#]],
    );
    check(
        "apiVersion: v1\nkind: Node\nmetadata: 5\n",
        expect![[r#"
        3:11: error: Node "" is invalid: metadata: Invalid value: 5: must be an object; expected a mapping of fields; compare with what kubectl prints
        kept: nothing
    "#]],
    );
    check(
        "apiVersion: v1\nkind: Node\nmetadata: {labels: {a: 1, b: null, c: x}}\n",
        expect![[r#"
        3:11: error: Node "" is invalid: metadata.name: Required value: name or generateName is required; expected a name in lower case; write the name as kubectl prints it
        kept: nothing
    "#]],
    );
    check(
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: Node_1\n",
        expect![[r#"
        4:9: error: Node "Node_1" is invalid: metadata.name: Invalid value: "Node_1": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com'); expected a name in lower case; write the name as kubectl prints it
        kept: nothing
    "#]],
    );
    check(
        &format!(
            "apiVersion: v1\nkind: Node\nmetadata:\n  name: {}\n",
            "a".repeat(300)
        ),
        expect![[r#"
        4:9: error: Node "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" is invalid: metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…": must be no more than 253 bytes; expected a name in lower case; write the name as kubectl prints it
        kept: nothing
    "#]],
    );
    check(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web.shop, namespace: -x}\n",
        expect![[r#"
        3:18: error: Service "web.shop" is invalid: metadata.name: Invalid value: "web.shop": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc'); expected a name in lower case; write the name as kubectl prints it
        3:39: error: Service "web.shop" is invalid: metadata.namespace: Invalid value: "-x": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc'); expected a name in lower case; write the name as kubectl prints it
        kept: nothing
    "#]],
    );
}

#[test]
fn cluster_ips() {
    check_service(
        "clusterIP: None\nports: [{port: 80}]",
        expect![[r#"
        kept: Service shop/web
    "#]],
    );
    check_service(
        "clusterIP: None\nclusterIPs: [None]",
        expect![[r#"
        kept: Service shop/web
    "#]],
    );
    check_service(
        "ports: [{port: 80}]",
        expect![[r#"
        5:3: error: Service "web" is invalid: spec.clusterIP: Required value; expected the address that the API server assigned, or None for a headless Service; print the Service with kubectl after it was created, or write an address of the service range
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.256\nports: [{port: 80}]",
        expect![[r#"
        5:14: error: Service "web" is invalid: spec.clusterIP: Invalid value: "10.96.0.256": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff); expected an IPv4 or IPv6 address; correct the address
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.010\nports: [{port: 80}]",
        expect![[r#"
        5:14: error: Service "web" is invalid: spec.clusterIP: Invalid value: "10.96.0.010": must not have leading 0s in IPv4 addresses; expected an IPv4 or IPv6 address; leave the zeros out
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: '::ffff:10.96.0.1'\nports: [{port: 80}]",
        expect![[r#"
        5:14: error: Service "web" is invalid: spec.clusterIP: Invalid value: "::ffff:10.96.0.1": must not be an IPv4-mapped IPv6 address; expected an IPv4 or IPv6 address; write the IPv4 address alone
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nclusterIPs: [10.96.0.2]\nports: [{port: 80}]",
        expect![[r#"
        6:15: error: Service "web" is invalid: spec.clusterIPs: Invalid value: a list: first value must match `clusterIP`; expected clusterIPs that begin with clusterIP, one address per family at most; write both as kubectl prints them
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nclusterIPs: [10.96.0.1, 10.96.0.2]\nports: [{port: 80}]",
        expect![[r#"
        6:15: error: Service "web" is invalid: spec.clusterIPs: Invalid value: a list: may specify no more than one IP for each IP family; expected clusterIPs that begin with clusterIP, one address per family at most; write both as kubectl prints them
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nclusterIPs: [10.96.0.1, 'fd00::1', 'fd00::2']\nports: [{port: 80}]",
        expect![[r#"
        6:15: error: Service "web" is invalid: spec.clusterIPs: Invalid value: a list: may only hold up to 2 values; expected clusterIPs that begin with clusterIP, one address per family at most; write both as kubectl prints them
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nclusterIPs: [None]\nports: [{port: 80}]",
        expect![[r#"
        6:15: error: Service "web" is invalid: spec.clusterIPs: Invalid value: a list: first value must match `clusterIP`; expected clusterIPs that begin with clusterIP, one address per family at most; write both as kubectl prints them
        kept: nothing
    "#]],
    );
    check_service(
        "type: NodePort\nclusterIP: None\nports: [{port: 80}]",
        expect![[r#"
        6:14: error: Service "web" is invalid: spec.clusterIP: Invalid value: "None": may not be set to 'None' for NodePort services; expected an address; write an address of the service range, or change the type
        kept: nothing
    "#]],
    );
    check_service(
        "type: ExternalName\nclusterIP: 10.96.0.1\nexternalName: example.com",
        expect![[r#"
        6:14: error: Service "web" is invalid: spec.clusterIP: Forbidden: may not be set for ExternalName services; expected the field to be absent; delete the field
        kept: nothing
    "#]],
    );
    check_service(
        "type: ExternalName",
        expect![[r#"
        5:3: error: Service "web" is invalid: spec.externalName: Required value; expected the DNS name that the Service stands for; add it
        kept: nothing
    "#]],
    );
    check_service(
        "type: ExternalName\nexternalName: Example.com.",
        expect![[r#"
        6:17: error: Service "web" is invalid: spec.externalName: Invalid value: "Example.com": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com'); expected a name in lower case; write the name as kubectl prints it
        kept: nothing
    "#]],
    );
}

#[test]
fn service_ports() {
    check_service(
        "clusterIP: 10.96.0.1",
        expect![[r#"
        5:3: error: Service "web" is invalid: spec.ports: Required value; expected at least one port; add a port
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- port: 70000\n",
        expect![[r#"
        7:11: error: Service "web" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number; kubectl prints it from 1 to 65535
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- port: '80'\n",
        expect![[r#"
        7:11: error: Service "web" is invalid: spec.ports[0].port: Invalid value: "80": must be an integer; expected a number without quotes; leave the quotes out
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- name: http\n",
        expect![[r#"
        7:5: error: Service "web" is invalid: spec.ports[0].port: Required value; expected a port number from 1 to 65535; correct the number; kubectl prints it from 1 to 65535
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- {port: 80, protocol: tcp}\n",
        expect![[r#"
        7:26: error: Service "web" is invalid: spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"; expected one of SCTP, TCP, UDP; write one of these, or leave the field out
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- {port: 80}\n- {port: 81, name: b}\n",
        expect![[r#"
        7:5: error: Service "web" is invalid: spec.ports[0].name: Required value; expected a name of its own for every port; name the ports, as EndpointSlices refer to them by name
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- {port: 80, name: a}\n- {port: 80, name: a}\n",
        expect![[r#"
        8:22: error: Service "web" is invalid: spec.ports[1].name: Duplicate value: "a"; expected a name of its own for every port; name the ports, as EndpointSlices refer to them by name
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- {port: 53, name: a}\n- {port: 53, name: b, protocol: UDP}\n",
        expect![[r#"
        kept: Service shop/web
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- {port: 80, name: Web_1}\n- 5\n",
        expect![[r#"
        7:22: error: Service "web" is invalid: spec.ports[0].name: Invalid value: "Web_1": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc'); expected a name in lower case; write the name as kubectl prints it
        8:5: error: Service "web" is invalid: spec.ports[1].name: Required value; expected a name of its own for every port; name the ports, as EndpointSlices refer to them by name
        8:5: error: Service "web" is invalid: spec.ports[1]: Invalid value: 5: must be an object; expected a port with a number; compare with what kubectl prints
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- {port: 80, targetPort: '8080'}\n",
        expect![[r#"
        7:28: error: Service "web" is invalid: spec.ports[0].targetPort: Invalid value: "8080": must contain at least one letter (a-z); expected a port number without quotes, or the name of a container port; correct it
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- {port: 80, targetPort: 65536}\n",
        expect![[r#"
        7:28: error: Service "web" is invalid: spec.ports[0].targetPort: Invalid value: 65536: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number; kubectl prints it from 1 to 65535
        kept: nothing
    "#]],
    );
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- {port: 80, targetPort: 0}\n",
        expect![[r#"
        kept: Service shop/web
    "#]],
    );
}

#[test]
fn node_ports() {
    check_service(
        "clusterIP: 10.96.0.1\nports:\n- {port: 80, nodePort: 30080}\n",
        expect![[r#"
        7:26: error: Service "web" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'; expected the field to be absent; delete the field or change the type
        kept: nothing
    "#]],
    );
    check_service(
        "type: NodePort\nclusterIP: 10.96.0.1\nports:\n- {port: 80, nodePort: 8080}\n",
        expect![[r#"
        8:26: warning: Service "web": spec.ports[0].nodePort: node port 8080 is not in the default range 30000-32767; expected a port in the API server's --service-node-port-range; make sure that the cluster sets another range
        kept: Service shop/web
    "#]],
    );
    check_service(
        "type: NodePort\nclusterIP: 10.96.0.1\nports:\n- {port: 80, nodePort: 99999}\n",
        expect![[r#"
        8:26: error: Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 99999: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number; kubectl prints it from 1 to 65535
        kept: nothing
    "#]],
    );
    check_service(
        "type: NodePort\nclusterIP: 10.96.0.1\nports:\n- {name: a, port: 80, nodePort: 30080}\n- {name: b, port: 81, nodePort: 30080}\n",
        expect![[r#"
            9:35: error: Service "web" is invalid: spec.ports[1].nodePort: Duplicate value: 30080; expected every node port once per protocol; choose another node port
            kept: nothing
        "#]],
    );
}

#[test]
fn policies_and_affinity() {
    let ports = "clusterIP: 10.96.0.1\nports: [{port: 80}]";
    check_service(
        &format!("{ports}\ntype: Loadbalancer"),
        expect![[r#"
        7:9: error: Service "web" is invalid: spec.type: Unsupported value: "Loadbalancer": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"; expected one of ClusterIP, ExternalName, LoadBalancer, NodePort; write one of these, or leave the field out
        kept: nothing
    "#]],
    );
    check_service(
        &format!("{ports}\ninternalTrafficPolicy: local"),
        expect![[r#"
        7:26: error: Service "web" is invalid: spec.internalTrafficPolicy: Unsupported value: "local": supported values: "Cluster", "Local"; expected one of Cluster, Local; write one of these, or leave the field out
        kept: nothing
    "#]],
    );
    check_service(
        &format!("{ports}\nexternalTrafficPolicy: Local"),
        expect![[r#"
        7:26: error: Service "web" is invalid: spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services; expected the field only on NodePort, LoadBalancer or with externalIPs; delete the field
        kept: nothing
    "#]],
    );
    check_service(
        &format!("{ports}\ntype: LoadBalancer\nhealthCheckNodePort: 31000"),
        expect![[r#"
        8:24: warning: Service "web": spec.healthCheckNodePort: health check node port 31000 is not used; expected it only with type LoadBalancer and externalTrafficPolicy Local; delete the field
        kept: Service shop/web
    "#]],
    );
    check_service(
        &format!("{ports}\nloadBalancerSourceRanges: [10.0.0.0/8]"),
        expect![[r#"
        7:29: error: Service "web" is invalid: spec.loadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'; expected the field to be absent; delete the field
        kept: nothing
    "#]],
    );
    check_service(
        &format!("{ports}\ntype: LoadBalancer\nloadBalancerSourceRanges: [10.0.0.0, 10.0.0.0/33]"),
        expect![[r#"
        8:30: error: Service "web" is invalid: spec.loadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64); expected an address, a slash and a prefix length; correct the prefix
        8:40: error: Service "web" is invalid: spec.loadBalancerSourceRanges[1]: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64); expected an address, a slash and a prefix length; correct the prefix
        kept: nothing
    "#]],
    );
    check_service(
        &format!("{ports}\nexternalIPs: [127.0.0.1, 0.0.0.0, 'fe80::1', 224.0.0.5, 1.2.3.4]"),
        expect![[r#"
        7:17: error: Service "web" is invalid: spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128); expected an address that is reachable from other nodes; write such an address
        7:28: error: Service "web" is invalid: spec.externalIPs[1]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0 or ::); expected an address that is reachable from other nodes; write such an address
        7:37: error: Service "web" is invalid: spec.externalIPs[2]: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10); expected an address that is reachable from other nodes; write such an address
        7:48: error: Service "web" is invalid: spec.externalIPs[3]: Invalid value: "224.0.0.5": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10); expected an address that is reachable from other nodes; write such an address
        kept: nothing
    "#]],
    );
    check_service(
        &format!("{ports}\nsessionAffinity: Sticky"),
        expect![[r#"
        7:20: error: Service "web" is invalid: spec.sessionAffinity: Unsupported value: "Sticky": supported values: "ClientIP", "None"; expected one of ClientIP, None; write one of these, or leave the field out
        kept: nothing
    "#]],
    );
    check_service(
        &format!("{ports}\nsessionAffinityConfig: {{clientIP: {{timeoutSeconds: 5}}}}"),
        expect![[r#"
        7:26: error: Service "web" is invalid: spec.sessionAffinityConfig: Forbidden: must not be set when session affinity is None; expected the field to be absent; delete the field
        kept: nothing
    "#]],
    );
    check_service(
        &format!(
            "{ports}\nsessionAffinity: ClientIP\nsessionAffinityConfig: {{clientIP: {{timeoutSeconds: 86401}}}}"
        ),
        expect![[r#"
            8:54: error: Service "web" is invalid: spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400; expected seconds, one day at most; correct the number
            kept: nothing
        "#]],
    );
    check_service(
        &format!("{ports}\npublishNotReadyAddresses: \"true\""),
        expect![[r#"
        7:29: error: Service "web" is invalid: spec.publishNotReadyAddresses: Invalid value: "true": must be a boolean; expected true or false; compare with what kubectl prints
        kept: nothing
    "#]],
    );
}

#[test]
fn load_balancer_status() {
    let text = |ingress: &str| {
        let spec = service("type: LoadBalancer\nclusterIP: 10.96.0.1\nports: [{port: 80}]");
        format!("{spec}status:\n  loadBalancer:\n    ingress:\n    - {ingress}\n")
    };
    check(
        &text("{ip: 203.0.113.1, ipMode: Proxy}"),
        expect![[r#"
        kept: Service shop/web
    "#]],
    );
    check(
        &text("{hostname: lb.example.com}"),
        expect![[r#"
        kept: Service shop/web
    "#]],
    );
    check(
        &text("{ip: lb.example.com}"),
        expect![[r#"
        11:12: error: Service "web" is invalid: status.loadBalancer.ingress[0].ip: Invalid value: "lb.example.com": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff); expected an IPv4 or IPv6 address; correct the address
        kept: nothing
    "#]],
    );
    check(
        &text("{hostname: lb.example.com, ipMode: VIP}"),
        expect![[r#"
        11:42: error: Service "web" is invalid: status.loadBalancer.ingress[0].ipMode: Forbidden: may not be used when `ip` is not set; expected the field to be absent; delete the field or add the address
        kept: nothing
    "#]],
    );
    check(
        &text("{ip: 203.0.113.1, ipMode: Direct}"),
        expect![[r#"
        11:33: error: Service "web" is invalid: status.loadBalancer.ingress[0].ipMode: Unsupported value: "Direct": supported values: "Proxy", "VIP"; expected one of Proxy, VIP; write one of these, or leave the field out
        kept: nothing
    "#]],
    );
}

#[test]
fn endpoint_slices() {
    check_slice(
        "endpoints: null\nports: null",
        expect![[r#"
        kept: Service shop/web, EndpointSlice shop/web-1
    "#]],
    );
    check_slice(
        "endpoints:\n- addresses: ['fd00::1']",
        expect![[r#"
        6:15: error: EndpointSlice "web-1" is invalid: endpoints[0].addresses[0]: Invalid value: "fd00::1": must be a valid IPv4 address; expected an IPv4 address, as addressType says; move the endpoint to a slice of its own family
        kept: Service shop/web
    "#]],
    );
    check_slice(
        "endpoints:\n- addresses: []\n- {}\n- 10.244.1.1\n- addresses: [127.0.0.1]",
        expect![[r#"
        6:3: error: EndpointSlice "web-1" is invalid: endpoints[0].addresses: Required value: must contain at least 1 address; expected a list of addresses; add one, or delete the endpoint
        7:3: error: EndpointSlice "web-1" is invalid: endpoints[1].addresses: Required value: must contain at least 1 address; expected a list of addresses; add one, or delete the endpoint
        8:3: error: EndpointSlice "web-1" is invalid: endpoints[2]: Invalid value: "10.244.1.1": must be an object; expected an endpoint with addresses; compare with what kubectl prints
        9:15: error: EndpointSlice "web-1" is invalid: endpoints[3].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128); expected an address that is reachable from other nodes; write such an address
        kept: Service shop/web
    "#]],
    );
    check_slice(
        "endpoints:\n- addresses: [10.244.1.1]\n  conditions: {ready: maybe, serving: null}",
        expect![[r#"
        7:23: error: EndpointSlice "web-1" is invalid: endpoints[0].conditions.ready: Invalid value: "maybe": must be a boolean; expected true or false; compare with what kubectl prints
        kept: Service shop/web
    "#]],
    );
    check_slice(
        "endpoints:\n- addresses: [10.244.1.1]\n  hints: {forZones: [{}]}",
        expect![[r#"
        7:22: error: EndpointSlice "web-1" is invalid: endpoints[0].hints.forZones[0].name: Required value; expected the name of a zone or node; add it
        kept: Service shop/web
    "#]],
    );
    check_slice(
        "ports: [{name: a, port: 80}, {name: a, port: 81}, {port: 99999, protocol: ICMP}]",
        expect![[r#"
        5:37: error: EndpointSlice "web-1" is invalid: ports[1].name: Duplicate value: "a"; expected a name of its own for every port; rename the port or delete it
        5:58: error: EndpointSlice "web-1" is invalid: ports[2].port: Invalid value: 99999: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number; kubectl prints it from 1 to 65535
        5:75: error: EndpointSlice "web-1" is invalid: ports[2].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"; expected one of SCTP, TCP, UDP; write one of these, or leave the field out
        kept: Service shop/web
    "#]],
    );
    let slice = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1}\n";
    check(
        slice,
        expect![[r#"
        1:1: error: EndpointSlice "web-1" is invalid: addressType: Required value; expected IPv4 or IPv6; write the family of the endpoints' addresses
        kept: nothing
    "#]],
    );
    check(
        &format!("{slice}addressType: IP\n"),
        expect![[r#"
        4:14: error: EndpointSlice "web-1" is invalid: addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"; expected one of FQDN, IPv4, IPv6; write one of these, or leave the field out
        kept: nothing
    "#]],
    );
    check(
        &format!("{slice}addressType: FQDN\nendpoints: [{{addresses: [a.b]}}]\n"),
        expect![[r#"
        4:14: note: endpoints of addressType FQDN have no bearing on kube-proxy's rules; the slice is passed over
        kept: nothing
    "#]],
    );
    check(
        &format!("{slice}addressType: IPv4\n"),
        expect![[r#"
        1:1: warning: EndpointSlice "web-1" belongs to no Service; expected the label kubernetes.io/service-name; add it, or leave the slice out: kube-proxy ignores it
        kept: EndpointSlice default/web-1
    "#]],
    );
    let labelled = slice.replace("web-1", "web-1, labels: {kubernetes.io/service-name: web}");
    check(
        &format!("{labelled}addressType: IPv4\n"),
        expect![[r#"
        1:1: warning: EndpointSlice "web-1" belongs to Service "default/web", which is not in the input; expected the Service beside its slices; paste services and endpointslices of the same namespaces; the slice has no effect alone
        kept: EndpointSlice default/web-1
    "#]],
    );
}

#[test]
fn nodes() {
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: node1}\n";
    check(
        node,
        expect![[r#"
        1:1: warning: Node "node1" has no address of type InternalIP; expected status.addresses with an InternalIP; add it: without it the node has no node ports and cannot be simulated
        kept: Node node1
    "#]],
    );
    check(
        &format!("{node}status: {{addresses: [{{type: InternalIP, address: node1}}]}}\n"),
        expect![[r#"
        1:1: warning: Node "node1" has no address of type InternalIP; expected status.addresses with an InternalIP; add it: without it the node has no node ports and cannot be simulated
        4:50: error: Node "node1" is invalid: status.addresses[0].address: Invalid value: "node1": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff); expected an IPv4 or IPv6 address; correct the address
        kept: nothing
    "#]],
    );
    let status = "status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}\n";
    check(
        &format!("{node}{status}spec: {{podCIDR: 10.244.0.0}}\n"),
        expect![[r#"
        5:17: error: Node "node1" is invalid: spec.podCIDR: Invalid value: "10.244.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64); expected an address, a slash and a prefix length; correct the prefix
        kept: nothing
    "#]],
    );
    check(
        &format!("{node}{status}spec: {{podCIDR: 10.244.1.0/24, podCIDRs: [10.244.2.0/24]}}\n"),
        expect![[r#"
        5:17: error: Node "node1" is invalid: spec.podCIDR: Invalid value: "10.244.1.0/24": must match the first value of `podCIDRs`; expected 10.244.2.0/24, the first of podCIDRs; make the two agree
        kept: nothing
    "#]],
    );
    check(
        &format!("{node}{status}---\n{node}{status}"),
        expect![[r#"
        6:1: error: nodes "node1" already exists: it is also at line 1; expected every object once; delete one of the two
        kept: Node node1
    "#]],
    );
}

#[test]
fn services_share_nothing() {
    let first =
        service("type: NodePort\nclusterIP: 10.96.0.1\nports: [{port: 80, nodePort: 30080}]");
    check(
        &format!("{first}---\n{first}"),
        expect![[r#"
        9:1: error: services "web" already exists: it is also at line 1; expected every object once; delete one of the two
        kept: Service shop/web
    "#]],
    );
    let second = first.replace("name: web", "name: cart");
    check(
        &format!("{first}---\n{second}"),
        expect![[r#"
        14:14: error: Service "cart" is invalid: spec.clusterIP: Invalid value: "10.96.0.1": failed to allocate IP 10.96.0.1: provided IP is already allocated to Service "shop/web"; expected an address that no other Service has; choose another address
        15:32: error: Service "cart" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated to Service "shop/web"; expected a node port that no other Service has; choose another node port
        kept: Service shop/web
    "#]],
    );
    let third = second
        .replace("10.96.0.1", "10.96.0.2")
        .replace("port: 80", "protocol: UDP, port: 80");
    check(
        &format!("{first}---\n{third}"),
        expect![[r#"
        kept: Service shop/web, Service shop/cart
    "#]],
    );
}

#[test]
fn defaults_are_filled_in() {
    let parsed = k8s::parse(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {clusterIP: 10.96.0.1, sessionAffinity: ClientIP, ports: [{port: 80}]}\nstatus: {loadBalancer: {ingress: [{ip: 203.0.113.1}]}}\n",
    );
    expect![[r#"
        [
            Service {
                name: NamespacedName {
                    namespace: "default",
                    name: "web",
                },
                labels: {},
                service_type: ClusterIp,
                cluster_ips: [
                    10.96.0.1,
                ],
                external_name: None,
                selector: {},
                ports: [
                    ServicePort {
                        name: "",
                        protocol: Tcp,
                        port: 80,
                        node_port: None,
                        target_port: "80",
                    },
                ],
                session_affinity: ClientIp {
                    timeout_seconds: 10800,
                },
                external_ips: [],
                external_traffic_policy: Cluster,
                internal_traffic_policy: Cluster,
                load_balancer_source_ranges: [],
                load_balancer_ingress: [
                    Ingress {
                        address: Some(
                            203.0.113.1,
                        ),
                        hostname: None,
                        ip_mode: Vip,
                    },
                ],
                health_check_node_port: None,
                publish_not_ready_addresses: false,
            },
        ]
    "#]]
    .assert_debug_eq(&parsed.cluster.services);
}
