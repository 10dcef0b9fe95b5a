//! Replays case files of `inject.py` through the hooks of IPVS, with just as much of a node around them
//! as the cases need.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use datapath_core::chance::Chance;
use datapath_core::ipvs::{self, Ipvs, Outcome, Sysctls, ipvsadm};
use datapath_core::net::{Endpoint, Packet, TcpFlags, Transport};
use datapath_core::netfilter::routing::{Device, DeviceKind, RouteEntry};
use datapath_core::netfilter::{Context, Hook, Skb, Stack};
use datapath_core::trace::Silent;
use serde_json::Value;

pub fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/ipvs").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn read_json(file: &str) -> Vec<Value> {
    serde_json::from_str(&read(file)).unwrap()
}

/// What became of a packet: the device it left by and its headers; or that its sender was told, or
/// nobody was.
pub enum Sent {
    By(String, Packet),
    Refused,
    Dropped,
}

pub struct Node {
    pub ipvs: Ipvs,
    stack: Stack,
    /// Destinations below this prefix get mark 1, as the mangle rule of the fwmark cases does it.
    marked: Option<ipnet::IpNet>,
    pub now: u64,
}

impl Node {
    pub fn new(case: &Value) -> Self {
        let mut node = Self { ipvs: Ipvs::new(Sysctls::default()), stack: Stack::default(), marked: None, now: 0 };
        let lo = vec!["127.0.0.1/8".parse().unwrap(), "::1/128".parse().unwrap()];
        node.add_device("lo", DeviceKind::Loopback, lo);
        for (name, addresses) in case["ifaces"].as_object().unwrap() {
            let addresses = addresses
                .as_array()
                .unwrap()
                .iter()
                .map(|address| address.as_str().unwrap().parse().unwrap())
                .collect();
            let kind = if name == "eth0" { DeviceKind::Ethernet } else { DeviceKind::Veth };
            node.add_device(name, kind, addresses);
        }
        for route in case["routes"].as_array().into_iter().flatten() {
            node.add_route(route.as_str().unwrap());
        }
        for (name, value) in case["sysctl"].as_object().into_iter().flatten() {
            node.set(name.strip_prefix("net/ipv4/vs/").unwrap(), value.as_u64().unwrap());
        }
        for command in case["load"].as_array().unwrap() {
            node.load(command);
        }
        node
    }

    fn add_device(&mut self, name: &str, kind: DeviceKind, addresses: Vec<ipnet::IpNet>) {
        self.stack.routing.add_device(Device { name: name.into(), kind, mac: None, addresses });
    }

    /// `10.244.1.2 dev cali1`, `default dev eth0`
    fn add_route(&mut self, route: &str) {
        let words: Vec<_> = route.split_whitespace().filter(|word| *word != "-6").collect();
        let prefix = match words[0] {
            "default" => "0.0.0.0/0".parse().unwrap(),
            prefix => prefix.parse().unwrap_or_else(|_| ipnet::IpNet::from(prefix.parse::<IpAddr>().unwrap())),
        };
        self.stack.routing.add_route(RouteEntry::on_link(prefix, words[2].into(), None));
    }

    fn set(&mut self, sysctl: &str, value: u64) {
        let sysctls = &mut self.ipvs.sysctls;
        match sysctl {
            "conntrack" => sysctls.conntrack = value != 0,
            "conn_reuse_mode" => sysctls.conn_reuse_mode = u8::try_from(value).unwrap(),
            "expire_nodest_conn" => sysctls.expire_nodest_conn = value != 0,
            "expire_quiescent_template" => sysctls.expire_quiescent_template = value != 0,
            other => panic!("sysctl {other}"),
        }
    }

    /// A command of `load`, or of a `run` among the packets.
    pub fn load(&mut self, command: &Value) {
        let (argv, input) = match &command[0] {
            Value::Array(argv) => (argv.clone(), command[1].as_str().unwrap_or_default()),
            _ => (command.as_array().unwrap().clone(), ""),
        };
        let argv: Vec<_> = argv.iter().map(|word| word.as_str().unwrap()).collect();
        match argv.as_slice() {
            ["ipvsadm", "-R"] => self.restore(input),
            ["ipvsadm", words @ ..] => self.restore(&words.join(" ")),
            ["ip", "-batch", "-"] => {
                for line in input.lines() {
                    match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                        ["link", "add", name, ..] => self.add_device(name, DeviceKind::Dummy, Vec::new()),
                        ["addr", "add", address, "dev", name, ..] => {
                            self.stack.routing.add_address(name, address.parse().unwrap());
                        }
                        other => panic!("ip {other:?}"),
                    }
                }
            }
            ["ip", "route", "add", "local", prefix, "dev", "lo"] => {
                self.add_device("lo-too", DeviceKind::Loopback, vec![prefix.parse().unwrap()]);
            }
            ["iptables-legacy", "-t", "mangle", "-A", "PREROUTING", "-d", prefix, "-j", "MARK", "--set-mark", "1"] => {
                self.marked = Some(prefix.parse().unwrap());
            }
            ["sysctl", "-qw", setting] => {
                let (name, value) = setting.split_once('=').unwrap();
                self.set(name.strip_prefix("net.ipv4.vs.").unwrap(), value.parse().unwrap());
            }
            // Masquerading comes after IPVS and has no say in whom it chooses.
            ["iptables-legacy", ..] | ["ipset", ..] => {}
            other => panic!("{other:?}"),
        }
    }

    fn restore(&mut self, text: &str) {
        let diagnostics = ipvsadm::restore(&mut self.ipvs, text);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }

    /// A packet from outside, through LOCAL_IN or FORWARD.
    pub fn receive(&mut self, device: &str, packet: Packet) -> Sent {
        let local = self.stack.routing.is_local(packet.dst);
        let mut skb = Skb::received(packet, device.into());
        if self.marked.is_some_and(|prefix| prefix.contains(&skb.packet.dst)) {
            skb.mark = 1;
        }
        let mut chance = Chance::seeded(1);
        let hook = if local { Hook::Input } else { Hook::Forward };
        let mut tracer = Silent;
        let (stack, now) = (&mut self.stack, self.now);
        let mut ctx = Context { hook, skb: &mut skb, stack, chance: &mut chance, now, tracer: &mut tracer };
        let outcome = if local {
            match ipvs::reply(&mut self.ipvs, &mut ctx) {
                Outcome::Accept => ipvs::request(&mut self.ipvs, &mut ctx),
                other => other,
            }
        } else {
            match ipvs::forward_icmp(&mut self.ipvs, &mut ctx) {
                Outcome::Accept => ipvs::reply(&mut self.ipvs, &mut ctx),
                other => other,
            }
        };
        match outcome {
            Outcome::Stolen(forward) => Sent::By(forward.device.to_string(), skb.packet),
            Outcome::Accept if local => Sent::By("local".to_owned(), skb.packet),
            Outcome::Accept => match self.stack.routing.lookup(skb.packet.dst) {
                datapath_core::trace::Route::Via { device, .. } => Sent::By(device.to_string(), skb.packet),
                _ => Sent::Dropped,
            },
            Outcome::Unreachable(_) | Outcome::TtlExceeded => Sent::Refused,
            Outcome::Drop => Sent::Dropped,
        }
    }
}

fn flags(letters: &str) -> TcpFlags {
    letters.chars().fold(TcpFlags::default(), |flags, letter| {
        flags
            | match letter {
                'S' => TcpFlags::SYN,
                'A' => TcpFlags::ACK,
                'F' => TcpFlags::FIN,
                'R' => TcpFlags::RST,
                'P' => TcpFlags::PSH,
                other => panic!("flag {other}"),
            }
    })
}

fn answer(packet: &Packet, letters: &str) -> Packet {
    let tuple = packet.tuple().inverse();
    match packet.transport {
        Transport::Tcp { .. } => Packet::tcp(tuple.src, tuple.dst, flags(letters)),
        _ => Packet::udp(tuple.src, tuple.dst),
    }
}

/// Sends a packet of a case, its reply and what the client says then, and names who got it, as
/// `order.py` does: the device, `eth0` for a refusal, `-` for a drop, an exclamation mark if the reply
/// went astray.
pub fn send(node: &mut Node, packet: &Value) -> String {
    let text = |key: &str| packet[key].as_str();
    let address = |key: &str| -> IpAddr { text(key).unwrap().parse().unwrap() };
    let port = |key: &str| u16::try_from(packet[key].as_u64().unwrap_or(0)).unwrap();
    let (src, dst) = (Endpoint::new(address("src"), port("sport")), Endpoint::new(address("dst"), port("dport")));
    let build = |letters: &str| match text("proto") {
        Some("udp") => Packet::udp(src, dst),
        _ => Packet::tcp(src, dst, flags(letters)),
    };
    let device = text("iface").unwrap();
    let (to, received) = match node.receive(device, build(text("flags").unwrap_or("S"))) {
        Sent::By(to, received) => (to, received),
        // The recorder does not listen for ICMPv6.
        Sent::Refused if src.address.is_ipv4() => return device.to_owned(),
        Sent::Refused | Sent::Dropped => return "-".to_owned(),
    };
    let mut name = match to.as_str() {
        "cali1" => "A".to_owned(),
        "cali2" => "B".to_owned(),
        "fl0" => "C".to_owned(),
        "fl1" => "D".to_owned(),
        _ => to.clone(),
    };
    if let Some(letters) = text("reply") {
        let reply = node.receive(&to, answer(&received, letters));
        let expected = build("").tuple().inverse();
        let arrived = matches!(reply, Sent::By(back, reply) if back == device && reply.tuple() == expected);
        let went_on = text("then").is_none_or(|letters| matches!(node.receive(device, build(letters)), Sent::By(..)));
        if !(arrived && went_on) {
            name.push('!');
        }
    }
    name
}
