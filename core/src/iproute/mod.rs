//! iproute2 6.1: what `ip addr`, `ip link`, `ip route`, `ip rule` and `ip neigh` list.
//!
//! In: listings as somebody pastes them ([`address::parse`], [`route::parse`], [`rule::parse`], [`neighbour::parse`]), or a node's
//! [`Routing`](crate::netfilter::Routing). Out: the same bytes, and a [`Routing`](crate::netfilter::Routing) made of
//! them ([`install`], [`bridges`]) with what it cannot hold said. Left out on purpose: JSON (`-j`), the table of `-br`, names from
//! `/etc/iproute2` other than the standard ones. Words that mean nothing to the model are kept in their place.

pub mod address;
mod bridge;
mod install;
mod lines;
pub mod neighbour;
mod policy;
pub mod route;
pub mod rule;

pub use bridge::bridges;
pub use install::{Node, install};
