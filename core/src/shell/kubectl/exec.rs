//! `kubectl exec`: into a Pod, or one command there.

use super::super::call::Call;
use super::super::run::{Ran, run_command};
use super::super::{Host, Location, Output, Status};

pub(super) fn run(call: &mut Call<'_>, words: &[String]) -> Status {
    let (flags, command) = match words.iter().position(|word| word == "--") {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (words, &[][..]),
    };
    let mut flags = flags.iter().filter(|word| *word != "exec").map(String::as_str);
    let mut pod = None;
    while let Some(flag) = flags.next() {
        match flag {
            "-n" | "--namespace" | "-c" | "--container" => drop(flags.next()),
            flag if flag.starts_with('-') => {}
            name => pod = pod.or(Some(name)),
        }
    }
    let Some(name) = pod.map(|name| name.strip_prefix("pod/").or_else(|| name.strip_prefix("pods/")).unwrap_or(name))
    else {
        call.err("error: pod, type/name or --filename must be specified\n");
        return 1;
    };
    let at = Location { mode: call.at.mode, host: Host::Pod(name.into()) };
    if !at.is_there(call.lab) {
        super::not_found(call, "pods", name);
        return 1;
    }
    if command.is_empty() {
        call.err("error: you must specify at least one command for the container\n");
        return 1;
    }
    if matches!(command, [shell] if matches!(shell.as_str(), "sh" | "bash" | "/bin/sh" | "/bin/bash")) {
        *call.at = at;
        return 0;
    }
    // `sh -c "…"` is one line more.
    let split;
    let command = match command {
        [shell, flag, line] if matches!(shell.as_str(), "sh" | "bash" | "/bin/sh") && flag == "-c" => {
            split = line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            split.as_slice()
        }
        other => other,
    };
    let mut ran = Ran { output: Output::default(), at, changed: false, path: None, monitors: Vec::new(), edit: None };
    let output = run_command(call.lab, &mut ran, command, call.input);
    let status = output.status;
    call.output.append(output);
    call.changed |= ran.changed;
    if status != 0 {
        call.err(&format!("command terminated with exit code {status}\n"));
    }
    status
}
