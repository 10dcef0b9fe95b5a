//! Connection tracking: which packets belong together, and in which state their connection is.
//!
//! In: packets at the conntrack hooks. Out: connections that packets point to. A new connection is
//! kept apart until it is confirmed, so that a packet that is dropped on its way leaves no entry.
//! Left out on purpose: sequence numbers and windows (packets of the model carry none), helpers. A node takes one
//! packet after the other, so that two of one flow only clash for who calls [`Conntrack::track`] twice before
//! [`Conntrack::confirm`].

mod chains;
mod confirm;
mod connection;
mod count;
mod limit;
pub mod listing;
mod sctp;
mod settings;
mod store;
mod table;
mod tcp;
mod zone;

use connection::Moved;

pub use confirm::Confirmed;
pub use connection::{Connection, ConnectionId, CtInfo, CtState, Direction, Progress, Status};
pub use count::ConnectionCount;
pub use sctp::{Sctp, SctpState};
pub use settings::{Settings, Timeouts};
pub use table::{Conntrack, Statistics, Tracked};
pub use tcp::{Tcp, TcpState};
pub use zone::{Template, Zone, ZoneChoice};

#[cfg(test)]
mod tests;
