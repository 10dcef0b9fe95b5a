use std::fmt::Write;
use std::net::IpAddr;

use ipnet::IpNet;

use super::expression::{expression, verdict_text, write as write_expression};
use super::set::{write_range, write_use};
use crate::net::Family;
use crate::netfilter::Manip;
use crate::nftables::model::{
    Aside, Assign, Comparison, DataType, Expression, Field, Forwarding, Limit, Log, LogFlags, Match, Nat, NatAddress,
    NatFlags, NatPort, RateUnit, Rebind, Reject, RejectKind, SetUpdate, State, Stateful, Statement, Table, TableFamily,
    Target, Test, Tproxy, duration, string_of,
};
use crate::nftables::parse::{ICMP, ICMPV6, ICMPX};

pub const DEFAULT_BURST: u32 = 5;

pub fn statement_text(table: &Table, statement: &Statement) -> String {
    let mut out = String::new();
    write(table, statement, &mut out);
    out
}

pub fn write(table: &Table, statement: &Statement, out: &mut String) {
    let _ = match statement {
        Statement::Match(found) => {
            write_match(table, found, out);
            Ok(())
        }
        Statement::Differs(fields) => {
            write_differs(fields, out);
            Ok(())
        }
        Statement::Verdict(verdict) => out.write_str(&verdict_text(table, *verdict)),
        Statement::VerdictMap { key, map } => {
            write_expression(table, key, out);
            out.push_str(" vmap ");
            write_use(table, map, out);
            Ok(())
        }
        Statement::Assign(assign) => {
            write_assign(table, assign, out);
            Ok(())
        }
        Statement::Nat(nat) => {
            write_nat(table, nat, out);
            Ok(())
        }
        Statement::Masquerade(rebind) => {
            write_rebind(table, "masquerade", rebind, out);
            Ok(())
        }
        Statement::Redirect(rebind) => {
            write_rebind(table, "redirect", rebind, out);
            Ok(())
        }
        Statement::Reject(reject) => out.write_str(&reject_text(table.family, *reject)),
        Statement::Stateful(what, state) => {
            write_stateful(*what, table.state(*state), out);
            Ok(())
        }
        Statement::Object { kind, object } => {
            let name = table.objects.get(object.0).map_or("?", |object| &*object.name);
            write!(out, "{} name \"{name}\"", kind.name())
        }
        Statement::SetUpdate(update) => {
            write_update(table, update, out);
            Ok(())
        }
        Statement::Log(log) => write_log(log, out),
        Statement::Notrack => out.write_str("notrack"),
        Statement::Tproxy(to) => write_tproxy(*to, out),
        Statement::Forward(forwarding) => write_forwarding(forwarding, out),
        Statement::Aside(aside) => write_aside(aside, out),
        Statement::Unknown(text) => out.write_str(text),
    };
}

fn write_tproxy(to: Tproxy, out: &mut String) -> std::fmt::Result {
    let family = match to.family {
        None => "",
        Some(Family::V4) => " ip",
        Some(Family::V6) => " ip6",
    };
    write!(out, "tproxy{family} to ")?;
    match to.address {
        Some(address @ IpAddr::V6(_)) if to.port.is_some() => write!(out, "[{address}]")?,
        Some(address) => write!(out, "{address}")?,
        None => {}
    }
    to.port.map_or(Ok(()), |port| write!(out, ":{port}"))
}

fn write_forwarding(forwarding: &Forwarding, out: &mut String) -> std::fmt::Result {
    let device = &forwarding.device;
    match forwarding.to {
        None => write!(out, "fwd to \"{device}\""),
        Some(to @ IpAddr::V4(_)) => write!(out, "fwd ip to {to} device \"{device}\""),
        Some(to @ IpAddr::V6(_)) => write!(out, "fwd ip6 to {to} device \"{device}\""),
    }
}

fn write_aside(aside: &Aside, out: &mut String) -> std::fmt::Result {
    match aside {
        Aside::Connection { what, name } => write!(out, "ct {} set \"{name}\"", what.name()),
        Aside::Duplicate { to, device: None } => write!(out, "dup to {to}"),
        Aside::Duplicate { to, device: Some(device) } => write!(out, "dup to {to} device \"{device}\""),
        Aside::Mirror { device } => write!(out, "dup to \"{device}\""),
        Aside::Offload { table } => write!(out, "flow add @{table}"),
    }
}

fn write_differs(fields: &[(&Field, u128)], out: &mut String) {
    for (place, (field, value)) in fields.iter().enumerate() {
        let gap = if place > 0 { " " } else { "" };
        let _ = write!(out, "{gap}{} {} != ", field.header.name(), field.name);
        write_single(field.data_type, *value, out);
    }
}

fn write_assign(table: &Table, assign: &Assign, out: &mut String) {
    let target = match assign.target {
        Target::Meta(key) => Expression::Meta(key),
        Target::Ct(field) => Expression::Ct(field),
        Target::Payload(field) => Expression::Payload(field),
        Target::SegmentSize => Expression::SegmentSize,
    };
    write_expression(table, &target, out);
    out.push_str(" set ");
    write_expression(table, &assign.value, out);
}

/// With what it has counted, or as what it counts with.
pub fn write_stateful(what: Stateful, state: Option<&State>, out: &mut String) {
    let over = |over: bool| if over { "over " } else { "" };
    let _ = match (what, state) {
        (Stateful::Counter, Some(State::Counter { packets, bytes })) => {
            write!(out, "counter packets {packets} bytes {bytes}")
        }
        (Stateful::Counter, _) => out.write_str("counter"),
        (Stateful::Limit(limit), _) => write_limit(&limit, out),
        (Stateful::Quota(quota), state) => {
            let (amount, unit) = byte_amount(quota.bytes);
            let _ = write!(out, "quota {}{amount} {unit}", over(quota.over));
            match state {
                Some(State::Quota { used }) if *used > 0 => {
                    let (used, unit) = byte_amount(*used);
                    write!(out, " used {used} {unit}")
                }
                _ => Ok(()),
            }
        }
        (Stateful::Connections(count), _) => write!(out, "ct count {}{}", over(count.over), count.most),
    };
}

fn write_match(table: &Table, found: &Match, out: &mut String) {
    write_expression(table, &found.left, out);
    out.push(' ');
    let data_type = found.left.data_type(table);
    let not = |negated: bool| if negated { "!= " } else { "" };
    let _ = match &found.test {
        Test::Compare { op, value } => {
            // `must_print_eq_op`
            let explicit = data_type.is_bitmask() || matches!(found.left, Expression::Bitwise { .. });
            out.push_str(match op {
                Comparison::Equal if explicit => "== ",
                Comparison::Equal => "",
                Comparison::NotEqual => "!= ",
                Comparison::Less => "< ",
                Comparison::Greater => "> ",
                Comparison::AtMost => "<= ",
                Comparison::AtLeast => ">= ",
            });
            write_single(data_type, *value, out);
            Ok(())
        }
        Test::Prefix { negated, value, length } => {
            out.push_str(not(*negated));
            if data_type.is_string() {
                write!(out, "\"{}*\"", string_of(*value))
            } else {
                data_type.write(*value, out);
                write!(out, "/{length}")
            }
        }
        Test::Range { negated, low, high } => {
            out.push_str(not(*negated));
            write_range(data_type, *low, *high, out);
            Ok(())
        }
        Test::AnyFlag(value) => {
            data_type.write_flags(*value, ",", out);
            Ok(())
        }
        Test::NoFlag(value) => {
            out.push_str("! ");
            data_type.write_flags(*value, ",", out);
            Ok(())
        }
        Test::Flags { negated, value, mask } => {
            out.push_str(not(*negated));
            data_type.write_flags(*value, ",", out);
            out.push_str(" / ");
            data_type.write_flags(*mask, ",", out);
            Ok(())
        }
        Test::In { negated, set } => {
            out.push_str(not(*negated));
            write_use(table, set, out);
            Ok(())
        }
    };
}

/// The value on the right of a comparison.
fn write_single(data_type: DataType, value: u128, out: &mut String) {
    if data_type == DataType::TcpFlag && value.count_ones() != 1 {
        let _ = write!(out, "{value:#x}");
    } else if data_type.is_bitmask() {
        data_type.write_flags(value, " | ", out);
    } else {
        data_type.write(value, out);
    }
}

fn write_nat(table: &Table, nat: &Nat, out: &mut String) {
    out.push_str(match nat.manip {
        Manip::Source => "snat",
        Manip::Destination => "dnat",
    });
    if let Some(family) = nat.family {
        out.push_str(match family {
            Family::V4 => " ip",
            Family::V6 => " ip6",
        });
    }
    out.push_str(" to ");
    let with_port = nat.port.is_some();
    let _ = match &nat.address {
        None => Ok(()),
        Some(NatAddress::Fixed(address)) if with_port && address.is_ipv6() => {
            write!(out, "[{address}]")
        }
        Some(NatAddress::Fixed(address)) => write!(out, "{address}"),
        Some(NatAddress::Range(first, last)) if let Some(length) = prefix_length(*first, *last) => {
            write!(out, "{first}/{length}")
        }
        Some(NatAddress::Range(first, last)) if with_port && first.is_ipv6() => {
            write!(out, "[{first}]-[{last}]")
        }
        Some(NatAddress::Range(first, last)) => write!(out, "{first}-{last}"),
        Some(NatAddress::Computed(address)) => {
            write_expression(table, address, out);
            Ok(())
        }
    };
    if let Some(port) = &nat.port {
        write_port(table, port, out);
    }
    write_nat_flags(nat.flags, out);
}

/// nft prints a range of addresses as a prefix where it is one.
pub fn prefix_length(first: IpAddr, last: IpAddr) -> Option<u8> {
    let longest = Family::of(first).host_prefix();
    let is_whole = |net: IpNet| net.network() == first && net.broadcast() == last;
    (0..longest).find(|length| IpNet::new(first, *length).is_ok_and(is_whole))
}

fn write_port(table: &Table, port: &NatPort, out: &mut String) {
    let _ = match port {
        NatPort::Fixed(port) => write!(out, ":{port}"),
        NatPort::Range(first, last) => write!(out, ":{first}-{last}"),
        NatPort::Computed(port) => write!(out, ":{}", expression(table, port)),
    };
}

fn write_rebind(table: &Table, name: &str, rebind: &Rebind, out: &mut String) {
    out.push_str(name);
    if let Some(port) = &rebind.port {
        out.push_str(" to ");
        write_port(table, port, out);
    }
    write_nat_flags(rebind.flags, out);
}

fn write_nat_flags(flags: NatFlags, out: &mut String) {
    let mut delimiter = ' ';
    for (set, name) in
        [(flags.random, "random"), (flags.fully_random, "fully-random"), (flags.persistent, "persistent")]
    {
        if set {
            out.push(delimiter);
            out.push_str(name);
            delimiter = ',';
        }
    }
}

/// `reject_stmt_print`: the usual answer is left out where the table has one family.
fn reject_text(family: TableFamily, reject: Reject) -> String {
    use crate::netfilter::RejectWith::PortUnreachable;
    let one_family = family.only().is_some();
    let (word, names): (_, &[_]) = match reject.kind {
        RejectKind::TcpReset => return "reject with tcp reset".to_owned(),
        RejectKind::Icmpx if reject.with == PortUnreachable => return "reject".to_owned(),
        RejectKind::Icmp | RejectKind::Icmpv6 if one_family && reject.with == PortUnreachable => {
            return "reject".to_owned();
        }
        RejectKind::Icmp => ("icmp", &ICMP),
        RejectKind::Icmpv6 => ("icmpv6", &ICMPV6),
        RejectKind::Icmpx => ("icmpx", &ICMPX),
    };
    let code = names.iter().find(|(_, with)| *with == reject.with).map_or("port-unreachable", |(name, _)| name);
    format!("reject with {word} {code}")
}

/// `get_rate`: the largest unit that leaves no rest.
pub fn byte_amount(bytes: u64) -> (u64, &'static str) {
    let units = ["bytes", "kbytes", "mbytes"];
    let mut amount = bytes;
    let mut unit = 0;
    while unit + 1 < units.len() && amount > 0 && amount.is_multiple_of(1024) {
        amount /= 1024;
        unit += 1;
    }
    (amount, units[unit])
}

fn write_limit(limit: &Limit, out: &mut String) -> std::fmt::Result {
    let over = if limit.over { "over " } else { "" };
    let per = limit.per.name();
    match limit.unit {
        RateUnit::Packets => {
            write!(out, "limit rate {over}{}/{per}", limit.rate)?;
            if limit.burst != DEFAULT_BURST { write!(out, " burst {} packets", limit.burst) } else { Ok(()) }
        }
        RateUnit::Bytes => {
            let (rate, unit) = byte_amount(limit.rate);
            write!(out, "limit rate {over}{rate} {unit}/{per}")?;
            if limit.burst == DEFAULT_BURST {
                return Ok(());
            }
            let (burst, unit) = byte_amount(u64::from(limit.burst));
            write!(out, " burst {burst} {unit}")
        }
    }
}

fn write_update(table: &Table, update: &SetUpdate, out: &mut String) {
    let name = table.set(update.set).map_or("?", |set| &*set.name);
    let _ = write!(out, "{} @{name} {{ ", update.op.name());
    write_expression(table, &update.key, out);
    if let Some(timeout) = update.timeout {
        out.push_str(" timeout ");
        duration::write(timeout, out);
    }
    for (what, _) in &update.stateful {
        out.push(' ');
        write_stateful(*what, None, out);
    }
    if let Some(data) = &update.data {
        out.push_str(" : ");
        write_expression(table, data, out);
    }
    out.push_str(" }");
}

fn write_log(log: &Log, out: &mut String) -> std::fmt::Result {
    out.push_str("log");
    if let Some(prefix) = &log.prefix {
        write!(out, " prefix \"{prefix}\"")?;
    }
    if let Some(group) = log.group {
        write!(out, " group {group}")?;
    }
    if let Some(snaplen) = log.snaplen {
        write!(out, " snaplen {snaplen}")?;
    }
    if let Some(threshold) = log.queue_threshold {
        write!(out, " queue-threshold {threshold}")?;
    }
    if let Some(level) = log.level.filter(|level| *level != "warn") {
        write!(out, " level {level}")?;
    }
    let flags = log.flags;
    if flags == LogFlags::ALL {
        return out.write_str(" flags all");
    }
    match (flags.tcp_sequence, flags.tcp_options) {
        (true, true) => out.push_str(" flags tcp sequence,options"),
        (true, false) => out.push_str(" flags tcp sequence"),
        (false, true) => out.push_str(" flags tcp options"),
        (false, false) => {}
    }
    for (set, name) in [(flags.ip_options, "ip options"), (flags.skuid, "skuid"), (flags.ether, "ether")] {
        if set {
            write!(out, " flags {name}")?;
        }
    }
    Ok(())
}
