//! Look-ups in the hash tables. Each probe is a step of its own, in the kernel's order.

use super::connection::{Connection, ConnectionId};
use super::control::{FTP_PORT, Ipvs};
use super::service::{ServiceKey, VirtualService};
use crate::net::{Endpoint, Protocol, Tuple};
use crate::netfilter::{Context, Hook, priority};
use crate::trace::{Cost, Event, Index, Origin, Structure, Tracer};

/// The function of IPVS that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Request,
    Reply,
    ForwardIcmp,
}

impl Function {
    /// Where the kernel registered it (`ip_vs_ops4`).
    pub const fn origin(self, hook: Hook) -> Origin {
        let priority = match (self, hook) {
            (Self::ForwardIcmp, _) => priority::IPVS_FORWARD_ICMP,
            (Self::Request, Hook::Output) => priority::IPVS_LOCAL_OUT_REQUEST,
            (Self::Request, _) => priority::IPVS_LOCAL_IN_REQUEST,
            (Self::Reply, Hook::Output) => priority::IPVS_LOCAL_OUT_REPLY,
            (Self::Reply, Hook::Forward) => priority::IPVS_FORWARD_REPLY,
            (Self::Reply, _) => priority::IPVS_LOCAL_IN_REPLY,
        };
        Origin::Hook { hook, priority }
    }
}

const FTP_DATA_PORT: u16 = 20;
/// `ip_unprivileged_port_start`.
const FIRST_UNPRIVILEGED_PORT: u16 = 1024;

/// The connection of a client's packet, whose tuple is `tuple`.
pub(super) fn request_connection<T: Tracer>(
    ipvs: &Ipvs,
    ctx: &mut Context<'_, T>,
    function: Function,
    tuple: &Tuple,
) -> Option<ConnectionId> {
    let found = ipvs.connections.find_request(tuple.protocol, tuple.src, tuple.dst);
    report_connection(ctx, function, tuple, found);
    found.map(|connection| connection.id)
}

/// The connection of a real server's packet, whose tuple is `tuple`.
pub(super) fn reply_connection<T: Tracer>(
    ipvs: &Ipvs,
    ctx: &mut Context<'_, T>,
    function: Function,
    tuple: &Tuple,
) -> Option<ConnectionId> {
    let found = ipvs.connections.find_reply(tuple.protocol, tuple.src, tuple.dst);
    report_connection(ctx, function, tuple, found);
    found.map(|connection| connection.id)
}

/// The template for a client's network.
pub(super) fn template<T: Tracer>(
    ipvs: &Ipvs,
    ctx: &mut Context<'_, T>,
    protocol: Protocol,
    network: Endpoint,
    virtual_end: Endpoint,
) -> Option<ConnectionId> {
    let found = ipvs.connections.find_template(protocol, network, virtual_end);
    report_connection(ctx, Function::Request, &Tuple { protocol, src: network, dst: virtual_end }, found);
    found.map(|connection| connection.id)
}

fn report_connection<T: Tracer>(ctx: &mut Context<'_, T>, function: Function, key: &Tuple, found: Option<&Connection>) {
    let origin = function.origin(ctx.hook);
    ctx.step(Cost::PROBE, || {
        let found = found.map(|connection| format!("{} → {}", connection.virtual_end, connection.real));
        (looked_up(Structure::IpvsConnections, "ip_vs_conn_tab", key.to_string(), found), origin)
    });
}

/// The virtual service of a packet: by its mark, by its address and port, by its address alone
/// (`ip_vs_service_find`).
pub(super) fn service<T: Tracer>(ipvs: &Ipvs, ctx: &mut Context<'_, T>, tuple: &Tuple) -> Option<ServiceKey> {
    let address_key =
        |port| ServiceKey::Address { protocol: tuple.protocol, address: Endpoint::new(tuple.dst.address, port) };
    if let Ok(mark) = ctx.skb.mark.try_into()
        && let Some(found) = probe(ipvs, ctx, ServiceKey::Mark { family: tuple.family(), mark })
    {
        return Some(found.key);
    }
    if let Some(found) = probe(ipvs, ctx, address_key(tuple.dst.port)) {
        return Some(found.key);
    }
    let may_be_ftp_data = tuple.protocol == Protocol::Tcp
        && ipvs.counters.ftp > 0
        && (tuple.dst.port == FTP_DATA_PORT || tuple.dst.port >= FIRST_UNPRIVILEGED_PORT);
    if may_be_ftp_data && let Some(found) = probe(ipvs, ctx, address_key(FTP_PORT)) {
        return Some(found.key);
    }
    if ipvs.counters.any_port > 0 {
        return probe(ipvs, ctx, address_key(0)).map(|found| found.key);
    }
    None
}

fn probe<'a, T: Tracer>(ipvs: &'a Ipvs, ctx: &mut Context<'_, T>, key: ServiceKey) -> Option<&'a VirtualService> {
    let found = ipvs.service(&key);
    let origin = Function::Request.origin(ctx.hook);
    ctx.step(Cost::PROBE, || {
        let name = match key {
            ServiceKey::Address { .. } => "ip_vs_svc_table",
            ServiceKey::Mark { .. } => "ip_vs_svc_fwm_table",
        };
        let found = found.map(|service| service.config.scheduler.to_string());
        (looked_up(Structure::IpvsServices, name, key.to_string(), found), origin)
    });
    found
}

/// Both tables are of hashes (`ip_vs_svc_hashkey`, `ip_vs_conn_hashkey`).
fn looked_up(structure: Structure, name: &str, key: String, found: Option<String>) -> Event {
    Event::LookedUp { structure, index: Index::Hash, name: name.into(), key, found, drawn: None }
}
