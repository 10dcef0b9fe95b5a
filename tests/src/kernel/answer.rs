use datapath_core::net::{Packet as Headers, Transport, Tuple};
use datapath_core::netfilter::Connection;
use datapath_core::node::Node;
use datapath_core::trace::{Event, Trace};
use serde_json::{Map, Value, json};

use super::case::letters;

/// What a node did with one packet.
#[derive(Clone, Debug)]
pub struct Answer {
    pub packets: Vec<Out>,
    /// The rules that matched, `nat KUBE-SERVICES 1`, in order.
    pub rules: Vec<String>,
    /// The connections that the packet touched.
    pub connections: Vec<Value>,
    pub reply: Option<Box<Self>>,
    pub then: Option<Box<Self>>,
}

/// A packet that came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Out {
    pub iface: String,
    pub packet: Headers,
}

impl Answer {
    pub(super) fn new(node: &Node, packets: Vec<Out>, connections: Vec<Value>, trace: &Trace) -> Self {
        let rules = trace.steps.iter().filter_map(|step| match step.event {
            Event::RuleMatched { rule, .. } => Some(format!("{} {}", node.chain_name(rule.chain), rule.index + 1)),
            _ => None,
        });
        Self { packets, rules: rules.collect(), connections, reply: None, then: None }
    }

    /// The connections that a packet found or made, as they are now.
    pub(super) fn connections(node: &Node, trace: &Trace) -> Vec<Value> {
        let touched = trace.steps.iter().filter_map(|step| match step.event {
            Event::ConnectionConfirmed { connection } | Event::ConnectionFound { connection, .. } => Some(connection),
            _ => None,
        });
        touched.filter_map(|id| node.stack.conntrack.get(id)).map(connection).collect()
    }

    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("out".into(), self.packets.iter().map(Out::to_json).collect());
        let rules = self.rules.iter().map(|rule| json!({"ev": "rule", "rule": rule}));
        object.insert("trace".into(), rules.chain(self.connections.iter().cloned()).collect());
        for (name, part) in [("reply", &self.reply), ("then", &self.then)] {
            if let Some(part) = part {
                object.insert(name.into(), part.to_json());
            }
        }
        Value::Object(object)
    }
}

impl Out {
    fn to_json(&self) -> Value {
        let Headers { src, dst, ttl, transport, .. } = &self.packet;
        let protocol = match self.packet.protocol() {
            datapath_core::net::Protocol::Icmpv6 => "icmp6".to_owned(),
            protocol => protocol.to_string(),
        };
        let mut object = json!({"iface": self.iface, "src": src, "dst": dst, "proto": protocol, "ttl": ttl});
        if let Some((sport, dport)) = self.packet.ports() {
            object["sport"] = json!(sport);
            object["dport"] = json!(dport);
        }
        match transport {
            Transport::Tcp { flags, .. } => object["flags"] = json!(letters(*flags)),
            Transport::Icmp(icmp) => {
                object["type"] = json!(icmp.kind);
                object["code"] = json!(icmp.code);
            }
            _ => {}
        }
        object
    }
}

fn tuple(tuple: &Tuple) -> String {
    let end = |end: datapath_core::net::Endpoint| format!("{}:{}", end.address, end.port);
    format!("{} {}>{}", tuple.protocol, end(tuple.src), end(tuple.dst))
}

fn connection(connection: &Connection) -> Value {
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
    json!({"ev": "ct", "orig": tuple(&connection.original), "reply": tuple(&connection.reply), "status": status})
}
