use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::counters::{Counted, Counters};
use super::header::{IpMatch, Quick};
use super::matches::{Match, MatchState, SharedMemory};
use super::targets::Target;
use crate::fixed_hash::HashMap;
use crate::net::Family;
use crate::netfilter::{Hook, Verdict, XtTable};
use crate::trace::{ChainId, RuleId};

/// The tables of one family, as `iptables` or `ip6tables` sees them.
#[derive(Clone, Debug)]
pub struct Tables {
    family: Family,
    tables: [Option<Table>; XtTable::ALL.len()],
    /// In the order of `/proc/net/ip_tables_names`: the table that was used first comes last.
    order: Vec<XtTable>,
    pub(super) shared: SharedMemory,
    pub backend: Backend,
}

/// What the program that loads rules makes of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// iptables-legacy: a table comes with all its built-in chains.
    #[default]
    Legacy,
    /// iptables-nft: a built-in chain comes into being when a line names it, and goes with `-X`.
    NfTables,
}

/// What happens to packets that no rule of a built-in chain decided about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    #[default]
    Accept,
    Drop,
}

impl Policy {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accept => "ACCEPT",
            Self::Drop => "DROP",
        }
    }

    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Accept => Verdict::Accept,
            Self::Drop => Verdict::Drop,
        }
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub ip: IpMatch,
    pub matches: Box<[Match]>,
    pub target: Target,
    /// The line of the text that it came from, from 1.
    pub line: u32,
}

/// A chain: built in at a hook, with a policy, or made by the user, with neither.
#[derive(Clone, Debug)]
pub struct Chain {
    pub name: Arc<str>,
    pub base: Option<Base>,
    rules: Vec<Rule>,
    /// One for each rule.
    pub(super) quick: Vec<Quick>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    pub hook: Hook,
    pub policy: Policy,
    /// Whether the kernel calls it.
    pub registered: bool,
}

impl Chain {
    fn new(name: Arc<str>, base: Option<Base>) -> Self {
        Self { name, base, rules: Vec::new(), quick: Vec::new() }
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

/// A chain's place in its table, with what changes while packets pass. The chain itself is shared
/// between snapshots of the table until one of them edits it.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub chain: Arc<Chain>,
    pub policy_counters: Counters,
    pub counters: Counted,
    /// How many rules jump here.
    pub references: u32,
}

/// Names a match inside a table: chain, rule, match.
pub(super) type MatchPlace = (u32, u32, u8);

/// One table. Chains keep their number as long as they exist.
#[derive(Clone, Debug)]
pub struct Table {
    /// Built-in chains first, in the order of the hooks; holes where user chains were deleted.
    pub(super) slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    built_in: u32,
    /// The hasher has fixed keys and the map is never iterated, so that runs repeat.
    by_name: HashMap<Arc<str>, u32>,
    /// The memory of matches such as `limit`; gone with each change of the table, since the kernel
    /// then sets up every rule anew (`checkentry`).
    pub(super) states: BTreeMap<MatchPlace, MatchState>,
}

impl Table {
    pub(super) fn new(table: XtTable, backend: Backend) -> Self {
        let mut new = Self {
            slots: Vec::new(),
            free: Vec::new(),
            built_in: 0,
            by_name: HashMap::default(),
            states: BTreeMap::new(),
        };
        for hook in table.hooks() {
            let registered = backend == Backend::Legacy;
            let base = Base { hook: *hook, policy: Policy::Accept, registered };
            new.add(Chain::new(hook.chain().into(), Some(base)));
            new.built_in += 1;
        }
        new
    }

    fn add(&mut self, chain: Chain) -> u32 {
        let name = chain.name.clone();
        let slot = Slot {
            chain: Arc::new(chain),
            policy_counters: Counters::default(),
            counters: Counted::default(),
            references: 0,
        };
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            number(self.slots.len() - 1)
        });
        self.slots[index as usize] = Some(slot);
        self.by_name.insert(name, index);
        index
    }

    pub(super) fn create(&mut self, name: &str) -> u32 {
        self.add(Chain::new(name.into(), None))
    }

    /// Frees the chain's number; its rules and references must be gone.
    pub(super) fn remove(&mut self, index: u32) {
        if let Some(slot) = self.slots.get_mut(index as usize).and_then(Option::take) {
            self.by_name.remove(&slot.chain.name);
            self.free.push(index);
        }
    }

    pub(super) fn rename(&mut self, index: u32, name: &str) {
        let Some(slot) = self.slot_mut(index) else {
            return;
        };
        let name: Arc<str> = name.into();
        let old = std::mem::replace(&mut Arc::make_mut(&mut slot.chain).name, name.clone());
        self.by_name.remove(&old);
        self.by_name.insert(name, index);
    }

    pub(super) fn set_policy(&mut self, index: u32, policy: Policy, counters: Option<Counters>) {
        let Some(slot) = self.slot_mut(index) else {
            return;
        };
        if let Some(base) = &mut Arc::make_mut(&mut slot.chain).base {
            base.policy = policy;
        }
        if let Some(counters) = counters {
            slot.policy_counters = counters;
        }
    }

    /// A line names a chain, or `-X` takes it away; only for built-in chains that makes a difference.
    pub(super) fn set_registered(&mut self, index: u32, registered: bool) {
        if self.base_of(index).is_some_and(|base| base.registered != registered)
            && let Some(slot) = self.slot_mut(index)
            && let Some(base) = &mut Arc::make_mut(&mut slot.chain).base
        {
            base.registered = registered;
        }
    }

    fn base_of(&self, index: u32) -> Option<Base> {
        self.chain(index)?.base
    }

    /// Whether it has no chain at all.
    fn is_void(&self) -> bool {
        self.unordered().all(|(_, chain)| chain.base.is_some_and(|base| !base.registered))
    }

    pub(super) fn append(&mut self, index: u32, rule: Rule, counters: Counters) {
        let target = rule.target.chain();
        let Some(slot) = self.slot_mut(index) else {
            return;
        };
        let chain = Arc::make_mut(&mut slot.chain);
        chain.quick.push(Quick::of(&rule.ip));
        chain.rules.push(rule);
        slot.counters.set(slot.chain.rules.len() - 1, counters);
        self.refer(target, 1);
    }

    /// Empties a chain; what its rules refer to still counts, until [`Table::put_rules`] brings them back.
    pub(super) fn take_rules(&mut self, index: u32) -> Vec<(Rule, Counters)> {
        let Some(slot) = self.slot_mut(index) else {
            return Vec::new();
        };
        let chain = Arc::make_mut(&mut slot.chain);
        chain.quick.clear();
        let counted = std::mem::take(&mut slot.counters);
        let rules = std::mem::take(&mut chain.rules).into_iter().enumerate();
        rules.map(|(at, rule)| (rule, counted.of(at))).collect()
    }

    pub(super) fn put_rules(&mut self, index: u32, rules: Vec<(Rule, Counters)>) {
        if let Some(slot) = self.slot_mut(index) {
            let chain = Arc::make_mut(&mut slot.chain);
            chain.quick = rules.iter().map(|(rule, _)| Quick::of(&rule.ip)).collect();
            chain.rules.clear();
            slot.counters.clear();
            for (at, (rule, counters)) in rules.into_iter().enumerate() {
                chain.rules.push(rule);
                slot.counters.set(at, counters);
            }
        }
    }

    pub(super) fn flush(&mut self, index: u32) {
        let Some(slot) = self.slot_mut(index) else {
            return;
        };
        let targets: Vec<_> = slot.chain.rules.iter().filter_map(|rule| rule.target.chain()).collect();
        if !slot.chain.rules.is_empty() {
            let Chain { name, base, .. } = &*slot.chain;
            slot.chain = Arc::new(Chain::new(name.clone(), *base));
            slot.counters.clear();
        }
        for target in targets {
            self.refer(Some(target), -1);
        }
    }

    pub(super) fn refer(&mut self, target: Option<u32>, change: i32) {
        if let Some(slot) = target.and_then(|target| self.slot_mut(target)) {
            slot.references = slot.references.saturating_add_signed(change);
        }
    }

    pub(super) fn slot(&self, index: u32) -> Option<&Slot> {
        self.slots.get(index as usize)?.as_ref()
    }

    pub(super) fn slot_mut(&mut self, index: u32) -> Option<&mut Slot> {
        self.slots.get_mut(index as usize)?.as_mut()
    }

    /// The chain with this number.
    pub fn chain(&self, index: u32) -> Option<&Chain> {
        self.slot(index).map(|slot| &*slot.chain)
    }

    pub fn find(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// The chain at a hook.
    pub fn base(&self, hook: Hook) -> Option<u32> {
        (0..self.built_in).find(|index| self.base_of(*index).is_some_and(|base| base.hook == hook))
    }

    pub const fn is_built_in(&self, index: u32) -> bool {
        index < self.built_in
    }

    /// Built-in chains in the order of the hooks, then the user's by name: as libiptc keeps and
    /// `iptables-save` prints them.
    pub fn chains(&self) -> impl Iterator<Item = (u32, &Chain)> {
        let mut chains: Vec<_> = self.unordered().collect();
        let user = (self.built_in as usize).min(chains.len());
        chains[user..].sort_unstable_by(|(_, first), (_, second)| first.name.cmp(&second.name));
        chains.into_iter()
    }

    /// All chains by number.
    pub(super) fn unordered(&self) -> impl Iterator<Item = (u32, &Chain)> {
        let numbered = self.slots.iter().zip(0..);
        numbered.filter_map(|(slot, index)| Some((index, &*slot.as_ref()?.chain)))
    }

    /// How many rules jump to a chain.
    pub fn references(&self, index: u32) -> u32 {
        self.slot(index).map_or(0, |slot| slot.references)
    }
}

impl Tables {
    pub const fn new(family: Family) -> Self {
        Self {
            family,
            tables: [const { None }; XtTable::ALL.len()],
            order: Vec::new(),
            shared: SharedMemory::new(),
            backend: Backend::Legacy,
        }
    }

    pub const fn family(&self) -> Family {
        self.family
    }

    /// Whether the table was ever used; until then it has no hook functions.
    pub const fn has(&self, table: XtTable) -> bool {
        self.tables[table as usize].is_some()
    }

    /// Whether the kernel calls the table's chain at the hook.
    pub fn is_registered(&self, table: XtTable, hook: Hook) -> bool {
        let base = |table: &Table| table.base_of(table.base(hook)?);
        self.table(table).and_then(base).is_some_and(|base| base.registered)
    }

    pub const fn table(&self, table: XtTable) -> Option<&Table> {
        self.tables[table as usize].as_ref()
    }

    /// The tables in use, latest first.
    pub fn in_use(&self) -> impl Iterator<Item = (XtTable, &Table)> {
        self.order.iter().filter_map(|table| Some((*table, self.table(*table)?)))
    }

    /// Replaces a table, as one `IPT_SO_SET_REPLACE` does.
    pub(super) fn commit(&mut self, table: XtTable, mut new: Table) {
        if !self.has(table) && new.is_void() {
            return;
        }
        new.states.clear();
        if !self.has(table) {
            self.order.insert(0, table);
        }
        self.tables[table as usize] = Some(new);
        self.forget_lists();
    }

    pub(super) fn remove(&mut self, table: XtTable) {
        self.tables[table as usize] = None;
        self.order.retain(|other| *other != table);
    }

    /// `-m recent` and `-m hashlimit` keep what a rule names.
    fn forget_lists(&mut self) {
        if self.shared.is_empty() {
            return;
        }
        let tables = self.order.iter().filter_map(|table| self.tables[*table as usize].as_ref());
        let rules = tables.flat_map(Table::unordered).flat_map(|(_, chain)| chain.rules());
        let named: BTreeSet<_> = rules.flat_map(|rule| &rule.matches).filter_map(Match::shared_name).collect();
        self.shared.retain(|kind, name| named.contains(&(kind, name)));
    }

    pub(super) fn walk_parts(&mut self, table: XtTable) -> Option<(&mut Table, &mut SharedMemory)> {
        Some((self.tables[table as usize].as_mut()?, &mut self.shared))
    }
}

/// Looking things up by the ids that traces carry.
impl Tables {
    pub fn chains(&self, table: XtTable) -> impl Iterator<Item = ChainId> {
        let chains = self.table(table).into_iter().flat_map(Table::chains);
        chains.map(move |(chain, _)| ChainId::Iptables { family: self.family, table, chain })
    }

    /// The chains of a table that the kernel made.
    pub fn built_in(&self, table: XtTable) -> impl Iterator<Item = ChainId> {
        let chains = self.table(table).map_or(0..0, |table| 0..table.built_in);
        chains.map(move |chain| ChainId::Iptables { family: self.family, table, chain })
    }

    pub fn find_chain(&self, table: XtTable, name: &str) -> Option<ChainId> {
        let chain = self.table(table)?.find(name)?;
        Some(ChainId::Iptables { family: self.family, table, chain })
    }

    pub fn chain(&self, id: ChainId) -> Option<&Chain> {
        match id {
            ChainId::Iptables { family, table, chain } if family == self.family => self.table(table)?.chain(chain),
            _ => None,
        }
    }

    pub fn chain_name(&self, id: ChainId) -> Option<&Arc<str>> {
        self.chain(id).map(|chain| &chain.name)
    }

    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.chain(id.chain)?.rules.get(id.index as usize)
    }

    /// The rules of a chain with their ids.
    pub fn rules(&self, chain: ChainId) -> impl Iterator<Item = (RuleId, &Rule)> {
        let rules = self.chain(chain).map_or(&[][..], Chain::rules);
        rules.iter().zip(0..).map(move |(rule, index)| (RuleId { chain, index }, rule))
    }

    pub fn counters(&self, id: RuleId) -> Option<Counters> {
        let ChainId::Iptables { table, chain, .. } = id.chain else {
            return None;
        };
        self.rule(id)?;
        Some(self.table(table)?.slot(chain)?.counters.of(id.index as usize))
    }

    pub fn policy_counters(&self, id: ChainId) -> Option<Counters> {
        let ChainId::Iptables { table, chain, .. } = id else {
            return None;
        };
        self.chain(id)?.base?;
        Some(self.table(table)?.slot(chain)?.policy_counters)
    }

    /// How many matches ask an ipset with this name.
    pub fn references_to_set(&self, name: &str) -> usize {
        let rules = self.in_use().flat_map(|(_, table)| table.unordered()).flat_map(|(_, chain)| chain.rules());
        let matches = rules.flat_map(|rule| &rule.matches);
        matches.filter(|test| matches!(test, Match::Set(set) if *set.name == *name)).count()
    }

    /// The edges of the graph of chains: which chain leads to which. Some come twice.
    pub fn jumps(&self, table: XtTable) -> impl Iterator<Item = (ChainId, ChainId)> {
        let id = move |chain| ChainId::Iptables { family: self.family, table, chain };
        let chains = self.table(table).into_iter().flat_map(Table::unordered);
        chains.flat_map(move |(from, chain)| {
            let targets = chain.rules().iter().filter_map(|rule| rule.target.chain());
            targets.map(move |to| (id(from), id(to)))
        })
    }
}

/// Counts of rules and chains fit 32 bits: a text with more of them does not fit any memory.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
