//! Random virtual services with their real servers, rules that ask about them, packets of their clients, and what
//! ipvsadm changes in between.
//!
//! Left out: what Linux 6.1.176, Debian's last user-mode-linux, does otherwise than later ones of 6.1, which the model is
//! like. It takes the checksum of ICMPv6 errors without the pseudo-header and drops those of real servers behind NAT
//! (`handle_response_icmp`), and it looks at thresholds that change only with the next connection
//! (`__ip_vs_update_dest`). Also errors about packets in tunnels, which the model does not know.

use std::collections::BTreeMap;
use std::net::IpAddr;

use datapath_core::net::{Endpoint, Family, Packet, TcpFlags};
use serde_json::{Value, json};

use super::dice::Dice;
use super::place::Place;
use super::script::{Step, follow_up};
use crate::kernel::{Load, Packet as Written};

/// All but twos, which draws, and which Debian's user-mode-linux does not have.
pub const SCHEDULERS: [&str; 13] =
    ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf"];

/// One service of each scheduler.
pub const EVERYTHING: &str = "-A -t 10.96.0.10:1 -s rr\n-A -t 10.96.0.10:2 -s wrr\n-A -t 10.96.0.10:3 -s lc
-A -t 10.96.0.10:4 -s wlc\n-A -t 10.96.0.10:5 -s lblc\n-A -t 10.96.0.10:6 -s lblcr\n-A -t 10.96.0.10:7 -s dh
-A -t 10.96.0.10:8 -s sh\n-A -t 10.96.0.10:9 -s mh\n-A -t 10.96.0.10:10 -s sed\n-A -t 10.96.0.10:11 -s nq
-A -t 10.96.0.10:12 -s fo\n-A -u [fd96::10]:13 -s ovf\n";

/// What a case needs besides its place.
pub struct Balancing {
    pub load: Vec<Load>,
    pub sysctl: BTreeMap<String, Value>,
    pub steps: Vec<Step>,
}

/// `scheduler` is that of the first service.
pub fn balancing(dice: &mut Dice, family: Family, scheduler: &'static str) -> Balancing {
    let tunnels = dice.one_in(2);
    let most = 1 + dice.below(3);
    let mut services: Vec<Service> = Vec::new();
    for number in 0..most {
        let scheduler = if number == 0 { scheduler } else { dice.pick(&SCHEDULERS) };
        let service = Service::any(dice, family, scheduler, tunnels);
        if services.iter().all(|other| other.key() != service.key()) {
            services.push(service);
        }
    }
    let rejects = family == Family::V4 && !tunnels;
    let load = load(dice, family, &services, rejects);
    Balancing { load, sysctl: sysctl(dice), steps: steps(dice, family, &mut services) }
}

struct Service {
    family: Family,
    /// `-t`, `-u` or `-f`.
    kind: &'static str,
    address: &'static str,
    /// 0 for every port.
    port: u16,
    options: String,
    tunnels: bool,
    /// Of each server.
    thresholds: &'static str,
    /// As `-r` takes them, with the options behind it.
    servers: Vec<(String, String)>,
}

impl Service {
    fn any(dice: &mut Dice, family: Family, scheduler: &str, tunnels: bool) -> Self {
        let place = Place::of(family);
        let kind = dice.pick(&["-t", "-t", "-t", "-u", "-u", "-f"]);
        let address = match (kind, dice.below(8)) {
            ("-f", _) => place.services[2],
            (_, 0) => place.own[0],
            (_, 1..4) => place.services[1],
            _ => place.services[0],
        };
        let mut options = format!("-s {scheduler}");
        let mut port = if kind == "-f" { 0 } else { dice.pick(&[80, 80, 80, 443, 53]) };
        if dice.one_in(4) {
            if kind != "-f" && dice.one_in(4) {
                port = 0;
            }
            options.push_str(&format!(" -p {}", dice.pick(&[60, 300, 10800])));
            if dice.one_in(2) {
                let mask = match family {
                    Family::V4 => dice.pick(&["255.255.255.0", "255.255.255.254", "255.0.0.255"]),
                    Family::V6 => dice.pick(&["64", "127", "112"]),
                };
                options.push_str(&format!(" -M {mask}"));
            }
        }
        if kind == "-u" && dice.one_in(4) {
            options.push_str(" -o");
        }
        if matches!(scheduler, "sh" | "mh") && dice.one_in(2) {
            let flags = dice.pick(&["fallback", "port", "both"]);
            let both = format!("{scheduler}-fallback,{scheduler}-port");
            options.push_str(&match flags {
                "both" => format!(" -b {both}"),
                flag => format!(" -b {scheduler}-{flag}"),
            });
        }
        let limits = [" -x 1", " -x 2", " -x 3 -y 2", " -x 4 -y 1"];
        let thresholds = if dice.one_in(3) { dice.pick(&limits) } else { "" };
        let servers = Vec::new();
        let mut service = Self { family, kind, address, port, options, tunnels, thresholds, servers };
        for _ in 0..dice.below(6) {
            let (real, options) = service.server(dice);
            if service.servers.iter().all(|(other, _)| *other != real) {
                service.servers.push((real, options));
            }
        }
        service
    }

    fn key(&self) -> String {
        match (self.kind, self.family) {
            ("-f", Family::V4) => "-f 7".to_owned(),
            ("-f", Family::V6) => "-f 7 -6".to_owned(),
            (kind, _) => format!("{kind} {}", self.end(self.address, self.port)),
        }
    }

    fn end(&self, address: &str, port: u16) -> String {
        match self.family {
            Family::V4 => format!("{address}:{port}"),
            Family::V6 => format!("[{address}]:{port}"),
        }
    }

    fn server(&self, dice: &mut Dice) -> (String, String) {
        let place = Place::of(self.family);
        let nowhere = match self.family {
            Family::V4 => "203.0.113.9",
            Family::V6 => "2001:db9::9",
        };
        let address = match dice.below(12) {
            0 if self.family == Family::V4 => place.own[1],
            1 => nowhere,
            2 => place.clients[1],
            _ => dice.pick(place.pods),
        };
        let method = dice.pick(&["-m", "-m", "-m", "-g", if self.tunnels { "-i" } else { "-m" }]);
        let port = if method == "-m" && self.port > 0 { dice.pick(&[8080, 8080, 81, self.port]) } else { self.port };
        (self.end(address, port), format!("{method} {}", self.limits(dice)))
    }

    fn limits(&self, dice: &mut Dice) -> String {
        format!("-w {}{}", dice.pick(&[0, 1, 1, 1, 1, 2, 2, 3, 5, 8]), self.thresholds)
    }
}

fn sysctl(dice: &mut Dice) -> BTreeMap<String, Value> {
    let mut settings = BTreeMap::new();
    let names = ["conntrack", "expire_nodest_conn", "expire_quiescent_template", "sloppy_tcp", "nat_icmp_send"];
    for (name, odds) in names.into_iter().zip([2, 2, 2, 5, 3]) {
        settings.insert(format!("net/ipv4/vs/{name}"), json!(u8::from(dice.one_in(odds))));
    }
    settings.insert("net/ipv4/vs/conn_reuse_mode".to_owned(), json!(dice.pick(&[1, 1, 0, 2, 3])));
    settings
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn load(dice: &mut Dice, family: Family, services: &[Service], rejects: bool) -> Vec<Load> {
    let mut restore = String::new();
    for service in services {
        restore.push_str(&format!("-A {} {}\n", service.key(), service.options));
        for (real, options) in &service.servers {
            restore.push_str(&format!("-a {} -r {real} {options}\n", service.key()));
        }
    }
    let program = match family {
        Family::V4 => "iptables-legacy-restore",
        Family::V6 => "ip6tables-legacy-restore",
    };
    vec![Load::Fed(words("ipvsadm -R"), restore), Load::Fed(words(program), rules(dice, family, rejects))]
}

/// Marks for services of marks, and chains with rules that ask about IPVS.
fn rules(dice: &mut Dice, family: Family, rejects: bool) -> String {
    let place = Place::of(family);
    let marked = place.services[2];
    let mut mangle = format!(
        "*mangle\n-A PREROUTING -d {marked} -j MARK --set-xmark 0x7/0xff\n-A OUTPUT -d {marked} -m ipvs ! --ipvs -j MARK --set-xmark 0x7/0xff\n"
    );
    for _ in 0..dice.below(4) {
        let chain = dice.pick(&["INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]);
        let bit = dice.pick(&["0x100/0x100", "0x200/0x200"]);
        mangle.push_str(&format!("-A {chain}{} -j MARK --set-xmark {bit}\n", test(dice, place)));
    }
    let mut nat = "*nat\n".to_owned();
    for _ in 0..dice.below(3) {
        nat.push_str(&format!("-A POSTROUTING{} -j {}\n", test(dice, place), dice.pick(&["MASQUERADE", "ACCEPT"])));
    }
    let mut filter = "*filter\n".to_owned();
    for _ in 0..dice.below(5) {
        let chain = dice.pick(&["INPUT", "FORWARD", "OUTPUT"]);
        let target = dice.pick(&["ACCEPT", "ACCEPT", "ACCEPT", "DROP", if rejects { "REJECT" } else { "DROP" }]);
        filter.push_str(&format!("-A {chain}{} -j {target}\n", test(dice, place)));
    }
    format!("{mangle}COMMIT\n{nat}COMMIT\n{filter}COMMIT\n")
}

fn test(dice: &mut Dice, place: &Place) -> String {
    let not = if dice.one_in(4) { " !" } else { "" };
    match dice.below(12) {
        0..=2 => format!(" -m ipvs{not} --ipvs"),
        3 => format!(" -m ipvs{not} --vproto {}", dice.pick(&[6, 17])),
        4 => format!(" -m ipvs{not} --vaddr {}", dice.pick(place.services)),
        5 => format!(" -p tcp -m ipvs{not} --vport {}", dice.pick(&[80, 443])),
        6 => format!(" -m ipvs --vdir {}", dice.pick(&["ORIGINAL", "REPLY"])),
        7 => format!(" -m ipvs{not} --vmethod {}", dice.pick(&["GATE", "IPIP", "MASQ"])),
        8 => format!(" -m ipvs --vportctl {}", dice.pick(&[21, 80])),
        9 => format!(" -m mark{not} --mark 0x100/0x100"),
        10 => format!(
            " -m conntrack{not} --ctstate {}",
            dice.pick(&["NEW", "ESTABLISHED", "RELATED,ESTABLISHED", "INVALID"])
        ),
        _ => format!(" -s {}", dice.pick(place.clients)),
    }
}

fn steps(dice: &mut Dice, family: Family, services: &mut [Service]) -> Vec<Step> {
    let mut steps = Vec::new();
    for number in 0..8 + dice.below(14) {
        let step = match dice.below(12) {
            _ if steps.is_empty() => open(dice, family, services, number),
            0..=4 => open(dice, family, services, number),
            5..=9 => match follow_up(dice, steps.len(), &Place::of(family).pods[1..]) {
                Step::Fail { .. } if family == Family::V6 => again(dice, steps.len()),
                step => step,
            },
            10 => change(dice, services),
            _ => again(dice, steps.len()),
        };
        steps.push(step);
    }
    steps
}

/// The same client once more, with the same ports.
fn again(dice: &mut Dice, count: usize) -> Step {
    Step::GoOn { of: dice.below(count), flags: TcpFlags::SYN }
}

fn open(dice: &mut Dice, family: Family, services: &[Service], number: usize) -> Step {
    let place = Place::of(family);
    let service = &services[dice.below(services.len())];
    let client = match dice.below(8) {
        0 => place.own[0],
        1 => place.pods[0],
        _ => dice.pick(place.clients),
    };
    let parse = |text: &str| text.parse().unwrap_or(IpAddr::from([10, 0, 0, 7]));
    let dport = match (service.port, dice.below(10)) {
        (0, _) | (_, 0) => dice.pick(&[80, 443, 53, 8080]),
        (port, _) => port,
    };
    let sport = dice.pick(&[40000, 1000]) + u16::try_from(number).unwrap_or_default();
    let (from, to) = (Endpoint::new(parse(client), sport), Endpoint::new(parse(service.address), dport));
    let udp = match service.kind {
        "-u" => true,
        "-t" => false,
        _ => dice.one_in(2),
    } != dice.one_in(15);
    let mut packet = if udp {
        Packet::udp(from, to)
    } else {
        let flags = [TcpFlags::SYN, TcpFlags::SYN, TcpFlags::SYN, TcpFlags::SYN, TcpFlags::ACK, TcpFlags::RST];
        Packet::tcp(from, to, dice.pick(&flags))
    };
    packet.ttl = dice.pick(&[64, 64, 64, 64, 2, 1]);
    packet.tos = dice.pick(&[0, 0, 0x10, 0xb8]);
    if udp {
        packet.length += dice.pick(&[0, 1, 40]);
    }
    Step::Open(Box::new(Written::of(place.device_of(client), &packet)))
}

fn change(dice: &mut Dice, services: &mut [Service]) -> Step {
    let count = services.len();
    let service = &mut services[dice.below(count)];
    let key = service.key();
    let text = match dice.below(8) {
        0 | 1 => {
            let (real, options) = service.server(dice);
            format!("-a {key} -r {real} {options}")
        }
        2 => format!("-E {key} -s {}", dice.pick(&SCHEDULERS)),
        3 if dice.one_in(3) => format!("-D {key}"),
        _ if service.servers.is_empty() => format!("-A {key} -s rr"),
        4 | 5 => format!("-d {key} -r {}", dice.pick(&service.names())),
        _ => {
            let (real, options) = service.servers[dice.below(service.servers.len())].clone();
            let method = options.split(' ').next().unwrap_or_default();
            format!("-e {key} -r {real} {method} {}", service.limits(dice))
        }
    };
    Step::Run(words(&format!("ipvsadm {text}")))
}

impl Service {
    fn names(&self) -> Vec<&str> {
        self.servers.iter().map(|(real, _)| real.as_str()).collect()
    }
}
