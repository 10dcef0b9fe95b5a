//! The TCP state machine of `nf_conntrack_proto_tcp.c` (Linux 6.1), without windows.

use std::fmt;

use super::{Direction, Moved};
use crate::net::TcpFlags;
use crate::trace::Fault;

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

/// What conntrack knows of a connection (`struct ip_ct_tcp`), without sequence numbers and windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp {
    pub state: TcpState,
    /// The last segment that moved the state or was ignored.
    last: Option<(Direction, TcpFlags)>,
    /// An end has sent a FIN (`IP_CT_TCP_FLAG_CLOSE_INIT`).
    closing: bool,
    /// Both ends have sent a SYN (`IP_CT_TCP_SIMULTANEOUS_OPEN`).
    simultaneous: bool,
    /// A SYN was ignored which the other end answers with an ACK that says nothing (`IP_CT_EXP_CHALLENGE_ACK`).
    challenged: bool,
}

impl Tcp {
    /// A connection of which a listing tells no more than the state.
    pub const fn listed(state: TcpState) -> Self {
        let closing = matches!(state, FW | CW | LA | TW);
        Self { state, last: None, closing, simultaneous: false, challenged: false }
    }

    /// What a first segment begins (`tcp_new`): a SYN a connection, an ACK one that is picked up in its middle if that
    /// is allowed (`loose`).
    pub(super) fn begin(flags: TcpFlags, loose: bool) -> Result<Self, Fault> {
        match TcpState::None.after(Direction::Original, flags) {
            SS => {}
            ES if loose => {}
            ES => return Err(Fault::TcpAckAlone),
            _ => return Err(Fault::TcpBeginsNothing),
        }
        let state = TcpState::None.after(Direction::Original, flags);
        Ok(Self { last: Some((Direction::Original, flags)), ..Self::listed(state) })
    }

    /// Moves on with a segment (`nf_conntrack_tcp_packet`). `seen_reply` is what was known before it.
    pub(super) fn segment(&mut self, direction: Direction, flags: TcpFlags, seen_reply: bool) -> Moved {
        let old = self.state;
        let syn_of_other = self.last.is_some_and(|(from, last)| from != direction && TcpState::opens(last));
        let aborted = self.last.is_some_and(|(from, last)| from == direction && last.contains(TcpFlags::RST));
        let is_ack = !flags.contains(TcpFlags::FIN) && !flags.contains(TcpFlags::SYN) && flags.contains(TcpFlags::ACK);
        let new = match old.after(direction, flags) {
            IV => return Moved::Invalid(Fault::TcpFlagsOutOfPlace),
            // A new SYN after the end reopens: the old entry makes way.
            SS if old.is_over() && (self.closing || aborted) => return Moved::Reopened,
            // It answers a SYN that was ignored: the ends know better than the entry.
            IG if syn_of_other && flags.contains(TcpFlags::SYN | TcpFlags::ACK) => {
                self.challenged = false;
                SR
            }
            IG => return self.ignore(direction, flags),
            SS if old.is_over() => return self.ignore(direction, flags),
            TW if old == LA && is_ack && syn_of_other && self.challenged => {
                self.challenged = false;
                return Moved::Accepted { assured: false, counts: false };
            }
            SR if direction == Direction::Reply && is_ack && self.simultaneous => ES,
            new => new,
        };
        self.simultaneous |= new == S2;
        self.closing |= new == FW;
        self.last = Some((direction, flags));
        self.state = new;
        // A reset before any reply: the connection never was one and is forgotten at once.
        if !seen_reply && flags.contains(TcpFlags::RST) {
            return Moved::Ended;
        }
        // Else whoever uses the port again would keep the entry alive.
        let is_repeated = !seen_reply && old == SS && TcpState::opens(flags);
        Moved::Accepted { assured: seen_reply && matches!(old, SR | ES) && new == ES, counts: !is_repeated }
    }

    fn ignore(&mut self, direction: Direction, flags: TcpFlags) -> Moved {
        if direction == Direction::Original && TcpState::opens(flags) {
            self.simultaneous = false;
            self.challenged = self.state == LA;
        }
        self.last = Some((direction, flags));
        Moved::Accepted { assured: false, counts: false }
    }

    pub(super) const fn close(&mut self) {
        self.state = CL;
    }
}

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

    /// The states in which a connection may be.
    pub const COUNT: usize = 10;
    const ALL: [Self; Self::COUNT] = [Self::None, SS, SR, ES, FW, CW, LA, TW, CL, S2];

    /// The state that `conntrack -L` calls so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The state whose time-out `nf_conntrack_tcp_timeout_…` sets; that of a SYN from both sides cannot be set.
    pub(super) fn of_setting(name: &str) -> Option<Self> {
        Self::ALL[1..9].iter().copied().find(|state| state.name().eq_ignore_ascii_case(name))
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

    /// Whether the entry may be given up although it is assured (`tcp_can_early_drop`).
    pub const fn is_closing(self) -> bool {
        matches!(self, Self::FinWait | Self::LastAck | Self::TimeWait | Self::Close | Self::CloseWait)
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
