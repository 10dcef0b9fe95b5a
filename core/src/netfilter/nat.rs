//! NAT bindings: which reply a connection gets, and the header rewrites that follow from it.
//!
//! In: ranges from DNAT, SNAT, MASQUERADE and their nft spellings. Out: a binding of the packet's
//! connection ([`setup`], `nf_nat_setup_info`), later applied to each of its packets ([`translate`],
//! `nf_nat_packet`). Left out on purpose: ranges of several addresses spread by jhash use the first
//! one unless the range is persistent.

use std::net::IpAddr;

use super::{ConnectionId, Context, CtInfo, Direction, Hook, Verdict};
use crate::net::{Endpoint, Protocol, Transport, Tuple};
use crate::trace::{Backend, Cost, Event, Origin, Tracer};

/// Which end of a packet is rewritten (`enum nf_nat_manip_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manip {
    Source,
    Destination,
}

impl Manip {
    /// `HOOK2MANIP`: the source after routing, the destination before.
    pub const fn at(hook: Hook) -> Self {
        match hook {
            Hook::Postrouting | Hook::Input => Self::Source,
            Hook::Prerouting | Hook::Output | Hook::Forward => Self::Destination,
        }
    }

    const fn of(self, tuple: &Tuple) -> Endpoint {
        match self {
            Self::Source => tuple.src,
            Self::Destination => tuple.dst,
        }
    }

    const fn replace(self, tuple: Tuple, end: Endpoint) -> Tuple {
        match self {
            Self::Source => Tuple { src: end, ..tuple },
            Self::Destination => Tuple { dst: end, ..tuple },
        }
    }
}

/// What a rule asks of NAT (`struct nf_nat_range2`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct NatRange {
    /// First and last address; none leaves the address as it is.
    pub addresses: Option<(IpAddr, IpAddr)>,
    /// First and last port; none leaves the port unless it collides.
    pub ports: Option<(u16, u16)>,
    /// Choose the port at random even where the old one is free.
    pub random: bool,
}

impl NatRange {
    pub const fn to(endpoint: Endpoint) -> Self {
        Self {
            addresses: Some((endpoint.address, endpoint.address)),
            ports: Some((endpoint.port, endpoint.port)),
            random: false,
        }
    }

    pub const fn to_address(address: IpAddr) -> Self {
        Self { addresses: Some((address, address)), ports: None, random: false }
    }

    fn holds(&self, end: Endpoint) -> bool {
        self.addresses.is_none_or(|(first, last)| (first..=last).contains(&end.address))
            && self.ports.is_none_or(|(first, last)| (first..=last).contains(&end.port))
    }
}

/// Binds the packet's connection to a range (`nf_nat_setup_info`). Later packets never come here.
pub fn setup<T: Tracer>(
    ctx: &mut Context<'_, T>,
    manip: Manip,
    range: &NatRange,
    origin: impl FnOnce() -> Origin,
) -> Verdict {
    let Some(link) = ctx.skb.connection else {
        return Verdict::Accept;
    };
    let Some(connection) = ctx.stack.conntrack.get(link.id) else {
        return Verdict::Accept;
    };
    if connection.status.confirmed {
        return Verdict::Accept;
    }
    let current = connection.reply.inverse();
    let unique = unique_tuple(ctx, link.id, current, manip, range);
    if unique != current {
        let reply = unique.inverse();
        ctx.stack.conntrack.alter_reply(link.id, reply);
        let chosen = (manip == Manip::Destination).then_some(unique.dst);
        ctx.step(Cost::NONE, || {
            let origin = origin();
            match chosen {
                Some(backend) => (Event::BackendChosen { backend, by: Backend::Nat }, origin),
                None => (Event::ConnectionAltered { connection: link.id, reply }, origin),
            }
        });
        if chosen.is_some() {
            ctx.step(Cost::NONE, || {
                (Event::ConnectionAltered { connection: link.id, reply }, Origin::Connection(link.id))
            });
        }
    }
    if let Some(connection) = ctx.stack.conntrack.get_mut(link.id) {
        let status = &mut connection.status;
        match manip {
            Manip::Source => {
                status.src_nat |= unique != current;
                status.src_nat_done = true;
            }
            Manip::Destination => {
                status.dst_nat |= unique != current;
                status.dst_nat_done = true;
            }
        }
    }
    Verdict::Accept
}

/// MASQUERADE: the source becomes the address of the outgoing device, of IPv4 that for the next hop, of IPv6 that for
/// the destination (`nf_nat_masquerade_ipv4`, `nf_nat_masquerade_ipv6`).
pub fn masquerade<T: Tracer>(ctx: &mut Context<'_, T>, range: &NatRange, origin: impl FnOnce() -> Origin) -> Verdict {
    let Some(device) = ctx.skb.output.clone() else {
        return Verdict::Drop;
    };
    // IPv6 chooses by the destination (`nf_nat_masquerade_ipv6`).
    let towards = ctx.skb.gateway.filter(IpAddr::is_ipv4).unwrap_or(ctx.skb.packet.dst);
    let Some(address) = ctx.stack.routing.address_of(&device, towards) else {
        return Verdict::Drop;
    };
    let range = NatRange { addresses: Some((address, address)), ..*range };
    let index = ctx.stack.routing.index_of(&device);
    if let Some(entry) = ctx.skb.connection.and_then(|link| ctx.stack.conntrack.get_mut(link.id)) {
        entry.masqueraded_at = index;
    }
    setup(ctx, Manip::Source, &range, origin)
}

/// Whether a masqueraded connection leaves by another device than the one whose address it has: nobody would answer it
/// (`nf_nat_oif_changed`).
pub fn has_moved<T: Tracer>(ctx: &Context<'_, T>) -> bool {
    let is_original = ctx.skb.connection.is_some_and(|link| link.direction == Direction::Original);
    let out = ctx.skb.output.as_deref().and_then(|device| ctx.stack.routing.index_of(device));
    let at = ctx.connection().and_then(|connection| connection.masqueraded_at);
    ctx.hook == Hook::Postrouting && is_original && at.is_some() && at != out
}

/// Whether the nat chains still have to decide at this hook (`nf_nat_initialized`). They never see an ICMP error: it
/// is only translated (`nf_nat_ipv4_fn`).
pub fn is_undecided<T: Tracer>(ctx: &Context<'_, T>) -> bool {
    let is_icmp = matches!(ctx.skb.packet.transport, Transport::Icmp(_));
    let opening = ctx.skb.connection.is_some_and(|link| match link.info {
        CtInfo::New => true,
        CtInfo::Related => !is_icmp,
        CtInfo::Established => false,
    });
    opening
        && ctx.connection().is_some_and(|connection| match Manip::at(ctx.hook) {
            Manip::Source => !connection.status.src_nat_done,
            Manip::Destination => !connection.status.dst_nat_done,
        })
}

/// No rule decided: the connection keeps its addresses, and its ports unless they collide
/// (`nf_nat_alloc_null_binding`).
pub fn bind_unchanged<T: Tracer>(ctx: &mut Context<'_, T>) -> Verdict {
    let manip = Manip::at(ctx.hook);
    let Some(connection) = ctx.connection() else {
        return Verdict::Accept;
    };
    let id = connection.id;
    let address = manip.of(&connection.reply.inverse()).address;
    setup(ctx, manip, &NatRange::to_address(address), || Origin::Connection(id))
}

/// Rewrites the packet's header as its connection is bound (`nf_nat_packet`).
pub fn translate<T: Tracer>(ctx: &mut Context<'_, T>) {
    let Some(link) = ctx.skb.connection else {
        return;
    };
    let Some(connection) = ctx.connection() else {
        return;
    };
    let manip = Manip::at(ctx.hook);
    let bound = match (manip, link.direction) {
        (Manip::Source, Direction::Original) | (Manip::Destination, Direction::Reply) => connection.status.src_nat,
        (Manip::Destination, Direction::Original) | (Manip::Source, Direction::Reply) => connection.status.dst_nat,
    };
    if !bound {
        return;
    }
    let to = manip.of(&connection.target(link.direction));
    rewrite(ctx, manip, to, || Origin::Connection(link.id));
}

/// Writes one end of the header and reports it.
pub fn rewrite<T: Tracer>(ctx: &mut Context<'_, T>, manip: Manip, to: Endpoint, origin: impl FnOnce() -> Origin) {
    let from = manip.of(&ctx.skb.packet.tuple());
    let mut fields = u32::from(from.address != to.address);
    if ctx.skb.packet.protocol().has_ports() {
        fields += u32::from(from.port != to.port);
    }
    match manip {
        Manip::Source => ctx.skb.packet.set_src(to),
        Manip::Destination => ctx.skb.packet.set_dst(to),
    }
    rewrite_cause(ctx, manip, to);
    if fields > 0 {
        ctx.step(Cost::rewrites(fields), || (Event::HeaderRewritten { manip, from, to }, origin()));
    }
}

/// An ICMP error quotes the packet that caused it; its quote is translated back as well
/// (`nf_nat_icmp_reply_translation`).
fn rewrite_cause<T: Tracer>(ctx: &mut Context<'_, T>, manip: Manip, to: Endpoint) {
    if let Transport::Icmp(icmp) = &mut ctx.skb.packet.transport
        && let Some(cause) = &mut icmp.cause
    {
        match manip {
            Manip::Source => cause.set_dst(to),
            Manip::Destination => cause.set_src(to),
        }
    }
}

/// `get_unique_tuple`: the tuple after NAT, such that no other connection expects the same reply.
fn unique_tuple<T: Tracer>(
    ctx: &mut Context<'_, T>,
    id: ConnectionId,
    current: Tuple,
    manip: Manip,
    range: &NatRange,
) -> Tuple {
    let taken = |ctx: &Context<'_, T>, tuple: Tuple| ctx.stack.conntrack.is_taken(&tuple.inverse(), id);
    if manip == Manip::Source
        && !range.random
        && range.holds(current.src)
        && (!taken(ctx, current) || ctx.stack.conntrack.is_taken_by_its_reverse(&current, id))
    {
        return current;
    }
    let old = manip.of(&current);
    let address = range.addresses.map_or(old.address, |(first, _)| first);
    let kept = manip.replace(current, Endpoint::new(address, old.port));
    if !range.random {
        match range.ports {
            Some((first, last)) if (first..=last).contains(&old.port) && (first == last || !taken(ctx, kept)) => {
                return kept;
            }
            None if !taken(ctx, kept) => return kept,
            _ => {}
        }
    }
    let Some((first, count)) = port_range(current.protocol, manip, old.port, range.ports) else {
        return kept;
    };
    // The kernel tries 128 ports from a random offset, then half as many from another, down to 16.
    let mut attempts = count.min(128);
    loop {
        let offset = ctx.chance.arbitrary(u32::from(u16::MAX) + 1);
        let mut candidate = kept;
        for attempt in 0..attempts {
            let port = first + (offset + attempt) % count;
            candidate = manip.replace(current, Endpoint::new(address, u16::try_from(port).unwrap_or(u16::MAX)));
            if !taken(ctx, candidate) {
                return candidate;
            }
        }
        if attempts >= count || attempts < 16 {
            return candidate;
        }
        attempts /= 2;
    }
}

/// First port and number of ports to choose from (`nf_nat_l4proto_unique_tuple`).
fn port_range(protocol: Protocol, manip: Manip, old: u16, wanted: Option<(u16, u16)>) -> Option<(u32, u32)> {
    let echo = matches!(protocol, Protocol::Icmp | Protocol::Icmpv6);
    if !echo && !protocol.has_ports() {
        return None;
    }
    match wanted {
        Some((first, last)) => Some((u32::from(first.min(last)), u32::from(first.abs_diff(last)) + 1)),
        None if echo => Some((0, 65536)),
        None if manip == Manip::Destination => None,
        None if old < 512 => Some((1, 511)),
        None if old < 1024 => Some((600, 424)),
        None => Some((1024, 64512)),
    }
}
