//! What a picture or a listing asks of a ruleset: names, texts, and which chain leads to which.

use std::sync::Arc;

use super::model::{Data, RuleVerdict, Ruleset, SetUse, Statement, Table};
use super::print;
use crate::trace::{ChainId, RuleId};

/// The name of a chain; none if it is gone.
pub fn chain_name(ruleset: &Ruleset, id: ChainId) -> Option<Arc<str>> {
    ruleset.chain(id).map(|(_, chain)| chain.name.clone())
}

/// A rule as `nft list` prints it; none if it is gone.
pub fn rule_text(ruleset: &Ruleset, id: RuleId) -> Option<String> {
    ruleset.rule(id).map(|(table, rule)| print::rule(table, rule))
}

/// What a rule tests, one text for each; [`crate::trace::Event::RuleMatched`] counts them from the first.
pub fn test_texts(ruleset: &Ruleset, id: RuleId) -> Vec<String> {
    ruleset.rule(id).map_or_else(Vec::new, |(table, rule)| print::test_texts(table, rule))
}

pub fn is_base_chain(ruleset: &Ruleset, id: ChainId) -> bool {
    ruleset.chain(id).is_some_and(|(_, chain)| chain.base.is_some())
}

/// The chain of a table that is named with its family, as in `ip kube-proxy`.
pub fn find_chain(ruleset: &Ruleset, table: &str, name: &str) -> Option<ChainId> {
    let (family, table) = table.split_once(' ')?;
    let number = ruleset.find_table(super::model::TableFamily::from_name(family)?, table)?;
    let chain = ruleset.table(number)?.chains.find(name)?;
    Some(ChainId::Nftables { table: number, chain })
}

/// What a packet goes through from rule to rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Station {
    Chain(ChainId),
    /// A verdict map that has a name, by its table and its number there.
    Map {
        table: u32,
        map: u32,
    },
}

/// What leads to what: jumps and gotos from chain to chain, and verdict maps between them. Some pairs come twice.
pub fn ways(ruleset: &Ruleset) -> impl Iterator<Item = (Station, Station)> {
    ruleset.tables().flat_map(|(number, table)| {
        let chain = move |chain| Station::Chain(ChainId::Nftables { table: number, chain });
        table.chains.iter().flat_map(move |(from, rules)| {
            let statements = rules.rules.iter().flat_map(|rule| &rule.statements);
            statements.flat_map(move |statement| {
                let targets = targets(table, statement).into_iter().map(chain);
                match statement {
                    Statement::VerdictMap { map: SetUse::Named(map), .. } => {
                        let map = Station::Map { table: number, map: map.0 };
                        std::iter::once((chain(from), map)).chain(targets.map(|to| (map, to))).collect()
                    }
                    _ => targets.map(|to| (chain(from), to)).collect::<Vec<_>>(),
                }
            })
        })
    })
}

/// The name of a map of a table.
pub fn map_name(ruleset: &Ruleset, table: u32, map: u32) -> Option<Arc<str>> {
    ruleset.table(table)?.sets.get(map).map(|set| set.name.clone())
}

/// The number of a map of a table.
pub fn find_map(ruleset: &Ruleset, table: u32, name: &str) -> Option<u32> {
    ruleset.table(table)?.sets.find(name)
}

/// The chains that a statement may lead to.
pub fn targets(table: &Table, statement: &Statement) -> Vec<u32> {
    let target = |verdict: RuleVerdict| match verdict {
        RuleVerdict::Jump(chain) | RuleVerdict::Goto(chain) => Some(chain.0),
        _ => None,
    };
    match statement {
        Statement::Verdict(verdict) => target(*verdict).into_iter().collect(),
        Statement::VerdictMap { map, .. } => {
            let elements = table.set_of(map).into_iter().flat_map(|set| set.elements.iter());
            let verdicts = elements.filter_map(|element| match element.data {
                Data::Verdict(verdict) => Some(verdict),
                _ => None,
            });
            verdicts.filter_map(target).collect()
        }
        _ => Vec::new(),
    }
}

/// The elements of a set or map by its name, as a listing shows them, with the chain that each leads to.
pub fn elements(ruleset: &Ruleset, table: u32, name: &str) -> Vec<(String, Option<ChainId>)> {
    let Some(owner) = ruleset.table(table) else {
        return Vec::new();
    };
    let Some(set) = owner.sets.find(name).and_then(|number| owner.sets.get(number)) else {
        return Vec::new();
    };
    let chain = |data: &Data| match data {
        Data::Verdict(RuleVerdict::Jump(chain) | RuleVerdict::Goto(chain)) => {
            Some(ChainId::Nftables { table, chain: chain.0 })
        }
        _ => None,
    };
    let listed = set.listed().into_iter();
    listed.map(|element| (print::element_text(owner, set, element, 0), chain(&element.data))).collect()
}

/// The sets and maps that a rule looks into or writes to, by name.
pub fn sets_of_rule(ruleset: &Ruleset, id: RuleId) -> Vec<Arc<str>> {
    let Some((table, rule)) = ruleset.rule(id) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for statement in &rule.statements {
        statement.for_each_set(&mut |set| {
            if let SetUse::Named(id) = set {
                names.extend(table.set(*id).map(|set| set.name.clone()));
            }
        });
    }
    names
}

/// Whether kube-proxy's table is there.
pub fn is_kube_proxy(ruleset: &Ruleset) -> bool {
    ruleset.tables().any(|(_, table)| &*table.name == "kube-proxy")
}
