//! The parts of a node's network stack that every datapath stands on.
//!
//! In: packets on a node. Out: hooks, connections, NAT bindings and routes, for the evaluators in
//! [`crate::iptables`], [`crate::nftables`] and [`crate::ipvs`] to use. The walk through the hooks
//! is in [`crate::node`].

pub mod arp;
pub mod bridge;
pub(crate) mod calendar;
pub mod conntrack;
mod context;
pub mod defrag;
mod duplicate;
mod flow_hash;
mod hook;
pub mod jhash;
mod journal;
pub mod nat;
mod neighbours;
mod reject;
pub mod routing;
mod setting;
mod skb;
mod socket;
pub mod tproxy;
mod verdict;
pub mod vxlan;

pub use bridge::{Bridged, Bridges};
pub use conntrack::{
    Connection, ConnectionCount, ConnectionId, Conntrack, CtInfo, Direction, Template, Zone, ZoneChoice,
};
pub use context::{Context, Sight, Stack};
pub use defrag::{Fragments, Reassembled};
pub use duplicate::{Duplicate, Receiver};
pub use flow_hash::FlowHashes;
pub use hook::{Hook, XtTable, priority};
pub use journal::Journal;
pub use nat::{Manip, NatRange};
pub use neighbours::Neighbours;
pub use reject::RejectWith;
pub use routing::Routing;
pub use setting::Setting;
pub use skb::{CtLink, IpvsHandled, IpvsMethod, IpvsRequest, PacketType, Sender, SentOn, Skb};
pub use socket::{Listener, NobodyKnows, Sockets};
pub use verdict::Verdict;
pub use vxlan::{Peer, Vxlan};

/// Seconds on the lab's virtual clock, since the lab began.
pub type Seconds = u64;
