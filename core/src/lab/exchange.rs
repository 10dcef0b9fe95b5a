use std::net::IpAddr;

use super::carry::{Carrier, End};
use super::network::{Network, Place};
use super::{Arrival, Client, ClientKind, Journey, Outcome, Target, Unserved, Way};
use crate::chance::Chance;
use crate::net::{Endpoint, Packet, Protocol, SctpChunk, TcpFlags, Transport, Tuple};
use crate::netfilter::Seconds;
use crate::node::Rival;
use crate::task::block_on;
use crate::trace::Tracer;

/// A connection as its client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    pub from: Place,
    pub tuple: Tuple,
    /// Packets that the client has sent.
    pub sent: u32,
    pub state: FlowState,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowState {
    /// Nobody has taken it: TCP sends its SYN again.
    Opening,
    Open,
    /// The client's next packet says that it has no more to send.
    Closing,
    /// Both sides have said so: what is left is the client's last acknowledgement, which nobody answers.
    Closed,
}

impl Flow {
    /// None where the client has no address of the target's family.
    pub fn open(network: &Network, client: &Client, target: &Target, source_port: u16) -> Option<Self> {
        let dst = target.destination;
        let (from, address) = match &client.kind {
            ClientKind::Pod { .. } => (Place::Pod(client.address?), client.address?),
            ClientKind::Outside => (Place::Outside, client.address?),
            ClientKind::Behind { device } => (Place::Behind(device.clone()), client.address?),
            ClientKind::Process { node } => {
                let index = network.node_index(node)?;
                (Place::Process(index), network.node(index)?.stack.routing.source_for(dst.address)?)
            }
        };
        let src = Endpoint::new(address, source_port);
        let dst = match target.protocol {
            // Both ends of an echo are its identifier.
            Protocol::Icmp | Protocol::Icmpv6 => Endpoint::new(dst.address, source_port),
            _ => dst,
        };
        (address.is_ipv4() == dst.address.is_ipv4()).then_some(Self {
            from,
            tuple: Tuple { protocol: target.protocol, src, dst },
            sent: 0,
            state: FlowState::Opening,
        })
    }

    /// The client's next packet: TCP opens with a SYN until that is answered, goes on with data and ends with a FIN; SCTP
    /// opens with an INIT and a cookie.
    fn next_packet(&self) -> Packet {
        let (src, dst) = (self.tuple.src, self.tuple.dst);
        match (self.tuple.protocol, self.state) {
            (Protocol::Tcp, FlowState::Open) => return Packet::tcp(src, dst, TcpFlags::PSH | TcpFlags::ACK),
            (Protocol::Tcp, FlowState::Closing) => return Packet::tcp(src, dst, TcpFlags::FIN | TcpFlags::ACK),
            (Protocol::Tcp, FlowState::Closed) => return Packet::tcp(src, dst, TcpFlags::ACK),
            _ => {}
        }
        match self.tuple.protocol {
            Protocol::Sctp if self.sent > 0 => {
                let chunk = if self.sent == 1 { SctpChunk::CookieEcho } else { SctpChunk::Data };
                Packet::sctp(self.tuple.src, self.tuple.dst, SctpChunk::ANSWERED, vec![chunk])
            }
            // What ping sends by itself.
            Protocol::Icmp | Protocol::Icmpv6 => {
                let echo = Packet::opening(self.tuple);
                Packet { length: echo.length + Self::ECHO_DATA, ..echo }
            }
            _ => Packet::opening(self.tuple),
        }
    }

    /// What the client learns of its connection.
    fn hear(&mut self, outcome: &Outcome) {
        match (self.state, outcome) {
            (FlowState::Opening, Outcome::Answered { .. }) => self.state = FlowState::Open,
            // Only the server's FIN is acknowledged: after a reset there is no socket (`tcp_reset`), and without an answer
            // nothing but the FIN goes out again.
            (FlowState::Closing, Outcome::Answered { .. }) => self.state = FlowState::Closed,
            // A reset ends a connection, while an ICMP error is but a hint to an open one (`tcp_reset`, `tcp_v4_err`).
            (FlowState::Open, Outcome::Refused { reply, .. } | Outcome::Rejected { reply, .. }) if reply.is_reset() => {
                self.state = FlowState::Opening;
            }
            _ => {}
        }
    }

    /// Bytes of data in an echo request (`DEFDATALEN` of iputils).
    const ECHO_DATA: u16 = 56;
}

impl Network {
    /// Sends the flow's next packet, lets the server answer, and brings the answer back.
    pub fn exchange<T: Tracer + Default>(&mut self, flow: &mut Flow, chance: &mut Chance, now: Seconds) -> Journey<T> {
        block_on(self.exchange_in_turns(flow, chance, now))
    }

    /// [`Self::exchange`], in turns.
    pub(super) async fn exchange_in_turns<T: Tracer + Default>(
        &mut self,
        flow: &mut Flow,
        chance: &mut Chance,
        now: Seconds,
    ) -> Journey<T> {
        let sent = flow.next_packet();
        flow.sent += 1;
        let mut carrier = Carrier::new(self, chance, now);
        let end = carrier.carry(&flow.from, sent.clone(), Way::Request).await;
        conclude(&mut carrier, flow, sent, end).await
    }

    /// Sends the flow's next packet twice at once: where both have to open a connection, the second overtakes the first
    /// on the node that they come to. The packets in the order in which they pass.
    pub(super) async fn exchange_at_once<T: Tracer + Default>(
        &mut self,
        flow: &mut Flow,
        chance: &mut Chance,
        now: Seconds,
    ) -> [Journey<T>; 2] {
        let packet = flow.next_packet();
        let mut carrier = Carrier::new(self, chance, now);
        let door = carrier.door(&flow.from, &packet).filter(|(node, _)| !carrier.network.is_down(*node));
        let Some((node, door)) = door else {
            let first = self.exchange_in_turns(flow, chance, now).await;
            return [first, self.exchange_in_turns(flow, chance, now).await];
        };
        flow.sent += 1;
        let mut rival = Rival { door, packet: packet.clone(), tracer: T::default(), passage: None };
        let door = rival.door.clone();
        let passage = carrier.pass(node, &door, None, packet.clone(), Way::Request, Some(&mut rival)).await;
        let Some(its_passage) = rival.passage else {
            let end = carrier.follow(node, passage, Way::Request).await;
            let first = conclude(&mut carrier, flow, packet, end).await;
            return [first, self.exchange_in_turns(flow, chance, now).await];
        };
        flow.sent += 1;
        let mut legs = std::mem::take(&mut carrier.legs);
        carrier.note(node, Way::Request, rival.tracer);
        // Both have changed the node's tables in one passage; the faster one is shown first.
        if let (Some(slower), Some(faster)) = (legs.last_mut(), carrier.legs.last_mut()) {
            std::mem::swap(&mut slower.before, &mut faster.before);
        }
        let end = carrier.follow(node, its_passage, Way::Request).await;
        let faster = conclude(&mut carrier, flow, packet.clone(), end).await;
        carrier.legs = legs;
        let end = carrier.follow(node, passage, Way::Request).await;
        [faster, conclude(&mut carrier, flow, packet, end).await]
    }

    /// Whether a process of the machine takes the packet, or its kernel in place of one. A segment of TCP goes to its
    /// connection, and none but a SYN to who listens (`__inet_lookup_skb`, `tcp_rcv_state_process`).
    fn take(&mut self, server: &Place, packet: &Packet, listens: bool) -> Result<(), Unserved> {
        let tuple = packet.tuple();
        match packet.transport {
            Transport::Tcp { flags, .. } if flags.contains(TcpFlags::SYN) && listens => {
                self.sockets.open(server, tuple);
                Ok(())
            }
            Transport::Tcp { flags, .. } if !flags.contains(TcpFlags::SYN) => {
                if !self.sockets.has(server, tuple) {
                    return Err(Unserved::NoSuchConnection);
                }
                // The last acknowledgement.
                if flags == TcpFlags::ACK {
                    self.sockets.close(server, tuple);
                }
                Ok(())
            }
            Transport::Icmp(_) => Ok(()),
            _ if listens => Ok(()),
            _ => Err(Unserved::NobodyListens),
        }
    }

    fn listens(&self, place: &Place, protocol: Protocol, address: IpAddr, port: u16) -> bool {
        match place {
            // Nothing that was copied says who listens.
            _ if self.is_copied() => true,
            Place::Pod(pod) => self.pods.get(pod).is_some_and(|pod| pod.listens.contains(&(protocol, port))),
            // A process of a node listens on all addresses that the node has.
            Place::Process(node) => {
                let of_node = self.node_by_address.iter().filter(|(_, owner)| *owner == node).map(|(own, _)| *own);
                of_node.chain([address]).any(|own| self.processes.contains(&(own, protocol, port)))
            }
            Place::Outside => self.processes.contains(&(address, protocol, port)),
            Place::Behind(_) => false,
        }
    }
}

/// What came of a packet that was carried: where it arrived, the server answers.
async fn conclude<T: Tracer + Default>(
    carrier: &mut Carrier<'_, T>,
    flow: &mut Flow,
    sent: Packet,
    end: End,
) -> Journey<T> {
    let outcome = match end {
        End::Arrived(arrival) => serve(carrier, flow, arrival).await,
        End::Dropped { node, answer: Some(answer) } => Outcome::Rejected { by: node, reply: answer.packet },
        End::Dropped { node, answer: None } => Outcome::Dropped { by: node },
        End::NoRoute(place) => Outcome::NoRoute { place, way: Way::Request },
        End::NodeDown(node) => Outcome::NodeDown { node },
        End::Looped => Outcome::Looped,
    };
    flow.hear(&outcome);
    Journey { sent, at: carrier.now, legs: std::mem::take(&mut carrier.legs), outcome }
}

/// The server answers, and the answer goes home.
async fn serve<T: Tracer + Default>(carrier: &mut Carrier<'_, T>, flow: &Flow, arrival: Arrival) -> Outcome {
    let Arrival { place: server, packet: request } = arrival;
    let tuple = request.tuple();
    let is_known = carrier.network.listens(&server, tuple.protocol, request.dst, tuple.dst.port);
    // Of the machines out there only those are known that are endpoints.
    if server == Place::Outside && !is_known {
        return Outcome::Unknown { address: request.dst };
    }
    let taken = carrier.network.take(&server, &request, is_known);
    if taken.is_ok() && matches!(request.transport, Transport::Tcp { flags, .. } if flags == TcpFlags::ACK) {
        return Outcome::Delivered { server, request };
    }
    let reply = if taken.is_ok() { answer(&request) } else { request.refusal() };
    let Some(reply) = reply else {
        return Outcome::Dropped { by: "server".into() };
    };
    match carrier.carry(&server, reply, Way::Reply).await {
        End::Arrived(home) if !home.place.may_be(&flow.from) => Outcome::ReplyLost { by: "network".into() },
        End::Arrived(Arrival { packet: reply, .. }) if let Err(because) = taken => {
            Outcome::Refused { by: server, reply, because }
        }
        End::Arrived(Arrival { packet: reply, .. }) if reply.tuple() == flow.tuple.inverse() => {
            Outcome::Answered { server, request, reply }
        }
        End::Arrived(Arrival { packet: reply, .. }) => {
            Outcome::Mismatched { expected: flow.tuple.inverse().to_string(), reply }
        }
        End::Dropped { node, .. } | End::NodeDown(node) => Outcome::ReplyLost { by: node },
        End::NoRoute(place) => Outcome::NoRoute { place, way: Way::Reply },
        End::Looped => Outcome::Looped,
    }
}

/// What comes back of a packet that is taken.
fn answer(request: &Packet) -> Option<Packet> {
    let back = request.tuple().inverse();
    match &request.transport {
        Transport::Tcp { flags, .. } if flags.contains(TcpFlags::SYN) => {
            Some(Packet::tcp(back.src, back.dst, TcpFlags::SYN | TcpFlags::ACK))
        }
        Transport::Tcp { flags, .. } if flags.contains(TcpFlags::FIN) => {
            Some(Packet::tcp(back.src, back.dst, TcpFlags::FIN | TcpFlags::ACK))
        }
        Transport::Tcp { .. } => Some(Packet::tcp(back.src, back.dst, TcpFlags::PSH | TcpFlags::ACK)),
        Transport::Udp { .. } => Some(Packet::opening(back)),
        Transport::Sctp { chunks, .. } => Some(Packet::sctp(back.src, back.dst, SctpChunk::ASKED, reply_to(chunks))),
        Transport::Icmp(_) | Transport::Other(_) => request.refusal(),
    }
}

/// What a server sends back for the chunks of an association's client.
fn reply_to(chunks: &[SctpChunk]) -> Vec<SctpChunk> {
    let reply = |chunk: &SctpChunk| match chunk {
        SctpChunk::Init { .. } => SctpChunk::InitAck { tag: SctpChunk::ANSWERED },
        SctpChunk::CookieEcho => SctpChunk::CookieAck,
        _ => SctpChunk::Sack,
    };
    chunks.iter().map(reply).collect()
}
