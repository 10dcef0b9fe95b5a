use std::net::IpAddr;

use ipnet::IpNet;

use super::{Action, Condition, Rule};
use crate::message;
use crate::net::Family;
use crate::source::{Diagnostic, Word, Words};

/// Reads a listing of a family; none is taken from the addresses of each rule, and is IPv4 where there are none.
///
/// # Errors
/// The first line that is no rule.
pub fn parse(text: &str, family: Option<Family>) -> Result<Vec<Rule>, Diagnostic> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| rule(line, number, family)).collect()
}

fn rule(line: &str, number: u32, family: Option<Family>) -> Result<Rule, Diagnostic> {
    let mut words = Words::new(line, number);
    let expected = || message!("expected-priority-with-colon");
    let first = words.require(expected())?;
    let priority = first.text.strip_suffix(':').and_then(|text| text.parse().ok());
    let priority = priority.ok_or_else(|| words.unexpected(first, expected()))?;
    let inverted = words.accept("not");
    let mut conditions = Vec::new();
    loop {
        let word = words.require(message!("expected-action"))?;
        let action = match word.text {
            "lookup" | "table" => Action::Lookup(words.require(message!("expected-routing-table"))?.text.into()),
            "goto" => Action::Goto(words.require(message!("expected-priority"))?.text.into()),
            "blackhole" | "unreachable" | "prohibit" | "nop" | "masquerade" | "unicast" => {
                Action::Other(word.text.into())
            }
            _ => {
                conditions.push(condition(&mut words, word)?);
                continue;
            }
        };
        let kept = words.rest().into();
        let family = family.or_else(|| conditions.iter().find_map(family_of)).unwrap_or(Family::V4);
        return Ok(Rule { family, priority, inverted, conditions, action, kept, line: number });
    }
}

fn family_of(condition: &Condition) -> Option<Family> {
    match condition {
        Condition::From(Some(prefix)) | Condition::To(prefix) => Some(Family::of(prefix.addr())),
        _ => None,
    }
}

fn condition(words: &mut Words<'_>, word: Word<'_>) -> Result<Condition, Diagnostic> {
    Ok(match word.text {
        "from" if words.accept("all") => Condition::From(None),
        "from" => Condition::From(Some(prefix(words)?)),
        "to" => Condition::To(prefix(words)?),
        "fwmark" => {
            let expected = || message!("expected-mark");
            let word = words.require(expected())?;
            let (value, mask) =
                word.text.split_once('/').map_or((word.text, None), |(value, mask)| (value, Some(mask)));
            let read = |text: &str| number(text).ok_or_else(|| words.unexpected(word, expected()));
            Condition::Mark { value: read(value)?, mask: mask.map(read).transpose()? }
        }
        "iif" => Condition::Input(words.require(message!("expected-device-name"))?.text.into()),
        "oif" => Condition::Output(words.require(message!("expected-device-name"))?.text.into()),
        text => Condition::Kept(text.into()),
    })
}

fn prefix(words: &mut Words<'_>) -> Result<IpNet, Diagnostic> {
    let expected = || message!("expected-all-or-prefix");
    let word = words.require(expected())?;
    let read = word.text.parse().ok().or_else(|| Some(word.text.parse::<IpAddr>().ok()?.into()));
    read.ok_or_else(|| words.unexpected(word, expected()))
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}
