//! What the steps tell of rules that did not match, and how they end: random rules, and random packets through them.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;

use datapath_core::chance::Chance;
use datapath_core::lab::{Lab, Lane, Listing, Target, Through, WEB_SHOP, narrate};
use datapath_core::netfilter::Verdict;
use datapath_core::trace::{Event, Found, Structure};
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
    for client in lab.clients().into_iter().step_by(4) {
        for target in lab.targets() {
            lab.send(&client, &target);
            for lane in &lab.lanes {
                for test in failed_tests(lane) {
                    marked += 1;
                    words.insert(test.split(' ').next().expect("a word").to_owned());
                }
            }
        }
    }
    assert!(marked > 300 && words.len() > 5, "{marked} tests: {words:?}");
}

/// Each as it is marked in its line.
fn failed_tests(lane: &Lane) -> Vec<String> {
    let mut tests = Vec::new();
    for leg in lane.journeys.iter().flat_map(|journey| &journey.legs) {
        let listing = Listing::of(&lane.network, leg.node, 0);
        for step in &leg.tracer.trace.steps {
            let Event::RulesMissed { count: 1, failed, .. } = &step.event else {
                continue;
            };
            let (section, line) = listing.line_of(step).expect("a rule has a line");
            let line = &listing.sections[section].lines[line];
            let place = line.failed_test(step).unwrap_or_else(|| panic!("{failed:?} in {}", line.text));
            assert_eq!(line.text[place], failed.test);
            tests.push(failed.test.clone());
        }
    }
    tests
}

/// A rule that chance let match says by which number (`statistic_mt`: below its probability), and a map by which key
/// (`nft_numgen_random`: below its modulus).
#[test]
fn what_chance_drew_is_told_of_what_matched() {
    let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
    let (client, target) = lab.opening_packet().expect("a packet");
    let (mut rules, mut maps) = (0, 0);
    for _ in 0..12 {
        assert!(lab.send(&client, &target));
        for lane in &lab.lanes {
            for journey in &lane.journeys {
                for moment in journey.moments() {
                    let Some(step) = journey.step(&moment) else { continue };
                    let told = || narrate(&lane.network, journey, &moment).expect("it is told").text.to_string();
                    match &step.event {
                        Event::RuleMatched { rule, drawn: Some(drawn), .. } => {
                            let text =
                                lane.network.node(journey.legs[moment.leg].node).expect("it runs").rule_text(*rule);
                            assert!(text.contains(&drawn.test), "{drawn:?} in {text}");
                            let most = drawn.test.rsplit(' ').next().and_then(|most| most.parse::<f64>().ok());
                            let number: f64 = drawn.number.parse().expect("a number");
                            assert!(most.is_some_and(|most| number < most), "{drawn:?}");
                            assert!(told().contains(&format!("chance draws {}.", drawn.number)), "{}", told());
                            rules += 1;
                        }
                        Event::LookedUp { key, drawn: Some(by), .. } => {
                            let most = by.strip_prefix("numgen random mod ").and_then(|most| most.parse::<u32>().ok());
                            assert!(
                                most.zip(key.parse::<u32>().ok()).is_some_and(|(most, key)| key < most),
                                "{key} by {by}"
                            );
                            assert!(told().starts_with(&format!("Chance draws {key} (")), "{}", told());
                            maps += 1;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    assert!(rules > 3 && maps == 12, "{rules} rules, {maps} maps");
}

/// What is said of a look-up is what the type of the set says in its name.
#[test]
fn a_bitmap_is_not_said_to_be_a_hash() {
    let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
    let client = lab.client_at("203.0.113.10").expect("somebody out there");
    let is_node_port = |target: &&Target| matches!(target.through, Through::NodePort { .. });
    let target = lab.targets().iter().find(is_node_port).cloned().expect("a node port");
    assert!(lab.send(&client, &target));
    let (mut bitmaps, mut hashes) = (0, 0);
    for lane in &lab.lanes {
        for journey in &lane.journeys {
            for moment in journey.moments() {
                let Some(Event::LookedUp { structure: Structure::IpSet, name, .. }) =
                    journey.step(&moment).map(|step| &step.event)
                else {
                    continue;
                };
                let listing = Listing::of(&lane.network, journey.legs[moment.leg].node, 0);
                let lines = || listing.sections.iter().flat_map(|section| &section.lines);
                let created = |kind: &str| lines().any(|line| line.text.starts_with(&format!("create {name} {kind}")));
                let why = narrate(&lane.network, journey, &moment).and_then(|told| told.why).expect("a reason");
                let why = why.to_string();
                assert_eq!(why.starts_with("A bitmap: "), created("bitmap:port"), "{name}: {why}");
                assert_eq!(why.starts_with("A hash look-up "), created("hash:ip"), "{name}: {why}");
                bitmaps += u32::from(created("bitmap:port"));
                hashes += u32::from(created("hash:ip"));
            }
        }
    }
    assert!(bitmaps > 0 && hashes > 0, "{bitmaps} bitmaps, {hashes} hashes");
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
