//! One Linux node: its rulesets, its stack, and the way of a packet through its hooks.
//!
//! In: packets from a device or from a local process. Out: where each packet went, with every step
//! reported to the tracer. The order of functions at a hook is in [`mod@hooks`], the way between the
//! hooks in [`mod@path`], the way over bridges in [`mod@bridge`] and over overlays in
//! [`mod@vxlan`], what rules see before the hooks in [`mod@ingress`], the packets that the node makes itself in
//! [`mod@answer`], the copies that rules make in [`mod@duplicate`], two packets at once in [`mod@race`]. Left out on purpose: neighbour discovery, offloads, and how many ICMP errors a node sends in a time
//! (`icmp_ratelimit`; five at once to whom its routes refuse, `ip_error`).

mod answer;
mod bridge;
mod duplicate;
mod frame;
mod hooks;
mod ingress;
mod names;
mod path;
mod race;
mod registration;
mod sysctl;
mod vxlan;

use std::sync::Arc;

pub use path::{Fate, Passage};
pub use race::{Door, Rival};
use registration::Registrant;

use crate::chance::Chance;
use crate::iptables::Tables;
use crate::ipvs::Ipvs;
use crate::net::Family;
use crate::netfilter::{Seconds, Stack};
use crate::nftables::Ruleset;
use crate::trace::Tracer;

/// A node's kernel.
#[derive(Clone, Debug)]
pub struct Node {
    pub name: Arc<str>,
    pub stack: Stack,
    pub iptables: Xtables,
    pub nftables: Ruleset,
    pub ipvs: Ipvs,
    /// From the first to the last.
    registered: Vec<Registrant>,
    /// Where the copies went that rules made of the packet that is on the node.
    sent_copies: Vec<Fate>,
}

/// The iptables and ip6tables rulesets.
#[derive(Clone, Debug)]
pub struct Xtables {
    pub v4: Tables,
    pub v6: Tables,
}

impl Xtables {
    pub const fn of(&self, family: Family) -> &Tables {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    pub const fn of_mut(&mut self, family: Family) -> &mut Tables {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }
}

/// What a packet's way depends on besides the node: time, chance, who listens, and who is faster.
pub struct Run<'a, T: Tracer> {
    pub chance: &'a mut Chance,
    pub now: Seconds,
    pub tracer: &'a mut T,
    pub rival: Option<&'a mut Rival<T>>,
}

impl Node {
    pub fn new(name: Arc<str>) -> Self {
        Self {
            name,
            stack: Stack::default(),
            iptables: Xtables { v4: Tables::new(Family::V4), v6: Tables::new(Family::V6) },
            nftables: Ruleset::default(),
            ipvs: Ipvs::default(),
            registered: Vec::new(),
            sent_copies: Vec::new(),
        }
    }

    /// Forgets what has expired by now. Nobody is told of the datagrams that were given up: see
    /// [`Self::expire_fragments`].
    pub fn age(&mut self, now: Seconds) {
        self.ipvs.advance(now, &mut self.stack.conntrack);
        self.stack.conntrack.expire(now);
        self.stack.fragments.expire(now);
    }
}
