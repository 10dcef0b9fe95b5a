//! The life of connections, and what becomes of their conntrack entries: `ip_vs_conn.c`, `ip_vs_nfct.c`.

use super::connection::{Connection, ConnectionId, Kind};
use super::control::Ipvs;
use super::destination::{DestinationId, Forwarding};
use super::state::{Side, State};
use crate::net::{Endpoint, Protocol, Transport, Tuple};
use crate::netfilter::{Conntrack, Context, Direction, Seconds};
use crate::trace::{Cost, Event, Origin, Tracer};

/// What a new entry is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binding {
    pub protocol: Protocol,
    pub client: Endpoint,
    pub virtual_end: Endpoint,
    pub real: Endpoint,
    pub destination: DestinationId,
    pub kind: Kind,
}

/// A template that ends while it still controls connections stays for another minute.
const POSTPONED: Seconds = 60;

impl Ipvs {
    /// Makes an entry and counts it at its real server (`ip_vs_conn_new`).
    pub(super) fn connect(&mut self, binding: Binding, now: Seconds) -> Option<ConnectionId> {
        let destination = self.destinations.get_mut(&binding.destination)?;
        let template = matches!(binding.kind, Kind::Template { .. });
        destination.bind(template, true);
        let forwarding = destination.config.forwarding;
        let conntrack = self.sysctls.conntrack;
        Some(self.connections.insert(|id| Connection {
            id,
            protocol: binding.protocol,
            client: binding.client,
            virtual_end: binding.virtual_end,
            real: binding.real,
            destination: binding.destination,
            forwarding,
            kind: binding.kind,
            state: State::None,
            timeout: State::INITIAL_TIMEOUT,
            expires: now + State::INITIAL_TIMEOUT,
            inactive: true,
            no_output: forwarding != Forwarding::Masquerade,
            conntrack,
            control: None,
            controls: 0,
            packets_in: 0,
        }))
    }

    /// Puts a connection under its template (`ip_vs_control_add`).
    pub(super) fn set_control(&mut self, id: ConnectionId, template: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(id) {
            connection.control = Some(template);
        }
        if let Some(template) = self.connections.get_mut(template) {
            template.controls += 1;
        }
    }

    /// Moves the state on and counts the connection as active or not.
    pub(super) fn set_state(&mut self, id: ConnectionId, side: Side, transport: &Transport) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        let side = if connection.no_output && side == Side::Client { Side::ClientOnly } else { side };
        connection.no_output &= side != Side::Server;
        let (old, new) = (connection.state, connection.state.after(side, transport));
        connection.state = new;
        connection.timeout = new.timeout(&self.timeouts);
        if new != old
            && connection.inactive == new.is_active()
            && let Some(destination) = self.destinations.get_mut(&connection.destination)
        {
            connection.inactive = !new.is_active();
            destination.active_connections = if connection.inactive {
                destination.active_connections.saturating_sub(1)
            } else {
                destination.active_connections + 1
            };
        }
        let assures = match new {
            State::Tcp(state) => new != old && state == super::TcpState::Established,
            State::Udp => side == Side::Server,
            State::Sctp { answered } => answered,
            State::None => false,
        };
        if assures
            && let Some(template) = connection.control
            && let Some(Connection { kind: Kind::Template { assured }, .. }) = self.connections.get_mut(template)
        {
            *assured = true;
        }
    }

    /// The packet is through: an entry for one packet ends, any other starts its time-out (`ip_vs_conn_put`).
    pub(super) fn put(&mut self, id: ConnectionId, now: Seconds, conntrack: &mut Conntrack) {
        if self.connections.get(id).is_some_and(|connection| connection.kind == Kind::OnePacket) {
            self.expire(id, now, conntrack);
        } else {
            self.connections.restart_timer(id, now);
        }
    }

    pub(super) fn expire_connections(&mut self, now: Seconds, conntrack: &mut Conntrack) {
        while let Some(id) = self.connections.due(now) {
            let at = self.connections.get(id).map_or(now, |connection| connection.expires);
            self.expire(id, at, conntrack);
        }
    }

    /// `ip_vs_conn_expire`.
    fn expire(&mut self, id: ConnectionId, at: Seconds, conntrack: &mut Conntrack) {
        if let Some(connection) = self.connections.get_mut(id)
            && connection.controls > 0
        {
            connection.timeout = POSTPONED;
            self.connections.set_timer(id, at + POSTPONED);
            return;
        }
        let Some(connection) = self.connections.remove(id) else {
            return;
        };
        if let Some(template_id) = connection.control
            && let Some(template) = self.connections.get_mut(template_id)
        {
            template.controls = template.controls.saturating_sub(1);
            let assured = matches!(template.kind, Kind::Template { assured: true });
            if connection.timeout == 0 && template.controls == 0 && !assured {
                self.delete(template_id, at, conntrack);
            }
        }
        if connection.conntrack && connection.kind != Kind::OnePacket && connection.client.port != 0 {
            drop_conntrack(&connection, conntrack);
        }
        if let Some(destination) = self.destinations.get_mut(&connection.destination) {
            destination.unbind(connection.is_template(), connection.inactive);
        }
    }

    /// Ends an entry before its time, and its template with it unless that proved itself (`ip_vs_conn_del`).
    fn delete(&mut self, id: ConnectionId, at: Seconds, conntrack: &mut Conntrack) {
        if let Some(connection) = self.connections.get_mut(id)
            && connection.control.is_some()
        {
            connection.timeout = 0;
        }
        self.expire(id, at, conntrack);
    }

    /// Forgets the connections of removed real servers (`ip_vs_expire_nodest_conn_flush`).
    pub(super) fn flush_nodest_connections(&mut self, conntrack: &mut Conntrack) {
        let gone = |connection: &&Connection| {
            connection.controls == 0
                && self.destinations.get(&connection.destination).is_none_or(|real| !real.available)
        };
        let orphans: Vec<_> = self.connections.iter().filter(gone).map(|orphan| (orphan.id, orphan.control)).collect();
        for (id, control) in orphans {
            self.delete(id, 0, conntrack);
            if let Some(template) = control
                && self.connections.get(template).is_some_and(|template| template.controls == 0)
            {
                self.delete(template, 0, conntrack);
            }
        }
    }
}

/// `ip_vs_conn_drop_conntrack`.
fn drop_conntrack(connection: &Connection, conntrack: &mut Conntrack) {
    let tuple = Tuple { protocol: connection.protocol, src: connection.client, dst: connection.virtual_end };
    if let Some((id, _)) = conntrack.find_flow(&tuple) {
        conntrack.delete(id);
    }
}

/// What happens to the packet's conntrack entry: it learns of the real server, or is let go.
pub(super) fn settle_conntrack<T: Tracer>(ctx: &mut Context<'_, T>, connection: &Connection, side: Side) {
    if connection.conntrack { update_conntrack(ctx, connection, side) } else { untrack(ctx) }
}

/// `ip_vs_notrack`.
pub(super) fn untrack<T: Tracer>(ctx: &mut Context<'_, T>) {
    if ctx.skb.connection.is_some() {
        ctx.stack.conntrack.release(ctx.skb);
        ctx.skb.connection = None;
        ctx.skb.untracked = true;
    }
}

/// Tells a new conntrack entry which reply to expect (`ip_vs_update_conntrack`).
fn update_conntrack<T: Tracer>(ctx: &mut Context<'_, T>, connection: &Connection, side: Side) {
    if connection.forwarding != Forwarding::Masquerade || connection.kind == Kind::OnePacket {
        return;
    }
    let Some(link) = ctx.skb.connection.filter(|link| link.direction == Direction::Original) else {
        return;
    };
    let Some(entry) = ctx.stack.conntrack.get(link.id).filter(|entry| !entry.status.confirmed) else {
        return;
    };
    let mut reply = entry.reply;
    let (end, to) = match side {
        Side::Server => (&mut reply.dst, connection.virtual_end),
        Side::Client | Side::ClientOnly => (&mut reply.src, connection.real),
    };
    end.address = to.address;
    if !matches!(reply.protocol, Protocol::Icmp | Protocol::Icmpv6) {
        match side {
            Side::Server => reply.dst.port = to.port,
            Side::Client | Side::ClientOnly => reply.src.port = to.port,
        }
    }
    ctx.stack.conntrack.alter_reply(link.id, reply);
    ctx.step(Cost::NONE, || (Event::ConnectionAltered { connection: link.id, reply }, Origin::Connection(link.id)));
}
