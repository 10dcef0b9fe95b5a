//! The rules for EndpointSlices and Nodes.

use expect_test::expect;

use super::{check, service};

#[test]
fn endpoints_and_their_ports() {
    let text = |lines| {
        let head = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n";
        let metadata = "metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}\n";
        format!("{head}{metadata}{lines}\n---\n{}", service("clusterIP: 10.96.0.10\nports: [{port: 80}]"))
    };
    let lines = [
        "endpoints: null\nports: null",
        "endpoints:\n- addresses: ['fd00::1']",
        "endpoints:\n- addresses: []\n- {}\n- 10.244.1.1\n- addresses: [127.0.0.1]",
        "endpoints:\n- addresses: [10.244.1.1]\n  conditions: {ready: maybe, serving: null}",
        "endpoints:\n- addresses: [10.244.1.1]\n  hints: {forZones: [{}]}",
        "endpoints:\n- addresses: [10.244.1.1]\n- addresses: [10.244.1.1]",
        "ports: [{name: a, port: 80}, {name: a, port: 81}, {port: 99999, protocol: ICMP}]",
    ];
    check(
        lines.map(|lines| (lines, text(lines))),
        &expect![[r#"
            endpoints: null ⏎ ports: null
              kept: Service shop/web, EndpointSlice shop/web-1
            endpoints: ⏎ - addresses: ['fd00::1']
              6:15: error: EndpointSlice "web-1" is invalid: endpoints[0].addresses[0]: Invalid value: "fd00::1": must be a valid IPv4 address; expected an IPv4 address, as addressType says; move the endpoint to a slice of its own family
              kept: Service shop/web
            endpoints: ⏎ - addresses: [] ⏎ - {} ⏎ - 10.244.1.1 ⏎ - addresses: [127.0.0.1]
              6:3: error: EndpointSlice "web-1" is invalid: endpoints[0].addresses: Required value: must contain at least 1 address; expected a list of addresses; add one, or delete the endpoint
              7:3: error: EndpointSlice "web-1" is invalid: endpoints[1].addresses: Required value: must contain at least 1 address; expected a list of addresses; add one, or delete the endpoint
              8:3: error: EndpointSlice "web-1" is invalid: endpoints[2]: Invalid value: "10.244.1.1": must be an object; expected an endpoint with addresses; compare with what kubectl prints
              9:15: error: EndpointSlice "web-1" is invalid: endpoints[3].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128); expected an address that is reachable from other nodes; write such an address
              kept: Service shop/web
            endpoints: ⏎ - addresses: [10.244.1.1] ⏎   conditions: {ready: maybe, serving: null}
              7:23: error: EndpointSlice "web-1" is invalid: endpoints[0].conditions.ready: Invalid value: "maybe": must be a boolean; expected true or false; compare with what kubectl prints
              kept: Service shop/web
            endpoints: ⏎ - addresses: [10.244.1.1] ⏎   hints: {forZones: [{}]}
              7:22: error: EndpointSlice "web-1" is invalid: endpoints[0].hints.forZones[0].name: Required value; expected the name of a zone or node; add it
              kept: Service shop/web
            endpoints: ⏎ - addresses: [10.244.1.1] ⏎ - addresses: [10.244.1.1]
              7:3: warning: EndpointSlice "web-1": endpoints[1]: the address is also that of endpoints[0]; expected every address once; delete one of the two: kube-proxy takes them for one endpoint
              kept: Service shop/web, EndpointSlice shop/web-1
            ports: [{name: a, port: 80}, {name: a, port: 81}, {port: 99999, protocol: ICMP}]
              5:37: error: EndpointSlice "web-1" is invalid: ports[1].name: Duplicate value: "a"; expected a name of its own for every port; rename the port or delete it
              5:58: error: EndpointSlice "web-1" is invalid: ports[2].port: Invalid value: 99999: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number
              5:75: error: EndpointSlice "web-1" is invalid: ports[2].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"; expected one of SCTP, TCP, UDP; write one of these, or leave the field out
              kept: Service shop/web
        "#]],
    );
}

#[test]
fn families_and_services_of_slices() {
    let text = |lines| format!("apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n{lines}\n");
    let lines = [
        "metadata: {name: web-1}",
        "metadata: {name: web-1}\naddressType: IP",
        "metadata: {name: web-1}\naddressType: FQDN\nendpoints: [{addresses: [a.b]}]",
        "metadata: {name: web-1}\naddressType: IPv4",
        "metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}\naddressType: IPv6",
    ];
    check(
        lines.map(|lines| (lines, text(lines))),
        &expect![[r#"
        metadata: {name: web-1}
          1:1: error: EndpointSlice "web-1" is invalid: addressType: Required value; expected IPv4 or IPv6; write the family of the endpoints' addresses
          kept: nothing
        metadata: {name: web-1} ⏎ addressType: IP
          4:14: error: EndpointSlice "web-1" is invalid: addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"; expected one of FQDN, IPv4, IPv6; write one of these, or leave the field out
          kept: nothing
        metadata: {name: web-1} ⏎ addressType: FQDN ⏎ endpoints: [{addresses: [a.b]}]
          4:14: note: endpoints of addressType FQDN have no bearing on kube-proxy's rules; the slice is passed over
          kept: nothing
        metadata: {name: web-1} ⏎ addressType: IPv4
          1:1: warning: EndpointSlice "web-1" belongs to no Service; expected the label kubernetes.io/service-name; add it, or leave the slice out: kube-proxy ignores it
          kept: EndpointSlice default/web-1
        metadata: {name: web-1, labels: {kubernetes.io/service-name: web}} ⏎ addressType: IPv6
          1:1: warning: EndpointSlice "web-1" belongs to Service "default/web", which is not in the input; expected the Service beside its endpoints; paste services and endpointslices of the same namespaces; endpoints have no effect alone
          kept: EndpointSlice default/web-1
    "#]],
    );
}

#[test]
fn nodes() {
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: node1}\n";
    let status = "status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}\n";
    let lines = [
        "status: {addresses: [{type: Hostname, address: node1}]}\n",
        "status: {addresses: [{type: InternalIP, address: node1}]}\n",
        "status: {addresses: [{type: InternalIP}]}\n",
    ];
    check(
        lines.map(|lines| (lines, format!("{node}{lines}"))),
        &expect![[r#"
            status: {addresses: [{type: Hostname, address: node1}]}
              1:1: warning: Node "node1" has no address of type InternalIP; expected status.addresses with an InternalIP; add it: without it the node has no node ports and cannot be simulated
              kept: Node node1
            status: {addresses: [{type: InternalIP, address: node1}]}
              4:50: error: Node "node1" is invalid: status.addresses[0].address: Invalid value: "node1": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff); expected an IPv4 or IPv6 address; correct the address
              kept: nothing
            status: {addresses: [{type: InternalIP}]}
              4:22: error: Node "node1" is invalid: status.addresses[0].address: Required value; expected an IP address; add it
              kept: nothing
        "#]],
    );
    let specs = [
        "spec: {podCIDR: 10.244.0.0}\n",
        "spec: {podCIDR: 10.244.1.0/24, podCIDRs: [10.244.2.0/24]}\n",
        "spec: {podCIDR: 10.244.1.0/24}\n",
    ];
    check(
        specs.map(|spec| (spec, format!("{node}{status}{spec}"))),
        &expect![[r#"
            spec: {podCIDR: 10.244.0.0}
              5:17: error: Node "node1" is invalid: spec.podCIDR: Invalid value: "10.244.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64); expected an address, a slash and a prefix length; correct the prefix
              kept: nothing
            spec: {podCIDR: 10.244.1.0/24, podCIDRs: [10.244.2.0/24]}
              5:17: error: Node "node1" is invalid: spec.podCIDR: Invalid value: "10.244.1.0/24": must match the first value of `podCIDRs`; expected 10.244.2.0/24, the first of podCIDRs; make the two agree
              kept: nothing
            spec: {podCIDR: 10.244.1.0/24}
              kept: Node node1
        "#]],
    );
    check(
        [("the same Node again", format!("{node}{status}---\n{node}{status}"))],
        &expect![[r#"
            the same Node again
              6:1: error: nodes "node1" already exists: it is also at line 1; expected every object once; delete one of the two
              kept: Node node1
        "#]],
    );
}
