use std::net::IpAddr;
use std::sync::Arc;

use super::{Bridged, ConnectionId, CtInfo, Direction, Reassembled, Template};
use crate::net::{Endpoint, Ethernet, Packet, Tuple};
use crate::trace::Route;

/// A packet on a node, with what the node knows of it (`struct sk_buff`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skb {
    pub packet: Packet,
    /// The packet mark: local to the node, gone when the packet leaves it.
    pub mark: u32,
    /// The device that the packet came in by; none for packets of local processes.
    pub input: Option<Arc<str>>,
    /// The header of the frame that it came in; none for packets of local processes and of devices without such frames.
    pub ethernet: Option<Ethernet>,
    /// The device that the packet will leave by, known after routing.
    pub output: Option<Arc<str>>,
    /// By way of whom, known after routing; none for a neighbour.
    pub gateway: Option<IpAddr>,
    pub connection: Option<CtLink>,
    /// Set by NOTRACK and by conntrack for packets that it leaves alone.
    pub untracked: bool,
    /// Where conntrack is to look, set by a rule before it.
    pub template: Option<Template>,
    pub ipvs: IpvsHandled,
    /// Where a packet of this node goes, if a function at OUTPUT had that looked up again.
    pub rerouted: Option<Route>,
    pub sender: Sender,
    /// By which ports, if a bridge had it pass the hooks; it keeps that when it is routed.
    pub bridged: Option<Bridged>,
    /// What it came in as, if it was put together from fragments.
    pub reassembled: Option<Reassembled>,
    /// How many other packets it carries, one inside the other, that this node put there.
    pub carries: u8,
    /// By which device a rule sent it on, past everything else.
    pub sent_on: Option<SentOn>,
    /// A rule made it of another packet; of copies there are no copies (`in_nf_duplicate`).
    pub is_copy: bool,
}

/// Where a rule of nft's family `netdev` sends a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentOn {
    pub device: Arc<str>,
    /// Who gets it; else whoever it is addressed to.
    pub neighbour: Option<IpAddr>,
}

/// Whose socket sent a packet (`skb->sk`), as `-m owner` and nft's `meta skuid` ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sender {
    /// No socket: it came from outside, or the kernel made it by itself.
    #[default]
    Nobody,
    /// A socket of the kernel, such as the one for ICMP.
    Kernel,
    Process {
        user: u32,
        group: u32,
    },
}

/// To whom a packet came, as the link layer saw it (`skb->pkt_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PacketType {
    Host,
    Broadcast,
    Multicast,
    OtherHost,
}

/// What IPVS has done with a packet. It will not look at it again (`skb->ipvs_property`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IpvsHandled {
    #[default]
    No,
    /// No connection is found by it: it came from a real server, or its connection lasts for this packet only.
    Unlisted,
    /// It was sent on by this connection.
    Request(IpvsRequest),
}

/// What `-m ipvs` asks the connection of a client's packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpvsRequest {
    /// The ends of a packet on its way to the real server.
    pub tuple: Tuple,
    pub virtual_end: Endpoint,
    /// The port of the virtual service in the connection's template.
    pub control_port: Option<u16>,
    /// None where the node itself is the real server.
    pub method: Option<IpvsMethod>,
}

/// How IPVS forwards, in the words and in the order of `--vmethod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpvsMethod {
    Gate,
    Ipip,
    Masq,
}

/// Which connection a packet belongs to, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CtLink {
    pub id: ConnectionId,
    pub direction: Direction,
    pub info: CtInfo,
}

impl Skb {
    pub fn received(packet: Packet, device: Arc<str>) -> Self {
        Self { input: Some(device), ..Self::sent(packet) }
    }

    pub const fn sent(packet: Packet) -> Self {
        Self {
            packet,
            mark: 0,
            input: None,
            ethernet: None,
            output: None,
            gateway: None,
            connection: None,
            untracked: false,
            template: None,
            ipvs: IpvsHandled::No,
            rerouted: None,
            sender: Sender::Nobody,
            bridged: None,
            reassembled: None,
            carries: 0,
            sent_on: None,
            is_copy: false,
        }
    }
}
