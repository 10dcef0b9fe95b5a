//! Who answers for an address on a wire, and by which address a node asks (`net/ipv4/arp.c`).
//!
//! In: a node's addresses, routes and settings, and a question. Out: whether it answers. Machines that share a virtual
//! address, as the real servers of direct routing do, all answer for it unless they are told not to. Left out on purpose:
//! proxies (`proxy_arp`), `arp_filter`, `arp_accept`, and who learns what from a question.

use std::net::Ipv4Addr;

use ipnet::IpNet;

use super::Routing;
use crate::net::{Packet, Protocol, Transport};
use crate::trace::Fault;

/// Why a node says nothing to "who has this address?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It is nobody's that the node knows of.
    NotItsOwn,
    /// The routes take the one who asks for an impostor: why.
    Source(Fault),
    /// `arp_ignore` of the device, or of all, has this value.
    Ignored(u8),
}

impl Routing {
    /// Whether the node answers `sender`, who asks on a device who has `target` (`arp_process`). An asker who has no
    /// address yet says 0.0.0.0.
    ///
    /// # Errors
    /// Says why it is silent.
    pub fn answers_arp(&self, device: &str, sender: Ipv4Addr, target: Ipv4Addr) -> Result<(), Silence> {
        let asks = !sender.is_unspecified();
        if target.is_multicast() || target.is_loopback() && !self.routes_localnet(device) {
            return Err(Silence::NotItsOwn);
        }
        if !self.is_local(target.into()) {
            return Err(Silence::NotItsOwn);
        }
        let question = Packet::new(sender.into(), target.into(), Transport::Other(Protocol::Other(0)), 0);
        let wrong = asks.then(|| {
            let martian = self.martian(question.src, question.dst, device);
            martian.or_else(|| self.invalid_source(&question, device, None))
        });
        if let Some(reason) = wrong.flatten() {
            return Err(Silence::Source(reason));
        }
        let ignore = self.arp_ignore(device);
        if self.ignores(ignore, device, sender, target) { Err(Silence::Ignored(ignore)) } else { Ok(()) }
    }

    /// The source that a node gives when it asks on a device who has `target`, to send a packet from `packet_source`
    /// (`arp_solicit`). None has no address at all.
    pub fn arp_source(&self, device: &str, packet_source: Ipv4Addr, target: Ipv4Addr) -> Option<Ipv4Addr> {
        let is_own = self.is_local(packet_source.into());
        let on_link = || self.networks(device).any(|net| net.contains(&target) && net.contains(&packet_source));
        let keeps = match self.arp_announce(device) {
            0 => is_own,
            1 => is_own && on_link(),
            _ => false,
        };
        if keeps {
            return Some(packet_source);
        }
        // `inet_select_addr`: an address of the same network if there is one, else the first.
        let of_network = self.networks(device).find(|net| net.contains(&target));
        of_network.or_else(|| self.networks(device).next()).map(|net| net.addr())
    }

    /// `arp_ignore`, `inet_confirm_addr`
    fn ignores(&self, setting: u8, device: &str, sender: Ipv4Addr, target: Ipv4Addr) -> bool {
        let has = |net: &ipnet::Ipv4Net| net.addr() == target;
        match setting {
            1 => !self.networks(device).any(|net| has(&net)),
            2 => {
                let anyone = sender.is_unspecified();
                let shares = |net: ipnet::Ipv4Net| net.contains(&target) && (anyone || net.contains(&sender));
                !(self.networks(device).any(|net| has(&net)) && self.networks(device).any(shares))
            }
            // Addresses of the whole node, and not only of its loopback network.
            3 => target.is_loopback(),
            8 => true,
            _ => false,
        }
    }

    fn networks(&self, device: &str) -> impl Iterator<Item = ipnet::Ipv4Net> {
        let addresses = self.device(device).map_or(&[][..], |device| &device.addresses);
        addresses.iter().filter_map(|net| match net {
            IpNet::V4(net) => Some(*net),
            IpNet::V6(_) => None,
        })
    }

    /// Which of the machines that have an address answer on a wire for it: their numbers. `wire` are their routing and the
    /// device by which each is on the wire.
    pub fn who_has(wire: &[(&Self, &str)], sender: Ipv4Addr, target: Ipv4Addr) -> Vec<usize> {
        let answers = |(routing, device): &(&Self, &str)| routing.answers_arp(device, sender, target).is_ok();
        wire.iter().enumerate().filter(|(_, machine)| answers(machine)).map(|(number, _)| number).collect()
    }
}
