//! A rule that is called dead is in no trace: random rules, and random packets through them.

#![cfg(target_os = "linux")]

use datapath_core::chance::Chance;
use datapath_core::graph::Reach;
use datapath_core::trace::Event;
use datapath_tests::kernel::Machine;
use datapath_tests::live::{self, Step, Tool};

#[test]
fn no_packet_comes_to_what_is_dead() {
    let (mut dead, mut matched) = (0, 0);
    for seed in 0..150 {
        for tool in [Tool::Legacy, Tool::Nft] {
            let (case, steps) = live::case(tool, seed);
            // What neither model nor kernel takes says nothing.
            let Ok(mut machine) = Machine::new(&case) else {
                continue;
            };
            let reach = Reach::of(machine.node());
            dead += reach.dead_rules().count();
            for step in steps {
                let Step::Open(packet) = step else {
                    continue;
                };
                let trace = machine.trace(&packet, &mut Chance::seeded(seed)).expect("a packet");
                for step in &trace.steps {
                    match step.event {
                        Event::RuleMatched { rule, .. } => {
                            matched += 1;
                            assert_eq!(reach.dead(rule), None, "{}: {rule:?}", case.name);
                        }
                        Event::ChainEntered { chain, .. } => {
                            assert!(reach.is_reached(chain), "{}: {chain:?}", case.name)
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    assert!(dead > 100 && matched > 1000, "{dead} dead rules, {matched} matched");
}
