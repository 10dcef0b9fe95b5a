use std::sync::Arc;

use super::network::{Network, Place};
use super::{Arrival, Before, Leg, Way, hardware};
use crate::chance::Chance;
use crate::net::{MacAddress, Packet};
use crate::netfilter::{Seconds, Skb};
use crate::node::{Door, Fate, Node, Passage, Rival, Run};
use crate::trace::{Cost, Event, Origin, Tracer};

/// How a packet's way ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Arrived(Arrival),
    /// Dropped on a node; if the node answered, this is where the answer arrived.
    Dropped {
        node: Arc<str>,
        answer: Option<Arrival>,
    },
    NoRoute(Place),
    NodeDown(Arc<str>),
    Looped,
}

/// Carries packets over cables and nodes, which start in turns when a packet first comes by, and keeps the legs.
pub(super) struct Carrier<'a, T> {
    pub network: &'a mut Network,
    pub chance: &'a mut Chance,
    pub now: Seconds,
    pub legs: Vec<Leg<T>>,
}

impl<'a, T: Tracer + Default> Carrier<'a, T> {
    /// More nodes than any packet of a sound network passes.
    const MOST_NODES: usize = 16;

    pub fn new(network: &'a mut Network, chance: &'a mut Chance, now: Seconds) -> Self {
        Self { network, chance, now, legs: Vec::new() }
    }

    pub async fn carry(&mut self, from: &Place, packet: Packet, way: Way) -> End {
        // A real server that got the packet as it was (direct routing, a tunnel) has the address, too, and answers
        // past the node.
        if matches!(from, Place::Behind(_)) && self.is_answer_past_the_node(&packet, way) {
            return End::Arrived(Arrival { place: from.clone(), packet });
        }
        match self.door(from, &packet) {
            Some((node, door)) => {
                let asked = match from {
                    Place::Behind(device) => self.network.copied_node_has(device, &packet),
                    _ => None,
                };
                self.enter(node, &door, asked, packet, way).await
            }
            None if *from == Place::Outside => match self.network.who_has(None, packet.dst, self.chance) {
                Some((node, asked)) => self.enter(node, &ethernet(hardware::ROUTER), Some(asked), packet, way).await,
                None => End::NoRoute(Place::Outside),
            },
            None => End::NoRoute(from.clone()),
        }
    }

    /// The first node of a packet's way, and how it comes to it.
    pub fn door(&self, from: &Place, packet: &Packet) -> Option<(usize, Door)> {
        match from {
            Place::Pod(address) => {
                let pod = self.network.pods.get(address)?;
                Some((pod.node, Door::Device(pod.device.clone(), Some(hardware::of_pod(*address)))))
            }
            Place::Process(node) => Some((*node, Door::Socket)),
            Place::Behind(device) => Some((0, Door::Device(device.clone(), None))),
            // The router outside knows the nodes and what they announce, and nothing of what is behind them.
            Place::Outside => Some((self.network.entrance(packet.dst)?, ethernet(hardware::ROUTER))),
        }
    }

    fn is_answer_past_the_node(&self, packet: &Packet, way: Way) -> bool {
        let is_own = |node: &crate::node::Node| node.stack.routing.is_local(packet.src);
        way == Way::Reply && self.network.is_copied() && self.network.node(0).is_some_and(is_own)
    }

    async fn enter(&mut self, node: usize, door: &Door, asked: Option<Event>, packet: Packet, way: Way) -> End {
        if self.legs.iter().filter(|leg| leg.way == way).count() >= Self::MOST_NODES {
            return End::Looped;
        }
        if *door != Door::Socket && self.network.is_down(node) {
            return End::NodeDown(self.network.node_names[node].clone());
        }
        let passage = self.pass(node, door, asked, packet, way, None).await;
        self.follow(node, passage, way).await
    }

    /// Through one node, which a rival may pass at the same time. `asked` is what its sender asked before.
    pub async fn pass(
        &mut self,
        node: usize,
        door: &Door,
        asked: Option<Event>,
        packet: Packet,
        way: Way,
        rival: Option<&mut Rival<T>>,
    ) -> Passage {
        let mut tracer = T::default();
        if let (Some(asked), Door::Device(device, _)) = (asked, door) {
            let skb = Skb::received(packet.clone(), device.clone());
            tracer.step(&skb, None, Cost::NONE, || (asked, Origin::Device(device.clone())));
        }
        let mut run = Run { chance: &mut *self.chance, now: self.now, tracer: &mut tracer, rival };
        let enter = |machine: &mut Node| {
            if T::KEEPS {
                machine.stack.conntrack.watch();
                machine.ipvs.watch();
            }
            let passage = machine.enter(door, packet, &mut run);
            (passage, Before { conntrack: machine.stack.conntrack.changed(), ipvs: machine.ipvs.changed() })
        };
        let (passage, before) = self.network.on_node(node, enter).await;
        self.note(node, way, tracer);
        if let Some(leg) = self.legs.last_mut() {
            leg.before = before;
        }
        passage
    }

    pub fn note(&mut self, node: usize, way: Way, tracer: T) {
        let node_name = self.network.node_names[node].clone();
        self.legs.push(Leg { node, node_name, way, tracer, before: Before::default() });
    }

    pub async fn follow(&mut self, node: usize, passage: Passage, way: Way) -> End {
        match passage.fate {
            Fate::Dropped => {
                let name = self.network.node_names[node].clone();
                for fate in passage.answers {
                    if let End::Arrived(arrival) = self.next(node, fate, Way::Reply).await {
                        return End::Dropped { node: name, answer: Some(arrival) };
                    }
                }
                End::Dropped { node: name, answer: None }
            }
            fate => self.next(node, fate, way).await,
        }
    }

    /// Where a packet that left a node comes in next.
    async fn next(&mut self, node: usize, fate: Fate, way: Way) -> End {
        match fate {
            Fate::Delivered { packet } => End::Arrived(Arrival { place: Place::Process(node), packet }),
            Fate::Dropped | Fate::Held => End::Dropped { node: self.network.node_names[node].clone(), answer: None },
            Fate::Fragmented { device, next_hop, fragments } => {
                // The last one decides about the datagram.
                let mut end = End::NoRoute(Place::Process(node));
                for packet in fragments {
                    let (device, fate) = (device.clone(), |device| Fate::Transmitted { device, next_hop, packet });
                    end = Box::pin(self.next(node, fate(device), way)).await;
                }
                end
            }
            Fate::Transmitted { device, packet, .. } if self.network.is_copied() => {
                End::Arrived(Arrival { place: Place::Behind(device), packet })
            }
            Fate::Transmitted { device, next_hop, packet } => {
                // Each pod has a cable and a host route of its own: the next hop is the pod.
                let behind = self.network.pods.get(&next_hop);
                if behind.is_some_and(|pod| pod.node == node && pod.device == device) {
                    return End::Arrived(Arrival { place: Place::Pod(next_hop), packet });
                }
                let machine = self.network.node(node);
                let own = machine.and_then(|machine| machine.stack.routing.device(&device)?.mac);
                let door = Door::Device("eth0".into(), own);
                match self.network.node_by_address.get(&next_hop).copied() {
                    Some(other) => Box::pin(self.enter(other, &door, None, packet, way)).await,
                    None if &*device == "eth0" => match self.network.who_has(Some(node), next_hop, self.chance) {
                        Some((other, asked)) => Box::pin(self.enter(other, &door, Some(asked), packet, way)).await,
                        None => End::Arrived(Arrival { place: Place::Outside, packet }),
                    },
                    None => End::Arrived(Arrival { place: Place::Outside, packet }),
                }
            }
        }
    }
}

/// How what comes from the network of all nodes comes in.
fn ethernet(from: MacAddress) -> Door {
    Door::Device("eth0".into(), Some(from))
}
