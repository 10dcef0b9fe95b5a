//! `watch`: one look.

use super::Status;
use super::call::Call;
use super::line::parse;
use super::run::{Ran, refuse, run_script};

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let mut words = call.words.iter();
    let mut command: Vec<String> = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-n" | "--interval" => drop(words.next()),
            option if option.starts_with('-') => {}
            _ => {
                command.push(word.clone());
                command.extend(words.by_ref().cloned());
            }
        }
    }
    if command.is_empty() {
        call.err("Usage:\n watch [options] command\n");
        return 1;
    }
    call.remark(crate::message!("shell-watch"));
    let mut ran = Ran::at(call.at.clone());
    // It gives what it was given to `sh -c`.
    match parse(&command.join(" ")) {
        Ok(script) => run_script(call.lab, &mut ran, script),
        Err(flaw) => refuse(&mut ran.output, flaw),
    }
    let status = ran.output.status;
    call.output.append(ran.output);
    call.changed |= ran.changed;
    call.actions = Some(ran.actions);
    status
}
