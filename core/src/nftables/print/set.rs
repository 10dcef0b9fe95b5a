use std::fmt::Write;

use super::expression::verdict_text;
use super::statement::write_stateful;
use crate::netfilter::Seconds;
use crate::nftables::model::{Data, DataType, Element, Set, SetData, SetUse, Table, duration};

/// A set with its declaration and elements (`set_print`).
pub fn write_set(table: &Table, set: &Set, now: Seconds, out: &mut String) {
    let kind = if set.data == SetData::None { "set" } else { "map" };
    let _ = writeln!(out, "\t{kind} {} {{", set.name);
    write_type(set, out);
    if set.memory {
        out.push_str("\t\tpolicy memory\n");
    }
    if let Some(size) = set.size {
        let _ = writeln!(out, "\t\tsize {size}");
    }
    write_flags(set, out);
    for what in &set.stateful {
        out.push_str("\t\t");
        write_stateful(*what, None, out);
        out.push('\n');
    }
    if set.auto_merge {
        out.push_str("\t\tauto-merge\n");
    }
    for (name, time) in [("timeout", set.timeout), ("gc-interval", set.gc_interval)] {
        if let Some(time) = time {
            let _ = write!(out, "\t\t{name} ");
            duration::write(time, out);
            out.push('\n');
        }
    }
    if let Some(comment) = &set.comment {
        let _ = writeln!(out, "\t\tcomment \"{comment}\"");
    }
    let elements: Vec<&Element> = set.listed().into_iter().filter(|element| !element.is_expired(now)).collect();
    if !elements.is_empty() {
        out.push_str("\t\telements = ");
        write_elements(table, set, &elements, now, out);
        out.push('\n');
    }
    out.push_str("\t}\n");
}

fn write_type(set: &Set, out: &mut String) {
    let names = |types: &[DataType]| types.iter().map(|data_type| data_type.name()).collect::<Vec<_>>().join(" . ");
    match &set.key_of {
        Some(expressions) => {
            let _ = write!(out, "\t\ttypeof {expressions}");
        }
        None => {
            let _ = write!(out, "\t\ttype {}", names(&set.key));
        }
    }
    let _ = match (&set.data, &set.data_of) {
        (SetData::None, _) => Ok(()),
        (SetData::Verdict, _) => write!(out, " : verdict"),
        (SetData::Values(_), Some(expressions)) => write!(out, " : {expressions}"),
        (SetData::Values(types), None) => write!(out, " : {}", names(types)),
    };
    out.push('\n');
}

fn write_flags(set: &Set, out: &mut String) {
    let flags = set.flags;
    // A time-out of the set says that it has the flag; next to others it is printed all the same.
    let shown = flags.constant || flags.dynamic || flags.interval || (flags.timeout && set.timeout.is_none());
    if !shown {
        return;
    }
    let named = [
        (flags.constant, "constant"),
        (flags.dynamic, "dynamic"),
        (flags.interval, "interval"),
        (flags.timeout, "timeout"),
    ];
    let names: Vec<_> = named.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
    let _ = writeln!(out, "\t\tflags {}", names.join(","));
}

/// How many elements stand on one line (`calculate_delim`).
fn per_line(key: &[DataType]) -> usize {
    match key {
        [DataType::Ipv4Addr | DataType::CtState | DataType::CtStatus | DataType::PktType] => 2,
        [
            DataType::NfProto
            | DataType::Integer(_)
            | DataType::InetProto
            | DataType::InetService
            | DataType::TcpFlag
            | DataType::Mark
            | DataType::IfIndex
            | DataType::ClassId
            | DataType::Uid
            | DataType::Gid
            | DataType::CtDir,
        ] => 5,
        _ => 1,
    }
}

/// `{ … }`
fn write_elements(table: &Table, set: &Set, elements: &[&Element], now: Seconds, out: &mut String) {
    out.push_str("{ ");
    let per_line = per_line(&set.key);
    for (place, element) in elements.iter().enumerate() {
        if place > 0 {
            let breaks = !set.is_anonymous() && place % per_line == 0;
            out.push_str(if breaks { ",\n\t\t\t     " } else { ", " });
        }
        write_element(table, set, element, now, out);
    }
    out.push_str(" }");
}

fn write_element(table: &Table, set: &Set, element: &Element, now: Seconds, out: &mut String) {
    if element.start().is_empty() {
        out.push('*');
    }
    for (place, (data_type, first, last)) in element.fields(&set.key).enumerate() {
        if place > 0 && !element.start().is_empty() {
            out.push_str(" . ");
        }
        if !element.start().is_empty() {
            write_field(data_type, first, last, out);
        }
    }
    for (what, state) in &element.states {
        out.push(' ');
        write_stateful(*what, Some(state), out);
    }
    if let Some(timeout) = element.timeout {
        out.push_str(" timeout ");
        duration::write(timeout, out);
    }
    if let Some(expires) = element.expires {
        out.push_str(" expires ");
        duration::write(expires.saturating_sub(now.saturating_mul(1000)), out);
    }
    if let Some(comment) = &element.comment {
        let _ = write!(out, " comment \"{comment}\"");
    }
    match &element.data {
        Data::None => {}
        Data::Verdict(verdict) => {
            let _ = write!(out, " : {}", verdict_text(table, *verdict));
        }
        Data::Values(values) => {
            out.push_str(" : ");
            write_values(set.data.types(), values, out);
        }
    }
}

pub fn write_values(types: &[DataType], values: &[u128], out: &mut String) {
    for (place, (data_type, value)) in types.iter().zip(values).enumerate() {
        if place > 0 {
            out.push_str(" . ");
        }
        data_type.write(*value, out);
    }
}

/// One value, a prefix or a range (`interval_map_decompose`, `concat_range_aggregate`).
fn write_field(data_type: DataType, first: u128, last: u128, out: &mut String) {
    if first == last {
        if data_type.is_bitmask() {
            data_type.write_flags(first, " | ", out);
        } else {
            data_type.write(first, out);
        }
        return;
    }
    let varying = first ^ last;
    let is_prefix = varying & (varying.wrapping_add(1)) == 0 && first & varying == 0;
    let length = data_type.bits() - varying.count_ones();
    if is_prefix && data_type == DataType::IfName && length.is_multiple_of(8) {
        let _ = write!(out, "\"{}*\"", crate::nftables::model::string_of(first));
    } else if is_prefix && data_type.has_prefixes() {
        data_type.write(first, out);
        let _ = write!(out, "/{length}");
    } else {
        write_range(data_type, first, last, out);
    }
}

/// `first-last`; the ends print as numbers (`range_expr_print`).
pub fn write_range(data_type: DataType, first: u128, last: u128, out: &mut String) {
    for (place, value) in [first, last].into_iter().enumerate() {
        if place > 0 {
            out.push('-');
        }
        match data_type {
            DataType::Time => {
                let _ = write!(out, "{}s", value / 1000);
            }
            DataType::InetProto
            | DataType::IcmpType
            | DataType::Icmpv6Type
            | DataType::IcmpCode
            | DataType::Icmpv6Code
            | DataType::Day => {
                let _ = write!(out, "{value}");
            }
            _ => data_type.write(value, out),
        }
    }
}

/// `@name`, or the elements in braces.
pub fn write_use(table: &Table, set: &SetUse, out: &mut String) {
    match set {
        SetUse::Named(id) => {
            let _ = write!(out, "@{}", table.set(*id).map_or("?", |set| &*set.name));
        }
        SetUse::Anonymous(set) => {
            let elements = set.listed();
            write_elements(table, set, &elements, 0, out);
        }
    }
}

pub fn set_use_text(table: &Table, set: &SetUse) -> String {
    let mut out = String::new();
    write_use(table, set, &mut out);
    out
}

/// One element as a listing shows it.
pub fn element_text(table: &Table, set: &Set, element: &Element, now: Seconds) -> String {
    let mut out = String::new();
    write_element(table, set, element, now, &mut out);
    out
}
