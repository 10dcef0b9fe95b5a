//! What the steps tell of rules that did not match, and how they end: random rules, and random packets through them.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;

use datapath_core::chance::Chance;
use datapath_core::lab::{Lab, Listing, WEB_SHOP};
use datapath_core::netfilter::Verdict;
use datapath_core::trace::{Event, Found};
use datapath_tests::kernel::Machine;
use datapath_tests::live::{self, Step, Tool};

/// The test that failed is one of the rule's own, in the words in which the rule is printed, and what was found is not what
/// it asked for.
#[test]
fn a_test_that_failed_is_one_of_its_rule() {
    let (mut failed_tests, mut values) = (0, 0);
    for_each_trace(|machine, name, events| {
        for event in events {
            let Event::RulesMissed { first, failed, .. } = event else {
                continue;
            };
            let rule = machine.node().rule_text(*first);
            assert!(!failed.test.is_empty() && rule.contains(&failed.test), "{name}: {failed:?} in {rule}");
            failed_tests += 1;
            let Some((option, asked)) = failed.test.split_once(' ') else {
                continue;
            };
            if let Found::Value(found) = &failed.found
                && ["-s", "-d", "-i", "-o", "-p"].contains(&option)
            {
                values += 1;
                assert_ne!(asked.trim_end_matches("/32"), found, "{name}: {rule}");
            }
        }
    });
    assert!(failed_tests > 1000 && values > 300, "{failed_tests} tests, {values} values");
}

/// And it is found in the line that is shown for the step.
#[test]
fn a_test_that_failed_stands_in_its_line() {
    let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
    let (mut marked, mut words) = (0, BTreeSet::new());
    for client in lab.clients() {
        for target in lab.targets() {
            lab.send(&client, &target);
        }
    }
    for lane in &lab.lanes {
        for leg in lane.journeys.iter().flat_map(|journey| &journey.legs) {
            let listing = Listing::of(&lane.network, leg.node);
            for step in &leg.tracer.trace.steps {
                let Event::RulesMissed { count: 1, failed, .. } = &step.event else {
                    continue;
                };
                let (section, line) = listing.line_of(step).expect("a rule has a line");
                let line = &listing.sections[section].lines[line];
                let place = line.failed_test(step).unwrap_or_else(|| panic!("{failed:?} in {}", line.text));
                assert_eq!(line.text[place], failed.test);
                marked += 1;
                words.insert(failed.test.split(' ').next().expect("a word").to_string());
            }
        }
    }
    assert!(marked > 300 && words.len() > 5, "{marked} tests: {words:?}");
}

#[test]
fn a_dropped_packet_ends_with_its_drop() {
    let mut dropped = 0;
    for_each_trace(|_, name, events| {
        let drop = events.iter().position(|event| matches!(event, Event::Verdict(Verdict::Drop)));
        if let Some(place) = drop {
            dropped += 1;
            // A copy may have gone its own way before.
            assert!(matches!(events[place + 1..], [] | [Event::OriginalGoesOn, ..]), "{name}: {:?}", &events[place..]);
        }
    });
    assert!(dropped > 100, "{dropped} packets");
}

fn for_each_trace(mut look: impl FnMut(&Machine, &str, &[Event])) {
    for seed in 0..150 {
        for tool in [Tool::Legacy, Tool::Nft] {
            let (case, steps) = live::case(tool, seed);
            // What neither model nor kernel takes says nothing.
            let Ok(mut machine) = Machine::new(&case) else {
                continue;
            };
            for step in steps {
                let Step::Open(packet) = step else {
                    continue;
                };
                let trace = machine.trace(&packet, &mut Chance::seeded(seed)).expect("a packet");
                let events: Vec<_> = trace.steps.into_iter().map(|step| step.event).collect();
                look(&machine, &case.name, &events);
            }
        }
    }
}
