use std::sync::Arc;

use super::network::{Network, Place};
use super::{Arrival, Leg, Way};
use crate::chance::Chance;
use crate::net::Packet;
use crate::netfilter::{Seconds, Skb};
use crate::node::{Fate, Passage, Run};
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

impl<T: Tracer + Default> Carrier<'_, T> {
    /// More nodes than any packet of a sound network passes.
    const MOST_NODES: usize = 16;

    pub async fn carry(&mut self, from: &Place, packet: Packet, way: Way) -> End {
        match from {
            Place::Pod(address) => match self.network.pods.get(address).map(|pod| (pod.node, pod.device.clone())) {
                Some((node, device)) => self.receive(node, &device, None, packet, way).await,
                None => End::NoRoute(from.clone()),
            },
            // A real server that got the packet as it was (direct routing, a tunnel) has the address, too, and answers
            // past the node.
            Place::Behind(_) if self.is_answer_past_the_node(&packet, way) => {
                End::Arrived(Arrival { place: from.clone(), packet })
            }
            Place::Process(node) => {
                let passage = self.on_node(*node, way, |machine, run| machine.send(packet, run)).await;
                self.follow(*node, passage, way).await
            }
            Place::Behind(device) => {
                let asked = self.network.copied_node_has(device, &packet);
                self.receive(0, device, asked, packet, way).await
            }
            // The router outside knows the nodes and what they announce, and nothing of what is behind them.
            Place::Outside => match self.network.entrance(packet.dst) {
                Some(node) => self.receive(node, &"eth0".into(), None, packet, way).await,
                None => match self.network.who_has(None, packet.dst, self.chance) {
                    Some((node, asked)) => self.receive(node, &"eth0".into(), Some(asked), packet, way).await,
                    None => End::NoRoute(Place::Outside),
                },
            },
        }
    }

    fn is_answer_past_the_node(&self, packet: &Packet, way: Way) -> bool {
        let is_own = |node: &crate::node::Node| node.stack.routing.is_local(packet.src);
        way == Way::Reply && self.network.is_copied() && self.network.node(0).is_some_and(is_own)
    }

    async fn receive(&mut self, node: usize, device: &Arc<str>, asked: Option<Event>, packet: Packet, way: Way) -> End {
        if self.legs.iter().filter(|leg| leg.way == way).count() >= Self::MOST_NODES {
            return End::Looped;
        }
        if self.network.is_down(node) {
            return End::NodeDown(self.network.node_names[node].clone());
        }
        let go = |machine: &mut crate::node::Node, run: &mut Run<'_, T>| {
            if let Some(asked) = asked {
                let skb = Skb::received(packet.clone(), device.clone());
                run.tracer.step(&skb, None, Cost::NONE, || (asked, Origin::Device(device.clone())));
            }
            machine.receive(device, packet, run)
        };
        let passage = self.on_node(node, way, go).await;
        self.follow(node, passage, way).await
    }

    async fn on_node(
        &mut self,
        node: usize,
        way: Way,
        go: impl FnOnce(&mut crate::node::Node, &mut Run<'_, T>) -> Passage,
    ) -> Passage {
        let mut tracer = T::default();
        let mut run = Run { chance: &mut *self.chance, now: self.now, tracer: &mut tracer };
        let passage = self.network.on_node(node, |machine| go(machine, &mut run)).await;
        let node_name = self.network.node_names[node].clone();
        self.legs.push(Leg { node, node_name, way, tracer });
        passage
    }

    async fn follow(&mut self, node: usize, passage: Passage, way: Way) -> End {
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
                match self.network.node_by_address.get(&next_hop).copied() {
                    Some(other) => Box::pin(self.receive(other, &"eth0".into(), None, packet, way)).await,
                    None if &*device == "eth0" => match self.network.who_has(Some(node), next_hop, self.chance) {
                        Some((other, asked)) => Box::pin(self.receive(other, &device, Some(asked), packet, way)).await,
                        None => End::Arrived(Arrival { place: Place::Outside, packet }),
                    },
                    None => End::Arrived(Arrival { place: Place::Outside, packet }),
                }
            }
        }
    }
}
