use super::{Network, Outcome, Place, Sentence, Unserved, Way};
use crate::message;
use crate::message::Message;
use crate::net::{Packet, Protocol};

/// The kinds of [`Outcome`] that a client can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The answer came, or none was due.
    Answered,
    /// Somebody said no.
    Rejected,
    /// Silence.
    Dropped,
}

impl Outcome {
    pub const fn ending(&self) -> Ending {
        match self {
            Self::Answered { .. } | Self::Delivered { .. } => Ending::Answered,
            Self::Refused { .. }
            | Self::Rejected { .. }
            | Self::Mismatched { .. }
            | Self::NoRoute { .. }
            | Self::Unknown { .. } => Ending::Rejected,
            Self::Dropped { .. } | Self::ReplyLost { .. } | Self::NodeDown { .. } | Self::Looped => Ending::Dropped,
        }
    }

    /// Whether the packet came to a server, whatever became of the answer.
    pub const fn reached(&self) -> bool {
        matches!(
            self,
            Self::Answered { .. }
                | Self::Delivered { .. }
                | Self::Refused { .. }
                | Self::Mismatched { .. }
                | Self::ReplyLost { .. }
        )
    }

    /// How it ended for the client, and why.
    pub fn tell(&self, network: &Network) -> Sentence {
        let (text, why) = match self {
            Self::Answered { server, .. } => {
                (message!("end-answered", server = network.name_of(server)), message!("end-answered-why"))
            }
            Self::Delivered { server, .. } => {
                (message!("end-delivered", server = network.name_of(server)), message!("end-delivered-why"))
            }
            Self::Refused { by, reply, because } => refused(network.kernel_of(by), reply, *because),
            Self::Rejected { by, .. } => (message!("end-rejected", by = by.to_string()), message!("end-rejected-why")),
            Self::Mismatched { expected, .. } => {
                (message!("end-mismatched", expected = expected.to_string()), message!("end-mismatched-why"))
            }
            Self::Dropped { by } => (message!("end-dropped", by = by.to_string()), message!("end-dropped-why")),
            Self::ReplyLost { by } => (message!("end-reply-lost", by = by.to_string()), message!("end-reply-lost-why")),
            Self::NodeDown { node } => {
                (message!("end-node-down", node = node.to_string()), message!("end-node-down-why"))
            }
            Self::NoRoute { place, way: Way::Request } => {
                (message!("end-no-route", place = network.name_of(place)), message!("end-no-route-why"))
            }
            Self::NoRoute { place, way: Way::Reply } => {
                (message!("end-no-route-back", place = network.name_of(place)), message!("end-no-route-back-why"))
            }
            Self::Unknown { address } => {
                (message!("end-unknown", address = address.to_string()), message!("end-unknown-why"))
            }
            Self::Looped => (message!("end-looped"), message!("end-looped-why")),
        };
        Sentence::because(text, why)
    }
}

/// What a kernel says in place of a process.
fn refused(by: Message, reply: &Packet, because: Unserved) -> (Message, Message) {
    let said = match reply.protocol() {
        Protocol::Tcp => "TCP RST",
        Protocol::Icmpv6 => "ICMPv6 port unreachable",
        _ => "ICMP port unreachable",
    };
    match because {
        Unserved::NobodyListens => (message!("end-refused", by = by), message!("end-refused-why", said = said)),
        Unserved::NoSuchConnection => (message!("end-reset", by = by), message!("end-reset-why", said = said)),
    }
}

impl Network {
    /// Who answers at a place where no process does.
    fn kernel_of(&self, place: &Place) -> Message {
        let node = match place {
            Place::Process(node) => self.node_names.get(*node),
            _ => None,
        };
        node.map_or_else(|| self.name_of(place), |node| message!("place-kernel", node = node))
    }

    /// A place as people name it.
    pub fn name_of(&self, place: &Place) -> Message {
        match place {
            Place::Pod(address) => {
                let pod = self.pods.get(address);
                pod.map_or_else(
                    || message!("place-address", address = address.to_string()),
                    |pod| message!("place-pod", pod = pod.name.to_string()),
                )
            }
            Place::Process(node) => match self.node_names.get(*node) {
                Some(node) => message!("place-process", node = node),
                None => message!("place-some-process"),
            },
            Place::Outside => message!("place-outside"),
            Place::Behind(device) => message!("place-behind", device = device.to_string()),
        }
    }
}
