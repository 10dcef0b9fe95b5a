use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::{Destination, Kind, Origin, Parts, sysctl};
use crate::iproute;
use crate::message;
use crate::net::Family;
use crate::netfilter::routing::{Device, DeviceKind, RouteEntry, Routing};
use crate::netfilter::{Hook, XtTable, conntrack};
use crate::nftables::TableFamily;
use crate::node::Node;
use crate::source::{Diagnostic, Position, Severity};
use crate::task::block_on;
use crate::{ipset, iptables, ipvs, nftables};

/// A node that has what was copied from one.
#[derive(Clone, Debug)]
pub struct Restored {
    pub node: Node,
    /// Where packets can come from.
    pub origins: Vec<Origin>,
    /// What its rules are about.
    pub destinations: Vec<Destination>,
    /// What is said of its devices.
    pub interfaces: Vec<iproute::address::Interface>,
    /// Its neighbours, as they were listed.
    pub neighbours: Vec<iproute::neighbour::Neighbour>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Gives a fresh node what the parts say, each by its own tool.
///
/// # Errors
/// What the tools refuse, at its place.
pub fn restore(parts: &Parts) -> Result<Restored, Vec<Diagnostic>> {
    block_on(restore_in_turns(parts))
}

/// [`restore`], in turns.
pub(crate) async fn restore_in_turns(parts: &Parts) -> Result<Restored, Vec<Diagnostic>> {
    let mut diagnostics = parts.unknown.clone();
    let mut node = Node::new("node".into());
    diagnostics.push(taken_for_granted(parts.texts.contains_key(&Kind::Sysctl)));
    let listed = listed(parts, &mut diagnostics);
    let origins = match &listed {
        Some(listed) => {
            let (routing, said) = iproute::install(listed);
            diagnostics.extend(said);
            node.stack.routing = routing;
            let (bridges, said) = iproute::bridges(listed);
            diagnostics.extend(said);
            node.stack.bridges = bridges;
            node.stack.neighbours = iproute::neighbour::install(&listed.neighbours);
            Origin::all(listed, &node.stack.bridges)
        }
        None => {
            node.stack.routing = one_way_out();
            Origin::without_listing()
        }
    };
    if let Some(text) = parts.texts.get(&Kind::Sysctl) {
        diagnostics.extend(sysctl::apply(&mut node, text));
    }
    diagnostics.extend(unknown_neighbours(parts));
    diagnostics.extend(assumed_bridge_calls(&node, parts.texts.get(&Kind::Sysctl)));
    load(&mut node, parts, &mut diagnostics).await;
    if listed.is_none() {
        diagnostics.push(assumed_addresses(&mut node));
    }
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
        return Err(diagnostics);
    }
    let destinations = Destination::all(&node);
    let iproute::Node { interfaces, neighbours, .. } = listed.unwrap_or_default();
    Ok(Restored { node, origins, destinations, interfaces, neighbours, diagnostics })
}

/// What the listings of iproute2 say; None if there is none.
fn listed(parts: &Parts, diagnostics: &mut Vec<Diagnostic>) -> Option<iproute::Node> {
    let mut listed = iproute::Node::default();
    let text = |kind| parts.texts.get(&kind);
    if let Some(text) = text(Kind::IpAddress) {
        match iproute::address::parse(text) {
            Ok(listing) => listed.interfaces = listing.interfaces,
            Err(error) => diagnostics.push(error),
        }
    }
    if let Some(text) = text(Kind::IpRoute) {
        match iproute::route::parse(text) {
            Ok(listing) => listed.routes = listing.routes,
            Err(error) => diagnostics.push(error),
        }
    }
    if let Some(text) = text(Kind::IpRule) {
        match iproute::rule::parse(text, None) {
            Ok(rules) => listed.rules = rules,
            Err(error) => diagnostics.push(error),
        }
    }
    if let Some(text) = text(Kind::IpNeighbour) {
        match iproute::neighbour::parse(text) {
            Ok(neighbours) => listed.neighbours = neighbours,
            Err(error) => diagnostics.push(error),
        }
    }
    (!listed.interfaces.is_empty() || !listed.routes.is_empty()).then_some(listed)
}

/// Sets come before the rules that match them.
async fn load(node: &mut Node, parts: &Parts, diagnostics: &mut Vec<Diagnostic>) {
    let text = |kind| parts.texts.get(&kind);
    if let Some(text) = text(Kind::IpsetSave) {
        diagnostics.extend(ipset::restore(&mut node.stack.ipsets, text, false, 0).err());
    }
    for family in [Family::V4, Family::V6] {
        if let Some(text) = text(Kind::IptablesSave(family)) {
            let restored = iptables::restore_in_turns(node.iptables.of_mut(family), text, false).await;
            diagnostics.extend(restored.err().unwrap_or_default());
        }
    }
    load_rules(node, parts, diagnostics);
    node.note_registrations();
    if let Some(text) = text(Kind::Nft) {
        diagnostics.extend(nftables::apply_in_turns(&mut node.nftables, text, 0).await.err().unwrap_or_default());
        diagnostics.extend(half_told(text));
    }
    if let Some(text) = text(Kind::NftJson) {
        diagnostics.extend(nftables::json::apply(&mut node.nftables, text, 0).err().unwrap_or_default());
        diagnostics.extend(half_told(text));
    }
    if parts.over_nf_tables {
        diagnostics.extend(forget_twins(node));
    }
    diagnostics.extend(assumed_order(node));
    if let Some(text) = text(Kind::IpvsadmSave) {
        diagnostics.extend(ipvs::ipvsadm::restore(&mut node.ipvs, text));
    }
    if let Some(text) = text(Kind::Conntrack) {
        match conntrack::listing::parse(text) {
            Ok(listing) => diagnostics.extend(listing.restore(&mut node.stack.conntrack, 0)),
            Err(errors) => diagnostics.extend(errors),
        }
    }
}

/// What `iptables -S` lists, table by table.
fn load_rules(node: &mut Node, parts: &Parts, diagnostics: &mut Vec<Diagnostic>) {
    for (kind, text) in &parts.texts {
        if let Kind::IptablesRules(family, table) = kind {
            let restored = iptables::restore_commands(node.iptables.of_mut(*family), *table, text);
            diagnostics.extend(restored.err().unwrap_or_default());
            diagnostics.push(Diagnostic::note(Position::START, message!("wrong-rules-of-table", table = table.name())));
        }
    }
}

/// iptables-nft keeps its rules in tables of nft, which nft lists as well: a packet meets them once.
fn forget_twins(node: &mut Node) -> Option<Diagnostic> {
    let mut twins = String::new();
    for (family, word) in [(Family::V4, "ip"), (Family::V6, "ip6")] {
        let loaded = node.iptables.of(family);
        let of_nft = TableFamily::from_name(word)?;
        for table in XtTable::ALL {
            if loaded.has(table) && node.nftables.find_table(of_nft, table.name()).is_some() {
                twins.push_str(&format!("delete table {word} {table}\n"));
            }
        }
    }
    (!twins.is_empty() && nftables::apply(&mut node.nftables, &twins).is_ok())
        .then(|| Diagnostic::note(Position::START, message!("wrong-twins")))
}

/// Of two functions with the same priority the kernel calls first the one that came last, which no listing tells.
fn assumed_order(node: &Node) -> Option<Diagnostic> {
    let meet = |family: Family, hook: Hook, table: XtTable| {
        let is_loaded = node.iptables.of(family).has(table) && table.hooks().contains(&hook);
        let chains = nftables::base_chains(&node.nftables, family, hook);
        is_loaded && chains.iter().any(|chain| chain.priority == table.priority(hook))
    };
    let at = |family, hook| XtTable::ALL.into_iter().any(|table| meet(family, hook, table));
    let hooks = [Family::V4, Family::V6].into_iter().flat_map(|family| Hook::ALL.map(|hook| (family, hook)));
    hooks
        .into_iter()
        .any(|(family, hook)| at(family, hook))
        .then(|| Diagnostic::note(Position::START, message!("wrong-same-priority")))
}

/// nft lists of a match or target of iptables-nft that it has no words for the name and no options.
fn half_told(text: &str) -> Option<Diagnostic> {
    let number = text
        .lines()
        .position(|line| line.contains(" xt match ") || line.contains(" xt target ") || line.contains("{\"xt\":"))?;
    Some(Diagnostic::warning(
        Position::new(u32::try_from(number + 1).unwrap_or(u32::MAX), 1),
        message!("wrong-half-told"),
        message!("expected-iptables-rules"),
        message!("advice-iptables-too"),
    ))
}

fn taken_for_granted(has_settings: bool) -> Diagnostic {
    let message = if has_settings { message!("wrong-copied-settings") } else { message!("wrong-copied") };
    Diagnostic::note(Position::START, message)
}

/// Rules that ask for hardware addresses, where nobody says who has which.
fn unknown_neighbours(parts: &Parts) -> Option<Diagnostic> {
    if parts.texts.contains_key(&Kind::IpNeighbour) {
        return None;
    }
    let asks = |line: &str| ["--mac-source", "ether saddr", "ether daddr"].iter().any(|words| line.contains(words));
    let number = parts.texts.values().find_map(|text| text.lines().position(asks))?;
    Some(Diagnostic::warning(
        Position::new(u32::try_from(number + 1).unwrap_or(u32::MAX), 1),
        message!("wrong-unknown-hardware"),
        message!("expected-neighbours"),
        message!("advice-neighbours"),
    ))
}

/// Without `br_netfilter` there is no such setting to list.
fn assumed_bridge_calls(node: &Node, settings: Option<&String>) -> Option<Diagnostic> {
    let has_ports =
        node.stack.routing.devices().iter().any(|device| node.stack.bridges.master_of(&device.name).is_some());
    let is_said = settings.is_some_and(|text| text.contains("bridge-nf-call-iptables"));
    (has_ports && !is_said).then(|| Diagnostic::note(Position::START, message!("wrong-bridge-calls")))
}

/// IPVS hears of no packet that is not for the node itself (it stands at LOCAL_IN), so that kube-proxy gives the addresses of
/// its virtual services to a device.
fn assumed_addresses(node: &mut Node) -> Diagnostic {
    let addresses = node.ipvs.services().filter_map(|service| match service.key {
        ipvs::ServiceKey::Address { address, .. } => Some(address.address),
        ipvs::ServiceKey::Mark { .. } => None,
    });
    let addresses: BTreeSet<IpAddr> = addresses.collect();
    if addresses.is_empty() {
        return Diagnostic::note(Position::START, message!("wrong-assumed-routing"));
    }
    let addresses = addresses.into_iter().map(IpNet::from).collect();
    let device = Device { name: "kube-ipvs0".into(), kind: DeviceKind::Dummy, mac: None, addresses };
    node.stack.routing.add_device(device);
    Diagnostic::note(Position::START, message!("wrong-assumed-virtual"))
}

fn one_way_out() -> Routing {
    let mut routing = Routing::default();
    let nets = |texts: &[&str]| texts.iter().filter_map(|text| text.parse().ok()).collect::<Vec<_>>();
    let loopback = nets(&["127.0.0.1/8", "::1/128"]);
    routing.add_device(Device { name: "lo".into(), kind: DeviceKind::Loopback, mac: None, addresses: loopback });
    routing.add_device(Device { name: "eth0".into(), kind: DeviceKind::Ethernet, mac: None, addresses: Vec::new() });
    for everything in nets(&["0.0.0.0/0", "::/0"]) {
        routing.add_route(RouteEntry::on_link(everything, "eth0".into(), None));
    }
    routing
}
