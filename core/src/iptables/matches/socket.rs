use super::super::given::{Given, Refusal};
use super::{Match, Outcome, write_option};
use crate::net::Transport;
use crate::netfilter::{Context, NobodyKnows};
use crate::trace::{Origin, Tracer};

/// `-m socket`: whether a socket of this node would get the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketMatch {
    /// Only sockets that may have foreign addresses (`IP_TRANSPARENT`).
    pub transparent: bool,
    /// Sockets that listen on any address count too.
    pub wildcard: bool,
    /// The packet gets the mark of the socket.
    pub restore_mark: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    Ok(Match::Socket(SocketMatch {
        transparent: given.has("--transparent"),
        wildcard: given.has("--nowildcard"),
        restore_mark: given.has("--restore-skmark"),
    }))
}

impl SocketMatch {
    /// `socket_match`; only TCP, UDP and errors about them have sockets (`nf_sk_lookup_slow_v4`).
    pub(super) fn test<T: Tracer>(self, ctx: &mut Context<'_, T>, origin: impl FnOnce() -> Origin) -> Outcome {
        let packet = &ctx.skb.packet;
        let (protocol, local) = match &packet.transport {
            Transport::Tcp { .. } | Transport::Udp { .. } => (packet.protocol(), packet.tuple().dst),
            Transport::Icmp(icmp) => match &icmp.cause {
                Some(cause) if cause.ports().is_some() => (cause.protocol(), cause.tuple().src),
                _ => return Outcome::No,
            },
            Transport::Sctp { .. } | Transport::Other(_) => return Outcome::No,
        };
        let socket = match ctx.stack.listener(protocol, local) {
            Ok(Some(socket)) => socket,
            Ok(None) => return Outcome::No,
            Err(NobodyKnows) => return Outcome::NotModelled,
        };
        let matched = (self.wildcard || !socket.address.is_unspecified()) && (!self.transparent || socket.transparent);
        let mark = socket.mark;
        if matched && self.restore_mark {
            ctx.set_mark(mark, origin);
        }
        matched.into()
    }

    pub fn write(self, out: &mut String) {
        let flags = [
            (self.transparent, "--transparent"),
            (self.wildcard, "--nowildcard"),
            (self.restore_mark, "--restore-skmark"),
        ];
        for (_, name) in flags.into_iter().filter(|(set, _)| *set) {
            write_option(out, false, name);
        }
    }

    /// `socket_mt_print_v3`
    pub fn list(self, out: &mut String) {
        out.push_str(" socket");
        self.write(out);
    }
}
