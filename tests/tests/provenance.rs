//! "Why is this rule here?", held against the names that kube-proxy itself writes into its rules.

use std::collections::BTreeSet;

use datapath_core::k8s::NamespacedName;
use datapath_core::lab::{Lab, Line, LineRef, Listing, Provenance, Reason, WEB_SHOP};
use datapath_core::proxy::Mode;
use datapath_tests::case::{Case, recorded_kube_proxy_cases};

/// Calls `check` with every listing of every node and mode of the recorded clusters and of the example.
fn every_listing(mut check: impl FnMut(&str, &Lab, Mode, &Listing, &Provenance)) {
    let cases = Case::read_all(&recorded_kube_proxy_cases()).unwrap_or_else(|error| panic!("{error}"));
    let texts = cases.iter().map(|case| (case.name.as_str(), case.text.as_str()));
    for (name, text) in texts.chain([("web-shop", WEB_SHOP)]) {
        let lab = Lab::open(text, 1).unwrap_or_else(|refused| panic!("{name}: {:?}", refused.diagnostics));
        for (lane, of) in lab.lanes.iter().enumerate() {
            let listing = Listing::of(&of.network, 0, 0);
            let provenance = Provenance::of(&lab, lane, 0, &listing);
            check(name, &lab, of.mode, &listing, &provenance);
        }
    }
}

/// The Services that a line names: `shop/web:http` in a comment, `…/shop/web/tcp/http` in a name of nftables.
fn named(lab: &Lab, line: &str) -> Vec<NamespacedName> {
    let words: Vec<&str> = line.split(|sign: char| sign.is_whitespace() || "\"(),;{}".contains(sign)).collect();
    let names = |service: &NamespacedName, word: &str| {
        let full = service.to_string();
        let rest = word.strip_prefix(&full);
        let in_comment = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
        let in_name = ["service-", "external-", "local-", "firewall-", "endpoint-", "affinity-"]
            .iter()
            .filter_map(|kind| word.strip_prefix(kind))
            .any(|rest| rest.get(9..).is_some_and(|rest| rest.starts_with(&format!("{full}/"))));
        in_comment || in_name
    };
    let services = lab.cluster.services.iter().map(|service| &service.name);
    services.filter(|service| words.iter().any(|word| names(service, word))).cloned().collect()
}

#[test]
fn every_line_has_its_reason_and_is_found_by_it() {
    let (mut naming, mut elements) = (0, 0);
    every_listing(|case, lab, mode, listing, provenance| {
        for (section, of) in listing.sections.iter().enumerate() {
            for (number, line) in of.lines.iter().enumerate() {
                let reasons: Vec<&Reason> = provenance.reasons(section, number).collect();
                for service in named(lab, &line.text) {
                    naming += 1;
                    let right =
                        |reason: &&Reason| matches!(reason, Reason::Field { service: of, .. } if *of == service);
                    assert!(reasons.iter().any(right), "{case} {mode}: no reason of {service} for {}", line.text);
                }
                let is_element = is_element(line);
                elements += usize::from(is_element);
                let is_built_in =
                    mode != Mode::Nftables && line.text.starts_with(':') && !line.text.starts_with(":KUBE-");
                let is_rule = matches!(line.at, Some(LineRef::Rule(_) | LineRef::Chain(_))) && !is_built_in;
                assert!(!reasons.is_empty() || !is_element && !is_rule, "{case} {mode}: {}", line.text);
            }
        }
        for reason in provenance.all() {
            let lines = provenance.lines(reason);
            assert!(!lines.is_empty(), "{case} {mode}: {reason} has no lines");
            for (section, line) in lines {
                assert!(provenance.reasons(section, line).any(|other| other == reason), "{case} {mode}: {reason}");
            }
        }
    });
    assert!(naming > 1_000 && elements > 1_000, "{naming} lines name a Service, {elements} are elements");
}

/// An element of a set, map or ipset, a virtual or a real server, an address.
fn is_element(line: &Line) -> bool {
    let first = line.text.split_whitespace().next().unwrap_or_default();
    matches!(line.at, Some(LineRef::Structure(_)))
        && (matches!(first, "add" | "-a" | "-A" | "inet" | "inet6") || first == "elements")
}

/// A rule that asks a set is there for whoever has an entry in it, and for none of them alone.
#[test]
fn a_rule_that_asks_a_set_is_there_for_all_that_the_set_has() {
    let lab = Lab::open(WEB_SHOP, 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let lane = lab.lanes.iter().position(|lane| lane.mode == Mode::Ipvs).expect("a lane of IPVS");
    let listing = Listing::of(&lab.lanes[lane].network, 0, 0);
    let provenance = Provenance::of(&lab, lane, 0, &listing);
    let mut told = BTreeSet::new();
    for (section, of) in listing.sections.iter().enumerate() {
        for (number, line) in of.lines.iter().enumerate().filter(|(_, line)| line.text.contains(" --match-set KUBE-")) {
            let reasons = provenance.reasons(section, number);
            told.extend(reasons.map(ToString::to_string).filter(|reason| reason.starts_with("every ")));
            let of_one = |reason: &Reason| matches!(reason, Reason::Field { .. });
            assert!(!provenance.reasons(section, number).any(of_one), "{}", line.text);
        }
    }
    for path in
        ["every Service: spec.clusterIP", "every Service: spec.ports[*].nodePort", "every EndpointSlice: endpoints"]
    {
        assert!(told.contains(path), "{told:?}");
    }
}

/// nftables draws among all endpoints in one rule, which is there for each of them.
#[test]
fn every_endpoint_that_answers_has_its_lines_in_every_mode() {
    let lab = Lab::open(WEB_SHOP, 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    for (lane, of) in lab.lanes.iter().enumerate() {
        let listing = Listing::of(&of.network, 0, 0);
        let provenance = Provenance::of(&lab, lane, 0, &listing);
        let web = |reason: &&Reason| matches!(reason, Reason::Field { object, path, .. } if &*object.name == "web-9lhx4" && path.starts_with("endpoints["));
        assert_eq!(provenance.all().iter().filter(web).count(), 3, "{}", of.mode);
    }
}

#[test]
fn a_reason_leads_back_to_the_text() {
    let lab = Lab::open(WEB_SHOP, 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let listing = Listing::of(&lab.lanes[0].network, 0, 0);
    let lines: Vec<&str> = lab.text.lines().collect();
    for reason in Provenance::of(&lab, 0, 0, &listing).all() {
        let Reason::Field { object, path, .. } = reason else { continue };
        let position = reason.position(&lab.text).unwrap_or_else(|| panic!("{reason} is not in the text"));
        let (before, after) = lines.split_at(position.line as usize);
        let name = |line: &&&str| line.starts_with("    name: ");
        // kubectl sorts keys: a slice has its endpoints before its metadata, a Service its spec after them.
        let named =
            if path.starts_with("endpoints") { after.iter().find(name) } else { before.iter().rev().find(name) };
        assert_eq!(named.map(|line| &line["    name: ".len()..]), Some(&*object.name), "{reason} leads to {position}");
        let field = path.rsplit('.').next().and_then(|field| field.split('[').next()).unwrap_or_default();
        let written = before.iter().rev().take(2).any(|line| line.contains(field));
        assert!(written || path.contains('['), "{reason} leads to {position}");
    }
}

const SERVICE: &str = "
apiVersion: v1
kind: Node
metadata: {name: a}
spec: {podCIDRs: [10.1.0.0/24]}
status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.7
  selector: {app: web}
  sessionAffinity: None
  externalTrafficPolicy: Cluster
  internalTrafficPolicy: Cluster
  externalIPs: [203.0.113.1]
  loadBalancerSourceRanges: [198.51.100.0/24]
  ports: [{port: 80, targetPort: 8080, nodePort: 30080}]
status: {loadBalancer: {ingress: [{ip: 203.0.113.9}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080}]
endpoints:
- {addresses: [10.1.0.2], nodeName: a, conditions: {ready: true}}
- {addresses: [10.2.0.2], nodeName: b, conditions: {ready: true}}
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clusterCIDR: 10.0.0.0/8
conntrack: {tcpBeLiberal: true}
";

/// What is changed in the text, and the fields of which one has to be a reason of every line that comes with it.
const CHANGES: &[(&str, &str, &[&str])] = &[
    ("port: 80,", "port: 81,", &["spec.ports[0]"]),
    ("nodePort: 30080", "nodePort: 30081", &["spec.ports[0].nodePort"]),
    ("[{port: 8080}]", "[{port: 9090}]", &["ports"]),
    ("10.96.0.7", "10.96.0.8", &["spec.clusterIP"]),
    ("[203.0.113.1]", "[203.0.113.2]", &["spec.externalIPs"]),
    ("203.0.113.9", "203.0.113.8", &["status.loadBalancer.ingress"]),
    ("198.51.100.0/24", "198.51.0.0/16", &["spec.loadBalancerSourceRanges"]),
    ("sessionAffinity: None", "sessionAffinity: ClientIP", &["spec.sessionAffinity"]),
    ("externalTrafficPolicy: Cluster", "externalTrafficPolicy: Local", &["spec.externalTrafficPolicy"]),
    ("internalTrafficPolicy: Cluster", "internalTrafficPolicy: Local", &["spec.internalTrafficPolicy"]),
    ("10.2.0.2", "10.2.0.3", &["endpoints[1]"]),
    ("{ready: true}", "{ready: false}", &["endpoints"]),
    ("mode:", "iptables: {masqueradeBit: 3}\nmode:", &["iptables.masqueradeBit"]),
    ("mode:", "nftables: {masqueradeBit: 3}\nmode:", &["nftables.masqueradeBit"]),
    ("mode:", "iptables: {masqueradeAll: true}\nmode:", &["iptables.masqueradeAll"]),
    ("mode:", "nftables: {masqueradeAll: true}\nmode:", &["nftables.masqueradeAll"]),
    ("clusterCIDR: 10.0.0.0/8", "clusterCIDR: 10.0.0.0/9", &["clusterCIDR"]),
    ("mode:", "nodePortAddresses: [192.168.0.0/24]\nmode:", &["nodePortAddresses"]),
    ("mode:", "iptables: {localhostNodePorts: false}\nmode:", &["iptables.localhostNodePorts"]),
    ("tcpBeLiberal: true", "tcpBeLiberal: false", &["conntrack.tcpBeLiberal"]),
    ("mode:", "ipvs: {scheduler: lc}\nmode:", &["ipvs.scheduler"]),
];

/// The lines of all modes with the paths of their reasons.
fn reasoned_lines(text: &str) -> Vec<(String, Vec<String>)> {
    let lab = Lab::open(text, 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let mut lines = Vec::new();
    for (lane, of) in lab.lanes.iter().enumerate() {
        let listing = Listing::of(&of.network, 0, 0);
        let provenance = Provenance::of(&lab, lane, 0, &listing);
        for (section, within) in listing.sections.iter().enumerate() {
            for (number, line) in within.lines.iter().enumerate() {
                // Where an element stands in its list is nobody's doing.
                let text = line.text.trim().trim_start_matches("elements = { ").trim_end_matches([',', ' ', '}']);
                let path = |reason: &Reason| match reason {
                    Reason::Always => "always".to_owned(),
                    Reason::Setting { path, .. } | Reason::Every { path, .. } => (*path).to_owned(),
                    Reason::Field { path, .. } => path.clone(),
                };
                let paths = provenance.reasons(section, number).map(path).collect();
                lines.push((format!("{} {}: {text}", of.mode, within.title), paths));
            }
        }
    }
    lines
}

#[test]
fn what_a_change_of_the_text_changes_has_the_changed_field_as_a_reason() {
    let before = reasoned_lines(SERVICE);
    let mut faults = Vec::new();
    for (from, to, paths) in CHANGES {
        assert!(SERVICE.contains(from), "{from}");
        let after = reasoned_lines(&SERVICE.replace(from, to));
        let mut changed = 0;
        for (line, reasons) in after.iter().filter(|(line, _)| before.iter().all(|(other, _)| other != line)) {
            changed += 1;
            if !reasons.iter().any(|reason| paths.contains(&reason.as_str())) {
                faults.push(format!("{from} -> {to}: {line}: {reasons:?}"));
            }
        }
        assert!(changed > 0, "{from} -> {to} changes no line");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
