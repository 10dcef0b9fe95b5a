//! How a connection enters the table, and what happens if another one was faster.

use super::store::Wanted;
use super::{Connection, ConnectionId, Conntrack, Direction};
use crate::net::{Protocol, Tuple};
use crate::netfilter::{CtLink, Seconds};

/// What became of a connection at the end of its first packet's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// It is in the table, or has been there before.
    Entered,
    /// Another packet of the flow was faster, and has another answer: only answers will find this one, for a second.
    ForReplies,
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
            let (place, _) = self.store.find(&wanted, entry.zone, direction, |other| other.id != link.id)?;
            self.store.at(place).map(|other| other.id)
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
        match (may_clash, self.may_join(link.id, winner)) {
            (true, true) => {
                self.join(link, winner);
                self.statistics.clash_resolve += 1;
                Confirmed::Joined(CtLink { id: winner, ..link })
            }
            // Only replies will find it (`nf_ct_resolve_clash_harder`).
            (true, false) if of_reply.is_none() => {
                self.store.link(link.id, Direction::Reply);
                if let Some(entry) = self.store.get_mut(link.id) {
                    entry.status.confirmed = true;
                    entry.status.clashing = true;
                    entry.expires = now + 1;
                }
                self.statistics.clash_resolve += 1;
                Confirmed::ForReplies
            }
            _ => {
                self.statistics.drop += 1;
                self.statistics.insert_failed += 1;
                self.delete(link.id);
                Confirmed::Refused
            }
        }
    }

    /// Whether a packet may go on with the connection that was faster: both are the same flow, seen from either end
    /// (`nf_ct_can_merge`, Linux 6.12).
    fn may_join(&self, loser: ConnectionId, winner: ConnectionId) -> bool {
        let (Some(loser), Some(winner)) = (self.get(loser), self.get(winner)) else {
            return false;
        };
        let ends = |entry: &Connection, direction| (entry.tuple(direction), entry.zone.id_in(direction));
        let (original, reply) = (ends(loser, Direction::Original), ends(loser, Direction::Reply));
        let of_winner = (ends(winner, Direction::Original), ends(winner, Direction::Reply));
        of_winner == (original, reply) || of_winner == (reply, original)
    }

    /// Whether who already answers to a tuple that NAT left alone is the same flow from its other end, so that
    /// [`Conntrack::confirm`] settles it (`nf_nat_used_tuple_new`, Linux 6.12).
    pub fn is_taken_by_its_reverse(&self, tuple: &Tuple, id: ConnectionId) -> bool {
        let is_translated = |entry: &Connection| entry.status.src_nat || entry.status.dst_nat;
        let Some(own) = self.get(id).filter(|own| may_clash(own.original.protocol) && !is_translated(own)) else {
            return false;
        };
        let find = |tuple, direction| self.find(&Wanted::of(tuple, direction), own.zone);
        let other = find(*tuple, Direction::Original).or_else(|| find(tuple.inverse(), Direction::Reply));
        other
            .and_then(|(place, _)| self.store.at(place))
            .is_none_or(|other| !is_translated(other) && other.original == own.reply)
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
