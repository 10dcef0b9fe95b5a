//! `kubectl exec`: into a Pod, or one command there.

use super::super::call::Call;
use super::super::run::{Ran, run_command};
use super::super::{Host, Location, Status};
use super::flags::Args;

pub(super) fn run(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let words = args.words();
    let at_dash = args.dash.unwrap_or(words.len());
    let (before, command) = words.split_at(at_dash);
    let Some(name) = before.first() else {
        call.err("error: pod, type/name or --filename must be specified\n");
        return 1;
    };
    if args.dash.is_none() && before.len() > 1 {
        call.err(
            "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n\
             See 'kubectl exec -h' for help and examples\n",
        );
        return 1;
    }
    if command.is_empty() {
        call.err("error: you must specify at least one command for the container\n");
        return 1;
    }
    let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
    let name = name.strip_prefix("pod/").or_else(|| name.strip_prefix("pods/")).unwrap_or(name);
    let at = Location { mode: call.at.mode, host: Host::Pod(name.into()) };
    if !at.is_there(call.lab) || is_elsewhere(call, name, args.namespace()) {
        super::not_found(call, "pods", name);
        return 1;
    }
    if matches!(command.as_slice(), [shell] if matches!(shell.as_str(), "sh" | "bash" | "/bin/sh" | "/bin/bash")) {
        *call.at = at;
        return 0;
    }
    // `sh -c "…"` is one line more.
    let split;
    let command = match command.as_slice() {
        [shell, flag, line] if matches!(shell.as_str(), "sh" | "bash" | "/bin/sh") && flag == "-c" => {
            split = line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            split.as_slice()
        }
        other => other,
    };
    let mut ran = Ran::at(at);
    let output = run_command(call.lab, &mut ran, command, call.input);
    let status = output.status;
    call.output.append(output);
    call.changed |= ran.changed;
    call.actions = Some(ran.actions);
    if status != 0 {
        call.err(&format!("command terminated with exit code {status}\n"));
    }
    status
}

/// Whether Pods have this name, and all of them in other namespaces.
fn is_elsewhere(call: &Call<'_>, name: &str, namespace: &str) -> bool {
    let mut named = call.lab.cluster.pods.iter().filter(|pod| *pod.name.name == *name).peekable();
    named.peek().is_some() && named.all(|pod| *pod.name.namespace != *namespace)
}
