//! What rules see of a packet as soon as it came in by a device, before all else (`nf_ingress`).

use std::sync::Arc;

use super::path::{Passage, report};
use super::{Node, Run};
use crate::netfilter::{Context, Hook, Skb, Verdict};
use crate::nftables::{self, ChainHook};
use crate::trace::{Cost, Event, Failed, Origin, RuleId, Tracer};

impl Node {
    /// Runs the chains at the device; none if the packet goes on.
    pub(super) fn ingress<T: Tracer>(
        &mut self,
        device: &Arc<str>,
        skb: &mut Skb,
        run: &mut Run<'_, T>,
    ) -> Option<Passage> {
        for chain in nftables::device_chains(&self.nftables, ChainHook::Ingress, device) {
            let mut ctx = Context {
                hook: Hook::Prerouting,
                skb: &mut *skb,
                stack: &mut self.stack,
                chance: &mut *run.chance,
                now: run.now,
                tracer: &mut AtDevice(&mut *run.tracer),
            };
            let verdict = nftables::traverse(&mut self.nftables, chain, &mut ctx);
            self.send_duplicates(skb, None, run);
            if verdict != Verdict::Accept {
                return Some(match skb.sent_on.take() {
                    Some(sent) => self.send_past_hooks(sent.device, sent.neighbour, skb, run).into(),
                    None => self.lost(skb, Vec::new()),
                });
            }
        }
        None
    }

    /// Tells of the chains that see what leaves by a device, none of which is run.
    pub(super) fn report_egress_chains<T: Tracer>(&self, device: &str, skb: &Skb, run: &mut Run<'_, T>) {
        for chain in nftables::device_chains(&self.nftables, ChainHook::Egress, device) {
            let what = || format!("chain {} at the egress of {device}", self.chain_name(chain));
            report(run, skb, None, || (Event::NotModelled { what: what() }, Origin::Chain(chain)));
        }
    }
}

/// Steps at a device are at none of the hooks of IP.
struct AtDevice<'a, T>(&'a mut T);

impl<T: Tracer> Tracer for AtDevice<'_, T> {
    fn step(&mut self, skb: &Skb, _: Option<Hook>, cost: Cost, make: impl FnOnce() -> (Event, Origin)) {
        self.0.step(skb, None, cost, make);
    }

    fn missed(
        &mut self,
        skb: &Skb,
        hook: Hook,
        cost: Cost,
        first: impl FnOnce() -> RuleId,
        why: impl FnOnce() -> Failed,
    ) {
        self.0.missed(skb, hook, cost, first, why);
    }
}
