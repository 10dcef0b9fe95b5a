//! `calibrate`: how long the running kernel takes for a packet through kube-proxy's rules, beside what the model counts
//! for the same packet. Root only. Without IPVS in the kernel it measures iptables and nftables mode, without nft
//! iptables and IPVS mode.
//!
//! Prints a line for each mode and number of Services: the model's counters, and the nanoseconds by which the packet
//! takes longer than through a kernel without rules; first for the packet that opens a connection, then for one that
//! follows.

use std::process::ExitCode;

use datapath_core::lab::{ClusterSize, cost_at};
use datapath_core::proxy::Mode;
use datapath_core::trace::Cost;
use datapath_tests::live::pace::{self, Pace};

const SIZES: [usize; 7] = [1, 10, 100, 300, 1_000, 3_000, 10_000];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let plain = pace::without_rules()?;
    println!("no rules: {:.0} ns for each packet, {:.0} ns for its repetition", plain.first, plain.following);
    for mode in Mode::ALL {
        for services in SIZES {
            let counted = cost_at(mode, ClusterSize::of_services(services)).map_err(|error| format!("{error:?}"))?;
            let Pace { first, following } = match pace::through(mode, services) {
                Ok(pace) => pace,
                Err(error) => {
                    println!("{mode}: {}", error.lines().next().unwrap_or_default());
                    break;
                }
            };
            let (first, following) = (first - plain.first, following - plain.following);
            let (opening, established) = (counters(counted.first), counters(counted.following));
            println!("{mode} {services} | {opening} | {first:.0} | {established} | {following:.0}");
        }
    }
    for count in [200, 1_000] {
        let [tested, looked_up] = pace::through_nft_rules(count)?;
        let each = |pace: Pace| (pace.following - plain.following) / count as f64;
        println!("each of {count} nft rules: a test {:.1}, a look-up {:.1}", each(tested), each(looked_up));
    }
    Ok(())
}

fn counters(Cost { rules, probes, connections, openings, .. }: Cost) -> String {
    format!("{rules} rules {probes} probes {connections} connections {openings} openings")
}
