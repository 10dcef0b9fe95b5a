//! What a rule asks of sockets, of the route taken and of options: `nft_socket.c`, `nft_tproxy.c`, `nft_rt.c`,
//! `nft_exthdr.c`.

use super::action::Action;
use super::load::Break;
use super::payload::bits_of;
use crate::net::{Packet, Protocol, Transport};
use crate::netfilter::routing::DeviceKind;
use crate::netfilter::tproxy::{self, Proxy};
use crate::netfilter::{Context, Duplicate, Hook, NobodyKnows, SentOn};
use crate::nftables::model::{Aside, Forwarding, FragmentKey, RtKey, RuleVerdict, SocketKey, Tproxy};
use crate::trace::{RuleId, Tracer};

/// `nft_socket_eval`: without a socket the rule ends.
pub fn socket<T: Tracer>(ctx: &Context<'_, T>, key: SocketKey) -> Result<u128, Break> {
    let packet = &ctx.skb.packet;
    let (protocol, local) = match &packet.transport {
        Transport::Tcp { .. } | Transport::Udp { .. } => (packet.protocol(), packet.tuple().dst),
        Transport::Icmp(icmp) => match &icmp.cause {
            Some(cause) if cause.ports().is_some() => (cause.protocol(), cause.tuple().src),
            _ => return Err(Break::NoMatch),
        },
        Transport::Sctp { .. } | Transport::Other(_) => return Err(Break::NoMatch),
    };
    let socket = ctx.stack.listener(protocol, local).map_err(|NobodyKnows| Break::NotModelled)?;
    let socket = socket.ok_or(Break::NoMatch)?;
    Ok(match key {
        SocketKey::Transparent => socket.transparent.into(),
        SocketKey::Mark => socket.mark.into(),
        SocketKey::Wildcard => socket.address.is_unspecified().into(),
    })
}

/// `nft_tproxy_eval_v4`: the port of the proxy. Where nobody listens the rule ends, and the packet is not dropped.
pub fn tproxy<T: Tracer>(ctx: &Context<'_, T>, to: Tproxy) -> Result<u16, Break> {
    let packet = &ctx.skb.packet;
    let fits = to.family.is_none_or(|family| family == packet.family());
    if !fits || !matches!(packet.protocol(), Protocol::Tcp | Protocol::Udp) {
        return Err(Break::NoMatch);
    }
    match tproxy::find(ctx, to.address, to.port) {
        Proxy::At(port) => Ok(port),
        Proxy::Nobody => Err(Break::NoMatch),
        Proxy::Unknown => Err(Break::NotModelled),
    }
}

/// `nft_rt_get_eval`; routes of the model have no realms.
pub fn route<T: Tracer>(ctx: &Context<'_, T>, key: RtKey) -> Result<u128, Break> {
    let packet = &ctx.skb.packet;
    match key {
        RtKey::NextHop(family) if family == packet.family() => Ok(bits_of(ctx.skb.gateway.unwrap_or(packet.dst))),
        RtKey::NextHop(_) => Err(Break::NoMatch),
        RtKey::IpSec => Ok(0),
        RtKey::Mtu if packet.protocol() != Protocol::Tcp => Err(Break::NoMatch),
        RtKey::ClassId => Ok(0),
        // `get_tcpmss`
        RtKey::Mtu => {
            let mtu = ctx.stack.routing.mtu_both_ways(ctx.skb).ok_or(Break::NotModelled)?;
            let headers = packet.family().header_length() + 20;
            let fits = (headers + 1..=u32::from(u16::MAX)).contains(&mtu);
            Ok(u128::from(if fits { mtu - headers } else { 536 }))
        }
    }
}

/// `nft_exthdr_tcp_eval`
pub const fn segment_size(packet: &Packet) -> Result<u128, Break> {
    match packet.transport {
        Transport::Tcp { mss: Some(mss), .. } => Ok(mss as u128),
        _ => Err(Break::NoMatch),
    }
}

/// `nft_exthdr_tcp_set_eval`: a size is lowered and never raised; where there is none nothing is done.
pub fn set_segment_size(packet: &mut Packet, to: u16) {
    if let Transport::Tcp { mss: Some(mss), .. } = &mut packet.transport {
        *mss = to.min(*mss);
    }
}

/// `nft_fwd_netdev_eval`, `nft_fwd_neigh_eval`
pub fn send_on(packet: &Packet, forwarding: &Forwarding) -> Result<Action, Break> {
    match forwarding.to {
        Some(to) if to.is_ipv4() != packet.src.is_ipv4() => Err(Break::NoMatch),
        Some(_) if packet.ttl <= 1 => Ok(Action::Verdict(RuleVerdict::Drop)),
        neighbour => Ok(Action::SendOn(SentOn { device: forwarding.device.clone(), neighbour })),
    }
}

/// The copy that a rule makes, if it does (`nft_dup_ipv4_eval`, `nft_dup_ipv6_eval`, `nft_dup_netdev_eval`).
pub fn copy_of<T: Tracer>(ctx: &Context<'_, T>, aside: &Aside, rule: RuleId) -> Option<Duplicate> {
    match aside {
        Aside::Duplicate { to, device } => Duplicate::for_machine(ctx.skb, ctx.hook, *to, device.clone(), rule),
        Aside::Mirror { device } => Some(Duplicate::for_device(ctx.skb, device.clone(), rule)),
        Aside::Connection { .. } | Aside::Offload { .. } => None,
    }
}

/// `nft_exthdr_ipv6_eval`; what is no packet of IPv6 has passed by before, for nft asks for that by itself.
pub fn fragment(packet: &Packet, key: FragmentKey) -> Result<u128, Break> {
    if packet.src.is_ipv4() {
        return Err(Break::NoMatch);
    }
    if key == FragmentKey::Present {
        return Ok(packet.fragment.is_some().into());
    }
    let part = packet.fragment.ok_or(Break::NoMatch)?;
    Ok(match key {
        FragmentKey::Present | FragmentKey::Reserved | FragmentKey::Reserved2 => 0,
        FragmentKey::NextHeader => packet.protocol().number().into(),
        FragmentKey::Offset => (part.offset / 8).into(),
        FragmentKey::More => part.more.into(),
        FragmentKey::Id => part.id.into(),
    })
}

/// Words that begin a test of a header behind the one of IPv6 other than that of fragments, or of an option of IPv4 or TCP other than the size of
/// segments. Packets of the model have none, and `nft_exthdr.c` ends a rule that asks for one, unless it asks whether it is
/// missing.
pub fn asks_for_what_is_not_there(words: &str) -> bool {
    const HEADERS: [&str; 8] = ["rt ", "rt0 ", "rt2 ", "rt4 ", "hbh ", "dst ", "ip option ", "exthdr "];
    let of_tcp = words.strip_prefix("tcp option ").is_some_and(|option| !option.starts_with("maxseg"));
    let is_asked = of_tcp || HEADERS.iter().any(|header| words.starts_with(header));
    // Whether it is missing is known too, but then the rest of the rule counts, which is not read.
    is_asked && !words.contains(" missing")
}

/// The device that a hook knows as the one that the packet came in by: of what a bridge carries none any more behind
/// FORWARD (`br_nf_post_routing`).
pub fn device_in<'a, T: Tracer>(ctx: &'a Context<'_, T>) -> Option<&'a str> {
    let is_switched = ctx.skb.bridged.as_ref().is_some_and(|bridged| bridged.output.is_some());
    ctx.skb.input.as_deref().filter(|_| ctx.hook != Hook::Postrouting || !is_switched)
}

/// The type of the device that a packet is on now (`skb->dev`), which `meta iiftype` asks (`NFT_META_IFTYPE`): it is on the
/// one that it leaves by as soon as that is decided for good (`ip_output`), and a packet of an overlay on the overlay's own
/// until then (`udp_tunnel_xmit_skb`).
pub fn type_at<T: Tracer>(ctx: &Context<'_, T>) -> Result<u128, Break> {
    match ctx.hook {
        Hook::Output if ctx.skb.carries > 0 => Ok(ETHERNET),
        Hook::Output => Err(Break::NoMatch),
        Hook::Postrouting => device_type(ctx, ctx.skb.output.as_deref()),
        Hook::Prerouting | Hook::Input | Hook::Forward => device_type(ctx, ctx.skb.input.as_deref()),
    }
}

/// `ARPHRD_ETHER`
pub const ETHERNET: u128 = 1;

/// `ARPHRD_*` (`nft_meta_store_iftype`). Tunnels are of many types.
pub fn device_type<T: Tracer>(ctx: &Context<'_, T>, device: Option<&str>) -> Result<u128, Break> {
    let device = device.and_then(|device| ctx.stack.routing.device(device)).ok_or(Break::NoMatch)?;
    match device.kind {
        kind if kind.has_frames() => Ok(ETHERNET),
        DeviceKind::Loopback => Ok(772),
        _ => Err(Break::NotModelled),
    }
}
