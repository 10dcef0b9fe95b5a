//! How long entries live without traffic: the kernel's defaults, in seconds.

use super::{Progress, TcpState};
use crate::net::Protocol;
use crate::netfilter::Seconds;

/// `udp_timeouts`, `nf_conntrack_icmp_timeout`, `nf_ct_generic_timeout` of Linux 6.1.
const UDP: Seconds = 30;
const UDP_STREAM: Seconds = 120;
const ICMP: Seconds = 30;
const GENERIC: Seconds = 600;
/// A UDP flow with traffic both ways for this long is a stream (`nf_conntrack_udp_packet`).
pub const UDP_STREAM_AFTER: Seconds = 2;

/// `tcp_timeouts` of `nf_conntrack_proto_tcp.c`.
const fn tcp(state: TcpState) -> Seconds {
    match state {
        TcpState::None | TcpState::Ignore | TcpState::Invalid | TcpState::SynSent | TcpState::SynSent2 => 120,
        TcpState::SynRecv | TcpState::CloseWait => 60,
        TcpState::Established => 5 * 24 * 60 * 60,
        TcpState::FinWait | TcpState::TimeWait => 120,
        TcpState::LastAck => 30,
        TcpState::Close => 10,
    }
}

/// `TCP_CONNTRACK_UNACK`: at most this long for a connection that was picked up in its middle and not answered yet.
pub const TCP_PICKED_UP: Seconds = 300;

pub const fn of(protocol: Protocol, progress: Progress) -> Seconds {
    match progress {
        Progress::Tcp(state) => tcp(state),
        Progress::Udp { stream: true, .. } => UDP_STREAM,
        Progress::Udp { .. } => UDP,
        Progress::Other => match protocol {
            Protocol::Icmp | Protocol::Icmpv6 => ICMP,
            _ => GENERIC,
        },
    }
}
