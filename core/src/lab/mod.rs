//! The lab: a cluster laid out as a network of nodes and pods, in which packets are sent.
//!
//! In: a cluster as text, a client and a target. Out: journeys, one for each of kube-proxy's modes, with
//! every step that the packet and its answer took; and what a page needs to show them. The three lanes
//! share the cluster and differ in nothing but the mode.

mod answers;
mod apply;
mod ask;
mod assumptions;
mod beside;
mod carry;
mod change;
mod chi_square;
mod client;
mod command;
mod connections;
mod control;
mod cost_curve;
mod dns;
mod ending;
mod example;
mod exchange;
mod inventory;
mod journey;
mod lane;
mod listing;
mod load;
mod loading;
mod machine;
mod moment;
mod narration;
mod network;
mod node_state;
mod open;
mod opening;
mod provenance;
mod reason;
mod spot;
mod tally;
mod target;
mod timeline;
mod title;
mod wiring;
mod writing;

pub use answers::{Answer, Answers, LaneAnswers};
pub use apply::{Refusal, apply};
pub use assumptions::Assumptions;
pub use beside::beside;
pub use change::NodeSync;
pub use chi_square::ChiSquare;
pub use client::{Client, ClientKind};
pub use command::{command, parse as parse_command};
pub use connections::{ConnectionListing, Connections};
pub use control::{ActError, ChangedObject, ControlPath, ControlRound, Verb};
pub use cost_curve::{CostPoint, cost_at, synthetic};
pub use dns::{Dns, DnsData, DnsRecord};
pub use ending::Ending;
pub use example::WEB_SHOP;
pub use exchange::Flow;
pub use inventory::{Inventory, NodeItem, PodItem, PodState, WorkloadItem};
pub use journey::{Arrival, Journey, Leg, Outcome, Way};
pub use lane::Lane;
pub use listing::{Line, LineRef, Listing, Section};
pub use load::program;
pub use loading::{Loading, LoadingStep};
pub use machine::LoadError;
pub use moment::{Moment, Stage};
pub use narration::{Sentence, narrate};
pub use network::{Network, Place, Pod};
pub use open::{Lab, Refused};
pub use provenance::Provenance;
pub use reason::Reason;
pub use spot::Spot;
pub use tally::{Header, Tally};
pub use target::{Target, Through};
pub use timeline::Timeline;
pub use writing::{Writing, writings};
