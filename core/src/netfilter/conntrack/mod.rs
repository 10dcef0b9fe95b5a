//! Connection tracking: which packets belong together, and in which state their connection is.
//!
//! In: packets at the conntrack hooks. Out: connections that packets point to. A new connection is
//! kept apart until it is confirmed, so that a packet that is dropped on its way leaves no entry.
//! Left out on purpose: sequence numbers and windows (packets of the model carry none), helpers.

mod connection;
pub mod listing;
mod table;
mod tcp;
mod timeout;
mod zone;

pub use connection::{Connection, ConnectionId, CtInfo, CtState, Direction, Progress, Status};
pub use table::{Conntrack, Tracked};
pub use tcp::TcpState;
pub use zone::{Template, Zone, ZoneChoice};
