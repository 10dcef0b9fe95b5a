//! Random input for iptables-restore: chains that jump and go to each other, and every match and target that decides
//! without chance or time.

use datapath_core::net::Family;
use datapath_core::netfilter::{Hook, XtTable};

use super::dice::Dice;
use super::extensions::{self, Spot};
use super::place::Place;

/// The tables of one family.
pub fn rules(dice: &mut Dice, family: Family) -> String {
    let mut text = String::new();
    for table in [XtTable::Raw, XtTable::Mangle, XtTable::Nat, XtTable::Filter] {
        let odds = if table == XtTable::Raw { 4 } else { 2 };
        if table == XtTable::Filter || dice.one_in(odds) || (table == XtTable::Nat && dice.one_in(2)) {
            text.push_str(&Writer { dice: &mut *dice, family, table }.table());
        }
    }
    text
}

/// The chains of a table that a rule may lead to: those behind its own, so that none leads back.
struct Writer<'a> {
    dice: &'a mut Dice,
    family: Family,
    table: XtTable,
}

/// Where the rules of a chain are reached from: which decides what NAT they may ask for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Hook(Hook),
    /// A chain for PREROUTING and OUTPUT, or of a table where that makes no difference.
    Before,
    /// A chain for POSTROUTING.
    After,
}

const USER_CHAINS: [(&str, Reach); 6] = [
    ("C1", Reach::Before),
    ("C2", Reach::Before),
    ("C3", Reach::Before),
    ("S1", Reach::After),
    ("S2", Reach::After),
    ("S3", Reach::After),
];

impl Reach {
    /// The user chains that its rules may lead to, from the `n`-th of the kind on.
    fn targets(self, after: Option<&str>) -> Vec<&'static str> {
        let kind = match self {
            Self::Hook(Hook::Postrouting) | Self::After => Self::After,
            // SNAT in INPUT has no chains of its own here.
            Self::Hook(Hook::Input) => return Vec::new(),
            _ => Self::Before,
        };
        let names = USER_CHAINS.iter().filter(|(_, reach)| *reach == kind).map(|(name, _)| *name);
        names.filter(|name| after.is_none_or(|after| *name > after)).collect()
    }
}

impl Writer<'_> {
    fn table(&mut self) -> String {
        let mut text = format!("*{}\n", self.table);
        for hook in self.table.hooks() {
            let may_drop = self.table != XtTable::Nat && *hook != Hook::Output;
            let policy = if may_drop && self.dice.one_in(8) { "DROP" } else { "ACCEPT" };
            text.push_str(&format!(":{} {policy} [0:0]\n", hook.chain()));
        }
        for (name, _) in USER_CHAINS {
            text.push_str(&format!(":{name} - [0:0]\n"));
        }
        for hook in self.table.hooks() {
            for _ in 0..self.dice.below(5) {
                text.push_str(&self.rule(hook.chain(), Reach::Hook(*hook), None));
            }
        }
        for (name, reach) in USER_CHAINS {
            for _ in 0..self.dice.below(4) {
                text.push_str(&self.rule(name, reach, Some(name)));
            }
        }
        text + "COMMIT\n"
    }

    fn rule(&mut self, chain: &str, reach: Reach, user: Option<&str>) -> String {
        let protocol = self.dice.pick(&["", "", "tcp", "tcp", "udp", "icmp"]);
        let mut rule = format!("-A {chain}");
        if let Reach::Hook(hook) = reach {
            rule.push_str(&self.device(hook));
        }
        let place = Place::of(self.family);
        for option in ["-s", "-d"] {
            if self.dice.one_in(4) {
                let not = self.not();
                let addresses =
                    if self.dice.one_in(2) { self.dice.pick(&place.all()) } else { self.dice.pick(place.prefixes) };
                rule.push_str(&format!("{not} {option} {addresses}"));
            }
        }
        if !protocol.is_empty() {
            let icmp = if self.family == Family::V4 { "icmp" } else { "ipv6-icmp" };
            let name = if protocol == "icmp" { icmp } else { protocol };
            rule.push_str(&format!(" -p {name}"));
        } else if self.dice.one_in(12) {
            rule.push_str(" ! -p tcp");
        }
        if self.dice.one_in(2) {
            rule.push_str(&self.of_protocol(protocol));
        }
        for _ in 0..self.dice.below(3) {
            let test = if self.dice.one_in(3) { extensions::test(self.dice, self.spot(reach)) } else { self.test() };
            // A match may be named once in a rule.
            let name = test.split(' ').nth(2).map(|name| format!("-m {name} "));
            if name.is_none_or(|name| !rule.contains(&name)) {
                rule.push_str(&test);
            }
        }
        if protocol == "tcp" && self.table == XtTable::Mangle && !rule.contains("-m tcp ") && self.dice.one_in(4) {
            let target = ["TCPMSS --set-mss 1200", "TCPMSS --set-mss 400", "TCPOPTSTRIP --strip-options mss,sack"];
            return format!("{rule} -m tcp --tcp-flags SYN,RST SYN -j {}\n", self.dice.pick(&target));
        }
        let target = self.target(protocol, reach, user);
        format!("{rule}{target}\n")
    }

    const fn spot(&self, reach: Reach) -> Spot {
        let hook = match reach {
            Reach::Hook(hook) => Some(hook),
            Reach::Before => None,
            Reach::After => Some(Hook::Postrouting),
        };
        Spot { family: self.family, table: self.table, hook }
    }

    fn not(&mut self) -> &'static str {
        if self.dice.one_in(4) { " !" } else { "" }
    }

    fn device(&mut self, hook: Hook) -> String {
        let mut options = Vec::new();
        if matches!(hook, Hook::Prerouting | Hook::Input | Hook::Forward) {
            options.push("-i");
        }
        if matches!(hook, Hook::Postrouting | Hook::Output | Hook::Forward) {
            options.push("-o");
        }
        let mut text = String::new();
        for option in options {
            if self.dice.one_in(6) {
                let not = self.not();
                text.push_str(&format!("{not} {option} {}", self.dice.pick(&["eth0", "eth+", "pod0", "lo", "eth1"])));
            }
        }
        text
    }

    fn of_protocol(&mut self, protocol: &str) -> String {
        const PORTS: [&str; 7] = ["80", "443", "53", "80:443", "1024:65535", ":1000", "30080"];
        let not = self.not();
        let ports = self.dice.pick(&PORTS);
        match (protocol, self.dice.below(7)) {
            ("tcp", 6) if self.dice.one_in(2) => format!(" -m tcp{not} --tcp-option 2"),
            ("tcp", 6) => format!(" -m tcpmss{not} --mss {}", self.dice.pick(&["1300", "536:1400", "1200"])),
            ("tcp" | "udp", 0) => format!(" -m multiport{not} --dports 80,443,8000:9000"),
            ("tcp" | "udp", 1) => format!(" -m multiport{not} --ports 53,40000:40010"),
            ("tcp", 2) => format!(" -m tcp{not} --tcp-flags SYN,ACK,FIN,RST SYN"),
            ("tcp", 3) => format!(" -m tcp{not} --syn"),
            ("tcp", 4) => format!(" -m tcp{not} --sport {ports}"),
            ("tcp", _) => format!(" -m tcp{not} --dport {ports}"),
            ("udp", 2) => format!(" -m udp{not} --sport {ports}"),
            ("udp", _) => format!(" -m udp{not} --dport {ports}"),
            ("icmp", _) if self.family == Family::V4 => {
                let kind = self.dice.pick(&["8", "0", "3", "3/3", "any", "11"]);
                let not = if kind == "any" { "" } else { not };
                format!(" -m icmp{not} --icmp-type {kind}")
            }
            ("icmp", _) => format!(" -m icmp6{not} --icmpv6-type {}", self.dice.pick(&["128", "129", "1", "1/4", "3"])),
            _ => String::new(),
        }
    }

    fn test(&mut self) -> String {
        let not = self.not();
        let place = Place::of(self.family);
        let address = self.dice.pick(&place.all());
        let prefix = self.dice.pick(place.prefixes);
        match self.dice.below(15) {
            0 => format!(" -m conntrack{not} --ctstate {}", self.dice.pick(&STATES)),
            1 => format!(" -m conntrack{not} --ctstatus {}", self.dice.pick(&STATUSES)),
            2 => format!(" -m conntrack --ctdir {}", self.dice.pick(&["ORIGINAL", "REPLY"])),
            3 => {
                let option = self.dice.pick(&["--ctorigsrc", "--ctorigdst", "--ctreplsrc", "--ctrepldst"]);
                format!(" -m conntrack{not} {option} {}", self.dice.pick(&[address, prefix]))
            }
            4 => {
                let option = self.dice.pick(&["--ctorigdstport", "--ctreplsrcport", "--ctorigsrcport"]);
                format!(" -m conntrack{not} {option} {}", self.dice.pick(&["80", "53:443"]))
            }
            5 => {
                let option = self.dice.pick(&["--src-type", "--dst-type"]);
                format!(" -m addrtype{not} {option} {}", self.dice.pick(self.address_types()))
            }
            6 => format!(" -m mark{not} --mark {}", self.dice.pick(&MARKS)),
            7 => format!(" -m connmark{not} --mark {}", self.dice.pick(&MARKS)),
            8 => format!(" -m length{not} --length {}", self.dice.pick(&["0:40", "41:60", "28", "100:"])),
            9 if self.family == Family::V4 => {
                format!(" -m ttl{}", self.dice.pick(&[" --ttl-lt 10", " --ttl-eq 63", " ! --ttl-eq 64", " --ttl-gt 2"]))
            }
            9 => format!(" -m hl{}", self.dice.pick(&[" --hl-lt 10", " --hl-eq 63", " ! --hl-eq 64", " --hl-gt 2"])),
            10 => {
                let range = if self.family == Family::V4 { "10.244.1.3-192.168.1.50" } else { "fd01::50-fd44:1::2" };
                format!(" -m iprange{not} {} {range}", self.dice.pick(&["--src-range", "--dst-range"]))
            }
            11 => {
                let every = 2 + self.dice.below(3);
                let packet = self.dice.below(every);
                format!(" -m statistic --mode nth{not} --every {every} --packet {packet}")
            }
            12 => format!(" -m limit --limit 1/hour --limit-burst {}", 1 + self.dice.below(3)),
            13 => {
                let what = self.dice.pick(&["--set", "--rcheck", "--update --hitcount 2", "--remove"]);
                format!(" -m recent --name seen{not} {what} {}", self.dice.pick(&["--rsource", "--rdest"]))
            }
            _ => {
                let (set, ways) =
                    self.dice.pick(&[("hosts", "src"), ("hosts", "dst"), ("nets", "src"), ("svcs", "dst,dst")]);
                let family = if self.family == Family::V4 { "4" } else { "6" };
                format!(" -m set{not} --match-set {set}{family} {ways}")
            }
        }
    }

    const fn address_types(&self) -> &'static [&'static str] {
        match self.family {
            Family::V4 => &["LOCAL", "UNICAST", "BROADCAST", "MULTICAST", "LOCAL,UNICAST"],
            Family::V6 => &["LOCAL", "UNICAST", "MULTICAST", "UNICAST,LOCAL", "UNREACHABLE"],
        }
    }

    fn target(&mut self, protocol: &str, reach: Reach, user: Option<&str>) -> String {
        if self.dice.one_in(3) {
            let behind = reach.targets(user);
            if !behind.is_empty() {
                let chain = self.dice.pick(&behind);
                return format!(" -{} {chain}", self.dice.pick(&["j", "j", "j", "g"]));
            }
        }
        if self.dice.one_in(4)
            && let Some(target) = extensions::target(self.dice, self.spot(reach), protocol)
        {
            return target;
        }
        match self.table {
            _ if self.dice.one_in(8) => self.dice.pick(&[" -j RETURN", "", " -j ACCEPT"]).to_owned(),
            XtTable::Filter => self.of_filter(protocol),
            XtTable::Nat => self.of_nat(protocol, reach),
            XtTable::Raw => self.dice.pick(&[" -j ACCEPT", " -j NOTRACK", "", " -j MARK --set-mark 0x1"]).to_owned(),
            XtTable::Mangle | XtTable::Security => match self.dice.below(6) {
                0 => " -j DROP".to_owned(),
                1 | 2 => self.connmark(),
                _ => self.mark(),
            },
        }
    }

    fn mark(&mut self) -> String {
        let option = self.dice.pick(&["--set-mark", "--set-xmark", "--or-mark", "--and-mark", "--xor-mark"]);
        let value = if matches!(option, "--set-mark" | "--set-xmark") { "0x1/0x3" } else { "0x5" };
        format!(" -j MARK {option} {value}")
    }

    fn connmark(&mut self) -> String {
        let what = ["--save-mark", "--restore-mark", "--set-mark 0x4", "--save-mark --nfmask 0x3 --ctmask 0xff"];
        format!(" -j CONNMARK {}", self.dice.pick(&what))
    }

    fn of_filter(&mut self, protocol: &str) -> String {
        match self.dice.below(8) {
            0..=2 => " -j ACCEPT".to_owned(),
            3 => " -j DROP".to_owned(),
            4 if protocol == "tcp" => " -j REJECT --reject-with tcp-reset".to_owned(),
            4 | 5 if self.family == Family::V4 => {
                let with = ["net-unreachable", "host-unreachable", "proto-unreachable", "port-unreachable"];
                let or = ["net-prohibited", "host-prohibited", "admin-prohibited"];
                format!(" -j REJECT --reject-with icmp-{}", self.dice.pick(&[&with[..], &or[..]].concat()))
            }
            4 | 5 => {
                let with = ["no-route", "adm-prohibited", "addr-unreachable", "port-unreachable"];
                format!(" -j REJECT --reject-with icmp6-{}", self.dice.pick(&with))
            }
            6 => self.mark(),
            _ => String::new(),
        }
    }

    /// Always one address and at most one port: of several the kernel takes one by chance.
    fn of_nat(&mut self, protocol: &str, reach: Reach) -> String {
        let place = Place::of(self.family);
        let ports = matches!(protocol, "tcp" | "udp");
        let to = |address: &str, port: &str| match (ports && !port.is_empty(), address.contains(':')) {
            (true, true) => format!("[{address}]:{port}"),
            (true, false) => format!("{address}:{port}"),
            _ => address.to_owned(),
        };
        match reach {
            Reach::Hook(Hook::Prerouting | Hook::Output) | Reach::Before => {
                let address = self.dice.pick(&[place.pods, place.pods, place.clients, place.own].concat());
                let port = self.dice.pick(&["", "8080", "53"]);
                match self.dice.below(4) {
                    0 if ports => " -j REDIRECT --to-ports 8080".to_owned(),
                    0 => " -j REDIRECT".to_owned(),
                    1 => " -j ACCEPT".to_owned(),
                    _ => format!(" -j DNAT --to-destination {}", to(address, port)),
                }
            }
            Reach::Hook(Hook::Input) => format!(" -j SNAT --to-source {}", self.dice.pick(place.services)),
            _ => match self.dice.below(4) {
                0 => " -j ACCEPT".to_owned(),
                1 => format!(" -j SNAT --to-source {}", self.dice.pick(&[place.own, place.services].concat())),
                _ => " -j MASQUERADE".to_owned(),
            },
        }
    }
}

const STATES: [&str; 9] =
    ["NEW", "ESTABLISHED", "RELATED", "RELATED,ESTABLISHED", "INVALID", "UNTRACKED", "DNAT", "SNAT", "NEW,DNAT"];
const STATUSES: [&str; 5] = ["SEEN_REPLY", "ASSURED", "CONFIRMED", "SEEN_REPLY,ASSURED", "EXPECTED"];
const MARKS: [&str; 4] = ["0x1", "0x1/0x3", "0x0", "0x4/0x4"];

/// The sets that rules may ask, as input of `ipset restore`.
pub const SETS: &str = "create hosts4 hash:ip family inet
add hosts4 192.168.1.50
add hosts4 10.244.1.2
create nets4 hash:net family inet
add nets4 10.244.0.0/16
add nets4 10.244.1.3/32 nomatch
add nets4 192.168.1.50/31
create svcs4 hash:ip,port family inet
add svcs4 10.96.0.10,tcp:80
add svcs4 10.96.0.11,udp:53
create hosts6 hash:ip family inet6
add hosts6 fd01::50
create nets6 hash:net family inet6
add nets6 fd44::/16
create svcs6 hash:ip,port family inet6
add svcs6 fd96::10,tcp:80
";

/// Rules of the filter table and others that name every extension once.
pub const EVERYTHING: &str = "*raw
-A PREROUTING -j NOTRACK
COMMIT
*mangle
-A PREROUTING -j MARK --set-mark 1
-A PREROUTING -j CONNMARK --save-mark
COMMIT
*nat
-A PREROUTING -p tcp -j REDIRECT --to-ports 80
-A PREROUTING -j DNAT --to-destination 10.0.0.7
-A POSTROUTING -j SNAT --to-source 10.0.0.1
-A POSTROUTING -j MASQUERADE
COMMIT
*filter
-A FORWARD -p tcp -m multiport --dports 80,443 -m tcp --syn -j REJECT --reject-with tcp-reset
-A FORWARD -p icmp -m icmp --icmp-type 8 -m conntrack --ctstate NEW -m connmark --mark 1
-A FORWARD -m addrtype --dst-type LOCAL -m mark --mark 1 -m length --length 40 -m ttl --ttl-lt 10
-A FORWARD -m iprange --src-range 10.0.0.1-10.0.0.2 -m statistic --mode nth --every 2 --packet 0
-A FORWARD -m limit --limit 1/hour -m recent --name seen --rcheck -m set --match-set hosts4 src
COMMIT
";
