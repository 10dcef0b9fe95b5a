//! By which test a rule did not match, and what the packet had in its place; and what chance drew.

use super::header::{IpMatch, is_later_fragment};
use super::matches::{AddrtypeMatch, ConntrackMatch, IprangeMatch, Match, PortsMatch, Side, StatisticMatch, TcpMatch};
use super::model::Rule;
use super::print::conditions_text;
use super::services;
use crate::chance::Chance;
use crate::net::{Packet, Transport};
use crate::netfilter::Sight;
use crate::trace::{Drawn, Failed, Found};

/// Of a rule whose header the packet does not have, the first part that it does not have, in the order of
/// `ip_packet_match`.
pub(super) fn header(rule: Option<&Rule>, sight: &Sight<'_>) -> Failed {
    let (skb, packet) = (sight.skb, &sight.skb.packet);
    let ip = rule.map(|rule| rule.ip.clone()).unwrap_or_default();
    let device = |name: &Option<std::sync::Arc<str>>| match name {
        Some(name) => Found::Value(name.to_string()),
        None => Found::Nothing,
    };
    let asked = IpMatch::default;
    let parts = [
        (IpMatch { src: ip.src, ..asked() }, Found::Value(packet.src.to_string())),
        (IpMatch { dst: ip.dst, ..asked() }, Found::Value(packet.dst.to_string())),
        (IpMatch { input: ip.input, ..asked() }, device(&skb.input)),
        (IpMatch { output: ip.output, ..asked() }, device(&skb.output)),
        (
            IpMatch { protocol: ip.protocol, ..asked() },
            Found::Value(services::protocol_name(packet.protocol()).to_string()),
        ),
        (
            IpMatch { fragment: ip.fragment, ..asked() },
            if is_later_fragment(packet) { Found::Value("-f".to_owned()) } else { Found::Nothing },
        ),
    ];
    let failed = parts.into_iter().find(|(part, _)| !part.matches(skb));
    let (part, found) = failed.unwrap_or((asked(), Found::Untold));
    Failed { test: conditions_text(&part, None), found }
}

/// Of a match of a rule that said no.
pub(super) fn test(test: &Match, sight: &Sight<'_>) -> Failed {
    Failed { test: conditions_text(&IpMatch::default(), Some(test)), found: found(test, sight) }
}

/// By what number a rule matched that leaves it to chance.
pub(super) fn drawn(rule: &Rule, chance: &Chance) -> Option<Box<Drawn>> {
    let by_chance = |test: &&Match| matches!(test, Match::Statistic(StatisticMatch::Random { .. }));
    let test = rule.matches.iter().rfind(by_chance)?;
    let test = conditions_text(&IpMatch::default(), Some(test));
    Some(Box::new(Drawn { test, number: number(chance)? }))
}

/// What chance drew last.
fn number(chance: &Chance) -> Option<String> {
    chance.drawn().map(|drawn| format!("{drawn:.5}"))
}

fn found(test: &Match, sight: &Sight<'_>) -> Found {
    let packet = &sight.skb.packet;
    let value = |value: String| Found::Value(value);
    let connection = || sight.stack.conntrack.get(sight.skb.connection?.id);
    match test {
        Match::Tcp(test) => tcp(test, packet),
        Match::Udp(test) | Match::Sctp(test) => ports(test, packet),
        Match::Multiport(test) => match (packet.ports(), test.side) {
            (None, _) => Found::Nothing,
            (Some((source, _)), Side::Source) => value(source.to_string()),
            (Some((_, destination)), Side::Destination) => value(destination.to_string()),
            (Some((source, destination)), Side::Either) => value(format!("{source},{destination}")),
        },
        Match::Mark(_) => value(format!("{:#x}", sight.skb.mark)),
        Match::Connmark(_) => connection().map_or(Found::Nothing, |found| value(format!("{:#x}", found.mark))),
        Match::Conntrack(test) => conntrack(test, sight),
        Match::Addrtype(test) => addrtype(test, sight),
        Match::Statistic(StatisticMatch::Random { .. }) => number(sight.chance).map_or(Found::Untold, Found::Drawn),
        Match::Icmp(_) => match &packet.transport {
            Transport::Icmp(icmp) => value(format!("{}/{}", icmp.kind, icmp.code)),
            _ => Found::Nothing,
        },
        Match::Iprange(test) => iprange(test, packet),
        Match::Length(_) => value(packet.length.to_string()),
        Match::Ttl(_) => value(packet.ttl.to_string()),
        Match::Physdev(_) if sight.skb.bridged.is_none() => Found::Nothing,
        _ => Found::Untold,
    }
}

fn tcp(test: &TcpMatch, packet: &Packet) -> Found {
    match packet.transport {
        Transport::Tcp { flags, .. } if test.ports.matches(packet) => Found::Value(flags.to_string()),
        _ => ports(&test.ports, packet),
    }
}

fn ports(test: &PortsMatch, packet: &Packet) -> Found {
    let Some((source, destination)) = packet.ports() else {
        return Found::Nothing;
    };
    let is_source = test.src.contains(source) == test.inverted_src;
    Found::Value(if is_source { source } else { destination }.to_string())
}

fn conntrack(test: &ConntrackMatch, sight: &Sight<'_>) -> Found {
    let connection = sight.skb.connection.and_then(|link| sight.stack.conntrack.get(link.id));
    match (test.states, connection) {
        (Some((mask, inverted)), connection) => {
            let (is_in, names) = ConntrackMatch::state(mask, sight.skb, connection);
            // Where the state is what was asked for, the test of an end failed.
            if is_in == inverted { Found::Value(names) } else { Found::Untold }
        }
        (None, None) => Found::Nothing,
        (None, Some(_)) => Found::Untold,
    }
}

fn addrtype(test: &AddrtypeMatch, sight: &Sight<'_>) -> Found {
    let packet = &sight.skb.packet;
    let address = match (test.src, test.dst) {
        (0, _) => packet.dst,
        (_, 0) => packet.src,
        _ => return Found::Untold,
    };
    Found::Value(format!("{} ({address})", AddrtypeMatch::type_of(sight.stack.routing.address_type(address))))
}

fn iprange(test: &IprangeMatch, packet: &Packet) -> Found {
    match (test.src, test.dst) {
        (Some(_), None) => Found::Value(packet.src.to_string()),
        (None, Some(_)) => Found::Value(packet.dst.to_string()),
        _ => Found::Untold,
    }
}
