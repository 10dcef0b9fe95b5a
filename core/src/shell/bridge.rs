//! `bridge link` of iproute2 6.1: whether a port sends frames back to where they came from.

use super::Status;
use super::call::Call;

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.iter().filter(|word| !matches!(&***word, "-d" | "-details")).cloned().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["-V" | "-Version"] => {
            call.out("bridge utility, 6.1.0\n");
            0
        }
        ["link", "set", ref rest @ ..] => set(call, rest),
        ["link"] | ["link", "show" | "list" | "lst", ..] => show(call),
        ["link", other, ..] => unknown(call, &format!("Command \"{other}\" is unknown, try \"bridge link help\".\n")),
        [] | ["fdb" | "mdb" | "vlan" | "monitor" | "help", ..] => {
            call.not_modelled(words.first().unwrap_or(&"the usage"))
        }
        [option, ..] if option.starts_with('-') => call.not_modelled(option),
        [other, ..] => unknown(call, &format!("Object \"{other}\" is unknown, try \"bridge help\".\n")),
    }
}

fn unknown(call: &mut Call<'_>, what: &str) -> Status {
    call.err(what);
    255
}

/// What it prints of a port the lab does not keep: flags, number, priority and cost.
fn show(call: &mut Call<'_>) -> Status {
    let Some(bridges) = call.node().map(|node| &node.stack.bridges) else {
        return 1;
    };
    let told = |hairpin| if hairpin { "on" } else { "off" };
    let port = |(bridge, port, hairpin)| format!("{port} master {bridge} hairpin {}", told(hairpin));
    let ports: Vec<_> = bridges.ports().map(port).collect();
    call.remark(crate::message!("shell-bridge-ports", ports = ports.join(", "), count = ports.len()));
    0
}

fn set(call: &mut Call<'_>, words: &[&str]) -> Status {
    let (mut device, mut hairpin) = (None, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match (*word, words.next()) {
            ("dev", name) => device = name,
            ("hairpin", Some(&"on")) => hairpin = Some(true),
            ("hairpin", Some(&"off")) => hairpin = Some(false),
            ("hairpin", Some(other)) => {
                call.err(&format!("Error: argument of \"hairpin\" must be one of \"off\", \"on\", not \"{other}\"\n"));
                return 234;
            }
            (other, _) => return call.not_modelled(other),
        }
    }
    let Some(device) = device else {
        call.err("Device is a required argument.\n");
        return 255;
    };
    set_hairpin(call, device, hairpin)
}

/// As `ip link set DEVICE type bridge_slave hairpin on` does, too.
pub(super) fn set_hairpin(call: &mut Call<'_>, device: &str, hairpin: Option<bool>) -> Status {
    if call.node().is_none_or(|node| node.stack.routing.device(device).is_none()) {
        return unknown(call, &format!("Cannot find bridge device \"{device}\"\n"));
    }
    let Some(hairpin) = hairpin else {
        return 0;
    };
    match call.change(|node, _| node.stack.bridges.set_hairpin(device, hairpin).then_some(()).ok_or(())) {
        Some(Ok(())) => 0,
        _ => unknown(call, "RTNETLINK answers: Operation not supported\n"),
    }
}
