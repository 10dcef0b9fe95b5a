use serde_json::{Value, json};

use super::set;
use crate::net::Family;
use crate::netfilter::Direction;
use crate::nftables::model::{
    DataType, Expression, Fib, FibAddress, Hash, Numgen, NumgenMode, RtKey, RuleVerdict, Seed, ShiftDirection, Table,
    string_of,
};

pub fn write(table: &Table, expression: &Expression) -> Value {
    match expression {
        Expression::Value { data_type, value } => constant(*data_type, *value),
        Expression::Payload(field) => {
            json!({"payload": {"protocol": field.header.name(), "field": field.name}})
        }
        Expression::RawPayload { base, offset, bits } => {
            json!({"payload": {"base": base.name(), "offset": offset, "len": bits}})
        }
        Expression::Meta(key) => json!({"meta": {"key": key.name()}}),
        Expression::Ct(field) => {
            let mut root = json!({"key": field.key.name()});
            if let Some(direction) = field.direction {
                let name = match direction {
                    Direction::Original => "original",
                    Direction::Reply => "reply",
                };
                root["dir"] = json!(name);
            }
            json!({ "ct": root })
        }
        Expression::Socket(key) => json!({"socket": {"key": key.name()}}),
        Expression::Rt(key) => match key {
            RtKey::NextHop(Family::V4) => json!({"rt": {"key": key.name(), "family": "ip"}}),
            RtKey::NextHop(Family::V6) => json!({"rt": {"key": key.name(), "family": "ip6"}}),
            _ => json!({"rt": {"key": key.name()}}),
        },
        Expression::Fragment(key) => match key.field() {
            Some(field) => json!({"exthdr": {"name": "frag", "field": field}}),
            None => json!({"exthdr": {"name": "frag"}}),
        },
        Expression::SegmentSize => json!({"tcp option": {"name": "maxseg", "field": "size"}}),
        Expression::Fib(fib) => write_fib(fib),
        Expression::Numgen(numgen) => write_numgen(*numgen),
        Expression::Hash(hash) => write_hash(table, hash),
        Expression::Concat(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| write(table, part)).collect();
            json!({ "concat": parts })
        }
        Expression::Bitwise { operand, mask, xor } => {
            write_bitwise(operand.data_type(table), write(table, operand), *mask, *xor)
        }
        Expression::Shift { operand, direction, by } => {
            let operator = if *direction == ShiftDirection::Left { "<<" } else { ">>" };
            json!({ operator: [write(table, operand), by] })
        }
        Expression::Map { key, map } => {
            json!({"map": {"key": write(table, key), "data": set::used(table, map)}})
        }
    }
}

fn write_fib(fib: &Fib) -> Value {
    let address = match fib.address {
        FibAddress::Saddr => "saddr",
        FibAddress::Daddr => "daddr",
    };
    let flags = [(true, address), (fib.mark, "mark"), (fib.iif, "iif"), (fib.oif, "oif")];
    let flags: Vec<_> = flags.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
    json!({"fib": {"result": fib.result.name(), "flags": flags}})
}

fn write_numgen(numgen: Numgen) -> Value {
    let mode = match numgen.mode {
        NumgenMode::Random => "random",
        NumgenMode::Incremental(_) => "inc",
    };
    json!({"numgen": {"mode": mode, "mod": numgen.modulus, "offset": numgen.offset}})
}

fn write_hash(table: &Table, hash: &Hash) -> Value {
    let mut root = json!({"mod": hash.modulus});
    if let Some(Seed::Given(seed)) = hash.seed {
        root["seed"] = json!(seed);
    }
    if hash.offset > 0 {
        root["offset"] = json!(hash.offset);
    }
    match &hash.operand {
        Some(operand) => {
            root["expr"] = write(table, operand);
            json!({ "jhash": root })
        }
        None => json!({ "symhash": root }),
    }
}

/// `(x & mask) ^ xor` as and, xor and or, each around what comes before it.
fn write_bitwise(data_type: DataType, operand: Value, mask: u128, xor: u128) -> Value {
    let or = xor & !mask;
    let and = mask | or;
    let xor = xor & mask;
    let mut root = operand;
    let steps = [("&", and, and != data_type.max()), ("^", xor, xor != 0), ("|", or, or != 0)];
    for (operator, value, _) in steps.into_iter().filter(|(_, _, does)| *does) {
        let value = if data_type.is_bitmask() { or_of_flags(data_type, value) } else { constant(data_type, value) };
        root = json!({ operator: [root, value] });
    }
    root
}

pub fn verdict(table: &Table, verdict: RuleVerdict) -> Value {
    let target = |chain| json!({"target": table.chain(chain).map_or("?", |chain| &*chain.name)});
    match verdict {
        RuleVerdict::Accept => json!({"accept": null}),
        RuleVerdict::Drop => json!({"drop": null}),
        RuleVerdict::Continue => json!({"continue": null}),
        RuleVerdict::Return => json!({"return": null}),
        RuleVerdict::Jump(chain) => json!({"jump": target(chain)}),
        RuleVerdict::Goto(chain) => json!({"goto": target(chain)}),
    }
}

/// `constant_expr_json`: a number where the type has none but numbers or the value has no name.
pub fn constant(data_type: DataType, value: u128) -> Value {
    match data_type {
        DataType::Mark
        | DataType::InetService
        | DataType::Uid
        | DataType::Gid
        | DataType::Integer(_)
        | DataType::Bits(_) => number(value),
        DataType::Time => number(value / 1000),
        DataType::Boolean => json!(value != 0),
        DataType::IfName => json!(string_of(value)),
        _ => {
            let text = data_type.text(value);
            let digits = text.strip_prefix("0x").unwrap_or(&text);
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_number && (text.len() > digits.len() || text.parse::<u128>().is_ok()) {
                number(value)
            } else {
                json!(text.trim_matches('"'))
            }
        }
    }
}

fn number(value: u128) -> Value {
    match u64::try_from(value) {
        Ok(value) => json!(value),
        Err(_) => json!(format!("{value:#x}")),
    }
}

/// The names of the bits: one, or a list.
pub fn flags(data_type: DataType, value: u128) -> Value {
    match &*names(data_type, value) {
        [] => number(value),
        [name] => json!(name),
        names => json!(names),
    }
}

/// `established | related`, two at a time.
pub fn or_of_flags(data_type: DataType, value: u128) -> Value {
    let mut names = names(data_type, value).into_iter().map(Value::from);
    let first = names.next().unwrap_or_else(|| number(value));
    names.fold(first, |left, right| json!({"|": [left, right]}))
}

fn names(data_type: DataType, value: u128) -> Vec<String> {
    let mut text = String::new();
    data_type.write_flags(value, ",", &mut text);
    let is_named = value != 0 && !text.starts_with("0x");
    if is_named { text.split(',').map(str::to_owned).collect() } else { Vec::new() }
}
