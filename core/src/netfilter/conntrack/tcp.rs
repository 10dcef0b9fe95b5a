//! The TCP state machine of `nf_conntrack_proto_tcp.c` (Linux 6.1), without windows.

use std::fmt;

use super::Direction;
use crate::net::TcpFlags;

/// `enum tcp_conntrack`. `Ignore` and `Invalid` are outcomes of a transition, never a state that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TcpState {
    None,
    SynSent,
    SynRecv,
    Established,
    FinWait,
    CloseWait,
    LastAck,
    TimeWait,
    Close,
    /// A SYN was seen from both sides.
    SynSent2,
    Ignore,
    Invalid,
}

use TcpState::{
    Close as CL, CloseWait as CW, Established as ES, FinWait as FW, Ignore as IG, Invalid as IV, LastAck as LA,
    SynRecv as SR, SynSent as SS, SynSent2 as S2, TimeWait as TW,
};

/// Rows: SYN, SYN+ACK, FIN, ACK, RST, none of them. Columns: the states from None to SynSent2.
type Transitions = [[TcpState; 10]; 6];

#[rustfmt::skip]
const ORIGINAL: Transitions = [
    [SS, SS, IG, IG, IG, IG, IG, SS, SS, S2],
    [IV, IV, SR, IV, IV, IV, IV, IV, IV, SR],
    [IV, IV, FW, FW, LA, LA, LA, TW, CL, IV],
    [ES, IV, ES, ES, CW, CW, TW, TW, CL, IV],
    [IV, CL, CL, CL, CL, CL, CL, CL, CL, CL],
    [IV, IV, IV, IV, IV, IV, IV, IV, IV, IV],
];

#[rustfmt::skip]
const REPLY: Transitions = [
    [IV, S2, IV, IV, IV, IV, IV, SS, IV, S2],
    [IV, SR, IG, IG, IG, IG, IG, IG, IG, SR],
    [IV, IV, FW, FW, LA, LA, LA, TW, CL, IV],
    [IV, IG, SR, ES, CW, CW, TW, TW, CL, IG],
    [IV, CL, CL, CL, CL, CL, CL, CL, CL, CL],
    [IV, IV, IV, IV, IV, IV, IV, IV, IV, IV],
];

impl TcpState {
    /// The state after a packet with `flags` in `direction`; `Ignore` and `Invalid` leave the state as it was.
    #[must_use]
    pub const fn after(self, direction: Direction, flags: TcpFlags) -> Self {
        let row = if flags.contains(TcpFlags::RST) {
            4
        } else if flags.contains(TcpFlags::SYN) {
            if flags.contains(TcpFlags::ACK) { 1 } else { 0 }
        } else if flags.contains(TcpFlags::FIN) {
            2
        } else if flags.contains(TcpFlags::ACK) {
            3
        } else {
            5
        };
        let column = self as usize;
        if column > S2 as usize {
            return IV;
        }
        match direction {
            Direction::Original => ORIGINAL[row][column],
            Direction::Reply => REPLY[row][column],
        }
    }
}

impl TcpState {
    /// Whether a segment with these flags asks for a new connection.
    pub const fn opens(flags: TcpFlags) -> bool {
        flags.contains(TcpFlags::SYN) && !flags.contains(TcpFlags::ACK) && !flags.contains(TcpFlags::RST)
    }

    /// The state that `conntrack -L` calls so.
    pub fn from_name(name: &str) -> Option<Self> {
        const ALL: [TcpState; 10] = [TcpState::None, SS, SR, ES, FW, CW, LA, TW, CL, S2];
        ALL.into_iter().find(|state| state.name() == name)
    }

    /// The name that `conntrack -L` prints.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::SynSent => "SYN_SENT",
            Self::SynRecv => "SYN_RECV",
            Self::Established => "ESTABLISHED",
            Self::FinWait => "FIN_WAIT",
            Self::CloseWait => "CLOSE_WAIT",
            Self::LastAck => "LAST_ACK",
            Self::TimeWait => "TIME_WAIT",
            Self::Close => "CLOSE",
            Self::SynSent2 => "SYN_SENT2",
            Self::Ignore => "IGNORE",
            Self::Invalid => "INVALID",
        }
    }

    /// Whether both ends are done with the connection, or one has reset it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::TimeWait | Self::Close)
    }
}

/// [`TcpState::name`]
impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
