//! The rules for Services.

use datapath_core::k8s;
use expect_test::{Expect, expect};

use super::{check, service};

fn check_specs(specs: &[&str], expected: &Expect) {
    check(specs.iter().map(|spec| (*spec, service(spec))), expected);
}

/// Checks further lines of a spec that is complete.
fn check_with_port(lines: &[&str], expected: &Expect) {
    let spec = |lines| service(&format!("clusterIP: 10.96.0.1\nports: [{{port: 80}}]\n{lines}"));
    check(lines.iter().map(|lines| (*lines, spec(lines))), expected);
}

#[test]
fn cluster_ips() {
    let specs = [
        "clusterIP: None\nports: [{port: 80}]",
        "clusterIP: None\nclusterIPs: [None]",
        "ports: [{port: 80}]",
        "clusterIP: 10.96.0.256\nports: [{port: 80}]",
        "clusterIP: 10.96.0.010\nports: [{port: 80}]",
        "clusterIP: '::ffff:10.96.0.1'\nports: [{port: 80}]",
        "clusterIP: 10.96.0.1\nclusterIPs: [10.96.0.2]\nports: [{port: 80}]",
        "clusterIP: 10.96.0.1\nclusterIPs: [10.96.0.1, 10.96.0.2]\nports: [{port: 80}]",
        "clusterIP: 10.96.0.1\nclusterIPs: [10.96.0.1, 'fd00::1', 'fd00::2']\nports: [{port: 80}]",
        "clusterIP: 10.96.0.1\nclusterIPs: [10.96.0.1, 'fd00::1']\nports: [{port: 80}]",
        "clusterIP: 10.96.0.1\nclusterIPs: [None]\nports: [{port: 80}]",
        "type: NodePort\nclusterIP: None\nports: [{port: 80}]",
    ];
    check_specs(
        &specs,
        &expect![[r#"
            clusterIP: None ⏎ ports: [{port: 80}]
              kept: Service shop/web
            clusterIP: None ⏎ clusterIPs: [None]
              kept: Service shop/web
            ports: [{port: 80}]
              1:1: note: Service "shop/web": the API server would allocate what is left out; the lab took cluster IP 10.96.1.1
              kept: Service shop/web
            clusterIP: 10.96.0.256 ⏎ ports: [{port: 80}]
              5:14: error: Service "web" is invalid: spec.clusterIP: Invalid value: "10.96.0.256": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff); expected an IPv4 or IPv6 address; correct the address
              kept: nothing
            clusterIP: 10.96.0.010 ⏎ ports: [{port: 80}]
              5:14: error: Service "web" is invalid: spec.clusterIP: Invalid value: "10.96.0.010": must not have leading 0s in IPv4 addresses; expected an IPv4 or IPv6 address; leave the zeros out
              kept: nothing
            clusterIP: '::ffff:10.96.0.1' ⏎ ports: [{port: 80}]
              5:14: error: Service "web" is invalid: spec.clusterIP: Invalid value: "::ffff:10.96.0.1": must not be an IPv4-mapped IPv6 address; expected an IPv4 or IPv6 address; write the IPv4 address alone
              kept: nothing
            clusterIP: 10.96.0.1 ⏎ clusterIPs: [10.96.0.2] ⏎ ports: [{port: 80}]
              6:15: error: Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.2"]: first value must match `clusterIP`; expected clusterIPs that begin with clusterIP, one address per family at most; write both as kubectl prints them
              kept: nothing
            clusterIP: 10.96.0.1 ⏎ clusterIPs: [10.96.0.1, 10.96.0.2] ⏎ ports: [{port: 80}]
              6:15: error: Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.1","10.96.0.2"]: may specify no more than one IP for each IP family; expected clusterIPs that begin with clusterIP, one address per family at most; write both as kubectl prints them
              kept: nothing
            clusterIP: 10.96.0.1 ⏎ clusterIPs: [10.96.0.1, 'fd00::1', 'fd00::2'] ⏎ ports: [{port: 80}]
              6:15: error: Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.1","fd00::1","fd00::2"]: may only hold up to 2 values; expected clusterIPs that begin with clusterIP, one address per family at most; write both as kubectl prints them
              kept: nothing
            clusterIP: 10.96.0.1 ⏎ clusterIPs: [10.96.0.1, 'fd00::1'] ⏎ ports: [{port: 80}]
              kept: Service shop/web
            clusterIP: 10.96.0.1 ⏎ clusterIPs: [None] ⏎ ports: [{port: 80}]
              6:15: error: Service "web" is invalid: spec.clusterIPs: Invalid value: ["None"]: first value must match `clusterIP`; expected clusterIPs that begin with clusterIP, one address per family at most; write both as kubectl prints them
              kept: nothing
            type: NodePort ⏎ clusterIP: None ⏎ ports: [{port: 80}]
              6:14: error: Service "web" is invalid: spec.clusterIP: Invalid value: "None": may not be set to 'None' for NodePort services; expected an address; write an address of the service range, or change the type
              kept: nothing
        "#]],
    );
}

#[test]
fn external_names() {
    let specs = [
        "type: ExternalName\nexternalName: example.com.",
        "type: ExternalName\nclusterIP: 10.96.0.1\nexternalName: example.com",
        "type: ExternalName",
        "type: ExternalName\nexternalName: Example.com",
    ];
    check_specs(
        &specs,
        &expect![[r#"
        type: ExternalName ⏎ externalName: example.com.
          kept: Service shop/web
        type: ExternalName ⏎ clusterIP: 10.96.0.1 ⏎ externalName: example.com
          6:14: error: Service "web" is invalid: spec.clusterIP: Forbidden: may not be set for ExternalName services; expected the field to be absent; delete the field
          kept: nothing
        type: ExternalName
          5:3: error: Service "web" is invalid: spec.externalName: Required value; expected the DNS name that the Service stands for; add it
          kept: nothing
        type: ExternalName ⏎ externalName: Example.com
          6:17: error: Service "web" is invalid: spec.externalName: Invalid value: "Example.com": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com'); expected a name in lower case; write the name as kubectl prints it
          kept: nothing
    "#]],
    );
}

#[test]
fn ports() {
    let specs = [
        "clusterIP: 10.96.0.1",
        "clusterIP: 10.96.0.1\nports: [{port: 70000}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: '80'}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: http}]\n",
        "clusterIP: 10.96.0.1\nports: [{name: http}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: 80, protocol: tcp}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: 80}, {port: 81, name: b}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: 80, name: a}, {port: 81, name: a}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: 80, name: a}, {port: 80, name: b}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: 53, name: a}, {port: 53, name: b, protocol: UDP}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: 80, name: Web_1}, 5]\n",
        "clusterIP: 10.96.0.1\nports: [{port: 80, targetPort: '8080'}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: 80, targetPort: 65536}]\n",
        "clusterIP: 10.96.0.1\nports: [{port: 80, targetPort: 0}]\n",
    ];
    check_specs(
        &specs,
        &expect![[r#"
        clusterIP: 10.96.0.1
          5:3: error: Service "web" is invalid: spec.ports: Required value; expected at least one port; add a port
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 70000}]
          6:18: error: Service "web" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: '80'}]
          6:18: error: Service "web" is invalid: spec.ports[0].port: Invalid value: "80": must be an integer; expected a number without quotes; leave the quotes out
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: http}]
          6:18: error: Service "web" is invalid: spec.ports[0].port: Invalid value: "http": must be an integer; expected a number without quotes; write a number here
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{name: http}]
          6:11: error: Service "web" is invalid: spec.ports[0].port: Required value; expected a port number from 1 to 65535; correct the number
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, protocol: tcp}]
          6:32: error: Service "web" is invalid: spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"; expected one of SCTP, TCP, UDP; write one of these, or leave the field out
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 80}, {port: 81, name: b}]
          6:11: error: Service "web" is invalid: spec.ports[0].name: Required value; expected a name of its own for every port; name the ports, as EndpointSlices refer to them by name
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, name: a}, {port: 81, name: a}]
          6:49: error: Service "web" is invalid: spec.ports[1].name: Duplicate value: "a"; expected a name of its own for every port; name the ports, as EndpointSlices refer to them by name
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, name: a}, {port: 80, name: b}]
          6:32: error: Service "web" is invalid: spec.ports[1]: Duplicate value: {"port":80,"protocol":"TCP"}; expected every pair of port and protocol once; change or delete one of the two
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 53, name: a}, {port: 53, name: b, protocol: UDP}]
          kept: Service shop/web
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, name: Web_1}, 5]
          6:28: error: Service "web" is invalid: spec.ports[0].name: Invalid value: "Web_1": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc'); expected a name in lower case; write the name as kubectl prints it
          6:36: error: Service "web" is invalid: spec.ports[1]: Invalid value: 5: must be an object; expected a port with a number; compare with what kubectl prints
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, targetPort: '8080'}]
          6:34: error: Service "web" is invalid: spec.ports[0].targetPort: Invalid value: "8080": must contain at least one letter (a-z); expected a port number without quotes, or the name of a container port; correct it
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, targetPort: 65536}]
          6:34: error: Service "web" is invalid: spec.ports[0].targetPort: Invalid value: 65536: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number
          kept: nothing
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, targetPort: 0}]
          kept: Service shop/web
    "#]],
    );
}

#[test]
fn node_ports() {
    let specs = [
        "clusterIP: 10.96.0.1\nports: [{port: 80, nodePort: 30080}]\n",
        "type: NodePort\nclusterIP: 10.96.0.1\nports: [{port: 80, nodePort: 8080}]\n",
        "type: NodePort\nclusterIP: 10.96.0.1\nports: [{port: 80, nodePort: 99999}]\n",
        "type: NodePort\nclusterIP: 10.96.0.1\nports:\n- {name: a, port: 80, nodePort: 30080}\n- {name: b, port: 81, nodePort: 30080}\n",
    ];
    check_specs(
        &specs,
        &expect![[r#"
        clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, nodePort: 30080}]
          6:32: error: Service "web" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'; expected the field to be absent; delete the field or change the type
          kept: nothing
        type: NodePort ⏎ clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, nodePort: 8080}]
          7:32: warning: Service "web": spec.ports[0].nodePort: node port 8080 is not in the default range 30000-32767; expected a port in the API server's --service-node-port-range; make sure that the cluster sets another range
          kept: Service shop/web
        type: NodePort ⏎ clusterIP: 10.96.0.1 ⏎ ports: [{port: 80, nodePort: 99999}]
          7:32: error: Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 99999: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number
          kept: nothing
        type: NodePort ⏎ clusterIP: 10.96.0.1 ⏎ ports: ⏎ - {name: a, port: 80, nodePort: 30080} ⏎ - {name: b, port: 81, nodePort: 30080}
          9:35: error: Service "web" is invalid: spec.ports[1].nodePort: Duplicate value: 30080; expected every node port once per protocol; choose another node port
          kept: nothing
    "#]],
    );
}

#[test]
fn types_and_policies() {
    let lines = [
        "type: Loadbalancer",
        "internalTrafficPolicy: local",
        "externalTrafficPolicy: Local",
        "externalTrafficPolicy: Local\nexternalIPs: [198.51.100.1]",
        "type: LoadBalancer\nhealthCheckNodePort: 31000",
        "type: LoadBalancer\nhealthCheckNodePort: -1\nexternalTrafficPolicy: Local",
        "publishNotReadyAddresses: \"true\"",
    ];
    check_with_port(
        &lines,
        &expect![[r#"
            type: Loadbalancer
              7:9: error: Service "web" is invalid: spec.type: Unsupported value: "Loadbalancer": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"; expected one of ClusterIP, ExternalName, LoadBalancer, NodePort; write one of these, or leave the field out
              kept: nothing
            internalTrafficPolicy: local
              7:26: error: Service "web" is invalid: spec.internalTrafficPolicy: Unsupported value: "local": supported values: "Cluster", "Local"; expected one of Cluster, Local; write one of these, or leave the field out
              kept: nothing
            externalTrafficPolicy: Local
              7:26: error: Service "web" is invalid: spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services; expected the field only on NodePort, LoadBalancer or with externalIPs; delete the field
              kept: nothing
            externalTrafficPolicy: Local ⏎ externalIPs: [198.51.100.1]
              kept: Service shop/web
            type: LoadBalancer ⏎ healthCheckNodePort: 31000
              1:1: note: Service "shop/web": the API server would allocate what is left out; the lab took node port 30086 for port 80/tcp
              8:24: warning: Service "web": spec.healthCheckNodePort: health check node port 31000 is not used; expected it only with type LoadBalancer and externalTrafficPolicy Local; delete the field
              kept: Service shop/web
            type: LoadBalancer ⏎ healthCheckNodePort: -1 ⏎ externalTrafficPolicy: Local
              8:24: error: Service "web" is invalid: spec.healthCheckNodePort: Invalid value: -1: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number
              kept: nothing
            publishNotReadyAddresses: "true"
              7:29: error: Service "web" is invalid: spec.publishNotReadyAddresses: Invalid value: "true": must be a boolean; expected true or false; compare with what kubectl prints
              kept: nothing
        "#]],
    );
}

#[test]
fn addresses_and_prefixes() {
    let lines = [
        "loadBalancerSourceRanges: [10.0.0.0/8]",
        "type: LoadBalancer\nloadBalancerSourceRanges: [10.0.0.0, 10.0.0.0/33, ' 10.0.0.1/8 ']",
        "externalIPs: [127.0.0.1, 0.0.0.0, 'fe80::1', 224.0.0.5, 1.2.3.4]",
        "externalIPs: 1.2.3.4",
    ];
    check_with_port(
        &lines,
        &expect![[r#"
        loadBalancerSourceRanges: [10.0.0.0/8]
          7:29: error: Service "web" is invalid: spec.loadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'; expected the field to be absent; delete the field
          kept: nothing
        type: LoadBalancer ⏎ loadBalancerSourceRanges: [10.0.0.0, 10.0.0.0/33, ' 10.0.0.1/8 ']
          8:30: error: Service "web" is invalid: spec.loadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64); expected an address, a slash and a prefix length; correct the prefix
          8:40: error: Service "web" is invalid: spec.loadBalancerSourceRanges[1]: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64); expected an address, a slash and a prefix length; correct the prefix
          kept: nothing
        externalIPs: [127.0.0.1, 0.0.0.0, 'fe80::1', 224.0.0.5, 1.2.3.4]
          7:17: error: Service "web" is invalid: spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128); expected an address that is reachable from other nodes; write such an address
          7:28: error: Service "web" is invalid: spec.externalIPs[1]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0 or ::); expected an address that is reachable from other nodes; write such an address
          7:37: error: Service "web" is invalid: spec.externalIPs[2]: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10); expected an address that is reachable from other nodes; write such an address
          7:48: error: Service "web" is invalid: spec.externalIPs[3]: Invalid value: "224.0.0.5": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10); expected an address that is reachable from other nodes; write such an address
          kept: nothing
        externalIPs: 1.2.3.4
          7:16: error: Service "web" is invalid: spec.externalIPs: Invalid value: "1.2.3.4": must be a list; expected a list; compare with what kubectl prints
          kept: nothing
    "#]],
    );
}

#[test]
fn session_affinity() {
    let lines = [
        "sessionAffinity: Sticky",
        "sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}",
        "sessionAffinity: ClientIP\nsessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}",
        "sessionAffinity: ClientIP\nsessionAffinityConfig: {clientIP: {timeoutSeconds: 86400}}",
    ];
    check_with_port(
        &lines,
        &expect![[r#"
        sessionAffinity: Sticky
          7:20: error: Service "web" is invalid: spec.sessionAffinity: Unsupported value: "Sticky": supported values: "ClientIP", "None"; expected one of ClientIP, None; write one of these, or leave the field out
          kept: nothing
        sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}
          7:26: error: Service "web" is invalid: spec.sessionAffinityConfig: Forbidden: must not be set when session affinity is None; expected the field to be absent; delete the field
          kept: nothing
        sessionAffinity: ClientIP ⏎ sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}
          8:54: error: Service "web" is invalid: spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400; expected seconds, one day at most; correct the number
          kept: nothing
        sessionAffinity: ClientIP ⏎ sessionAffinityConfig: {clientIP: {timeoutSeconds: 86400}}
          kept: Service shop/web
    "#]],
    );
}

#[test]
fn load_balancer_status() {
    let text = |ingress| {
        let spec = service("type: LoadBalancer\nclusterIP: 10.96.0.1\nports: [{port: 80}]");
        format!("{spec}status:\n  loadBalancer:\n    ingress:\n    - {ingress}\n")
    };
    let ingress = [
        "{ip: 203.0.113.1, ipMode: Proxy}",
        "{hostname: lb.example.com}",
        "{ip: lb.example.com}",
        "{hostname: lb.example.com, ipMode: VIP}",
        "{ip: 203.0.113.1, ipMode: Direct}",
    ];
    check(
        ingress.map(|ingress| (ingress, text(ingress))),
        &expect![[r#"
            {ip: 203.0.113.1, ipMode: Proxy}
              1:1: note: Service "shop/web": the API server would allocate what is left out; the lab took node port 30086 for port 80/tcp
              kept: Service shop/web
            {hostname: lb.example.com}
              1:1: note: Service "shop/web": the API server would allocate what is left out; the lab took node port 30086 for port 80/tcp
              kept: Service shop/web
            {ip: lb.example.com}
              11:12: error: Service "web" is invalid: status.loadBalancer.ingress[0].ip: Invalid value: "lb.example.com": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff); expected an IPv4 or IPv6 address; correct the address
              kept: nothing
            {hostname: lb.example.com, ipMode: VIP}
              11:42: error: Service "web" is invalid: status.loadBalancer.ingress[0].ipMode: Forbidden: may not be used when `ip` is not set; expected the field to be absent; delete the field or add the address
              kept: nothing
            {ip: 203.0.113.1, ipMode: Direct}
              11:33: error: Service "web" is invalid: status.loadBalancer.ingress[0].ipMode: Unsupported value: "Direct": supported values: "Proxy", "VIP"; expected one of Proxy, VIP; write one of these, or leave the field out
              kept: nothing
        "#]],
    );
}

#[test]
fn services_share_nothing() {
    let first = service("type: NodePort\nclusterIP: 10.96.0.1\nports: [{port: 80, nodePort: 30080}]");
    let second = first.replace("name: web", "name: cart");
    let third = second.replace("10.96.0.1", "10.96.0.2").replace("port: 80", "protocol: UDP, port: 80");
    let cases = [
        ("the same Service again", format!("{first}---\n{first}")),
        ("another with the same address and node port", format!("{first}---\n{second}")),
        ("the same node port for another protocol", format!("{first}---\n{third}")),
        (
            "the third after the second was left out",
            format!("{first}---\n{second}---\n{}", third.replace("cart", "dns")),
        ),
    ];
    check(
        cases,
        &expect![[r#"
        the same Service again
          9:1: error: services "web" already exists: it is also at line 1; expected every object once; delete one of the two
          kept: Service shop/web
        another with the same address and node port
          14:14: error: Service "cart" is invalid: spec.clusterIP: Invalid value: "10.96.0.1": failed to allocate IP 10.96.0.1: provided IP is already allocated to Service "shop/web"; expected an address that no other Service has; choose another address
          15:32: error: Service "cart" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated to Service "shop/web"; expected a node port that no other Service has; choose another node port
          kept: Service shop/web
        the same node port for another protocol
          kept: Service shop/web, Service shop/cart
        the third after the second was left out
          14:14: error: Service "cart" is invalid: spec.clusterIP: Invalid value: "10.96.0.1": failed to allocate IP 10.96.0.1: provided IP is already allocated to Service "shop/web"; expected an address that no other Service has; choose another address
          15:32: error: Service "cart" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated to Service "shop/web"; expected a node port that no other Service has; choose another node port
          kept: Service shop/web, Service shop/dns
    "#]],
    );
}

#[test]
fn defaults_are_filled_in() {
    let spec = service("clusterIP: 10.96.0.1\nsessionAffinity: ClientIP\nports: [{port: 80}]");
    let parsed = k8s::parse(&format!("{spec}status: {{loadBalancer: {{ingress: [{{ip: 203.0.113.1}}]}}}}\n"));
    expect![[r#"
        [
            Service {
                name: NamespacedName {
                    namespace: "shop",
                    name: "web",
                },
                labels: {},
                service_type: ClusterIp,
                cluster_ips: [
                    10.96.0.1,
                ],
                ip_families: [
                    V4,
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
                traffic_distribution: None,
                topology_mode_auto: false,
            },
        ]
    "#]]
    .assert_debug_eq(&parsed.cluster.services);
}

/// `ValidateLabels` of apimachinery's meta/v1 validation.
#[test]
fn selectors() {
    let lines = [
        "selector: {app: web, 'example.com/Tier_1': ''}",
        "selector: {app: 日本語}",
        "selector: {app: -web}",
        "selector: {app: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
        "selector: {'a b': web}",
        "selector: {'Example.com/app': web}",
        "selector: {'/app': web}",
        "selector: {'example.com/': web}",
        "selector: {a/b/c: web}",
    ];
    check_with_port(
        &lines,
        &expect![[r#"
        selector: {app: web, 'example.com/Tier_1': ''}
          kept: Service shop/web
        selector: {app: 日本語}
          7:19: error: Service "web" is invalid: spec.selector: Invalid value: "日本語": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345'); expected letters, digits, '-', '_' and '.', a letter or digit at both ends; write the label as kubectl prints it
          kept: nothing
        selector: {app: -web}
          7:19: error: Service "web" is invalid: spec.selector: Invalid value: "-web": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345'); expected letters, digits, '-', '_' and '.', a letter or digit at both ends; write the label as kubectl prints it
          kept: nothing
        selector: {app: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
          7:19: error: Service "web" is invalid: spec.selector: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must be no more than 63 bytes; expected letters, digits, '-', '_' and '.', a letter or digit at both ends; write the label as kubectl prints it
          kept: nothing
        selector: {'a b': web}
          7:21: error: Service "web" is invalid: spec.selector: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc'); expected letters, digits, '-', '_' and '.', a letter or digit at both ends; write the label as kubectl prints it
          kept: nothing
        selector: {'Example.com/app': web}
          7:33: error: Service "web" is invalid: spec.selector: Invalid value: "Example.com/app": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com'); expected letters, digits, '-', '_' and '.', a letter or digit at both ends; write the label as kubectl prints it
          kept: nothing
        selector: {'/app': web}
          7:22: error: Service "web" is invalid: spec.selector: Invalid value: "/app": prefix part must be non-empty; expected letters, digits, '-', '_' and '.', a letter or digit at both ends; write the label as kubectl prints it
          kept: nothing
        selector: {'example.com/': web}
          7:30: error: Service "web" is invalid: spec.selector: Invalid value: "example.com/": name part must be non-empty; expected letters, digits, '-', '_' and '.', a letter or digit at both ends; write the label as kubectl prints it
          kept: nothing
        selector: {a/b/c: web}
          7:21: error: Service "web" is invalid: spec.selector: Invalid value: "a/b/c": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName'); expected letters, digits, '-', '_' and '.', a letter or digit at both ends; write the label as kubectl prints it
          kept: nothing
    "#]],
    );
}
