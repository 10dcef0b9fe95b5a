use std::collections::{BTreeMap, BTreeSet};

use super::destination::{DestinationId, Forwarding};
use super::state::State;
use crate::fixed_hash::HashMap;
use crate::net::{Endpoint, Protocol};
use crate::netfilter::{Journal, Seconds};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(super) u32);

/// What an entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Ordinary,
    /// Never found again: it lasts as long as its packet.
    OnePacket,
    /// A client's network and its real server, kept for connections to come. `assured` once one of
    /// them was established.
    Template {
        assured: bool,
    },
}

/// One entry of the connection table (`struct ip_vs_conn`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub id: ConnectionId,
    /// Templates of fwmark services have protocol 0 and the mark for a virtual address.
    pub protocol: Protocol,
    pub client: Endpoint,
    pub virtual_end: Endpoint,
    pub real: Endpoint,
    pub destination: DestinationId,
    pub forwarding: Forwarding,
    pub kind: Kind,
    pub state: State,
    /// Restarted by each packet.
    pub timeout: Seconds,
    pub expires: Seconds,
    /// Not counted among the real server's active connections.
    pub inactive: bool,
    /// No packet of the real server was seen, as with direct routing.
    pub no_output: bool,
    /// The conntrack entry is kept and ends with this one.
    pub conntrack: bool,
    /// The template that this connection was made from.
    pub control: Option<ConnectionId>,
    /// How many connections this template controls.
    pub controls: u32,
    pub packets_in: u64,
}

impl Connection {
    pub const fn is_template(&self) -> bool {
        matches!(self.kind, Kind::Template { .. })
    }

    /// Where replies come from as this node sees them.
    pub(super) const fn reply_source(&self) -> Endpoint {
        match self.forwarding {
            Forwarding::Masquerade => self.real,
            _ => self.virtual_end,
        }
    }
}

/// What an entry is hashed by (`ip_vs_conn_hashkey`). Both directions know the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Bucket {
    protocol: Protocol,
    client: Endpoint,
}

/// The connection table. Each bucket is a list with the newest entry first.
///
/// The hasher has fixed keys and the map is never iterated, so that runs repeat.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    entries: BTreeMap<ConnectionId, Connection>,
    buckets: HashMap<Bucket, Vec<ConnectionId>>,
    timers: BTreeSet<(Seconds, ConnectionId)>,
    next: u32,
    journal: Journal<ConnectionId, Connection>,
}

impl Connections {
    pub fn get(&self, id: ConnectionId) -> Option<&Connection> {
        self.entries.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        let entry = self.entries.get_mut(&id)?;
        self.journal.note(id, || Some(entry.clone()));
        Some(entry)
    }

    /// The entries in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = &Connection> {
        self.entries.values()
    }

    /// The entries as they were when some were what `others` says, or were not there.
    pub fn iter_with<'a>(
        &'a self,
        others: &BTreeMap<ConnectionId, Option<&'a Connection>>,
    ) -> impl Iterator<Item = &'a Connection> + use<'a> {
        let unchanged = self.entries.values().filter(|entry| !others.contains_key(&entry.id));
        let mut entries: Vec<_> = unchanged.chain(others.values().copied().flatten()).collect();
        entries.sort_unstable_by_key(|entry| entry.id);
        entries.into_iter()
    }

    /// Keeps what entries are before they change, until [`Self::changed`].
    pub fn watch(&mut self) {
        self.journal.begin();
    }

    /// What the entries were that have changed since [`Self::watch`].
    pub fn changed(&mut self) -> BTreeMap<ConnectionId, Option<Connection>> {
        self.journal.end()
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn in_bucket(&self, protocol: Protocol, client: Endpoint) -> impl Iterator<Item = &Connection> {
        let ids = self.buckets.get(&Bucket { protocol, client }).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.entries.get(id))
    }

    /// The connection of a client's packet (`ip_vs_conn_in_get`). Without FTP no entry lacks a client port,
    /// so that the second probe for those never happens; templates, whose port is 0, are none of these.
    pub fn find_request(&self, protocol: Protocol, client: Endpoint, virtual_end: Endpoint) -> Option<&Connection> {
        self.in_bucket(protocol, client).find(|entry| entry.virtual_end == virtual_end && !entry.is_template())
    }

    /// The connection of a real server's packet (`ip_vs_conn_out_get`).
    pub fn find_reply(&self, protocol: Protocol, source: Endpoint, client: Endpoint) -> Option<&Connection> {
        self.in_bucket(protocol, client).find(|entry| entry.reply_source() == source)
    }

    /// The template for a client's network (`ip_vs_ct_in_get`).
    pub fn find_template(&self, protocol: Protocol, network: Endpoint, virtual_end: Endpoint) -> Option<&Connection> {
        self.in_bucket(protocol, network).find(|entry| entry.virtual_end == virtual_end && entry.is_template())
    }

    /// Numbers an entry and enters it; entries for one packet stay out of the buckets.
    pub(super) fn insert(&mut self, make: impl FnOnce(ConnectionId) -> Connection) -> ConnectionId {
        let id = ConnectionId(self.next);
        self.next += 1;
        self.journal.note(id, || None);
        let entry = make(id);
        if entry.kind != Kind::OnePacket {
            let bucket = Bucket { protocol: entry.protocol, client: entry.client };
            self.buckets.entry(bucket).or_default().insert(0, id);
        }
        self.timers.insert((entry.expires, id));
        self.entries.insert(id, entry);
        id
    }

    pub(super) fn remove(&mut self, id: ConnectionId) -> Option<Connection> {
        let entry = self.entries.remove(&id)?;
        self.journal.note(id, || Some(entry.clone()));
        self.timers.remove(&(entry.expires, id));
        let bucket = Bucket { protocol: entry.protocol, client: entry.client };
        if let Some(ids) = self.buckets.get_mut(&bucket) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.buckets.remove(&bucket);
            }
        }
        Some(entry)
    }

    /// Sets the second at which the entry ends.
    pub(super) fn set_timer(&mut self, id: ConnectionId, expires: Seconds) {
        if let Some(entry) = self.entries.get_mut(&id) {
            self.journal.note(id, || Some(entry.clone()));
            self.timers.remove(&(entry.expires, id));
            entry.expires = expires;
            self.timers.insert((expires, id));
        }
    }

    /// Starts the entry's time-out anew (`ip_vs_conn_put`).
    pub(super) fn restart_timer(&mut self, id: ConnectionId, now: Seconds) {
        if let Some(timeout) = self.get(id).map(|entry| entry.timeout) {
            self.set_timer(id, now.saturating_add(timeout));
        }
    }

    /// An entry whose time has come by `now`.
    pub(super) fn due(&self, now: Seconds) -> Option<ConnectionId> {
        self.timers.first().filter(|(expires, _)| *expires <= now).map(|(_, id)| *id)
    }
}
