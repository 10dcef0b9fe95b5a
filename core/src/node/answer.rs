//! Packets that the node makes itself: the answer of a REJECT, ICMP errors.

use std::net::IpAddr;
use std::sync::Arc;

use super::path::{Fate, Passage, output_device, report};
use super::{Node, Run};
use crate::net::{Endpoint, Family, Packet, TcpFlags, Transport};
use crate::netfilter::defrag::Expired;
use crate::netfilter::routing::{AddressType, DeviceKind};
use crate::netfilter::{CtInfo, CtLink, RejectWith, Sender, Skb};
use crate::trace::{Event, Origin, Tracer};

impl Node {
    /// Sends the answer of a REJECT and tells where it went (`nf_send_unreach`, `nf_send_reset`).
    pub(super) fn answer<T: Tracer>(&mut self, skb: &Skb, with: RejectWith, run: &mut Run<'_, T>) -> Vec<Fate> {
        match with.icmp(skb.packet.family()) {
            Some((kind, code)) => self.send_error(skb, kind, code, run),
            None => self.send_reset(skb, run),
        }
    }

    /// Sends what the node's own stack answers where no process listens ([`Packet::refusal`]). The reset of IPv6 is sent
    /// without the socket that it is made for (`tcp_v6_send_response`).
    pub fn refuse<T: Tracer>(&mut self, refusal: Packet, run: &mut Run<'_, T>) -> Passage {
        let is_bare = refusal.src.is_ipv6() && matches!(refusal.transport, Transport::Tcp { .. });
        self.send_by(if is_bare { Sender::Nobody } else { Sender::Kernel }, refusal, run)
    }

    pub(super) fn time_exceeded<T: Tracer>(&mut self, skb: &Skb, run: &mut Run<'_, T>) -> Vec<Fate> {
        let kind = match skb.packet.family() {
            Family::V4 => 11,
            Family::V6 => 3,
        };
        self.send_error(skb, kind, 0, run)
    }

    /// Gives up the fragments that have waited too long by `run.now`, and tells the senders of their first parts; of IPv4
    /// only what was for this node (`ip_expire`, `ip6frag_expire_frag_queue`).
    pub fn expire_fragments<T: Tracer>(&mut self, run: &mut Run<'_, T>) -> Vec<Fate> {
        self.note_registrations();
        let mut fates = Vec::new();
        for Expired { first, input, .. } in self.stack.fragments.expire(run.now) {
            let (Some(first), Some(input)) = (first, input) else { continue };
            let kind = if first.src.is_ipv4() { 11 } else { 3 };
            if first.src.is_ipv6() || self.stack.routing.is_local(first.dst) {
                fates.extend(self.send_error(&Skb::received(first, input), kind, 1, run));
            }
        }
        fates
    }

    /// Fragmentation needed, and packet too big (`ip_forward`, `ip6_forward`).
    pub(super) fn too_big<T: Tracer>(&mut self, skb: &Skb, run: &mut Run<'_, T>) -> Vec<Fate> {
        let (kind, code) = match skb.packet.family() {
            Family::V4 => (3, 4),
            Family::V6 => (2, 0),
        };
        self.send_error(skb, kind, code, run)
    }

    fn send_error<T: Tracer>(&mut self, skb: &Skb, kind: u8, code: u8, run: &mut Run<'_, T>) -> Vec<Fate> {
        // No error answers an error (RFC 1122, `icmp_send`).
        let is_error = matches!(&skb.packet.transport, Transport::Icmp(icmp) if icmp.cause.is_some());
        // The socket that sends errors is busy with the echo reply (`icmp_xmit_lock`).
        let is_own_echo = skb.input.is_none()
            && matches!(&skb.packet.transport, Transport::Icmp(icmp) if matches!(icmp.kind, 0 | 129));
        if is_error || is_own_echo || !self.is_for_one(skb) {
            return Vec::new();
        }
        match self.error_source(skb) {
            Some(src) => self.send_own(skb.packet.error(src, kind, code), Sender::Kernel, skb, run),
            None => Vec::new(),
        }
    }

    fn send_reset<T: Tracer>(&mut self, skb: &Skb, run: &mut Run<'_, T>) -> Vec<Fate> {
        let Some(answer) = reset(&skb.packet).filter(|_| self.is_for_one(skb)) else {
            return Vec::new();
        };
        if let Some(link) = skb.connection {
            self.stack.conntrack.set_closing(link.id, run.now);
        }
        if let Some(bridged) = &skb.bridged {
            return self.send_reset_back(answer, bridged.input.clone(), skb, run);
        }
        self.send_own(answer, Sender::Nobody, skb, run)
    }

    /// The reset of a packet that came over a bridge leaves by the port that it came by, past all hooks, but only where
    /// there is a route for it (`nf_send_reset`).
    fn send_reset_back<T: Tracer>(
        &self,
        answer: Packet,
        port: Arc<str>,
        cause: &Skb,
        run: &mut Run<'_, T>,
    ) -> Vec<Fate> {
        let skb = Skb::sent(answer);
        if output_device(&self.route(&skb, run)).is_none() {
            return Vec::new();
        }
        let text = cause.packet.to_string();
        report(run, &skb, None, || (Event::Answered { packet: text }, Origin::Device(port.clone())));
        vec![Fate::Transmitted { device: port, next_hop: skb.packet.dst, packet: skb.packet }]
    }

    /// Nothing answers what was sent to many.
    fn is_for_one(&self, skb: &Skb) -> bool {
        let to = self.stack.routing.address_type(skb.packet.dst);
        !matches!(to, AddressType::Broadcast | AddressType::Multicast)
    }

    /// The address that was asked if it is this node's. Else IPv4 takes the one of the way back (`__icmp_send`), and IPv6
    /// one of the device that the packet came by (`icmp6_send`).
    fn error_source(&self, skb: &Skb) -> Option<IpAddr> {
        let routing = &self.stack.routing;
        let Packet { src, dst, .. } = skb.packet;
        // Of IPv4 the route counts: a virtual address is not the way to a real server that gets packets as they are.
        let leaves = skb
            .output
            .as_deref()
            .and_then(|device| routing.device(device))
            .is_some_and(|device| device.kind != DeviceKind::Loopback);
        if routing.is_local(dst) && !(leaves && dst.is_ipv4()) {
            return Some(dst);
        }
        match &skb.input {
            Some(device) if dst.is_ipv6() => routing.address_of(device, src),
            _ => routing.source_for(src),
        }
    }

    /// The answer belongs to the connection of its cause (`nf_ct_attach`).
    fn send_own<T: Tracer>(&mut self, answer: Packet, sender: Sender, cause: &Skb, run: &mut Run<'_, T>) -> Vec<Fate> {
        let mut skb = Skb { sender, ..Skb::sent(answer) };
        skb.connection =
            cause.connection.map(|link| CtLink { direction: link.direction.other(), info: CtInfo::Related, ..link });
        let text = skb.packet.to_string();
        report(run, &skb, None, || (Event::Answered { packet: text }, Origin::Device("socket".into())));
        let passage = self.output(&mut skb, run);
        let mut fates = vec![passage.fate];
        fates.extend(passage.answers);
        fates
    }
}

/// The reset that answers a TCP segment (`nf_reject_ip_tcphdr_put`); none answers a reset.
fn reset(packet: &Packet) -> Option<Packet> {
    let Transport::Tcp { sport, dport, flags, .. } = packet.transport else {
        return None;
    };
    if flags.contains(TcpFlags::RST) {
        return None;
    }
    let from = Endpoint::new(packet.dst, dport);
    let to = Endpoint::new(packet.src, sport);
    // A segment with an ACK says which number comes next, any other is acknowledged.
    let and = if flags.contains(TcpFlags::ACK) { TcpFlags::default() } else { TcpFlags::ACK };
    Some(Packet::tcp(from, to, TcpFlags::RST | and))
}
