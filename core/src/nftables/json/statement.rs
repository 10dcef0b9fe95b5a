use std::net::IpAddr;

use serde_json::{Value, json};

use super::expression::{self, constant, flags, or_of_flags};
use super::set;
use crate::net::Family;
use crate::netfilter::Manip;
use crate::nftables::model::{
    Aside, Comparison, DataType, Expression, Forwarding, Limit, Log, LogFlags, Match, Nat, NatAddress, NatFlags,
    NatPort, RateUnit, Rebind, Reject, RejectKind, SetUpdate, State, Stateful, Statement, Table, Target, Test, Tproxy,
    string_of,
};
use crate::nftables::parse::{ICMP, ICMPV6, ICMPX};
use crate::nftables::print::{DEFAULT_BURST, byte_amount, prefix_length, statement_text};

/// Appends what a statement prints as, which may be more than one.
pub fn write(table: &Table, statement: &Statement, out: &mut Vec<Value>) {
    out.push(match statement {
        Statement::Match(found) => write_match(table, found),
        Statement::Differs(fields) => {
            let differs = fields.iter().map(|(field, value)| {
                let left = expression::write(table, &Expression::Payload(field));
                compare("!=", left, constant(field.data_type, *value))
            });
            return out.extend(differs);
        }
        Statement::Verdict(verdict) => expression::verdict(table, *verdict),
        Statement::VerdictMap { key, map } => {
            json!({"vmap": {"key": expression::write(table, key), "data": set::used(table, map)}})
        }
        Statement::Assign(assign) => {
            let target = match assign.target {
                Target::Meta(key) => Expression::Meta(key),
                Target::Ct(field) => Expression::Ct(field),
                Target::Payload(field) => Expression::Payload(field),
                Target::SegmentSize => Expression::SegmentSize,
            };
            let value = expression::write(table, &assign.value);
            json!({"mangle": {"key": expression::write(table, &target), "value": value}})
        }
        Statement::Nat(nat) => write_nat(table, nat),
        Statement::Masquerade(rebind) => write_rebind(table, "masquerade", rebind),
        Statement::Redirect(rebind) => write_rebind(table, "redirect", rebind),
        Statement::Reject(reject) => write_reject(*reject),
        Statement::Stateful(what, state) => stateful(*what, table.state(*state)),
        Statement::Object { kind, object } => {
            json!({ kind.name(): table.objects.get(object.0).map_or("?", |object| &*object.name) })
        }
        // 1.0.6 has no JSON for what changes a map.
        Statement::SetUpdate(update) if update.data.is_some() => json!(statement_text(table, statement)),
        Statement::SetUpdate(update) => write_update(table, update),
        Statement::Log(log) => write_log(log),
        Statement::Notrack => json!({"notrack": null}),
        Statement::Tproxy(to) => write_tproxy(*to),
        Statement::Forward(Forwarding { to: None, device }) => json!({"fwd": {"dev": **device}}),
        Statement::Forward(Forwarding { to: Some(to), device }) => {
            let family = if to.is_ipv4() { "ip" } else { "ip6" };
            json!({"fwd": {"dev": **device, "family": family, "addr": to.to_string()}})
        }
        Statement::Aside(aside) => write_aside(aside),
        Statement::Unknown(text) => json!(**text),
    });
}

fn write_tproxy(to: Tproxy) -> Value {
    let mut root = json!({});
    if let Some(family) = to.family {
        root["family"] = json!(if family == Family::V4 { "ip" } else { "ip6" });
    }
    if let Some(address) = to.address {
        root["addr"] = json!(address.to_string());
    }
    if let Some(port) = to.port {
        root["port"] = json!(port);
    }
    json!({ "tproxy": root })
}

fn write_aside(aside: &Aside) -> Value {
    match aside {
        Aside::Connection { what, name } => json!({ format!("ct {}", what.name()): **name }),
        Aside::Duplicate { to, device: None } => json!({"dup": {"addr": to.to_string()}}),
        Aside::Duplicate { to, device: Some(device) } => json!({"dup": {"addr": to.to_string(), "dev": **device}}),
        Aside::Mirror { device } => json!({"dup": {"addr": **device}}),
        Aside::Offload { table } => json!({"flow": {"op": "add", "flowtable": format!("@{table}")}}),
    }
}

fn compare(op: &str, left: Value, right: Value) -> Value {
    json!({"match": {"op": op, "left": left, "right": right}})
}

/// `relational_expr_json`, `flagcmp_expr_json`
fn write_match(table: &Table, found: &Match) -> Value {
    let left = expression::write(table, &found.left);
    let data_type = found.left.data_type(table);
    let equals = |negated: bool| if negated { "!=" } else { "==" };
    match &found.test {
        Test::Compare { op, value } => {
            let op = match op {
                Comparison::Equal => "==",
                Comparison::NotEqual => "!=",
                Comparison::Less => "<",
                Comparison::Greater => ">",
                Comparison::AtMost => "<=",
                Comparison::AtLeast => ">=",
            };
            let is_flags = data_type.is_bitmask() && data_type != DataType::TcpFlag;
            compare(op, left, if is_flags { or_of_flags(data_type, *value) } else { constant(data_type, *value) })
        }
        Test::Prefix { negated, value, length } => {
            let right = if data_type.is_string() {
                json!(format!("{}*", string_of(*value)))
            } else {
                set::prefix(data_type, *value, (*length).into())
            };
            compare(equals(*negated), left, right)
        }
        Test::Range { negated, low, high } => compare(equals(*negated), left, set::range(data_type, *low, *high)),
        Test::AnyFlag(value) => compare("in", left, flags(data_type, *value)),
        Test::NoFlag(value) => compare("!", left, flags(data_type, *value)),
        Test::Flags { negated, value, mask } => {
            let masked = json!({"&": [left, flags(data_type, *mask)]});
            compare(equals(*negated), masked, flags(data_type, *value))
        }
        Test::In { negated, set } => compare(equals(*negated), left, set::used(table, set)),
    }
}

/// With what it has counted, or as what it counts with.
pub fn stateful(what: Stateful, state: Option<&State>) -> Value {
    match (what, state) {
        (Stateful::Counter, Some(State::Counter { packets, bytes })) => {
            json!({"counter": {"packets": packets, "bytes": bytes}})
        }
        (Stateful::Counter, _) => json!({"counter": null}),
        (Stateful::Limit(limit), _) => json!({ "limit": write_limit(&limit) }),
        (Stateful::Quota(quota), state) => {
            let (amount, unit) = byte_amount(quota.bytes);
            let mut root = json!({"val": amount, "val_unit": unit});
            if quota.over {
                root["inv"] = json!(true);
            }
            let (used, unit) = byte_amount(used(state));
            if used > 0 {
                root["used"] = json!(used);
                root["used_unit"] = json!(unit);
            }
            json!({ "quota": root })
        }
        (Stateful::Connections(count), _) => {
            let mut root = json!({"val": count.most});
            if count.over {
                root["inv"] = json!(true);
            }
            json!({ "ct count": root })
        }
    }
}

/// The bytes that a quota has used up.
pub const fn used(state: Option<&State>) -> u64 {
    match state {
        Some(State::Quota { used }) => *used,
        _ => 0,
    }
}

fn write_limit(limit: &Limit) -> Value {
    let (rate, burst) = amounts(limit);
    let mut root = json!({"rate": rate.0, "burst": burst.0, "per": limit.per.name()});
    if limit.over {
        root["inv"] = json!(true);
    }
    if limit.unit == RateUnit::Bytes {
        root["rate_unit"] = json!(rate.1);
        root["burst_unit"] = json!(burst.1);
    }
    root
}

/// As a named object it has another order.
pub fn limit_object(limit: &Limit) -> Value {
    let (rate, burst) = amounts(limit);
    let mut root = json!({"rate": rate.0, "per": limit.per.name()});
    if limit.over {
        root["inv"] = json!(true);
    }
    if limit.unit == RateUnit::Bytes {
        root["rate_unit"] = json!(rate.1);
    }
    if burst.0 > 0 {
        root["burst"] = json!(burst.0);
        if limit.unit == RateUnit::Bytes {
            root["burst_unit"] = json!(burst.1);
        }
    }
    root
}

type Amount = (u64, &'static str);

fn amounts(limit: &Limit) -> (Amount, Amount) {
    match limit.unit {
        RateUnit::Packets => ((limit.rate, ""), (limit.burst.into(), "")),
        // Without a burst of its own a rate of bytes has none, for which the model keeps the number of packets.
        RateUnit::Bytes if limit.burst == DEFAULT_BURST => (byte_amount(limit.rate), byte_amount(0)),
        RateUnit::Bytes => (byte_amount(limit.rate), byte_amount(limit.burst.into())),
    }
}

fn write_nat(table: &Table, nat: &Nat) -> Value {
    let mut root = json!({});
    if let Some(family) = nat.family.or(table.family.only()) {
        root["family"] = json!(if family == Family::V4 { "ip" } else { "ip6" });
    }
    let text = |address: &IpAddr| address.to_string();
    match &nat.address {
        None => {}
        Some(NatAddress::Fixed(address)) => root["addr"] = json!(text(address)),
        Some(NatAddress::Range(first, last)) => {
            root["addr"] = match prefix_length(*first, *last) {
                Some(length) => json!({"prefix": {"addr": text(first), "len": length}}),
                None => json!({"range": [text(first), text(last)]}),
            };
        }
        Some(NatAddress::Computed(address)) => root["addr"] = expression::write(table, address),
    }
    write_port(table, nat.port.as_ref(), &mut root);
    write_nat_flags(nat.flags, &mut root);
    json!({ if nat.manip == Manip::Source { "snat" } else { "dnat" }: root })
}

fn write_port(table: &Table, port: Option<&NatPort>, root: &mut Value) {
    match port {
        None => {}
        Some(NatPort::Fixed(port)) => root["port"] = json!(port),
        Some(NatPort::Range(first, last)) => root["port"] = json!({"range": [first, last]}),
        Some(NatPort::Computed(port)) => root["port"] = expression::write(table, port),
    }
}

fn write_rebind(table: &Table, name: &str, rebind: &Rebind) -> Value {
    let mut root = json!({});
    write_port(table, rebind.port.as_ref(), &mut root);
    write_nat_flags(rebind.flags, &mut root);
    let is_empty = root.as_object().is_none_or(serde_json::Map::is_empty);
    json!({ name: if is_empty { Value::Null } else { root } })
}

fn write_nat_flags(flags: NatFlags, root: &mut Value) {
    let named = [(flags.random, "random"), (flags.fully_random, "fully-random"), (flags.persistent, "persistent")];
    let names: Vec<_> = named.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
    one_or_several(&names, root);
}

fn one_or_several(names: &[&str], root: &mut Value) {
    match names {
        [] => {}
        [name] => root["flags"] = json!(name),
        names => root["flags"] = json!(names),
    }
}

fn write_reject(reject: Reject) -> Value {
    let (kind, names): (_, &[_]) = match reject.kind {
        RejectKind::TcpReset => return json!({"reject": {"type": "tcp reset"}}),
        RejectKind::Icmp => ("icmp", &ICMP),
        RejectKind::Icmpv6 => ("icmpv6", &ICMPV6),
        RejectKind::Icmpx => ("icmpx", &ICMPX),
    };
    let code = names.iter().find(|(_, with)| *with == reject.with).map_or("port-unreachable", |(name, _)| name);
    json!({"reject": {"type": kind, "expr": code}})
}

fn write_update(table: &Table, update: &SetUpdate) -> Value {
    let name = format!("@{}", table.set(update.set).map_or("?", |set| &*set.name));
    let mut element = expression::write(table, &update.key);
    if let Some(timeout) = update.timeout {
        element = json!({"elem": {"val": element, "timeout": timeout / 1000}});
    }
    let mut root = json!({"op": update.op.name(), "elem": element, "set": name});
    if !update.stateful.is_empty() {
        root["stmt"] = update.stateful.iter().map(|(what, _)| stateful(*what, None)).collect();
    }
    json!({ "set": root })
}

fn write_log(log: &Log) -> Value {
    let mut root = json!({});
    if let Some(prefix) = &log.prefix {
        root["prefix"] = json!(**prefix);
    }
    if let Some(group) = log.group {
        root["group"] = json!(group);
    }
    if let Some(snaplen) = log.snaplen {
        root["snaplen"] = json!(snaplen);
    }
    if let Some(threshold) = log.queue_threshold {
        root["queue-threshold"] = json!(threshold);
    }
    if let Some(level) = log.level.filter(|level| *level != "warn") {
        root["level"] = json!(level);
    }
    let flags = log.flags;
    if flags == LogFlags::ALL {
        one_or_several(&["all"], &mut root);
    } else {
        let named = [
            (flags.tcp_sequence, "tcp sequence"),
            (flags.tcp_options, "tcp options"),
            (flags.ip_options, "ip options"),
            (flags.skuid, "skuid"),
            (flags.ether, "ether"),
        ];
        let names: Vec<_> = named.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
        one_or_several(&names, &mut root);
    }
    let is_empty = root.as_object().is_none_or(serde_json::Map::is_empty);
    json!({ "log": if is_empty { Value::Null } else { root } })
}
