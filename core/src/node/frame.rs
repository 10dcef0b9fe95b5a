//! The frame that a packet comes in.

use super::Node;
use crate::net::{Ethernet, MacAddress, Packet};
use crate::netfilter::routing::AddressType;
use crate::trace::Route;

impl Node {
    /// The header of the frame in which a packet comes by a device; none if the device has no frames. `from` sent it, if
    /// that is known; else it was whoever the neighbour table says has the source's address, or leads there.
    pub(super) fn frame_header(&self, device: &str, from: Option<MacAddress>, packet: &Packet) -> Option<Ethernet> {
        let stack = &self.stack;
        if !stack.routing.has_frames(device) {
            return None;
        }
        // Whoever is behind a port of a bridge is a neighbour of the bridge.
        let link = stack.bridges.master_of(device).map_or(device, |bridge| bridge);
        let sender = || match stack.routing.lookup_through(packet.src, link) {
            Route::Via { gateway, .. } => stack.neighbours.get(link, gateway.unwrap_or(packet.src)),
            _ => None,
        };
        let destination = match stack.routing.address_type(packet.dst) {
            AddressType::Multicast => Some(MacAddress::of_group(packet.dst)),
            AddressType::Broadcast => Some(MacAddress::BROADCAST),
            _ if self.is_neighbour(link, packet.dst) => stack.neighbours.get(link, packet.dst),
            _ => stack.routing.device(link).and_then(|device| device.mac),
        };
        Some(Ethernet { source: from.or_else(sender), destination })
    }
}
