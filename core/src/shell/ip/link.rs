use super::super::Status;
use super::super::bridge::set_hairpin;
use super::super::call::Call;
use super::show::show;
use super::{Style, answers, command, no_device, pairs, unknown_command};
use crate::iproute::address::What;
use crate::net::MacAddress;
use crate::netfilter::routing::{Device, DeviceKind};

/// `IFNAMSIZ` with its end.
const LONGEST_NAME: usize = 15;

pub(super) fn run(call: &mut Call<'_>, style: Style, words: &[&str]) -> Status {
    let (verb, rest) = words.split_first().map_or(("show", &[][..]), |(verb, rest)| (*verb, rest));
    match command(verb) {
        Some("show" | "list" | "lst") => show(call, style, What::Links, rest),
        Some("add") => add(call, rest),
        Some("delete") => delete(call, rest),
        Some("set") => set(call, rest),
        Some(other) => call.not_modelled(&format!("ip link {other}")),
        None => unknown_command(call, verb, "link"),
    }
}

/// Only what makes a port of a bridge a hairpin.
fn set(call: &mut Call<'_>, words: &[&str]) -> Status {
    match words.strip_prefix(&["dev"]).unwrap_or(words) {
        [device, "type", "bridge_slave", "hairpin", "on"] => set_hairpin(call, device, Some(true)),
        [device, "type", "bridge_slave", "hairpin", "off"] => set_hairpin(call, device, Some(false)),
        _ => call.not_modelled("ip link set"),
    }
}

fn add(call: &mut Call<'_>, words: &[&str]) -> Status {
    let (mut name, mut kind) = (None, None);
    for (word, value) in pairs(words) {
        match (word, value) {
            ("type", Some(value)) => kind = Some(value),
            ("dev", Some(value)) | (value, None) => name = Some(value),
            (other, _) => return call.not_modelled(other),
        }
    }
    let (Some(name), Some("dummy")) = (name, kind) else {
        return call.not_modelled("a device of another type than dummy");
    };
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains(['/', ' ']) {
        call.err(&format!("Error: argument \"{name}\" is wrong: \"name\" not a valid ifname\n"));
        return 255;
    }
    if call.node().is_some_and(|node| node.stack.routing.device(name).is_some()) {
        return answers(call, "File exists");
    }
    call.change(|node, _| {
        // The kernel draws one at random.
        let number = u8::try_from(node.stack.routing.devices().len()).unwrap_or(u8::MAX);
        let mac = Some(MacAddress([0x02, 0x58, 0, 0, 1, number]));
        let device = Device { name: name.into(), kind: DeviceKind::Dummy, mac, addresses: Vec::new() };
        node.stack.routing.add_device(device);
        Ok::<(), ()>(())
    });
    0
}

fn delete(call: &mut Call<'_>, words: &[&str]) -> Status {
    let name = pairs(words).into_iter().find_map(|(word, value)| if word == "dev" { value } else { Some(word) });
    let Some(name) = name else {
        return call.not_modelled("a device is missing");
    };
    let kind = call.node().and_then(|node| node.stack.routing.device(name)).map(|device| device.kind);
    match kind {
        None => no_device(call, name),
        Some(DeviceKind::Dummy) => {
            call.change(|node, _| {
                node.stack.routing.remove_device(name);
                Ok::<(), ()>(())
            });
            0
        }
        Some(DeviceKind::Loopback) => answers(call, "Operation not supported"),
        Some(_) => call.not_modelled("deleting a cable"),
    }
}
