use std::collections::BTreeMap;

use crate::fixed_hash::HashMap;

use super::{Connection, ConnectionId, CtInfo, CtState, Direction, Progress, Status, TcpState, Zone, timeout};
use crate::net::{Packet, Protocol, TcpFlags, Transport, Tuple};
use crate::netfilter::{CtLink, Seconds, Skb};

/// What conntrack made of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracked {
    /// Part of a connection in the table.
    Found(CtLink),
    /// The first packet of a connection that is not in the table yet.
    Created(CtLink),
    /// No connection, and none can begin with it.
    Invalid(&'static str),
    /// Left alone, as conntrack leaves packets of protocols that it does not track.
    Untracked,
}

/// The conntrack table of a node.
///
/// The hasher has fixed keys and the map is never iterated, so that runs repeat.
#[derive(Clone, Debug, Default)]
pub struct Conntrack {
    connections: BTreeMap<ConnectionId, Connection>,
    by_tuple: HashMap<Key, (ConnectionId, Direction)>,
    next: u32,
}

/// A tuple, of an echo whether it is the reply since the kernel's tuples hold the type of the message, and the zone of the
/// direction that the tuple has in its connection.
type Key = (Tuple, bool, u16, Direction);

const fn key(tuple: Tuple, direction: Direction, zone: Zone) -> Key {
    (tuple, is_echo_reply(tuple, direction), zone.id_in(direction), direction)
}

/// Only a request opens a connection, so that what goes back is the reply.
const fn is_echo_reply(tuple: Tuple, direction: Direction) -> bool {
    matches!(tuple.protocol, Protocol::Icmp | Protocol::Icmpv6) && matches!(direction, Direction::Reply)
}

impl Conntrack {
    pub fn get(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.get(&id)
    }

    pub fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.connections.get_mut(&id)
    }

    /// Whether the connection is in the table and not over (`already_closed`).
    pub fn is_open(&self, id: ConnectionId) -> bool {
        self.get(id).is_some_and(|connection| {
            let is_over = matches!(connection.progress, Progress::Tcp(state) if state.is_over());
            connection.status.confirmed && !connection.status.dying && !is_over
        })
    }

    /// The entries of the table in the order in which they were created, without those still on their way.
    pub fn entries(&self) -> impl Iterator<Item = &Connection> {
        self.connections.values().filter(|connection| connection.status.confirmed && !connection.status.dying)
    }

    /// The entry of a flow of a protocol with ports, in the zone 0.
    pub fn find_flow(&self, tuple: &Tuple) -> Option<(ConnectionId, Direction)> {
        self.find_tuple(*tuple, false, Zone::default())
    }

    /// A tuple may be of either direction, each of which has its zone (`nf_conntrack_find_get`, `nf_ct_key_equal`).
    fn find_tuple(&self, tuple: Tuple, is_echo_reply: bool, zone: Zone) -> Option<(ConnectionId, Direction)> {
        let find = |direction| self.by_tuple.get(&(tuple, is_echo_reply, zone.id_in(direction), direction)).copied();
        find(Direction::Original).or_else(|| find(Direction::Reply))
    }

    /// The entry that a packet belongs to, which is no error.
    fn find(&self, packet: &Packet, zone: Zone) -> Option<(ConnectionId, Direction)> {
        let is_reply = matches!(&packet.transport, Transport::Icmp(icmp) if matches!(icmp.kind, 0 | 129));
        self.find_tuple(packet.tuple(), is_reply, zone)
    }

    /// What `--ctstate` says of a packet.
    pub fn state_of(skb: &Skb) -> CtState {
        match skb.connection.map(|link| link.info) {
            Some(CtInfo::New) => CtState::New,
            Some(CtInfo::Established) => CtState::Established,
            Some(CtInfo::Related) => CtState::Related,
            None if skb.untracked => CtState::Untracked,
            // A template counts as a new connection until conntrack has seen it.
            None if skb.template.is_some() => CtState::New,
            None => CtState::Invalid,
        }
    }

    /// Forgets what has expired by `now`.
    pub fn expire(&mut self, now: Seconds) {
        let expired: Vec<_> =
            self.connections.values().filter(|entry| entry.expires <= now).map(|entry| entry.id).collect();
        for id in expired {
            self.delete(id);
        }
    }

    pub fn delete(&mut self, id: ConnectionId) {
        self.unlink(id);
        self.connections.remove(&id);
    }

    /// Takes a connection out of the table; packets that belong to it still do.
    fn unlink(&mut self, id: ConnectionId) {
        if let Some(entry) = self.connections.get_mut(&id) {
            entry.status.dying = true;
            for key in
                [key(entry.original, Direction::Original, entry.zone), key(entry.reply, Direction::Reply, entry.zone)]
            {
                if self.by_tuple.get(&key).is_some_and(|(owner, _)| *owner == id) {
                    self.by_tuple.remove(&key);
                }
            }
        }
    }

    /// Finds or creates the connection of a packet, and moves its state on (`nf_conntrack_in`).
    pub fn track(&mut self, packet: &Packet, zone: Zone, now: Seconds) -> Tracked {
        if let Transport::Icmp(icmp) = &packet.transport
            && let Some(cause) = &icmp.cause
        {
            return self.track_error(packet, cause, zone);
        }
        if let Transport::Icmp(icmp) = &packet.transport
            && !matches!(icmp.kind, 0 | 8 | 128 | 129)
        {
            return Tracked::Untracked;
        }
        let tuple = packet.tuple();
        if let Some((id, _)) = self.find(packet, zone)
            && self.connections.get(&id).is_some_and(|entry| entry.expires <= now)
        {
            self.delete(id);
        }
        match self.find(packet, zone) {
            Some((id, direction)) => self.found(id, direction, packet, now),
            None => self.create(tuple, packet, zone, now),
        }
    }

    /// An ICMP error belongs to the connection of the packet that caused it; it travels the other way, and to the end
    /// that this packet came from (`nf_conntrack_inet_error`).
    fn track_error(&self, error: &Packet, cause: &Packet, zone: Zone) -> Tracked {
        let is_request = matches!(&cause.transport, Transport::Icmp(icmp) if matches!(icmp.kind, 8 | 128));
        let found = self.find_tuple(cause.tuple().inverse(), is_request, zone);
        match found.and_then(|(id, direction)| Some((self.connections.get(&id)?, direction))) {
            Some((entry, direction)) if entry.tuple(direction).dst.address == error.dst => {
                Tracked::Found(CtLink { id: entry.id, direction, info: CtInfo::Related })
            }
            Some(_) => Tracked::Invalid("ICMP error that is not sent to the connection's own end"),
            None => Tracked::Invalid("ICMP error for a packet of no known connection"),
        }
    }

    fn create(&mut self, tuple: Tuple, packet: &Packet, zone: Zone, now: Seconds) -> Tracked {
        let progress = match &packet.transport {
            Transport::Tcp { flags, .. } => match TcpState::None.after(Direction::Original, *flags) {
                // `tcp_new`: only a SYN, or (tcp_loose) a plain ACK, opens a connection.
                state @ (TcpState::SynSent | TcpState::Established) => Progress::Tcp(state),
                _ => {
                    return Tracked::Invalid("neither a SYN nor an ACK: cannot begin a TCP connection");
                }
            },
            Transport::Udp { .. } => Progress::Udp { stream_after: None, stream: false },
            Transport::Icmp(icmp) if matches!(icmp.kind, 0 | 129) => {
                return Tracked::Invalid("an echo reply that answers no request");
            }
            Transport::Icmp(_) | Transport::Sctp { .. } | Transport::Other(_) => Progress::Other,
        };
        let id = ConnectionId(self.next);
        self.next += 1;
        let connection = Connection {
            id,
            original: tuple,
            reply: tuple.inverse(),
            status: Status::default(),
            mark: 0,
            zone,
            progress,
            last_segment: tcp_flags(packet).map(|flags| (Direction::Original, flags)),
            closing: false,
            expires: now + lifetime(tuple.protocol, progress, false),
            packets: [1, 0],
            bytes: [packet.length.into(), 0],
        };
        self.connections.insert(id, connection);
        Tracked::Created(CtLink { id, direction: Direction::Original, info: CtInfo::New })
    }

    fn found(&mut self, id: ConnectionId, direction: Direction, packet: &Packet, now: Seconds) -> Tracked {
        let Some(entry) = self.connections.get_mut(&id) else {
            return Tracked::Untracked;
        };
        let mut ignored = false;
        if let (Progress::Tcp(state), Transport::Tcp { flags, .. }) = (entry.progress, &packet.transport) {
            let answers_syn =
                entry.last_segment.is_some_and(|(from, flags)| from != direction && TcpState::opens(flags));
            let aborted =
                entry.last_segment.is_some_and(|(from, flags)| from == direction && flags.contains(TcpFlags::RST));
            match state.after(direction, *flags) {
                TcpState::Invalid => {
                    return Tracked::Invalid("TCP flags that make no sense in the connection's state");
                }
                // A new SYN after the end reopens: the old entry makes way (`nf_conntrack_tcp_packet`).
                TcpState::SynSent if state.is_over() && (entry.closing || aborted) => {
                    let (tuple, zone) = (entry.tuple(direction), entry.zone);
                    self.delete(id);
                    return self.create(tuple, packet, zone, now);
                }
                // It answers a SYN that was ignored: the ends know better than the entry.
                TcpState::Ignore if answers_syn && flags.contains(TcpFlags::SYN | TcpFlags::ACK) => {
                    entry.progress = Progress::Tcp(TcpState::SynRecv);
                }
                TcpState::Ignore => ignored = true,
                TcpState::SynSent if state.is_over() => ignored = true,
                next => {
                    entry.status.assured |= next == TcpState::Established && entry.status.seen_reply;
                    entry.closing |= next == TcpState::FinWait;
                    entry.progress = Progress::Tcp(next);
                }
            }
        }
        entry.last_segment = tcp_flags(packet).map(|flags| (direction, flags));
        // A reset before any reply: the connection never was one and is forgotten at once (`nf_conntrack_tcp_packet`).
        let reset = matches!(&packet.transport, Transport::Tcp { flags, .. } if flags.contains(TcpFlags::RST));
        let stillborn = reset && !entry.status.seen_reply;
        if direction == Direction::Reply {
            entry.status.seen_reply = true;
        }
        if let Progress::Udp { stream_after, stream } = &mut entry.progress
            && entry.status.seen_reply
        {
            let after = *stream_after.get_or_insert(now + timeout::UDP_STREAM_AFTER);
            *stream |= now >= after;
            entry.status.assured |= *stream;
        }
        if !ignored {
            entry.expires = now + lifetime(entry.original.protocol, entry.progress, entry.status.seen_reply);
            entry.packets[direction as usize] += 1;
            entry.bytes[direction as usize] += u64::from(packet.length);
        }
        let info = if entry.status.seen_reply { CtInfo::Established } else { CtInfo::New };
        if stillborn {
            self.unlink(id);
        }
        Tracked::Found(CtLink { id, direction, info })
    }

    /// The reply that the connection will get (`nf_conntrack_alter_reply`); only before it is confirmed.
    pub fn alter_reply(&mut self, id: ConnectionId, reply: Tuple) {
        if let Some(entry) = self.connections.get_mut(&id)
            && !entry.status.confirmed
        {
            entry.reply = reply;
        }
    }

    /// A reset ends the connection, whoever sends it (`nf_conntrack_tcp_set_closing`); only once it is confirmed.
    pub fn set_closing(&mut self, id: ConnectionId, now: Seconds) {
        if let Some(entry) = self.connections.get_mut(&id)
            && entry.status.confirmed
            && let Progress::Tcp(state) = &mut entry.progress
            && *state != TcpState::Close
        {
            *state = TcpState::Close;
            entry.expires = now + timeout::of(entry.original.protocol, entry.progress);
        }
    }

    /// Whether another connection already answers to this reply tuple (`nf_nat_used_tuple`).
    pub fn is_taken(&self, reply: &Tuple, by_other_than: ConnectionId) -> bool {
        let zone = self.get(by_other_than).map(|connection| connection.zone).unwrap_or_default();
        self.owner(*reply, Direction::Reply, zone).is_some_and(|owner| owner != by_other_than)
    }

    fn owner(&self, tuple: Tuple, direction: Direction, zone: Zone) -> Option<ConnectionId> {
        let flag = is_echo_reply(tuple, direction);
        let id = zone.id_in(direction);
        // The kernel looks into the bucket of this zone only; there it takes a tuple of either direction.
        let find = |of: Direction| {
            let found = self.by_tuple.get(&(tuple, flag, id, of));
            found.filter(|_| zone.id_in(of) == id).map(|(owner, _)| *owner)
        };
        find(direction).or_else(|| find(direction.other()))
    }

    /// Enters the packet's connection into the table (`__nf_conntrack_confirm`).
    ///
    /// False if another connection took one of its tuples meanwhile; the packet is then dropped
    /// (`insert_failed`).
    pub fn confirm(&mut self, id: ConnectionId) -> bool {
        let Some(entry) = self.connections.get(&id) else {
            return true;
        };
        if entry.status.confirmed {
            return true;
        }
        let (original, reply, zone) = (entry.original, entry.reply, entry.zone);
        if self.owner(original, Direction::Original, zone).is_some()
            || self.owner(reply, Direction::Reply, zone).is_some()
        {
            self.delete(id);
            return false;
        }
        self.by_tuple.insert(key(original, Direction::Original, zone), (id, Direction::Original));
        self.by_tuple.insert(key(reply, Direction::Reply, zone), (id, Direction::Reply));
        if let Some(entry) = self.connections.get_mut(&id) {
            entry.status.confirmed = true;
        }
        true
    }

    /// Enters a connection that a listing names; it gets a number of its own. False if one of its tuples is taken.
    pub(super) fn insert(&mut self, connection: Connection) -> bool {
        let id = ConnectionId(self.next);
        self.next += 1;
        self.connections.insert(id, Connection { id, ..connection });
        self.confirm(id)
    }

    /// The packet has left the node or is gone: a connection that only it knows goes with it.
    pub fn release(&mut self, skb: &Skb) {
        if let Some(link) = skb.connection
            && self.get(link.id).is_some_and(|entry| !entry.status.confirmed || entry.status.dying)
        {
            self.delete(link.id);
        }
    }

    /// How many entries the table has.
    pub fn count(&self) -> usize {
        self.entries().count()
    }
}

const fn tcp_flags(packet: &Packet) -> Option<TcpFlags> {
    match packet.transport {
        Transport::Tcp { flags, .. } => Some(flags),
        _ => None,
    }
}

/// How long an entry lives from now on (`nf_conntrack_tcp_packet`).
fn lifetime(protocol: Protocol, progress: Progress, seen_reply: bool) -> Seconds {
    let whole = timeout::of(protocol, progress);
    match progress {
        Progress::Tcp(TcpState::Established) if !seen_reply => whole.min(timeout::TCP_PICKED_UP),
        _ => whole,
    }
}
