//! The cases of a live kernel: one node with its devices, routes and rules, and packets that are pushed through it.
//!
//! The same file can be given to a real kernel (in a network namespace, with TUN devices) and to the model, and the
//! answers compared.

mod answer;
mod balance;
mod case;
mod follow;
pub mod hardware;
mod ip;
mod machine;
mod observation;
pub mod sctp;

pub use answer::{Answer, Out};
pub use balance::Balance;
pub use case::{Bridge, Case, FRAME, Load, OVERLAY, Packet, Part, Port, Vxlan};
pub use follow::same_packets;
pub use machine::Machine;
pub use observation::{Entry, Observation};
