use std::fmt;
use std::sync::Arc;

use super::{Data, Element, Named, ObjectKind, RuleVerdict, Set, SetUse, State, Stateful, Statement};
use crate::net::Family;
use crate::netfilter::Hook;
use crate::trace::{ChainId, RuleId};

/// The tables of a node.
#[derive(Clone, Debug, Default)]
pub struct Ruleset {
    /// A table keeps its number for as long as it lives.
    pub(crate) tables: Vec<Option<Arc<Table>>>,
}

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    pub family: TableFamily,
    pub name: Arc<str>,
    pub comment: Option<Arc<str>>,
    /// `flags dormant`: its base chains are not run.
    pub dormant: bool,
    pub chains: Named<Chain>,
    pub sets: Named<Set>,
    pub objects: Named<Object>,
    /// Flow tables, helpers and the like: kept and printed back.
    pub unmodelled: Vec<Unmodelled>,
    /// What rules and objects count.
    pub states: Vec<State>,
    /// The last handle that was given out.
    pub(crate) handles: u64,
    pub(crate) uses: Uses,
    /// The base chains, so that nobody has to look for them among thousands of others.
    pub(crate) bases: Vec<ChainIndex>,
}

/// How often rules and elements refer to a chain or set, by number (`chain->use`, `set->use`): what is in
/// use cannot be deleted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses {
    chains: Vec<u32>,
    sets: Vec<u32>,
}

impl Uses {
    pub fn of_chain(&self, chain: u32) -> u32 {
        self.chains.get(chain as usize).copied().unwrap_or(0)
    }

    pub fn of_set(&self, set: u32) -> u32 {
        self.sets.get(set as usize).copied().unwrap_or(0)
    }

    pub fn add_rule(&mut self, rule: &Rule) {
        self.count(rule, |uses| uses.saturating_add(1));
    }

    pub fn remove_rule(&mut self, rule: &Rule) {
        self.count(rule, |uses| uses.saturating_sub(1));
    }

    pub fn add_element(&mut self, element: &Element) {
        self.add_data(&element.data);
    }

    pub fn add_data(&mut self, data: &Data) {
        if let Data::Verdict(verdict) = data {
            self.count_verdict(*verdict, |uses| uses.saturating_add(1));
        }
    }

    pub fn remove_element(&mut self, element: &Element) {
        if let Data::Verdict(verdict) = element.data {
            self.count_verdict(verdict, |uses| uses.saturating_sub(1));
        }
    }

    fn count(&mut self, rule: &Rule, change: fn(u32) -> u32) {
        for statement in &rule.statements {
            if let Statement::Verdict(verdict) = statement {
                self.count_verdict(*verdict, change);
            }
            for set in statement.named_sets() {
                *slot(&mut self.sets, set.0) = change(*slot(&mut self.sets, set.0));
            }
            statement.for_each_set(&mut |set| {
                if let SetUse::Anonymous(set) = set {
                    for element in set.elements.iter() {
                        if let Data::Verdict(verdict) = element.data {
                            self.count_verdict(verdict, change);
                        }
                    }
                }
            });
        }
    }

    fn count_verdict(&mut self, verdict: RuleVerdict, change: fn(u32) -> u32) {
        if let RuleVerdict::Jump(chain) | RuleVerdict::Goto(chain) = verdict {
            let uses = slot(&mut self.chains, chain.0);
            *uses = change(*uses);
        }
    }
}

fn slot(counts: &mut Vec<u32>, number: u32) -> &mut u32 {
    let at = number as usize;
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    &mut counts[at]
}

/// `NFPROTO_*` of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableFamily {
    Ip,
    Ip6,
    Inet,
    Arp,
    Bridge,
    Netdev,
}

impl TableFamily {
    const ALL: [Self; 6] = [Self::Ip, Self::Ip6, Self::Inet, Self::Arp, Self::Bridge, Self::Netdev];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Ip6 => "ip6",
            Self::Inet => "inet",
            Self::Arp => "arp",
            Self::Bridge => "bridge",
            Self::Netdev => "netdev",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }

    /// The only family of the packets of its tables; none if there are several, or others.
    pub const fn only(self) -> Option<Family> {
        match self {
            Self::Ip => Some(Family::V4),
            Self::Ip6 => Some(Family::V6),
            Self::Inet | Self::Arp | Self::Bridge | Self::Netdev => None,
        }
    }

    /// Whether its chains see packets of the family.
    pub const fn sees(self, family: Family) -> bool {
        matches!((self, family), (Self::Inet, _) | (Self::Ip, Family::V4) | (Self::Ip6, Family::V6))
    }
}

impl fmt::Display for TableFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A chain of a table, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainIndex(pub u32);

/// A set or map of a table, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(pub u32);

/// A named counter, quota or limit of a table, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub u32);

/// A place in [`Table::states`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub u32);

#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    pub name: Arc<str>,
    pub handle: u64,
    pub comment: Option<Arc<str>>,
    /// Only base chains are at a hook.
    pub base: Option<BaseHook>,
    pub rules: Vec<Rule>,
}

/// `type filter hook input priority filter; policy accept;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseHook {
    pub kind: ChainKind,
    pub hook: ChainHook,
    pub priority: i32,
    pub policy: Policy,
    pub devices: Vec<Arc<str>>,
}

impl BaseHook {
    /// Whether both are the same but for the policy.
    pub fn is_same_place(&self, other: &Self) -> bool {
        let place = |hook: &Self| (hook.kind, hook.hook, hook.priority);
        place(self) == place(other) && self.devices == other.devices
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChainKind {
    Filter,
    Nat,
    Route,
}

impl ChainKind {
    pub const ALL: [Self; 3] = [Self::Filter, Self::Nat, Self::Route];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Nat => "nat",
            Self::Route => "route",
        }
    }
}

/// The hooks of base chains: those of IP, and those of devices. What leaves by a device is not shown to its chains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChainHook {
    Ip(Hook),
    Ingress,
    Egress,
}

impl ChainHook {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ip(hook) => hook.nft_name(),
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "ingress" => Some(Self::Ingress),
            "egress" => Some(Self::Egress),
            name => Hook::ALL.into_iter().find(|hook| hook.nft_name() == name).map(Self::Ip),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    Accept,
    Drop,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub handle: u64,
    pub comment: Option<Arc<str>>,
    pub statements: Vec<Statement>,
    /// How many of the statements can end the rule by not matching.
    pub tests: u8,
}

/// A counter, quota or limit with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    pub name: Arc<str>,
    pub handle: u64,
    pub comment: Option<Arc<str>>,
    pub what: Statement,
}

impl Object {
    pub const fn kind(&self) -> ObjectKind {
        match &self.what {
            Statement::Stateful(Stateful::Quota(_), _) => ObjectKind::Quota,
            Statement::Stateful(Stateful::Limit(_), _) => ObjectKind::Limit,
            _ => ObjectKind::Counter,
        }
    }
}

/// An object of a kind that is not modelled, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmodelled {
    /// `flowtable`, `ct helper`.
    pub kind: Arc<str>,
    pub name: Arc<str>,
    /// The lines between the braces, without indentation.
    pub lines: Vec<Arc<str>>,
}

impl Table {
    pub fn new(family: TableFamily, name: Arc<str>) -> Self {
        Self {
            family,
            name,
            comment: None,
            dormant: false,
            chains: Named::default(),
            sets: Named::default(),
            objects: Named::default(),
            unmodelled: Vec::new(),
            states: Vec::new(),
            handles: 0,
            uses: Uses::default(),
            bases: Vec::new(),
        }
    }

    pub fn chain(&self, index: ChainIndex) -> Option<&Chain> {
        self.chains.get(index.0)
    }

    pub fn set(&self, id: SetId) -> Option<&Set> {
        self.sets.get(id.0)
    }

    pub fn set_of<'a>(&'a self, set: &'a SetUse) -> Option<&'a Set> {
        match set {
            SetUse::Named(id) => self.set(*id),
            SetUse::Anonymous(set) => Some(set),
        }
    }

    pub fn state(&self, id: StateId) -> Option<&State> {
        self.states.get(id.0 as usize)
    }

    pub(crate) fn add_state(&mut self, state: State) -> StateId {
        self.states.push(state);
        StateId(u32::try_from(self.states.len() - 1).unwrap_or(u32::MAX))
    }

    /// Notes the base chains, once a transaction is complete.
    pub(crate) fn find_bases(&mut self) {
        let bases = self.chains.iter().filter(|(_, chain)| chain.base.is_some());
        self.bases = bases.map(|(number, _)| ChainIndex(number)).collect();
    }

    /// The next handle (`nf_tables_alloc_handle`).
    pub(crate) fn next_handle(&mut self) -> u64 {
        self.handles += 1;
        self.handles
    }
}

impl Ruleset {
    /// The tables with their numbers, in the order in which they were made.
    pub fn tables(&self) -> impl Iterator<Item = (u32, &Table)> {
        let numbered = self.tables.iter().enumerate();
        numbered.filter_map(|(number, table)| Some((u32::try_from(number).ok()?, table.as_deref()?)))
    }

    pub fn table(&self, number: u32) -> Option<&Table> {
        self.tables.get(number as usize)?.as_deref()
    }

    pub(crate) fn table_mut(&mut self, number: u32) -> Option<&mut Table> {
        self.tables.get_mut(number as usize)?.as_mut().map(Arc::make_mut)
    }

    pub fn find_table(&self, family: TableFamily, name: &str) -> Option<u32> {
        self.tables().find(|(_, table)| table.family == family && &*table.name == name).map(|(number, _)| number)
    }

    /// The chain and the table it is in; none for a chain of iptables or one that is gone.
    pub fn chain(&self, id: ChainId) -> Option<(&Table, &Chain)> {
        let ChainId::Nftables { table, chain } = id else {
            return None;
        };
        let table = self.table(table)?;
        Some((table, table.chains.get(chain)?))
    }

    pub fn rule(&self, id: RuleId) -> Option<(&Table, &Rule)> {
        let (table, chain) = self.chain(id.chain)?;
        Some((table, chain.rules.get(id.index as usize)?))
    }

    /// Every chain with its id, table by table, in the order of `nft list ruleset`.
    pub fn chains(&self) -> impl Iterator<Item = (ChainId, &Table, &Chain)> {
        self.tables().flat_map(|(number, table)| {
            table.chains.iter().map(move |(chain, found)| (ChainId::Nftables { table: number, chain }, table, found))
        })
    }

    pub fn rule_count(&self) -> usize {
        self.chains().map(|(_, _, chain)| chain.rules.len()).sum()
    }
}
