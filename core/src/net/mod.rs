//! What is on the wire: families, protocols, packets, the tuples that identify a flow.
//!
//! In: numbers and addresses. Out: values that every other module shares. Left out on purpose:
//! byte layouts, checksums and payloads, since no datapath decision that is modelled reads them.

mod family;
mod fragment;
mod mac_address;
mod packet;
mod protocol;
mod refusal;
mod sctp;
mod tuple;

pub use family::Family;
pub use fragment::Fragment;
pub use mac_address::{Ethernet, MacAddress};
pub use packet::{Frame, Icmp, Packet, TcpFlags, Transport};
pub use protocol::Protocol;
pub use sctp::SctpChunk;
pub use tuple::{Endpoint, Tuple};
