use ipnet::IpNet;

use super::super::Status;
use super::super::call::Call;
use super::show::show;
use super::{Style, answers, command, invalid_prefix, no_device, pairs, unknown_command};
use crate::iproute::address::What;

pub(super) fn run(call: &mut Call<'_>, style: Style, words: &[&str]) -> Status {
    let (verb, rest) = words.split_first().map_or(("show", &[][..]), |(verb, rest)| (*verb, rest));
    match command(verb) {
        Some("show" | "list" | "lst") => show(call, style, What::Addresses, rest),
        Some(verb @ ("add" | "delete" | "replace")) => change(call, verb, rest),
        Some(other) => call.not_modelled(&format!("ip address {other}")),
        None => unknown_command(call, verb, "address"),
    }
}

fn change(call: &mut Call<'_>, verb: &str, words: &[&str]) -> Status {
    let (mut prefix, mut device) = (None, None);
    for (word, value) in pairs(words) {
        match (word, value) {
            ("dev", Some(name)) => device = Some(name),
            ("label" | "scope", Some(_)) => {}
            (text, None) => match prefix_of(text) {
                Some(net) => prefix = Some(net),
                None => return invalid_prefix(call, "any valid", text),
            },
            (other, _) => return call.not_modelled(other),
        }
    }
    let (Some(net), Some(device)) = (prefix, device) else {
        if device.is_none() {
            call.err("Not enough information: \"dev\" argument is required.\n");
            return 1;
        }
        return call.not_modelled("an address is missing");
    };
    let Some(has) = call.node().and_then(|node| {
        node.stack.routing.device(device)?;
        Some(node.stack.routing.has_address(device, net))
    }) else {
        return no_device(call, device);
    };
    match (verb, has) {
        ("add", true) => answers(call, "File exists"),
        ("delete", false) => answers(call, "Cannot assign requested address"),
        ("replace", true) => 0,
        (verb, _) => {
            call.change(|node, _| {
                let routing = &mut node.stack.routing;
                if verb == "delete" {
                    routing.remove_address(device, net);
                    routing.remove_subnet(device, net);
                } else {
                    routing.add_address(device, net);
                    routing.add_subnet(device, net);
                }
                Ok::<(), ()>(())
            });
            0
        }
    }
}

/// An address, of one host if it names no length.
pub(super) fn prefix_of(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}
