//! How a packet goes to its real server: `ip_vs_xmit.c` (Linux 6.1).

use std::net::IpAddr;
use std::sync::Arc;

use super::connection::{Connection, Connections, Kind};
use super::destination::{Encapsulation, Forwarding, TunnelChecksum};
use super::lookup::Function;
use super::state::Side;
use super::tracking::{settle_conntrack, untrack};
use crate::net::{Endpoint, Family, Packet, Protocol, Transport, Tuple};
use crate::netfilter::conntrack::Confirmed;
use crate::netfilter::routing::DeviceKind;
use crate::netfilter::{Context, Hook, IpvsHandled, IpvsMethod, IpvsRequest, Manip, RejectWith, Verdict, nat};
use crate::trace::{Cost, Event, Origin, Route, Tracer};

/// What the node does with the packet after a function of IPVS.
///
/// The steps are reported already, the verdict among them unless it is Accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// On to the next function at this hook; headers may have been rewritten.
    Accept,
    Drop,
    /// Dropped, and its sender gets this answer.
    Unreachable(RejectWith),
    /// Dropped, since no hops were left; its sender gets ICMP time exceeded in transit.
    TtlExceeded,
    /// IPVS sends the packet on itself: the functions left at this hook are not run.
    Stolen(Forward),
}

/// How to send what IPVS has stolen: the node runs LOCAL_OUT from its first function on (those of IPVS
/// return at once, since it has handled the packet), then POSTROUTING, then the device. The addresses, the hops
/// left and `skb.output` are in place; the route must not be looked up again from the destination,
/// which with direct routing still is the virtual one, unless a rule changes the packet's mark or destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    pub device: Arc<str>,
    /// The neighbour that gets the packet.
    pub next_hop: IpAddr,
    /// In a tunnel, the client's packet; `skb.packet` is the one around it.
    pub inside: Option<Box<Packet>>,
}

/// The way to a real server, checked.
enum Way {
    Local,
    Remote { device: Arc<str>, next_hop: IpAddr },
}

/// Sends the client's packet, or an ICMP error for the real server, on (`cp->packet_xmit`, `ip_vs_icmp_xmit`).
pub(super) fn transmit<T: Tracer>(
    connections: &Connections,
    ctx: &mut Context<'_, T>,
    connection: &Connection,
    function: Function,
) -> Outcome {
    let handled = request_on(connections, connection);
    if connection.forwarding == Forwarding::Local {
        ctx.skb.ipvs = handled;
        return send(ctx, connection, Way::Local, function);
    }
    let way = match find_way(ctx, connection, function) {
        Ok(way) => way,
        Err(outcome) => return refuse(ctx, outcome, function),
    };
    match connection.forwarding {
        Forwarding::Masquerade => {
            if matches!(way, Way::Local) && connection.real.address.is_loopback() && came_from_outside(ctx) {
                return refuse(ctx, Outcome::Drop, function);
            }
            let real = connection.real;
            nat::rewrite(ctx, Manip::Destination, real, || origin_of(connection));
            ctx.skb.ipvs = handled;
            settle_conntrack(ctx, connection, Side::Client);
            finish(ctx, way, None, function)
        }
        Forwarding::Tunnel(encapsulation) if matches!(way, Way::Remote { .. }) => {
            ctx.skb.ipvs = handled;
            encapsulate(ctx, connection, encapsulation, way, function)
        }
        Forwarding::Route | Forwarding::Tunnel(_) | Forwarding::Local => {
            ctx.skb.ipvs = handled;
            send(ctx, connection, way, function)
        }
    }
}

/// The mark on a packet that this connection sends on.
fn request_on(connections: &Connections, connection: &Connection) -> IpvsHandled {
    if connection.kind == Kind::OnePacket {
        return IpvsHandled::Unlisted;
    }
    let Connection { protocol, client, virtual_end, control, .. } = *connection;
    IpvsHandled::Request(IpvsRequest {
        tuple: Tuple { protocol, src: client, dst: connection.reply_source() },
        virtual_end,
        control_port: control.and_then(|id| connections.get(id)).map(|template| template.virtual_end.port),
        method: match connection.forwarding {
            Forwarding::Route => Some(IpvsMethod::Gate),
            Forwarding::Tunnel(_) => Some(IpvsMethod::Ipip),
            Forwarding::Masquerade => Some(IpvsMethod::Masq),
            Forwarding::Local => None,
        },
    })
}

pub(super) fn origin_of(connection: &Connection) -> Origin {
    Origin::VirtualService(format!("{} {}", connection.virtual_end, connection.protocol).into())
}

/// Without any rewrite (`ip_vs_send_or_cont`).
fn send<T: Tracer>(ctx: &mut Context<'_, T>, connection: &Connection, way: Way, function: Function) -> Outcome {
    if !connection.conntrack {
        untrack(ctx);
    }
    finish(ctx, way, None, function)
}

/// `__ip_vs_get_out_rt` and its twin for IPv6.
fn find_way<T: Tracer>(ctx: &mut Context<'_, T>, connection: &Connection, function: Function) -> Result<Way, Outcome> {
    let to = connection.real.address;
    let was_local = ctx.hook == Hook::Input || ctx.stack.routing.is_local(ctx.skb.packet.dst);
    let route = ctx.stack.routing.lookup(to);
    ctx.step(Cost::NONE, || (Event::Routed(route.clone()), Origin::Routing));
    let masquerade = connection.forwarding == Forwarding::Masquerade;
    match route {
        Route::Local { .. } => {
            // ICMP errors at FORWARD cannot turn back to a local real server.
            let allowed = if masquerade { function != Function::ForwardIcmp } else { was_local };
            if allowed { Ok(Way::Local) } else { Err(Outcome::Drop) }
        }
        Route::Unreachable | Route::Blackhole | Route::Refused(_) => {
            Err(Outcome::Unreachable(RejectWith::AddressUnreachable))
        }
        Route::Via { device, gateway } => {
            if ctx.skb.packet.src.is_loopback() {
                return Err(Outcome::Drop);
            }
            if ctx.skb.packet.ttl <= 1 {
                return Err(Outcome::TtlExceeded);
            }
            ctx.skb.packet.ttl -= 1;
            Ok(Way::Remote { device, next_hop: gateway.unwrap_or(to) })
        }
    }
}

fn came_from_outside<T: Tracer>(ctx: &Context<'_, T>) -> bool {
    ctx.skb
        .input
        .as_deref()
        .is_some_and(|input| ctx.stack.routing.device(input).is_none_or(|device| device.kind != DeviceKind::Loopback))
}

fn refuse<T: Tracer>(ctx: &mut Context<'_, T>, outcome: Outcome, function: Function) -> Outcome {
    let verdict = match outcome {
        Outcome::Unreachable(answer) => Verdict::Reject(answer),
        _ => Verdict::Drop,
    };
    let origin = function.origin(ctx.hook);
    ctx.step(Cost::NONE, || (Event::Verdict(verdict), origin));
    outcome
}

fn finish<T: Tracer>(ctx: &mut Context<'_, T>, way: Way, inside: Option<Box<Packet>>, function: Function) -> Outcome {
    match way {
        Way::Local => Outcome::Accept,
        Way::Remote { device, next_hop } => {
            ctx.skb.output = Some(device.clone());
            let origin = function.origin(ctx.hook);
            ctx.step(Cost::NONE, || (Event::Stolen { by: "IPVS" }, origin));
            Outcome::Stolen(Forward { device, next_hop, inside })
        }
    }
}

/// Puts the packet into another one to the real server (`ip_vs_tunnel_xmit`).
fn encapsulate<T: Tracer>(
    ctx: &mut Context<'_, T>,
    connection: &Connection,
    encapsulation: Encapsulation,
    way: Way,
    function: Function,
) -> Outcome {
    let real = connection.real.address;
    let Some(source) = ctx.stack.routing.source_for(real) else {
        return refuse(ctx, Outcome::Unreachable(RejectWith::AddressUnreachable), function);
    };
    // The client's packet ends its way through conntrack here; the one around it is not tracked with it.
    if connection.conntrack
        && let Some(link) = ctx.skb.connection
    {
        let unconfirmed = ctx.stack.conntrack.get(link.id).is_some_and(|entry| !entry.status.confirmed);
        if ctx.stack.conntrack.confirm(link, ctx.now) == Confirmed::Refused {
            return refuse(ctx, Outcome::Drop, function);
        }
        if unconfirmed {
            let confirmed = Event::ConnectionConfirmed { connection: link.id };
            ctx.step(Cost::OPENING, || (confirmed, Origin::Connection(link.id)));
        }
    }
    ctx.stack.conntrack.release(ctx.skb);
    ctx.skb.connection = None;
    ctx.skb.untracked = false;
    let inside = ctx.skb.packet.clone();
    let (transport, header) = outer_transport(ctx, encapsulation, inside.family());
    let mut outer = Packet::new(source, real, transport, header.saturating_add(inside.length));
    outer.ttl = inside.ttl;
    outer.tos = inside.tos;
    ctx.skb.packet = outer;
    finish(ctx, way, Some(Box::new(inside)), function)
}

/// The header between the two IP headers, with its length.
fn outer_transport<T: Tracer>(
    ctx: &mut Context<'_, T>,
    encapsulation: Encapsulation,
    inside: Family,
) -> (Transport, u16) {
    const GRE: u8 = 47;
    const IPIP: u8 = 4;
    const IPV6: u8 = 41;
    /// The source port is a hash of the flow, within the range of local ports.
    const LOCAL_PORTS: (u16, u32) = (32768, 28232);
    match encapsulation {
        Encapsulation::Ipip => {
            let protocol = if inside == Family::V4 { IPIP } else { IPV6 };
            (Transport::Other(Protocol::Other(protocol)), 0)
        }
        Encapsulation::Gue { port, .. } => {
            let offset = u16::try_from(ctx.chance.arbitrary(LOCAL_PORTS.1)).unwrap_or(0);
            (Transport::Udp { sport: LOCAL_PORTS.0 + offset, dport: port }, 12)
        }
        Encapsulation::Gre { checksum: TunnelChecksum::None } => (Transport::Other(Protocol::Other(GRE)), 4),
        Encapsulation::Gre { .. } => (Transport::Other(Protocol::Other(GRE)), 8),
    }
}

/// A packet of the real server gets the virtual service's address (`handle_response`).
pub(super) fn answer<T: Tracer>(ctx: &mut Context<'_, T>, connection: &Connection) -> Outcome {
    if connection.forwarding == Forwarding::Masquerade {
        let virtual_end: Endpoint = connection.virtual_end;
        nat::rewrite(ctx, Manip::Source, virtual_end, || origin_of(connection));
    }
    ctx.skb.ipvs = IpvsHandled::Unlisted;
    settle_conntrack(ctx, connection, Side::Server);
    Outcome::Accept
}
