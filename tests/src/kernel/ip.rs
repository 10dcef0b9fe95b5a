//! The routes and policy rules of cases, as `ip` takes them.

use datapath_core::netfilter::routing::{Destination, PolicyAction, PolicyRule, RouteEntry, TABLE_MAIN};

use super::machine::prefix;

/// `[blackhole|unreachable|prohibit|throw] PREFIX [via GATEWAY] [dev DEVICE] [table N]`: the table and the route.
///
/// # Errors
/// Says what is not of this form.
pub fn route(text: &str) -> Result<(u32, RouteEntry), String> {
    let wrong = || format!("route {text:?}: not of the form that cases use");
    let mut words = text.split_whitespace().peekable();
    let refusal = match words.peek() {
        Some(&"blackhole") => Some(Destination::Blackhole),
        Some(&"unreachable") => Some(Destination::Unreachable),
        Some(&"prohibit") => Some(Destination::Prohibit),
        Some(&"throw") => Some(Destination::Throw),
        _ => None,
    };
    if refusal.is_some() {
        words.next();
    }
    let everything = if text.contains(':') { "::/0" } else { "0.0.0.0/0" };
    let destination = words.next().ok_or_else(wrong)?;
    let to = prefix(if destination == "default" { everything } else { destination })?;
    let (mut table, mut gateway, mut device) = (TABLE_MAIN, None, None);
    while let (Some(word), Some(value)) = (words.next(), words.next()) {
        match word {
            "via" => gateway = Some(value.parse().map_err(|_| format!("{value:?} is no address"))?),
            "dev" => device = Some(value),
            "table" => table = value.parse().map_err(|_| wrong())?,
            _ => return Err(wrong()),
        }
    }
    let entry = match (refusal, gateway, device) {
        (Some(refusal), None, None) => RouteEntry { prefix: to, to: refusal, source: None },
        (None, Some(gateway), Some(device)) => RouteEntry::through(to, gateway, device.into()),
        (None, None, Some(device)) => RouteEntry::on_link(to, device.into(), None),
        _ => return Err(wrong()),
    };
    Ok((table, entry))
}

/// `[-6] [not] [from PREFIX] [to PREFIX] [iif DEVICE] [fwmark VALUE/MASK]
/// lookup N|blackhole|unreachable|prohibit [suppress_prefixlength N]`.
///
/// # Errors
/// Says what is not of this form.
pub fn rule(text: &str, priority: u32) -> Result<PolicyRule, String> {
    let wrong = || format!("rule {text:?}: not of the form that cases use");
    let v4 = text.strip_prefix("-6 ");
    let mut rule = PolicyRule::new(priority, v4.is_none(), PolicyAction::Lookup(TABLE_MAIN));
    let mut words = v4.unwrap_or(text).split_whitespace();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(wrong);
        match word {
            "not" => rule.inverted = true,
            "blackhole" => rule.action = PolicyAction::Blackhole,
            "unreachable" => rule.action = PolicyAction::Unreachable,
            "prohibit" => rule.action = PolicyAction::Prohibit,
            "lookup" => rule.action = PolicyAction::Lookup(value()?.parse().map_err(|_| wrong())?),
            "suppress_prefixlength" => rule.suppressed = Some(value()?.parse().map_err(|_| wrong())?),
            "from" => rule.from = Some(prefix(value()?)?),
            "to" => rule.to = Some(prefix(value()?)?),
            "iif" => rule.input = Some(value()?.into()),
            "fwmark" => {
                let (mark, mask) = value()?.split_once('/').unwrap_or(("", ""));
                rule.mark = Some((number(mark).ok_or_else(wrong)?, number(mask).ok_or_else(wrong)?));
            }
            _ => return Err(wrong()),
        }
    }
    Ok(rule)
}

fn number(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}
