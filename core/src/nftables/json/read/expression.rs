use serde_json::{Value, json};

use super::{Read, member, number, odd, several, text};
use crate::message;

/// Parts that are read one by one, with something between.
pub fn join(parts: impl Iterator<Item = Read<String>>, between: &str) -> Read<String> {
    Ok(parts.collect::<Read<Vec<_>>>()?.join(between))
}

/// An expression as it stands in a rule.
pub fn write(value: &Value) -> Read<String> {
    match value {
        Value::String(name) if name.starts_with('@') || name == "*" => Ok(name.clone()),
        Value::String(constant) if constant.contains('"') => odd(value, message!("expected-unquoted-word")),
        Value::String(address) if is_address(address) => Ok(address.clone()),
        Value::String(constant) => Ok(format!("\"{constant}\"")),
        Value::Number(constant) => Ok(constant.to_string()),
        Value::Bool(true) => Ok("exists".to_owned()),
        Value::Bool(false) => Ok("missing".to_owned()),
        Value::Array(flags) => join(flags.iter().map(write), ","),
        Value::Object(object) => match object.iter().next() {
            Some((kind, inner)) => of_kind(value, kind, inner),
            None => odd(value, message!("expected-expression")),
        },
        Value::Null => odd(value, message!("expected-expression")),
    }
}

/// An address of IP or of the link layer: no word of nft's looks so.
fn is_address(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_hexdigit() || matches!(letter, ':' | '.');
    text.contains([':', '.']) && text.chars().all(is_part)
}

fn of_kind(value: &Value, kind: &str, inner: &Value) -> Read<String> {
    let family = || inner["family"].as_str().map_or_else(String::new, |family| format!("{family} "));
    Ok(match kind {
        "concat" => join(several(inner).iter().map(write), " . ")?,
        "set" => format!("{{ {} }}", join(several(inner).iter().map(element), ", ")?),
        "map" => format!("{} map {}", write(member(inner, "key")?)?, write(member(inner, "data")?)?),
        "prefix" => format!("{}/{}", write(member(inner, "addr")?)?, number(inner, "len")?),
        "range" => join(several(inner).iter().map(write), "-")?,
        "payload" if inner.get("base").is_some() => {
            format!("@{},{},{}", text(inner, "base")?, number(inner, "offset")?, number(inner, "len")?)
        }
        "payload" => format!("{} {}", text(inner, "protocol")?, text(inner, "field")?),
        "exthdr" | "tcp option" | "ip option" | "sctp chunk" => option(kind, inner)?,
        "meta" => format!("meta {}", text(inner, "key")?),
        "rt" => format!("rt {}{}", family(), text(inner, "key")?),
        "socket" => format!("socket {}", text(inner, "key")?),
        "osf" => format!("osf {}", text(inner, "key")?),
        "ct" => {
            let direction = inner["dir"].as_str().map_or_else(String::new, |direction| format!("{direction} "));
            format!("ct {direction}{}{}", family(), text(inner, "key")?)
        }
        "fib" => {
            let asked: Vec<_> = super::words(member(inner, "flags")?)?;
            format!("fib {} {}", asked.join(" . "), text(inner, "result")?)
        }
        "numgen" => format!("numgen {} mod {}{}", text(inner, "mode")?, number(inner, "mod")?, offset(inner)),
        "symhash" => format!("symhash mod {}{}", number(inner, "mod")?, offset(inner)),
        "jhash" => {
            let seed = inner["seed"].as_u64().map_or_else(String::new, |seed| format!(" seed {seed:#x}"));
            format!("jhash {} mod {}{seed}{}", write(member(inner, "expr")?)?, number(inner, "mod")?, offset(inner))
        }
        "|" | "^" | "&" | "<<" | ">>" => operation(kind, inner)?,
        "elem" => element(value)?,
        "accept" | "drop" | "continue" | "return" => kind.to_owned(),
        "jump" | "goto" => format!("{kind} {}", text(inner, "target")?),
        _ => return odd(value, message!("expected-json-expression")),
    })
}

fn offset(inner: &Value) -> String {
    inner["offset"].as_u64().filter(|offset| *offset > 0).map_or_else(String::new, |offset| format!(" offset {offset}"))
}

fn option(kind: &str, inner: &Value) -> Read<String> {
    let prefix = if kind == "exthdr" { String::new() } else { format!("{kind} ") };
    let name = text(inner, "name")?;
    // Without a field it is asked whether the header is there.
    Ok(match inner["field"].as_str() {
        Some(field) => format!("{prefix}{name} {field}"),
        None if kind == "exthdr" => format!("exthdr {name}"),
        None => format!("{prefix}{name}"),
    })
}

/// `a & b`; what binds less is in parentheses.
fn operation(operator: &str, inner: &Value) -> Read<String> {
    const BINDING: [&str; 5] = ["|", "^", "&", "<<", ">>"];
    let binds = |operator: &str| BINDING.iter().position(|known| *known == operator);
    let part = |value: &Value| {
        let written = write(value)?;
        let inside = value.as_object().and_then(|object| object.keys().next()).and_then(|kind| binds(kind));
        Ok(if inside.is_some_and(|inside| Some(inside) < binds(operator)) { format!("({written})") } else { written })
    };
    join(several(inner).iter().map(part), &format!(" {operator} "))
}

/// An element of a set: a key, or a key with what it leads to.
pub fn element(value: &Value) -> Read<String> {
    if let Value::Array(pair) = value {
        return match &**pair {
            [key, data] => Ok(format!("{} : {}", element(key)?, write(data)?)),
            _ => odd(value, message!("expected-key-and-value")),
        };
    }
    let Some(facts) = value.get("elem") else {
        return write(value);
    };
    let mut out = write(member(facts, "val")?)?;
    for name in ["timeout", "expires"] {
        if let Some(seconds) = facts[name].as_u64() {
            out.push_str(&format!(" {name} {seconds}s"));
        }
    }
    for kind in ["counter", "limit", "quota", "ct count"] {
        if let Some(counted) = facts.get(kind) {
            out.push(' ');
            super::statement::write(&json!({ kind: counted }), &mut out)?;
        }
    }
    if let Some(comment) = facts["comment"].as_str() {
        out.push_str(&format!(" comment \"{comment}\""));
    }
    Ok(out)
}
