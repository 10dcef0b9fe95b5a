//! Cases on the kernel of another machine: this program's own files are there, and so it runs there.

use std::fmt::Display;
use std::path::Path;
use std::{fs, thread};

use serde::Deserialize;

use super::judge::{self, Trial};
use super::namespace::command;
use super::shrink::shrink;
use super::{Tool, generate};
use crate::kernel::Case;
use crate::machine::{Machine, Program};

/// What the machine has to have.
pub const PROGRAMS: [Program; 2] = [("ipvsadm", "v1.31"), ("iptables-legacy", "v1.8.9")];

/// What the cases need of a kernel that is made of modules.
const MODULES: [&str; 7] =
    ["tun", "ip_vs", "nf_conntrack_netlink", "nfnetlink_log", "xt_TRACE", "iptable_raw", "ip6table_raw"];

/// The trials of so many cases with IPVS, beginning with that of seed `first`; on as many machines as this one has
/// processors. `program` is one that prints what [`trials`] gives when it is called with `trials FIRST COUNT SHRINK`.
///
/// # Errors
/// Says why they could not be run.
pub fn on(machine: &Machine, program: &Path, first: u64, count: u64, shrink: bool) -> Result<Vec<Trial>, String> {
    let parts = thread::available_parallelism().map_or(1, |parts| parts.get() as u64).min(count.max(1));
    let part = &|part: u64| {
        let (from, to) = (count * part / parts, count * (part + 1) / parts);
        let numbers = [(first + from).to_string(), (to - from).to_string(), shrink.to_string()];
        let program = program.display().to_string();
        let output = machine.run(&[&program, "trials", &numbers[0], &numbers[1], &numbers[2]])?;
        let trial = |line: &str| serde_json::from_str(line).map_err(|error| format!("{line}: {error}"));
        output.lines().map(trial).collect::<Result<Vec<_>, _>>()
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..parts).map(|number| scope.spawn(move || part(number))).collect();
        let ended = running.into_iter().map(|part| part.join().map_err(|_| "a machine's thread died".to_owned())?);
        ended.collect::<Result<Vec<_>, _>>().map(|parts| parts.concat())
    })
}

/// Runs so many cases with IPVS on this kernel; one JSON object for each trial.
///
/// # Errors
/// Says why there is no kernel to ask.
pub fn trials(first: u64, count: u64, shrink: bool) -> Result<impl Iterator<Item = Result<String, String>>, String> {
    load_modules();
    if let Some(why) = super::missing(Tool::Ipvs) {
        return Err(why);
    }
    Ok((first..first + count).map(move |seed| {
        let (case, steps) = generate::case(Tool::Ipvs, seed);
        let trial = judge::run_in_time(&case, &steps)?;
        let trial = if shrink && trial.disagreement().is_some() { self::shrink(trial)? } else { trial };
        serde_json::to_string(&trial).map_err(|error| error.to_string())
    }))
}

/// Runs the case of a file on this kernel; one JSON object.
///
/// # Errors
/// Says what is wrong with the file, or why there is no kernel to ask.
pub fn trial(file: &Path) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Recorded {
        case: Case,
    }
    let told = |error: &dyn Display| format!("{}: {error}", file.display());
    let text = fs::read_to_string(file).map_err(|error| told(&error))?;
    let Recorded { case } = serde_json::from_str(&text).map_err(|error| told(&error))?;
    load_modules();
    let trial = judge::run(&case, &judge::steps_of(&case))?;
    serde_json::to_string(&trial).map_err(|error| told(&error))
}

/// Those that are built in cannot be loaded, and need not be.
fn load_modules() {
    let _ = command(&[&["modprobe", "-a"], &MODULES[..]].concat(), "");
}
