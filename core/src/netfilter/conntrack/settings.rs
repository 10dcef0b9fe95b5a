//! `net.netfilter.nf_conntrack_*`: the kernel's defaults, and what an administrator may set instead.

use super::{Progress, SctpState, TcpState};
use crate::net::Protocol;
use crate::netfilter::{Seconds, Setting};

/// What the settings of connection tracking are.
///
/// Without effect, as packets of the model have no sequence numbers: `nf_conntrack_tcp_be_liberal`,
/// `nf_conntrack_tcp_ignore_invalid_rst` and `nf_conntrack_tcp_max_retrans`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `nf_conntrack_max`: how many entries there may be; 0 is no limit.
    pub max: u32,
    /// `nf_conntrack_buckets`. A few neighbouring ones of them are searched for an entry to give up.
    pub buckets: u32,
    /// `nf_conntrack_tcp_loose`: a segment in the middle of a connection may begin an entry.
    pub tcp_loose: bool,
    pub timeouts: Timeouts,
}

/// How long entries live without traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    pub generic: Seconds,
    pub icmp: Seconds,
    pub icmpv6: Seconds,
    pub udp: Seconds,
    pub udp_stream: Seconds,
    /// In the order of [`TcpState`], from `None` to `SynSent2`.
    pub tcp: [Seconds; TcpState::COUNT],
    /// At most this long for a connection that was picked up in its middle and not answered yet
    /// (`TCP_CONNTRACK_UNACK`).
    pub tcp_unacknowledged: Seconds,
    /// In the order of [`SctpState`].
    pub sctp: [Seconds; SctpState::COUNT],
}

/// A UDP flow with traffic both ways after this long is a stream (`nf_conntrack_udp_packet`).
pub const UDP_STREAM_AFTER: Seconds = 2;

/// Those of Linux 6.1 on a machine with more than 4 GB (`nf_conntrack_init_start`).
impl Default for Settings {
    fn default() -> Self {
        Self { max: 262_144, buckets: 262_144, tcp_loose: true, timeouts: Timeouts::default() }
    }
}

/// `tcp_timeouts`, `udp_timeouts`, `sctp_timeouts`, `nf_ct_icmp_timeout` and `nf_ct_generic_timeout`.
impl Default for Timeouts {
    fn default() -> Self {
        const DAY: Seconds = 24 * 60 * 60;
        Self {
            generic: 600,
            icmp: 30,
            icmpv6: 30,
            udp: 30,
            udp_stream: 120,
            tcp: [0, 120, 60, 5 * DAY, 120, 60, 30, 120, 10, 120],
            tcp_unacknowledged: 300,
            sctp: [0, 10, 3, 3, 210, 3, 3, 3, 30],
        }
    }
}

impl Settings {
    /// Sets what is called so under `net.netfilter`.
    pub fn set(&mut self, name: &str, value: &str) -> Setting {
        let Some(name) = name.strip_prefix("nf_conntrack_") else {
            return Setting::Unknown;
        };
        match name {
            "max" => Setting::number(value, 0, &mut self.max),
            "buckets" => Setting::number(value, 1, &mut self.buckets),
            "tcp_loose" => Setting::switch(value, &mut self.tcp_loose),
            name => match self.timeouts.named(name) {
                Some(seconds) => Setting::number(value, 0, seconds),
                None => Setting::Unknown,
            },
        }
    }
}

impl Timeouts {
    fn named(&mut self, name: &str) -> Option<&mut Seconds> {
        if let Some(state) = name.strip_prefix("sctp_timeout_") {
            return self.sctp.get_mut(SctpState::of_setting(state)? as usize);
        }
        match (name, name.strip_prefix("tcp_timeout_")) {
            (_, Some("unacknowledged")) => Some(&mut self.tcp_unacknowledged),
            (_, Some(state)) => self.tcp.get_mut(TcpState::of_setting(state)? as usize),
            ("generic_timeout", _) => Some(&mut self.generic),
            ("icmp_timeout", _) => Some(&mut self.icmp),
            ("icmpv6_timeout", _) => Some(&mut self.icmpv6),
            ("udp_timeout", _) => Some(&mut self.udp),
            ("udp_timeout_stream", _) => Some(&mut self.udp_stream),
            _ => None,
        }
    }

    /// How long an entry lives from a packet on; `seen_reply` and `now` decide whether UDP is a stream.
    pub fn of(&self, protocol: Protocol, progress: Progress, seen_reply: bool, now: Seconds) -> Seconds {
        match progress {
            // Picked up in its middle, and nobody has answered (`nf_conntrack_tcp_packet`).
            Progress::Tcp(tcp) if tcp.state == TcpState::Established && !seen_reply => {
                self.tcp[tcp.state as usize].min(self.tcp_unacknowledged)
            }
            Progress::Tcp(tcp) => self.tcp.get(tcp.state as usize).copied().unwrap_or_default(),
            Progress::Udp { stream_after } if seen_reply && now >= stream_after => self.udp_stream,
            Progress::Udp { .. } => self.udp,
            Progress::Sctp(sctp) => self.sctp[sctp.state as usize],
            Progress::Other => match protocol {
                Protocol::Icmp => self.icmp,
                Protocol::Icmpv6 => self.icmpv6,
                _ => self.generic,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_the_names_of_the_kernel() {
        let mut settings = Settings::default();
        for (name, value) in [
            ("nf_conntrack_max", "5"),
            ("nf_conntrack_buckets", "1024"),
            ("nf_conntrack_tcp_loose", "0"),
            ("nf_conntrack_tcp_timeout_close_wait", "3600"),
            ("nf_conntrack_tcp_timeout_unacknowledged", "7"),
            ("nf_conntrack_sctp_timeout_shutdown_ack_sent", "9"),
            ("nf_conntrack_udp_timeout_stream", "180"),
        ] {
            assert_eq!(settings.set(name, value), Setting::Set, "{name}");
        }
        let timeouts = &settings.timeouts;
        assert_eq!((settings.max, settings.buckets, settings.tcp_loose), (5, 1024, false));
        assert_eq!((timeouts.tcp[TcpState::CloseWait as usize], timeouts.tcp_unacknowledged), (3600, 7));
        assert_eq!((timeouts.sctp[SctpState::ShutdownAckSent as usize], timeouts.udp_stream), (9, 180));
        assert_eq!(settings.set("nf_conntrack_tcp_timeout_syn_sent2", "3"), Setting::Unknown);
    }
}
