//! What the source of a packet from outside may be.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::{AddressType, DeviceKind, Flow, ReversePath, Routing};
use crate::net::Packet;
use crate::trace::{Fault, Route};

impl Routing {
    /// Why a packet that came in by `device` is dropped before it is routed (`ip_route_input_slow`); none if it is not.
    pub fn martian(&self, src: IpAddr, dst: IpAddr, device: &str) -> Option<Fault> {
        let from_outside = self.device(device).is_none_or(|device| device.kind != DeviceKind::Loopback);
        let routes_it = self.routes_localnet(device);
        let localnet = |address: IpAddr| address.is_loopback() && !(routes_it && address.is_ipv4());
        if from_outside && localnet(dst) {
            Some(Fault::LoopbackDestination)
        } else if from_outside && localnet(src) {
            Some(Fault::LoopbackSource)
        } else if src.is_multicast() || matches!(src, IpAddr::V4(Ipv4Addr::BROADCAST)) {
            Some(Fault::SourceOfMany)
        } else if self.address_type(dst) == AddressType::Multicast && dst.is_ipv4() {
            Some(Fault::GroupNotJoined)
        } else {
            None
        }
    }

    /// Why a packet is dropped for its source once it is known where it would go (`fib_validate_source`). IPv6 asks
    /// nothing of this kind.
    pub fn invalid_source(&self, packet: &Packet, device: &str, out: Option<&str>) -> Option<Fault> {
        let (src, dst) = (packet.src, packet.dst);
        let is_loopback = self.device(device).is_some_and(|device| device.kind == DeviceKind::Loopback);
        if src.is_ipv6() || is_loopback {
            None
        } else if self.is_local(src) {
            Some(Fault::OwnSource)
        } else if !self.has_way_back(&Flow { dst: src, src: Some(dst), mark: 0, input: out }, device) {
            Some(Fault::NoWayBack)
        } else {
            None
        }
    }

    /// `__fib_validate_source`: a device without addresses is held to the strict test.
    fn has_way_back(&self, back: &Flow<'_>, device: &str) -> bool {
        let is_numbered = || self.device(device).is_some_and(|device| device.addresses.iter().any(is_v4));
        match (self.reverse_path_of(device), self.lookup_flow(back)) {
            (ReversePath::Any, _) => true,
            (ReversePath::Strict, Route::Via { device: out, .. }) => *out == *device,
            (ReversePath::Loose, Route::Via { device: out, .. }) => *out == *device || is_numbered(),
            _ => false,
        }
    }
}

const fn is_v4(net: &IpNet) -> bool {
    matches!(net, IpNet::V4(_))
}
