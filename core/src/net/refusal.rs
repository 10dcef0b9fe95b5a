use super::{Family, Icmp, Packet, Protocol, TcpFlags, Transport};

impl Packet {
    /// What a machine's own stack answers when nobody listens at the port: a reset (`tcp_v4_send_reset`), or that
    /// the port is unreachable (`__udp4_lib_rcv`). None where it stays silent: to resets and to errors.
    pub fn refusal(&self) -> Option<Self> {
        let back = self.tuple().inverse();
        match &self.transport {
            Transport::Tcp { flags, .. } if flags.contains(TcpFlags::RST) => None,
            // A segment with an ACK is answered by a bare reset that takes up its number, any other is acknowledged.
            Transport::Tcp { flags, .. } if flags.contains(TcpFlags::ACK) => {
                Some(Self::tcp(back.src, back.dst, TcpFlags::RST))
            }
            Transport::Tcp { .. } => Some(Self::tcp(back.src, back.dst, TcpFlags::RST | TcpFlags::ACK)),
            Transport::Udp { .. } => {
                let (kind, code) = match self.family() {
                    Family::V4 => (3, 3),
                    Family::V6 => (1, 4),
                };
                let icmp = Icmp { kind, code, id: 0, cause: Some(Box::new(self.clone())) };
                Some(Self::new(self.dst, self.src, Transport::Icmp(icmp), 8 + self.length))
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
        Some(Self::new(self.dst, self.src, Transport::Icmp(reply), 8))
    }
}
