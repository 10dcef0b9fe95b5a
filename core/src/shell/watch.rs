//! `watch`: one look.

use super::call::Call;
use super::run::{Ran, run_command};
use super::{Output, Status};

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
    // One word that is a line.
    if let [line] = command.as_slice() {
        command = line.split_whitespace().map(str::to_owned).collect();
    }
    if command.is_empty() {
        call.err("Usage:\n watch [options] command\n");
        return 1;
    }
    call.remark(crate::message!("shell-watch"));
    let mut ran = Ran {
        output: Output::default(),
        at: call.at.clone(),
        changed: false,
        path: None,
        monitors: Vec::new(),
        edit: None,
    };
    let output = run_command(call.lab, &mut ran, &command, call.input);
    let status = output.status;
    call.output.append(output);
    call.changed |= ran.changed;
    status
}
