//! The parts of one datagram (`ip_frag_queue`, `nf_ct_frag6_queue`, `inet_frag_queue_insert`).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Reassembled, Seconds, header};
use crate::net::{Fragment, Packet};

#[derive(Clone, Debug)]
pub struct Queue {
    parts: BTreeMap<u16, Packet>,
    /// Where parts begin and end that came one right behind the other; the last is that with the highest end.
    runs: BTreeMap<u16, u16>,
    /// Where the part ends behind which nothing comes, or the highest end so far.
    end: u16,
    has_last: bool,
    pub input: Option<Arc<str>>,
    pub expires: Seconds,
}

/// What became of a part.
pub enum Taken {
    Waits,
    Complete,
    /// Only this part is dropped.
    Refused,
    /// The datagram cannot come to anything any more.
    GivenUp,
    /// No part at all, and the others are given up.
    Malformed,
}

enum Place {
    Free,
    /// All of it is there already.
    Twin,
    Overlaps,
}

impl Queue {
    pub const fn new(expires: Seconds) -> Self {
        Self { parts: BTreeMap::new(), runs: BTreeMap::new(), end: 0, has_last: false, input: None, expires }
    }

    pub fn take(&mut self, packet: &Packet, part: Fragment, input: Option<&Arc<str>>) -> Taken {
        let is_v4 = packet.src.is_ipv4();
        // IPv4 gives the others up with a part that does not fit; IPv6 drops the part.
        let refused = if is_v4 { Taken::GivenUp } else { Taken::Refused };
        let mut size = packet.length.saturating_sub(header(packet));
        if part.more && !size.is_multiple_of(8) {
            if !is_v4 {
                return Taken::Malformed;
            }
            size &= !7;
        }
        let Some(end) = part.offset.checked_add(size) else {
            return refused;
        };
        let fits = if part.more {
            end <= self.end || !self.has_last
        } else {
            end >= self.end && (!self.has_last || end == self.end)
        };
        if !fits {
            return refused;
        }
        self.end = self.end.max(end);
        self.has_last |= !part.more;
        if size == 0 {
            return refused;
        }
        match self.place(part.offset, end) {
            Place::Twin if is_v4 => return Taken::Refused,
            Place::Twin => return Taken::Waits,
            Place::Overlaps => return Taken::GivenUp,
            Place::Free => {}
        }
        self.input = input.cloned();
        let length = header(packet) + size;
        self.parts.insert(part.offset, Packet { length, ..packet.clone() });
        let held: u32 = self.parts.values().map(|part| u32::from(data(part))).sum();
        let is_complete = self.has_last && self.parts.contains_key(&0) && held == u32::from(self.end);
        if is_complete { Taken::Complete } else { Taken::Waits }
    }

    /// Finds room from `offset` to `end`, and takes it.
    fn place(&mut self, offset: u16, end: u16) -> Place {
        match self.runs.last_entry() {
            Some(mut last) if *last.get() < end => {
                if offset < *last.get() {
                    return Place::Overlaps;
                }
                if offset == *last.get() {
                    last.insert(end);
                    return Place::Free;
                }
            }
            _ => {
                let mut met = self.runs.iter().filter(|(from, to)| **from < end && offset < **to);
                match met.next() {
                    Some((from, to)) if *from <= offset && end <= *to => return Place::Twin,
                    Some(_) => return Place::Overlaps,
                    None => {}
                }
            }
        }
        self.runs.insert(offset, end);
        Place::Free
    }

    /// The part with the header of the transport.
    pub fn first(&self) -> Option<Packet> {
        self.parts.get(&0).cloned()
    }

    /// `ip_frag_reasm`, `nf_ct_frag6_reasm`; none if the whole is too long, or congestion bits contradict each other.
    pub fn join(self, id: u32) -> Option<(Packet, Reassembled)> {
        let sizes: Vec<_> = self.parts.values().map(data).collect();
        let longest = self.parts.values().map(|part| part.length).max();
        let longest_whole = self.parts.values().filter(|part| part.dont_fragment).map(|part| part.length).max();
        let ecn = congestion(self.parts.values().map(|part| part.tos & 3))?;
        let first = self.parts.into_values().next()?;
        let length = first.ip_header().checked_add(self.end)?;
        // What comes in parts of IPv6 says nothing of whether it may be taken apart.
        let dont_fragment = first.src.is_ipv6() || longest_whole == longest;
        let whole = Packet { fragment: None, dont_fragment, length, tos: first.tos | ecn, ..first };
        Some((whole, Reassembled { id, sizes, longest }))
    }
}

/// The bits that the whole gets beside those of its first part (`ip_frag_ecn_table`).
fn congestion(parts: impl Iterator<Item = u8>) -> Option<u8> {
    const NOT_CAPABLE: u8 = 1;
    const CONGESTED: u8 = 1 << 3;
    let seen = parts.fold(0, |seen, ecn| seen | 1 << ecn);
    match seen {
        NOT_CAPABLE => Some(0),
        _ if seen & NOT_CAPABLE > 0 => None,
        _ if seen & CONGESTED > 0 => Some(3),
        _ => Some(0),
    }
}

fn data(packet: &Packet) -> u16 {
    packet.length.saturating_sub(header(packet))
}
