//! The estimated time of a packet against what was measured on a real kernel with the same rules (`make calibrate`).

use datapath_core::lab::{ClusterSize, cost_at};
use datapath_core::proxy::Mode;
use datapath_core::trace::{Calibration, Cost};

const MEASURED: &str = include_str!("../data/calibration.txt");

/// Of the measured time.
const MOST_WRONG: f64 = 0.15;

#[test]
fn estimates_are_near_what_was_measured() {
    let mut lines = 0;
    for line in MEASURED.lines() {
        let [of, first, first_took, following, following_took] = line.split(" | ").collect::<Vec<_>>()[..] else {
            continue;
        };
        let (mode, services) = of.split_once(' ').expect("a mode and a number of Services");
        let mode: Mode = Mode::ALL.into_iter().find(|other| other.to_string() == mode).expect("a mode");
        let point =
            cost_at(mode, ClusterSize::of_services(services.parse().expect("a number"))).expect("rules that load");
        check(of, point.first, first, first_took);
        check(of, point.following, following, following_took);
        lines += 1;
    }
    assert!(lines >= 14, "{lines} lines");
}

/// Holds that the model still counts what it counted then, and that the estimate made of it is near.
fn check(of: &str, cost: Cost, counted: &str, took: &str) {
    let Cost { rules, probes, connections, openings, .. } = cost;
    let counts = format!("{rules} rules {probes} probes {connections} connections {openings} openings");
    assert_eq!(counts, counted, "{of}: measure again, for the model counts otherwise now");
    let took: f64 = took.parse().expect("nanoseconds");
    let estimate = Calibration::LINUX_6_18.nanoseconds(&cost);
    assert!((estimate - took).abs() < MOST_WRONG * took, "{of}: {counted}: {estimate} ns estimated, {took} measured");
}
