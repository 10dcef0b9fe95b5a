//! `ipvsadm` 1.31, with `ipvsadm-save` and `ipvsadm-restore`.

use super::Status;
use super::call::Call;
use super::getopt::{Argument, Given, Options, parse};
use crate::iptables::service_name;
use crate::ipvs::{Ipvs, ServiceKey, ipvsadm};
use crate::net::Protocol;
use crate::source::Diagnostic;

/// Of the options of the tool, those that a list has. The commands that change something are read by the model.
const LIST: &Options = &[
    ('L', "list", Argument::None),
    ('l', "", Argument::None),
    ('S', "save", Argument::None),
    ('n', "numeric", Argument::None),
    ('c', "connection", Argument::None),
    ('t', "tcp-service", Argument::Required),
    ('u', "udp-service", Argument::Required),
    ('\u{1}', "stats", Argument::None),
    ('\u{2}', "rate", Argument::None),
    ('\u{3}', "timeout", Argument::None),
    ('\u{4}', "exact", Argument::None),
    ('\u{5}', "thresholds", Argument::None),
    ('\u{6}', "persistent-conn", Argument::None),
    ('\u{7}', "sort", Argument::None),
];

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    if words.iter().any(|word| matches!(word.as_str(), "-v" | "--version")) {
        call.out("ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n");
        return 0;
    }
    if words
        .iter()
        .any(|word| matches!(word.as_str(), "-h" | "--help" | "--start-daemon" | "--stop-daemon" | "--daemon"))
    {
        return call.not_modelled(&words.join(" "));
    }
    if words.iter().any(|word| matches!(word.as_str(), "-R" | "--restore")) {
        return restore(call);
    }
    match parse(&words, LIST) {
        Ok(given)
            if words.is_empty() || given.iter().any(|given| matches!(given, Given::Option('L' | 'l' | 'S', _))) =>
        {
            list(call, &given)
        }
        _ => change(call, &words.join(" ")),
    }
}

pub(super) fn save(call: &mut Call<'_>) -> Status {
    let is_numeric = call.words.iter().any(|word| word == "-n");
    let given = [Given::Option('S', None), Given::Option('n', None)];
    list(call, &given[..1 + usize::from(is_numeric)])
}

fn list(call: &mut Call<'_>, given: &[Given<'_>]) -> Status {
    if let Some(word) = given.iter().find_map(|given| if let Given::Word(word) = given { Some(*word) } else { None }) {
        call.err(&format!("unexpected argument {word}\n"));
        return 2;
    }
    let has = |letter| given.contains(&Given::Option(letter, None));
    let now = call.now();
    let Some(ipvs) = call.node().map(|node| &node.ipvs) else {
        return 1;
    };
    let numbers = if has('\u{4}') { ipvsadm::Numbers::Exact } else { ipvsadm::Numbers::default() };
    let text = if has('S') {
        ipvsadm::save(ipvs)
    } else if has('c') {
        ipvsadm::connections(ipvs, now)
    } else if has('\u{3}') {
        ipvsadm::timeouts(ipvs)
    } else if has('\u{1}') {
        ipvsadm::statistics(ipvs, numbers)
    } else if has('\u{2}') {
        ipvsadm::rates(ipvs, numbers)
    } else if has('\u{5}') {
        ipvsadm::list(ipvs, ipvsadm::Columns::Thresholds)
    } else if has('\u{6}') {
        ipvsadm::list(ipvs, ipvsadm::Columns::PersistentConnections)
    } else {
        ipvsadm::list(ipvs, ipvsadm::Columns::Forwarding)
    };
    let wanted = given.iter().find_map(|given| match given {
        Given::Option(letter @ ('t' | 'u'), Some(service)) => Some((*letter, *service)),
        _ => None,
    });
    let text = match wanted {
        None => text,
        Some((letter, service)) => match of_service(ipvs, &text, letter, service) {
            Some(text) => text,
            None => {
                call.err("No such service\n");
                return 1;
            }
        },
    };
    // Its ports are names then; hosts have none that the model knows.
    let text = if has('n') || has('\u{3}') { text } else { with_names(&text, has('S')) };
    call.out(&text);
    0
}

/// The head of a list without its first line, and the lines of one service.
fn of_service(ipvs: &Ipvs, text: &str, letter: char, wanted: &str) -> Option<String> {
    let protocol = if letter == 't' { Protocol::Tcp } else { Protocol::Udp };
    let is_wanted = |key: &ServiceKey| match key {
        ServiceKey::Address { protocol: known, address } => *known == protocol && address.to_string() == wanted,
        ServiceKey::Mark { .. } => false,
    };
    ipvs.services().find(|service| is_wanted(&service.key))?;
    let start = format!("{} {wanted}", if letter == 't' { "TCP " } else { "UDP " });
    let mut lines = text.lines().skip(1);
    let mut out: String = lines.by_ref().take(2).flat_map(|line| [line, "\n"]).collect();
    let lines = lines.skip_while(|line| line.trim_end() != start && !line.starts_with(&format!("{start} ")));
    for (number, line) in lines.enumerate() {
        if number > 0 && !line.starts_with("  ->") {
            break;
        }
        out.extend([line, "\n"]);
    }
    Some(out)
}

/// Without `-n` ports are printed by their names in `/etc/services`.
fn with_names(text: &str, is_saved: bool) -> String {
    let mut out = String::new();
    let mut protocol = Protocol::Tcp;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["UDP", ..] => protocol = Protocol::Udp,
            ["TCP", ..] => protocol = Protocol::Tcp,
            [_, "-u", ..] if is_saved => protocol = Protocol::Udp,
            [_, "-t", ..] if is_saved => protocol = Protocol::Tcp,
            _ => {}
        }
        let mut named = line.to_owned();
        for word in words {
            let Some((address, port)) = word.rsplit_once(':').filter(|(address, _)| address.contains(['.', ']']))
            else {
                continue;
            };
            if let Some(name) = port.parse().ok().and_then(|port| service_name(port, protocol)) {
                let new = format!("{address}:{name}");
                // Columns keep their width where there is room.
                let padded = format!("{word:<28}");
                named = if named.contains(&padded) && !is_saved && line.starts_with("  ->") {
                    named.replacen(&padded, &format!("{new:<28}"), 1)
                } else {
                    named.replacen(word, &new, 1)
                };
            }
        }
        out.push_str(&named);
        out.push('\n');
    }
    out
}

pub(super) fn restore(call: &mut Call<'_>) -> Status {
    let Some(text) = call.input.map(str::to_owned) else {
        call.remark(crate::message!("shell-needs-input"));
        return 1;
    };
    let mut refused = Vec::new();
    call.change(|node, _| {
        refused = ipvsadm::restore(&mut node.ipvs, &text);
        Ok::<(), ()>(())
    });
    for diagnostic in &refused {
        call.err(&format!("{}\n", diagnostic.message));
        call.advise(diagnostic);
    }
    if refused.is_empty() { 0 } else { 255 }
}

fn change(call: &mut Call<'_>, line: &str) -> Status {
    let done = call.change(|node, _| {
        let mut trial = node.ipvs.clone();
        let refused = ipvsadm::restore(&mut trial, line);
        match refused.into_iter().next() {
            None => {
                node.ipvs = trial;
                Ok(())
            }
            Some(diagnostic) => Err(diagnostic),
        }
    });
    match done {
        Some(Err(diagnostic)) => complain(call, &diagnostic),
        _ => 0,
    }
}

/// What the kernel refuses, and what popt does, end with -1; what ipvsadm itself finds, with 2.
const OF_KERNEL: [&str; 8] = [
    "Service already exists",
    "Destination already exists",
    "Scheduler or persistence engine not found",
    "Service not defined",
    "No such destination",
    "No such service",
    "Out of range",
    "Invalid argument",
];

fn complain(call: &mut Call<'_>, diagnostic: &Diagnostic) -> Status {
    let message = &*diagnostic.message.to_string();
    let status = if message.ends_with(": unknown option") {
        call.err("Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n");
        255
    } else {
        call.err(&format!("{message}\n"));
        if OF_KERNEL.contains(&message) || message.ends_with(": missing argument") { 255 } else { 2 }
    };
    call.advise(diagnostic);
    status
}
