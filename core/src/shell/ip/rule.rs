use ipnet::IpNet;

use super::super::Status;
use super::super::call::Call;
use super::address::prefix_of;
use super::{Style, answers, command, invalid_prefix, pairs, unknown_command};
use crate::iproute::rule;
use crate::net::Family;
use crate::netfilter::routing::{PolicyAction, PolicyRule, TABLE_DEFAULT, TABLE_MAIN};

pub(super) fn run(call: &mut Call<'_>, style: Style, words: &[&str]) -> Status {
    let (verb, rest) = words.split_first().map_or(("show", &[][..]), |(verb, rest)| (*verb, rest));
    let family = style.family.unwrap_or(Family::V4);
    match command(verb) {
        Some("show" | "list" | "lst") if rest.is_empty() => {
            let text = call.node().map(|node| rule::list(&rule::of(&node.stack.routing, family)));
            call.out(&text.unwrap_or_default());
            0
        }
        Some(verb @ ("add" | "delete")) => change(call, family, verb, rest),
        Some(other) => call.not_modelled(&format!("ip rule {other}")),
        None => unknown_command(call, verb, "rule"),
    }
}

fn change(call: &mut Call<'_>, family: Family, verb: &str, words: &[&str]) -> Status {
    let is_ipv4 = family == Family::V4;
    let (mut wanted, priority) = match read(call, is_ipv4, words) {
        Ok(read) => read,
        Err(status) => return status,
    };
    let Some(routing) = call.node().map(|node| &node.stack.routing) else {
        return 1;
    };
    let is_same = |rule: &PolicyRule| {
        PolicyRule { priority: rule.priority, ..wanted.clone() } == *rule
            && priority.is_none_or(|priority| priority == rule.priority)
    };
    let found = routing.policies().find(|rule| is_same(rule)).cloned();
    match (verb, found) {
        ("delete", None) => answers(call, "No such file or directory"),
        ("add", Some(rule)) if priority == Some(rule.priority) => answers(call, "File exists"),
        (verb, found) => {
            // `fib_default_rule_pref`: before the first that there is behind the local table.
            let first = routing.policies().filter(|rule| rule.is_ipv4 == is_ipv4).map(|rule| rule.priority).min();
            let before = first.unwrap_or(u32::MAX).min(32_766).saturating_sub(1);
            wanted.priority = priority.unwrap_or(before);
            call.change(|node, _| {
                match found.filter(|_| verb == "delete") {
                    Some(rule) => node.stack.routing.remove_policy(&rule),
                    None => node.stack.routing.add_policy(wanted),
                }
                Ok::<(), ()>(())
            });
            0
        }
    }
}

/// What stands before a value, and what else `iprule_modify` knows.
const VALUED: [&str; 9] = ["from", "to", "fwmark", "iif", "table", "lookup", "pref", "priority", "preference"];
const WORDS: [&str; 18] = [
    "dev",
    "dport",
    "goto",
    "ipproto",
    "l3mdev",
    "map-to",
    "nat",
    "oif",
    "order",
    "protocol",
    "realms",
    "sport",
    "suppress_ifgroup",
    "suppress_prefixlength",
    "tos",
    "tun_id",
    "type",
    "uidrange",
];

/// The rule without its priority, and that if there is one.
fn read(call: &mut Call<'_>, is_ipv4: bool, words: &[&str]) -> Result<(PolicyRule, Option<u32>), Status> {
    let mut rule = PolicyRule::new(0, is_ipv4, PolicyAction::Lookup(TABLE_MAIN));
    let mut priority = None;
    for (word, value) in pairs(words) {
        if value.is_none() && VALUED.contains(&word) {
            call.err("Command line is not complete. Try option \"help\"\n");
            return Err(255);
        }
        let text = value.unwrap_or_default();
        let wrong = |call: &mut Call<'_>, what: &str| {
            call.err(&format!("Error: argument \"{text}\" is wrong: {what}\n\n"));
            255
        };
        match word {
            "not" => rule.inverted = true,
            "from" => rule.from = net(call, is_ipv4, text)?,
            "to" => rule.to = net(call, is_ipv4, text)?,
            "fwmark" => rule.mark = Some(mark(text).ok_or_else(|| wrong(call, "fwmark value is invalid"))?),
            "iif" => rule.input = Some(text.into()),
            "table" | "lookup" => {
                let table = table(text).ok_or_else(|| wrong(call, "invalid table ID"))?;
                rule.action = PolicyAction::Lookup(table);
            }
            "blackhole" => rule.action = PolicyAction::Blackhole,
            "unreachable" => rule.action = PolicyAction::Unreachable,
            "prohibit" => rule.action = PolicyAction::Prohibit,
            "pref" | "priority" | "preference" => {
                priority = Some(text.parse().map_err(|_| call.not_modelled(text))?);
            }
            other if WORDS.contains(&other) => return Err(call.not_modelled(other)),
            other => {
                call.err(&format!("Error: argument \"{other}\" is wrong: Failed to parse rule type\n"));
                return Err(255);
            }
        }
    }
    Ok((rule, priority))
}

/// None for `all`.
fn net(call: &mut Call<'_>, is_ipv4: bool, text: &str) -> Result<Option<IpNet>, Status> {
    if text == "all" {
        return Ok(None);
    }
    let family = if is_ipv4 { "any valid" } else { "inet6" };
    prefix_of(text).map(Some).ok_or_else(|| invalid_prefix(call, family, text))
}

fn table(text: &str) -> Option<u32> {
    match text {
        "main" => Some(TABLE_MAIN),
        "default" => Some(TABLE_DEFAULT),
        number => number.parse().ok(),
    }
}

/// Value and mask, each decimal or hexadecimal.
fn mark(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    match text.split_once('/') {
        Some((value, mask)) => Some((number(value)?, number(mask)?)),
        None => Some((number(text)?, u32::MAX)),
    }
}
