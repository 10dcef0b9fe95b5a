//! Who gets what is sent on a link to an address that is no machine's from the beginning: a virtual address that somebody
//! has given to one or to several.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::Network;
use crate::chance::Chance;
use crate::net::Packet;
use crate::netfilter::arp::Silence;
use crate::netfilter::routing::Routing;
use crate::trace::{Asked, Event};

/// The device by which each node is on the network of all nodes.
const ON: &str = "eth0";

impl Network {
    /// Asks the nodes that are up who has an address of their network, and gives the one whose answer came first. Nodes
    /// that nothing needed before have their own addresses only. `asker` is the node that asks; none is the router outside,
    /// whose own address nobody knows. None if nobody answers.
    pub(super) fn who_has(&self, asker: Option<usize>, address: IpAddr, chance: &mut Chance) -> Option<(usize, Event)> {
        let target = v4(address)?;
        let started = |node: usize| Some((node, &self.machines.get(node)?.get()?.node.stack.routing));
        let others = (0..self.machines.len()).filter(|node| !self.is_down(*node) && Some(*node) != asker);
        let machines: Vec<_> = others.filter_map(started).filter(|(_, routing)| is_on(routing, ON, target)).collect();
        let sender = asker
            .and_then(started)
            .and_then(|(_, routing)| routing.arp_source(ON, v4(routing.source_for(address)?)?, target));
        let name = |node: usize| self.node_names[node].clone();
        let mut asked = Asked::for_address(asker.map(name), target);
        let mut answered = Vec::new();
        for (node, routing) in machines {
            if asked.answer_of(&name(node), routing, ON, sender) {
                answered.push(node);
            }
        }
        // Nothing says whose answer is first.
        let first = chance.below(u32::try_from(answered.len()).ok()?);
        let first = *answered.get(first as usize)?;
        asked.first = Some(name(first));
        Some((first, Event::WhoHas(asked)))
    }

    /// What a machine behind a device of a copied node hears if it asks for an address that the node has elsewhere; none
    /// if it would not ask.
    pub(super) fn copied_node_has(&self, device: &str, packet: &Packet) -> Option<Event> {
        let (target, sender) = (v4(packet.dst)?, v4(packet.src));
        let routing = &self.node(0).filter(|_| self.is_copied())?.stack.routing;
        let is_its_own = routing.device(device)?.addresses.iter().any(|net| net.addr() == packet.dst);
        if is_its_own || !routing.is_local(packet.dst) || !is_on(routing, device, target) {
            return None;
        }
        let name = &self.node_names[0];
        let mut asked = Asked::for_address(None, target);
        if asked.answer_of(name, routing, device, sender) {
            asked.first = Some(name.clone());
        }
        Some(Event::WhoHas(asked))
    }
}

impl Asked {
    /// Asks one machine; whether it answers.
    fn answer_of(&mut self, name: &Arc<str>, routing: &Routing, device: &str, sender: Option<Ipv4Addr>) -> bool {
        let answer = routing.answers_arp(device, sender.unwrap_or(Ipv4Addr::UNSPECIFIED), self.address);
        match answer {
            Ok(()) => self.answered.push(name.clone()),
            Err(Silence::Ignored(setting)) => self.ignored.push((name.clone(), setting)),
            Err(Silence::NotItsOwn | Silence::Source(_)) => {}
        }
        answer.is_ok()
    }
}

const fn v4(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

/// Whether an address is of a network that the device is on.
fn is_on(routing: &Routing, device: &str, address: Ipv4Addr) -> bool {
    routing.device(device).is_some_and(|device| device.addresses.iter().any(|net| net.contains(&IpAddr::V4(address))))
}
