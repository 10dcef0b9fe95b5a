use ipnet::IpNet;

use super::super::Status;
use super::super::call::Call;
use super::address::prefix_of;
use super::{Style, command, invalid_prefix, no_device, unknown_command};
use crate::iproute::neighbour::{Form, Neighbour, STATES};
use crate::net::Family;

pub(super) fn run(call: &mut Call<'_>, style: Style, words: &[&str]) -> Status {
    let (verb, rest) = words.split_first().map_or(("show", &[][..]), |(verb, rest)| (*verb, rest));
    match command(verb) {
        Some("show" | "list" | "lst") => show(call, style, rest),
        Some(other) => call.not_modelled(&format!("ip neigh {other}")),
        None => unknown_command(call, verb, "neigh"),
    }
}

/// Which neighbours are listed.
#[derive(Clone, Debug, Default)]
struct Wanted<'w> {
    device: Option<&'w str>,
    to: Option<IpNet>,
    /// None if none was asked for: all but those that need no asking.
    states: Option<Vec<&'static str>>,
    family: Option<Family>,
}

impl Wanted<'_> {
    fn is_met(&self, neighbour: &Neighbour) -> bool {
        let has_state = match &self.states {
            None => neighbour.state != "NOARP",
            Some(states) => states.contains(&neighbour.state.as_str()),
        };
        has_state
            && self.device.is_none_or(|name| *neighbour.device == *name)
            && self.to.is_none_or(|net| net.contains(&neighbour.address))
            && self.family.is_none_or(|family| Family::of(neighbour.address) == family)
    }
}

fn show(call: &mut Call<'_>, style: Style, words: &[&str]) -> Status {
    let wanted = match read(call, style, words) {
        Ok(wanted) => wanted,
        Err(status) => return status,
    };
    let Some((lane, node)) = call.place() else {
        return 1;
    };
    let network = &call.lab.lanes[lane].network;
    let Some(stack) = network.node(node).map(|node| &node.stack) else {
        return 1;
    };
    if let Some(name) = wanted.device.filter(|name| stack.routing.device(name).is_none()) {
        return no_device(call, name);
    }
    let is_copied = network.listed_neighbours().is_some();
    let all: Vec<Neighbour> = match network.listed_neighbours() {
        Some(listed) => listed.iter().filter(|one| stack.routing.device(&one.device).is_some()).cloned().collect(),
        None => stack.neighbours.iter().map(|(device, to, mac)| Neighbour::permanent(device, to, mac)).collect(),
    };
    let form = Form { is_brief: style.brief, with_device: wanted.device.is_none() };
    let text: String = all.iter().filter(|one| wanted.is_met(one)).map(|one| one.line(form)).collect();
    call.out(&text);
    if !is_copied {
        call.remark(crate::message!("shell-neighbours"));
    }
    0
}

/// `do_show_or_flush`
fn read<'w>(call: &mut Call<'_>, style: Style, words: &[&'w str]) -> Result<Wanted<'w>, Status> {
    let mut wanted = Wanted { family: style.family, ..Wanted::default() };
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "dev" | "nud" | "to" => {
                let Some(value) = words.next() else {
                    call.err("Command line is not complete. Try option \"help\"\n");
                    return Err(255);
                };
                match word {
                    "dev" => wanted.device = Some(value),
                    "nud" => wanted.states.get_or_insert_default().extend(states(call, value)?),
                    _ => wanted.to = Some(prefix(call, value)?),
                }
            }
            "vrf" | "master" | "nomaster" | "unused" | "proxy" => return Err(call.not_modelled(word)),
            text => wanted.to = Some(prefix(call, text)?),
        }
    }
    Ok(wanted)
}

fn prefix(call: &mut Call<'_>, text: &str) -> Result<IpNet, Status> {
    prefix_of(text).map(|net| net.trunc()).ok_or_else(|| invalid_prefix(call, "any valid", text))
}

/// `nud_state_a2n`: any beginning will do.
fn states(call: &mut Call<'_>, text: &str) -> Result<Vec<&'static str>, Status> {
    if text == "all" {
        return Ok(STATES.to_vec());
    }
    let known = STATES.into_iter().find(|state| !text.is_empty() && state.to_lowercase().starts_with(text));
    known.map(|state| vec![state]).ok_or_else(|| {
        call.err(&format!("Error: argument \"{text}\" is wrong: nud state is bad\n"));
        255
    })
}
