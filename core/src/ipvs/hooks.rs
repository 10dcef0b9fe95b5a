//! The functions at the hooks: `ip_vs_in_hook`, `ip_vs_out_hook`, `ip_vs_forward_icmp` of `ip_vs_core.c`.

use super::connection::ConnectionId;
use super::control::Ipvs;
use super::destination::Forwarding;
use super::lookup::{self, Function};
use super::state::{Side, State, TcpState};
use super::statistics::Counted;
use super::transmit::{self, Outcome};
use super::{icmp, scheduling};
use crate::net::{Protocol, TcpFlags, Transport, Tuple};
use crate::netfilter::{Context, IpvsHandled, RejectWith, Verdict};
use crate::trace::{Cost, Event, Tracer};

/// Packets of clients, at LOCAL_IN 99 and LOCAL_OUT -98.
pub fn request<T: Tracer>(ipvs: &mut Ipvs, ctx: &mut Context<'_, T>) -> Outcome {
    if ctx.skb.ipvs != IpvsHandled::No || !ipvs.is_hooked(ctx.skb.packet.family()) {
        return Outcome::Accept;
    }
    ipvs.advance(ctx.now, &mut ctx.stack.conntrack);
    if let Some(outcome) = icmp::request(ipvs, ctx, Function::Request) {
        return outcome;
    }
    let outcome = match balanced(ctx) {
        Some(tuple) => balance(ipvs, ctx, &tuple),
        None => Outcome::Accept,
    };
    // A connection that the packet ended or replaced still counted until here; its timer is due now.
    ipvs.expire_connections(ctx.now, &mut ctx.stack.conntrack);
    outcome
}

fn balance<T: Tracer>(ipvs: &mut Ipvs, ctx: &mut Context<'_, T>, tuple: &Tuple) -> Outcome {
    let known = lookup::request_connection(ipvs, ctx, Function::Request, tuple);
    let known = match known.map_or(Usable::No, |id| usable(ipvs, ctx, id)) {
        Usable::Yes(id) => Some(id),
        Usable::No => None,
        Usable::Drop => {
            let origin = Function::Request.origin(ctx.hook);
            ctx.step(Cost::NONE, || (Event::Verdict(Verdict::Drop), origin));
            return Outcome::Drop;
        }
    };
    let id = match known {
        Some(id) => id,
        None => match scheduling::schedule(ipvs, ctx, tuple) {
            Ok(id) => id,
            Err(outcome) => return outcome,
        },
    };
    count(ipvs, id, Counted::In(ctx.skb.packet.length));
    ipvs.set_state(id, Side::Client, &ctx.skb.packet.transport);
    if let Some(connection) = ipvs.connections.get_mut(id) {
        connection.packets_in += 1;
    }
    let outcome = match ipvs.connections.get(id) {
        Some(connection) => transmit::transmit(&ipvs.connections, ctx, connection, Function::Request),
        None => Outcome::Accept,
    };
    ipvs.put(id, ctx.now, &mut ctx.stack.conntrack);
    outcome
}

/// Packets of real servers, at LOCAL_IN 98, LOCAL_OUT -99 and FORWARD 100.
pub fn reply<T: Tracer>(ipvs: &mut Ipvs, ctx: &mut Context<'_, T>) -> Outcome {
    if ctx.skb.ipvs != IpvsHandled::No || !ipvs.is_hooked(ctx.skb.packet.family()) {
        return Outcome::Accept;
    }
    ipvs.advance(ctx.now, &mut ctx.stack.conntrack);
    if let Some(outcome) = icmp::reply(ipvs, ctx) {
        return outcome;
    }
    let Some(tuple) = balanced(ctx) else {
        return Outcome::Accept;
    };
    if let Some(id) = lookup::reply_connection(ipvs, ctx, Function::Reply, &tuple) {
        let outcome = match ipvs.connections.get(id) {
            Some(connection) => transmit::answer(ctx, connection),
            None => Outcome::Accept,
        };
        count(ipvs, id, Counted::Out(ctx.skb.packet.length));
        ipvs.set_state(id, Side::Server, &ctx.skb.packet.transport);
        ipvs.put(id, ctx.now, &mut ctx.stack.conntrack);
        return outcome;
    }
    if ipvs.sysctls.nat_icmp_send && is_orphan_of_real_server(ipvs, ctx, &tuple) {
        let answer = RejectWith::PortUnreachable;
        let origin = Function::Reply.origin(ctx.hook);
        ctx.step(Cost::NONE, || (Event::Verdict(Verdict::Reject(answer)), origin));
        return Outcome::Unreachable(answer);
    }
    Outcome::Accept
}

/// Counts a packet of a connection at its real server.
pub(super) fn count(ipvs: &mut Ipvs, id: ConnectionId, counted: Counted) {
    if let Some(destination) = ipvs.connections.get(id).map(|connection| connection.destination) {
        ipvs.count(destination, counted);
    }
}

/// ICMP errors that a router on the client's side sends to an address that this node only forwards
/// for, at FORWARD 99.
pub fn forward_icmp<T: Tracer>(ipvs: &mut Ipvs, ctx: &mut Context<'_, T>) -> Outcome {
    if !ipvs.is_hooked(ctx.skb.packet.family()) {
        return Outcome::Accept;
    }
    ipvs.advance(ctx.now, &mut ctx.stack.conntrack);
    icmp::request(ipvs, ctx, Function::ForwardIcmp).unwrap_or(Outcome::Accept)
}

/// The ends of a packet of a protocol that IPVS balances.
fn balanced<T: Tracer>(ctx: &Context<'_, T>) -> Option<Tuple> {
    ctx.skb.packet.protocol().has_ports().then(|| ctx.skb.packet.tuple())
}

/// Whether a connection that was found is the one to go on with.
enum Usable {
    Yes(ConnectionId),
    /// As if it had not been found.
    No,
    Drop,
}

fn usable<T: Tracer>(ipvs: &mut Ipvs, ctx: &Context<'_, T>, id: ConnectionId) -> Usable {
    let Some(connection) = ipvs.connections.get(id) else {
        return Usable::No;
    };
    let Some(destination) = ipvs.destination(connection.destination) else {
        return Usable::No;
    };
    let sysctls = ipvs.sysctls;
    let begins_anew = matches!(&ctx.skb.packet.transport, Transport::Tcp { flags, .. } if flags.contains(TcpFlags::SYN))
        && (sysctls.expire_nodest_conn && destination.config.weight == 0
            || sysctls.conn_reuse_mode != 0
                && connection.control.is_none()
                && has_ended(connection.state, connection.no_output && sysctls.conn_reuse_mode & 2 != 0));
    if !begins_anew && destination.available {
        return Usable::Yes(id);
    }
    if !begins_anew && !sysctls.expire_nodest_conn {
        return Usable::Drop;
    }
    // A conntrack entry that still stands for the old connection has to go first: the packet is
    // dropped, the client tries again.
    let old_conntrack = ctx.connection().is_some_and(|entry| entry.status.confirmed);
    if let Some(connection) = ipvs.connections.get_mut(id) {
        connection.conntrack &= old_conntrack;
    }
    ipvs.connections.set_timer(id, ctx.now);
    if old_conntrack { Usable::Drop } else { Usable::No }
}

/// `is_new_conn_expected`.
const fn has_ended(state: State, fin_wait_counts: bool) -> bool {
    match state {
        State::Tcp(TcpState::TimeWait | TcpState::Close) => true,
        State::Tcp(TcpState::FinWait) => fin_wait_counts,
        _ => false,
    }
}

/// A packet of a NAT real server that belongs to no connection, except a reset.
fn is_orphan_of_real_server<T: Tracer>(ipvs: &Ipvs, ctx: &Context<'_, T>, tuple: &Tuple) -> bool {
    let reset = matches!(&ctx.skb.packet.transport, Transport::Tcp { flags, .. } if flags.contains(TcpFlags::RST));
    let serves = |protocol: Protocol| {
        ipvs.services().flat_map(|service| ipvs.destinations_of(service)).any(|destination| {
            destination.config.real == tuple.src
                && destination.config.forwarding == Forwarding::Masquerade
                && match destination.service {
                    super::ServiceKey::Address { protocol: served, .. } => served == protocol,
                    super::ServiceKey::Mark { .. } => true,
                }
        })
    };
    !reset && serves(tuple.protocol)
}
