use super::super::Status;
use super::super::call::Call;
use super::Style;
use crate::iproute::address::{Form, Interface, Listing, What};
use crate::netfilter::routing::DeviceKind;

/// `ip link show` and `ip addr show`.
pub(super) fn show(call: &mut Call<'_>, style: Style, what: What, words: &[&str]) -> Status {
    let mut wanted = Wanted::default();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "dev" => wanted.device = words.next(),
            "master" => wanted.master = words.next(),
            "type" => wanted.kind = words.next(),
            "up" => wanted.is_up = true,
            "scope" | "to" | "label" | "vrf" | "group" | "tentative" | "dynamic" | "permanent" | "primary"
            | "secondary" => return call.not_modelled(word),
            name => wanted.device = Some(name),
        }
    }
    let Some((lane, node)) = call.place() else {
        return 1;
    };
    let network = &call.lab.lanes[lane].network;
    let Some(stack) = network.node(node).map(|node| &node.stack) else {
        return 1;
    };
    if let Some(name) = wanted.device.into_iter().chain(wanted.master).find(|name| stack.routing.device(name).is_none())
    {
        let said = format!("Device \"{name}\" does not exist.\n");
        call.err(&said);
        return 1;
    }
    let mut listing = Listing::of(&stack.routing, &stack.bridges).with_facts_of(network.listed_interfaces());
    let kind = |interface: &Interface| stack.routing.device(&interface.name).and_then(|device| type_of(device.kind));
    listing.interfaces.retain(|interface| wanted.is_met(interface, kind(interface)));
    let form = match style {
        Style { brief: true, .. } => Form::Brief,
        Style { one_line: true, .. } => Form::OneLine,
        _ => Form::Full,
    };
    let text = listing.show(what, form, style.family);
    call.out(&text);
    0
}

/// Which devices are listed.
#[derive(Clone, Copy, Debug, Default)]
struct Wanted<'a> {
    device: Option<&'a str>,
    master: Option<&'a str>,
    kind: Option<&'a str>,
    is_up: bool,
}

impl Wanted<'_> {
    fn is_met(self, interface: &Interface, kind: Option<&str>) -> bool {
        self.device.is_none_or(|name| *interface.name == *name)
            && self.master.is_none_or(|master| interface.fact("master") == Some(master))
            && self.kind.is_none_or(|wanted| kind == Some(wanted))
            && (!self.is_up || interface.has_flag("UP") == Some(true))
    }
}

/// What `ip -d link` calls it; hardware and the loopback have no such type.
const fn type_of(kind: DeviceKind) -> Option<&'static str> {
    match kind {
        DeviceKind::Veth => Some("veth"),
        DeviceKind::Bridge => Some("bridge"),
        DeviceKind::Dummy => Some("dummy"),
        DeviceKind::Vxlan => Some("vxlan"),
        DeviceKind::Loopback | DeviceKind::Ethernet | DeviceKind::Tunnel => None,
    }
}
