use std::fmt::Write;

use serde_json::Value;

use super::expression::{element, join};
use super::{Read, member, number, odd, several, statement, text, words};
use crate::message;

/// `inet t`
fn place(object: &Value, of_table: &'static str) -> Read<String> {
    Ok(format!("{} {}", text(object, "family")?, text(object, of_table)?))
}

fn comment(object: &Value) -> String {
    object["comment"].as_str().map_or_else(String::new, |comment| format!(" comment \"{comment}\";"))
}

pub fn table(object: &Value) -> Read<String> {
    let place = place(object, "name")?;
    let flags = words(&object["flags"])?;
    let flags = if flags.is_empty() { String::new() } else { format!(" flags {};", flags.join(",")) };
    Ok(format!("add table {place} {{{flags}{} }}", comment(object)))
}

pub fn chain(object: &Value) -> Read<String> {
    let mut out = format!("add chain {} {} {{", place(object, "table")?, text(object, "name")?);
    if object.get("hook").is_some() {
        let _ = write!(out, " type {} hook {}", text(object, "type")?, text(object, "hook")?);
        let devices: Vec<_> = words(&object["dev"])?.into_iter().map(|name| format!("\"{name}\"")).collect();
        let _ = match &*devices {
            [] => Ok(()),
            [device] => write!(out, " device {device}"),
            devices => write!(out, " devices = {{ {} }}", devices.join(", ")),
        };
        let _ = write!(out, " priority {};", member(object, "prio")?);
        if let Some(policy) = object["policy"].as_str() {
            let _ = write!(out, " policy {policy};");
        }
    }
    Ok(format!("{out}{} }}", comment(object)))
}

pub fn rule(object: &Value) -> Read<String> {
    let mut out = format!("add rule {} {}", place(object, "table")?, text(object, "chain")?);
    for said in several(&object["expr"]) {
        out.push(' ');
        statement::write(said, &mut out)?;
    }
    if let Some(comment) = object["comment"].as_str() {
        let _ = write!(out, " comment \"{comment}\"");
    }
    Ok(out)
}

/// The declaration of a set or map, without its elements.
pub fn set(kind: &str, object: &Value) -> Read<String> {
    let key = words(member(object, "type")?)?.join(" . ");
    let mut out = format!("add {kind} {} {} {{ type {key}", place(object, "table")?, text(object, "name")?);
    if kind == "map" {
        let _ = write!(out, " : {}", words(member(object, "map")?)?.join(" . "));
    }
    out.push(';');
    if let Some(policy) = object["policy"].as_str() {
        let _ = write!(out, " policy {policy};");
    }
    let flags = words(&object["flags"])?;
    if !flags.is_empty() {
        let _ = write!(out, " flags {};", flags.join(","));
    }
    for (name, unit) in [("timeout", "s"), ("gc-interval", "s"), ("size", "")] {
        if let Some(value) = object[name].as_u64() {
            let _ = write!(out, " {name} {value}{unit};");
        }
    }
    for said in several(&object["stmt"]) {
        out.push(' ');
        statement::write(said, &mut out)?;
        out.push(';');
    }
    if object["auto-merge"] == true {
        out.push_str(" auto-merge;");
    }
    Ok(format!("{out}{} }}", comment(object)))
}

/// The elements of a set, or of an `element` command; none if it is empty.
pub fn elements(object: &Value) -> Read<Option<String>> {
    let listed = several(&object["elem"]);
    if listed.is_empty() {
        return Ok(None);
    }
    let listed = join(listed.iter().map(element), ", ")?;
    Ok(Some(format!("add element {} {} {{ {listed} }}", place(object, "table")?, text(object, "name")?)))
}

pub fn flowtable(object: &Value) -> Read<String> {
    let devices: Vec<_> = words(member(object, "dev")?)?.into_iter().map(|name| format!("\"{name}\"")).collect();
    let (place, name) = (place(object, "table")?, text(object, "name")?);
    let (hook, priority) = (text(object, "hook")?, member(object, "prio")?);
    Ok(format!(
        "add flowtable {place} {name} {{ hook {hook} priority {priority}; devices = {{ {} }}; }}",
        devices.join(", ")
    ))
}

pub fn named(kind: &str, object: &Value) -> Read<String> {
    let head = format!("add {kind} {} {} {{", place(object, "table")?, text(object, "name")?);
    let over = |name: &str| if object[name] == true { "over " } else { "" };
    let body = match kind {
        "counter" => format!(" packets {} bytes {}", number(object, "packets")?, number(object, "bytes")?),
        "quota" => {
            let used = object["used"].as_u64().filter(|used| *used > 0);
            let used = used.map_or_else(String::new, |used| format!(" used {used} bytes"));
            format!(" {}{} bytes{used}", over("inv"), number(object, "bytes")?)
        }
        "limit" => format!(" {}", statement::rate(object)?),
        "ct helper" => {
            format!(
                " type \"{}\" protocol {}; l3proto {};",
                text(object, "type")?,
                text(object, "protocol")?,
                text(object, "l3proto")?
            )
        }
        "ct timeout" => {
            let policy = member(object, "policy")?
                .as_object()
                .map_or_else(|| odd(object, message!("expected-json-policy")), Ok)?;
            let states: Vec<_> = policy.iter().map(|(state, time)| format!("{state} : {time}")).collect();
            format!(
                " protocol {}; l3proto {}; policy = {{ {} }};",
                text(object, "protocol")?,
                text(object, "l3proto")?,
                states.join(", ")
            )
        }
        _ => format!(
            " protocol {}; dport {}; timeout {}ms; size {}; l3proto {};",
            text(object, "protocol")?,
            member(object, "dport")?,
            number(object, "timeout")?,
            number(object, "size")?,
            text(object, "l3proto")?
        ),
    };
    Ok(format!("{head}{body}{} }}", comment(object)))
}
