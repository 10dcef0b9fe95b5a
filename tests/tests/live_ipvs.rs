//! Random virtual services and packets through the model and through IPVS of a live kernel in the same run: this one's,
//! or user-mode-linux.
//!
//! Runs where it may: as root on Linux, with the tools installed. Elsewhere it says on its standard error that it skips.
//! `make kernel-soak` runs more.

#![cfg(target_os = "linux")]

use std::path::Path;

use datapath_tests::live::{End, elsewhere};
use datapath_tests::machine::Machine;

const CASES: u64 = 104;

#[test]
fn ipvs_does_what_the_model_says() {
    let machine = match Machine::with_ipvs(&elsewhere::PROGRAMS) {
        Ok(machine) => machine,
        Err(why) => return eprintln!("IPVS: skipped: {why}"),
    };
    let program = Path::new(env!("CARGO_BIN_EXE_soak"));
    let trials = elsewhere::on(&machine, program, 0, CASES, false).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(trials.len() as u64, CASES);
    let tried = trials.iter().filter(|trial| !matches!(trial.ended, End::Refused { .. })).count();
    let packets: usize = trials.iter().map(|trial| trial.recording.kernel.len()).sum();
    let faults: Vec<_> = trials
        .iter()
        .filter_map(|trial| {
            let what = trial.disagreement()?;
            let (name, packet) = (&trial.recording.case.name, trial.recording.kernel.len());
            let kernel = trial.recording.kernel.last();
            Some(format!("{name}: packet {packet}: {what}:\n model  {:?}\n kernel {kernel:?}", trial.ended))
        })
        .collect();
    // A generator whose services nobody takes tests nothing.
    assert!(tried * 10 >= trials.len() * 9 && packets >= tried * 4, "{packets} packets in {tried} cases");
    assert!(faults.is_empty(), "{} of {tried} cases:\n{}", faults.len(), faults.join("\n"));
    eprintln!("IPVS: {tried} cases, {packets} packets");
}
