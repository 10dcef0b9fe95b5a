use super::install::table;
use super::rule::{Action, Condition, Rule};
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
                let message = format!("the rule {} is passed over: {what} is not modelled", rule.priority);
                let expected = "from, to, fwmark, iif and a table or a refusal";
                let advice = "packets that it is about may take another way on the node";
                said.push(Diagnostic::warning(Position::new(rule.line.max(1), 1), message, expected, advice));
            }
        }
    }
}

/// What of the rule is not modelled, if something is not.
fn policy(rule: &Rule) -> Result<PolicyRule, String> {
    if rule.inverted {
        return Err("not".to_owned());
    }
    if !rule.kept.is_empty() && !rule.kept.starts_with("proto ") {
        return Err(rule.kept.to_string());
    }
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
    let mut policy =
        PolicyRule { priority: rule.priority, from: None, to: None, mark: None, input: None, is_ipv4, action };
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
