//! `ip rule`: which table is asked for which packets.

mod parse;
mod print;

use std::sync::Arc;

use ipnet::IpNet;

pub use parse::parse;

use crate::net::Family;

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

    /// Whether it is one of the rules that a kernel begins with.
    pub fn is_default(&self) -> bool {
        Self::defaults(self.family).iter().any(|rule| Self { line: self.line, ..rule.clone() } == *self)
    }
}

/// The rules as `ip rule` prints them.
pub fn list(rules: &[Rule]) -> String {
    rules.iter().map(|rule| format!("{rule}\n")).collect()
}

#[cfg(test)]
mod tests;
