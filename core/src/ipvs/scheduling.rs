//! New connections: `ip_vs_schedule`, `ip_vs_sched_persist` and `ip_vs_leave` of `ip_vs_core.c`.

use std::net::{IpAddr, Ipv4Addr};

use super::connection::{ConnectionId, Kind};
use super::control::{FTP_PORT, Ipvs};
use super::destination::DestinationId;
use super::hooks::count;
use super::lookup::{self, Function};
use super::schedulers::{Pool, Request};
use super::service::{Persistence, ServiceConfig, ServiceKey};
use super::statistics::Counted;
use super::tracking::Binding;
use super::transmit::Outcome;
use crate::net::{Endpoint, Protocol, TcpFlags, Transport, Tuple};
use crate::netfilter::routing::DeviceKind;
use crate::netfilter::{Context, RejectWith, Verdict};
use crate::trace::{Backend, Cost, Event, Origin, Tracer};

const FTP_DATA_PORT: u16 = 20;

/// Makes a connection for a packet that has none; the other way out is what to do with the packet.
pub(super) fn schedule<T: Tracer>(
    ipvs: &mut Ipvs,
    ctx: &mut Context<'_, T>,
    tuple: &Tuple,
) -> Result<ConnectionId, Outcome> {
    // `tcp_conn_schedule`; SCTP packets of the model have no chunks and pass as INIT.
    if let Transport::Tcp { flags, .. } = &ctx.skb.packet.transport
        && (flags.contains(TcpFlags::RST) || !(ipvs.sysctls.sloppy_tcp || flags.contains(TcpFlags::SYN)))
    {
        return Err(Outcome::Accept);
    }
    let key = lookup::service(ipvs, ctx, tuple).ok_or(Outcome::Accept)?;
    if tuple.src.port == FTP_DATA_PORT {
        return Err(Outcome::Accept);
    }
    if is_from_this_node(ctx) && lookup::request_connection(ipvs, ctx, Function::Request, &tuple.inverse()).is_some() {
        return Err(Outcome::Accept);
    }
    let config = ipvs.service(&key).ok_or(Outcome::Accept)?.config;
    let made = match config.persistence {
        Some(persistence) => schedule_persistent(ipvs, ctx, tuple, key, &config, persistence),
        None => schedule_ordinary(ipvs, ctx, tuple, key, &config),
    };
    let id = made.ok_or_else(|| leave(ctx, key, tuple))?;
    count(ipvs, id, Counted::Connection);
    Ok(id)
}

/// Sent by a local process, or through the loopback device.
fn is_from_this_node<T: Tracer>(ctx: &Context<'_, T>) -> bool {
    ctx.skb
        .input
        .as_deref()
        .is_none_or(|input| ctx.stack.routing.device(input).is_some_and(|device| device.kind == DeviceKind::Loopback))
}

fn kind_of(config: &ServiceConfig, protocol: Protocol) -> Kind {
    if config.one_packet && protocol == Protocol::Udp { Kind::OnePacket } else { Kind::Ordinary }
}

fn schedule_ordinary<T: Tracer>(
    ipvs: &mut Ipvs,
    ctx: &mut Context<'_, T>,
    tuple: &Tuple,
    key: ServiceKey,
    config: &ServiceConfig,
) -> Option<ConnectionId> {
    // A service for every port takes no connections unless it is persistent.
    if matches!(key, ServiceKey::Address { .. }) && tuple.dst.port != key.port() {
        return None;
    }
    let destination = choose(ipvs, ctx, tuple, key, config)?;
    let real = ipvs.destination(destination)?.config.real;
    let real = if real.port == 0 { Endpoint::new(real.address, tuple.dst.port) } else { real };
    report_choice(ctx, key, real, Backend::Scheduler(config.scheduler.name()));
    let kind = kind_of(config, tuple.protocol);
    let binding =
        Binding { protocol: tuple.protocol, client: tuple.src, virtual_end: tuple.dst, real, destination, kind };
    ipvs.connect(binding, ctx.now)
}

fn schedule_persistent<T: Tracer>(
    ipvs: &mut Ipvs,
    ctx: &mut Context<'_, T>,
    tuple: &Tuple,
    key: ServiceKey,
    config: &ServiceConfig,
    persistence: Persistence,
) -> Option<ConnectionId> {
    let for_this_port = tuple.dst.port == key.port();
    let network = Endpoint::new(persistence.netmask.apply(tuple.src.address), 0);
    let (protocol, virtual_end) = match key {
        ServiceKey::Mark { mark, .. } => {
            (Protocol::Other(0), Endpoint::new(IpAddr::V4(Ipv4Addr::from_bits(mark.get())), 0))
        }
        // One template for all ports of FTP and of services for every port.
        ServiceKey::Address { .. } => {
            let port = if for_this_port && key.port() != FTP_PORT { tuple.dst.port } else { 0 };
            (tuple.protocol, Endpoint::new(tuple.dst.address, port))
        }
    };
    let known = lookup::template(ipvs, ctx, protocol, network, virtual_end).filter(|id| ipvs.check_template(*id));
    let (template, by) = if let Some(known) = known {
        (known, Backend::Template)
    } else {
        let destination = choose(ipvs, ctx, tuple, key, config)?;
        let real = ipvs.destination(destination)?.config.real;
        let port = if for_this_port && key.port() != FTP_PORT { real.port } else { 0 };
        let real = Endpoint::new(real.address, port);
        let kind = Kind::Template { assured: false };
        let template =
            ipvs.connect(Binding { protocol, client: network, virtual_end, real, destination, kind }, ctx.now)?;
        if let Some(template) = ipvs.connections.get_mut(template) {
            template.timeout = persistence.timeout;
        }
        (template, Backend::Scheduler(config.scheduler.name()))
    };
    let destination = ipvs.connections.get(template)?.destination;
    let mut real = ipvs.destination(destination)?.config.real;
    if !for_this_port || real.port == 0 {
        real.port = tuple.dst.port;
    }
    report_choice(ctx, key, real, by);
    let kind = kind_of(config, tuple.protocol);
    let binding =
        Binding { protocol: tuple.protocol, client: tuple.src, virtual_end: tuple.dst, real, destination, kind };
    let connection = ipvs.connect(binding, ctx.now)?;
    ipvs.set_control(connection, template);
    ipvs.connections.restart_timer(template, ctx.now);
    Some(connection)
}

fn choose<T: Tracer>(
    ipvs: &mut Ipvs,
    ctx: &mut Context<'_, T>,
    tuple: &Tuple,
    key: ServiceKey,
    config: &ServiceConfig,
) -> Option<DestinationId> {
    let request = Request {
        client: tuple.src.address,
        client_port: tuple.src.port,
        virtual_address: tuple.dst.address,
        flags: config.flags,
        now: ctx.now,
        locality_expiration: ipvs.sysctls.locality_expiration,
    };
    let (service, all) = ipvs.service_and_destinations(&key)?;
    service.state.schedule(Pool { order: &service.destinations, all }, &request, ctx.chance)
}

fn report_choice<T: Tracer>(ctx: &mut Context<'_, T>, key: ServiceKey, backend: Endpoint, by: Backend) {
    let origin = || Origin::VirtualService(key.to_string().into());
    ctx.step(Cost::NONE, || (Event::BackendChosen { backend, by }, origin()));
}

/// A virtual service, but no real server: the client is told (`ip_vs_leave`).
fn leave<T: Tracer>(ctx: &mut Context<'_, T>, key: ServiceKey, tuple: &Tuple) -> Outcome {
    if key.port() == FTP_PORT && tuple.dst.port != FTP_PORT {
        return Outcome::Accept;
    }
    let answer = RejectWith::PortUnreachable;
    ctx.step(Cost::NONE, || (Event::Verdict(Verdict::Reject(answer)), Origin::VirtualService(key.to_string().into())));
    Outcome::Unreachable(answer)
}

impl Ipvs {
    /// Whether a template still holds; one that does not is put where no look-up finds it
    /// (`ip_vs_check_template`).
    fn check_template(&mut self, id: ConnectionId) -> bool {
        let expire_quiescent = self.sysctls.expire_quiescent_template;
        let holds =
            self.connections.get(id).and_then(|template| self.destination(template.destination)).is_some_and(
                |destination| destination.available && !(expire_quiescent && destination.config.weight == 0),
            );
        if !holds && let Some(template) = self.connections.get_mut(id) {
            template.virtual_end.port = u16::MAX;
            template.real.port = u16::MAX;
        }
        holds
    }
}
