use std::collections::BTreeMap;
use std::sync::Arc;

use datapath_core::net::{Endpoint, Ethernet, Fragment, Frame, Icmp, Packet as Headers, Protocol, TcpFlags, Transport};
use serde::{Deserialize, Serialize};

use super::hardware::{OF_OVERLAY, SENDER_ON_OVERLAY};
use super::sctp;

/// Bytes of VXLAN's own header and that of the frame inside.
pub const OVERLAY: u16 = 8 + FRAME;
/// Bytes of the header of a frame.
pub const FRAME: u16 = 14;

/// One node and what is sent to it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Case {
    pub name: String,
    /// Devices with their addresses.
    pub ifaces: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bridges: BTreeMap<String, Bridge>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vxlans: BTreeMap<String, Vxlan>,
    /// Bytes of the longest packet of a device.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mtu: BTreeMap<String, u16>,
    /// As `ip route add` takes them.
    #[serde(default)]
    pub routes: Vec<String>,
    /// As `ip rule add` takes them; those of IPv6 begin with `-6`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Settings, by their path under `/proc/sys`.
    #[serde(default)]
    pub sysctl: BTreeMap<String, serde_json::Value>,
    /// Commands that load rules, in order.
    #[serde(default)]
    pub load: Vec<Load>,
    pub packets: Vec<Packet>,
}

impl Case {
    /// Whether IPVS is part of it.
    pub fn balances(&self) -> bool {
        self.load.iter().any(|load| load.program() == "ipvsadm")
    }
}

/// A bridge, and who is on it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Bridge {
    pub addresses: Vec<String>,
    pub ports: BTreeMap<String, Port>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Port {
    #[serde(default)]
    pub hairpin: bool,
    /// The addresses of the machines behind it.
    pub stations: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Part {
    pub id: u32,
    /// Bytes.
    pub offset: u16,
    /// Bytes of the datagram behind its IP header, for the checksum of a first part to be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<u16>,
    #[serde(default)]
    pub more: bool,
}

/// A device of an overlay.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Vxlan {
    pub addresses: Vec<String>,
    pub id: u32,
    pub port: u16,
    pub local: String,
    /// The only source port, so that none is chosen.
    pub source_port: u16,
    /// Addresses on the overlay, and below.
    pub peers: BTreeMap<String, String>,
}

/// A command, alone or with its standard input.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Load {
    Fed(Vec<String>, String),
    Plain(Vec<String>),
}

impl Load {
    pub fn words(&self) -> &[String] {
        match self {
            Self::Fed(words, _) | Self::Plain(words) => words,
        }
    }

    pub fn program(&self) -> &str {
        self.words().first().map_or("", String::as_str)
    }
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Packet {
    /// The device that it comes in by; `local` for a process of the node.
    #[serde(default)]
    pub iface: String,
    #[serde(default)]
    pub src: String,
    #[serde(default)]
    pub dst: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proto: Option<String>,
    #[serde(default)]
    pub sport: u16,
    #[serde(default)]
    pub dport: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flags: Option<String>,
    /// The option of a TCP segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mss: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos: Option<u8>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u8>,
    /// The verification tag of an SCTP packet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<u32>,
    /// Its chunks, as [`super::sctp`] names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chunks: Vec<String>,
    /// Bytes behind the transport header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u16>,
    /// Which part of a datagram it is; none but the first has a transport header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fragment: Option<Part>,
    /// Whether nobody may take it apart, as usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<bool>,
    /// The packet inside of one of an overlay, whose payload it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<Box<Self>>,
    /// The packet that an ICMP error quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Box<Self>>,
    /// Whoever gets the packet answers with these flags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// The client goes on with these flags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// A command instead of a packet.
    #[serde(skip_serializing_if = "Option::is_none")]
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
        let known = Protocol::from_name(protocol).or((protocol == "icmp6").then_some(Protocol::Icmpv6));
        let is_later = self.fragment.is_some_and(|part| part.offset > 0);
        let mut headers = match known {
            Some(protocol) if is_later => Headers::new(src, dst, Transport::Other(protocol), 0),
            Some(Protocol::Tcp) => Headers::tcp(from, to, tcp_flags(self.flags.as_deref().unwrap_or("S"))),
            Some(Protocol::Udp) => Headers::udp(from, to),
            Some(Protocol::Sctp) => {
                let chunks = self.chunks.iter().map(|name| sctp::chunk(name)).collect::<Result<_, _>>()?;
                Headers::sctp(from, to, self.tag.unwrap_or(0), chunks)
            }
            Some(Protocol::Icmp | Protocol::Icmpv6) => {
                let kind = self.kind.unwrap_or(if src.is_ipv6() { 128 } else { 8 });
                let cause = self.quote.as_ref().map(|quote| quote.headers()).transpose()?.map(Box::new);
                let length = 8 + cause.as_ref().map_or(0, |cause| cause.length);
                let icmp = Icmp { kind, code: self.code.unwrap_or(0), id: self.sport, cause };
                Headers::new(src, dst, Transport::Icmp(icmp), length)
            }
            other => {
                return Err(format!("protocol {protocol:?} ({other:?}) is not one that can be sent"));
            }
        };
        if let (Transport::Tcp { mss, .. }, Some(_)) = (&mut headers.transport, self.mss) {
            *mss = self.mss;
            headers.length += Headers::MSS_OPTION;
        }
        headers.ttl = self.ttl.unwrap_or(headers.ttl);
        headers.tos = self.tos.unwrap_or(headers.tos);
        headers.length += self.size.unwrap_or(0);
        if self.fragment.is_some() && src.is_ipv6() {
            headers.length += Headers::FRAGMENT_HEADER;
        }
        headers.dont_fragment = self.df.unwrap_or(true);
        headers.fragment = self.fragment.map(|Part { id, offset, more, .. }| Fragment { id, offset, more });
        if let Some(inside) = &self.inside {
            let packet = inside.headers()?;
            headers.length += OVERLAY + packet.length;
            let header = Ethernet { source: Some(SENDER_ON_OVERLAY), destination: Some(OF_OVERLAY) };
            headers.inside = Some(Arc::new(Frame { header, packet }));
        }
        Ok(headers)
    }

    /// The packet with these headers.
    pub fn of(iface: &str, headers: &Headers) -> Self {
        let mut packet = Self {
            iface: iface.to_owned(),
            src: headers.src.to_string(),
            dst: headers.dst.to_string(),
            proto: Some(headers.protocol().to_string()),
            ttl: Some(headers.ttl),
            tos: Some(headers.tos).filter(|tos| *tos > 0),
            ..Self::default()
        };
        (packet.sport, packet.dport) = headers.ports().unwrap_or_default();
        match &headers.transport {
            Transport::Tcp { flags, mss, .. } => {
                packet.flags = Some(letters(*flags));
                packet.mss = *mss;
            }
            Transport::Sctp { tag, chunks, .. } => {
                packet.tag = Some(*tag).filter(|tag| *tag > 0);
                packet.chunks = chunks.iter().map(sctp::name).collect();
            }
            Transport::Icmp(icmp) => {
                packet.kind = Some(icmp.kind);
                packet.code = Some(icmp.code).filter(|code| *code > 0);
                packet.sport = icmp.id;
                packet.quote = icmp.cause.as_ref().map(|cause| Box::new(Self::of("", cause)));
            }
            _ => {}
        }
        packet.fragment = headers.fragment.map(|Fragment { id, offset, more }| Part { id, offset, more, whole: None });
        packet.df = Some(false).filter(|_| !headers.dont_fragment && headers.src.is_ipv4());
        packet.inside = headers.inside.as_ref().map(|inside| Box::new(Self::of("", &inside.packet)));
        let bare = packet.headers().map_or(headers.length, |bare| bare.length);
        packet.size = Some(headers.length.saturating_sub(bare)).filter(|size| *size > 0);
        packet
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
