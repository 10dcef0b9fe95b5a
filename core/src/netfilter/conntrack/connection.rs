use std::fmt;
use std::num::NonZeroU32;

use super::{Sctp, Tcp, Zone};
use crate::net::{Endpoint, Family, Protocol, Tuple};
use crate::netfilter::Seconds;
use crate::trace::Fault;

/// Numbers connections in the order in which a node saw them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    Original,
    Reply,
}

impl Direction {
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Original => Self::Reply,
            Self::Reply => Self::Original,
        }
    }
}

/// What a packet is to its connection (`enum ip_conntrack_info`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CtInfo {
    New,
    Established,
    Related,
}

/// What `--ctstate` and nft's `ct state` ask: [`CtInfo`], or that there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CtState {
    Invalid,
    New,
    Established,
    Related,
    Untracked,
}

/// Facts that stay true of a connection (`enum ip_conntrack_status`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "these are the kernel's status bits, each independent")]
pub struct Status {
    /// A packet of the reply direction has passed.
    pub seen_reply: bool,
    /// Never evicted early: traffic went both ways for long enough.
    pub assured: bool,
    /// In the table.
    pub confirmed: bool,
    /// The source is rewritten.
    pub src_nat: bool,
    /// The destination is rewritten.
    pub dst_nat: bool,
    /// The nat chains have decided about the source.
    pub src_nat_done: bool,
    /// The nat chains have decided about the destination.
    pub dst_nat_done: bool,
    /// Out of the table already; lives as long as the packet that ended it.
    pub dying: bool,
    /// Lost a race, so that only replies find it, and not for long (`IPS_NAT_CLASH`).
    pub clashing: bool,
}

impl Status {
    /// Whether tools list an entry like this.
    pub(super) const fn is_listed(self) -> bool {
        self.confirmed && !self.dying && !self.clashing
    }
}

impl Status {
    const NONE: Self = Self {
        seen_reply: false,
        assured: false,
        confirmed: false,
        src_nat: false,
        dst_nat: false,
        src_nat_done: false,
        dst_nat_done: false,
        dying: false,
        clashing: false,
    };
}

/// How far the connection has come, by protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Tcp(Tcp),
    /// With traffic both ways after this time the flow is a stream.
    Udp {
        stream_after: Seconds,
    },
    Sctp(Sctp),
    Other,
}

impl Progress {
    /// The state that `conntrack -L` names.
    pub const fn state(&self) -> Option<&'static str> {
        match self {
            Self::Tcp(tcp) => Some(tcp.state.name()),
            Self::Sctp(sctp) => Some(sctp.state.name()),
            Self::Udp { .. } | Self::Other => None,
        }
    }

    /// Whether the entry may be given up although it is assured (`can_early_drop`).
    pub(super) const fn is_closing(&self) -> bool {
        match self {
            Self::Tcp(tcp) => tcp.state.is_closing(),
            Self::Sctp(sctp) => sctp.state.is_closing(),
            Self::Udp { .. } | Self::Other => false,
        }
    }
}

/// What a packet did to its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    Accepted {
        /// From now on the entry is not given up early.
        assured: bool,
        /// The packet is counted and keeps the entry alive.
        counts: bool,
    },
    /// The connection is over, and this packet begins another one.
    Reopened,
    /// The connection is over with this packet.
    Ended,
    Invalid(Fault),
}

/// One entry of the conntrack table (`struct nf_conn`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub id: ConnectionId,
    pub original: Tuple,
    /// What a reply looks like when it reaches this node, before it is un-NATed.
    pub reply: Tuple,
    pub status: Status,
    pub mark: u32,
    pub zone: Zone,
    pub progress: Progress,
    /// The device whose address a masqueraded connection has (`nat->masq_index`).
    pub masqueraded_at: Option<NonZeroU32>,
    /// On the virtual clock; at this second the entry is gone.
    pub expires: Seconds,
    /// Packets by direction.
    pub packets: [u64; 2],
    /// Bytes by direction, with IP headers.
    pub bytes: [u64; 2],
}

impl Connection {
    /// What a packet has between a rule that chose a zone and conntrack: a connection of nobody (`nf_ct_tmpl_alloc`).
    pub const fn template(family: Family) -> Self {
        let nobody = Endpoint::new(family.unspecified(), 0);
        let tuple = Tuple { protocol: Protocol::Other(0), src: nobody, dst: nobody };
        let status = Status { confirmed: true, ..Status::NONE };
        Self {
            id: ConnectionId(u32::MAX),
            original: tuple,
            reply: tuple,
            status,
            mark: 0,
            zone: Zone::USUAL,
            progress: Progress::Other,
            masqueraded_at: None,
            expires: 0,
            packets: [0; 2],
            bytes: [0; 2],
        }
    }

    pub const fn tuple(&self, direction: Direction) -> Tuple {
        match direction {
            Direction::Original => self.original,
            Direction::Reply => self.reply,
        }
    }

    /// Where packets of `direction` must appear to come from and go to, once this node has rewritten
    /// them: the inverse of what the other direction looks like.
    pub const fn target(&self, direction: Direction) -> Tuple {
        self.tuple(direction.other()).inverse()
    }

    /// The backend, if the destination was rewritten.
    pub fn backend(&self) -> Option<Endpoint> {
        (self.reply.src != self.original.dst).then_some(self.reply.src)
    }
}
