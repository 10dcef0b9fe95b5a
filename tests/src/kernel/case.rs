use std::collections::BTreeMap;

use datapath_core::net::{Endpoint, Icmp, Packet as Headers, Protocol, TcpFlags, Transport};
use serde::Deserialize;

/// One node and what is sent to it.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    pub name: String,
    /// Devices with their addresses.
    pub ifaces: BTreeMap<String, Vec<String>>,
    /// As `ip route add` takes them.
    #[serde(default)]
    pub routes: Vec<String>,
    /// Settings, by their path under `/proc/sys`.
    #[serde(default)]
    pub sysctl: BTreeMap<String, serde_json::Value>,
    /// Commands that load rules, in order.
    #[serde(default)]
    pub load: Vec<Load>,
    pub packets: Vec<Packet>,
}

/// A command, alone or with its standard input.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Load {
    Fed(Vec<String>, String),
    Plain(Vec<String>),
}

#[derive(Clone, Debug, Deserialize)]
pub struct Packet {
    /// The device that it comes in by; `local` for a process of the node.
    #[serde(default)]
    pub iface: String,
    #[serde(default)]
    pub src: String,
    #[serde(default)]
    pub dst: String,
    pub proto: Option<String>,
    #[serde(default)]
    pub sport: u16,
    #[serde(default)]
    pub dport: u16,
    pub flags: Option<String>,
    pub ttl: Option<u8>,
    #[serde(rename = "type")]
    pub kind: Option<u8>,
    /// Whoever gets the packet answers with these flags.
    pub reply: Option<String>,
    /// The client goes on with these flags.
    pub then: Option<String>,
    pub count: Option<u32>,
    /// A command instead of a packet.
    pub run: Option<Vec<String>>,
}

impl Packet {
    /// # Errors
    /// Says which field is not what it should be.
    pub fn headers(&self) -> Result<Headers, String> {
        let address = |text: &str| text.parse().map_err(|_| format!("{text:?} is no address"));
        let (src, dst) = (address(&self.src)?, address(&self.dst)?);
        let (from, to) = (Endpoint::new(src, self.sport), Endpoint::new(dst, self.dport));
        let protocol = self.proto.as_deref().unwrap_or("tcp");
        let mut headers = match Protocol::from_name(protocol).or((protocol == "icmp6").then_some(Protocol::Icmpv6)) {
            Some(Protocol::Tcp) => Headers::tcp(from, to, tcp_flags(self.flags.as_deref().unwrap_or("S"))),
            Some(Protocol::Udp) => Headers::udp(from, to),
            Some(Protocol::Sctp) => Headers::sctp(from, to),
            Some(Protocol::Icmp | Protocol::Icmpv6) => {
                let kind = self.kind.unwrap_or(if src.is_ipv6() { 128 } else { 8 });
                Headers::new(src, dst, Transport::Icmp(Icmp { kind, code: 0, id: self.sport, cause: None }), 8)
            }
            other => {
                return Err(format!("protocol {protocol:?} ({other:?}) is not one that can be sent"));
            }
        };
        headers.ttl = self.ttl.unwrap_or(headers.ttl);
        Ok(headers)
    }
}

/// Letters as in `SA`: FIN, SYN, RST, PSH, ACK, URG.
pub fn tcp_flags(letters: &str) -> TcpFlags {
    const LETTERS: &str = "FSRPAU";
    letters
        .chars()
        .filter_map(|letter| LETTERS.find(letter))
        .fold(TcpFlags::default(), |flags, bit| flags | TcpFlags(1 << bit))
}

/// The letters of [`tcp_flags`].
pub fn letters(flags: TcpFlags) -> String {
    "FSRPAU"
        .chars()
        .enumerate()
        .filter(|(bit, _)| flags.contains(TcpFlags(1 << bit)))
        .map(|(_, letter)| letter)
        .collect()
}
