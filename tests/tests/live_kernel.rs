//! Random rules and packets through the model and through the kernel of this machine in the same run.
//!
//! Runs where it may: as root on Linux, with the tools installed. Elsewhere each test says on its standard error that
//! it skips. `make kernel-soak` runs more.

#![cfg(target_os = "linux")]

use datapath_tests::live::{self, End, Tool, Trial};

/// Each tool has its own cases, the same in every run.
fn check(tool: Tool, cases: u64) {
    if let Some(why) = live::missing(tool) {
        return eprintln!("{tool:?}: skipped: {why}");
    }
    let (mut tried, mut packets, mut faults) = (0, 0, Vec::new());
    for seed in 0..cases {
        let (case, steps) = live::case(tool, seed);
        let trial = live::run_in_time(&case, &steps).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        tried += u64::from(!matches!(trial.ended, End::Refused { .. }));
        packets += trial.recording.kernel.len();
        faults.extend(fault(&trial));
    }
    // A generator whose rules nobody takes tests nothing.
    assert!(tried * 10 >= cases * 9 && packets as u64 >= tried * 4, "{packets} packets in {tried} of {cases} cases");
    assert!(faults.is_empty(), "{} of {tried} cases:\n{}", faults.len(), faults.join("\n"));
    eprintln!("{tool:?}: {tried} cases, {packets} packets");
}

fn fault(trial: &Trial) -> Option<String> {
    let name = &trial.recording.case.name;
    let what = trial.disagreement()?;
    let kernel = trial.recording.kernel.last();
    let packet = trial.recording.case.packets.len();
    Some(format!("{name}: packet {packet}: {what}:\n model  {:?}\n kernel {kernel:?}", trial.ended))
}

#[test]
fn iptables_legacy_does_what_the_model_says() {
    check(Tool::Legacy, 120);
}

#[test]
fn iptables_over_nf_tables_does_what_the_model_says() {
    check(Tool::OverNfTables, 60);
}

#[test]
fn nft_does_what_the_model_says() {
    check(Tool::Nft, 140);
}

/// What programs such as Docker, firewalld and Calico left in a kernel (`tests/cases/programs`).
#[test]
fn rules_of_real_programs_do_what_the_model_says() {
    for tool in [Tool::Legacy, Tool::OverNfTables, Tool::Nft] {
        if let Some(why) = live::missing(tool) {
            return eprintln!("programs: skipped: {tool:?}: {why}");
        }
    }
    let (mut packets, mut faults) = (0, Vec::new());
    for program in live::programs() {
        for seed in 0..3 {
            let (case, steps) = program.case(seed);
            let trial = live::run_in_time(&case, &steps).unwrap_or_else(|error| panic!("{}: {error}", case.name));
            if let End::Refused { model, kernel } = &trial.ended {
                faults.push(format!("{}: refused: model {model:?}, kernel {kernel:?}", case.name));
            }
            packets += trial.recording.kernel.len();
            faults.extend(fault(&trial));
        }
    }
    assert!(faults.is_empty(), "{} faults in {packets} packets:\n{}", faults.len(), faults.join("\n"));
    assert!(packets > 3000, "only {packets} packets");
    eprintln!("programs: {packets} packets");
}
