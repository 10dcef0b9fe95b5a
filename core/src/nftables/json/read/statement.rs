use std::fmt::Write;

use serde_json::Value;

use super::expression::{self, element};
use super::{Read, member, number, odd, text, words};
use crate::message;
use crate::message::Message;

/// Appends a statement of a rule in nft's words.
pub fn write(statement: &Value, out: &mut String) -> Read<()> {
    const EXPECTED: Message = message!("expected-json-statement");
    let Some((kind, inner)) = statement.as_object().and_then(|object| object.iter().next()) else {
        return match statement {
            // What nft has no word for it prints as it lists it.
            Value::String(words) => {
                out.push_str(words);
                Ok(())
            }
            _ => odd(statement, EXPECTED),
        };
    };
    let written = match kind.as_str() {
        "accept" | "drop" | "continue" | "return" | "notrack" => kind.clone(),
        "jump" | "goto" => format!("{kind} {}", text(inner, "target")?),
        "match" => compare(inner)?,
        "vmap" => {
            format!("{} vmap {}", expression::write(member(inner, "key")?)?, expression::write(member(inner, "data")?)?)
        }
        "mangle" => {
            format!("{} set {}", expression::write(member(inner, "key")?)?, expression::write(member(inner, "value")?)?)
        }
        "counter" | "quota" | "limit" if inner.is_string() => format!("{kind} name {inner}"),
        "counter" | "quota" | "limit" if inner.get("map").is_some() => {
            format!("{kind} name {}", expression::write(inner)?)
        }
        "counter" if inner.is_null() => "counter".to_owned(),
        "counter" => format!("counter packets {} bytes {}", number(inner, "packets")?, number(inner, "bytes")?),
        "quota" => quota(inner)?,
        "limit" => format!("limit {}", rate(inner)?),
        "snat" | "dnat" | "masquerade" | "redirect" | "tproxy" => nat(kind, inner)?,
        "reject" => reject(inner)?,
        "set" | "map" => update(inner)?,
        "log" => log(inner)?,
        "ct helper" | "ct timeout" | "ct expectation" => format!("{kind} set {inner}"),
        "ct count" => format!("ct count {}{}", over(inner), member(inner, "val")?),
        "dup" | "fwd" => transfer(kind, inner)?,
        "flow" => format!("flow {} {}", text(inner, "op")?, text(inner, "flowtable")?),
        "queue" => queue(inner)?,
        "xt" => format!("xt {} {}", text(inner, "type")?, text(inner, "name")?),
        "meter" => format!("meter {} {{ {} }}", text(inner, "name")?, limited(inner, "key")?),
        "last" => "last used never".to_owned(),
        _ => return odd(statement, EXPECTED),
    };
    out.push_str(&written);
    Ok(())
}

fn over(object: &Value) -> &'static str {
    if object["inv"] == true { "over " } else { "" }
}

fn compare(inner: &Value) -> Read<String> {
    let (op, right) = (text(inner, "op")?, member(inner, "right")?);
    let is_set = right.get("set").is_some() || right.as_str().is_some_and(|name| name.starts_with('@'));
    // `in` is said by saying nothing, and so is that a value is in a set.
    let op = match op {
        "in" => String::new(),
        "==" if is_set || right.is_boolean() => String::new(),
        op => format!("{op} "),
    };
    Ok(format!("{} {op}{}", expression::write(member(inner, "left")?)?, expression::write(right)?))
}

/// `rate over 10/second burst 5 packets`
pub fn rate(limit: &Value) -> Read<String> {
    let unit = |name: &str| limit[name].as_str().filter(|unit| *unit != "packets");
    let of = unit("rate_unit").map_or_else(String::new, |unit| format!(" {unit}"));
    let mut out = format!("rate {}{}{of}/{}", over(limit), number(limit, "rate")?, text(limit, "per")?);
    if let Some(burst) = limit["burst"].as_u64().filter(|burst| *burst > 0) {
        let _ = write!(out, " burst {burst} {}", unit("burst_unit").unwrap_or("packets"));
    }
    Ok(out)
}

fn quota(inner: &Value) -> Read<String> {
    let unit = |name: &str| inner[name].as_str().unwrap_or("bytes").to_owned();
    let mut out = format!("quota {}{} {}", over(inner), number(inner, "val")?, unit("val_unit"));
    if let Some(used) = inner["used"].as_u64().filter(|used| *used > 0) {
        let _ = write!(out, " used {used} {}", unit("used_unit"));
    }
    Ok(out)
}

fn nat(kind: &str, inner: &Value) -> Read<String> {
    let mut out = kind.to_owned();
    if let Some(family) = inner["family"].as_str() {
        let _ = write!(out, " {family}");
    }
    let (address, port) = (inner.get("addr"), inner.get("port"));
    if address.is_some() || port.is_some() {
        out.push_str(" to ");
    }
    if let Some(address) = address {
        let written = expression::write(address)?.replace('"', "");
        let bracketed = port.is_some() && address.as_str().is_some_and(|address| address.contains(':'));
        out.push_str(&if bracketed { format!("[{written}]") } else { written });
    }
    if let Some(port) = port {
        let _ = write!(out, ":{}", expression::write(port)?);
    }
    let flags = words(&inner["flags"])?;
    if !flags.is_empty() {
        let _ = write!(out, " {}", flags.join(","));
    }
    Ok(out)
}

fn reject(inner: &Value) -> Read<String> {
    Ok(match inner["type"].as_str() {
        None => "reject".to_owned(),
        Some("tcp reset") => "reject with tcp reset".to_owned(),
        Some(kind) => match inner["expr"].as_str() {
            Some(code) => format!("reject with {kind} {code}"),
            None => return odd(inner, "expr"),
        },
    })
}

/// What comes behind a key: `limit rate 10/second`.
fn limited(inner: &Value, key: &'static str) -> Read<String> {
    let mut out = element(member(inner, key)?)?;
    for said in super::several(&inner["stmt"]) {
        out.push(' ');
        write(said, &mut out)?;
    }
    Ok(out)
}

fn update(inner: &Value) -> Read<String> {
    let key = limited(inner, "elem")?;
    let data =
        inner.get("data").map(expression::write).transpose()?.map_or_else(String::new, |data| format!(" : {data}"));
    let name = inner.get("set").or_else(|| inner.get("map")).and_then(Value::as_str);
    let Some(name) = name else { return odd(inner, "set") };
    Ok(format!("{} {name} {{ {key}{data} }}", text(inner, "op")?))
}

fn log(inner: &Value) -> Read<String> {
    let mut out = "log".to_owned();
    if let Some(prefix) = inner["prefix"].as_str() {
        let _ = write!(out, " prefix \"{prefix}\"");
    }
    for name in ["group", "snaplen", "queue-threshold"] {
        if let Some(value) = inner[name].as_u64() {
            let _ = write!(out, " {name} {value}");
        }
    }
    if let Some(level) = inner["level"].as_str() {
        let _ = write!(out, " level {level}");
    }
    for flag in words(&inner["flags"])? {
        out.push_str(match flag {
            "tcp sequence" => " flags tcp sequence",
            "tcp options" => " flags tcp options",
            "ip options" => " flags ip options",
            "skuid" => " flags skuid",
            "ether" => " flags ether",
            "all" => " flags all",
            _ => return odd(inner, message!("expected-log-flags")),
        });
    }
    Ok(out)
}

fn transfer(kind: &str, inner: &Value) -> Read<String> {
    let family = inner["family"].as_str().map_or_else(String::new, |family| format!(" {family}"));
    let mut out = format!("{kind}{family} to");
    for (name, word) in [("addr", ""), ("dev", if inner.get("addr").is_some() { "device " } else { "" })] {
        if let Some(value) = inner.get(name) {
            let _ = write!(out, " {word}{}", expression::write(value)?);
        }
    }
    Ok(out)
}

fn queue(inner: &Value) -> Read<String> {
    let flags = words(&inner["flags"])?;
    let flags = if flags.is_empty() { String::new() } else { format!(" flags {}", flags.join(",")) };
    Ok(match inner.get("num") {
        Some(number) => format!("queue{flags} to {}", expression::write(number)?),
        None => format!("queue{flags}"),
    })
}
