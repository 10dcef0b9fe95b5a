use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ipvs;
use crate::net::Packet;
use crate::netfilter::{Seconds, conntrack};
use crate::trace::{Cost, Recorder};

use super::Place;

/// Everything that one packet and the answer to it went through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey<T = Recorder> {
    /// The packet as its client sent it.
    pub sent: Packet,
    /// When, on the lab's clock.
    pub at: Seconds,
    pub legs: Vec<Leg<T>>,
    pub outcome: Outcome,
}

/// The way of a packet through one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg<T = Recorder> {
    /// Index of the node in the network.
    pub node: usize,
    pub node_name: Arc<str>,
    pub way: Way,
    pub tracer: T,
    /// What the node's tables held before of what the packet has changed there; nothing if no steps are kept.
    pub before: Before,
}

/// The connections of a node that a packet has changed, as they were before it came; none for those that it has made.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Before {
    pub conntrack: BTreeMap<conntrack::ConnectionId, Option<conntrack::Connection>>,
    pub ipvs: BTreeMap<ipvs::ConnectionId, Option<ipvs::Connection>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// From the client.
    Request,
    /// To the client.
    Reply,
}

/// A packet at the end of its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub place: Place,
    pub packet: Packet,
}

/// How it ended for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer came, from the address that was asked.
    Answered { server: Place, request: Packet, reply: Packet },
    /// It came to the server, and is nothing that is answered: a last acknowledgement.
    Delivered { server: Place, request: Packet },
    /// Nobody listens at the port; the server's machine said so.
    Refused { by: Place, reply: Packet },
    /// A node rejected the packet and said so.
    Rejected { by: Arc<str>, reply: Packet },
    /// An answer came from an address that the client had not asked: it takes it for a stranger's and resets.
    Mismatched { expected: String, reply: Packet },
    /// The packet was dropped on a node; the client waits.
    Dropped { by: Arc<str> },
    /// The answer was dropped on a node; the client waits.
    ReplyLost { by: Arc<str> },
    /// The machine that the packet had to pass is down; the client waits.
    NodeDown { node: Arc<str> },
    /// No route leads to the destination from where the client is.
    NoRoute { place: Place },
    /// Passed from node to node without end.
    Looped,
}

impl Journey<Recorder> {
    /// What the packet cost on one way, on all nodes.
    pub fn cost(&self, way: Way) -> Cost {
        self.legs.iter().filter(|leg| leg.way == way).map(|leg| leg.tracer.trace.cost()).sum()
    }

    pub fn total_cost(&self) -> Cost {
        self.cost(Way::Request) + self.cost(Way::Reply)
    }
}
