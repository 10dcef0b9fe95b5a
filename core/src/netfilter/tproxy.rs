//! Sockets of this node that take packets to anyone.

use std::net::IpAddr;

use super::{Context, NobodyKnows};
use crate::net::{Endpoint, Family};
use crate::trace::{Cost, Event, Origin, Tracer};

/// Whom a rule that asks for a transparent proxy finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// The proxy at this port gets the packet.
    At(u16),
    /// No socket listens there, or only one that takes no foreign addresses.
    Nobody,
    /// Nobody has said which sockets the node has.
    Unknown,
}

/// Looks for the proxy at an address, without one at the node's own, and at a port, without one at the packet's
/// (`nf_tproxy_get_sock_v4`).
pub fn find<T: Tracer>(ctx: &Context<'_, T>, address: Option<IpAddr>, port: Option<u16>) -> Proxy {
    let packet = &ctx.skb.packet;
    let (protocol, original) = (packet.protocol(), packet.tuple().dst);
    let given = address.filter(|address| !address.is_unspecified());
    let address = given.or_else(|| own_address(ctx)).unwrap_or(original.address);
    let port = port.unwrap_or(original.port);
    match ctx.stack.listener(protocol, Endpoint::new(address, port)) {
        Ok(Some(listener)) if listener.transparent => Proxy::At(port),
        Ok(_) => Proxy::Nobody,
        Err(NobodyKnows) => Proxy::Unknown,
    }
}

/// Says that the proxy at a port has the packet (`nf_tproxy_assign_sock`).
pub fn assign<T: Tracer>(ctx: &mut Context<'_, T>, port: u16, origin: impl FnOnce() -> Origin) {
    ctx.step(Cost::NONE, || (Event::AssignedTo { socket: format!("the transparent proxy at port {port}") }, origin()));
}

/// `nf_tproxy_laddr4`, `nf_tproxy_laddr6`: the first address of the device that the packet came in by.
fn own_address<T: Tracer>(ctx: &Context<'_, T>) -> Option<IpAddr> {
    let device = ctx.stack.routing.device(ctx.skb.input.as_deref()?)?;
    let family = ctx.skb.packet.family();
    device.addresses.iter().map(ipnet::IpNet::addr).find(|address| Family::of(*address) == family)
}
