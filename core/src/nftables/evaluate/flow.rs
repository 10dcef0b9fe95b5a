//! Connections and routes: `nft_ct.c`, `nft_fib_ipv4.c`, `nft_fib_ipv6.c`.

use super::load::Break;
use super::payload::bits_of;
use crate::net::Family;
use crate::netfilter::conntrack::{CtState, Status};
use crate::netfilter::routing::{AddressType, Flow};
use crate::netfilter::{Conntrack, Context, Direction, Hook};
use crate::nftables::model::{CtField, CtKey, Fib, FibAddress, FibResult, name_value};
use crate::trace::{Route, Tracer};

/// `nft_ct_get_eval`. A template, which a rule that chose a zone leaves for conntrack, only has a state; kernels that lack
/// the question for `nf_ct_is_template` there take it for a connection.
pub fn ct<T: Tracer>(ctx: &Context<'_, T>, field: CtField) -> Result<u128, Break> {
    if field.key == CtKey::State {
        return Ok(match Conntrack::state_of(ctx.skb) {
            CtState::Invalid => 1,
            CtState::Established => 2,
            CtState::Related => 4,
            CtState::New => 8,
            CtState::Untracked => 64,
        });
    }
    let link = ctx.skb.connection.ok_or(Break::NoMatch)?;
    let connection = ctx.connection().ok_or(Break::NoMatch)?;
    let tuple = connection.tuple(field.direction.unwrap_or(Direction::Original));
    let of_family = |address: std::net::IpAddr, family: Family| {
        if Family::of(address) == family { Ok(bits_of(address)) } else { Err(Break::NoMatch) }
    };
    Ok(match field.key {
        CtKey::State => 0,
        CtKey::Zone => field.direction.map_or(connection.zone.id, |direction| connection.zone.id_in(direction)).into(),
        CtKey::Direction => link.direction as u128,
        CtKey::Status => status_bits(connection.status),
        CtKey::Mark => connection.mark.into(),
        CtKey::Expiration => u128::from(connection.expires.saturating_sub(ctx.now)) * 1000,
        CtKey::L3Proto => match tuple.family() {
            Family::V4 => 2,
            Family::V6 => 10,
        },
        CtKey::Protocol => tuple.protocol.number().into(),
        CtKey::ProtoSrc => tuple.src.port.into(),
        CtKey::ProtoDst => tuple.dst.port.into(),
        CtKey::IpSaddr => of_family(tuple.src.address, Family::V4)?,
        CtKey::IpDaddr => of_family(tuple.dst.address, Family::V4)?,
        CtKey::Ip6Saddr => of_family(tuple.src.address, Family::V6)?,
        CtKey::Ip6Daddr => of_family(tuple.dst.address, Family::V6)?,
        CtKey::Bytes => counted(connection.bytes, field.direction).into(),
        CtKey::Packets => counted(connection.packets, field.direction).into(),
        CtKey::AvgPkt => {
            let packets = counted(connection.packets, field.direction);
            counted(connection.bytes, field.direction).checked_div(packets).unwrap_or(0).into()
        }
        // A hash with a secret of the kernel's.
        CtKey::Id => return Err(Break::NotModelled),
    })
}

/// `nft_ct_get_eval_counter`: without a direction those of both.
fn counted(counts: [u64; 2], direction: Option<Direction>) -> u64 {
    match direction {
        Some(direction) => counts[direction as usize],
        None => counts[0].saturating_add(counts[1]),
    }
}

/// `enum ip_conntrack_status`
fn status_bits(status: Status) -> u128 {
    let bits = [
        (status.seen_reply, 1),
        (status.assured, 2),
        (status.confirmed, 3),
        (status.src_nat, 4),
        (status.dst_nat, 5),
        (status.src_nat_done, 7),
        (status.dst_nat_done, 8),
    ];
    bits.into_iter().filter(|(set, _)| *set).map(|(_, bit)| 1 << bit).sum()
}

/// `nft_fib4_eval`, `nft_fib4_eval_type`
pub fn fib<T: Tracer>(ctx: &Context<'_, T>, fib: &Fib) -> u128 {
    let packet = &ctx.skb.packet;
    let (address, other) = match fib.address {
        FibAddress::Saddr => (packet.src, packet.dst),
        FibAddress::Daddr => (packet.dst, packet.src),
    };
    let asked = if fib.iif {
        ctx.skb.input.as_deref()
    } else if fib.oif {
        ctx.skb.output.as_deref()
    } else {
        None
    };
    if fib.result == FibResult::Type {
        return address_type(ctx, address, asked);
    }
    // What comes from this node to itself over the loopback device came by it (`nft_fib_is_loopback`).
    let input = ctx.skb.input.as_deref();
    let device = if ctx.hook == Hook::Prerouting && input == Some("lo") {
        input.map(Into::into)
    } else {
        let mark = if fib.mark { ctx.skb.mark } else { 0 };
        match ctx.stack.routing.lookup_flow(&Flow { mark, src: Some(other), ..Flow::to(address) }) {
            Route::Via { device, .. } if asked.is_none_or(|asked| *asked == *device) => Some(device),
            _ => None,
        }
    };
    match (fib.result, device) {
        (FibResult::Present, device) => u128::from(device.is_some()),
        (_, Some(device)) => name_value(&device).unwrap_or(0),
        (_, None) => 0,
    }
}

/// The number of an address's type (`RTN_*`), of one device if the rule says which.
fn address_type<T: Tracer>(ctx: &Context<'_, T>, address: std::net::IpAddr, device: Option<&str>) -> u128 {
    let routing = &ctx.stack.routing;
    match routing.address_type(address) {
        AddressType::Local => {
            let elsewhere = device.is_some_and(|device| match routing.lookup(address) {
                Route::Local { device: owner } => *owner != *device,
                _ => false,
            });
            if elsewhere { 1 } else { 2 }
        }
        // `inet_addr_type` takes 0.0.0.0 for a broadcast address.
        AddressType::Unspecified if address.is_ipv4() => 3,
        AddressType::Unspecified => 0,
        // IPv6 asks for a route and says so if there is none (`__nft_fib6_eval_type`).
        AddressType::Unicast
            if address.is_ipv6() && matches!(routing.lookup(address), Route::Unreachable | Route::Refused(_)) =>
        {
            7
        }
        AddressType::Unicast => 1,
        AddressType::Broadcast => 3,
        AddressType::Multicast => 5,
        AddressType::Blackhole => 6,
        AddressType::Unreachable => 7,
        AddressType::Prohibit => 8,
    }
}
