use std::hash::BuildHasher;

use super::counters::Counters;
use super::model::{Rule, Table};
use super::print;
use super::sequence::Sequence;
use crate::fixed_hash::{FixedState, HashMap};
use crate::net::Family;

/// A table that commands are changing. Rules put in the middle of a chain, or searched for, take logarithmic time, so
/// that a text with many such commands is read as quickly as one that appends.
#[derive(Debug)]
pub(super) struct Draft {
    /// Without the rules of chains that are open.
    table: Table,
    family: Family,
    open: HashMap<u32, Open>,
}

/// A chain that is being edited.
#[derive(Debug)]
struct Open {
    rules: Sequence<(Rule, Counters)>,
    /// Rules by what they say, each in the order of the chain; made at the second search.
    alike: Option<HashMap<u64, Vec<u32>>>,
    was_searched: bool,
}

impl Draft {
    pub fn new(table: Table, family: Family) -> Self {
        Self { table, family, open: HashMap::default() }
    }

    /// The chains; what is in them only after [`Draft::finish`].
    pub const fn chains(&self) -> &Table {
        &self.table
    }

    /// The table, for changes of whole chains.
    pub fn finished(&mut self) -> &mut Table {
        let open = std::mem::take(&mut self.open);
        open.into_iter().for_each(|(chain, open)| self.table.put_rules(chain, open.rules.into_values()));
        &mut self.table
    }

    pub fn finish(mut self) -> Table {
        self.finished();
        self.table
    }

    pub fn register(&mut self, chain: u32) {
        self.table.set_registered(chain, true);
    }

    /// How many rules a chain has.
    pub fn count(&self, chain: u32) -> usize {
        let closed = || self.table.chain(chain).map_or(0, |chain| chain.rules().len());
        self.open.get(&chain).map_or_else(closed, |open| open.rules.len())
    }

    pub fn append(&mut self, chain: u32, rule: Rule, counters: Counters) {
        if self.open.contains_key(&chain) {
            self.insert(chain, usize::MAX, rule, counters);
        } else {
            self.table.append(chain, rule, counters);
        }
    }

    pub fn insert(&mut self, chain: u32, at: usize, rule: Rule, counters: Counters) {
        self.table.refer(rule.target.chain(), 1);
        let family = self.family;
        let Open { rules, alike, .. } = self.open(chain);
        let alike = alike.as_mut().map(|alike| alike.entry(fingerprint(&rule, family)).or_default());
        let name = rules.insert(at, (rule, counters));
        if let Some(names) = alike {
            let place = rules.place(name);
            names.insert(names.partition_point(|other| rules.place(*other) < place), name);
        }
    }

    pub fn delete(&mut self, chain: u32, at: usize) {
        let family = self.family;
        let Open { rules, alike, .. } = self.open(chain);
        let Some(name) = rules.at(at) else {
            return;
        };
        if let Some(alike) = alike
            && let Some(names) = rules.get(name).and_then(|(rule, _)| alike.get_mut(&fingerprint(rule, family)))
        {
            let place = rules.place(name);
            names.remove(names.partition_point(|other| rules.place(*other) < place));
        }
        let target = rules.remove(name).and_then(|(rule, _)| rule.target.chain());
        self.table.refer(target, -1);
    }

    /// Where the first rule of a chain is that says the same.
    pub fn search(&mut self, chain: u32, rule: &Rule) -> Option<usize> {
        let family = self.family;
        let same = |other: &Rule| other.ip == rule.ip && other.matches == rule.matches && other.target == rule.target;
        let Open { rules, alike, was_searched } = self.open(chain);
        if !std::mem::replace(was_searched, true) {
            return rules.names().into_iter().position(|name| rules.get(name).is_some_and(|(other, _)| same(other)));
        }
        let alike = alike.get_or_insert_with(|| {
            let mut alike: HashMap<u64, Vec<u32>> = HashMap::default();
            for name in rules.names() {
                if let Some((rule, _)) = rules.get(name) {
                    alike.entry(fingerprint(rule, family)).or_default().push(name);
                }
            }
            alike
        });
        let names = alike.get(&fingerprint(rule, family))?;
        let found = names.iter().find(|name| rules.get(**name).is_some_and(|(other, _)| same(other)))?;
        rules.place(*found).map(|place| place as usize)
    }

    fn open(&mut self, chain: u32) -> &mut Open {
        let table = &mut self.table;
        self.open.entry(chain).or_insert_with(|| Open {
            rules: Sequence::new(table.take_rules(chain)),
            alike: None,
            was_searched: false,
        })
    }
}

/// The same for rules that say the same.
fn fingerprint(rule: &Rule, family: Family) -> u64 {
    FixedState::default().hash_one((print::content(rule, family), rule.target.chain()))
}
