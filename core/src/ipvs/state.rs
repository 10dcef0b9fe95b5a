//! The states of connections and how long each lasts: `ip_vs_proto_tcp.c`, `ip_vs_proto_udp.c` (Linux 6.1).

use std::fmt;

use super::sysctl::Timeouts;
use crate::net::{TcpFlags, Transport};
use crate::netfilter::Seconds;

/// Whose packet moves the state on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
    /// The client's, where the server's packets take another way.
    ClientOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Made, but no packet counted yet; templates stay here.
    None,
    Tcp(TcpState),
    Udp,
    Sctp {
        answered: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TcpState {
    None,
    Established,
    SynSent,
    SynRecv,
    FinWait,
    TimeWait,
    Close,
    CloseWait,
    LastAck,
    Listen,
    SynAck,
}

use TcpState::{
    Close as CL, CloseWait as CW, Established as ES, FinWait as FW, LastAck as LA, Listen as LI, SynAck as SA,
    SynRecv as SR, SynSent as SS, TimeWait as TW,
};

/// Rows: SYN, FIN, ACK, RST. Columns: the states in their order.
type Transitions = [[TcpState; 11]; 4];

#[rustfmt::skip]
const CLIENT: Transitions = [
    [SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR],
    [CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW],
    [ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES],
    [CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR],
];

#[rustfmt::skip]
const SERVER: Transitions = [
    [SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR],
    [TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW],
    [ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES],
    [CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL],
];

#[rustfmt::skip]
const CLIENT_ONLY: Transitions = [
    [SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR],
    [CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW],
    [ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES],
    [CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL],
];

impl TcpState {
    /// `set_tcp_state`: a packet without any of the four flags closes.
    #[must_use]
    pub const fn after(self, side: Side, flags: TcpFlags) -> Self {
        let row = if flags.contains(TcpFlags::RST) {
            3
        } else if flags.contains(TcpFlags::SYN) {
            0
        } else if flags.contains(TcpFlags::FIN) {
            1
        } else if flags.contains(TcpFlags::ACK) {
            2
        } else {
            return CL;
        };
        let table = match side {
            Side::Client => &CLIENT,
            Side::Server => &SERVER,
            Side::ClientOnly => &CLIENT_ONLY,
        };
        table[row][self as usize]
    }

    const fn timeout(self, timeouts: &Timeouts) -> Seconds {
        match self {
            Self::None => 2,
            Self::Established => timeouts.tcp,
            Self::FinWait => timeouts.tcp_fin,
            Self::SynSent | Self::TimeWait | Self::Listen | Self::SynAck => 120,
            Self::SynRecv | Self::CloseWait => 60,
            Self::LastAck => 30,
            Self::Close => 10,
        }
    }
}

impl State {
    /// Until its first packet is counted, a connection lasts this long (`ip_vs_conn_new`).
    pub(super) const INITIAL_TIMEOUT: Seconds = 3;
    /// An association that nobody answered, and one that somebody did (`sctp_timeouts`).
    const SCTP_INIT1: Seconds = 4;
    const SCTP_ESTABLISHED: Seconds = 15 * 60;

    #[must_use]
    pub const fn after(self, side: Side, transport: &Transport) -> Self {
        match transport {
            Transport::Tcp { flags, .. } => {
                let state = match self {
                    Self::Tcp(state) => state,
                    _ => TcpState::None,
                };
                Self::Tcp(state.after(side, *flags))
            }
            Transport::Udp { .. } => Self::Udp,
            Transport::Sctp { .. } => {
                let answered = matches!(self, Self::Sctp { answered: true }) || matches!(side, Side::Server);
                Self::Sctp { answered }
            }
            Transport::Icmp(_) | Transport::Other(_) => self,
        }
    }

    pub const fn timeout(self, timeouts: &Timeouts) -> Seconds {
        match self {
            Self::None => Self::INITIAL_TIMEOUT,
            Self::Tcp(state) => state.timeout(timeouts),
            Self::Udp => timeouts.udp,
            Self::Sctp { answered: false } => Self::SCTP_INIT1,
            Self::Sctp { answered: true } => Self::SCTP_ESTABLISHED,
        }
    }

    /// Whether the real server counts the connection as active. UDP connections never are.
    pub const fn is_active(self) -> bool {
        match self {
            Self::Tcp(state) => matches!(state, ES | SS | SR | SA),
            Self::Sctp { answered } => answered,
            Self::None | Self::Udp => false,
        }
    }
}

/// The name in `ipvsadm -L -c`.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None | Self::Tcp(TcpState::None) => "NONE",
            Self::Tcp(ES) | Self::Sctp { answered: true } => "ESTABLISHED",
            Self::Tcp(SS) => "SYN_SENT",
            Self::Tcp(SR) => "SYN_RECV",
            Self::Tcp(FW) => "FIN_WAIT",
            Self::Tcp(TW) => "TIME_WAIT",
            Self::Tcp(CL) => "CLOSE",
            Self::Tcp(CW) => "CLOSE_WAIT",
            Self::Tcp(LA) => "LAST_ACK",
            Self::Tcp(LI) => "LISTEN",
            Self::Tcp(SA) => "SYNACK",
            Self::Udp => "UDP",
            Self::Sctp { answered: false } => "INIT1",
        })
    }
}
