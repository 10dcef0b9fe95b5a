//! The one table of what iptables knows: matches, targets, and the options of each. It drives the
//! parser, the printer and the documentation.

mod matches;
mod targets;

pub use matches::{KEPT_MATCHES, MATCHES};
pub use targets::{KEPT_TARGETS, TARGETS};

use super::argument::Argument;
use super::given::Reader;
use crate::net::Family;
use crate::netfilter::{Hook, XtTable};

/// A match or a target.
pub struct Extension {
    pub name: &'static str,
    /// None for both.
    pub family: Option<Family>,
    /// The tables that it may be used in; none for all.
    pub tables: &'static [XtTable],
    /// The hooks that its rules may be reached from; none for all.
    pub hooks: &'static [Hook],
    /// What it does, in one line.
    pub summary: &'static str,
    pub options: &'static [Choice],
    pub(super) reader: Reader,
}

/// An option of an extension.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    pub name: &'static str,
    /// Another name for it; empty if there is none.
    pub alias: &'static str,
    pub negatable: bool,
    pub argument: Argument,
}

impl Extension {
    /// The option with this name, or the only one that begins so, as `getopt_long` has it.
    pub(super) fn option(&self, name: &str) -> Option<&'static Choice> {
        let options: &'static [Choice] = self.options;
        let exact =
            options.iter().find(|option| option.name == name || (!option.alias.is_empty() && option.alias == name));
        exact.or_else(|| {
            let mut starting =
                options.iter().filter(|option| option.name.starts_with(name) || option.alias.starts_with(name));
            let only = starting.next().filter(|_| name.len() > 2)?;
            starting.next().is_none().then_some(only)
        })
    }

    /// Whether a family has it.
    pub fn serves(&self, family: Family) -> bool {
        self.family.is_none_or(|only| only == family)
    }
}

/// The match with this name, if it is modelled.
pub fn find_match(name: &str, family: Family) -> Option<&'static Extension> {
    MATCHES.iter().find(|extension| extension.name == name && extension.serves(family))
}

/// The target with this name, if it is modelled.
pub fn find_target(name: &str, family: Family) -> Option<&'static Extension> {
    TARGETS.iter().find(|extension| extension.name == name && extension.serves(family))
}

const fn option(name: &'static str, argument: Argument) -> Choice {
    Choice { name, alias: "", negatable: false, argument }
}

const fn negatable(name: &'static str, argument: Argument) -> Choice {
    Choice { name, alias: "", negatable: true, argument }
}

const fn aliased(name: &'static str, alias: &'static str, argument: Argument) -> Choice {
    Choice { name, alias, negatable: true, argument }
}

const fn both(name: &'static str, summary: &'static str, options: &'static [Choice], reader: Reader) -> Extension {
    Extension { name, family: None, tables: &[], hooks: &[], summary, options, reader }
}

const fn only(
    family: Family,
    name: &'static str,
    summary: &'static str,
    options: &'static [Choice],
    reader: Reader,
) -> Extension {
    Extension { name, family: Some(family), tables: &[], hooks: &[], summary, options, reader }
}

impl Extension {
    /// Only in these tables, and only where its rules are reached from these hooks; an empty list is no limit.
    const fn within(self, tables: &'static [XtTable], hooks: &'static [Hook]) -> Self {
        Self { tables, hooks, ..self }
    }
}
