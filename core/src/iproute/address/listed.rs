use std::net::IpAddr;
use std::num::NonZeroU32;

use ipnet::IpNet;

use super::{Address, Interface, Listing};
use crate::netfilter::routing::{Device, DeviceKind};
use crate::netfilter::{Bridges, Routing};

impl Listing {
    /// The devices of a node, as `ip addr` lists them: with the addresses that somebody gave it with `ip addr add`, and pods
    /// in namespaces that have no name.
    pub fn of(routing: &Routing, bridges: &Bridges) -> Self {
        let mut cables = 0..;
        let interface = |device: &Device| Interface {
            index: routing.index_of(&device.name).map_or(0, NonZeroU32::get),
            name: device.name.clone(),
            link: (device.kind == DeviceKind::Veth).then(|| "if2".into()),
            facts: Some(facts(device, routing, bridges).into()),
            details: vec![hardware(device, &mut cables).into()],
            addresses: listed(&device.addresses, &device.name),
            statistics: Vec::new(),
            line: 0,
        };
        Self { one_line: false, interfaces: routing.devices().iter().map(interface).collect() }
    }

    /// The same with what is known of the devices from a listing that was pasted.
    #[must_use]
    pub fn with_facts_of(mut self, pasted: &[Interface]) -> Self {
        for interface in &mut self.interfaces {
            let Some(known) = pasted.iter().find(|known| known.name == interface.name) else {
                continue;
            };
            let mut now = std::mem::take(&mut interface.addresses);
            let is_there = |known: &&Address| now.iter().any(|address| address.net() == known.net());
            let kept: Vec<_> = known.addresses.iter().filter(is_there).cloned().collect();
            now.retain(|address| !kept.iter().any(|known| known.net() == address.net()));
            *interface = Interface { addresses: kept.into_iter().chain(now).collect(), ..known.clone() };
        }
        self
    }
}

/// What stands behind the name: of a device that nobody has said more of than what it is, as it is after it was made.
fn facts(device: &Device, routing: &Routing, bridges: &Bridges) -> String {
    const PLUGGED: &str = "<BROADCAST,MULTICAST,UP,LOWER_UP>";
    let (flags, queueing, state) = match device.kind {
        DeviceKind::Loopback => ("<LOOPBACK,UP,LOWER_UP>", "noqueue", "UNKNOWN"),
        // As systemd sets it (`net.core.default_qdisc`).
        DeviceKind::Ethernet => (PLUGGED, "fq_codel", "UP"),
        DeviceKind::Veth => (PLUGGED, "noqueue", "UP"),
        DeviceKind::Bridge if bridges.ports_of(&device.name).next().is_none() => {
            ("<NO-CARRIER,BROADCAST,MULTICAST,UP>", "noqueue", "DOWN")
        }
        DeviceKind::Bridge => (PLUGGED, "noqueue", "UP"),
        DeviceKind::Vxlan => (PLUGGED, "noqueue", "UNKNOWN"),
        DeviceKind::Dummy => ("<BROADCAST,NOARP>", "noop", "DOWN"),
        DeviceKind::Tunnel => ("<POINTOPOINT,NOARP,UP,LOWER_UP>", "noqueue", "UNKNOWN"),
    };
    let usual = if device.kind == DeviceKind::Loopback { 65_536 } else { 1500 };
    let mtu = routing.mtu(&device.name).map_or(usual, u32::from);
    let master = bridges.master_of(&device.name).map_or_else(String::new, |master| format!(" master {master}"));
    let queue = match routing.queue_length(&device.name) {
        0 => String::new(),
        length => format!("qlen {length}"),
    };
    format!("{flags} mtu {mtu} qdisc {queueing}{master} state {state} group default {queue}")
}

fn hardware(device: &Device, cables: &mut impl Iterator<Item = u32>) -> String {
    let namespace = match device.kind {
        DeviceKind::Veth => cables.next().map_or_else(String::new, |number| format!(" link-netnsid {number}")),
        _ => String::new(),
    };
    match device.mac {
        Some(mac) => format!("    link/ether {mac} brd ff:ff:ff:ff:ff:ff{namespace}"),
        None if device.kind == DeviceKind::Loopback => {
            "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00".to_owned()
        }
        None if device.kind.has_frames() => format!("    link/ether{namespace}"),
        None => "    link/none ".to_owned(),
    }
}

/// IPv4 first. The kernel puts the newest address of IPv6 in front within a scope, so that the oldest is last
/// (`ipv6_link_dev_addr`); an IPv4 address in the subnet of an earlier one is secondary (`__inet_insert_ifa`).
fn listed(addresses: &[IpNet], device: &str) -> Vec<Address> {
    let mut listed: Vec<Address> = Vec::new();
    let of_v4: Vec<_> = addresses.iter().filter(|net| net.addr().is_ipv4()).collect();
    for (number, net) in of_v4.iter().enumerate() {
        let is_secondary =
            of_v4[..number].iter().any(|other| other.prefix_len() == net.prefix_len() && other.contains(&net.addr()));
        let scope = if net.addr().is_loopback() { "host" } else { "global" };
        let mut words: Vec<Box<str>> = vec!["scope".into(), scope.into()];
        if is_secondary {
            words.push("secondary".into());
        }
        words.push(device.into());
        listed.push(Address::forever(**net, words));
    }
    // Secondary addresses come behind all primary ones.
    listed.sort_by_key(|address| address.has_flag("secondary"));
    let scope = |net: &IpNet| match net.addr() {
        IpAddr::V6(address) if address.is_loopback() => (2, "host"),
        IpAddr::V6(address) if address.is_unicast_link_local() => (1, "link"),
        _ => (0, "global"),
    };
    let mut of_v6: Vec<_> = addresses.iter().filter(|net| net.addr().is_ipv6()).rev().collect();
    of_v6.sort_by_key(|net| scope(net).0);
    listed.extend(of_v6.into_iter().map(|net| Address::forever(*net, vec!["scope".into(), scope(net).1.into()])));
    listed
}

impl Address {
    fn forever(net: IpNet, words: Vec<Box<str>>) -> Self {
        let lifetimes = Some("valid_lft forever preferred_lft forever".into());
        Self { local: net.addr(), peer: None, prefix_length: net.prefix_len(), words, lifetimes }
    }
}
