//! How a connection enters the table, and what happens if another one was faster.

use super::store::Wanted;
use super::{ConnectionId, Conntrack, Direction, Status};
use crate::net::Protocol;
use crate::netfilter::{CtLink, Seconds};

/// What became of a connection at the end of its first packet's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// It is in the table, or has been there before.
    Entered,
    /// Another packet of the flow was faster: this one belongs to its connection now.
    Joined(CtLink),
    /// Another connection has one of its tuples: the packet is dropped (`insert_failed`).
    Refused,
}

impl Conntrack {
    /// Enters the packet's connection into the table (`__nf_conntrack_confirm`). An answer that belongs to the
    /// connection of its cause does not confirm it.
    pub fn confirm(&mut self, link: CtLink, now: Seconds) -> Confirmed {
        let Some(entry) = self.store.get(link.id) else {
            return Confirmed::Entered;
        };
        if entry.status.confirmed || link.direction == Direction::Reply {
            return Confirmed::Entered;
        }
        let other = |direction| {
            let wanted = Wanted::of(entry.tuple(direction), direction);
            self.store.find(&wanted, entry.zone, direction, |other| other.id != link.id).map(|(id, _)| id)
        };
        let (original, reply) = (other(Direction::Original), other(Direction::Reply));
        if let Some(winner) = original.or(reply) {
            return self.resolve_clash(link, winner, reply, now);
        }
        self.store.link(link.id, Direction::Original);
        self.store.link(link.id, Direction::Reply);
        if let Some(entry) = self.store.get_mut(link.id) {
            entry.status.confirmed = true;
        }
        Confirmed::Entered
    }

    /// Two packets of a flow were on their way at once, and each got a connection (`nf_ct_resolve_clash`).
    fn resolve_clash(
        &mut self,
        link: CtLink,
        winner: ConnectionId,
        of_reply: Option<ConnectionId>,
        now: Seconds,
    ) -> Confirmed {
        let may_clash = self.get(winner).is_some_and(|entry| may_clash(entry.original.protocol));
        let joined = [Some(winner), of_reply].into_iter().flatten().find(|other| self.may_join(link.id, *other));
        match (may_clash, joined) {
            (true, Some(other)) => {
                self.join(link, other);
                self.statistics.clash_resolve += 1;
                Confirmed::Joined(CtLink { id: other, ..link })
            }
            // Only replies will find it (`nf_ct_resolve_clash_harder`).
            (true, None) if of_reply.is_none() => {
                self.store.link(link.id, Direction::Reply);
                if let Some(entry) = self.store.get_mut(link.id) {
                    entry.status.confirmed = true;
                    entry.status.clashing = true;
                    entry.expires = now + 1;
                }
                self.statistics.clash_resolve += 1;
                Confirmed::Entered
            }
            _ => {
                self.statistics.drop += 1;
                self.statistics.insert_failed += 1;
                self.delete(link.id);
                Confirmed::Refused
            }
        }
    }

    /// Whether a packet may go on with the connection that was faster: nothing was translated, or both the same way
    /// (`__nf_ct_resolve_clash`).
    fn may_join(&self, loser: ConnectionId, winner: ConnectionId) -> bool {
        let (Some(loser), Some(winner)) = (self.get(loser), self.get(winner)) else {
            return false;
        };
        let Status { src_nat_done, dst_nat_done, dying, .. } = winner.status;
        let is_same = winner.original == loser.original && winner.reply == loser.reply && winner.zone == loser.zone;
        !dying && (is_same || !(src_nat_done || dst_nat_done))
    }

    fn join(&mut self, link: CtLink, winner: ConnectionId) {
        let bytes = self.get(link.id).map_or(0, |loser| loser.bytes[link.direction as usize]);
        self.delete(link.id);
        if let Some(winner) = self.store.get_mut(winner) {
            winner.packets[link.direction as usize] += 1;
            winner.bytes[link.direction as usize] += bytes;
        }
    }
}

/// `allow_clash`: UDP, and what the kernel knows no state of.
const fn may_clash(protocol: Protocol) -> bool {
    match protocol {
        Protocol::Udp => true,
        Protocol::Tcp | Protocol::Sctp | Protocol::Icmp | Protocol::Icmpv6 => false,
        // DCCP and GRE
        Protocol::Other(number) => !matches!(number, 33 | 47),
    }
}
