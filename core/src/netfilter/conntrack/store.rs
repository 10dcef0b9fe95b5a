use std::hash::{BuildHasher, Hash};

use super::chains::{Chains, reserve_sparingly, scale};
use super::{Connection, ConnectionId, Direction, Zone};
use crate::fixed_hash::FixedState;
use crate::net::{Protocol, Tuple};
use crate::netfilter::Journal;

/// All connections of a node, by number; those that have been entered also by the tuples of both directions.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    slots: Vec<Option<Connection>>,
    free: Vec<u32>,
    /// Nodes are places in `slots`.
    by_id: Chains,
    /// Nodes are twice the place, plus one for the reply.
    by_tuple: Chains,
    pub journal: Journal<ConnectionId, Connection>,
}

/// What a bucket is asked for: a tuple, and of an echo whether it is the reply, since the kernel's tuples hold the type
/// of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    pub tuple: Tuple,
    pub is_echo_reply: bool,
}

impl Wanted {
    /// The tuple of a connection. Only a request opens one, so that what goes back is the reply.
    pub const fn of(tuple: Tuple, direction: Direction) -> Self {
        let is_echo = matches!(tuple.protocol, Protocol::Icmp | Protocol::Icmpv6);
        Self { tuple, is_echo_reply: is_echo && matches!(direction, Direction::Reply) }
    }

    /// `hash_conntrack_raw`. The kernel draws its key, so that any is as good.
    #[expect(clippy::cast_possible_truncation, reason = "the kernel's hash has 32 bits too")]
    pub fn hash(&self, zone: u16) -> u32 {
        FixedState::default().hash_one((self, zone)) as u32
    }
}

/// Where a connection is as long as it is there: it is had from here at once, by its number after one more look-up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(usize);

const fn id_hash(id: ConnectionId) -> u32 {
    id.0.wrapping_mul(0x9e37_79b1)
}

impl Store {
    /// So many connections fit.
    pub const MOST: usize = Chains::MOST as usize / 2;

    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub fn get(&self, id: ConnectionId) -> Option<&Connection> {
        self.slots[self.place(id)?].as_ref()
    }

    pub fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        let place = self.place(id)?;
        self.at_mut(Place(place))
    }

    pub fn at(&self, place: Place) -> Option<&Connection> {
        self.slots.get(place.0)?.as_ref()
    }

    pub fn at_mut(&mut self, place: Place) -> Option<&mut Connection> {
        let entry = self.slots.get_mut(place.0)?.as_mut()?;
        self.journal.note(entry.id, || Some(entry.clone()));
        Some(entry)
    }

    /// In no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &Connection> {
        self.slots.iter().flatten()
    }

    fn place(&self, id: ConnectionId) -> Option<usize> {
        let mut places = self.by_id.nodes(id_hash(id)).map(|place| place as usize);
        places.find(|place| self.slots[*place].as_ref().is_some_and(|entry| entry.id == id))
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are fewer connections than their numbers have values")]
    pub fn add(&mut self, connection: Connection) {
        let hash = id_hash(connection.id);
        self.journal.note(connection.id, || None);
        let place = self.free.pop().unwrap_or_else(|| {
            let count = self.slots.len() + 1;
            reserve_sparingly(&mut self.slots, count);
            self.slots.push(None);
            (self.slots.len() - 1) as u32
        });
        self.slots[place as usize] = Some(connection);
        let slots = &self.slots;
        let hash_of = |place: u32| slots[place as usize].as_ref().map_or(0, |entry| id_hash(entry.id));
        self.by_id.insert(place, hash, hash_of);
    }

    /// Takes away a connection that is under none of its tuples.
    #[expect(clippy::cast_possible_truncation, reason = "as in `add`")]
    pub fn remove(&mut self, id: ConnectionId) {
        if let Some(place) = self.place(id) {
            self.by_id.remove(place as u32, id_hash(id));
            let removed = self.slots[place].take();
            self.journal.note(id, || removed);
            self.free.push(place as u32);
        }
    }

    /// Enters a connection under its tuple of a direction (`__nf_conntrack_hash_insert`).
    pub fn link(&mut self, id: ConnectionId, direction: Direction) {
        let Some(place) = self.place(id) else {
            return;
        };
        let node = node(place, direction);
        let slots = &self.slots;
        let hash_of = |node: u32| tuple_hash(slots, node);
        self.by_tuple.insert(node, hash_of(node), hash_of);
    }

    /// Takes a connection from under its tuple of a direction, if it is there.
    pub fn unlink(&mut self, id: ConnectionId, direction: Direction) {
        if let Some(place) = self.place(id) {
            let node = node(place, direction);
            self.by_tuple.remove(node, tuple_hash(&self.slots, node));
        }
    }

    /// The first in the bucket of a zone that has this tuple in either direction, and of that direction the same zone
    /// as `zone` (`nf_ct_key_equal`); what is in the bucket of another zone only by its hash does not count.
    pub fn find(
        &self,
        wanted: &Wanted,
        zone: Zone,
        bucket: Direction,
        is_wanted: impl Fn(&Connection) -> bool,
    ) -> Option<(Place, Direction)> {
        self.by_tuple.nodes(wanted.hash(zone.id_in(bucket))).find_map(|node| {
            let (entry, direction) = owner(&self.slots, node)?;
            let has_it = Wanted::of(entry.tuple(direction), direction) == *wanted
                && entry.zone.id_in(direction) == zone.id_in(direction)
                && entry.zone.id_in(direction) == zone.id_in(bucket)
                && is_wanted(entry);
            has_it.then_some((Place((node >> 1) as usize), direction))
        })
    }

    /// The connections in one bucket of so many.
    pub fn bucket(&self, bucket: usize, buckets: usize) -> Vec<ConnectionId> {
        let edge = |bucket: usize| ((bucket as u64) << 32) / buckets.max(1) as u64;
        let last = u32::try_from(edge(bucket + 1)).unwrap_or(u32::MAX);
        let nodes = self.by_tuple.nodes_in(u32::try_from(edge(bucket)).unwrap_or(u32::MAX), last);
        let own = nodes.filter(|node| scale(tuple_hash(&self.slots, *node), buckets) == bucket);
        own.filter_map(|node| Some(owner(&self.slots, node)?.0.id)).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "as in `add`")]
const fn node(place: usize, direction: Direction) -> u32 {
    (place as u32) << 1 | direction as u32
}

fn owner(slots: &[Option<Connection>], node: u32) -> Option<(&Connection, Direction)> {
    let direction = if node & 1 == 0 { Direction::Original } else { Direction::Reply };
    Some((slots[(node >> 1) as usize].as_ref()?, direction))
}

fn tuple_hash(slots: &[Option<Connection>], node: u32) -> u32 {
    owner(slots, node)
        .map_or(0, |(entry, direction)| Wanted::of(entry.tuple(direction), direction).hash(entry.zone.id_in(direction)))
}
