//! Cases on the kernel of another machine: this program's own files are there, and so it runs there.

use std::path::Path;
use std::thread;

use super::judge::{self, Trial};
use super::namespace::command;
use super::shrink::shrink;
use super::{Tool, generate};
use crate::machine::Machine;

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
    // Those that are built in cannot be loaded, and need not be.
    let _ = command(&[&["modprobe", "-a"], &MODULES[..]].concat(), "");
    if let Some(why) = super::missing(Tool::Ipvs) {
        return Err(why);
    }
    Ok((first..first + count).map(move |seed| {
        let (case, steps) = generate::case(Tool::Ipvs, seed);
        let trial = judge::run(&case, &steps)?;
        let trial = if shrink && trial.disagreement().is_some() { self::shrink(trial)? } else { trial };
        serde_json::to_string(&trial).map_err(|error| error.to_string())
    }))
}
