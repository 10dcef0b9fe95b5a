use super::{Network, Outcome, Place, Sentence};
use crate::message;
use crate::message::Message;

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
            Self::Refused { .. } | Self::Rejected { .. } | Self::Mismatched { .. } | Self::NoRoute { .. } => {
                Ending::Rejected
            }
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
            Self::Refused { by, .. } => {
                (message!("end-refused", by = network.name_of(by)), message!("end-refused-why"))
            }
            Self::Rejected { by, .. } => (message!("end-rejected", by = by.to_string()), message!("end-rejected-why")),
            Self::Mismatched { expected, .. } => {
                (message!("end-mismatched", expected = expected.to_string()), message!("end-mismatched-why"))
            }
            Self::Dropped { by } => (message!("end-dropped", by = by.to_string()), message!("end-dropped-why")),
            Self::ReplyLost { by } => (message!("end-reply-lost", by = by.to_string()), message!("end-reply-lost-why")),
            Self::NodeDown { node } => {
                (message!("end-node-down", node = node.to_string()), message!("end-node-down-why"))
            }
            Self::NoRoute { place } => {
                (message!("end-no-route", place = network.name_of(place)), message!("end-no-route-why"))
            }
            Self::Looped => (message!("end-looped"), message!("end-looped-why")),
        };
        Sentence::because(text, why)
    }
}

impl Network {
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
