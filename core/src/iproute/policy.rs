use super::install::table;
use super::rule::{Action, Condition, Rule};
use crate::message;
use crate::net::Family;
use crate::netfilter::Routing;
use crate::netfilter::routing::{PolicyAction, PolicyRule};
use crate::source::{Diagnostic, Position};

/// Adds the rules that a fresh kernel does not have, and says which are not modelled.
pub(super) fn install(routing: &mut Routing, rules: &[Rule], said: &mut Vec<Diagnostic>) {
    for rule in rules.iter().filter(|rule| !rule.is_default()) {
        match policy(rule) {
            Ok(policy) => routing.add_policy(policy),
            Err(what) => {
                let message = message!("wrong-rule-passed-over", priority = rule.priority.to_string(), what = what);
                let expected = message!("expected-policy");
                let advice = message!("advice-policy-rule");
                said.push(Diagnostic::warning(Position::new(rule.line.max(1), 1), message, expected, advice));
            }
        }
    }
}

/// What of the rule is not modelled, if something is not.
fn policy(rule: &Rule) -> Result<PolicyRule, String> {
    let action = match &rule.action {
        Action::Lookup(name) => PolicyAction::Lookup(table(name).ok_or_else(|| format!("lookup {name}"))?),
        Action::Goto(_) => return Err("goto".to_owned()),
        Action::Other(name) => match &**name {
            "blackhole" => PolicyAction::Blackhole,
            "unreachable" => PolicyAction::Unreachable,
            "prohibit" => PolicyAction::Prohibit,
            other => return Err(other.to_owned()),
        },
    };
    let is_ipv4 = rule.family == Family::V4;
    let suppressed = suppressed(&rule.kept)?;
    let mut policy =
        PolicyRule { inverted: rule.inverted, suppressed, ..PolicyRule::new(rule.priority, is_ipv4, action) };
    for condition in &rule.conditions {
        match condition {
            Condition::From(prefix) => policy.from = *prefix,
            Condition::To(prefix) => policy.to = Some(*prefix),
            Condition::Mark { value, mask } => policy.mark = Some((*value, mask.unwrap_or(u32::MAX))),
            Condition::Input(device) => policy.input = Some(device.clone()),
            Condition::Output(_) => return Err("oif".to_owned()),
            Condition::Kept(word) => return Err(word.to_string()),
        }
    }
    Ok(policy)
}

/// What stands behind the action: whose rule it is does not matter, `suppress_prefixlength` does.
fn suppressed(kept: &str) -> Result<Option<u8>, String> {
    let mut words = kept.split_ascii_whitespace();
    let mut length = None;
    while let Some(word) = words.next() {
        match (word, words.next().map(str::parse)) {
            ("proto", Some(_)) => {}
            ("suppress_prefixlength", Some(Ok(number))) => length = Some(number),
            _ => return Err(kept.to_owned()),
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iproute::rule::parse;
    use crate::netfilter::routing::{Device, DeviceKind, Flow, RouteEntry, TABLE_MAIN};
    use crate::trace::Route;

    /// The rules that wg-quick adds: what has no route of its own but the default one goes into the tunnel.
    #[test]
    fn what_a_tunnel_takes_is_all_but_its_own_packets() {
        let mut routing = Routing::default();
        for name in ["eth0", "wg0"] {
            routing.add_device(Device {
                name: name.into(),
                kind: DeviceKind::Ethernet,
                mac: None,
                addresses: Vec::new(),
            });
        }
        let entry = |to: &str, device: &str| RouteEntry::on_link(to.parse().unwrap(), device.into(), None);
        for (number, entry) in [
            (TABLE_MAIN, entry("10.0.0.0/24", "eth0")),
            (TABLE_MAIN, entry("0.0.0.0/0", "eth0")),
            (51820, entry("0.0.0.0/0", "wg0")),
        ] {
            routing.add_route_in(number, entry);
        }
        let text = "32764:\tfrom all lookup main suppress_prefixlength 0 proto static\n\
                    32765:\tnot from all fwmark 0xca6c lookup 51820\n";
        let mut said = Vec::new();
        install(&mut routing, &parse(text, None).unwrap(), &mut said);
        assert!(said.is_empty(), "{said:?}");
        let device = |dst: &str, mark| match routing.lookup_flow(&Flow { mark, ..Flow::to(dst.parse().unwrap()) }) {
            Route::Via { device, .. } => device.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(device("10.0.0.7", 0), "eth0");
        assert_eq!(device("192.0.2.1", 0), "wg0");
        assert_eq!(device("192.0.2.1", 0xca6c), "eth0");
    }

    #[test]
    fn what_is_not_modelled_is_said() {
        let mut said = Vec::new();
        let text = "10:\tfrom all lookup main suppress_ifgroup 3\n";
        install(&mut Routing::default(), &parse(text, None).unwrap(), &mut said);
        assert_eq!(said[0].message.to_string(), "the rule 10 is passed over: suppress_ifgroup 3 is not modelled");
    }
}
