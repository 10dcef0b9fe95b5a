use std::collections::BTreeMap;
use std::net::IpAddr;
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
    /// The kernel of the machine that it came to said so: no process there takes it.
    Refused { by: Place, reply: Packet, because: Unserved },
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
    /// No route leads on from where the packet, or the answer to it, was sent.
    NoRoute { place: Place, way: Way },
    /// It left the cluster for an address that no machine out there is known to have.
    Unknown { address: IpAddr },
    /// Passed from node to node without end.
    Looped,
}

/// Why no process takes a packet that has come to its machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unserved {
    NobodyListens,
    /// It is of a TCP connection that nobody there has: its SYN came elsewhere, or it is over.
    NoSuchConnection,
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
