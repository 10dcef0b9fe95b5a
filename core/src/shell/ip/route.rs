use std::net::IpAddr;

use ipnet::IpNet;

use super::super::Status;
use super::super::call::Call;
use super::address::prefix_of;
use super::{Style, answers, command, invalid_prefix, no_device, pairs, unknown_command};
use crate::iproute::route::Listing;
use crate::net::Family;
use crate::netfilter::Routing;
use crate::netfilter::routing::{Destination, RouteEntry};
use crate::trace::Route;

pub(super) fn run(call: &mut Call<'_>, style: Style, words: &[&str]) -> Status {
    let (verb, rest) = words.split_first().map_or(("show", &[][..]), |(verb, rest)| (*verb, rest));
    let family = style.family.unwrap_or(Family::V4);
    match command(verb) {
        Some("show" | "list" | "lst") => show(call, style.family, rest),
        Some("get") => get(call, rest),
        Some(verb @ ("add" | "replace" | "delete")) => change(call, family, verb, rest),
        Some(other) => call.not_modelled(&format!("ip route {other}")),
        None => unknown_command(call, verb, "route"),
    }
}

/// The kernel's tables, by the names or the numbers of `/etc/iproute2/rt_tables`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Main,
    Local,
    All,
}

fn show(call: &mut Call<'_>, family: Option<Family>, words: &[&str]) -> Status {
    let (mut device, mut table) = (None, Table::Main);
    for (word, value) in pairs(words) {
        match (word, value) {
            ("table", Some("main" | "254")) => table = Table::Main,
            ("table", Some("local" | "255")) if family != Some(Family::V6) => table = Table::Local,
            ("table", Some("all" | "0")) if family != Some(Family::V6) => table = Table::All,
            ("dev", Some(name)) => device = Some(name),
            (other, value) => return call.not_modelled(&[other, value.unwrap_or_default()].join(" ")),
        }
    }
    let Some(routing) = call.node().map(|node| &node.stack.routing) else {
        return 1;
    };
    if let Some(name) = device.filter(|name| routing.device(name).is_none()) {
        return no_device(call, name);
    }
    let main = || Listing::of(routing, family.unwrap_or(Family::V4));
    let mut listing = match table {
        Table::Main => main(),
        Table::Local => Listing::local(routing),
        Table::All => {
            let mut all = main();
            all.routes.extend(Listing::local(routing).with_table("local").routes);
            all
        }
    };
    if let Some(name) = device {
        // What every line would say is left out.
        listing.routes.retain(|route| route.device().is_some_and(|known| **known == *name));
        for route in &mut listing.routes {
            route.attributes.retain(|attribute| !matches!(attribute, crate::iproute::route::Attribute::Dev(_)));
        }
    }
    let text = listing.to_string();
    call.out(&text);
    if table == Table::All && family.is_none() {
        call.remark(crate::message!("shell-route-all"));
    }
    0
}

/// The line for a destination as the kernel resolves it. The second line of the tool is the uid of who asks, and the
/// cache.
fn get(call: &mut Call<'_>, words: &[&str]) -> Status {
    let [text] = words else {
        return call.not_modelled("ip route get with more than an address");
    };
    let Some(dst) = prefix_of(text).map(|net| net.addr()) else {
        return invalid_prefix(call, "any valid", text);
    };
    let Some(routing) = call.node().map(|node| &node.stack.routing) else {
        return 1;
    };
    let source = routing.source_for(dst).map(|source| format!(" src {source}")).unwrap_or_default();
    // Without policy rules the tables local and main are one (`fib_unmerge`).
    let table = if dst.is_ipv4() && routing.policies().next().is_some() { " table local" } else { "" };
    let line = match routing.lookup(dst) {
        Route::Local { .. } => Ok(format!("local {dst} dev lo{table}{source}")),
        Route::Via { device, gateway: None } => Ok(format!("{dst} dev {device}{source}")),
        Route::Via { device, gateway: Some(gateway) } => Ok(format!("{dst} via {gateway} dev {device}{source}")),
        Route::Blackhole => Err("Invalid argument"),
        Route::Refused(crate::netfilter::RejectWith::AdminProhibited) => Err("Permission denied"),
        Route::Refused(_) => Err("No route to host"),
        Route::Unreachable => Err("Network is unreachable"),
    };
    match line {
        Ok(line) => {
            let end = if dst.is_ipv4() { " uid 0 \n    cache " } else { " metric 1024 pref medium" };
            let cached = if line.starts_with("local") && dst.is_ipv4() { "<local> " } else { "" };
            call.out(&format!("{line}{end}{cached}\n"));
            0
        }
        Err(what) => answers(call, what),
    }
}

fn change(call: &mut Call<'_>, family: Family, verb: &str, words: &[&str]) -> Status {
    let (mut prefix, mut gateway, mut device, mut source, mut refusal) = (None, None, None, None, None);
    for (word, value) in pairs(words) {
        let address = value.and_then(|text| text.parse::<IpAddr>().ok());
        match (word, value) {
            ("via", Some(text)) => match address {
                Some(address) => gateway = Some(address),
                None => {
                    call.err(&format!("Error: inet address is expected rather than \"{text}\".\n"));
                    return 1;
                }
            },
            ("dev", Some(name)) => device = Some(name),
            ("src", Some(_)) if address.is_some() => source = address,
            ("table", Some("main")) | ("proto" | "scope", Some(_)) => {}
            ("blackhole", None) => refusal = Some(Destination::Blackhole),
            ("unreachable", None) => refusal = Some(Destination::Unreachable),
            ("prohibit", None) => refusal = Some(Destination::Prohibit),
            ("default", None) => prefix = Some(default_of(gateway.map_or(family, Family::of))),
            (text, None) => match prefix_of(text) {
                Some(net) => prefix = Some(net),
                None => return invalid_prefix(call, "any valid", text),
            },
            (other, value) => return call.not_modelled(&[other, value.unwrap_or_default()].join(" ")),
        }
    }
    let Some(prefix) = prefix.map(|net| net.trunc()) else {
        return call.not_modelled("a prefix is missing");
    };
    let Some(routing) = call.node().map(|node| &node.stack.routing) else {
        return 1;
    };
    if let Some(name) = device.filter(|name| routing.device(name).is_none()) {
        return no_device(call, name);
    }
    let is_there = routing.main_routes().any(|route| route.prefix == prefix);
    if verb == "delete" {
        if !is_there {
            return answers(call, "No such process");
        }
    } else if is_there && verb == "add" {
        return answers(call, "File exists");
    }
    let to = match (verb, refusal) {
        ("delete", _) => None,
        (_, Some(refusal)) => Some(refusal),
        _ => match way(routing, gateway, device) {
            Ok(to) => Some(to),
            Err(text) => {
                call.err(text);
                return 2;
            }
        },
    };
    call.change(|node, _| {
        let routing = &mut node.stack.routing;
        routing.remove_route(prefix);
        if let Some(to) = to {
            routing.add_route(RouteEntry { prefix, to, source });
        }
        Ok::<(), ()>(())
    });
    0
}

fn default_of(family: Family) -> IpNet {
    match family {
        Family::V4 => IpNet::V4(ipnet::Ipv4Net::default()),
        Family::V6 => IpNet::V6(ipnet::Ipv6Net::default()),
    }
}

/// A gateway must be on a link of the node (`fib_check_nh`).
fn way(routing: &Routing, gateway: Option<IpAddr>, device: Option<&str>) -> Result<Destination, &'static str> {
    match (gateway, device) {
        (None, None) => Err("RTNETLINK answers: No such device\n"),
        (None, Some(device)) => Ok(Destination::Via { device: device.into(), gateway: None }),
        (Some(gateway), device) => match routing.lookup(gateway) {
            Route::Via { device: found, gateway: None } if device.is_none_or(|name| *found == *name) => {
                Ok(Destination::Via { device: found, gateway: Some(gateway) })
            }
            _ => Err("Error: Nexthop has invalid gateway.\n"),
        },
    }
}
