//! `ip rule`: which table is asked for which packets.

mod parse;
mod print;

use std::sync::Arc;

use ipnet::IpNet;

pub use parse::parse;

use crate::net::Family;
use crate::netfilter::Routing;
use crate::netfilter::routing::{PolicyAction, PolicyRule, TABLE_DEFAULT, TABLE_MAIN};

/// A line of `ip rule`. A list of them displays with [`list`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `ip rule` and `ip -6 rule` look alike; who pastes one says which it is.
    pub family: Family,
    pub priority: u32,
    pub inverted: bool,
    /// What it asks of a packet, in the order in which it is written.
    pub conditions: Vec<Condition>,
    pub action: Action,
    /// What stands behind the action, such as `suppress_prefixlength 0` or `proto zebra`.
    pub kept: Box<str>,
    /// The line of the text that it came from, from 1; 0 if it came from a node.
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// None for `all`.
    From(Option<IpNet>),
    To(IpNet),
    Mark {
        value: u32,
        /// All bits if none is written.
        mask: Option<u32>,
    },
    Input(Arc<str>),
    Output(Arc<str>),
    /// A word that means nothing to the model.
    Kept(Box<str>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A name such as `main`, or a number.
    Lookup(Box<str>),
    Goto(Box<str>),
    /// `blackhole`, `unreachable`, `prohibit`, `nop` and the like.
    Other(Box<str>),
}

impl Rule {
    /// The rules that a kernel begins with.
    pub fn defaults(family: Family) -> Vec<Self> {
        let tables: &[(u32, &str)] = match family {
            Family::V4 => &[(0, "local"), (32766, "main"), (32767, "default")],
            Family::V6 => &[(0, "local"), (32766, "main")],
        };
        let rule = |(priority, table): &(u32, &str)| Self {
            family,
            priority: *priority,
            inverted: false,
            conditions: vec![Condition::From(None)],
            action: Action::Lookup((*table).into()),
            kept: "".into(),
            line: 0,
        };
        tables.iter().map(rule).collect()
    }

    fn of(policy: &PolicyRule) -> Self {
        let mut conditions = vec![Condition::From(policy.from)];
        conditions.extend(policy.to.map(Condition::To));
        let mask = |mask: u32| Some(mask).filter(|mask| *mask != u32::MAX);
        conditions.extend(policy.mark.map(|(value, bits)| Condition::Mark { value, mask: mask(bits) }));
        conditions.extend(policy.input.clone().map(Condition::Input));
        let action = match policy.action {
            PolicyAction::Lookup(TABLE_MAIN) => Action::Lookup("main".into()),
            PolicyAction::Lookup(TABLE_DEFAULT) => Action::Lookup("default".into()),
            PolicyAction::Lookup(table) => Action::Lookup(table.to_string().into()),
            PolicyAction::Blackhole => Action::Other("blackhole".into()),
            PolicyAction::Unreachable => Action::Other("unreachable".into()),
            PolicyAction::Prohibit => Action::Other("prohibit".into()),
        };
        Self {
            family: if policy.is_ipv4 { Family::V4 } else { Family::V6 },
            priority: policy.priority,
            inverted: policy.inverted,
            conditions,
            action,
            kept: policy
                .suppressed
                .map_or_else(|| "".into(), |length| format!("suppress_prefixlength {length}").into()),
            line: 0,
        }
    }

    /// Whether it is one of the rules that a kernel begins with.
    pub fn is_default(&self) -> bool {
        Self::defaults(self.family).iter().any(|rule| Self { line: self.line, ..rule.clone() } == *self)
    }
}

/// The rules of a node, with those that every kernel has.
pub fn of(routing: &Routing, family: Family) -> Vec<Rule> {
    let is_of_family = |rule: &&PolicyRule| rule.is_ipv4 == (family == Family::V4);
    let mut rules: Vec<_> = routing.policies().filter(is_of_family).map(Rule::of).collect();
    rules.extend(Rule::defaults(family));
    rules.sort_by_key(|rule| rule.priority);
    rules
}

/// The rules as `ip rule` prints them.
pub fn list(rules: &[Rule]) -> String {
    rules.iter().map(|rule| format!("{rule}\n")).collect()
}

#[cfg(test)]
mod tests;
