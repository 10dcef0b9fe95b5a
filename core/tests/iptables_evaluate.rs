//! Packets walked through tables: which rules are tested at which cost, and what becomes of the packet.

use datapath_core::chance::{Chance, explore};
use datapath_core::ipset::{Facts, Options};
use datapath_core::iptables::{Counters, Tables, restore, traverse};
use datapath_core::net::{Endpoint, Family, Packet, TcpFlags, Transport};
use datapath_core::netfilter::conntrack::{Confirmed, Tracked};
use datapath_core::netfilter::{Context, Hook, RejectWith, Seconds, Skb, Stack, Verdict, XtTable, Zone};
use datapath_core::trace::{Cost, Event, Meter, Recorder, Silent, Tracer};

/// A node with tables, and packets sent to it.
struct Lab {
    tables: Tables,
    stack: Stack,
    chance: Chance,
    now: Seconds,
}

impl Lab {
    fn new(rules: &str) -> Self {
        let mut tables = Tables::new(Family::V4);
        restore(&mut tables, rules, false).unwrap_or_else(|diagnostics| panic!("{}", diagnostics[0]));
        Self { tables, stack: Stack::default(), chance: Chance::seeded(1), now: 1000 }
    }

    fn filter(rules: &str) -> Self {
        Self::new(&format!("*filter\n{rules}COMMIT\n"))
    }

    fn walk<T: Tracer>(&mut self, table: XtTable, hook: Hook, skb: &mut Skb, tracer: &mut T) -> Verdict {
        let Self { tables, stack, chance, now } = self;
        traverse(tables, table, &mut Context { hook, skb, stack, chance, now: *now, tracer })
    }

    fn input(&mut self, skb: &mut Skb) -> Verdict {
        self.walk(XtTable::Filter, Hook::Input, skb, &mut Silent)
    }

    fn trace(&mut self, skb: &mut Skb) -> (Verdict, Vec<String>, Cost) {
        let mut recorder = Recorder::default();
        let verdict = self.walk(XtTable::Filter, Hook::Input, skb, &mut recorder);
        let cost = recorder.trace.cost();
        let lines = recorder.trace.steps.iter().filter_map(|step| self.line(&step.event)).collect();
        (verdict, lines, cost)
    }

    fn line(&self, event: &Event) -> Option<String> {
        let name = |chain| self.tables.chain_name(chain).map(ToString::to_string);
        Some(match event {
            Event::ChainEntered { chain, .. } => format!("> {}", name(*chain)?),
            Event::ChainLeft { chain, by } => format!("< {} {by:?}", name(*chain)?),
            Event::RuleMatched { rule, tests, .. } => format!("{}:{} {tests} yes", name(rule.chain)?, rule.index),
            Event::RulesMissed { first, count: 1, tests, .. } => {
                format!("{}:{} {tests} no", name(first.chain)?, first.index)
            }
            Event::RulesMissed { first, count, tests, .. } => {
                format!("{}:{}+{count} {tests} no", name(first.chain)?, first.index)
            }
            Event::Verdict(verdict) => format!("{verdict:?}"),
            Event::NotModelled { what } => format!("not modelled: {what}"),
            _ => return None,
        })
    }
}

fn tcp(src: &str, dst: &str) -> Skb {
    let end = |text: &str| {
        let (address, port) = text.rsplit_once(':').unwrap();
        Endpoint::new(address.parse().unwrap(), port.parse().unwrap())
    };
    Skb::received(Packet::tcp(end(src), end(dst), TcpFlags::SYN), "eth0".into())
}

fn web() -> Skb {
    tcp("10.0.0.9:4000", "10.0.0.1:80")
}

#[test]
fn jumps_return_to_the_rule_behind_and_gotos_do_not() {
    let mut lab = Lab::filter(
        ":A - [0:0]\n:B - [0:0]\n:C - [0:0]\n-A INPUT -j A\n-A INPUT -j DROP\n-A A -j B\n-A A -g C\n-A A -j DROP\n\
         -A B -j RETURN\n-A B -j DROP\n-A C -s 1.1.1.1 -j DROP\n",
    );
    let (verdict, lines, _) = lab.trace(&mut web());
    assert_eq!(verdict, Verdict::Drop);
    let expected = [
        "> INPUT",
        "INPUT:0 1 yes",
        "> A",
        "A:0 1 yes",
        "> B",
        "B:0 1 yes",
        "< B Return",
        "A:1 1 yes",
        "> C",
        "C:0 1 no",
        "< C End",
        "INPUT:1 1 yes",
        "Drop",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn each_match_counts_until_one_fails_comments_too() {
    let mut lab = Lab::filter(
        "-A INPUT -s 9.9.9.9 -m comment --comment no -j DROP\n-A INPUT -p tcp -m comment --comment x -m tcp --dport 81 -m mark --mark 1\n\
         -A INPUT -p tcp -m comment --comment x -m tcp --dport 80 -j ACCEPT\n",
    );
    let (verdict, lines, cost) = lab.trace(&mut web());
    assert_eq!(verdict, Verdict::Accept);
    assert_eq!(lines, ["> INPUT", "INPUT:0 1 no", "INPUT:1 3 no", "INPUT:2 3 yes", "Accept", "< INPUT Verdict"]);
    assert_eq!(cost, Cost { rules: 3, matches: 7, ..Cost::NONE });
    let mut meter = Meter::default();
    lab.walk(XtTable::Filter, Hook::Input, &mut web(), &mut meter);
    assert_eq!(meter.cost, cost);
}

#[test]
fn the_policy_decides_at_the_end_and_on_return() {
    let mut lab = Lab::filter(":INPUT DROP [0:0]\n-A INPUT -s 10.0.0.9 -j RETURN\n-A INPUT -j ACCEPT\n");
    assert_eq!(lab.input(&mut web()), Verdict::Drop);
    assert_eq!(lab.input(&mut tcp("10.0.0.8:1", "10.0.0.1:80")), Verdict::Accept);
    let base = lab.tables.find_chain(XtTable::Filter, "INPUT").unwrap();
    assert_eq!(lab.tables.policy_counters(base), Some(Counters { packets: 1, bytes: 40 }));
    let counted: Vec<_> = lab.tables.rules(base).map(|(id, _)| lab.tables.counters(id).unwrap().packets).collect();
    assert_eq!(counted, [1, 1]);
}

#[test]
fn a_match_that_is_not_modelled_is_reported_and_does_not_match() {
    let mut lab =
        Lab::filter("-A INPUT -m cgroup --cgroup 5 -j DROP\n-A INPUT -j AUDIT --type accept\n-A INPUT -j ACCEPT\n");
    let (verdict, lines, _) = lab.trace(&mut web());
    assert_eq!(verdict, Verdict::Accept);
    assert_eq!(
        lines,
        [
            "> INPUT",
            "not modelled: -m cgroup --cgroup 5",
            "INPUT:0 2 no",
            "INPUT:1 1 yes",
            "not modelled: -j AUDIT --type accept",
            "INPUT:2 1 yes",
            "Accept",
            "< INPUT Verdict"
        ]
    );
}

#[test]
fn backends_of_a_service_come_to_a_third_each() {
    let rules = "*filter\n:A - [0:0]\n:B - [0:0]\n:C - [0:0]\n\
        -A INPUT -m statistic --mode random --probability 0.3333333333 -j A\n\
        -A INPUT -m statistic --mode random --probability 0.5000000000 -j B\n-A INPUT -j C\n\
        -A A -j MARK --set-mark 1\n-A A -j ACCEPT\n-A B -j MARK --set-mark 2\n-A B -j ACCEPT\n-A C -j MARK --set-mark 3\nCOMMIT\n";
    let outcomes = explore(100, |chance| {
        let mut lab = Lab::new(rules);
        std::mem::swap(&mut lab.chance, chance);
        let mut skb = web();
        lab.input(&mut skb);
        std::mem::swap(&mut lab.chance, chance);
        skb.mark
    });
    assert_eq!(outcomes.iter().map(|(mark, _)| *mark).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(outcomes.iter().all(|(_, probability)| (probability - 1.0 / 3.0).abs() < 1e-9), "{outcomes:?}");
}

#[test]
fn nth_hits_every_third_packet_from_the_first_on() {
    let mut lab = Lab::filter("-A INPUT -m statistic --mode nth --every 3 --packet 0 -j DROP\n");
    let verdicts: Vec<_> = (0..7).map(|_| lab.input(&mut web()) == Verdict::Drop).collect();
    assert_eq!(verdicts, [true, false, false, true, false, false, true]);
    let mut lab = Lab::filter("-A INPUT -m statistic --mode nth --every 3 --packet 2 -j DROP\n");
    let verdicts: Vec<_> = (0..4).map(|_| lab.input(&mut web()) == Verdict::Drop).collect();
    assert_eq!(verdicts, [false, false, true, false]);
}

#[test]
fn session_affinity_remembers_a_client_for_its_seconds() {
    let mut lab = Lab::filter(
        ":SEP - [0:0]\n-A INPUT -m recent --name SEP --rcheck --seconds 60 --reap -j SEP\n-A INPUT -p udp -j SEP\n\
         -A SEP -m recent --name SEP --set -j ACCEPT\n-P INPUT DROP\n",
    );
    assert_eq!(lab.input(&mut web()), Verdict::Drop);
    let udp = Packet::udp(Endpoint::new("10.0.0.9".parse().unwrap(), 1), Endpoint::new("10.0.0.1".parse().unwrap(), 2));
    assert_eq!(lab.input(&mut Skb::sent(udp)), Verdict::Accept);
    lab.now += 60;
    assert_eq!(lab.input(&mut web()), Verdict::Accept, "60 seconds later, and seen again now");
    lab.now += 61;
    assert_eq!(lab.input(&mut web()), Verdict::Drop);
    assert_eq!(lab.input(&mut tcp("10.0.0.8:1", "10.0.0.1:80")), Verdict::Drop);
}

#[test]
fn a_limit_fills_up_with_time() {
    let mut lab = Lab::filter("-A INPUT -m limit --limit 1/sec --limit-burst 2 -j ACCEPT\n-A INPUT -j DROP\n");
    let passes = |lab: &mut Lab| lab.input(&mut web()) == Verdict::Accept;
    assert_eq!([passes(&mut lab), passes(&mut lab), passes(&mut lab)], [true, true, false]);
    lab.now += 1;
    assert_eq!([passes(&mut lab), passes(&mut lab)], [true, false]);
    lab.now += 100;
    assert_eq!([passes(&mut lab), passes(&mut lab), passes(&mut lab)], [true, true, false]);
}

#[test]
fn a_set_is_probed_once() {
    let mut lab = Lab::filter(
        "-A INPUT -m set --match-set S dst,dst -j DROP\n-A INPUT -m set ! --match-set S src,src -j REJECT\n",
    );
    lab.stack.ipsets.create("S", "hash:ip,port", Options::new(Family::V4)).unwrap();
    lab.stack.ipsets.add("S", "10.0.0.1,tcp:80", Facts::default()).unwrap();
    let (verdict, _, cost) = lab.trace(&mut web());
    assert_eq!((verdict, cost.probes), (Verdict::Drop, 1));
    let (verdict, _, cost) = lab.trace(&mut tcp("10.0.0.1:81", "10.0.0.1:81"));
    assert_eq!((verdict, cost.probes), (Verdict::Reject(RejectWith::PortUnreachable), 2));
    let mut none = Lab::filter("-A INPUT -m set ! --match-set S dst -j DROP\n");
    let (verdict, lines, _) = none.trace(&mut web());
    assert_eq!((verdict, lines[1].as_str()), (Verdict::Accept, "not modelled: -m set ! --match-set S dst"));
}

#[test]
fn connection_state_and_rewritten_ends() {
    let mut lab = Lab::filter(
        "-A INPUT -m conntrack --ctstate INVALID -j DROP\n-A INPUT -m conntrack --ctstate DNAT -j REJECT\n\
         -A INPUT -m conntrack ! --ctstate NEW -j DROP\n",
    );
    assert_eq!(lab.input(&mut web()), Verdict::Drop, "no connection is invalid");
    let mut skb = web();
    let Tracked::Created(link) = lab.stack.conntrack.track(&skb.packet, Zone::default(), 1000) else {
        panic!("a SYN opens a connection")
    };
    skb.connection = Some(link);
    assert_eq!(lab.input(&mut skb), Verdict::Accept);
    lab.stack.conntrack.get_mut(link.id).unwrap().status.dst_nat = true;
    assert_eq!(lab.input(&mut skb), Verdict::Reject(RejectWith::PortUnreachable));
}

#[test]
fn destinations_are_bound_and_marks_change() {
    let mut lab = Lab::new(
        "*nat\n:S - [0:0]\n-A PREROUTING -d 10.0.0.1 -p tcp -m tcp --dport 80 -j S\n-A S -j MARK --or-mark 0x4000\n\
         -A S -p tcp -j DNAT --to-destination 10.244.0.5:8080\nCOMMIT\n",
    );
    let mut skb = web();
    let Tracked::Created(link) = lab.stack.conntrack.track(&skb.packet, Zone::default(), 1000) else {
        panic!("a SYN opens a connection")
    };
    skb.connection = Some(link);
    assert_eq!(lab.walk(XtTable::Nat, Hook::Prerouting, &mut skb, &mut Silent), Verdict::Accept);
    let connection = lab.stack.conntrack.get(link.id).unwrap();
    assert_eq!(connection.backend().map(|end| end.to_string()), Some("10.244.0.5:8080".to_owned()));
    assert_eq!(skb.mark, 0x4000);
}

fn syn(mss: Option<u16>) -> Packet {
    let mut packet = Packet::tcp(endpoint("10.0.0.1", 40_000), endpoint("10.0.0.2", 80), TcpFlags::SYN);
    if let Transport::Tcp { mss: option, .. } = &mut packet.transport {
        *option = mss;
    }
    packet.length += mss.map_or(0, |_| Packet::MSS_OPTION);
    packet
}

fn endpoint(address: &str, port: u16) -> Endpoint {
    Endpoint::new(address.parse().unwrap(), port)
}

/// `tcpmss_mangle_packet`: lowered and never raised; added where there is none, but then no higher than what is taken for
/// granted.
#[test]
fn the_largest_segment_is_lowered() {
    for (target, said, then, length) in [
        ("--set-mss 1200", Some(1460), Some(1200), 44),
        ("--set-mss 1200", Some(536), Some(536), 44),
        ("--set-mss 1200", None, Some(536), 44),
        ("--set-mss 400", None, Some(400), 44),
        ("--clamp-mss-to-pmtu", None, Some(536), 44),
        ("--clamp-mss-to-pmtu", Some(1460), Some(1460), 44),
    ] {
        let mut lab = Lab::new(&format!("*mangle\n-A FORWARD -p tcp --syn -j TCPMSS {target}\nCOMMIT\n"));
        let mut skb = Skb::received(syn(said), "eth0".into());
        lab.walk(XtTable::Mangle, Hook::Forward, &mut skb, &mut Silent);
        let Transport::Tcp { mss, .. } = skb.packet.transport else { panic!("{:?}", skb.packet) };
        assert_eq!((mss, skb.packet.length), (then, length), "{target} of {said:?}");
    }
}

/// A rule of connlimit counts the connections that it has seen and that are not over (`__nf_conncount_add`).
#[test]
fn connections_are_counted_by_network() {
    let mut lab = Lab::filter("-A INPUT -m connlimit --connlimit-above 2 --connlimit-mask 24 -j DROP\n");
    let mut ids = Vec::new();
    for (host, expected) in [(1, Verdict::Accept), (1, Verdict::Accept), (2, Verdict::Drop)] {
        let port = 40_000 + u16::try_from(ids.len()).unwrap();
        let packet = Packet::udp(endpoint(&format!("10.0.0.{host}"), port), endpoint("10.0.1.1", 53));
        let Tracked::Created(link) = lab.stack.conntrack.track(&packet, Zone::USUAL, lab.now) else {
            panic!("tracked")
        };
        let mut skb = Skb::received(packet, "eth0".into());
        skb.connection = Some(link);
        assert_eq!(lab.input(&mut skb), expected, "of host {host}");
        assert_eq!(lab.stack.conntrack.confirm(link, lab.now), Confirmed::Entered);
        ids.push(link.id);
    }
    lab.stack.conntrack.delete(ids[0]);
    lab.stack.conntrack.delete(ids[1]);
    let mut other = Skb::received(Packet::udp(endpoint("10.0.0.9", 1), endpoint("10.0.1.1", 53)), "eth0".into());
    assert_eq!(lab.input(&mut other), Verdict::Accept, "those that are gone do not count");
}
