use std::fmt;

use super::TcpState;
use crate::net::{Endpoint, TcpFlags, Tuple};
use crate::netfilter::Seconds;

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
    /// Opened by an error or a helper of another connection.
    pub expected: bool,
}

/// How far the connection has come, by protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Tcp(TcpState),
    /// `first_reply` starts the two seconds after which a UDP flow counts as a stream.
    Udp {
        stream_after: Option<Seconds>,
        stream: bool,
    },
    Other,
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
    pub progress: Progress,
    /// The last TCP segment that moved the state or was ignored.
    pub last_segment: Option<(Direction, TcpFlags)>,
    /// An end has sent a FIN (`IP_CT_TCP_FLAG_CLOSE_INIT`).
    pub closing: bool,
    /// On the virtual clock; at this second the entry is gone.
    pub expires: Seconds,
    /// Packets by direction.
    pub packets: [u64; 2],
    /// Bytes by direction, with IP headers.
    pub bytes: [u64; 2],
}

impl Connection {
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
