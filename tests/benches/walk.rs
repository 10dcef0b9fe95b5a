//! What one rule costs on the way to the last of 10,000 Services, in the model and in the running kernel: how much longer
//! a packet takes to the last rule of KUBE-SERVICES than to its first, over the rules between.

use std::hint::black_box;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use datapath_core::chance::Chance;
use datapath_core::iptables;
use datapath_core::net::{Endpoint, Family, Packet, TcpFlags};
use datapath_core::netfilter::routing::{Device, DeviceKind, RouteEntry};
use datapath_core::node::{Node, Run};
use datapath_core::proxy;
use datapath_core::trace::{Recorder, Silent, Tracer};
use datapath_tests::large::{config, large_cluster};
use datapath_tests::live::walk;

/// Each with a port of its own, so that each is the first of a connection.
const PACKETS: u16 = 2_000;
const ROUNDS: u16 = 8;

/// The Services that the first and the last rule of KUBE-SERVICES are for, and how many rules lie between.
fn ends(rules: &str) -> ([Endpoint; 2], u32) {
    let services: Vec<_> = rules.lines().filter(|line| line.starts_with("-A KUBE-SERVICES")).collect();
    let word = |line: &str, option: &str| {
        let mut words = line.split(' ').skip_while(|word| *word != option);
        words.nth(1).map(|word| word.trim_end_matches("/32").to_owned())
    };
    let numbered = services.iter().enumerate().filter_map(|(at, line)| {
        let port = word(line, "--dport")?.parse().ok()?;
        Some((at, Endpoint::new(word(line, "-d")?.parse().ok()?, port)))
    });
    let numbered: Vec<_> = numbered.collect();
    let (first, last) = (numbered[0], numbered[numbered.len() - 1]);
    ([first.1, last.1], u32::try_from(last.0 - first.0).expect("a count of rules"))
}

fn packets(to: Endpoint, round: u16) -> Vec<Packet> {
    let from: IpAddr = walk::OWN.parse().expect("an address");
    let ports = (0..PACKETS).map(|number| 20_000 + round * PACKETS + number);
    ports.map(|port| Packet::tcp(Endpoint::new(from, port), to, TcpFlags::SYN)).collect()
}

fn node(rules: &str) -> Node {
    let mut node = Node::new("node".into());
    let sink = "sink";
    let addresses = vec![format!("{}/24", walk::OWN).parse().expect("a prefix")];
    node.stack.routing.add_device(Device { name: sink.into(), kind: DeviceKind::Ethernet, mac: None, addresses });
    node.stack.routing.add_route(RouteEntry::on_link("0.0.0.0/0".parse().expect("a prefix"), sink.into(), None));
    iptables::restore(&mut node.iptables.v4, rules, false).expect("rules that load");
    node
}

fn sent<T: Tracer + Default>(node: &mut Node, lists: &[Vec<Packet>]) -> Vec<Duration> {
    let time = |packets: &Vec<Packet>| {
        let begin = Instant::now();
        for packet in packets {
            let run = &mut Run { chance: &mut Chance::seeded(1), now: 0, tracer: &mut T::default(), rival: None };
            black_box(node.send(packet.clone(), run));
        }
        begin.elapsed()
    };
    lists.iter().map(time).collect()
}

/// The best of the rounds, as others use the machine too.
fn each_rule(times: &[Duration], rules: u32) -> f64 {
    let best = |of: usize| times.iter().skip(of).step_by(2).min().copied().unwrap_or_default();
    let difference = best(1).saturating_sub(best(0)).as_secs_f64();
    difference * 1e9 / f64::from(PACKETS) / f64::from(rules)
}

fn main() {
    let sync = proxy::iptables::full_sync(&large_cluster(), &config(), Family::V4);
    // kube-proxy adds the jump by itself; the table of it is the last.
    let rules = sync.restore.trim_end().strip_suffix("COMMIT").expect("a transaction");
    let rules = format!("{rules}-A OUTPUT -j KUBE-SERVICES\nCOMMIT\n");
    let (services, between) = ends(&rules);
    let rounds = |from: u16| (from..from + ROUNDS).flat_map(|round| services.map(|to| packets(to, round)));
    let lists: Vec<_> = rounds(0).collect();
    let mut node = node(&rules);
    let silent = each_rule(&sent::<Silent>(&mut node, &lists), between);
    let traced = each_rule(&sent::<Recorder>(&mut node, &rounds(ROUNDS).collect::<Vec<_>>()), between);
    println!("{between} rules: {silent:.2} ns each, {traced:.2} ns with a trace");
    match walk::sent(&rules, &lists) {
        Ok(times) => {
            let kernel = each_rule(&times, between);
            println!("the running kernel: {kernel:.2} ns each, {:.2} times the model's", kernel / silent);
        }
        Err(error) => println!("the running kernel is not asked: {error}"),
    }
}
