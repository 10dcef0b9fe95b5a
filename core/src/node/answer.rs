//! Packets that the node makes itself: the answer of a REJECT, ICMP errors.

use std::net::IpAddr;

use super::path::{Fate, report};
use super::{Node, Run};
use crate::net::{Endpoint, Family, Icmp, Packet, TcpFlags, Transport};
use crate::netfilter::{RejectWith, Skb};
use crate::trace::{Event, Origin, Tracer};

impl Node {
    /// Sends the answer of a REJECT and tells where it went (`nf_send_unreach`, `nf_send_reset`).
    pub(super) fn answer<T: Tracer>(&mut self, skb: &Skb, with: RejectWith, run: &mut Run<'_, T>) -> Vec<Fate> {
        let packet = &skb.packet;
        match with.icmp(packet.family()) {
            Some((kind, code)) => self.send_error(skb, kind, code, run),
            None => match reset(packet) {
                Some(answer) => self.send_own(answer, run),
                None => Vec::new(),
            },
        }
    }

    pub(super) fn time_exceeded<T: Tracer>(&mut self, skb: &Skb, run: &mut Run<'_, T>) -> Vec<Fate> {
        let kind = match skb.packet.family() {
            Family::V4 => 11,
            Family::V6 => 3,
        };
        self.send_error(skb, kind, 0, run)
    }

    fn send_error<T: Tracer>(&mut self, skb: &Skb, kind: u8, code: u8, run: &mut Run<'_, T>) -> Vec<Fate> {
        // No error answers an error (RFC 1122, `icmp_send`).
        if matches!(&skb.packet.transport, Transport::Icmp(icmp) if icmp.cause.is_some()) {
            return Vec::new();
        }
        let Some(src) = self.error_source(skb) else {
            return Vec::new();
        };
        let icmp = Icmp { kind, code, id: 0, cause: Some(Box::new(skb.packet.clone())) };
        let answer = Packet::new(src, skb.packet.src, Transport::Icmp(icmp), 8 + skb.packet.length);
        self.send_own(answer, run)
    }

    /// The address that was asked if it is this node's, else one of the device that the packet came by (`icmp_send`).
    fn error_source(&self, skb: &Skb) -> Option<IpAddr> {
        let routing = &self.stack.routing;
        if routing.is_local(skb.packet.dst) {
            return Some(skb.packet.dst);
        }
        let device = skb.input.as_ref().or(skb.output.as_ref())?;
        routing.address_of(device, skb.packet.src)
    }

    fn send_own<T: Tracer>(&mut self, answer: Packet, run: &mut Run<'_, T>) -> Vec<Fate> {
        let mut skb = Skb::sent(answer);
        let text = skb.packet.to_string();
        report(run, &skb, None, || (Event::Answered { packet: text }, Origin::Device("socket".into())));
        let passage = self.output(&mut skb, run);
        let mut fates = vec![passage.fate];
        fates.extend(passage.answers);
        fates
    }
}

/// The reset that answers a TCP segment; none answers a reset.
fn reset(packet: &Packet) -> Option<Packet> {
    let Transport::Tcp { sport, dport, flags } = packet.transport else {
        return None;
    };
    if flags.contains(TcpFlags::RST) {
        return None;
    }
    let from = Endpoint::new(packet.dst, dport);
    let to = Endpoint::new(packet.src, sport);
    Some(Packet::tcp(from, to, TcpFlags::RST | TcpFlags::ACK))
}
