use std::net::IpAddr;

use super::{Family, Icmp, Packet, Protocol, TcpFlags, Transport};

impl Packet {
    /// What a machine's own stack answers when nobody listens at the port: a reset (`tcp_v4_send_reset`), or that
    /// the port is unreachable (`__udp4_lib_rcv`). None where it stays silent: to resets and to errors.
    pub fn refusal(&self) -> Option<Self> {
        let back = self.tuple().inverse();
        match &self.transport {
            Transport::Tcp { flags, .. } if flags.contains(TcpFlags::RST) => None,
            // A segment with an ACK is answered by a bare reset that takes up its number, any other is acknowledged.
            Transport::Tcp { flags, .. } => {
                let and = if flags.contains(TcpFlags::ACK) { TcpFlags::default() } else { TcpFlags::ACK };
                Some(Self { tos: self.tos, ..Self::tcp(back.src, back.dst, TcpFlags::RST | and) })
            }
            Transport::Udp { .. } => {
                let (kind, code) = match self.family() {
                    Family::V4 => (3, 3),
                    Family::V6 => (1, 4),
                };
                Some(self.error(self.dst, kind, code))
            }
            Transport::Icmp(icmp) => self.echo_reply(icmp),
            Transport::Sctp { .. } | Transport::Other(_) => None,
        }
    }

    fn echo_reply(&self, request: &Icmp) -> Option<Self> {
        let kind = match (self.protocol(), request.kind) {
            (Protocol::Icmp, 8) => 0,
            (Protocol::Icmpv6, 128) => 129,
            _ => return None,
        };
        let reply = Icmp { kind, code: 0, id: request.id, cause: None };
        let reply = Self::new(self.dst, self.src, Transport::Icmp(reply), 0);
        Some(Self { tos: self.tos, length: self.length, ..reply })
    }

    /// The ICMP error that a machine with the address `src` sends about this packet, with as much of it as fits
    /// (`icmp_send`, `icmp6_send`).
    #[must_use]
    pub fn error(&self, src: IpAddr, kind: u8, code: u8) -> Self {
        /// `IPTOS_TOS_MASK`, `IPTOS_PREC_INTERNETCONTROL`.
        const TOS: u8 = 0x1e;
        const INTERNETWORK_CONTROL: u8 = 0xc0;
        let (most, tos) = match self.family() {
            Family::V4 => (576, self.tos & TOS | INTERNETWORK_CONTROL),
            Family::V6 => (1280, 0),
        };
        let icmp = Icmp { kind, code, id: 0, cause: Some(Box::new(self.clone())) };
        let error = Self::new(src, self.src, Transport::Icmp(icmp), 8);
        let length = error.length.saturating_add(self.length).min(most);
        Self { tos, length, ..error }
    }
}
