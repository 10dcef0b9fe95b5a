//! Fragments of IPv4: put together before anything else looks at them, and taken apart when they leave
//! (`ip_fragment.c`, `ip_do_fragment`).

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Seconds;
use crate::net::{Fragment, Packet, Transport};

const HEADER: u16 = 20;

/// Who puts a datagram together (`enum ip_defrag_users`): fragments of different places never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gatherer {
    Incoming,
    Outgoing,
    Bridge,
}

/// Fragments that wait for the others of their datagram.
#[derive(Clone, Debug, Default)]
pub struct Fragments {
    queues: BTreeMap<Key, Queue>,
}

type Key = (Gatherer, IpAddr, IpAddr, u8, u16);

#[derive(Clone, Debug)]
struct Queue {
    parts: BTreeMap<u16, Packet>,
    expires: Seconds,
}

/// What a datagram still knows of its fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reassembled {
    pub id: u16,
    /// Bytes behind the IP header of each.
    sizes: Vec<u16>,
    /// Bytes of the longest, with its header (`frag_max_size`).
    pub longest: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gathered {
    /// The whole datagram.
    Whole(Packet, Reassembled),
    /// Others are missing.
    Waits,
    /// It overlaps with another one, and all of them are given up.
    Overlaps,
}

impl Fragments {
    /// `net.ipv4.ipfrag_time`
    const LIFETIME: Seconds = 30;

    /// Takes a fragment in (`ip_defrag`). A packet that is none is whole.
    pub fn gather(&mut self, by: Gatherer, packet: Packet, now: Seconds) -> Gathered {
        let Some(Fragment { id, offset, .. }) = packet.fragment else {
            let sizes = vec![packet.length.saturating_sub(HEADER)];
            let longest = packet.length;
            return Gathered::Whole(packet, Reassembled { id: 0, sizes, longest });
        };
        self.queues.retain(|_, queue| queue.expires > now);
        let key = (by, packet.src, packet.dst, packet.protocol().number(), id);
        let queue =
            self.queues.entry(key).or_insert_with(|| Queue { parts: BTreeMap::new(), expires: now + Self::LIFETIME });
        match queue.take(offset, packet) {
            None => {
                self.queues.remove(&key);
                Gathered::Overlaps
            }
            Some(false) => Gathered::Waits,
            Some(true) => match self.queues.remove(&key).and_then(|queue| queue.join(id)) {
                Some((packet, parts)) => Gathered::Whole(packet, parts),
                None => Gathered::Waits,
            },
        }
    }
}

fn size(packet: &Packet) -> u16 {
    packet.length.saturating_sub(HEADER)
}

impl Queue {
    /// Whether nothing is missing any more; none if the fragment overlaps with one that is there.
    fn take(&mut self, offset: u16, packet: Packet) -> Option<bool> {
        let end = offset.saturating_add(size(&packet));
        let overlaps = self.parts.iter().any(|(at, part)| *at < end && offset < at.saturating_add(size(part)));
        if overlaps {
            // The very same one once more is only passed over.
            let is_twin = self.parts.get(&offset).is_some_and(|part| size(part) == size(&packet));
            return is_twin.then_some(false);
        }
        self.parts.insert(offset, packet);
        let reached = self
            .parts
            .iter()
            .try_fold(0, |reached, (at, part)| (*at == reached).then_some(reached.saturating_add(size(part))));
        let ends = self.parts.values().last().and_then(|part| part.fragment).is_some_and(|last| !last.more);
        Some(reached.is_some() && ends)
    }

    /// `ip_frag_reasm`
    fn join(self, id: u16) -> Option<(Packet, Reassembled)> {
        let sizes: Vec<_> = self.parts.values().map(size).collect();
        let longest = self.parts.values().map(|part| part.length).max()?;
        let longest_whole = self.parts.values().filter(|part| part.dont_fragment).map(|part| part.length).max();
        let tos = self.parts.values().fold(0, |tos, part| tos | part.tos & 1);
        let length = HEADER.checked_add(sizes.iter().sum())?;
        let first = self.parts.into_values().next()?;
        let dont_fragment = longest_whole == Some(longest);
        let whole = Packet { fragment: None, dont_fragment, length, tos: first.tos | tos, ..first };
        Some((whole, Reassembled { id, sizes, longest }))
    }
}

/// The parts of a packet that is longer than `mtu`, in bytes with their headers; as it came in, if it did so in parts
/// that fit.
pub fn take_apart(packet: &Packet, parts: Option<&Reassembled>, mtu: u16) -> Vec<Packet> {
    let most = parts.map_or(mtu, |parts| parts.longest.min(mtu)).saturating_sub(HEADER);
    let total = size(packet);
    let before = packet.fragment.map_or(0, |fragment| fragment.offset);
    let later = packet.fragment.is_some_and(|fragment| fragment.more);
    let id = parts.map(|parts| parts.id).or(packet.fragment.map(|fragment| fragment.id)).unwrap_or_default();
    let mut fragments = Vec::new();
    let mut offset = 0;
    let kept = kept_sizes(parts, most, total);
    // Parts that keep their borders lose the flag (`ip_fraglist_prepare`).
    let dont_fragment = packet.dont_fragment && parts.is_some() && kept.is_empty();
    let mut sizes = kept.into_iter();
    while offset < total {
        let left = total - offset;
        let usual = if left > most { most & !7 } else { left };
        let size = sizes.next().unwrap_or(usual);
        if size == 0 {
            break;
        }
        let fragment = Fragment { id, offset: before + offset, more: later || size < left };
        let transport =
            if fragment.offset == 0 { packet.transport.clone() } else { Transport::Other(packet.protocol()) };
        let fragment = Some(fragment);
        fragments.push(Packet { transport, fragment, dont_fragment, length: HEADER + size, ..packet.clone() });
        offset += size;
    }
    fragments
}

/// The fast path of `ip_do_fragment`: the parts keep their borders where each fits.
fn kept_sizes(parts: Option<&Reassembled>, most: u16, total: u16) -> Vec<u16> {
    let Some(Reassembled { sizes, .. }) = parts else {
        return Vec::new();
    };
    let fits = sizes.iter().all(|size| *size <= most) && sizes.iter().sum::<u16>() == total;
    if fits { sizes.clone() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::net::Endpoint;

    fn datagram(payload: u16) -> Packet {
        let end = |text: &str| Endpoint::new(text.parse().unwrap(), 53);
        let mut packet = Packet::udp(end("10.0.0.1"), end("10.0.0.2"));
        packet.length += payload;
        Packet { dont_fragment: false, ..packet }
    }

    proptest! {
        #[test]
        fn what_is_taken_apart_comes_together_in_any_order(
            payload in 1_u16..9000,
            mtu in 68_u16..2000,
            order in any::<prop::sample::Index>(),
        ) {
            let whole = datagram(payload);
            let mut parts = take_apart(&whole, None, mtu);
            prop_assert!(parts.iter().all(|part| part.length <= mtu));
            prop_assert_eq!(parts.iter().map(size).sum::<u16>(), size(&whole));
            let first = order.index(parts.len());
            parts.rotate_left(first);
            let mut waiting = Fragments::default();
            let mut gathered: Vec<_> =
                parts.into_iter().map(|part| waiting.gather(Gatherer::Incoming, part, 0)).collect();
            let Some(Gathered::Whole(again, kept)) = gathered.pop() else {
                return Err(TestCaseError::fail("not whole after its last part"));
            };
            prop_assert!(gathered.iter().all(|part| *part == Gathered::Waits));
            prop_assert_eq!(&again, &whole);
            let out = take_apart(&again, Some(&kept), 9100);
            prop_assert!(out.iter().all(|part| part.length <= mtu));
        }
    }

    #[test]
    fn overlapping_parts_are_given_up() {
        let parts = take_apart(&datagram(2000), None, 1500);
        let mut waiting = Fragments::default();
        assert_eq!(waiting.gather(Gatherer::Incoming, parts[0].clone(), 0), Gathered::Waits);
        assert_eq!(waiting.gather(Gatherer::Incoming, parts[0].clone(), 0), Gathered::Waits);
        let mut early = parts[1].clone();
        early.fragment = early.fragment.map(|fragment| Fragment { offset: fragment.offset - 8, ..fragment });
        assert_eq!(waiting.gather(Gatherer::Incoming, early, 0), Gathered::Overlaps);
        assert_eq!(waiting.gather(Gatherer::Incoming, parts[1].clone(), 0), Gathered::Waits);
        // The first one is forgotten after its time.
        assert_eq!(waiting.gather(Gatherer::Incoming, parts[0].clone(), 31), Gathered::Waits);
    }
}
