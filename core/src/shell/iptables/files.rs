//! `iptables-save` and `iptables-restore`.

use super::super::Status;
use super::super::call::Call;
use super::super::getopt::{Argument, Given, Options, parse};
use super::{REFUSALS, ended, family, is_logged, program, variant};
use crate::iptables;
use crate::net::Family;
use crate::netfilter::XtTable;
use crate::source::Diagnostic;

const SAVE: &Options =
    &[('c', "counters", Argument::None), ('t', "table", Argument::Required), ('M', "modprobe", Argument::Required)];

pub(in crate::shell) fn save(call: &mut Call<'_>) -> Status {
    let family = family(call);
    let words: Vec<String> = call.words.to_vec();
    let Ok(given) = parse(&words, SAVE) else {
        return call.not_modelled(&words.join(" "));
    };
    let table = given.iter().find_map(|given| if let Given::Option('t', name) = given { *name } else { None });
    let legacy = if family == Family::V4 { "iptables-legacy-save" } else { "ip6tables-legacy-save" };
    let tables = match variant::tables(call, family, legacy) {
        Ok(tables) => tables,
        Err(status) => return status,
    };
    let text = if given.contains(&Given::Option('c', None)) {
        iptables::save_with_counters(&tables)
    } else {
        iptables::save(&tables)
    };
    let mut out = String::new();
    for block in text.split_inclusive("COMMIT\n") {
        if table.is_none_or(|table| block.lines().next() == Some(&format!("*{table}"))) {
            out.push_str(block);
        }
    }
    if let Some(table) = table.filter(|table| XtTable::from_name(table).is_none()) {
        let (program, _) = program(call);
        call.err(&format!(
            "{program}-save v1.8.9 (legacy): Cannot initialize: Table does not exist (do you need to insmod?)\n"
        ));
        call.remark(crate::message!("shell-no-such-table", name = table));
        return 1;
    }
    call.out(&out);
    0
}

const RESTORE: &Options = &[
    ('c', "counters", Argument::None),
    ('n', "noflush", Argument::None),
    ('w', "wait", Argument::Glued),
    ('W', "wait-interval", Argument::Required),
    ('t', "test", Argument::None),
    ('v', "verbose", Argument::None),
    ('T', "table", Argument::Required),
];

pub(in crate::shell) fn restore(call: &mut Call<'_>) -> Status {
    if variant::is_nft(call) {
        return variant::refuse(call);
    }
    let family = family(call);
    let words: Vec<String> = call.words.to_vec();
    let Ok(given) = parse(&words, RESTORE) else {
        return call.not_modelled(&words.join(" "));
    };
    let has = |letter| given.contains(&Given::Option(letter, None));
    if has('v') || given.iter().any(|given| matches!(given, Given::Option('T', _))) {
        return call.not_modelled(&words.join(" "));
    }
    let Some(text) = call.input.map(str::to_owned) else {
        call.remark(crate::message!("shell-needs-input"));
        return 1;
    };
    let (is_trial, noflush) = (has('t'), has('n'));
    let done = call.change(|node, _| {
        let tables = node.iptables.of_mut(family);
        if is_trial {
            return Err(iptables::restore(&mut tables.clone(), &text, noflush).err().unwrap_or_default());
        }
        iptables::restore(tables, &text, noflush)
    });
    match done {
        Some(Err(errors)) if !errors.is_empty() => failed(call, &text, &errors[0]),
        _ => 0,
    }
}

fn failed(call: &mut Call<'_>, text: &str, diagnostic: &Diagnostic) -> Status {
    let (program, _) = program(call);
    let line = diagnostic.position.line;
    let message = diagnostic.message.as_str();
    let is_of_kernel = REFUSALS.iter().any(|(start, _)| message.starts_with(start));
    // What the kernel finds in a table it finds at the end of it.
    let is_of_commit = is_logged(message) || message.starts_with("Too many levels");
    let status = if is_of_commit {
        let after = text.lines().zip(1..).skip_while(|(_, number)| *number < line);
        let commit =
            after.clone().find(|(content, _)| content.trim_end() == "COMMIT").map_or(line, |(_, number)| number);
        call.err(&format!("{program}-restore: line {commit} failed\n"));
        1
    } else if is_of_kernel || message.starts_with("this line belongs to no table") {
        call.err(&format!("{program}-restore: line {line} failed\n"));
        1
    } else if message.starts_with("COMMIT expected") {
        call.err(&format!("{program}-restore: {message}\n"));
        1
    } else {
        let own =
            if message.starts_with("unable to initialize") { format!("{program}-restore: ") } else { String::new() };
        let end = ended(message);
        call.err(&format!(
            "{program}-restore v1.8.9 (legacy): {own}{message}{end}Error occurred at line: {line}\n\
             Try `{program}-restore -h' or '{program}-restore --help' for more information.\n"
        ));
        2
    };
    call.remark(crate::message!("shell-at", place = diagnostic.position.to_string(), message = message));
    call.advise(diagnostic);
    status
}
