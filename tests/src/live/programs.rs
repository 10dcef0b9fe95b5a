//! Cases of the rulesets that real programs left in a kernel (`tests/cases/programs`): packets between the addresses, by
//! the devices and to the ports that their rules name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use datapath_core::net::{Endpoint, Family, Icmp, Packet, TcpFlags, Transport};
use ipnet::IpNet;

use super::dice::Dice;
use super::script::{Step, follow_up};
use crate::kernel::{Case, Load, Packet as Written};

/// The recorded rules of a program, as one tool loads them.
#[derive(Clone, Debug)]
pub struct Program {
    pub name: String,
    family: Family,
    load: Vec<Load>,
    rules: String,
}

/// How many packets a case sends.
const STEPS: usize = 40;
/// More devices than any of them names.
const MOST_DEVICES: usize = 10;

/// All of them, by the folder that they are in.
pub fn programs() -> Vec<Program> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/programs");
    let mut folders: Vec<_> =
        fs::read_dir(root).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.sort();
    folders.iter().flat_map(|folder| of(folder)).collect()
}

fn of(folder: &Path) -> Vec<Program> {
    let read = |file: &str| fs::read_to_string(folder.join(file)).ok();
    let sets = read("sets.ipset").map(|text| fed("ipset restore", text));
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut found = Vec::new();
    for (file, family, commands) in [
        ("rules.v4", Family::V4, &["iptables-legacy-restore", "iptables-nft-restore"][..]),
        ("rules.v6", Family::V6, &["ip6tables-legacy-restore", "ip6tables-nft-restore"]),
        ("rules.nft", Family::V4, &["nft -f -"]),
        ("rules.nft", Family::V6, &["nft -f -"]),
    ] {
        let Some(text) = read(file) else { continue };
        // The kernel draws ports too; nft cannot load what it lists of rules that are iptables-nft's.
        let rules = text.replace(" --random-fully", "").replace(" fully-random", "");
        let rules: String =
            rules.lines().filter(|line| !line.contains(" xt ")).map(|line| format!("{line}\n")).collect();
        for command in commands {
            let load = sets.iter().cloned().chain([fed(command, rules.clone())]).collect();
            let name = format!("{name} {command} {family}");
            found.push(Program { name, family, load, rules: rules.clone() });
        }
    }
    found
}

fn fed(command: &str, text: String) -> Load {
    Load::Fed(command.split(' ').map(str::to_owned).collect(), text)
}

impl Program {
    /// The case of a seed: a node with these rules, and what is sent to it.
    pub fn case(&self, seed: u64) -> (Case, Vec<Step>) {
        let dice = &mut Dice::new(seed);
        let place = self.place();
        let case = Case {
            bridges: BTreeMap::new(),
            vxlans: BTreeMap::new(),
            mtu: BTreeMap::new(),
            name: format!("{} {seed}", self.name),
            ifaces: place.devices.clone(),
            routes: place.routes.clone(),
            rules: Vec::new(),
            sysctl: BTreeMap::new(),
            load: self.load.clone(),
            packets: Vec::new(),
        };
        let routers: Vec<_> = place.elsewhere.iter().map(ToString::to_string).collect();
        let routers: Vec<_> = routers.iter().map(String::as_str).collect();
        let mut steps: Vec<Step> = Vec::new();
        for number in 0..STEPS {
            let step = if steps.is_empty() || dice.below(10) < 6 {
                place.open(dice, number)
            } else {
                follow_up(dice, steps.len(), &routers)
            };
            steps.push(step);
        }
        (case, steps)
    }

    /// A network behind each device, and the addresses of the rules behind some of them.
    fn place(&self) -> Place {
        let mut place = Place {
            family: self.family,
            devices: BTreeMap::new(),
            routes: Vec::new(),
            own: Vec::new(),
            others: Vec::new(),
            elsewhere: BTreeSet::new(),
            ports: ports(&self.rules),
        };
        for (number, name) in devices(&self.rules).into_iter().enumerate() {
            let own = match self.family {
                Family::V4 => IpAddr::from([198, 18, u8::try_from(number).unwrap_or_default(), 1]),
                Family::V6 => format!("2001:2:0:{number}::1").parse().unwrap_or(IpAddr::from([0; 16])),
            };
            let neighbour = after(own, 41);
            let length = if own.is_ipv4() { 24 } else { 64 };
            place.devices.insert(name.clone(), vec![format!("{own}/{length}")]);
            place.own.push(own);
            place.others.push((neighbour, name));
        }
        let names: Vec<String> = place.devices.keys().cloned().collect();
        for (number, net) in nets(&self.rules, self.family).into_iter().enumerate() {
            let device = &names[number % names.len()];
            let address = if net.prefix_len() == net.max_prefix_len() { net.addr() } else { after(net.network(), 5) };
            if place.elsewhere.insert(address) {
                place.routes.push(format!("{address} dev {device}"));
                place.others.push((address, device.clone()));
            }
        }
        // How often it says that there is no way is what the kernel limits.
        if let Some((router, device)) = place.others.first() {
            place.routes.push(format!("default via {router} dev {device}"));
        }
        place.elsewhere.extend(place.others.iter().map(|(address, _)| *address));
        place
    }
}

/// What is around a node with the rules.
struct Place {
    family: Family,
    devices: BTreeMap<String, Vec<String>>,
    routes: Vec<String>,
    own: Vec<IpAddr>,
    /// With the device that they are behind.
    others: Vec<(IpAddr, String)>,
    elsewhere: BTreeSet<IpAddr>,
    ports: Vec<u16>,
}

impl Place {
    fn open(&self, dice: &mut Dice, number: usize) -> Step {
        let local = dice.one_in(5);
        let (src, device) = if local {
            (dice.pick(&self.own), "local".to_owned())
        } else {
            self.others[dice.below(self.others.len())].clone()
        };
        let dst = if dice.one_in(3) { dice.pick(&self.own) } else { self.others[dice.below(self.others.len())].0 };
        let sport = 40_000 + u16::try_from(number).unwrap_or_default();
        let sport = if dice.one_in(8) { dice.pick(&self.ports) } else { sport };
        let (from, to) = (Endpoint::new(src, sport), Endpoint::new(dst, dice.pick(&self.ports)));
        let mut packet = match dice.below(8) {
            0..=3 => Packet::tcp(from, to, dice.pick(&[TcpFlags::SYN, TcpFlags::SYN, TcpFlags::SYN, TcpFlags::ACK])),
            4..=6 => Packet::udp(from, to),
            _ => {
                let kind = if self.family == Family::V4 { 8 } else { 128 };
                Packet::new(src, dst, Transport::Icmp(Icmp { kind, code: 0, id: sport, cause: None }), 8)
            }
        };
        if let (Transport::Tcp { flags, mss, .. }, true) = (&mut packet.transport, dice.one_in(2))
            && flags.contains(TcpFlags::SYN)
        {
            *mss = Some(dice.pick(&[1460, 1380, 536]));
            packet.length += Packet::MSS_OPTION;
        }
        packet.ttl = dice.pick(&[64, 64, 255, 1]);
        Step::Open(Box::new(Written::of(&device, &packet)))
    }
}

fn after(address: IpAddr, by: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V4((u32::from(v4) + u32::from(by)).into()),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) + u128::from(by)).into()),
    }
}

/// The words of rules without what nft puts around them.
fn words(rules: &str) -> impl Iterator<Item = &str> {
    rules.split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | ',' | '{' | '}' | ';'))
}

/// `eth0` is always there; for all that begin with some letters there is one of them.
fn devices(rules: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::from(["eth0".to_owned()]);
    for pair in words(rules).filter(|word| !word.is_empty()).collect::<Vec<_>>().windows(2) {
        if matches!(pair[0], "-i" | "-o" | "iifname" | "oifname") && !matches!(pair[1], "lo" | "!=" | "vmap") {
            found.insert(pair[1].replace(['+', '*'], "0"));
        }
    }
    found.into_iter().filter(|name| name.len() < 16).take(MOST_DEVICES).collect()
}

fn nets(rules: &str, family: Family) -> BTreeSet<IpNet> {
    let net = |word: &str| word.parse::<IpNet>().ok().or_else(|| word.parse::<IpAddr>().map(IpNet::from).ok());
    let wanted = |net: &IpNet| {
        let address = net.addr();
        let special = match address {
            IpAddr::V4(v4) => v4.is_loopback() || v4.is_multicast() || v4.octets()[0] == 0 || v4.octets()[0] > 223,
            IpAddr::V6(v6) => {
                v6.is_loopback()
                    || v6.is_multicast()
                    || v6.segments()[0] & 0xff00 != 0xfd00 && v6.segments()[0] != 0x2001
            }
        };
        Family::of(address) == family && !special && net.prefix_len() > 7
    };
    words(rules).filter_map(net).filter(wanted).collect()
}

fn ports(rules: &str) -> Vec<u16> {
    let mut found = BTreeSet::from([80, 9]);
    let words: Vec<_> = words(rules).filter(|word| !word.is_empty()).collect();
    for pair in words.windows(2) {
        if matches!(pair[0], "--dport" | "--dports" | "dport" | "--sport" | "sport") {
            found.extend(pair[1].split([':', '-']).filter_map(|port| port.parse::<u16>().ok()));
        }
    }
    found.into_iter().collect()
}
