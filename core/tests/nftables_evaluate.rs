//! Packets through kube-proxy's recorded rules: what its own tracer reached, and how it is reported.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use datapath_core::chance::{Chance, explore};
use datapath_core::net::{Endpoint, Family, Packet, Protocol, Tuple};
use datapath_core::netfilter::conntrack::Tracked;
use datapath_core::netfilter::routing::{Device, DeviceKind, Routing};
use datapath_core::netfilter::{Context, Hook, Skb, Stack, Verdict, Zone, nat};
use datapath_core::nftables::{Ruleset, apply, base_chains, list_at, traverse};
use datapath_core::trace::{Cost, Event, Meter, Recorder, Silent, Tracer};

fn ruleset(case: &str) -> Ruleset {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/cases/kube-proxy")
        .join(case)
        .join("expected.nft-transaction");
    let mut ruleset = Ruleset::default();
    apply(&mut ruleset, &fs::read_to_string(path).unwrap()).unwrap();
    ruleset
}

fn node() -> Stack {
    let mut routing = Routing::default();
    for (name, address, kind) in [
        ("lo", "127.0.0.1/8", DeviceKind::Loopback),
        ("eth0", "192.168.0.2/24", DeviceKind::Ethernet),
        ("veth0", "10.244.1.1/24", DeviceKind::Veth),
    ] {
        routing.add_device(Device { name: name.into(), kind, mac: None, addresses: vec![address.parse().unwrap()] });
    }
    Stack { routing, ..Stack::default() }
}

fn tcp(src: &str, dst: &str, port: u16) -> Packet {
    let end = |address: &str, port| Endpoint::new(address.parse::<IpAddr>().unwrap(), port);
    Packet::opening(Tuple { protocol: Protocol::Tcp, src: end(src, 40000), dst: end(dst, port) })
}

/// Sends a new connection's packet through all chains of a hook, and translates it as the node does.
fn run_hook<T: Tracer>(
    ruleset: &mut Ruleset,
    hook: Hook,
    skb: &mut Skb,
    stack: &mut Stack,
    chance: &mut Chance,
    now: u64,
    tracer: &mut T,
) -> Verdict {
    let mut ctx = Context { hook, skb, stack, chance, now, tracer };
    for chain in base_chains(ruleset, Family::V4, hook) {
        if chain.is_nat && !nat::is_undecided(&ctx) {
            continue;
        }
        let verdict = traverse(ruleset, chain.id, &mut ctx);
        if verdict != Verdict::Accept {
            return verdict;
        }
    }
    nat::translate(&mut ctx);
    Verdict::Accept
}

fn received(packet: Packet, stack: &mut Stack, now: u64) -> Skb {
    let mut skb = Skb::received(packet.clone(), "veth0".into());
    if let Tracked::Created(link) | Tracked::Found(link) = stack.conntrack.track(&packet, Zone::default(), now) {
        skb.connection = Some(link);
    }
    skb
}

/// Where the packets of every random outcome go, with whether they are marked for masquerading.
fn outcomes(case: &str, src: &str, dst: &str, port: u16) -> BTreeSet<(String, bool)> {
    let rules = ruleset(case);
    let results = explore(1000, |chance| {
        let mut rules = rules.clone();
        let mut stack = node();
        let mut skb = received(tcp(src, dst, port), &mut stack, 0);
        let mut verdict = run_hook(&mut rules, Hook::Prerouting, &mut skb, &mut stack, chance, 0, &mut Silent);
        let hook = if stack.routing.is_local(skb.packet.dst) { Hook::Input } else { Hook::Forward };
        if verdict == Verdict::Accept {
            verdict = run_hook(&mut rules, hook, &mut skb, &mut stack, chance, 0, &mut Silent);
        }
        match verdict {
            Verdict::Accept => (skb.packet.tuple().dst.to_string(), skb.mark & 0x4000 != 0),
            other => (format!("{other:?}"), false),
        }
    });
    results.into_iter().map(|(outcome, _)| outcome).collect()
}

fn reached(rows: &[(&str, bool)]) -> BTreeSet<(String, bool)> {
    rows.iter().map(|(name, masquerade)| ((*name).to_owned(), *masquerade)).collect()
}

#[test]
fn a_cluster_ip_leads_to_each_endpoint() {
    let endpoints = [("10.244.1.10:8080", false), ("10.244.2.11:8080", false)];
    assert_eq!(outcomes("clusterip-2-endpoints", "10.244.1.200", "10.96.0.41", 80), reached(&endpoints));
    let marked = [("10.244.1.10:8080", true), ("10.244.2.11:8080", true)];
    assert_eq!(outcomes("clusterip-2-endpoints", "192.168.0.9", "10.96.0.41", 80), reached(&marked));
}

#[test]
fn what_has_no_endpoint_is_refused() {
    let refused = [("Reject(PortUnreachable)", false)];
    assert_eq!(outcomes("clusterip-no-endpoints", "10.244.1.200", "10.96.0.41", 80), reached(&refused));
    // A port that the Service does not have, and an address that no Service has.
    assert_eq!(outcomes("clusterip-2-endpoints", "10.244.1.200", "10.96.0.41", 81), reached(&refused));
    assert_eq!(outcomes("clusterip-2-endpoints", "10.244.1.200", "10.96.77.77", 80), reached(&[("Drop", false)]));
}

#[test]
fn a_node_port_is_masqueraded() {
    let marked = [("10.244.1.10:8080", true), ("10.244.2.11:8080", true), ("10.244.3.12:8080", true)];
    assert_eq!(outcomes("nodeport", "198.18.0.1", "192.168.0.2", 30080), reached(&marked));
}

#[test]
fn affinity_keeps_a_client_until_its_time_is_over() {
    let mut rules = ruleset("affinity-clientip-60s");
    let send = |rules: &mut Ruleset, port: u16, seed: u64, now: u64| {
        let mut stack = node();
        let mut packet = tcp("10.244.1.200", "10.96.0.41", 80);
        packet.set_src(Endpoint::new(packet.src, port));
        let mut skb = received(packet, &mut stack, now);
        let verdict =
            run_hook(rules, Hook::Prerouting, &mut skb, &mut stack, &mut Chance::seeded(seed), now, &mut Silent);
        assert_eq!(verdict, Verdict::Accept);
        skb.packet.dst
    };
    let first = send(&mut rules, 40000, 0, 100);
    assert!(list_at(&rules, 100).contains("elements = { 10.244.1.200 expires 1m }"), "{}", list_at(&rules, 100));
    for (port, now) in (40001..40040).zip(101..140) {
        assert_eq!(send(&mut rules, port, u64::from(port), now), first);
    }
    let later: BTreeSet<_> = (0..20).map(|seed| send(&mut rules.clone(), 50000, seed, 400)).collect();
    assert!(later.len() > 1, "after its time the client is free again");
}

#[test]
fn the_trace_and_the_meter_agree() {
    let rules = ruleset("clusterip-7-endpoints");
    let run = |tracer: &mut dyn FnMut(&mut Ruleset, &mut Skb, &mut Stack, &mut Chance)| {
        let mut stack = node();
        let mut skb = received(tcp("10.244.1.200", "10.96.0.41", 80), &mut stack, 0);
        tracer(&mut rules.clone(), &mut skb, &mut stack, &mut Chance::seeded(7));
        skb.packet.dst
    };
    let (mut recorder, mut meter) = (Recorder::default(), Meter::default());
    let traced = run(&mut |rules, skb, stack, chance| {
        run_hook(rules, Hook::Prerouting, skb, stack, chance, 0, &mut recorder);
    });
    let metered = run(&mut |rules, skb, stack, chance| {
        run_hook(rules, Hook::Prerouting, skb, stack, chance, 0, &mut meter);
    });
    assert_eq!(traced, metered);
    assert_eq!(recorder.trace.cost(), meter.cost);
    // Five rules: ct state and firewall-ips, the jump, cluster-ips, service-ips, the service's own.
    let expected = Cost { rules: 6, matches: 7, probes: 4, rewrites: 2, ..Cost::NONE };
    assert_eq!(meter.cost, expected);
    let looked_up: Vec<_> = recorder
        .trace
        .steps
        .iter()
        .filter_map(|step| match &step.event {
            Event::LookedUp { structure, name, key, found, .. } => {
                Some(format!("{structure} {name}: {key} → {}", found.as_deref().unwrap_or("-")))
            }
            _ => None,
        })
        .collect();
    let expected = [
        "verdict map firewall-ips: 10.96.0.41 . tcp . 80 → -",
        "set cluster-ips: 10.96.0.41 → 10.96.0.41",
        "verdict map service-ips: 10.96.0.41 . tcp . 80 → 10.96.0.41 . tcp . 80 : goto service-KHN6ECMT-shop/web/tcp/http",
    ];
    assert_eq!(looked_up[..3], expected);
    assert!(looked_up[3].starts_with("map { … }: "), "{}", looked_up[3]);
}

/// Seconds with what GNU date makes of them in UTC, and rules that have to match then, or not.
#[test]
fn the_clock_decides() {
    let at = |now: u64, rule: &str| {
        let mut rules = Ruleset::default();
        let text =
            format!("table ip t {{\n chain c {{\n  type filter hook prerouting priority 0\n  {rule} drop\n }}\n}}\n");
        apply(&mut rules, &text).unwrap();
        let mut stack = node();
        let mut skb = received(tcp("10.244.1.200", "10.96.0.41", 80), &mut stack, now);
        let chance = &mut Chance::seeded(1);
        run_hook(&mut rules, Hook::Prerouting, &mut skb, &mut stack, chance, now, &mut Silent) == Verdict::Drop
    };
    // Tuesday, 2024-12-31 23:59:59; Thursday, 2024-02-29 00:00:00; Saturday, 2020-06-06 17:00:00.
    let (late, midnight, afternoon) = (1_735_689_599, 1_709_164_800, 1_591_462_800);
    for (rule, expected) in [
        ("meta day \"Tuesday\"", [true, false, false]),
        ("meta day { \"Saturday\", \"Sunday\" }", [false, false, true]),
        ("meta hour \"22:00\"-\"06:00\"", [true, true, false]),
        ("meta hour != \"22:00\"-\"06:00\"", [false, false, true]),
        ("meta hour < \"17:00:01\"", [false, true, true]),
        ("meta time >= \"2024-02-29\"", [true, true, false]),
        ("meta time \"2020-06-06 17:00\"", [false, false, true]),
        ("meta time \"2020-01-01\"-\"2024-06-01\"", [false, true, true]),
        ("meta day . meta hour { \"Saturday\" . \"17:00\" }", [false, false, true]),
    ] {
        assert_eq!([late, midnight, afternoon].map(|now| at(now, rule)), expected, "{rule}");
    }
}

/// Both directions of a connection, and every rule, have one answer; a new connection has one of its own.
#[test]
fn symhash_is_a_choice_for_each_flow() {
    let mut rules = Ruleset::default();
    let text = "table ip t {\n chain c {\n  type filter hook prerouting priority 0\n  meta mark set symhash mod 2 offset 10\n }\n}\n";
    apply(&mut rules, text).unwrap();
    let marks = explore(100, |chance| {
        let mut stack = node();
        let there = tcp("10.244.1.200", "10.96.0.41", 80);
        let back = Packet::opening(there.tuple().inverse());
        let other = tcp("10.244.1.200", "10.96.0.42", 80);
        [there.clone(), back, there, other].map(|packet| {
            let mut skb = received(packet, &mut stack, 0);
            run_hook(&mut rules.clone(), Hook::Prerouting, &mut skb, &mut stack, chance, 0, &mut Silent);
            skb.mark
        })
    });
    let marks: Vec<_> = marks.into_iter().map(|(marks, probability)| (marks, (probability * 100.0).round())).collect();
    assert_eq!(marks, [(10, 10), (10, 11), (11, 10), (11, 11)].map(|(flow, other)| ([flow, flow, flow, other], 25.0)));
}

#[test]
fn a_hash_whose_seed_nobody_knows_is_a_choice_that_each_key_keeps() {
    let mut rules = Ruleset::default();
    let text = "table ip t { chain c { type filter hook prerouting priority 0; meta mark set jhash ip saddr mod 4 offset 1; } }";
    apply(&mut rules, text).unwrap();
    let ways = explore(100, |chance| {
        let (mut rules, mut stack) = (rules.clone(), node());
        ["10.244.1.2", "10.244.1.2", "10.244.1.3"].map(|source| {
            let mut skb = Skb::received(tcp(source, "10.96.0.1", 80), "veth0".into());
            run_hook(&mut rules, Hook::Prerouting, &mut skb, &mut stack, chance, 0, &mut Silent);
            skb.mark
        })
    });
    assert_eq!(ways.len(), 16);
    assert!(ways.iter().all(|([first, again, _], share)| first == again && (share - 1.0 / 16.0).abs() < 1e-9));
    let marks: BTreeSet<_> = ways.iter().map(|([first, _, other], _)| (*first, *other)).collect();
    assert_eq!(marks.len(), 16);
    assert!(marks.iter().all(|(first, other)| (1..=4).contains(first) && (1..=4).contains(other)));
}
