//! The way of the copies that rules make (`nf_dup_ipv4`, `nf_dup_ipv6`, `nf_dup_netdev_egress`).
//!
//! The kernel sends a copy in the middle of the rule; here it goes when the function is through whose rule made it. That
//! differs where later rules of the same function count, or change sets, which rules for the copy look at too.

use std::net::IpAddr;
use std::sync::Arc;

use super::hooks::Outcome;
use super::path::{Fate, output_device, report};
use super::{Node, Run};
use crate::netfilter::routing::Flow;
use crate::netfilter::{Duplicate, Hook, Receiver, Skb};
use crate::trace::{Event, Origin, Route, Tracer};

impl Node {
    /// Sends the copies of a packet that were made since this was called last.
    pub(super) fn send_duplicates<T: Tracer>(&mut self, original: &Skb, hook: Option<Hook>, run: &mut Run<'_, T>) {
        for Duplicate { mut skb, to, rule } in std::mem::take(&mut self.stack.duplicates) {
            let packet = skb.packet.to_string();
            let receiver = match &to {
                Receiver::Machine { address, .. } => address.to_string(),
                Receiver::Device(device) => device.to_string(),
            };
            report(run, &skb, hook, || (Event::Copied { packet, to: receiver }, Origin::Rule(rule)));
            let fate = match to {
                Receiver::Machine { address, device } => self.send_to(address, device.as_deref(), &mut skb, run),
                Receiver::Device(device) => self.send_past_hooks(device, None, &skb, run),
            };
            self.sent_copies.push(fate);
            report(run, original, hook, || (Event::OriginalGoesOn, Origin::Rule(rule)));
        }
    }

    /// By a device, past all hooks.
    pub(super) fn send_past_hooks<T: Tracer>(
        &self,
        device: Arc<str>,
        neighbour: Option<IpAddr>,
        skb: &Skb,
        run: &mut Run<'_, T>,
    ) -> Fate {
        let next_hop = neighbour.unwrap_or(skb.packet.dst);
        let event = Event::Transmitted { device: device.clone(), next_hop };
        report(run, skb, None, || (event, Origin::Device(device.clone())));
        Fate::Transmitted { device, next_hop, packet: skb.packet.clone() }
    }

    /// As a packet of this node, but by the route to the machine that is to get it.
    fn send_to<T: Tracer>(
        &mut self,
        address: IpAddr,
        device: Option<&str>,
        skb: &mut Skb,
        run: &mut Run<'_, T>,
    ) -> Fate {
        let device = device.filter(|device| self.stack.routing.device(device).is_some());
        let route = match device {
            Some(device) => self.stack.routing.lookup_through(address, device),
            None => self.stack.routing.lookup_flow(&Flow::to(address)),
        };
        report(run, skb, None, || (Event::Routed(route.clone()), Origin::Routing));
        skb.output = output_device(&route);
        if skb.output.is_none() {
            return Fate::Dropped;
        }
        if self.run_hook(Hook::Output, skb, run) != Outcome::Accept {
            return Fate::Dropped;
        }
        // A rule that changed what routes depend on has the copy go where it is addressed to (`ip_route_me_harder`).
        let route = match skb.rerouted.take() {
            Some(route) => route,
            None => match route {
                Route::Via { device, gateway } => Route::Via { device, gateway: gateway.or(Some(address)) },
                route => route,
            },
        };
        skb.output = output_device(&route);
        let passage = self.leave(skb, route, run);
        self.sent_copies.extend(passage.answers);
        passage.fate
    }
}
