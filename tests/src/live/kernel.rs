//! The running kernel as a node of a case: devices whose other ends are held here, and eyes on what it does.

use std::collections::HashMap;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::Duration;

use datapath_core::net::Packet;
use serde_json::Value;
use socket2::{Domain, Protocol, Socket, Type};

use super::link::{self, Link};
use super::namespace::{command, sysctl};
use super::netlink::{Names, Rules, Table};
use super::{proc, wire};
use crate::kernel::{Balance, Case, Load, Observation, Out};

/// A node in the network namespace of the thread that made it.
///
/// A packet that is written to a TUN device has gone its whole way when the write returns, so that nothing has to be
/// waited for.
pub struct Kernel {
    links: Vec<Link>,
    /// Get copies of what is delivered to the node itself.
    local: Vec<Socket>,
    /// Send as a process of the node does, with headers of our own.
    senders: [Socket; 2],
    rules: Rules,
    table: Table,
    /// Whether IPVS is part of the case.
    balances: bool,
}

/// Traces both tools without touching their rules, and asks for conntrack, which a namespace does not have before. A
/// packet that a bridge passes up gets another name (`nft_trace_init`): it has to have said something by that before a
/// rule answers it.
const TRACING: &str = "table inet tracing {
    chain prerouting { type filter hook prerouting priority -450; meta nftrace set 1; }
    chain tracking { type filter hook prerouting priority 300; ct state new; }
    chain input { type filter hook input priority -450; meta nftrace set 1; }
    chain forward { type filter hook forward priority -450; meta nftrace set 1; }
    chain output { type filter hook output priority -450; meta nftrace set 1; }
}";

/// The same for kernels without nft, in a table that cases with IPVS leave alone.
const LEGACY_TRACING: &str = "*raw
-A PREROUTING -j TRACE
-A OUTPUT -j TRACE
-A OUTPUT -m conntrack --ctstate INVALID
COMMIT
";

/// A router that answers everybody, says nothing of its own accord, and lets TCP windows be. A `icmp_ratelimit` of 0 would
/// silence the errors of routes, which share its buckets (`ip_error`).
const SETTINGS: [(&str, &str); 15] = [
    ("net/ipv4/ip_forward", "1"),
    ("net/ipv4/conf/all/send_redirects", "0"),
    ("net/ipv4/conf/default/send_redirects", "0"),
    ("net/ipv4/conf/all/rp_filter", "0"),
    ("net/ipv4/conf/default/rp_filter", "0"),
    ("net/ipv6/conf/default/accept_dad", "0"),
    ("net/ipv6/conf/default/addr_gen_mode", "1"),
    ("net/ipv6/conf/default/mldv1_unsolicited_report_interval", "100000000"),
    ("net/ipv6/conf/default/mldv2_unsolicited_report_interval", "100000000"),
    ("net/ipv4/icmp_ratemask", "0"),
    ("net/ipv4/icmp_msgs_per_sec", "1000000"),
    ("net/ipv6/icmp/ratelimit", "0"),
    ("net/netfilter/nf_conntrack_tcp_be_liberal", "1"),
    ("net/netfilter/nf_conntrack_tcp_max_retrans", "255"),
    // SCTP is written without its own.
    ("net/netfilter/nf_conntrack_checksum", "0"),
];

impl Kernel {
    /// # Errors
    /// Says which part of the case the kernel or its tools refuse.
    pub fn new(case: &Case) -> Result<Self, String> {
        for (name, value) in SETTINGS {
            sysctl(name, value)?;
        }
        /// A bridge joins the groups of its addresses, and reports that a few ticks later (`mld_ifc_event`).
        const REPORTED: Duration = Duration::from_millis(30);
        let (links, mut batch) = Link::all(case)?;
        for route in &case.routes {
            let family = if route.contains(':') { "-6 " } else { "" };
            batch.push(format!("{family}route add {route}"));
        }
        batch.extend(case.rules.iter().map(|rule| match rule.strip_prefix("-6 ") {
            Some(rule) => format!("-6 rule add {rule}"),
            None => format!("rule add {rule}"),
        }));
        link::set_up(batch)?;
        // Only now: a router joins the group of routers on devices that have multicast, and reports that. Who is no router
        // must not have been one, for it would report that it leaves.
        const ROUTER: &str = "net/ipv6/conf/all/forwarding";
        sysctl(ROUTER, &case.sysctl.get(ROUTER).map_or_else(|| "1".to_owned(), ToString::to_string))?;
        if !(case.bridges.is_empty() && case.vxlans.is_empty()) {
            // Before there are rules: some count the packets that they see.
            sleep(REPORTED);
        }
        let balances = case.balances();
        load(case, balances)?;
        let eyes = || -> io::Result<_> {
            Ok((raw_sockets()?, senders()?, Rules::listen(names(case, balances)?)?, Table::open()?))
        };
        let (local, senders, rules, table) = eyes().map_err(|error| format!("watching the kernel: {error}"))?;
        let kernel = Self { links, local, senders, rules, table, balances };
        // What the devices said when they came up.
        let before = kernel.came_out().and_then(|_| kernel.rules.matched());
        before.map_err(|error| format!("watching the kernel: {error}"))?;
        Ok(kernel)
    }

    /// Sends a packet and sees what the kernel does. `iface` is the device that it comes in by, or `local` for a
    /// process of the node; `whole` are the bytes of the datagram that it is the first part of. Also gives the packets
    /// that came out.
    ///
    /// # Errors
    /// Says why the packet cannot be sent, or that something was not seen.
    pub fn send(&self, iface: &str, packet: &Packet, whole: Option<u16>) -> Result<(Observation, Vec<Out>), String> {
        /// A busy kernel leaves to ksoftirqd what goes around by the loopback.
        const AROUND: Duration = Duration::from_millis(1);
        let bytes = wire::encode_part(packet, whole)?;
        if iface == "local" {
            let sender = &self.senders[usize::from(packet.dst.is_ipv6())];
            // What a rule drops is refused with EPERM, what has no route with ENETUNREACH.
            let _ = sender.send_to(&bytes, &SocketAddr::new(packet.dst, 0).into());
        } else {
            let link = self.links.iter().find(|link| link.name == iface).ok_or_else(|| format!("no device {iface}"))?;
            link.send(packet.src, packet.dst, &bytes).map_err(|error| format!("{iface}: {error}"))?;
        }
        let seen = || -> io::Result<_> {
            let mut out = self.came_out()?;
            if self.balances && (iface == "local" || out.is_empty()) {
                sleep(AROUND);
                out.extend(self.came_out()?);
            }
            let balance = self.balance()?;
            Ok((Observation::new(&out, self.rules.matched()?, self.table.entries()?, balance), out))
        };
        seen().map_err(|error| format!("watching the kernel: {error}"))
    }

    /// Runs a command that changes what is loaded.
    ///
    /// # Errors
    /// Says what was not seen.
    pub fn run(&self, words: &[String]) -> Result<Observation, String> {
        /// IPVS forgets the connections of removed real servers a tick later (`ip_vs_enqueue_expire_nodest_conns`).
        const LATER: Duration = Duration::from_millis(50);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let accepted = command(&words, "").is_ok();
        sleep(LATER);
        let seen = || -> io::Result<_> {
            let balance = self.balance()?;
            let out = self.came_out()?;
            Ok(Observation::of_command(accepted, &out, self.rules.matched()?, self.table.entries()?, balance))
        };
        seen().map_err(|error| format!("watching the kernel: {error}"))
    }

    fn balance(&self) -> io::Result<Balance> {
        if self.balances { proc::balance() } else { Ok(Balance::default()) }
    }

    fn came_out(&self) -> io::Result<Vec<Out>> {
        let mut out = Vec::new();
        let mut buffer = vec![0; 1 << 16];
        for link in &self.links {
            while let Some(bytes) = link.receive(&mut buffer)? {
                out.extend(wire::decode(bytes).map(|packet| Out { iface: link.name.clone(), packet }));
            }
        }
        for socket in &self.local {
            let mut socket: &Socket = socket;
            while let Some(length) = would_block(socket.read(&mut buffer))? {
                let packet = wire::decode(&buffer[..length]);
                // What carries another one is the overlay's.
                let packet = packet.filter(|packet| packet.inside.is_none());
                out.extend(packet.map(|packet| Out { iface: "local".to_owned(), packet }));
            }
        }
        Ok(out)
    }
}

/// Loads the rules and has them traced.
fn load(case: &Case, balances: bool) -> Result<(), String> {
    for load in &case.load {
        let words: Vec<_> = load.words().iter().map(String::as_str).collect();
        let traced = balances && load.program().contains("tables-legacy");
        match load {
            Load::Fed(_, input) if traced => command(&words, &format!("{input}{LEGACY_TRACING}"))?,
            Load::Fed(_, input) => command(&words, input)?,
            Load::Plain(_) => command(&words, "")?,
        };
    }
    for (name, value) in &case.sysctl {
        sysctl(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned))?;
    }
    if !balances {
        command(&["nft", "-f", "-"], TRACING)?;
        let at_devices = |load: &Load| matches!(load, Load::Fed(_, rules) if rules.contains("hook ingress"));
        if case.load.iter().any(at_devices) {
            command(&["nft", "-f", "-"], &tracing_at_devices(case))?;
        }
    }
    Ok(())
}

fn tracing_at_devices(case: &Case) -> String {
    let chain = |device: &String| {
        format!("chain {device} {{ type filter hook ingress device {device} priority -500; meta nftrace set 1; }}\n")
    };
    format!("table netdev tracing {{\n{}}}\n", case.ifaces.keys().map(chain).collect::<String>())
}

fn would_block(read: io::Result<usize>) -> io::Result<Option<usize>> {
    match read {
        Ok(length) => Ok(Some(length)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

fn raw_sockets() -> io::Result<Vec<Socket>> {
    let open = |(domain, protocol)| {
        let socket = Socket::new(domain, Type::RAW, Some(protocol))?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    };
    let v4 = [Protocol::TCP, Protocol::UDP, Protocol::ICMPV4, Protocol::SCTP].map(|protocol| (Domain::IPV4, protocol));
    // Without anybody who takes SCTP the node would answer that it does not know it.
    v4.into_iter().chain([(Domain::IPV6, Protocol::SCTP)]).map(open).collect()
}

fn senders() -> io::Result<[Socket; 2]> {
    const IPPROTO_RAW: i32 = 255;
    let open = |domain| Socket::new(domain, Type::RAW, Some(Protocol::from(IPPROTO_RAW)));
    Ok([open(Domain::IPV4)?, open(Domain::IPV6)?])
}

/// What the model calls the rules that are loaded: those of nft by their chain, those of iptables by their table too.
fn names(case: &Case, legacy: bool) -> io::Result<Names> {
    let mut names = Names::default();
    let mut of_iptables = false;
    for load in &case.load {
        of_iptables |= load.program().contains("tables-nft");
        if let Load::Fed(_, input) = load
            && load.program().contains("tables-legacy")
        {
            count_rules(input, &mut names.lengths);
        }
    }
    if legacy {
        return Ok(names);
    }
    let listing = command(&["nft", "-j", "-a", "list", "ruleset"], "").map_err(io::Error::other)?;
    let listing: Value = serde_json::from_str(&listing)?;
    let mut counts: HashMap<String, usize> = HashMap::new();
    for rule in listing["nftables"].as_array().into_iter().flatten().filter_map(|object| object.get("rule")) {
        let word = |key: &str| rule[key].as_str().unwrap_or_default();
        if word("table") == "tracing" {
            continue;
        }
        let chain = if of_iptables { format!("{} {}", word("table"), word("chain")) } else { word("chain").to_owned() };
        let table = format!("{} {}", word("family"), word("table"));
        let count = counts.entry(format!("{table} {chain}")).or_default();
        *count += 1;
        let handle = rule["handle"].as_u64().unwrap_or_default();
        names.of_nft.insert((table, word("chain").to_owned(), handle), format!("{chain} {count}"));
    }
    Ok(names)
}

fn count_rules(restore: &str, lengths: &mut HashMap<String, usize>) {
    let mut table = "";
    for line in restore.lines() {
        if let Some(name) = line.strip_prefix('*') {
            table = name;
        } else if let Some(chain) = line.strip_prefix("-A ").and_then(|rule| rule.split(' ').next()) {
            *lengths.entry(format!("{table} {chain}")).or_default() += 1;
        }
    }
}
