use serde_json::{Value, json};

use super::expression::{constant, or_of_flags, verdict};
use super::statement::stateful;
use crate::netfilter::Seconds;
use crate::nftables::model::{Data, DataType, Element, Set, SetData, SetUse, Table, string_of};

/// `set_print_json`
pub fn declaration(table: &Table, set: &Set, now: Seconds) -> Value {
    let names: Vec<_> = set.key.iter().map(|data_type| data_type.name()).collect();
    let key = if let [name] = &*names { json!(name) } else { json!(names) };
    let family = table.family.to_string();
    let mut root =
        json!({"family": family, "name": *set.name, "table": *table.name, "type": key, "handle": set.handle});
    if let Some(comment) = &set.comment {
        root["comment"] = json!(**comment);
    }
    match &set.data {
        SetData::None => {}
        SetData::Verdict => root["map"] = json!("verdict"),
        SetData::Values(types) => {
            let names: Vec<_> = types.iter().map(|data_type| data_type.name()).collect();
            root["map"] = json!(names.join(" . "));
        }
    }
    if set.memory {
        root["policy"] = json!("memory");
    }
    if let Some(size) = set.size {
        root["size"] = json!(size);
    }
    let named = [(set.flags.constant, "constant"), (set.flags.interval, "interval"), (set.flags.timeout, "timeout")];
    let flags: Vec<_> = named.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
    if !flags.is_empty() {
        root["flags"] = json!(flags);
    }
    for (name, time) in [("timeout", set.timeout), ("gc-interval", set.gc_interval)] {
        if let Some(time) = time {
            root[name] = json!(time / 1000);
        }
    }
    let elements = set.listed().into_iter().filter(|element| !element.is_expired(now));
    let elements: Vec<_> = elements.map(|found| element(table, set, found, now)).collect();
    if !elements.is_empty() {
        root["elem"] = json!(elements);
    }
    if !set.stateful.is_empty() {
        root["stmt"] = set.stateful.iter().map(|what| stateful(*what, None)).collect();
    }
    json!({ if set.data == SetData::None { "set" } else { "map" }: root })
}

/// `@name`, or the elements of a set that is written into the rule.
pub fn used(table: &Table, set: &SetUse) -> Value {
    match set {
        SetUse::Named(id) => json!(format!("@{}", table.set(*id).map_or("?", |set| &*set.name))),
        SetUse::Anonymous(set) => {
            let elements: Vec<_> = set.listed().into_iter().map(|found| element(table, set, found, 0)).collect();
            json!({ "set": elements })
        }
    }
}

/// `set_elem_expr_json`, `mapping_expr_json`
fn element(table: &Table, set: &Set, element: &Element, now: Seconds) -> Value {
    let mut key = key(set, element);
    let plain = element.timeout.is_none()
        && element.expires.is_none()
        && element.comment.is_none()
        && element.states.is_empty();
    if !plain {
        let mut root = json!({ "val": key });
        if let Some(timeout) = element.timeout {
            root["timeout"] = json!(timeout / 1000);
        }
        if let Some(expires) = element.expires {
            root["expires"] = json!(expires.saturating_sub(now.saturating_mul(1000)) / 1000);
        }
        if let Some(comment) = &element.comment {
            root["comment"] = json!(**comment);
        }
        for (what, state) in &element.states {
            if let (Value::Object(counted), Some(root)) = (stateful(*what, Some(state)), root.as_object_mut()) {
                root.extend(counted);
            }
        }
        key = json!({ "elem": root });
    }
    match &element.data {
        Data::None => key,
        Data::Verdict(found) => json!([key, verdict(table, *found)]),
        Data::Values(values) => {
            let values: Vec<_> =
                set.data.types().iter().zip(values).map(|(data_type, value)| constant(*data_type, *value)).collect();
            json!([key, concat(values)])
        }
    }
}

fn key(set: &Set, element: &Element) -> Value {
    if element.start().is_empty() {
        return json!("*");
    }
    concat(element.fields(&set.key).map(|(data_type, first, last)| field(data_type, first, last)).collect())
}

fn concat(mut parts: Vec<Value>) -> Value {
    if parts.len() == 1 { parts.remove(0) } else { json!({ "concat": parts }) }
}

fn field(data_type: DataType, first: u128, last: u128) -> Value {
    if first == last {
        return if data_type.is_bitmask() { or_of_flags(data_type, first) } else { constant(data_type, first) };
    }
    let varying = first ^ last;
    let is_prefix = varying & (varying.wrapping_add(1)) == 0 && first & varying == 0;
    let length = data_type.bits() - varying.count_ones();
    if is_prefix && data_type == DataType::IfName && length.is_multiple_of(8) {
        json!(format!("{}*", string_of(first)))
    } else if is_prefix && data_type.has_prefixes() {
        prefix(data_type, first, length)
    } else {
        range(data_type, first, last)
    }
}

pub fn prefix(data_type: DataType, value: u128, length: u32) -> Value {
    json!({"prefix": {"addr": constant(data_type, value), "len": length}})
}

/// The ends of a range of protocols print as numbers.
pub fn range(data_type: DataType, first: u128, last: u128) -> Value {
    let as_number = data_type == DataType::InetProto;
    let end = |value| constant(if as_number { DataType::Integer(8) } else { data_type }, value);
    json!({"range": [end(first), end(last)]})
}
