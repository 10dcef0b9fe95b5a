use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Bridges, Connection, Conntrack, Duplicate, FlowHashes, Fragments, Hook, Listener, Neighbours, NobodyKnows, Routing,
    Seconds, Skb, Sockets, Vxlan,
};
use crate::chance::Chance;
use crate::ipset::IpSets;
use crate::net::{Endpoint, Protocol};
use crate::trace::{Cost, Event, Failed, Origin, RuleId, Tracer};

/// The state of a node's network stack, apart from its rulesets.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    pub conntrack: Conntrack,
    pub routing: Routing,
    pub bridges: Bridges,
    pub neighbours: Neighbours,
    pub fragments: Fragments,
    pub flow_hashes: FlowHashes,
    /// By the names of their devices.
    pub vxlans: BTreeMap<Arc<str>, Vxlan>,
    pub ipsets: IpSets,
    /// None if nobody has said which sockets there are.
    pub sockets: Option<Sockets>,
    /// What the rules of the hook function that runs have made copies of.
    pub duplicates: Vec<Duplicate>,
}

impl Stack {
    /// Who would get a packet to this end; an error if nobody has said which sockets there are.
    pub fn listener(&self, protocol: Protocol, local: Endpoint) -> Result<Option<Listener>, NobodyKnows> {
        let known = self.sockets.as_ref().map(|sockets| sockets.listener(protocol, local).copied());
        let device = || self.vxlans.values().find(|vxlan| vxlan.takes(protocol, local)).map(Vxlan::listener);
        match known {
            Some(listener) => Ok(listener.or_else(device)),
            None => device().map(Some).ok_or(NobodyKnows),
        }
    }
}

/// What an evaluator may see and change while a packet is at a hook.
pub struct Context<'a, T: Tracer> {
    pub hook: Hook,
    pub skb: &'a mut Skb,
    pub stack: &'a mut Stack,
    pub chance: &'a mut Chance,
    pub now: Seconds,
    pub tracer: &'a mut T,
}

/// What an evaluator can tell of a packet that it has tested.
pub struct Sight<'a> {
    pub skb: &'a Skb,
    pub stack: &'a Stack,
    pub chance: &'a Chance,
}

impl<T: Tracer> Context<'_, T> {
    /// Reports a step.
    #[inline]
    pub fn step(&mut self, cost: Cost, make: impl FnOnce() -> (Event, Origin)) {
        self.tracer.step(self.skb, Some(self.hook), cost, make);
    }

    /// Reports `cost.rules` rules that were tested in vain, one after the other from `first` on.
    #[inline]
    pub fn missed(&mut self, cost: Cost, first: impl FnOnce() -> RuleId, why: impl FnOnce(&Sight<'_>) -> Failed) {
        let Self { hook, ref skb, ref stack, ref chance, .. } = *self;
        self.tracer.missed(skb, hook, cost, first, || why(&Sight { skb, stack, chance }));
    }

    /// The connection of the packet.
    pub fn connection(&self) -> Option<&Connection> {
        self.stack.conntrack.get(self.skb.connection?.id)
    }

    /// Sets the packet mark and says so if that changes it.
    pub fn set_mark(&mut self, to: u32, origin: impl FnOnce() -> Origin) {
        let from = self.skb.mark;
        self.skb.mark = to;
        if from != to {
            self.step(Cost::NONE, || (Event::MarkSet { from, to }, origin()));
        }
    }
}
