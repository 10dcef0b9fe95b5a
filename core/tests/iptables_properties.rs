//! Properties of the parsers and the evaluator that hold for any input.

use datapath_core::chance::Chance;
use datapath_core::ipset::{self, IpSets};
use datapath_core::iptables::{Tables, command, restore, save, traverse};
use datapath_core::net::{Endpoint, Family, Packet, TcpFlags};
use datapath_core::netfilter::{Context, Hook, Skb, Stack, XtTable};
use datapath_core::trace::{Meter, Recorder, Silent, Tracer};
use proptest::prelude::*;

/// Rules of parts that mostly fit together.
fn rule() -> impl Strategy<Value = String> {
    let header = prop::sample::select(vec![
        "",
        " -s 10.0.0.9",
        " ! -d 10.0.0.0/8",
        " -i eth0",
        " -s 10.0.0.0/255.0.0.255",
        " -d 10.0.0.1 -p tcp",
        " -p udp",
        " ! -p tcp",
    ]);
    let test = prop::sample::select(vec![
        "",
        " -m comment --comment \"a b\"",
        " -m mark ! --mark 0x1/0x1",
        " -m statistic --mode random --probability 0.5",
        " -m statistic --mode nth --every 2 --packet 0",
        " -m recent --name r --rcheck --seconds 9",
        " -m recent --name r --set",
        " -m limit --limit 5/min",
        " -m conntrack --ctstate NEW,DNAT",
        " -m length --length 40:50",
        " -m cgroup --cgroup 5",
        " -m hashlimit --hashlimit-upto 5/sec --hashlimit-name h --hashlimit-mode srcip",
    ]);
    let target = prop::sample::select(vec![
        "",
        " -j ACCEPT",
        " -j DROP",
        " -j RETURN",
        " -j A",
        " -g B",
        " -j C",
        " -j MARK --set-xmark 0x3/0x2",
        " -j LOG",
        " -j REJECT",
    ]);
    let chain = prop::sample::select(vec!["INPUT", "A", "B", "C"]);
    (chain, header, test.clone(), test, target)
        .prop_map(|(chain, header, first, second, target)| format!("-A {chain}{header}{first}{second}{target}"))
}

fn ruleset() -> impl Strategy<Value = String> {
    prop::collection::vec(rule(), 0..25)
        .prop_map(|rules| format!("*filter\n:A - [0:0]\n:B - [0:0]\n:C - [0:0]\n{}\nCOMMIT\n", rules.join("\n")))
}

fn walk<T: Tracer>(text: &str, packets: u32, tracer: &mut T) -> Option<(String, Vec<String>)> {
    let mut tables = Tables::new(Family::V4);
    restore(&mut tables, text, false).ok()?;
    let mut stack = Stack::default();
    let mut chance = Chance::seeded(7);
    let verdicts = (0..packets).map(|number| {
        let src = Endpoint::new(std::net::Ipv4Addr::from_bits(0x0a00_0009 + number % 2).into(), 4000);
        let dst = Endpoint::new([10, 0, 0, 1].into(), 80);
        let mut skb = Skb::received(Packet::tcp(src, dst, TcpFlags::SYN), "eth0".into());
        let mut ctx = Context {
            hook: Hook::Input,
            skb: &mut skb,
            stack: &mut stack,
            chance: &mut chance,
            now: number.into(),
            tracer,
        };
        let verdict = traverse(&mut tables, XtTable::Filter, &mut ctx);
        format!("{verdict:?} {}", skb.mark)
    });
    let verdicts = verdicts.collect();
    Some((datapath_core::iptables::save_with_counters(&tables), verdicts))
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let mut tables = Tables::new(Family::V4);
        let _ = restore(&mut tables, &text, false);
        let _ = restore(&mut tables, &format!("*nat\n{text}\nCOMMIT\n"), true);
        let _ = command(&mut tables, &text);
        let _ = ipset::restore(&mut IpSets::default(), &text, false, 0);
    }

    #[test]
    fn any_options_are_read_or_refused(words in prop::collection::vec(
        "(-[a-zA-Z]|--[a-z-]{1,12}|!|\"|[0-9./:,-]{1,12}|tcp|set|recent|comment|nat|DNAT|add|create|hash:ip,port|[a-zA-Zé]{1,6})", 0..12)) {
        let line = words.join(" ");
        for family in [Family::V4, Family::V6] {
            let mut tables = Tables::new(family);
            let _ = command(&mut tables, &format!("-A INPUT {line}"));
            let _ = restore(&mut tables, &format!("*filter\n[1:2] -A INPUT -p tcp -m set -m recent {line}\nCOMMIT\n"), false);
        }
        let mut sets = IpSets::default();
        let _ = ipset::restore(&mut sets, &format!("create s {line}\nadd s {line}\n{line}\n"), true, 0);
    }

    #[test]
    fn what_prints_reads_and_prints_the_same(text in ruleset()) {
        let mut tables = Tables::new(Family::V4);
        if restore(&mut tables, &text, false).is_ok() {
            let printed = save(&tables);
            let mut again = Tables::new(Family::V4);
            restore(&mut again, &printed, false).unwrap();
            prop_assert_eq!(save(&again), printed);
        }
    }

    #[test]
    fn every_tracer_sees_the_same_walk(text in ruleset()) {
        let (mut meter, mut recorder) = (Meter::default(), Recorder::default());
        let silent = walk(&text, 6, &mut Silent);
        prop_assert_eq!(&silent, &walk(&text, 6, &mut meter));
        prop_assert_eq!(&silent, &walk(&text, 6, &mut recorder));
        prop_assert_eq!(meter.cost, recorder.trace.cost());
    }
}
