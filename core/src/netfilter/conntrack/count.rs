use super::store::Wanted;
use super::{Connection, Conntrack, Direction, Zone};
use crate::net::{Packet, Transport};
use crate::netfilter::Context;
use crate::trace::Tracer;

/// The connections that a rule has counted, as `nf_conncount.c` keeps them: by the tuples of packets, in the order in which
/// they came. A packet that has no connection yet, or belongs to none, counts by its own tuple, which may be that of an
/// answer.
///
/// The kernel looks for those that are over at most once in a jiffy; here it always does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionCount(Vec<Counted>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    wanted: Wanted,
    zone: Zone,
}

impl ConnectionCount {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Counts a packet: how many connections there are with it (`__nf_conncount_add`).
    pub fn add<T: Tracer>(&mut self, ctx: &Context<'_, T>) -> usize {
        let conntrack = &ctx.stack.conntrack;
        let own = Counted::of(ctx);
        // What is well under way is not counted any more.
        let is_assured = own.find(conntrack).is_some_and(|connection| connection.status.assured);
        let mut is_there = false;
        self.0.retain(|counted| {
            is_there |= !is_assured && *counted == own && counted.find(conntrack).is_some();
            // The kernel looks no further than that.
            is_there || counted.is_under_way(conntrack)
        });
        if !is_there && !is_assured {
            self.0.push(own);
        }
        self.0.len()
    }

    /// Begins with a packet, which counts whatever it is (`insert_tree`).
    pub fn begin<T: Tracer>(ctx: &Context<'_, T>) -> Self {
        Self(vec![Counted::of(ctx)])
    }
}

impl Counted {
    /// `get_ct_or_tuple_from_skb`
    fn of<T: Tracer>(ctx: &Context<'_, T>) -> Self {
        let packet = &ctx.skb.packet;
        match ctx.connection() {
            Some(connection) => {
                Self { wanted: Wanted::of(connection.original, Direction::Original), zone: connection.zone }
            }
            None => {
                let wanted = Wanted { tuple: packet.tuple(), is_echo_reply: is_echo_reply(packet) };
                Self { wanted, zone: Zone::USUAL }
            }
        }
    }

    fn find<'t>(&self, conntrack: &'t Conntrack) -> Option<&'t Connection> {
        conntrack.find(&self.wanted, self.zone).and_then(|(place, _)| conntrack.at(place))
    }

    /// `find_or_evict`, `already_closed`
    fn is_under_way(&self, conntrack: &Conntrack) -> bool {
        self.find(conntrack).is_some_and(|connection| conntrack.is_open(connection.id))
    }
}

pub(super) fn is_echo_reply(packet: &Packet) -> bool {
    matches!(&packet.transport, Transport::Icmp(icmp) if matches!(icmp.kind, 0 | 129))
}
