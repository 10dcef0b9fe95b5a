use std::net::IpAddr;

use crate::net::{Endpoint, Protocol, Tuple};
use crate::netfilter::Seconds;
use crate::netfilter::conntrack::{Connection, Progress, SctpState, TcpState, Zone};

/// A line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub protocol: Protocol,
    /// Seconds that are left; none for a flow that the device or the flow table has taken over.
    pub timeout: Option<Seconds>,
    pub state: Option<State>,
    pub original: Flow,
    /// No packet of the reply direction has been seen.
    pub unreplied: bool,
    pub reply: Flow,
    pub hold: Option<Hold>,
    /// What comes behind, in its order.
    pub facts: Vec<Fact>,
    /// The line of the text that it came from, from 1; 0 if it came from a table.
    pub line: u32,
}

/// What stands before the first address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Tcp(TcpState),
    Sctp(SctpState),
    /// A state of DCCP, or the time-outs that `/proc` shows of GRE.
    Kept(Box<str>),
}

/// One direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    pub src: IpAddr,
    pub dst: IpAddr,
    pub ends: Ends,
    /// `zone-orig`, `zone-reply`
    pub zone: Option<u16>,
    /// Packets and bytes, where `net.netfilter.nf_conntrack_acct` is on.
    pub counters: Option<(u64, u64)>,
}

/// What tells flows between two addresses apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    Ports { src: u16, dst: u16 },
    Icmp { kind: u8, code: u8, id: u16 },
    Keys { src: u16, dst: u16 },
    None,
}

/// Why early drop spares the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Assured,
    Offload,
    HardwareOffload,
}

/// One thing that is said behind the tuples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Mark(u32),
    Zone(u16),
    /// References to the entry.
    Use(u32),
    Id(u32),
    /// `secctx=…`, `delta-time=…`, `[start=…]`, `helper=…`, `labels=…` and whatever else.
    Kept(Box<str>),
}

impl Hold {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Assured => "[ASSURED]",
            Self::Offload => "[OFFLOAD]",
            Self::HardwareOffload => "[HW_OFFLOAD]",
        }
    }
}

impl Entry {
    /// How a connection of the table is listed.
    pub fn of(connection: &Connection, now: Seconds) -> Self {
        let state = match connection.progress {
            Progress::Tcp(tcp) => Some(State::Tcp(tcp.state)),
            Progress::Sctp(sctp) => Some(State::Sctp(sctp.state)),
            Progress::Udp { .. } | Progress::Other => None,
        };
        let zone = connection.zone;
        let is_one_way = zone.id != 0 && !(zone.original && zone.reply);
        let of_both = (zone.id != 0 && !is_one_way).then_some(Fact::Zone(zone.id));
        let (original, reply) = (Flow::of(connection.original, true), Flow::of(connection.reply, false));
        Self {
            protocol: connection.original.protocol,
            timeout: Some(connection.expires.saturating_sub(now)),
            state,
            original: Flow { zone: zone.original.then_some(zone.id).filter(|_| is_one_way), ..original },
            unreplied: !connection.status.seen_reply,
            reply: Flow { zone: zone.reply.then_some(zone.id).filter(|_| is_one_way), ..reply },
            hold: connection.status.assured.then_some(Hold::Assured),
            facts: [Some(Fact::Mark(connection.mark)), of_both, Some(Fact::Use(1))].into_iter().flatten().collect(),
            line: 0,
        }
    }

    pub fn mark(&self) -> u32 {
        let mark = |fact: &Fact| if let Fact::Mark(mark) = fact { Some(*mark) } else { None };
        self.facts.iter().find_map(mark).unwrap_or(0)
    }

    /// The zone of the connection, and of which of its directions.
    pub fn zone(&self) -> Zone {
        let zone = |fact: &Fact| if let Fact::Zone(zone) = fact { Some(*zone) } else { None };
        match (self.original.zone, self.reply.zone, self.facts.iter().find_map(zone)) {
            (Some(id), None, _) => Zone { id, original: true, reply: false },
            (None, Some(id), _) => Zone { id, original: false, reply: true },
            (Some(id), Some(_), _) | (None, None, Some(id)) => Zone { id, original: true, reply: true },
            (None, None, None) => Zone::USUAL,
        }
    }
}

impl Flow {
    fn of(tuple: Tuple, original: bool) -> Self {
        let ends = match tuple.protocol {
            Protocol::Tcp | Protocol::Udp | Protocol::Sctp => Ends::Ports { src: tuple.src.port, dst: tuple.dst.port },
            Protocol::Icmp => Ends::Icmp { kind: if original { 8 } else { 0 }, code: 0, id: tuple.src.port },
            Protocol::Icmpv6 => Ends::Icmp { kind: if original { 128 } else { 129 }, code: 0, id: tuple.src.port },
            // GRE without PPTP has no key (`gre_pkt_to_tuple`).
            Protocol::Other(47) => Ends::Keys { src: 0, dst: 0 },
            Protocol::Other(_) => Ends::None,
        };
        Self { src: tuple.src.address, dst: tuple.dst.address, ends, zone: None, counters: None }
    }

    pub(super) const fn tuple(&self, protocol: Protocol) -> Tuple {
        let (sport, dport) = match self.ends {
            Ends::Ports { src, dst } | Ends::Keys { src, dst } => (src, dst),
            Ends::Icmp { id, .. } => (id, id),
            Ends::None => (0, 0),
        };
        Tuple { protocol, src: Endpoint::new(self.src, sport), dst: Endpoint::new(self.dst, dport) }
    }
}
