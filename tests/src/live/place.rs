//! The node of generated cases: its devices, and the addresses around it.

use std::collections::BTreeMap;

use datapath_core::net::Family;

use crate::kernel::{Bridge, Case, Packet, Port, Vxlan};

/// One family's addresses: of clients, of pods, of the node, of services that are nobody's.
pub struct Place {
    pub clients: &'static [&'static str],
    pub pods: &'static [&'static str],
    pub own: &'static [&'static str],
    pub services: &'static [&'static str],
    /// Where few packets go or come from.
    pub odd: &'static [&'static str],
    pub prefixes: &'static [&'static str],
}

const V4: Place = Place {
    clients: &["192.168.1.50", "192.168.1.51", "10.0.0.7"],
    pods: &["10.244.1.2", "10.244.1.3", "10.244.2.9"],
    own: &["192.168.1.1", "10.0.0.1"],
    services: &["10.96.0.10", "10.96.0.11", "172.16.0.5"],
    odd: &[
        "192.168.1.255",
        "127.0.0.1",
        "10.99.0.1",
        "224.0.0.5",
        "255.255.255.255",
        "10.97.0.1",
        "10.98.0.1",
        "172.20.0.1",
    ],
    prefixes: &["10.0.0.0/8", "10.244.0.0/16", "192.168.1.0/24", "192.168.1.50/31", "10.96.0.0/12", "0.0.0.0/1"],
};

const V6: Place = Place {
    clients: &["fd01::50", "fd01::51", "fd02::7"],
    pods: &["fd44:1::2", "fd44:1::3", "fd44:2::9"],
    own: &["fd01::1", "fd02::1"],
    services: &["fd96::10", "fd96::11", "2001:db8::5"],
    odd: &["::1", "fd99::1", "fd97::1", "fd98::1", "fd9a::1"],
    prefixes: &["fd00::/8", "fd44::/16", "fd01::/64", "fd01::50/127", "fd96::/108"],
};

impl Place {
    pub const fn of(family: Family) -> &'static Self {
        match family {
            Family::V4 => &V4,
            Family::V6 => &V6,
        }
    }

    pub fn all(&self) -> Vec<&'static str> {
        [self.clients, self.pods, self.own, self.services].concat()
    }

    /// The device that a packet from this address comes in by; `local` for the node's own.
    pub fn device_of(&self, address: &str) -> &'static str {
        if self.own.contains(&address) {
            "local"
        } else if self.pods[..2].contains(&address) {
            "pod0"
        } else if address == self.pods[2] || address == self.clients[2] {
            "eth1"
        } else {
            "eth0"
        }
    }
}

/// Puts the pods on a bridge, each behind a port of its own, in place of a single device.
pub fn bridge_pods(case: &mut Case, hairpin: bool) {
    let bridge = "pod0";
    case.ifaces.remove(bridge);
    case.routes.retain(|route| route.contains("table") || !route.ends_with(bridge));
    let port = |number: usize| {
        let stations = [V4.pods[number], V6.pods[number]].map(str::to_owned).into();
        (PORTS[number].to_owned(), Port { hairpin, stations })
    };
    let addresses = ["10.244.1.1/24", "fd44:1::1/64"].map(str::to_owned).into();
    case.bridges.insert(bridge.to_owned(), Bridge { addresses, ports: [port(0), port(1)].into() });
}

/// Joins the pods of the other node by an overlay.
pub fn overlay(case: &mut Case) {
    let device = "flannel.1";
    case.routes.retain(|route| !route.starts_with("10.244.2.0/24") || route.contains("table"));
    case.routes.push(format!("10.244.2.0/24 via 10.244.2.0 dev {device} onlink"));
    let vxlan = Vxlan {
        addresses: vec!["10.244.1.0/32".to_owned()],
        id: 1,
        port: 8472,
        local: V4.own[1].to_owned(),
        source_port: 50_000,
        peers: BTreeMap::from([("10.244.2.0".to_owned(), PEER.to_owned())]),
    };
    case.vxlans.insert(device.to_owned(), vxlan);
}

/// The packet of a pod of the other node, as that sends it over the overlay.
pub fn over_overlay(packet: Packet) -> Packet {
    // A frame to everybody has another address than that of the overlay's end.
    let is_to_many = packet.dst == "255.255.255.255" || packet.dst == "224.0.0.5";
    if packet.src != V4.pods[2] || packet.iface != "eth1" || is_to_many {
        return packet;
    }
    let (iface, proto) = (packet.iface.clone(), Some("udp".to_owned()));
    let (src, dst) = (PEER.to_owned(), V4.own[1].to_owned());
    Packet { iface, src, dst, proto, sport: 50_001, dport: 8472, inside: Some(Box::new(packet)), ..Packet::default() }
}

const PEER: &str = "10.0.0.9";

/// The port that a packet of this pod comes in by.
pub fn port_of(pod: &str) -> &'static str {
    PORTS[usize::from(pod != V4.pods[0] && pod != V6.pods[0])]
}

const PORTS: [&str; 2] = ["veth0", "veth1"];

/// Two networks, and pods behind a device without addresses. 10.99.0.0/16 is nowhere, and some routes refuse. The tables
/// 100 and 101 are for policy rules.
pub fn node(name: String) -> Case {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    Case {
        name,
        ifaces: BTreeMap::from([
            ("eth0".to_owned(), words("192.168.1.1/24 fd01::1/64")),
            ("eth1".to_owned(), words("10.0.0.1/24 fd02::1/64")),
            ("pod0".to_owned(), Vec::new()),
        ]),
        bridges: BTreeMap::new(),
        vxlans: BTreeMap::new(),
        mtu: BTreeMap::new(),
        routes: [
            "10.244.1.0/24 dev pod0",
            "10.244.2.0/24 via 10.0.0.9 dev eth1",
            "10.96.0.0/12 dev eth0",
            "172.16.0.0/12 via 192.168.1.254 dev eth0",
            "fd44:1::/64 dev pod0",
            "fd44:2::/64 via fd02::9 dev eth1",
            "fd96::/108 dev eth0",
            "2001:db8::/32 via fd01::fe dev eth0",
            "blackhole 10.97.0.0/16",
            "unreachable 10.98.0.0/16",
            "prohibit 172.20.0.0/16",
            "blackhole fd97::/32",
            "unreachable fd98::/32",
            "prohibit fd9a::/32",
            "default via 10.0.0.9 dev eth1 table 100",
            "10.244.1.0/24 via 10.0.0.9 dev eth1 table 101",
            "throw 10.96.0.0/16 table 101",
            "unreachable 172.16.0.5/32 table 101",
            "fd44:1::/64 via fd02::9 dev eth1 table 101",
        ]
        .map(str::to_owned)
        .into(),
        rules: Vec::new(),
        sysctl: BTreeMap::new(),
        load: Vec::new(),
        packets: Vec::new(),
    }
}
