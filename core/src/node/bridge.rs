//! The way over bridges (`br_handle_frame_finish`, `br_netfilter_hooks.c`).

use std::net::IpAddr;
use std::sync::Arc;

use super::hooks::Outcome;
use super::path::{Fate, Passage, Way, exceeds, report};
use super::{Node, Run};
use crate::netfilter::bridge::{Bridged, Egress};
use crate::netfilter::routing::AddressType;
use crate::netfilter::{Hook, Skb};
use crate::nftables;
use crate::trace::{Event, Fault, Origin, Tracer};

impl Node {
    /// A frame comes in by a port of a bridge. Its sender is a machine of the bridge's network: it sends straight to those
    /// who share its subnet, and everything else to the bridge for its gateway.
    pub(super) fn receive_frame<T: Tracer>(
        &mut self,
        bridge: Arc<str>,
        skb: &mut Skb,
        run: &mut Run<'_, T>,
    ) -> Passage {
        let Some(port) = skb.input.replace(bridge.clone()) else {
            return self.lost(skb, Vec::new());
        };
        self.report_bridge_chains(Hook::Prerouting, skb, run);
        let to = skb.packet.dst;
        let is_neighbour = self.is_neighbour(&bridge, to);
        if !self.stack.bridges.calls.of(skb.packet.family()) {
            return if is_neighbour { self.switch(&bridge, &port, to, skb, run) } else { self.pass_up(skb, run) };
        }
        skb.bridged = Some(Bridged { input: port.clone(), output: None });
        match self.run_hook(Hook::Prerouting, skb, run) {
            Outcome::Accept => {}
            outcome => return self.ended(outcome, skb, run),
        }
        if skb.packet.dst == to {
            return if is_neighbour { self.switch(&bridge, &port, to, skb, run) } else { self.pass_up(skb, run) };
        }
        // With another destination it is routed, unless it stays on the bridge (`br_nf_pre_routing_finish`).
        match self.way_in(skb, run) {
            Way::Forward { device, gateway } if device == bridge => {
                let next_hop = gateway.unwrap_or(skb.packet.dst);
                self.switch(&bridge, &port, next_hop, skb, run)
            }
            // `br_nf_pre_routing_finish_ipv6` answers nobody.
            Way::Refused(_) if skb.packet.dst.is_ipv6() => self.lost(skb, Vec::new()),
            way => {
                self.report_bridge_chains(Hook::Input, skb, run);
                forget_parts(skb);
                self.take(way, skb, run)
            }
        }
    }

    /// Whether machines on the bridge take an address for one of themselves.
    pub(super) fn is_neighbour(&self, bridge: &str, address: IpAddr) -> bool {
        let device = self.stack.routing.device(bridge);
        let in_subnet = device.is_some_and(|device| device.addresses.iter().any(|net| net.contains(&address)));
        in_subnet && self.stack.routing.address_type(address) == AddressType::Unicast
    }

    /// To the bridge's own place in the stack; the hooks of PREROUTING are not run twice (`ip_sabotage_in`).
    fn pass_up<T: Tracer>(&mut self, skb: &mut Skb, run: &mut Run<'_, T>) -> Passage {
        self.report_bridge_chains(Hook::Input, skb, run);
        if skb.bridged.is_none() {
            return self.input(skb, run);
        }
        if skb.packet.src.is_ipv6() && self.is_martian(skb, run) {
            return self.lost(skb, Vec::new());
        }
        forget_parts(skb);
        let way = self.way_in(skb, run);
        self.take(way, skb, run)
    }

    /// From port to port (`br_forward`, `br_nf_forward_ip`, `br_nf_post_routing`).
    fn switch<T: Tracer>(
        &mut self,
        bridge: &Arc<str>,
        from: &Arc<str>,
        station: IpAddr,
        skb: &mut Skb,
        run: &mut Run<'_, T>,
    ) -> Passage {
        let egress = self.stack.bridges.egress(bridge, station, Some(from));
        let Some(port) = chosen(egress, bridge, station, skb, run) else {
            return self.lost(skb, Vec::new());
        };
        for hook in [Hook::Forward, Hook::Postrouting] {
            self.report_bridge_chains(hook, skb, run);
        }
        if let Some(bridged) = &mut skb.bridged {
            bridged.output = Some(port.clone());
            skb.output = Some(bridge.clone());
            for hook in [Hook::Forward, Hook::Postrouting] {
                match self.run_hook(hook, skb, run) {
                    Outcome::Accept => {}
                    outcome => return self.ended(outcome, skb, run),
                }
            }
        }
        self.push(bridge, port, station, skb, run)
    }

    /// `br_dev_queue_push_xmit`
    fn push<T: Tracer>(
        &mut self,
        bridge: &Arc<str>,
        port: Arc<str>,
        next_hop: IpAddr,
        skb: &Skb,
        run: &mut Run<'_, T>,
    ) -> Passage {
        let is_seen = skb.bridged.is_some();
        // A bridge takes nothing apart that came in longer parts (`br_nf_ip_fragment`, `ip6_fragment`).
        let is_v6 = skb.packet.src.is_ipv6();
        let is_too_long = |mtu: u16| match &skb.reassembled {
            Some(parts) if is_seen => {
                parts.longest.is_some_and(|longest| longest > mtu) && (!is_v6 || skb.packet.length > mtu)
            }
            None if is_seen => exceeds(skb, mtu),
            _ => skb.packet.length > mtu,
        };
        if self.stack.routing.mtu(&port).is_some_and(is_too_long) {
            let reason = Fault::TooLongForPort;
            report(run, skb, None, || (Event::FrameDropped { reason }, Origin::Device(port.clone())));
            let answers =
                if is_seen && is_v6 && skb.reassembled.is_some() { self.too_big(skb, run) } else { Vec::new() };
            return self.lost(skb, answers);
        }
        let switched = Event::Switched { bridge: bridge.clone(), port: port.clone() };
        report(run, skb, None, || (switched, Origin::Device(port.clone())));
        self.stack.conntrack.release(skb);
        // `br_nf_dev_queue_xmit`
        if let Some(fragments) = self.fragments(skb, &port).filter(|_| is_seen) {
            let count = fragments.len();
            report(run, skb, None, || (Event::Fragmented { count }, Origin::Device(port.clone())));
            return Fate::Fragmented { device: port, next_hop, fragments }.into();
        }
        Fate::Transmitted { device: port, next_hop, packet: skb.packet.clone() }.into()
    }

    /// A packet of the IP layer leaves by a bridge (`br_dev_xmit`), past the hooks that it has behind it.
    pub(super) fn leave_by_bridge<T: Tracer>(
        &mut self,
        bridge: &Arc<str>,
        next_hop: IpAddr,
        skb: &Skb,
        run: &mut Run<'_, T>,
    ) -> Passage {
        for hook in [Hook::Output, Hook::Postrouting] {
            self.report_bridge_chains(hook, skb, run);
        }
        match chosen(self.stack.bridges.egress(bridge, next_hop, None), bridge, next_hop, skb, run) {
            Some(port) => self.push(bridge, port, next_hop, skb, run),
            None => self.lost(skb, Vec::new()),
        }
    }

    fn report_bridge_chains<T: Tracer>(&self, hook: Hook, skb: &Skb, run: &mut Run<'_, T>) {
        for chain in nftables::bridge_chains(&self.nftables, hook) {
            let what = || format!("chain {} of a bridge, which sees the frame here", self.chain_name(chain));
            report(run, skb, Some(hook), || (Event::NotModelled { what: what() }, Origin::Chain(chain)));
        }
    }
}

/// What leaves the bridge for the IP layer begins there anew (`ip_rcv_core`, `ip6_rcv_core`).
const fn forget_parts(skb: &mut Skb) {
    if let Some(parts) = &mut skb.reassembled {
        parts.longest = None;
    }
}

/// Of several ports that get a flooded frame the first; none if no port gets it.
fn chosen<T: Tracer>(
    egress: Egress,
    bridge: &Arc<str>,
    station: IpAddr,
    skb: &Skb,
    run: &mut Run<'_, T>,
) -> Option<Arc<str>> {
    match egress {
        Egress::Port(port) => Some(port),
        Egress::Nowhere(reason) => {
            report(run, skb, None, || (Event::FrameDropped { reason }, Origin::Device(bridge.clone())));
            None
        }
        Egress::Flood(ports) => {
            let first = ports.first()?.clone();
            let what = || format!("which port of {bridge} leads to {station}, so that {first} is taken");
            report(run, skb, None, || (Event::NotModelled { what: what() }, Origin::Device(bridge.clone())));
            Some(first)
        }
    }
}
