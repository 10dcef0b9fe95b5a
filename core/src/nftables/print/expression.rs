use std::fmt::Write;

use crate::net::Family;
use crate::netfilter::Direction;
use crate::nftables::model::{
    DataType, Expression, FibAddress, Hash, Numgen, NumgenMode, RtKey, RuleVerdict, Seed, ShiftDirection, Table,
};

/// An expression as it stands in a rule.
pub fn expression(table: &Table, expression: &Expression) -> String {
    let mut out = String::new();
    write(table, expression, &mut out);
    out
}

pub fn write(table: &Table, expression: &Expression, out: &mut String) {
    let _ = match expression {
        Expression::Value { data_type, value } => {
            data_type.write(*value, out);
            Ok(())
        }
        Expression::Payload(field) => write!(out, "{} {}", field.header.name(), field.name),
        Expression::RawPayload { base, offset, bits } => {
            write!(out, "@{},{offset},{bits}", base.name())
        }
        Expression::Meta(key) => write!(out, "{}{}", if key.prints_bare() { "" } else { "meta " }, key.name()),
        Expression::Ct(field) => {
            let direction = match field.direction {
                None => "",
                Some(Direction::Original) => "original ",
                Some(Direction::Reply) => "reply ",
            };
            write!(out, "ct {direction}{}", field.key.name())
        }
        Expression::Socket(key) => write!(out, "socket {}", key.name()),
        Expression::Rt(key) => {
            let family = match key {
                RtKey::NextHop(Family::V4) => "ip ",
                RtKey::NextHop(Family::V6) => "ip6 ",
                _ => "",
            };
            write!(out, "rt {family}{}", key.name())
        }
        Expression::SegmentSize => out.write_str("tcp option maxseg size"),
        Expression::Fragment(key) => match key.field() {
            Some(field) => write!(out, "frag {field}"),
            None => out.write_str("exthdr frag"),
        },
        Expression::Fib(fib) => write_fib(fib, out),
        Expression::Numgen(numgen) => write_numgen(*numgen, out),
        Expression::Hash(hash) => write_hash(table, hash, out),
        Expression::Concat(parts) => {
            for (place, part) in parts.iter().enumerate() {
                if place > 0 {
                    out.push_str(" . ");
                }
                write(table, part, out);
            }
            Ok(())
        }
        Expression::Bitwise { operand, mask, xor } => {
            write(table, operand, out);
            write_bitwise(operand.data_type(table), *mask, *xor, out);
            Ok(())
        }
        Expression::Shift { operand, direction, by } => {
            write(table, operand, out);
            write!(out, " {} {by}", if *direction == ShiftDirection::Left { "<<" } else { ">>" })
        }
        Expression::Map { key, map } => {
            write(table, key, out);
            out.push_str(" map ");
            super::set::write_use(table, map, out);
            Ok(())
        }
    };
}

fn write_numgen(numgen: Numgen, out: &mut String) -> std::fmt::Result {
    let mode = match numgen.mode {
        NumgenMode::Random => "random",
        NumgenMode::Incremental(_) => "inc",
    };
    write!(out, "numgen {mode} mod {}", numgen.modulus)?;
    write_offset(numgen.offset, out)
}

fn write_hash(table: &Table, hash: &Hash, out: &mut String) -> std::fmt::Result {
    match &hash.operand {
        Some(operand) => {
            out.push_str("jhash ");
            write(table, operand, out);
        }
        None => out.push_str("symhash"),
    }
    write!(out, " mod {}", hash.modulus)?;
    if let Some(Seed::Given(seed)) = hash.seed {
        write!(out, " seed {seed:#x}")?;
    }
    write_offset(hash.offset, out)
}

fn write_offset(offset: u32, out: &mut String) -> std::fmt::Result {
    if offset > 0 { write!(out, " offset {offset}") } else { Ok(()) }
}

fn write_fib(fib: &crate::nftables::model::Fib, out: &mut String) -> std::fmt::Result {
    out.push_str(match fib.address {
        FibAddress::Saddr => "fib saddr",
        FibAddress::Daddr => "fib daddr",
    });
    for (asked, name) in [(fib.mark, "mark"), (fib.iif, "iif"), (fib.oif, "oif")] {
        if asked {
            write!(out, " . {name}")?;
        }
    }
    write!(out, " {}", fib.result.name())
}

/// `(x & mask) ^ xor` as and, xor and or (`netlink_parse_bitwise_bool`).
fn write_bitwise(data_type: DataType, mask: u128, xor: u128, out: &mut String) {
    // What is both cleared and set is an or; it is printed last, so that the and may leave it alone.
    let or = xor & !mask;
    let and = mask | or;
    let xor = xor & mask;
    let mut step = |operator: char, value: u128| {
        let _ = write!(out, " {operator} ");
        if data_type.is_bitmask() {
            data_type.write_flags(value, " | ", out);
        } else {
            data_type.write(value, out);
        }
    };
    if and != data_type.max() {
        step('&', and);
    }
    if xor != 0 {
        step('^', xor);
    }
    if or != 0 {
        step('|', or);
    }
}

pub fn verdict_text(table: &Table, verdict: RuleVerdict) -> String {
    let target = |chain| table.chain(chain).map_or("?", |chain| &*chain.name);
    match verdict {
        RuleVerdict::Accept => "accept".to_owned(),
        RuleVerdict::Drop => "drop".to_owned(),
        RuleVerdict::Continue => "continue".to_owned(),
        RuleVerdict::Return => "return".to_owned(),
        RuleVerdict::Jump(chain) => format!("jump {}", target(chain)),
        RuleVerdict::Goto(chain) => format!("goto {}", target(chain)),
    }
}

/// A key that was looked up: `10.96.0.10 . tcp . 80`.
pub fn key_text(types: &[DataType], values: impl Iterator<Item = u128>) -> String {
    let mut out = String::new();
    for (place, (data_type, value)) in types.iter().zip(values).enumerate() {
        if place > 0 {
            out.push_str(" . ");
        }
        data_type.write(value, &mut out);
    }
    out
}
