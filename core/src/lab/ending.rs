use super::{Network, Outcome, Place, Sentence};

/// The kinds of [`Outcome`] that a client can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The answer came.
    Answered,
    /// Somebody said no.
    Rejected,
    /// Silence.
    Dropped,
}

impl Outcome {
    pub const fn ending(&self) -> Ending {
        match self {
            Self::Answered { .. } => Ending::Answered,
            Self::Refused { .. } | Self::Rejected { .. } | Self::Mismatched { .. } | Self::NoRoute { .. } => {
                Ending::Rejected
            }
            Self::Dropped { .. } | Self::ReplyLost { .. } | Self::NodeDown { .. } | Self::Looped => Ending::Dropped,
        }
    }

    /// Whether the packet came to a server, whatever became of the answer.
    pub const fn reached(&self) -> bool {
        matches!(self, Self::Answered { .. } | Self::Refused { .. } | Self::Mismatched { .. } | Self::ReplyLost { .. })
    }

    /// How it ended for the client, and why.
    pub fn tell(&self, network: &Network) -> Sentence {
        let (text, why) = match self {
            Self::Answered { server, .. } => (
                format!("Answered by {}", network.name_of(server)),
                "The answer carries the address that the client asked, so the client takes it.",
            ),
            Self::Refused { by, .. } => {
                (format!("Refused by {}", network.name_of(by)), "The packet arrived, but nobody listens at the port.")
            }
            Self::Rejected { by, .. } => (
                format!("Rejected on {by}"),
                "The node turned the packet away and told the client, so it fails at once.",
            ),
            Self::Mismatched { expected, .. } => (
                format!("Reset by the client: it expected {expected}"),
                "The answer came from an address that the client never asked.",
            ),
            Self::Dropped { by } => {
                (format!("Dropped on {by}"), "The client hears nothing and waits until it gives up.")
            }
            Self::ReplyLost { by } => {
                (format!("Answer lost on {by}"), "The packet arrived; the answer did not come home.")
            }
            Self::NodeDown { node } => (
                format!("Lost: {node} is down"),
                "Nobody picks the packet up. The rules still lead there until the control plane notices.",
            ),
            Self::NoRoute { place } => (
                format!("No route from {}", network.name_of(place)),
                "No machine out there has a route to it: the address is known inside the cluster only, or belongs to a \
                 load balancer that ends the connection itself (ipMode: Proxy).",
            ),
            Self::Looped => ("Passed around without end".to_owned(), "Each node sends it on to the next."),
        };
        Sentence { text, why: why.to_owned() }
    }
}

impl Network {
    /// A place as people name it.
    pub fn name_of(&self, place: &Place) -> String {
        match place {
            Place::Pod(address) => match self.pods.get(address) {
                Some(pod) => format!("pod {}", pod.name),
                None => address.to_string(),
            },
            Place::Process(node) => match self.node_names.get(*node) {
                Some(node) => format!("a process on {node}"),
                None => "a process".to_owned(),
            },
            Place::Outside => "outside the cluster".to_owned(),
            Place::Behind(device) => format!("someone behind {device}"),
        }
    }
}
