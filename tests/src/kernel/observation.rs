use datapath_core::net::{Endpoint, Family, Icmp, Packet as Headers, Protocol, Transport, Tuple};
use datapath_core::netfilter::{Connection, Zone};
use serde::{Deserialize, Serialize};

use super::answer::Out;
use super::balance::Balance;
use super::case::letters;
use super::sctp;

/// What can be seen of one packet, or of a command, from outside the kernel: what came out, which rules matched, the
/// tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// One line for each packet that came out of a device or reached the node itself, sorted.
    pub out: Vec<String>,
    /// The rules that matched, in order: `nat C1 2`, and for nft `c1 2`.
    pub rules: Vec<String>,
    /// The conntrack table afterwards, sorted.
    pub entries: Vec<Entry>,
    /// What IPVS holds afterwards.
    #[serde(default, skip_serializing_if = "Balance::is_empty")]
    pub balance: Balance,
}

/// An entry of the conntrack table, or of that of IPVS.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Both tuples, the status, the mark, the state of a TCP connection; for IPVS protocol, client, virtual service,
    /// real server and state.
    pub text: String,
    /// Seconds.
    pub expires_in: u64,
}

impl Observation {
    pub fn new(out: &[Out], rules: Vec<String>, mut entries: Vec<Entry>, balance: Balance) -> Self {
        // What an IPv6 socket gets it gets without the header.
        let seen = out.iter().filter(|out| out.iface != "local" || out.packet.family() == Family::V4);
        let mut out: Vec<_> = seen.map(line).collect();
        out.sort();
        entries.sort();
        Self { out, rules, entries, balance }
    }

    /// What can be seen of a command that changes settings, or of time that passes.
    pub fn of_command(accepted: bool, out: &[Out], rules: Vec<String>, entries: Vec<Entry>, balance: Balance) -> Self {
        let mut seen = Self::new(out, rules, entries, balance);
        if !accepted {
            seen.out.push("refused".to_owned());
        }
        seen
    }

    /// What differs, if anything does. Time-outs may differ by as much as a machine may be slow.
    pub fn difference(&self, kernel: &Self) -> Option<&'static str> {
        /// Seconds.
        const SLOW: u64 = 5;
        /// Seconds that TCP gets as long as something is not acknowledged: the model knows no sequence numbers.
        const UNACKNOWLEDGED: u64 = 300;
        let same = |model: &Entry, kernel: &Entry| {
            let about = |seconds: u64| seconds.abs_diff(kernel.expires_in) <= SLOW;
            let open = model.expires_in > UNACKNOWLEDGED && model.text.contains("ESTABLISHED");
            model.text == kernel.text && (about(model.expires_in) || open && about(UNACKNOWLEDGED))
        };
        let all_same = |model: &[Entry], kernel: &[Entry]| {
            model.len() == kernel.len() && model.iter().zip(kernel).all(|(model, kernel)| same(model, kernel))
        };
        if self.out != kernel.out {
            Some("out")
        } else if self.rules != kernel.rules {
            Some("rules")
        } else if !all_same(&self.entries, &kernel.entries) {
            Some("entries")
        } else if self.balance.servers != kernel.balance.servers {
            Some("servers")
        } else if !all_same(&self.balance.connections, &kernel.balance.connections) {
            Some("connections")
        } else {
            None
        }
    }
}

impl Entry {
    /// `status` has the kernel's names, `state` is that of a TCP connection.
    pub fn new(original: &Tuple, reply: &Tuple, status: &[&str], mark: u32, state: &str, expires_in: u64) -> Self {
        let text = format!("{} reply {} [{}] mark={mark:#x} {state}", flow(original), flow(reply), status.join(" "));
        Self { text: text.trim_end().to_owned(), expires_in }
    }

    /// Says in which zones the tuples are, unless these are those of nearly all.
    pub fn set_zones(&mut self, original: u16, reply: u16) {
        if (original, reply) != (0, 0) {
            self.text.push_str(&format!(" zones={original}/{reply}"));
        }
    }

    pub(super) fn of(connection: &Connection, now: u64) -> Self {
        let status = &connection.status;
        let names = [
            (status.seen_reply, "seen_reply"),
            (status.assured, "assured"),
            (status.confirmed, "confirmed"),
            (status.src_nat, "snat"),
            (status.dst_nat, "dnat"),
            (status.src_nat_done, "snat_done"),
            (status.dst_nat_done, "dnat_done"),
        ];
        let status: Vec<_> = names.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
        let state = connection.progress.state().unwrap_or_default();
        let expires_in = connection.expires.saturating_sub(now);
        let mut entry = Self::new(&connection.original, &connection.reply, &status, connection.mark, state, expires_in);
        let Zone { id, original, reply } = connection.zone;
        entry.set_zones(if original { id } else { 0 }, if reply { id } else { 0 });
        entry
    }
}

fn line(out: &Out) -> String {
    format!("{} {}", out.iface, packet(&out.packet))
}

fn packet(packet: &Headers) -> String {
    let Headers { ttl, tos, length, .. } = packet;
    let detail = match &packet.transport {
        Transport::Tcp { flags, .. } => format!(" {}", letters(*flags)),
        Transport::Icmp(Icmp { kind, code, cause, .. }) => {
            let quote = cause.as_ref().map_or_else(String::new, |cause| format!(" of ({})", flow(&cause.tuple())));
            format!(" type {kind}/{code}{quote}")
        }
        Transport::Sctp { tag, chunks, .. } => {
            format!(" tag {tag} [{}]", chunks.iter().map(sctp::name).collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    };
    let part = packet.fragment.map_or_else(String::new, |part| {
        let df = packet.dont_fragment && packet.src.is_ipv4();
        let (more, df) = (if part.more { "+" } else { "" }, if df { " df" } else { "" });
        format!(" from {}{more}{df}", part.offset)
    });
    // By another port nobody tells it from any other payload.
    let inside = packet.inside.as_ref().filter(|_| matches!(packet.transport, Transport::Udp { dport: 8472, .. }));
    let inside = inside.map_or_else(String::new, |inside| format!(" around ({})", self::packet(&inside.packet)));
    format!("{} ttl={ttl} tos={tos:#x} length={length}{detail}{part}{inside}", flow(&packet.tuple()))
}

fn flow(tuple: &Tuple) -> String {
    let end = |end: Endpoint| format!("{}:{}", end.address, end.port);
    let protocol = match tuple.protocol {
        Protocol::Icmpv6 => "icmp6".to_owned(),
        protocol => protocol.to_string(),
    };
    format!("{protocol} {}>{}", end(tuple.src), end(tuple.dst))
}
