//! `ipset` 7.17.

use super::Status;
use super::call::Call;
use crate::ipset::{self, Detail, Element, IpSets};
use crate::netfilter::Seconds;

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let mut words: Vec<String> = call.words.to_vec();
    let mut take = |names: &[&str]| {
        let before = words.len();
        words.retain(|word| !names.contains(&word.as_str()));
        words.len() < before
    };
    // The kernel's order is that of its hash; the model always sorts.
    take(&["-s", "-sorted", "--sorted"]);
    let is_quiet = take(&["-q", "-quiet", "--quiet"]);
    let (terse, names) = (take(&["-t", "-terse", "--terse"]), take(&["-n", "-name", "--name"]));
    let detail = match (terse, names) {
        (_, true) => Detail::Name,
        (true, false) => Detail::Header,
        _ => Detail::Members,
    };
    if let Some(at) = words.iter().position(|word| matches!(word.as_str(), "-o" | "-output" | "--output")) {
        match words.get(at + 1).map(String::as_str) {
            Some("plain") => drop(words.drain(at..at + 2)),
            _ => return call.not_modelled("-o"),
        }
    }
    let Some((verb, rest)) = words.split_first() else {
        return usage(call, "No command specified.");
    };
    match verb.as_str() {
        "list" | "-L" | "--list" => list(call, rest, detail),
        "save" | "-S" | "--save" => save(call, rest),
        "test" | "-T" | "--test" => test(call, rest, is_quiet),
        "version" | "-V" | "-v" | "--version" => {
            call.out("ipset v7.17, protocol version: 7\n");
            0
        }
        "restore" | "-R" | "--restore" => restore(call, rest),
        "help" | "-h" | "-H" | "--help" => call.not_modelled("help"),
        _ => change(call, &words.join(" "), is_quiet),
    }
}

fn error(call: &mut Call<'_>, message: &str) -> Status {
    call.err(&format!("ipset v7.17: {message}\n"));
    1
}

fn usage(call: &mut Call<'_>, message: &str) -> Status {
    call.err(&format!("ipset v7.17: {message}\nTry `ipset help' for more information.\n"));
    2
}

const NO_SET: &str = "The set with the given name does not exist";

/// The sets of the node, or the one that is named.
fn named<'c>(call: &'c Call<'_>, words: &[String]) -> Option<(&'c IpSets, Option<&'c ipset::IpSet>)> {
    let sets = &call.node()?.stack.ipsets;
    match words.first() {
        None => Some((sets, None)),
        Some(name) => Some((sets, Some(sets.get(name)?))),
    }
}

fn list(call: &mut Call<'_>, words: &[String], detail: Detail) -> Status {
    if let Some(extra) = words.get(1) {
        return usage(call, &format!("Unknown argument {extra}"));
    }
    let now = call.now();
    let Some(node) = call.node() else {
        return 1;
    };
    let rules = |name: &str| node.iptables.v4.references_to_set(name) + node.iptables.v6.references_to_set(name);
    let all = ipset::list(&node.stack.ipsets, detail, rules, now);
    let text = match words.first() {
        None => all,
        Some(name) if node.stack.ipsets.get(name).is_none() => return error(call, NO_SET),
        Some(name) => {
            let head = format!("Name: {name}");
            let is_it = |block: &&str| block.lines().next() == Some(&head) || *block == format!("{name}\n");
            match detail {
                Detail::Name => format!("{name}\n"),
                _ => all
                    .split("\n\n")
                    .find(is_it)
                    .map(|block| format!("{}\n", block.trim_end_matches('\n')))
                    .unwrap_or_default(),
            }
        }
    };
    call.out(&text);
    0
}

fn save(call: &mut Call<'_>, words: &[String]) -> Status {
    let now = call.now();
    let Some((sets, set)) = named(call, words) else {
        return error(call, NO_SET);
    };
    let text = match set {
        Some(set) => ipset::save_one(set, now),
        None => ipset::save(sets, now),
    };
    call.out(&text);
    0
}

fn test(call: &mut Call<'_>, words: &[String], is_quiet: bool) -> Status {
    let [name, element, ..] = words else {
        let which = if words.is_empty() { "" } else { "second " };
        return usage(call, &format!("Missing {which}mandatory argument to command test"));
    };
    let Some((_, Some(set))) = named(call, words) else {
        return error(call, NO_SET);
    };
    let elements = match Element::parse(element, set.kind(), set.options()) {
        Ok(elements) => elements,
        Err(refusal) => return error(call, &refusal.to_string()),
    };
    let is_in = elements.iter().all(|element| set.elements().any(|(known, _)| known == element));
    let text = if is_in {
        format!("Warning: {element} is in set {name}.\n")
    } else {
        format!("{element} is NOT in set {name}.\n")
    };
    if !is_quiet {
        call.err(&text);
    }
    Status::from(!is_in)
}

fn restore(call: &mut Call<'_>, words: &[String]) -> Status {
    let exist = words.iter().any(|word| matches!(word.as_str(), "-exist" | "-!"));
    let Some(text) = call.input.map(str::to_owned) else {
        call.remark(crate::message!("shell-needs-input"));
        return 1;
    };
    // The lines before a wrong one take effect.
    let mut refused = None;
    call.change(|node, now| {
        refused = ipset::restore(&mut node.stack.ipsets, &text, exist, now).err();
        Ok::<(), ()>(())
    });
    match refused {
        None => 0,
        Some(diagnostic) => {
            let line = diagnostic.position.line;
            call.err(&format!("ipset v7.17: Error in line {line}: {}\n", diagnostic.message));
            call.advise(&diagnostic);
            1
        }
    }
}

fn change(call: &mut Call<'_>, line: &str, is_quiet: bool) -> Status {
    let words: Vec<&str> = line.split(' ').filter(|word| !matches!(*word, "-exist" | "-!" | "--exist")).collect();
    if let Some(status) = missing_argument(call, &words) {
        return status;
    }
    let is_rename = matches!(words.first(), Some(&("rename" | "-E" | "e" | "--rename")));
    let is_destroy = matches!(words.first(), Some(&("destroy" | "-X" | "x" | "--destroy")));
    let in_rules = |call: &Call<'_>, name: &str| {
        call.node()
            .is_some_and(|node| node.iptables.v4.references_to_set(name) + node.iptables.v6.references_to_set(name) > 0)
    };
    let names: Vec<String> = match (words.get(1), call.node()) {
        (Some(name), _) => vec![(*name).to_owned()],
        (None, Some(node)) => node.stack.ipsets.iter().map(|set| set.name().to_string()).collect(),
        (None, None) => Vec::new(),
    };
    if (is_rename || is_destroy) && names.iter().any(|name| in_rules(call, name)) {
        let by = if is_rename {
            "renamed: it is in use by another system"
        } else {
            "destroyed: it is in use by a kernel component"
        };
        return error(call, &format!("Set cannot be {by}"));
    }
    let done = call.change(|node, now: Seconds| ipset::command(&mut node.stack.ipsets, line, now));
    match done {
        Some(Err(diagnostic)) => {
            let message = &diagnostic.message.to_string();
            let status = if message.starts_with("No command specified") || message.starts_with("Unknown argument") {
                usage(call, message)
            } else if is_quiet {
                1
            } else {
                error(call, message)
            };
            call.advise(&diagnostic);
            status
        }
        _ => 0,
    }
}

/// How many arguments each command needs.
fn missing_argument(call: &mut Call<'_>, words: &[&str]) -> Option<Status> {
    let (verb, needed) = match *words.first()? {
        "create" | "-N" | "n" | "--create" => ("create", 2),
        "add" | "-A" | "--add" => ("add", 2),
        "del" | "-D" | "--del" => ("del", 2),
        "rename" | "-E" | "e" | "--rename" => ("rename", 2),
        "swap" | "-W" | "w" | "--swap" => ("swap", 2),
        _ => return None,
    };
    let which = match words.len() - 1 {
        0 => "",
        1 if needed == 2 => "second ",
        _ => return None,
    };
    Some(usage(call, &format!("Missing {which}mandatory argument to command {verb}")))
}
