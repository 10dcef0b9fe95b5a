//! `iptables-translate` and `iptables-restore-translate`.

use super::super::Status;
use super::super::call::Call;
use super::super::clock::ctime;
use super::super::getopt::{Argument, Bad, Given, Options, parse};
use super::{
    OPTIONS, complain, ended, family, hint, listing, missing_set, needs_more, one_line, program, usage, version, warn,
};
use crate::iptables::{self, Translated};
use crate::net::Family;
use crate::source::Diagnostic;

pub(in crate::shell) fn translate(call: &mut Call<'_>) -> Status {
    let family = family(call);
    let words: Vec<String> = call.words.to_vec();
    match parse(&words, OPTIONS) {
        Ok(given) if given.contains(&Given::Option('V', None)) => return version(call),
        Ok(given) if given.iter().any(|given| matches!(given, Given::Option('h', _))) => {
            return call.not_modelled("-h");
        }
        Ok(given) if given.contains(&Given::Option(if family == Family::V4 { '6' } else { '4' }, None)) => {
            return usage(call, "");
        }
        Ok(given) => {
            if let Some(listing) = listing(&given) {
                if listing.command == Some('S') {
                    return not_implemented(call);
                }
                let family = if family == Family::V4 { "ip" } else { "ip6" };
                call.out(&format!("nft list table {family} {}\n", listing.table.unwrap_or("filter")));
                return 0;
            }
        }
        Err(Bad::NoArgument(option)) => {
            return usage(call, &format!("option \"{option}\" requires an argument\n"));
        }
        Err(Bad::Unknown(_)) => {}
    }
    if let Some(status) = needs_more(call, &words) {
        return status;
    }
    let line = one_line(&words);
    if let Some(set) = missing_set(call, &line) {
        return usage(call, &format!("Set {set} doesn't exist.\n\n"));
    }
    match iptables::translate(family, &line) {
        Ok(Translated::Text(text)) => {
            warn(call, &line);
            call.out(&text);
            0
        }
        Ok(Translated::NotImplemented) => not_implemented(call),
        Ok(Translated::NotModelled(name)) => call.not_modelled(&name),
        Err(diagnostic) => complain(call, &diagnostic),
    }
}

fn not_implemented(call: &mut Call<'_>) -> Status {
    call.err("Translation not implemented\n");
    // It wrote this before it knew.
    call.out("nft ");
    1
}

const SAVED: &Options =
    &[('h', "help", Argument::None), ('f', "file", Argument::Required), ('V', "version", Argument::None)];

pub(in crate::shell) fn translate_saved(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let given = parse(&words, SAVED).unwrap_or_default();
    let name = call.name.to_owned();
    let mut file = None;
    for given in given {
        match given {
            Given::Option('V', _) => {
                call.out(&format!("{name} v1.8.9\n"));
                return 0;
            }
            Given::Option('f', name) => file = name,
            Given::Option(..) => return print_usage(call, &name),
            Given::Word(_) => {}
        }
    }
    let Some(file) = file else {
        call.err("ERROR: missing file name\n");
        return print_usage(call, &name);
    };
    let Some(text) = call.file(file) else {
        call.no_file(file, &format!("Cannot open file {file}\n"));
        return 1;
    };
    let now = ctime(call.now());
    call.out(&format!("# Translated by {name} v1.8.9 on {now}\n"));
    let missing = (1..).zip(text.lines()).find_map(|(number, line)| Some((number, missing_set(call, line)?)));
    let lines = missing.as_ref().map_or(usize::MAX, |(number, _)| number - 1);
    let text: String = text.lines().take(lines).flat_map(|line| [line, "\n"]).collect();
    let mut translated = String::new();
    let done = iptables::translate_saved(&mut translated, family(call), &text);
    call.out(&translated);
    if let Err(diagnostic) = done {
        return failed(call, &diagnostic);
    }
    if let Some((number, set)) = missing {
        return usage(call, &format!("Set {set} doesn't exist.\n\nError occurred at line: {number}\n"));
    }
    call.out(&format!("# Completed on {now}\n"));
    0
}

fn failed(call: &mut Call<'_>, diagnostic: &Diagnostic) -> Status {
    let (program, variant) = program(call);
    let message = &*diagnostic.message.to_string();
    let line = diagnostic.position.line;
    let status = if message.ends_with(" failed") {
        call.err(&format!("{program}: {message}\n"));
        1
    } else {
        let own = if message.starts_with("line ") { format!("{program}: ") } else { String::new() };
        let (end, hint) = (ended(message), hint(call));
        call.err(&format!("{program} v1.8.9 ({variant}): {own}{message}{end}Error occurred at line: {line}\n{hint}"));
        2
    };
    call.advise(diagnostic);
    status
}

fn print_usage(call: &mut Call<'_>, name: &str) -> Status {
    call.err(&format!(
        "{name} 1.8.9 (c) 2014 by Pablo Neira Ayuso <pablo@netfilter.org>\nUsage: {name} [-h] [-f <FILE>] [-V]\n\
         \t[ --help ]\n\t[ --file=<FILE> ]\n\t[ --version ]\n"
    ));
    1
}
