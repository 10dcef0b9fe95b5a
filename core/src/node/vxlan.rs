//! Into an overlay and out of it (`vxlan_xmit_one`, `vxlan_rcv`).

use std::net::IpAddr;
use std::sync::Arc;

use super::path::{Fate, Passage, report};
use super::{Node, Run};
use crate::net::{Endpoint, Ethernet, Frame, Packet};
use crate::netfilter::Skb;
use crate::netfilter::vxlan::Vxlan;
use crate::trace::{Event, Fault, Origin, Tracer};

/// Congestion bits of the TOS byte, which the packet around takes over (`ip_tunnel_ecn_encap`).
const ECN: u8 = 3;
/// Linux 6.18 was seen to send three packets, one inside the other, and not a fourth (`dev_recursion_level`).
const MOST_CARRIED: u8 = 2;

impl Node {
    /// A packet leaves by a VXLAN device: inside another one, which begins its own way at OUTPUT.
    pub(super) fn leave_by_vxlan<T: Tracer>(
        &mut self,
        device: &Arc<str>,
        next_hop: IpAddr,
        skb: &Skb,
        run: &mut Run<'_, T>,
    ) -> Passage {
        self.stack.conntrack.release(skb);
        let Some(vxlan) = self.stack.vxlans.get(device) else {
            return Fate::Transmitted { device: device.clone(), next_hop, packet: skb.packet.clone() }.into();
        };
        let Some(peer) = vxlan.peers.get(&next_hop).copied() else {
            let reason = Fault::UnknownPeer;
            report(run, skb, None, || (Event::FrameDropped { reason }, Origin::Device(device.clone())));
            return Fate::Dropped.into();
        };
        if skb.carries > MOST_CARRIED {
            let reason = Fault::DeadLoop;
            report(run, skb, None, || (Event::FrameDropped { reason }, Origin::Device(device.clone())));
            return Fate::Dropped.into();
        }
        let (first, last) = vxlan.source_ports;
        let offset = run.chance.arbitrary(u32::from(last.saturating_sub(first)).max(1));
        let sport = first.saturating_add(u16::try_from(offset).unwrap_or(0));
        let (from, to) = (Endpoint::new(vxlan.local, sport), Endpoint::new(peer.below, vxlan.port));
        let mut around = Packet::udp(from, to);
        around.length = skb.packet.length.saturating_add(Vxlan::overhead(around.family()));
        around.tos = skb.packet.tos & ECN;
        let own = self.stack.routing.device(device).and_then(|device| device.mac);
        let header = Ethernet { source: own, destination: peer.mac };
        around.inside = Some(Arc::new(Frame { header, packet: skb.packet.clone() }));
        // The mark and the socket stay (`skb_scrub_packet` within one namespace); what conntrack, bridges and IPVS knew
        // does not.
        let carries = skb.carries + 1;
        let ethernet = Some(header);
        let mut outer = Skb { mark: skb.mark, sender: skb.sender, carries, ethernet, ..Skb::sent(around) };
        report(run, &outer, None, || (Event::Encapsulated, Origin::Device(device.clone())));
        self.output(&mut outer, run)
    }

    /// The packet inside, if the device of an overlay listens where this one is delivered; it comes in by that device.
    pub(super) fn unwrapped(&self, skb: &Skb) -> Option<Skb> {
        let Frame { header, packet } = skb.packet.inside.as_deref()?;
        let (protocol, local) = (skb.packet.protocol(), skb.packet.tuple().dst);
        let (device, _) = self.stack.vxlans.iter().find(|(_, vxlan)| vxlan.takes(protocol, local))?;
        let ethernet = Some(*header);
        Some(Skb { mark: skb.mark, ethernet, ..Skb::received(packet.clone(), device.clone()) })
    }
}
