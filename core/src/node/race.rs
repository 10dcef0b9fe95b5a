//! Two packets at once: several processors take packets through a node, and one may be faster.
//!
//! The moment that matters is the one before a new connection enters the table (`nf_conntrack_confirm`): until then a
//! second packet of the flow does not find it, and opens another one.

use std::sync::Arc;

use super::{Node, Passage, Run};
use crate::net::{MacAddress, Packet};
use crate::netfilter::{Hook, Skb, priority};
use crate::trace::{Cost, Event, Origin, Tracer};

/// How a packet comes to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// By a device, from a machine on that link. None is whoever the node's neighbour table says.
    Device(Arc<str>, Option<MacAddress>),
    /// A local process sends it.
    Socket,
}

/// A packet that overtakes another one of its flow, where that one's connection is about to enter the table.
#[derive(Clone, Debug)]
pub struct Rival<T> {
    pub door: Door,
    pub packet: Packet,
    pub tracer: T,
    /// None where nobody was to be overtaken: it waits at its door.
    pub passage: Option<Passage>,
}

impl Node {
    /// A packet comes in by its door.
    pub fn enter<T: Tracer>(&mut self, door: &Door, packet: Packet, run: &mut Run<'_, T>) -> Passage {
        match door {
            Door::Device(device, from) => self.receive(device, *from, packet, run),
            Door::Socket => self.send(packet, run),
        }
    }

    pub(super) fn be_overtaken<T: Tracer>(&mut self, hook: Hook, skb: &Skb, run: &mut Run<'_, T>) {
        let connection = skb.connection.and_then(|link| self.stack.conntrack.get(link.id));
        if connection.is_none_or(|connection| connection.status.confirmed) {
            return;
        }
        let Some(rival) = run.rival.take() else {
            return;
        };
        let mut its_run = Run { chance: &mut *run.chance, now: run.now, tracer: &mut rival.tracer, rival: None };
        let copies = std::mem::take(&mut self.sent_copies);
        rival.passage = Some(self.enter(&rival.door, rival.packet.clone(), &mut its_run));
        self.sent_copies = copies;
        let origin = Origin::Hook { hook, priority: priority::CONNTRACK_CONFIRM };
        run.tracer.step(skb, Some(hook), Cost::NONE, || (Event::Overtaken, origin));
    }
}
