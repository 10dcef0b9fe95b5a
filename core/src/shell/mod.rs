//! A command line on the lab: the commands that people type on a node or in a pod, with what the tools print.
//!
//! In: a [`Lab`](crate::lab::Lab), where the shell is ([`Location`]) and what is typed. Out: an [`Output`] in the tools'
//! words, remarks of the lab beside it, and the lab as it is after it. One file holds one tool; what a tool reads and
//! prints is that of its model. The tools are those of Debian 12, with `iptables` meaning iptables-legacy, and kubectl
//! v1.36. A machine has the files that its lines wrote, and those under
//! `/proc/sys`. Left out on purpose: folders, conditions and jobs of the shell, and everything that a tool asks of the
//! outside, such as names of hosts. Programs that listen go on beside the line ([`Monitor`]), and
//! an editor's text is the page's ([`Edit`]). An option that is not modelled is refused in the lab's words, never ignored.

mod bridge;
mod call;
mod clock;
mod completion;
mod conntrack;
mod curl;
mod dig;
mod errno;
mod expand;
mod filters;
mod getopt;
mod history;
mod ip;
mod ipset;
mod iptables;
mod ipvsadm;
mod kubectl;
mod line;
mod location;
mod modules;
mod monitor;
mod nc;
mod nft;
mod output;
mod ping;
mod redirect;
mod repeat;
mod run;
mod sed;
mod sending;
mod ssh;
mod sysctl;
mod tools;
mod watch;

pub use completion::{Completion, complete};
pub use expand::Environment;
pub use kubectl::Edit;
pub use line::is_complete;
pub use location::{Host, Location, UnknownLocation};
pub use monitor::Monitor;
pub use output::{Chunk, Output, Status, Stream};
pub use run::{Ran, actions, run, run_in};
