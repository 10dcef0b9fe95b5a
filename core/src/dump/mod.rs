//! What people copy from a node, recognised and made into a [`Node`](crate::node::Node) again.
//!
//! In: one text with the output of any of `iptables-save`, `ip6tables-save`, `iptables -S`, `nft list ruleset` with `-j`
//! or without, `ipset save`, `ipvsadm -S -n`, `conntrack -L`, `ip addr`, `ip route`, `ip rule`, `ip neigh` and `sysctl -a`, in any
//! order. Out: a node with these rules,
//! located remarks, and what there is to ask it ([`Origin`], [`Destination`]). Left out on purpose: what none of them
//! prints, such as who listens; what is taken for granted instead is said.

mod ask;
mod instead;
mod kind;
mod node;
mod split;
mod sysctl;

pub use ask::{Destination, Origin};
pub use kind::Kind;
pub(crate) use node::restore_in_turns;
pub use node::{Restored, restore};
pub use split::{Parts, split};
