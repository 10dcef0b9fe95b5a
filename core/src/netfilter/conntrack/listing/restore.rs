use super::{Ends, Entry, Hold, Listing, State};
use crate::message;
use crate::message::Message;
use crate::net::Protocol;
use crate::netfilter::Seconds;
use crate::netfilter::conntrack::settings::UDP_STREAM_AFTER;
use crate::netfilter::conntrack::{
    Connection, ConnectionId, Conntrack, Progress, Sctp, SctpState, Settings, Status, Tcp, TcpState,
};
use crate::source::{Diagnostic, Position};

impl Listing {
    /// Enters what is listed into a table at a time. Says which entries have no place in it, and why.
    ///
    /// A listing does not tell everything that the kernel knows. Both nat decisions count as made, which they are for
    /// all connections that came by while nat chains were there; which end sent the last TCP segment is unknown.
    pub fn restore(&self, table: &mut Conntrack, now: Seconds) -> Vec<Diagnostic> {
        let refused = |entry: &Entry, why: Message| {
            let advice = message!("advice-entry");
            let position = Position::new(entry.line.max(1), 1);
            Diagnostic::warning(position, why, message!("expected-entry"), advice)
        };
        let add = |entry: &Entry| match not_modelled(entry) {
            Some(why) => Some(refused(entry, why)),
            None if table.insert(connection(entry, &table.settings, now)) => None,
            None => Some(refused(entry, message!("wrong-entry-twice"))),
        };
        self.entries.iter().filter_map(add).collect()
    }
}

impl Entry {
    /// Makes the entry by hand (`ctnetlink_create_conntrack`). False where another has one of its flows, or it has no place
    /// in the model's table.
    pub fn enter(&self, table: &mut Conntrack, now: Seconds) -> bool {
        let connection = connection(self, &table.settings, now);
        let is_known = [connection.original, connection.reply].iter().any(|flow| table.find_flow(flow).is_some());
        let is_entered = not_modelled(self).is_none() && !is_known && table.insert(connection);
        table.statistics.insert += u64::from(is_entered);
        is_entered
    }
}

fn not_modelled(entry: &Entry) -> Option<Message> {
    match (entry.original.ends, entry.protocol) {
        (Ends::Icmp { kind: 8, .. }, Protocol::Icmp) | (Ends::Icmp { kind: 128, .. }, Protocol::Icmpv6) => None,
        (Ends::Icmp { kind, .. }, _) => Some(message!("wrong-icmp-entry", kind = kind.to_string())),
        (Ends::Keys { src: 0, dst: 0 }, _) => None,
        (Ends::Keys { .. }, _) => Some(message!("wrong-gre-entry")),
        (Ends::Ports { .. }, protocol) if !protocol.has_ports() => {
            Some(message!("wrong-entry-with-ports", protocol = protocol.to_string()))
        }
        (Ends::None, protocol) if protocol.has_ports() => Some(message!("wrong-entry-without-ports")),
        _ if entry.hold.is_some_and(|hold| hold != Hold::Assured) => Some(message!("wrong-offloaded-entry")),
        _ => None,
    }
}

fn connection(entry: &Entry, settings: &Settings, now: Seconds) -> Connection {
    let (original, reply) = (entry.original.tuple(entry.protocol), entry.reply.tuple(entry.protocol));
    let left = entry.timeout.unwrap_or(0);
    let assured = entry.hold == Some(Hold::Assured);
    let progress = match (&entry.state, entry.protocol) {
        (Some(State::Tcp(state)), _) => Progress::Tcp(Tcp::listed(*state)),
        (_, Protocol::Tcp) => Progress::Tcp(Tcp::listed(TcpState::None)),
        (Some(State::Sctp(state)), _) => Progress::Sctp(Sctp::listed(*state)),
        (_, Protocol::Sctp) => Progress::Sctp(Sctp::listed(SctpState::None)),
        (_, Protocol::Udp) if assured => Progress::Udp { stream_after: now },
        (_, Protocol::Udp) => {
            let since_last = settings.timeouts.udp.saturating_sub(left);
            Progress::Udp { stream_after: (now + UDP_STREAM_AFTER).saturating_sub(since_last) }
        }
        _ => Progress::Other,
    };
    let counters = [&entry.original, &entry.reply].map(|flow| flow.counters.unwrap_or_default());
    Connection {
        id: ConnectionId(0),
        original,
        reply,
        status: Status {
            seen_reply: !entry.unreplied,
            assured,
            src_nat: reply.dst != original.src,
            dst_nat: reply.src != original.dst,
            src_nat_done: true,
            dst_nat_done: true,
            ..Status::default()
        },
        mark: entry.mark(),
        zone: entry.zone(),
        progress,
        masqueraded_at: None,
        expires: now + left,
        packets: counters.map(|(packets, _)| packets),
        bytes: counters.map(|(_, bytes)| bytes),
    }
}
