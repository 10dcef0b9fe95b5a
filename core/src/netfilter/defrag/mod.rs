//! Fragments: put together before anything else looks at them, and taken apart when they leave.
//!
//! In: packets that are parts of datagrams. Out: datagrams, and the parts in which they go on. Left out on purpose: how
//! much memory the parts may take, and a first part too short for the header of its transport.

mod parts;
mod queue;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

pub use parts::take_apart;
use queue::{Queue, Taken};

use super::Seconds;
use crate::net::{Family, Fragment, Packet};

/// Who puts a datagram together (`enum ip_defrag_users`): fragments of different places never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gatherer {
    Incoming,
    Outgoing,
    Bridge,
}

/// Fragments that wait for the others of their datagram.
#[derive(Clone, Debug)]
pub struct Fragments {
    queues: BTreeMap<Key, Queue>,
    pub lifetimes: Lifetimes,
}

/// How long fragments wait: `net.ipv4.ipfrag_time`, `net.netfilter.nf_conntrack_frag6_timeout`.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    pub v4: Seconds,
    pub v6: Seconds,
}

impl Default for Fragments {
    fn default() -> Self {
        Self { queues: BTreeMap::new(), lifetimes: Lifetimes { v4: 30, v6: 60 } }
    }
}

/// The protocol counts in IPv4 only (`ip4_obj_hashfn`, `fq_find`).
type Key = (Gatherer, IpAddr, IpAddr, Option<u8>, u32);

/// What a datagram still knows of its fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reassembled {
    pub id: u32,
    /// Bytes behind the headers of each.
    sizes: Vec<u16>,
    /// Bytes of the longest, with its headers (`frag_max_size`); none above a bridge, where `ip_rcv` has forgotten it.
    pub longest: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gathered {
    /// The whole datagram.
    Whole(Packet, Reassembled),
    /// Others are missing.
    Waits,
    /// It does not fit to the others, and is dropped; all of them are given up if they overlap.
    Refused,
    /// It goes on as it is: a part of IPv6 that cannot be one (`nf_ct_frag6_queue`).
    Passed,
}

/// A datagram that was given up after its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expired {
    pub by: Gatherer,
    /// The part with the header of the transport, if it came.
    pub first: Option<Packet>,
    /// The device that the last part came by.
    pub input: Option<Arc<str>>,
}

impl Fragments {
    /// Takes a part in (`ip_defrag`, `nf_ct_frag6_gather`).
    pub fn gather(
        &mut self,
        by: Gatherer,
        packet: &Packet,
        part: Fragment,
        input: Option<&Arc<str>>,
        now: Seconds,
    ) -> Gathered {
        let (protocol, lifetime) = match packet.family() {
            Family::V4 => (Some(packet.protocol().number()), self.lifetimes.v4),
            Family::V6 => (None, self.lifetimes.v6),
        };
        let key = (by, packet.src, packet.dst, protocol, part.id);
        self.queues.retain(|_, queue| queue.expires > now);
        let queue = self.queues.entry(key).or_insert_with(|| Queue::new(now.saturating_add(lifetime)));
        match queue.take(packet, part, input) {
            Taken::Waits => Gathered::Waits,
            Taken::Refused => Gathered::Refused,
            Taken::GivenUp => {
                self.queues.remove(&key);
                Gathered::Refused
            }
            Taken::Malformed => {
                self.queues.remove(&key);
                Gathered::Passed
            }
            Taken::Complete => match self.queues.remove(&key).and_then(|queue| queue.join(part.id)) {
                Some((packet, parts)) => Gathered::Whole(packet, parts),
                None => Gathered::Refused,
            },
        }
    }

    /// Gives up what has waited too long (`ip_expire`, `nf_ct_frag6_expire`).
    pub fn expire(&mut self, now: Seconds) -> Vec<Expired> {
        let mut expired = Vec::new();
        self.queues.retain(|(by, ..), queue| {
            let lives = queue.expires > now;
            if !lives {
                expired.push(Expired { by: *by, first: queue.first(), input: queue.input.clone() });
            }
            lives
        });
        expired
    }
}

/// Bytes of the headers before the data of a part.
fn header(packet: &Packet) -> u16 {
    packet.ip_header() + if packet.src.is_ipv6() { Packet::FRAGMENT_HEADER } else { 0 }
}
