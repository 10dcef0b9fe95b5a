//! Random nft scripts: sets, maps and verdict maps, base chains of every kind, and rules that decide without chance or
//! time.

use datapath_core::net::Family;

use super::dice::Dice;
use super::extensions;
use super::place::Place;

/// A script for `nft -f`.
pub fn script(dice: &mut Dice, family: Family) -> String {
    let table = match family {
        _ if dice.one_in(3) => "inet",
        Family::V4 => "ip",
        Family::V6 => "ip6",
    };
    Writer { dice, family, table }.script()
}

struct Writer<'a> {
    dice: &'a mut Dice,
    family: Family,
    table: &'static str,
}

const TCP_FLAGS: [&str; 4] = ["syn", "& (syn | ack) == syn", "& (fin | rst) != 0x0", "syn,ack"];
/// What the elements of a set count with, unless a rule says otherwise.
const METERS: [&str; 4] = ["", "counter;", "limit rate 3/hour burst 2 packets;", "quota over 90 bytes;"];
const CHAINS: [&str; 4] = ["c1", "c2", "c3", "c4"];

/// Which statements a chain may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Raw,
    Mangle,
    Filter,
    /// Chooses destinations.
    NatBefore,
    /// Chooses sources.
    NatAfter,
}

const BASES: [(&str, Kind, &str); 9] = [
    ("raw_pre", Kind::Raw, "type filter hook prerouting priority -300"),
    ("mangle_pre", Kind::Mangle, "type filter hook prerouting priority -150"),
    ("nat_pre", Kind::NatBefore, "type nat hook prerouting priority -100"),
    ("nat_out", Kind::NatBefore, "type nat hook output priority -100"),
    ("nat_post", Kind::NatAfter, "type nat hook postrouting priority 100"),
    ("input", Kind::Filter, "type filter hook input priority 0"),
    ("forward", Kind::Filter, "type filter hook forward priority 0"),
    ("output", Kind::Filter, "type filter hook output priority 0"),
    ("post", Kind::Mangle, "type filter hook postrouting priority -150"),
];

impl Writer<'_> {
    fn script(&mut self) -> String {
        let place = Place::of(self.family);
        let (of, pods, services) = (self.address_type(), place.pods, place.services);
        let mut text = format!("table {} t {{\n", self.table);
        text.push_str(&format!(
            " set addrs {{ type {of}; flags interval; elements = {{ {}, {} }} }}\n",
            place.prefixes[1], place.clients[0]
        ));
        text.push_str(&format!(
            " set svcs {{ type {of} . inet_proto . inet_service; elements = {{ {} . tcp . 80, {} . udp . 53 }} }}\n",
            services[0], services[1]
        ));
        text.push_str(&format!(
            " set wide {{ type {of} . inet_service; flags interval; elements = {{ {} . 50-443, {} . 80 }} }}\n",
            place.prefixes[0], services[2]
        ));
        text.push_str(&format!(" set dyn {{ type {of}; size 3; flags dynamic,timeout; timeout 1h; }}\n"));
        text.push_str(&format!(" set met {{ type {of}; size 3; flags dynamic; {} }}\n", self.dice.pick(&METERS)));
        text.push_str(&format!(
            " map backends {{ type {of} . inet_service : {of} . inet_service; elements = {{ {} . 80 : {} . 8080, {} . 53 : {} . 53 }} }}\n",
            services[0], pods[0], services[1], pods[1]
        ));
        text.push_str(" map ports { type inet_service : verdict; elements = { 80 : jump c3, 443 : goto c4, 53 : accept, 8080 : drop } }\n");
        // A chain of verdict maps' targets is there before the rules that use it.
        for name in CHAINS.into_iter().rev() {
            let rules = self.dice.several(0, 3, |_| ()).len();
            text.push_str(&format!(" chain {name} {{\n"));
            for _ in 0..rules {
                text.push_str(&self.rule(Kind::Filter, CHAINS.into_iter().filter(|other| *other > name).collect()));
            }
            text.push_str(" }\n");
        }
        for (name, kind, base) in BASES {
            let odds = if kind == Kind::Raw { 4 } else { 2 };
            if !self.dice.one_in(odds) {
                continue;
            }
            let policy =
                if kind == Kind::Filter && name != "output" && self.dice.one_in(8) { "drop" } else { "accept" };
            text.push_str(&format!(" chain {name} {{\n  {base}; policy {policy};\n"));
            let behind = if matches!(kind, Kind::Filter) { CHAINS.to_vec() } else { Vec::new() };
            for _ in 0..1 + self.dice.below(5) {
                text.push_str(&self.rule(kind, behind.clone()));
            }
            text.push_str(" }\n");
        }
        text + "}\n"
    }

    const fn address_type(&self) -> &'static str {
        match self.family {
            Family::V4 => "ipv4_addr",
            Family::V6 => "ipv6_addr",
        }
    }

    const fn ip(&self) -> &'static str {
        match self.family {
            Family::V4 => "ip",
            Family::V6 => "ip6",
        }
    }

    fn rule(&mut self, kind: Kind, behind: Vec<&str>) -> String {
        let protocol = self.dice.pick(&["", "tcp", "udp", "icmp"]);
        let mut parts: Vec<String> = (0..self.dice.below(3)).map(|_| self.test(protocol)).collect();
        if self.dice.one_in(4) {
            parts.push("counter".to_owned());
        }
        if self.dice.one_in(4) {
            parts.push(self.change(kind));
        }
        parts.push(self.end(kind, &behind, protocol));
        format!("  {}\n", parts.join(" "))
    }

    fn test(&mut self, protocol: &str) -> String {
        let ip = self.ip();
        let place = Place::of(self.family);
        let address = self.dice.pick(&place.all());
        let prefix = self.dice.pick(place.prefixes);
        let side = self.dice.pick(&["saddr", "daddr"]);
        let not = self.dice.pick(&["", "", "", "!= "]);
        match self.dice.below(10) {
            0 => format!("{ip} {side} {not}{address}"),
            1 => format!("{ip} {side} {not}{prefix}"),
            2 => format!("{ip} {side} {not}@addrs"),
            3 => {
                let (first, second) = (place.clients[0], place.pods[0]);
                format!("{ip} {side} {not}{{ {first}, {second}, {} }}", place.prefixes[4])
            }
            4 if protocol.is_empty() => {
                format!("meta l4proto {{ tcp, udp }} {ip} daddr . meta l4proto . th dport {not}@svcs")
            }
            5 if matches!(protocol, "tcp" | "udp") => format!("{ip} daddr . {protocol} dport {not}@wide"),
            4..=6 => self.of_transport(protocol, not),
            7 => self.of_connection(not),
            8 => self.of_node(not),
            _ => self.of_header(not),
        }
    }

    fn of_transport(&mut self, protocol: &str, not: &str) -> String {
        match (protocol, self.dice.below(6)) {
            ("tcp", 0) => format!("tcp flags {}", self.dice.pick(&TCP_FLAGS)),
            ("tcp" | "udp", 0 | 1) => format!("{protocol} dport {not}{}", self.dice.pick(&["80", "53"])),
            ("tcp" | "udp", 2) => format!("{protocol} dport {not}{{ 53, 80, 443, 5000-9000 }}"),
            ("tcp" | "udp", 3) => format!("{protocol} sport {not}40000-40005"),
            ("tcp" | "udp", 4) => format!("{protocol} dport {} 443", self.dice.pick(&["<", "<=", ">", ">="])),
            ("tcp" | "udp", _) => format!("meta l4proto {not}{protocol}"),
            ("icmp", _) => {
                let name = if self.family == Family::V4 { "icmp" } else { "icmpv6" };
                let kinds = ["echo-request", "echo-reply", "{ echo-request, destination-unreachable }"];
                format!("{name} type {not}{}", self.dice.pick(&kinds))
            }
            (_, 0..=2) => format!("meta l4proto {{ tcp, udp }} th dport {not}{}", self.dice.pick(&["80", "53-443"])),
            _ => "meta l4proto { tcp, udp }".to_owned(),
        }
    }

    fn of_connection(&mut self, not: &str) -> String {
        let place = Place::of(self.family);
        let ip = self.ip();
        match self.dice.below(10) {
            8 => self.dice.pick(&["ct zone 0", "ct zone 1", "ct original zone 2", "ct reply zone != 3"]).to_owned(),
            9 => {
                let keys = [
                    "ct packets > 1",
                    "ct original packets 1",
                    "ct bytes < 100",
                    "ct reply bytes 0",
                    "ct avgpkt 40-60",
                ];
                self.dice.pick(&keys).to_owned()
            }
            0 => format!(
                "ct state {not}{}",
                self.dice.pick(&["new", "established,related", "invalid", "untracked", "{ new, established }"])
            ),
            1 => format!("ct status {}", self.dice.pick(&["dnat", "snat", "assured", "seen-reply", "confirmed"])),
            2 => format!("ct direction {}", self.dice.pick(&["original", "reply"])),
            3 => format!("ct mark {not}0x1"),
            4 => format!("ct original {ip} daddr {not}{}", self.dice.pick(place.services)),
            5 => format!("ct reply {ip} saddr {not}{}", self.dice.pick(place.pods)),
            6 => format!("ct original {ip} saddr {not}{}", self.dice.pick(place.prefixes)),
            _ => "ct state vmap { established : accept, related : accept, invalid : drop }".to_owned(),
        }
    }

    fn of_node(&mut self, not: &str) -> String {
        match self.dice.below(11) {
            9 => format!(
                "meta {} {not}{}",
                self.dice.pick(&["skuid", "skgid"]),
                self.dice.pick(&["0", "1337", "1000-2000"])
            ),
            10 => {
                format!("meta pkttype {not}{}", self.dice.pick(&["unicast", "broadcast", "{ broadcast, multicast }"]))
            }
            0 => format!(
                "fib daddr type {not}{}",
                self.dice.pick(&["local", "unicast", "broadcast", "multicast", "{ local, broadcast }"])
            ),
            1 => format!("fib saddr type {not}local"),
            2 => format!("iifname {not}{}", self.dice.pick(&["eth0", "\"eth*\"", "{ eth0, pod0 }", "lo"])),
            3 => format!("oifname {not}{}", self.dice.pick(&["eth0", "\"eth*\"", "{ eth1, pod0 }", "lo"])),
            4 => format!("meta mark {not}0x1"),
            5 => "meta mark & 0x3 == 0x1".to_owned(),
            6 => format!("numgen inc mod 3 {}", self.dice.below(3)),
            7 => format!("jhash {} saddr mod 4 seed 0xbeef {}", self.ip(), self.dice.below(4)),
            _ => "limit rate 3/hour burst 2 packets".to_owned(),
        }
    }

    fn of_header(&mut self, not: &str) -> String {
        let ip = self.ip();
        let hops = if self.family == Family::V4 { "ttl" } else { "hoplimit" };
        match self.dice.below(8) {
            7 => format!("ether saddr {not}{}", extensions::hardware(self.dice)),
            0 => format!("{ip} {hops} < 10"),
            1 => format!("{ip} {hops} {not}63"),
            2 => format!("{ip} dscp {not}{}", self.dice.pick(&["cs1", "ef", "4"])),
            3 => format!("meta length {}", self.dice.pick(&["< 60", "40-60", "> 600"])),
            5 if self.family == Family::V6 && self.dice.one_in(2) => {
                self.dice.pick(&["exthdr frag missing", "exthdr frag exists", "frag more-fragments 1"]).to_owned()
            }
            6 if self.dice.one_in(4) => "ct count over 2".to_owned(),
            4 if self.table == "inet" => {
                format!("meta nfproto {not}{}", if self.family == Family::V4 { "ipv4" } else { "ipv6" })
            }
            5 => format!("jhash {ip} saddr . {ip} daddr mod 4 seed 0x1 {}", self.dice.below(4)),
            _ => format!(
                "{ip} {} {not}{}",
                if self.family == Family::V4 { "protocol" } else { "nexthdr" },
                self.dice.pick(&["tcp", "udp"])
            ),
        }
    }

    fn change(&mut self, kind: Kind) -> String {
        let ip = self.ip();
        let place = Place::of(self.family);
        match self.dice.below(10) {
            9 => format!("{} @met {{ {ip} saddr }}", self.dice.pick(&["add", "update"])),
            0 => "meta mark set 0x1".to_owned(),
            1 => "meta mark set meta mark | 0x4".to_owned(),
            2 => "meta mark set ct mark".to_owned(),
            3 => "ct mark set meta mark".to_owned(),
            4 => "ct mark set 0x1".to_owned(),
            5 if self.dice.one_in(2) => {
                let counts = ["limit rate over 3/hour burst 1 packets", "quota 100 bytes", "counter"];
                format!("update @dyn {{ {ip} saddr {} }}", self.dice.pick(&counts))
            }
            5 => format!("{} @dyn {{ {ip} saddr }}", self.dice.pick(&["add", "update", "delete"])),
            6 => format!("meta mark set {ip} saddr map {{ {} : 0x1, {} : 0x2 }}", place.clients[0], place.prefixes[1]),
            7 if kind == Kind::Mangle => format!("{ip} dscp set cs1"),
            8 if kind == Kind::Mangle => {
                format!("{ip} {} set 33", if self.family == Family::V4 { "ttl" } else { "hoplimit" })
            }
            _ => "counter".to_owned(),
        }
    }

    fn end(&mut self, kind: Kind, behind: &[&str], protocol: &str) -> String {
        if !behind.is_empty() && self.dice.one_in(3) {
            return format!("{} {}", self.dice.pick(&["jump", "jump", "goto"]), self.dice.pick(behind));
        }
        let by_ports = behind.contains(&"c3") && behind.contains(&"c4");
        match self.dice.below(8) {
            0 => "accept".to_owned(),
            1 => "return".to_owned(),
            2 if kind == Kind::Filter && self.dice.one_in(2) => "drop".to_owned(),
            2 if kind == Kind::Filter => self.reject(protocol),
            2 if kind == Kind::Raw => {
                let options = ["notrack", "ct zone set 1", "ct original zone set 2", "ct reply zone set 3"];
                self.dice.pick(&options).to_owned()
            }
            3 | 4 if kind == Kind::NatBefore => self.destination(protocol),
            3 | 4 if kind == Kind::NatAfter => self.source(),
            5 if kind == Kind::NatBefore => self.destination(protocol),
            5 if kind == Kind::NatAfter => self.source(),
            3 if kind == Kind::Filter && by_ports && matches!(protocol, "tcp" | "udp") => {
                format!("{protocol} dport vmap @ports")
            }
            5 if kind == Kind::Filter && by_ports => "numgen inc mod 2 vmap { 0 : jump c3, 1 : goto c4 }".to_owned(),
            _ => "counter".to_owned(),
        }
    }

    fn reject(&mut self, protocol: &str) -> String {
        let icmp = if self.family == Family::V4 { "icmp" } else { "icmpv6" };
        match self.dice.below(3) {
            0 => "reject".to_owned(),
            1 if protocol == "tcp" => "reject with tcp reset".to_owned(),
            _ => format!("reject with {icmp} admin-prohibited"),
        }
    }

    fn destination(&mut self, protocol: &str) -> String {
        let place = Place::of(self.family);
        let (ip, inet) = (self.ip(), self.table == "inet");
        let to = if inet { format!("dnat {ip} to") } else { "dnat to".to_owned() };
        let (first, second) = (place.pods[0], place.pods[1]);
        let with_port = if self.family == Family::V4 { format!("{first}:8080") } else { format!("[{first}]:8080") };
        match (self.dice.below(6), protocol) {
            (0 | 1, "tcp" | "udp") => format!("meta l4proto {protocol} {to} {with_port}"),
            (2, "tcp" | "udp") => format!("meta l4proto {protocol} redirect to :8080"),
            (0, "") => format!("meta l4proto {{ tcp, udp }} dnat {ip} to {ip} daddr . th dport map @backends"),
            (3, _) => format!("{to} numgen inc mod 2 map {{ 0 : {first}, 1 : {second} }}"),
            (4, _) => "redirect".to_owned(),
            _ => format!("{to} {second}"),
        }
    }

    fn source(&mut self) -> String {
        let place = Place::of(self.family);
        let to = if self.table == "inet" { format!("snat {} to", self.ip()) } else { "snat to".to_owned() };
        match self.dice.below(3) {
            0 => format!("{to} {}", self.dice.pick(&[place.own, place.services].concat())),
            _ => "masquerade".to_owned(),
        }
    }
}

/// A script that needs every module once.
pub const EVERYTHING: &str = "table inet t {
 set dyn { type ipv4_addr; size 3; flags dynamic,timeout; timeout 1h; }
 set wide { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/8 . 50-443 } }
 chain nat { type nat hook prerouting priority -100; dnat ip to numgen inc mod 2 map { 0 : 10.0.0.7, 1 : 10.0.0.8 }; redirect; }
 chain post { type nat hook postrouting priority 100; snat ip to 10.0.0.1; masquerade; }
 chain forward { type filter hook forward priority 0;
  fib daddr type local ct state new jhash ip saddr mod 4 seed 0x1 1 limit rate 3/hour burst 2 packets counter reject
  ip daddr . th dport @wide add @dyn { ip saddr } meta mark set ct mark ip dscp set cs1 drop
 }
 chain raw { type filter hook prerouting priority -300; notrack; }
}
";
