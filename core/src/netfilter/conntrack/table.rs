use std::collections::BTreeMap;

use super::count::is_echo_reply;
use super::settings::UDP_STREAM_AFTER;
use super::store::{Place, Store, Wanted};
use super::{
    Confirmed, Connection, ConnectionId, CtInfo, CtState, Direction, Moved, Progress, Sctp, Settings, Status, Tcp,
    TcpState, Zone,
};
use crate::net::{Packet, Transport, Tuple};
use crate::netfilter::{CtLink, Seconds, Skb};
use crate::trace::Fault;

/// What conntrack made of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracked {
    /// Part of a connection in the table.
    Found(CtLink),
    /// The first packet of a connection that is not in the table yet.
    Created(CtLink),
    /// No connection, and none can begin with it.
    Invalid(Fault),
    /// Left alone, as conntrack leaves packets of protocols that it does not track.
    Untracked,
    /// There is no room for its connection: the packet is dropped (`nf_conntrack: table full, dropping packet`).
    Full,
}

/// What `conntrack -S` counts, in its words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub invalid: u64,
    /// Entries that somebody made by hand.
    pub insert: u64,
    pub insert_failed: u64,
    pub drop: u64,
    pub early_drop: u64,
    pub clash_resolve: u64,
}

/// The conntrack table of a node.
#[derive(Clone, Debug, Default)]
pub struct Conntrack {
    pub settings: Settings,
    pub(super) store: Store,
    pub(super) statistics: Statistics,
    /// Somebody found the table full.
    pub(super) is_short: bool,
    next: u32,
}

impl Conntrack {
    pub fn get(&self, id: ConnectionId) -> Option<&Connection> {
        self.store.get(id)
    }

    pub fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.store.get_mut(id)
    }

    /// Whether the connection is in the table and not over (`already_closed`).
    pub fn is_open(&self, id: ConnectionId) -> bool {
        self.get(id).is_some_and(|connection| {
            let is_over = matches!(connection.progress, Progress::Tcp(tcp) if tcp.state.is_over());
            connection.status.confirmed && !connection.status.dying && !is_over
        })
    }

    pub const fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// The entries of the table in the order in which they were created, without those still on their way, and those
    /// that only replies find.
    pub fn entries(&self) -> impl Iterator<Item = &Connection> {
        let mut entries: Vec<_> = self.listed().collect();
        entries.sort_unstable_by_key(|entry| entry.id);
        entries.into_iter()
    }

    /// [`Self::entries`] as they were when some connections were what `others` says, or were not there.
    pub fn entries_with<'a>(
        &'a self,
        others: &BTreeMap<ConnectionId, Option<&'a Connection>>,
    ) -> impl Iterator<Item = &'a Connection> + use<'a> {
        let unchanged = self.store.iter().filter(|entry| !others.contains_key(&entry.id));
        let mut entries: Vec<_> = unchanged.chain(others.values().copied().flatten()).collect();
        entries.retain(|entry| entry.status.is_listed());
        entries.sort_unstable_by_key(|entry| entry.id);
        entries.into_iter()
    }

    /// Keeps what connections are before they change, until [`Self::changed`].
    pub fn watch(&mut self) {
        self.store.journal.begin();
    }

    /// What the connections were that have changed since [`Self::watch`].
    pub fn changed(&mut self) -> BTreeMap<ConnectionId, Option<Connection>> {
        self.store.journal.end()
    }

    fn listed(&self) -> impl Iterator<Item = &Connection> {
        self.store.iter().filter(|entry| entry.status.is_listed())
    }

    /// The entry of a flow of a protocol with ports, in the zone 0.
    pub fn find_flow(&self, tuple: &Tuple) -> Option<(ConnectionId, Direction)> {
        let (place, direction) = self.find(&Wanted { tuple: *tuple, is_echo_reply: false }, Zone::USUAL)?;
        Some((self.store.at(place)?.id, direction))
    }

    /// A tuple may be of either direction, each of which has its zone (`nf_conntrack_find_get`).
    pub(super) fn find(&self, wanted: &Wanted, zone: Zone) -> Option<(Place, Direction)> {
        let is_split = zone.id_in(Direction::Original) != zone.id_in(Direction::Reply);
        let find = |bucket| self.store.find(wanted, zone, bucket, |_| true);
        find(Direction::Original).or_else(|| find(Direction::Reply).filter(|_| is_split))
    }

    pub(super) fn at(&self, place: Place) -> Option<&Connection> {
        self.store.at(place)
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

    /// Forgets what has expired by `now`, and what makes room if there was none.
    pub fn expire(&mut self, now: Seconds) {
        let expired: Vec<_> = self.store.iter().filter(|entry| entry.expires <= now).map(|entry| entry.id).collect();
        for id in expired {
            self.delete(id);
        }
        self.collect();
    }

    pub fn delete(&mut self, id: ConnectionId) {
        self.unlink(id);
        self.store.remove(id);
    }

    /// Takes a connection out of the table; packets that belong to it still do.
    fn unlink(&mut self, id: ConnectionId) {
        if let Some(entry) = self.store.get_mut(id) {
            entry.status.dying = true;
            self.store.unlink(id, Direction::Original);
            self.store.unlink(id, Direction::Reply);
        }
    }

    /// Finds or creates the connection of a packet, and moves its state on (`nf_conntrack_in`).
    pub fn track(&mut self, packet: &Packet, zone: Zone, now: Seconds) -> Tracked {
        let tracked = self.tracked(packet, zone, now);
        match tracked {
            Tracked::Invalid(_) => self.statistics.invalid += 1,
            Tracked::Full => self.statistics.drop += 1,
            Tracked::Found(_) | Tracked::Created(_) | Tracked::Untracked => {}
        }
        tracked
    }

    fn tracked(&mut self, packet: &Packet, zone: Zone, now: Seconds) -> Tracked {
        // A first part is shorter than its header says, or has a wrong checksum; any other has no header (`udp_error`,
        // `ipv6_get_l4proto`).
        if packet.fragment.is_some() {
            return Tracked::Invalid(Fault::FragmentAlone);
        }
        if let Transport::Icmp(icmp) = &packet.transport {
            if let Some(cause) = &icmp.cause {
                return self.track_error(packet, cause, zone);
            }
            if !matches!(icmp.kind, 0 | 8 | 128 | 129) {
                return Tracked::Untracked;
            }
        }
        let wanted = Wanted { tuple: packet.tuple(), is_echo_reply: is_echo_reply(packet) };
        while let Some((place, direction)) = self.find(&wanted, zone) {
            let Some(expired) = self.store.at(place).filter(|entry| entry.expires <= now).map(|entry| entry.id) else {
                return self.found(place, direction, packet, now);
            };
            self.delete(expired);
        }
        self.create(&wanted, packet, zone, now)
    }

    /// An ICMP error belongs to the connection of the packet that caused it; it travels the other way, and to the end
    /// that this packet came from (`nf_conntrack_inet_error`).
    fn track_error(&self, error: &Packet, cause: &Packet, zone: Zone) -> Tracked {
        let is_request = matches!(&cause.transport, Transport::Icmp(icmp) if matches!(icmp.kind, 8 | 128));
        let found = self.find(&Wanted { tuple: cause.tuple().inverse(), is_echo_reply: is_request }, zone);
        match found.and_then(|(place, direction)| Some((self.store.at(place)?, direction))) {
            Some((entry, direction)) if entry.tuple(direction).dst.address == error.dst => {
                Tracked::Found(CtLink { id: entry.id, direction, info: CtInfo::Related })
            }
            Some(_) => Tracked::Invalid(Fault::ErrorToAnother),
            None => Tracked::Invalid(Fault::ErrorOfNothing),
        }
    }

    /// `init_conntrack`; then the protocol has its say.
    fn create(&mut self, wanted: &Wanted, packet: &Packet, zone: Zone, now: Seconds) -> Tracked {
        if !self.make_room(wanted.hash(zone.id_in(Direction::Original)), now) {
            return Tracked::Full;
        }
        let progress = match beginning(packet, &self.settings, now) {
            Ok(progress) => progress,
            Err(reason) => return Tracked::Invalid(reason),
        };
        let id = self.number();
        let tuple = wanted.tuple;
        self.store.add(Connection {
            id,
            original: tuple,
            reply: tuple.inverse(),
            status: Status::default(),
            mark: 0,
            zone,
            progress,
            masqueraded_at: None,
            expires: now + self.settings.timeouts.of(tuple.protocol, progress, false, now),
            packets: [1, 0],
            bytes: [packet.length.into(), 0],
        });
        Tracked::Created(CtLink { id, direction: Direction::Original, info: CtInfo::New })
    }

    const fn number(&mut self) -> ConnectionId {
        let id = ConnectionId(self.next);
        self.next += 1;
        id
    }

    fn found(&mut self, place: Place, direction: Direction, packet: &Packet, now: Seconds) -> Tracked {
        let Some(entry) = self.store.at_mut(place) else {
            return Tracked::Untracked;
        };
        let id = entry.id;
        let seen_reply = entry.status.seen_reply;
        let moved = match (&mut entry.progress, &packet.transport) {
            (Progress::Tcp(tcp), Transport::Tcp { flags, .. }) => tcp.segment(direction, *flags, seen_reply),
            (Progress::Sctp(sctp), Transport::Sctp { tag, chunks, .. }) => sctp.packet(direction, *tag, chunks, true),
            (Progress::Udp { stream_after }, _) => {
                let assured = seen_reply && now >= *stream_after && !entry.status.clashing;
                Moved::Accepted { assured, counts: true }
            }
            _ => Moved::Accepted { assured: false, counts: true },
        };
        match moved {
            Moved::Invalid(reason) => return Tracked::Invalid(reason),
            Moved::Reopened => {
                let (tuple, zone) = (entry.tuple(direction), entry.zone);
                self.delete(id);
                return self.create(&Wanted { tuple, is_echo_reply: false }, packet, zone, now);
            }
            Moved::Accepted { counts: false, assured } => entry.status.assured |= assured,
            Moved::Accepted { counts: true, assured } => {
                entry.status.assured |= assured;
                let lifetime = self.settings.timeouts.of(entry.original.protocol, entry.progress, seen_reply, now);
                if !entry.status.clashing {
                    entry.expires = now + lifetime;
                }
                count(entry, direction, packet);
            }
            Moved::Ended => count(entry, direction, packet),
        }
        entry.status.seen_reply |= direction == Direction::Reply;
        let info = if entry.status.seen_reply { CtInfo::Established } else { CtInfo::New };
        if moved == Moved::Ended {
            self.unlink(id);
        }
        Tracked::Found(CtLink { id, direction, info })
    }

    /// The reply that the connection will get (`nf_conntrack_alter_reply`); only before it is confirmed.
    pub fn alter_reply(&mut self, id: ConnectionId, reply: Tuple) {
        if let Some(entry) = self.store.get_mut(id)
            && !entry.status.confirmed
        {
            entry.reply = reply;
        }
    }

    /// A reset ends the connection, whoever sends it (`nf_conntrack_tcp_set_closing`); only once it is confirmed.
    pub fn set_closing(&mut self, id: ConnectionId, now: Seconds) {
        if let Some(entry) = self.store.get_mut(id)
            && entry.status.confirmed
            && let Progress::Tcp(tcp) = &mut entry.progress
            && tcp.state != TcpState::Close
        {
            tcp.close();
            entry.expires = now + self.settings.timeouts.tcp[TcpState::Close as usize];
        }
    }

    /// Whether another connection already answers to this reply tuple (`nf_conntrack_tuple_taken`). One of the same
    /// flow does not count: [`Conntrack::confirm`] settles which of both stays.
    pub fn is_taken(&self, reply: &Tuple, by_other_than: ConnectionId) -> bool {
        let Some(own) = self.get(by_other_than) else {
            return false;
        };
        let zone = own.zone.id_in(Direction::Original);
        let is_other = |entry: &Connection| {
            let is_same_flow = entry.original == own.original && entry.zone.id_in(Direction::Original) == zone;
            entry.id != own.id && !is_same_flow
        };
        self.store.find(&Wanted::of(*reply, Direction::Reply), own.zone, Direction::Reply, is_other).is_some()
    }

    /// Enters a connection that a listing names; it gets a number of its own. False if one of its tuples is taken.
    pub(super) fn insert(&mut self, connection: Connection) -> bool {
        let id = self.number();
        self.store.add(Connection { id, ..connection });
        let expires = connection.expires;
        let link = CtLink { id, direction: Direction::Original, info: CtInfo::New };
        self.confirm(link, expires) == Confirmed::Entered
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
        self.listed().count()
    }
}

/// What a first packet begins, if it may (`nf_conntrack_handle_packet`).
fn beginning(packet: &Packet, settings: &Settings, now: Seconds) -> Result<Progress, Fault> {
    match &packet.transport {
        Transport::Tcp { flags, .. } => Tcp::begin(*flags, settings.tcp_loose).map(Progress::Tcp),
        Transport::Sctp { tag, chunks, .. } => Sctp::begin(*tag, chunks).map(Progress::Sctp),
        Transport::Udp { .. } => Ok(Progress::Udp { stream_after: now + UDP_STREAM_AFTER }),
        Transport::Icmp(icmp) if matches!(icmp.kind, 0 | 129) => Err(Fault::EchoReplyAlone),
        Transport::Icmp(_) | Transport::Other(_) => Ok(Progress::Other),
    }
}

fn count(entry: &mut Connection, direction: Direction, packet: &Packet) {
    entry.packets[direction as usize] += 1;
    entry.bytes[direction as usize] += u64::from(packet.length);
}
