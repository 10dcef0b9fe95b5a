//! ICMP errors about connections of IPVS: `ip_vs_in_icmp`, `ip_vs_out_icmp` and their twins for IPv6.

use super::control::Ipvs;
use super::hooks::count;
use super::lookup::{self, Function};
use super::statistics::Counted;
use super::transmit::{self, Outcome};
use crate::net::{Icmp, Protocol, Transport, Tuple};
use crate::netfilter::Context;
use crate::trace::Tracer;

/// What became of an ICMP packet; none if it is to be treated as any other packet.
pub(super) fn request<T: Tracer>(ipvs: &mut Ipvs, ctx: &mut Context<'_, T>, function: Function) -> Option<Outcome> {
    let Some(cause) = cause_of_error(ctx)? else {
        return Some(Outcome::Accept);
    };
    // The error is about a packet that went to the client, so that its ends are the other way round.
    let found = lookup::request_connection(ipvs, ctx, function, &cause.inverse());
    if let Some(id) = found {
        count(ipvs, id, Counted::In(ctx.skb.packet.length));
    }
    let connection = found.and_then(|id| ipvs.connections.get(id));
    Some(
        connection
            .map_or(Outcome::Accept, |connection| transmit::transmit(&ipvs.connections, ctx, connection, function)),
    )
}

/// As [`request`], for errors about packets to the real server.
pub(super) fn reply<T: Tracer>(ipvs: &mut Ipvs, ctx: &mut Context<'_, T>) -> Option<Outcome> {
    let Some(cause) = cause_of_error(ctx)? else {
        return Some(Outcome::Accept);
    };
    let found = lookup::reply_connection(ipvs, ctx, Function::Reply, &cause.inverse());
    if let Some(id) = found {
        count(ipvs, id, Counted::Out(ctx.skb.packet.length));
    }
    let connection = found.and_then(|id| ipvs.connections.get(id));
    Some(connection.map_or(Outcome::Accept, |connection| transmit::answer(ctx, connection)))
}

/// The outer none: not an ICMP error. The inner: an error about nothing that IPVS knows.
fn cause_of_error<T: Tracer>(ctx: &Context<'_, T>) -> Option<Option<Tuple>> {
    let Transport::Icmp(icmp) = &ctx.skb.packet.transport else {
        return None;
    };
    if !is_error(icmp, ctx.skb.packet.protocol()) {
        return None;
    }
    let cause = icmp.cause.as_deref().map(crate::net::Packet::tuple);
    Some(cause.filter(|cause| matches!(cause.protocol, Protocol::Tcp | Protocol::Udp | Protocol::Sctp)))
}

const fn is_error(icmp: &Icmp, protocol: Protocol) -> bool {
    match protocol {
        // Destination unreachable, source quench, time exceeded.
        Protocol::Icmp => matches!(icmp.kind, 3 | 4 | 11),
        _ => icmp.kind < 128,
    }
}
