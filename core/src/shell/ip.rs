//! `ip addr`, `ip route`, `ip rule`, `ip link` and `ip neigh` of iproute2 6.1.

mod address;
mod link;
mod neighbour;
mod route;
mod rule;
mod show;

use super::Status;
use super::call::Call;
use crate::net::Family;

/// What stands before the object.
#[derive(Clone, Copy, Debug, Default)]
struct Style {
    family: Option<Family>,
    one_line: bool,
    brief: bool,
}

/// Runs the command of one kind of object.
type Run = fn(&mut Call<'_>, Style, &[&str]) -> Status;

/// The objects, of which any beginning will do: the first that fits is meant.
const OBJECTS: [(&str, Run); 6] = [
    ("address", address::run),
    ("route", route::run),
    ("rule", rule::run),
    ("neighbor", neighbour::run),
    ("neighbour", neighbour::run),
    ("link", link::run),
];

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let mut words = words.iter().map(String::as_str).peekable();
    let mut style = Style::default();
    while let Some(option) = words.next_if(|word| word.starts_with('-')) {
        match option {
            "-4" => style.family = Some(Family::V4),
            "-6" => style.family = Some(Family::V6),
            "-o" | "-oneline" => style.one_line = true,
            "-br" | "-brief" => style.brief = true,
            "-c" | "-color" | "-c=never" | "-color=never" | "-c=auto" | "-color=auto" => {}
            "-V" | "-Version" => {
                call.out("ip utility, iproute2-6.1.0, libbpf 1.1.2\n");
                return 0;
            }
            other => return call.not_modelled(other),
        }
    }
    let Some(object) = words.next() else {
        return call.not_modelled("the usage");
    };
    let rest: Vec<&str> = words.collect();
    match OBJECTS.iter().find(|(name, _)| name.starts_with(object)) {
        Some((_, run)) => run(call, style, &rest),
        None if matches!(object, "netns" | "maddr" | "tunnel" | "xfrm" | "monitor" | "ntable" | "vrf" | "help") => {
            call.not_modelled(object)
        }
        None => {
            call.err(&format!("Object \"{object}\" is unknown, try \"ip help\".\n"));
            1
        }
    }
}

/// The commands of an object, of which any beginning will do.
fn command(word: &str) -> Option<&'static str> {
    ["add", "change", "replace", "delete", "show", "list", "lst", "get", "flush", "set", "save", "restore"]
        .into_iter()
        .find(|name| name.starts_with(word))
}

fn unknown_command(call: &mut Call<'_>, word: &str, object: &str) -> Status {
    call.err(&format!("Command \"{word}\" is unknown, try \"ip {object} help\".\n"));
    255
}

fn invalid_prefix(call: &mut Call<'_>, family: &str, text: &str) -> Status {
    call.err(&format!("Error: {family} prefix is expected rather than \"{text}\".\n"));
    1
}

fn no_device(call: &mut Call<'_>, name: &str) -> Status {
    call.err(&format!("Cannot find device \"{name}\"\n"));
    1
}

/// What the kernel answers.
fn answers(call: &mut Call<'_>, what: &str) -> Status {
    call.err(&format!("RTNETLINK answers: {what}\n"));
    2
}

/// The words as `ip` reads them: a name and what it says, with what stands alone before.
fn pairs<'w>(words: &[&'w str]) -> Vec<(&'w str, Option<&'w str>)> {
    const NAMES: [&str; 17] = [
        "dev",
        "via",
        "src",
        "table",
        "lookup",
        "metric",
        "proto",
        "scope",
        "from",
        "to",
        "fwmark",
        "iif",
        "pref",
        "priority",
        "type",
        "label",
        "preference",
    ];
    let mut words = words.iter().copied();
    let mut pairs = Vec::new();
    while let Some(word) = words.next() {
        if NAMES.contains(&word) {
            pairs.push((word, words.next()));
        } else {
            pairs.push((word, None));
        }
    }
    pairs
}
