//! The way between the hooks (`ip_rcv`, `ip_forward`, `ip_local_deliver`, `ip_local_out`).

use std::net::IpAddr;
use std::sync::Arc;

use super::hooks::Outcome;
use super::{Node, Run};
use crate::ipvs::Forward;
use crate::net::{MacAddress, Packet, Transport};
use crate::netfilter::routing::{AddressType, DeviceKind, Flow};
use crate::netfilter::{Hook, RejectWith, Sender, Skb, defrag};
use crate::trace::{Cost, Event, Fault, Origin, Route, Tracer};

/// Where a packet went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A process of this node got it.
    Delivered {
        packet: Packet,
    },
    /// It left by a device.
    Transmitted {
        device: Arc<str>,
        next_hop: IpAddr,
        packet: Packet,
    },
    /// It left by a device in parts.
    Fragmented {
        device: Arc<str>,
        next_hop: IpAddr,
        fragments: Vec<Packet>,
    },
    /// A fragment: the node keeps it until the others of its datagram are here.
    Held,
    Dropped,
}

/// The fate of a packet, and what the node itself sent because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    pub fate: Fate,
    /// Answers of the node: ICMP errors, TCP resets.
    pub answers: Vec<Fate>,
    /// Where the copies went that rules made of it.
    pub copies: Vec<Fate>,
}

/// Where a packet that came in goes.
pub(super) enum Way {
    Deliver,
    Forward {
        device: Arc<str>,
        gateway: Option<IpAddr>,
    },
    /// Dropped, and its sender is told.
    Refused(RejectWith),
    Lost,
}

impl From<Fate> for Passage {
    fn from(fate: Fate) -> Self {
        Self { fate, answers: Vec::new(), copies: Vec::new() }
    }
}

impl Node {
    /// A packet comes in by a device, from the machine on that link with this hardware address, if that is known.
    pub fn receive<T: Tracer>(
        &mut self,
        device: &Arc<str>,
        from: Option<MacAddress>,
        packet: Packet,
        run: &mut Run<'_, T>,
    ) -> Passage {
        self.note_registrations();
        let ethernet = self.frame_header(device, from, &packet);
        let mut skb = Skb { ethernet, ..Skb::received(packet, device.clone()) };
        report(run, &skb, None, || (Event::Arrived { device: device.clone() }, Origin::Device(device.clone())));
        let passage = match self.ingress(device, &mut skb, run) {
            Some(passage) => passage,
            None => match self.stack.bridges.master_of(device).cloned() {
                Some(bridge) => self.receive_frame(bridge, &mut skb, run),
                None => self.input(&mut skb, run),
            },
        };
        Passage { copies: std::mem::take(&mut self.sent_copies), ..passage }
    }

    /// A local process of root sends a packet.
    pub fn send<T: Tracer>(&mut self, packet: Packet, run: &mut Run<'_, T>) -> Passage {
        self.send_by(Sender::Process { user: 0, group: 0 }, packet, run)
    }

    /// A packet begins on this node.
    pub fn send_by<T: Tracer>(&mut self, sender: Sender, packet: Packet, run: &mut Run<'_, T>) -> Passage {
        self.note_registrations();
        let mut skb = Skb { sender, ..Skb::sent(packet) };
        report(run, &skb, None, || (Event::Sent, Origin::Device("socket".into())));
        let passage = self.output(&mut skb, run);
        Passage { copies: std::mem::take(&mut self.sent_copies), ..passage }
    }

    pub(super) fn input<T: Tracer>(&mut self, skb: &mut Skb, run: &mut Run<'_, T>) -> Passage {
        // IPv6 looks before the hook (`ip6_rcv_core`), IPv4 when it routes (`ip_route_input_slow`).
        if skb.packet.src.is_ipv6() && self.is_martian(skb, run) {
            return self.lost(skb, Vec::new());
        }
        match self.run_hook(Hook::Prerouting, skb, run) {
            Outcome::Accept => {}
            outcome => return self.ended(outcome, skb, run),
        }
        let way = self.way_in(skb, run);
        self.take(way, skb, run)
    }

    /// Where a packet that came in goes from PREROUTING (`ip_route_input_slow`).
    pub(super) fn way_in<T: Tracer>(&self, skb: &Skb, run: &mut Run<'_, T>) -> Way {
        if skb.packet.src.is_ipv4() && self.is_martian(skb, run) {
            return Way::Lost;
        }
        let forwards = self.stack.routing.forwards;
        let route = self.route(skb, run);
        // The table `local` has the broadcast addresses of the devices too.
        let is_broadcast = self.stack.routing.address_type(skb.packet.dst) == AddressType::Broadcast;
        let way = match route {
            Route::Local { .. } => Way::Deliver,
            _ if is_broadcast => Way::Deliver,
            Route::Via { device, gateway } => Way::Forward { device, gateway },
            // A node that does not forward has no business to answer (`ip_error`).
            Route::Unreachable | Route::Refused(_) if skb.packet.src.is_ipv4() && !forwards.v4 => return Way::Lost,
            Route::Unreachable => return Way::Refused(RejectWith::NetUnreachable),
            Route::Refused(with) => return Way::Refused(with),
            Route::Blackhole => return Way::Lost,
        };
        let out = match &way {
            Way::Forward { device, .. } => Some(&**device),
            _ => None,
        };
        let input = skb.input.as_deref().unwrap_or_default();
        if let Some(reason) = self.stack.routing.invalid_source(&skb.packet, input, out) {
            report(run, skb, None, || (Event::Martian { reason }, Origin::Routing));
            return Way::Lost;
        }
        if out.is_some() && !forwards.of(skb.packet.family()) {
            let reason = Fault::DoesNotForward;
            report(run, skb, None, || (Event::Martian { reason }, Origin::Routing));
            return Way::Lost;
        }
        way
    }

    pub(super) fn take<T: Tracer>(&mut self, way: Way, skb: &mut Skb, run: &mut Run<'_, T>) -> Passage {
        match way {
            Way::Deliver => self.deliver(skb, run),
            Way::Forward { device, gateway } => self.forward(skb, device, gateway, run),
            Way::Refused(with) => self.refused(with, skb, run),
            Way::Lost => self.lost(skb, Vec::new()),
        }
    }

    fn refused<T: Tracer>(&mut self, with: RejectWith, skb: &Skb, run: &mut Run<'_, T>) -> Passage {
        let answers = self.answer(skb, with, run);
        self.lost(skb, answers)
    }

    pub(super) fn is_martian<T: Tracer>(&self, skb: &Skb, run: &mut Run<'_, T>) -> bool {
        let device = skb.input.as_deref().unwrap_or_default();
        let found = self.stack.routing.martian(skb.packet.src, skb.packet.dst, device);
        if let Some(reason) = found {
            report(run, skb, None, || (Event::Martian { reason }, Origin::Routing));
        }
        found.is_some()
    }

    fn deliver<T: Tracer>(&mut self, skb: &mut Skb, run: &mut Run<'_, T>) -> Passage {
        match self.run_hook(Hook::Input, skb, run) {
            Outcome::Accept => {
                if let Some(mut inside) = self.unwrapped(skb) {
                    self.stack.conntrack.release(skb);
                    let device = inside.input.clone().unwrap_or_default();
                    if skb.input.as_deref() == Some("lo") {
                        let reason = Fault::OwnOverlayPacket;
                        report(run, &inside, None, || (Event::FrameDropped { reason }, Origin::Device(device)));
                        return Fate::Dropped.into();
                    }
                    report(run, &inside, None, || (Event::Decapsulated, Origin::Device(device)));
                    return self.input(&mut inside, run);
                }
                report(run, skb, None, || (Event::Delivered, Origin::Device("socket".into())));
                self.stack.conntrack.release(skb);
                Fate::Delivered { packet: skb.packet.clone() }.into()
            }
            outcome => self.ended(outcome, skb, run),
        }
    }

    fn forward<T: Tracer>(
        &mut self,
        skb: &mut Skb,
        device: Arc<str>,
        gateway: Option<IpAddr>,
        run: &mut Run<'_, T>,
    ) -> Passage {
        if skb.packet.ttl <= 1 {
            let answers = self.time_exceeded(skb, run);
            return self.lost(skb, answers);
        }
        if self.stack.routing.mtu(&device).is_some_and(|mtu| exceeds(skb, mtu)) {
            let answers = self.too_big(skb, run);
            return self.lost(skb, answers);
        }
        // `ip_forward` counts the hop down before it calls the hook.
        skb.packet.ttl -= 1;
        skb.output = Some(device);
        match self.run_hook(Hook::Forward, skb, run) {
            Outcome::Accept => match skb.rerouted.take() {
                Some(route) => {
                    skb.output = output_device(&route);
                    self.leave(skb, route, run)
                }
                None => self.transmit(skb, gateway, run),
            },
            outcome => self.ended(outcome, skb, run),
        }
    }

    /// `ip_local_out`: without a route there is nothing to send. A hook function that changed what routes depend on has
    /// the route looked up again (`ip_route_me_harder`).
    pub(super) fn output<T: Tracer>(&mut self, skb: &mut Skb, run: &mut Run<'_, T>) -> Passage {
        let route = self.route_out(skb, run);
        let Some(device) = output_device(&route) else {
            return self.lost(skb, Vec::new());
        };
        skb.output = Some(device);
        match self.run_hook(Hook::Output, skb, run) {
            Outcome::Accept => {}
            outcome => return self.ended(outcome, skb, run),
        }
        let route = skb.rerouted.take().unwrap_or(route);
        skb.output = output_device(&route);
        self.leave(skb, route, run)
    }

    /// The route of a packet of this node. A loopback address only leaves the node where `route_localnet` lets it
    /// (`__mkroute_output`).
    pub(super) fn route_out<T: Tracer>(&self, skb: &Skb, run: &mut Run<'_, T>) -> Route {
        let route = self.route(skb, run);
        let src = skb.packet.src;
        let is_localnet = src.is_ipv4() && src.is_loopback();
        if let Route::Via { device, .. } = &route
            && is_localnet
            && !self.stack.routing.routes_localnet(device)
        {
            let reason = Fault::LoopbackSourceLeaves;
            report(run, skb, None, || (Event::Martian { reason }, Origin::Routing));
            return Route::Unreachable;
        }
        route
    }

    /// After the OUTPUT hook: out by a device, or around by the loopback.
    pub(super) fn leave<T: Tracer>(&mut self, skb: &mut Skb, route: Route, run: &mut Run<'_, T>) -> Passage {
        match route {
            Route::Via { gateway, .. } => self.transmit(skb, gateway, run),
            Route::Local { .. } => self.loop_back(skb, run),
            Route::Unreachable | Route::Blackhole | Route::Refused(_) => self.lost(skb, Vec::new()),
        }
    }

    fn transmit<T: Tracer>(&mut self, skb: &mut Skb, gateway: Option<IpAddr>, run: &mut Run<'_, T>) -> Passage {
        skb.gateway = gateway;
        match self.run_hook(Hook::Postrouting, skb, run) {
            Outcome::Accept => {}
            outcome => return self.ended(outcome, skb, run),
        }
        let next_hop = gateway.unwrap_or(skb.packet.dst);
        let Some(device) = skb.output.clone() else {
            return self.lost(skb, Vec::new());
        };
        let kind = self.stack.routing.device(&device).map(|device| device.kind);
        let event = Event::Transmitted { device: device.clone(), next_hop };
        report(run, skb, None, || (event, Origin::Device(device.clone())));
        self.report_egress_chains(&device, skb, run);
        // Copies must not be taken apart (`nf_dup_ipv4`).
        if skb.is_copy && self.stack.routing.mtu(&device).is_some_and(|mtu| exceeds(skb, mtu)) {
            let answers = self.too_big(skb, run);
            return self.lost(skb, answers);
        }
        if let Some(fragments) = self.fragments(skb, &device) {
            let count = fragments.len();
            report(run, skb, None, || (Event::Fragmented { count }, Origin::Device(device.clone())));
            return self.leave_in_parts(kind, device, next_hop, fragments, skb, run);
        }
        match kind {
            Some(DeviceKind::Bridge) => return self.leave_by_bridge(&device, next_hop, skb, run),
            Some(DeviceKind::Vxlan) => return self.leave_by_vxlan(&device, next_hop, skb, run),
            Some(DeviceKind::Dummy) => return self.lost(skb, Vec::new()),
            _ => self.stack.conntrack.release(skb),
        }
        Fate::Transmitted { device, next_hop, packet: skb.packet.clone() }.into()
    }

    /// The parts in which a packet has to leave; none if it leaves as it is (`ip_finish_output`, `ip6_finish_output`).
    pub(super) fn fragments(&self, skb: &Skb, device: &str) -> Option<Vec<Packet>> {
        let mtu = self.stack.routing.mtu(device).unwrap_or(u16::MAX);
        let is_segment = skb.input.is_none() && matches!(skb.packet.transport, Transport::Tcp { .. });
        // IPv6 leaves whole what is no longer than its longest part was.
        let came_in_parts = longest_part(skb).is_some_and(|long| skb.packet.src.is_ipv4() || skb.packet.length > long);
        ((skb.packet.length > mtu || came_in_parts) && !is_segment)
            .then(|| defrag::take_apart(&skb.packet, skb.reassembled.as_ref(), mtu))
            .filter(|fragments| fragments.len() > 1)
    }

    /// Each part by the device; what is behind a bridge gets them by one port.
    fn leave_in_parts<T: Tracer>(
        &mut self,
        kind: Option<DeviceKind>,
        device: Arc<str>,
        next_hop: IpAddr,
        fragments: Vec<Packet>,
        skb: &mut Skb,
        run: &mut Run<'_, T>,
    ) -> Passage {
        let mut first = skb.clone();
        (first.bridged, first.reassembled) = (None, None);
        first.packet.length = fragments.iter().map(|part| part.length).max().unwrap_or_default();
        let device = match kind {
            Some(DeviceKind::Bridge) => match self.leave_by_bridge(&device, next_hop, &first, run).fate {
                Fate::Transmitted { device, .. } => device,
                fate => return fate.into(),
            },
            Some(DeviceKind::Vxlan) => {
                let mut fates = Vec::new();
                for packet in fragments {
                    let passage = self.leave_by_vxlan(&device, next_hop, &Skb { packet, ..skb.clone() }, run);
                    fates.extend(passage.answers);
                    fates.push(passage.fate);
                }
                let fate = fates.pop().unwrap_or(Fate::Dropped);
                return Passage { fate, answers: fates, copies: Vec::new() };
            }
            _ => device,
        };
        self.stack.conntrack.release(skb);
        Fate::Fragmented { device, next_hop, fragments }.into()
    }

    /// A packet of this node to itself: out by `lo` and in again, with its connection and without its mark's
    /// route (`loopback_xmit`).
    fn loop_back<T: Tracer>(&mut self, skb: &mut Skb, run: &mut Run<'_, T>) -> Passage {
        let loopback: Arc<str> = "lo".into();
        skb.output = Some(loopback.clone());
        match self.run_hook(Hook::Postrouting, skb, run) {
            Outcome::Accept => {}
            outcome => return self.ended(outcome, skb, run),
        }
        skb.output = None;
        skb.input = Some(loopback.clone());
        skb.sender = Sender::Nobody;
        report(run, skb, None, || (Event::Arrived { device: loopback.clone() }, Origin::Device(loopback.clone())));
        // It keeps the route by which it was sent, which for a copy is not that of its address (`skb_valid_dst`).
        if std::mem::take(&mut skb.is_copy) {
            return match self.run_hook(Hook::Prerouting, skb, run) {
                Outcome::Accept => self.deliver(skb, run),
                outcome => self.ended(outcome, skb, run),
            };
        }
        self.input(skb, run)
    }

    /// IPVS sends the packet: through OUTPUT once more, now marked as its own, and out by the way that it
    /// chose (`ip_vs_nat_send_or_cont`, `ip_vs_send_or_cont`), unless a rule there changes the mark or the destination
    /// (`ip_route_me_harder`).
    fn forward_by_ipvs<T: Tracer>(&mut self, skb: &mut Skb, forward: Forward, run: &mut Run<'_, T>) -> Passage {
        // IPVS has looked its own route up.
        skb.rerouted = None;
        match self.run_hook(Hook::Output, skb, run) {
            Outcome::Accept => match skb.rerouted.take() {
                // With direct routing that leads to the virtual address: the packet comes back to this node.
                Some(route) => {
                    skb.output = output_device(&route);
                    self.leave(skb, route, run)
                }
                None => self.transmit(skb, Some(forward.next_hop), run),
            },
            outcome => self.ended(outcome, skb, run),
        }
    }

    pub(super) fn ended<T: Tracer>(&mut self, outcome: Outcome, skb: &mut Skb, run: &mut Run<'_, T>) -> Passage {
        match outcome {
            Outcome::Stolen(forward) => self.forward_by_ipvs(skb, forward, run),
            Outcome::Reject(with) => self.refused(with, skb, run),
            Outcome::TtlExceeded => {
                let answers = self.time_exceeded(skb, run);
                self.lost(skb, answers)
            }
            Outcome::Held => Fate::Held.into(),
            Outcome::Accept | Outcome::Drop => self.lost(skb, Vec::new()),
        }
    }

    pub(super) fn lost(&mut self, skb: &Skb, answers: Vec<Fate>) -> Passage {
        self.stack.conntrack.release(skb);
        Passage { answers, ..Fate::Dropped.into() }
    }

    pub(super) fn route<T: Tracer>(&self, skb: &Skb, run: &mut Run<'_, T>) -> Route {
        let route = self.stack.routing.lookup_flow(&Flow::of(skb));
        report(run, skb, None, || (Event::Routed(route.clone()), Origin::Routing));
        route
    }
}

/// Bytes of the longest part that a packet came in.
fn longest_part(skb: &Skb) -> Option<u16> {
    skb.reassembled.as_ref()?.longest
}

/// Whether a router has to refuse a packet for its length (`ip_exceeds_mtu`, `ip6_pkt_too_big`).
pub(super) fn exceeds(skb: &Skb, mtu: u16) -> bool {
    let is_too_long = skb.packet.length > mtu;
    match (&skb.reassembled, skb.packet.dont_fragment || skb.packet.src.is_ipv6()) {
        (_, false) => false,
        (Some(_), true) => is_too_long && longest_part(skb).is_some_and(|longest| longest > mtu),
        (None, true) => is_too_long,
    }
}

/// The device that `dst_output` would use: the loopback for local addresses.
pub(super) fn output_device(route: &Route) -> Option<Arc<str>> {
    match route {
        Route::Via { device, .. } => Some(device.clone()),
        Route::Local { .. } => Some("lo".into()),
        Route::Unreachable | Route::Blackhole | Route::Refused(_) => None,
    }
}

pub(super) fn report<T: Tracer>(
    run: &mut Run<'_, T>,
    skb: &Skb,
    hook: Option<Hook>,
    make: impl FnOnce() -> (Event, Origin),
) {
    run.tracer.step(skb, hook, Cost::NONE, make);
}
