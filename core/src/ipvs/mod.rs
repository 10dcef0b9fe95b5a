//! IPVS as Linux 6.1 does it: `net/netfilter/ipvs`.
//!
//! In: virtual services and real servers, by [`Ipvs::add_service`] and its kin or as ipvsadm's text, and
//! packets at the hooks where IPVS has functions: [`request`] at LOCAL_IN 99 and LOCAL_OUT -98, [`reply`]
//! at LOCAL_IN 98, LOCAL_OUT -99 and FORWARD 100, [`forward_icmp`] at FORWARD 99. Out: what the node has to
//! do with the packet ([`Outcome`]), and the steps that led there.
//!
//! One file for each of the kernel's: `control` is `ip_vs_ctl.c`, `hooks` and `scheduling` are
//! `ip_vs_core.c`, `transmit` is `ip_vs_xmit.c`, `tracking` is `ip_vs_nfct.c`.
//!
//! Left out on purpose: the sync daemon, persistence engines (SIP), FTP's application helper,
//! `drop_entry`, `drop_packet` and `secure_tcp` (they answer to memory pressure), `cache_bypass`,
//! `schedule_icmp`, AH and ESP, path MTU, and ICMP errors about tunnelled packets. Of
//! SCTP no chunks are read: the first packet of an association counts as its INIT, and any answer establishes it.
//! `snat_reroute` is always on, as it is unless somebody turns it off.

mod connection;
mod control;
mod destination;
mod hooks;
mod icmp;
pub mod ipvsadm;
mod lookup;
mod schedulers;
mod scheduling;
mod service;
mod state;
mod statistics;
mod sysctl;
mod tracking;
mod transmit;

pub use connection::{Connection, ConnectionId, Connections, Kind};
pub use control::Ipvs;
pub use destination::{Destination, DestinationConfig, DestinationId, Encapsulation, Forwarding, TunnelChecksum};
pub use hooks::{forward_icmp, reply, request};
pub use schedulers::Scheduler;
pub use service::{ControlError, Netmask, Persistence, SchedulerFlags, ServiceConfig, ServiceKey, VirtualService};
pub use state::{State, TcpState};
pub use statistics::{Counts, Statistics};
pub use sysctl::{Sysctls, Timeouts};
pub use transmit::{Forward, Outcome};
