//! Texts, documents, kinds and keys.

use datapath_core::k8s;
use expect_test::expect;

use super::{check, check_texts, service};

#[test]
fn nothing_at_all_is_no_error() {
    for text in ["", "\n\n", "# only a comment\n", "---\n---\n", "null"] {
        let parsed = k8s::parse(text);
        assert!(parsed.is_usable(), "{text:?}");
        assert_eq!(parsed.diagnostics.len(), 1, "{text:?}");
    }
    check_texts(
        &["", "apiVersion: v1\nkind: List\nitems: []\n", "\u{feff}apiVersion: v1\r\nkind: List\r\n"],
        &expect![[r#"

              1:1: note: there is nothing here yet: paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
              kept: nothing
            apiVersion: v1 ⏎ kind: List ⏎ items: []
              kept: nothing
            ﻿apiVersion: v1� ⏎ kind: List
              kept: nothing
        "#]],
    );
}

#[test]
fn what_is_no_object_is_told_from_what_is() {
    let texts = [
        "NAME   TYPE        CLUSTER-IP\nweb    ClusterIP   10.96.0.1\n",
        "- 1\n- {apiVersion: v1}\n",
        "apiVersion: v1\nitems:\n- 5\n- {kind: Node}\n- {apiVersion: v1, kind: Node}\nkind: List\n",
        "apiVersion: v1\nkind: List\nitems: {}\n",
        "kind: service\n---\nkind: Endpointslices\n---\nkind: ''\n---\nkind: 7\n",
        "kind: Secret\n---\nkind: Secret\n---\nkind: SecretList\nitems: []\n---\nkind: Lease\n",
        "apiVersion: discovery.k8s.io/v1beta1\nkind: EndpointSlice\n---\napiVersion: 1\nkind: Node\n",
    ];
    check_texts(
        &texts,
        &expect![[r#"
        NAME   TYPE        CLUSTER-IP ⏎ web    ClusterIP   10.96.0.1
          1:1: error: "NAME   TYPE        CLUSTER-IP web    ClusterIP   10.96.0.1" is not an object of Kubernetes; expected objects as kubectl prints them; paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
          kept: nothing
        - 1 ⏎ - {apiVersion: v1}
          1:1: error: a list is not an object of Kubernetes; expected objects as kubectl prints them; paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
          kept: nothing
        apiVersion: v1 ⏎ items: ⏎ - 5 ⏎ - {kind: Node} ⏎ - {apiVersion: v1, kind: Node} ⏎ kind: List
          3:3: error: 5 is not an object of Kubernetes; expected objects as kubectl prints them; paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
          4:3: error: Node is invalid: apiVersion: Required value; expected v1; write the apiVersion that kubectl prints
          5:3: error: Node is invalid: metadata: Required value; expected metadata with a name; write the name as kubectl prints it
          kept: nothing
        apiVersion: v1 ⏎ kind: List ⏎ items: {}
          3:8: error: items: Invalid value: a mapping: must be a list; expected a list; compare with what kubectl prints
          kept: nothing
        kind: service ⏎ --- ⏎ kind: Endpointslices ⏎ --- ⏎ kind: '' ⏎ --- ⏎ kind: 7
          1:7: error: no kind "service" is registered; expected Service; write the kind as kubectl prints it
          3:7: error: no kind "Endpointslices" is registered; expected EndpointSlice; write the kind as kubectl prints it
          5:7: error: no kind "" is registered; expected Service, EndpointSlice, Node or List; write the kind as kubectl prints it
          7:7: error: kind: Invalid value: 7: must be a string; expected a string; put the value in quotes
          kept: nothing
        kind: Secret ⏎ --- ⏎ kind: Secret ⏎ --- ⏎ kind: SecretList ⏎ items: [] ⏎ --- ⏎ kind: Lease
          1:7: note: kind Secret has no bearing on kube-proxy's rules and is passed over (2 objects)
          5:7: note: kind SecretList has no bearing on kube-proxy's rules and is passed over
          8:7: note: kind Lease has no bearing on kube-proxy's rules and is passed over
          kept: nothing
        apiVersion: discovery.k8s.io/v1beta1 ⏎ kind: EndpointSlice ⏎ --- ⏎ apiVersion: 1 ⏎ kind: Node
          1:13: error: EndpointSlice is invalid: apiVersion: Invalid value: "discovery.k8s.io/v1beta1": is not read here; expected discovery.k8s.io/v1; write the apiVersion that kubectl prints
          4:13: error: Node is invalid: apiVersion: Invalid value: 1: must be a string; expected a string; put the value in quotes
          kept: nothing
    "#]],
    );
}

#[test]
fn typed_lists_imply_kind_and_version() {
    let texts = [
        "apiVersion: v1\nkind: ServiceList\nitems:\n- metadata: {name: web}\n  spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}\n",
        "apiVersion: v1\nkind: EndpointSliceList\nitems: []\n",
        "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"NodeList\",\n\t\"items\": [{\"metadata\": {\"name\": 5}}]\n}\n",
    ];
    check_texts(
        &texts,
        &expect![[r#"
        apiVersion: v1 ⏎ kind: ServiceList ⏎ items: ⏎ - metadata: {name: web} ⏎   spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}
          kept: Service default/web
        apiVersion: v1 ⏎ kind: EndpointSliceList ⏎ items: []
          1:13: error: apiVersion: Invalid value: "v1": is not read here; expected discovery.k8s.io/v1; write the apiVersion that kubectl prints
          kept: nothing
        { ⏎ ⇥"apiVersion": "v1", ⏎ ⇥"kind": "NodeList", ⏎ ⇥"items": [{"metadata": {"name": 5}}] ⏎ }
          4:34: error: Node is invalid: metadata.name: Invalid value: 5: must be a string; expected a string; put the value in quotes
          kept: nothing
    "#]],
    );
}

#[test]
fn texts_that_are_no_yaml_keep_the_documents_before() {
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: node1}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.1}]}\n---\n";
    let broken = ["a: b: c\n", "a:\n\tb: c\n", "a: \"open\n", "a: *nowhere\n", "a: &a [*a]\n", "a: [b\n"];
    check(
        broken.map(|text| (text, format!("{node}{text}"))),
        &expect![[r#"
            a: b: c
              6:5: error: this is not YAML: mapping values are not allowed in this context; expected YAML or JSON as kubectl prints it; check the indentation and the quotes of this line and of the one before
              kept: Node node1
            a: ⏎ ⇥b: c
              7:2: error: this is not YAML: tabs disallowed within this context (block indentation); expected YAML or JSON as kubectl prints it; indent with spaces: YAML does not allow tabs
              kept: Node node1
            a: "open
              6:4: error: this is not YAML: while scanning a quoted scalar, found unexpected end of stream; expected YAML or JSON as kubectl prints it; check the indentation and the quotes of this line and of the one before
              kept: Node node1
            a: *nowhere
              6:4: error: this is not YAML: while parsing node, found unknown anchor; expected YAML or JSON as kubectl prints it; check the indentation and the quotes of this line and of the one before
              kept: Node node1
            a: &a [*a]
              6:8: error: this alias stands for a value that contains the alias itself; expected a value that has an end; write the value out instead of the alias
              kept: Node node1
            a: [b
              7:1: error: this is not YAML: while parsing a flow sequence, expected ',' or ']'; expected YAML or JSON as kubectl prints it; check the indentation and the quotes of this line and of the one before
              kept: Node node1
        "#]],
    );
    check_texts(
        &["a: b\u{0}c\n", "ä: ü\u{7}\n"],
        &expect![[r#"
        a: b�c
          1:5: error: control characters are not allowed: U+0000; expected printable characters, line breaks and tabs; delete the character
          kept: nothing
        ä: ü�
          1:5: error: control characters are not allowed: U+0007; expected printable characters, line breaks and tabs; delete the character
          kept: nothing
    "#]],
    );
}

#[test]
fn faulty_keys_leave_out_their_object() {
    let specs = [
        "clusterIP: 10.96.0.1\nports: [{port: 80, port: 81}]\nselector: {app: web}",
        "clusterIP: 10.96.0.1\nports:\n- &p {port: 80}\n- <<: *p\n  name: b\n? [a]\n: b",
    ];
    check(
        specs.map(|spec| (spec, service(spec))),
        &expect![[r#"
            clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, port: 81}] ⏎ selector: {app: web}
              6:22: error: key "port" already set in map; expected every key once; keep one of the fields; the object is left out until then
              kept: nothing
            clusterIP: 10.96.0.1 ⏎ ports: ⏎ - &p {port: 80} ⏎ - <<: *p ⏎   name: b ⏎ ? [a] ⏎ : b
              7:5: error: Service "web" is invalid: spec.ports[0].name: Required value; expected a name of its own for every port; name the ports, as EndpointSlices refer to them by name
              10:5: error: a key is a list or a mapping; expected a string as key; keep one of the fields; the object is left out until then
              kept: nothing
        "#]],
    );
    check_texts(
        &["kind: Service\nkind: Node\n"],
        &expect![[r#"
        kind: Service ⏎ kind: Node
          1:1: error: Service is invalid: apiVersion: Required value; expected v1; write the apiVersion that kubectl prints
          2:1: error: key "kind" already set in map; expected every key once; keep one of the fields; the object is left out until then
          kept: nothing
    "#]],
    );
}

#[test]
fn metadata() {
    let long = format!("metadata:\n  name: {}\n", "a".repeat(300));
    let nodes = [
        "",
        "metadata: 5\n",
        "metadata: {labels: {a: 1, b: null, c: x}}\n",
        "metadata: {name: a, labels: {a: 1, b: null, c: x}}\n",
        "metadata:\n  name: Node_1\n",
        &long,
    ];
    check(
        nodes.map(|text| (text, format!("apiVersion: v1\nkind: Node\n{text}"))),
        &expect![[r#"

              1:1: error: Node is invalid: metadata: Required value; expected metadata with a name; write the name as kubectl prints it
              kept: nothing
            metadata: 5
              3:11: error: Node is invalid: metadata: Invalid value: 5: must be an object; expected a mapping of fields; compare with what kubectl prints
              kept: nothing
            metadata: {labels: {a: 1, b: null, c: x}}
              3:11: error: Node is invalid: metadata.name: Required value: name or generateName is required; expected a name in lower case; write the name as kubectl prints it
              kept: nothing
            metadata: {name: a, labels: {a: 1, b: null, c: x}}
              1:1: warning: Node "a" has no address of type InternalIP; expected status.addresses with an InternalIP; add it: without it the node has no node ports and cannot be simulated
              3:33: error: Node "a" is invalid: metadata.labels.a: Invalid value: 1: must be a string; expected a string; put the value in quotes
              kept: nothing
            metadata: ⏎   name: Node_1
              4:9: error: Node "Node_1" is invalid: metadata.name: Invalid value: "Node_1": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com'); expected a name in lower case; write the name as kubectl prints it
              kept: nothing
            metadata: ⏎   name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
              4:9: error: Node "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" is invalid: metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…": must be no more than 253 bytes; expected a name in lower case; write the name as kubectl prints it
              kept: nothing
        "#]],
    );
    check_texts(
        &["apiVersion: v1\nkind: Service\nmetadata: {name: web.shop, namespace: -x}\n"],
        &expect![[r#"
            apiVersion: v1 ⏎ kind: Service ⏎ metadata: {name: web.shop, namespace: -x}
              3:18: error: Service "web.shop" is invalid: metadata.name: Invalid value: "web.shop": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc'); expected a name in lower case; write the name as kubectl prints it
              3:39: error: Service "web.shop" is invalid: metadata.namespace: Invalid value: "-x": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc'); expected a name in lower case; write the name as kubectl prints it
              kept: nothing
        "#]],
    );
}
