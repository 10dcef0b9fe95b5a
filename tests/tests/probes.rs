//! Sends the recorded probes through a model node and compares where they may end with what kube-proxy's own
//! test tracers found for the real rules (`expected.probes.json`).
//!
//! The tracers follow new connections only and know no state: matches on affinity never hold there, and with a
//! fresh node they never hold here. After DNAT they follow one endpoint, so that nftables' `masq` speaks of the
//! first one only, and iptables' of at least one.
//!
//! They also run every filter chain whatever the hook, take conntrack-state rules as not matching, and do not read
//! an anonymous set of two ranges. Where that makes them differ from a real kernel, `disputed-probes.jsonl` has what
//! Linux 6.18 did with the packet under the same rules, and that is what counts.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use datapath_core::net::{Endpoint, Protocol, Tuple};
use datapath_core::node::Node;
use datapath_core::proxy::Mode;
use datapath_tests::case::{Case, file_name, recorded_kube_proxy_cases};
use datapath_tests::probe::{self, End, Sender};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Probe {
    src_kind: String,
    src: IpAddr,
    protocol: String,
    dst_kind: String,
    dst: IpAddr,
    dst_port: u16,
    iptables: Option<Reached>,
    nftables: Option<Reached>,
}

#[derive(Deserialize)]
struct Reached {
    output: Vec<String>,
    masq: bool,
}

/// A probe that a live kernel answered otherwise than the tracer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Disputed {
    mode: String,
    case: String,
    src: IpAddr,
    protocol: String,
    dst: IpAddr,
    dst_port: u16,
    output: Vec<String>,
}

impl Disputed {
    fn read_all() -> Vec<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/kernel/disputed-probes.jsonl");
        let text = fs::read_to_string(path).expect("the kernel's answers");
        text.lines().map(|line| serde_json::from_str(line).expect("one answer a line")).collect()
    }

    fn is_about(&self, mode: Mode, case: &Case, probe: &Probe) -> bool {
        self.mode == mode.to_string()
            && self.case == case.name
            && (self.src, self.dst, self.dst_port, &self.protocol)
                == (probe.src, probe.dst, probe.dst_port, &probe.protocol)
    }
}

#[test]
fn iptables_probes_end_where_kube_proxys_tracer_says() {
    check(Mode::Iptables);
}

#[test]
fn nftables_probes_end_where_kube_proxys_tracer_says() {
    check(Mode::Nftables);
}

fn check(mode: Mode) {
    let cases = Case::read_all(&recorded_kube_proxy_cases()).expect("the recorded cases");
    let disputed = Disputed::read_all();
    let mut count = 0;
    let mut differences = Vec::new();
    for case in &cases {
        for family in &case.config.ip_families {
            let path = case.folder.join(file_name("expected", *family, "probes.json"));
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let probes: Vec<Probe> = serde_json::from_str(&text).expect("the recorded probes");
            let node = probe::node(case, mode).unwrap_or_else(|error| panic!("{error}"));
            for probe in &probes {
                let expected = match mode {
                    Mode::Iptables => probe.iptables.as_ref(),
                    _ => probe.nftables.as_ref(),
                };
                let Some(expected) = expected else { continue };
                count += 1;
                let answer = disputed.iter().find(|disputed| disputed.is_about(mode, case, probe));
                let outputs = answer.map_or(&expected.output, |answer| &answer.output);
                let judged = Reached { output: outputs.clone(), masq: expected.masq };
                differences.extend(compare(case, mode, &node, probe, &judged));
            }
        }
    }
    assert!(count > 500, "only {count} probes were found");
    println!("{count} probes in {mode} mode, {} of them judged by a live kernel", disputed.len());
    // The node's own SCTP packets to a load balancer: the live kernel could not be made to send them.
    differences.retain(|difference| !(difference.starts_with("mixed-007: node") && difference.contains("/sctp:")));
    assert!(differences.is_empty(), "{} of {count} probes differ:\n{}", differences.len(), differences.join("\n"));
}

fn compare(case: &Case, mode: Mode, node: &Node, probe: &Probe, expected: &Reached) -> Option<String> {
    let sender = match probe.src_kind.as_str() {
        "node" => Sender::Node,
        "local-pod" | "own-local-endpoint" => Sender::Pod,
        _ => Sender::Elsewhere,
    };
    let protocol = Protocol::from_name(&probe.protocol).expect("a protocol");
    let (src, dst) = (Endpoint::new(probe.src, 40_000), Endpoint::new(probe.dst, probe.dst_port));
    let ends = probe::ends(node, &case.config, sender, Tuple { protocol, src, dst });
    let outputs: BTreeSet<&str> =
        ends.iter().map(|end| end.output.as_str()).filter(|output| !output.is_empty()).collect();
    let wanted: BTreeSet<&str> = expected.output.iter().map(String::as_str).collect();
    let reaches_endpoints = wanted.iter().any(|output| output.contains(':'));
    let followed = |end: &End| match mode {
        Mode::Nftables => Some(end.output.as_str()) == expected.output.first().map(String::as_str),
        _ => true,
    };
    let masq = ends.iter().any(|end| followed(end) && end.masq);
    let same = outputs == wanted && (!reaches_endpoints || masq == expected.masq);
    (!same).then(|| {
        format!(
            "{}: {} {} → {} {}:{}/{}: expected {wanted:?} masq {}, got {outputs:?} masq {masq}",
            case.name,
            probe.src_kind,
            probe.src,
            probe.dst_kind,
            probe.dst,
            probe.dst_port,
            probe.protocol,
            expected.masq
        )
    })
}
