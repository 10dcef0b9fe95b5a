use std::collections::BTreeMap;

use crate::iptables::{self, Match, Tables};
use crate::net::Family;
use crate::netfilter::XtTable;
use crate::nftables::{self, Data, RejectKind, RuleVerdict, Ruleset, SetUse, Statement, Table, TableFamily};
use crate::node::Node;
use crate::trace::ChainId;

/// A chain without what its rules ask: where they lead.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    /// The kernel calls it at a hook.
    pub is_base: bool,
    pub rules: Vec<Exits>,
}

/// Where packets go from a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Exits {
    /// On to the next rule, because they do not match or because the rule does not decide.
    pub next: bool,
    /// Back to the calling chain.
    pub back: bool,
    pub jumps: Vec<ChainId>,
    pub gotos: Vec<ChainId>,
}

impl Exits {
    const NEXT: Self = Self { next: true, back: false, jumps: Vec::new(), gotos: Vec::new() };
    const NOWHERE: Self = Self { next: false, back: false, jumps: Vec::new(), gotos: Vec::new() };
}

/// All chains of a node.
pub(super) fn shapes(node: &Node) -> BTreeMap<ChainId, Shape> {
    let mut shapes = BTreeMap::new();
    for family in [Family::V4, Family::V6] {
        of_tables(node.iptables.of(family), &mut shapes);
    }
    of_ruleset(&node.nftables, &mut shapes);
    shapes
}

fn of_tables(tables: &Tables, shapes: &mut BTreeMap<ChainId, Shape>) {
    for table in XtTable::ALL {
        for chain in tables.chains(table) {
            let to = |number| ChainId::Iptables { family: tables.family(), table, chain: number };
            let rules = tables.rules(chain).map(|(_, rule)| of_xt_rule(rule, to)).collect();
            let is_base = tables.chain(chain).is_some_and(|chain| chain.base.is_some());
            shapes.insert(chain, Shape { is_base, rules });
        }
    }
}

/// A rule that asks nothing matches every packet; only then is what its target does certain.
fn of_xt_rule(rule: &iptables::Rule, to: impl Fn(u32) -> ChainId) -> Exits {
    use iptables::Target;
    let asks = rule.ip != iptables::IpMatch::default()
        || !rule.matches.iter().all(|test| matches!(test, Match::Comment(_) | Match::Nfacct(_)));
    let exits = match &rule.target {
        Target::Accept
        | Target::Drop
        | Target::Reject(_)
        | Target::Dnat(_)
        | Target::Snat(_)
        | Target::Masquerade(_)
        | Target::Redirect(_)
        | Target::Netmap(_)
        | Target::Nfqueue(_) => Exits::NOWHERE,
        Target::Return => Exits { back: true, ..Exits::NOWHERE },
        Target::Jump { chain, goto: false } => Exits { jumps: vec![to(*chain)], ..Exits::NOWHERE },
        Target::Jump { chain, goto: true } => Exits { gotos: vec![to(*chain)], ..Exits::NOWHERE },
        // These go on, or nobody knows.
        Target::None
        | Target::Checksum
        | Target::Classify(_)
        | Target::Connmark(_)
        | Target::Ct(_)
        | Target::Dscp(_)
        | Target::Log(_)
        | Target::Mark(_)
        | Target::Nflog(_)
        | Target::Notrack
        | Target::Set(_)
        | Target::Strip(_)
        | Target::Tcpmss(_)
        | Target::Tee(_)
        | Target::Tos(_)
        | Target::Tproxy(_)
        | Target::Trace
        | Target::Ttl(_)
        | Target::Kept(_) => Exits::NEXT,
    };
    Exits { next: exits.next || asks, ..exits }
}

fn of_ruleset(ruleset: &Ruleset, shapes: &mut BTreeMap<ChainId, Shape>) {
    for (id, table, chain) in ruleset.chains() {
        let ChainId::Nftables { table: number, .. } = id else {
            continue;
        };
        let reader = Reader { table, number };
        let rules = chain.rules.iter().map(|rule| reader.exits(rule)).collect();
        shapes.insert(id, Shape { is_base: chain.base.is_some() && !table.dormant, rules });
    }
}

struct Reader<'a> {
    table: &'a Table,
    number: u32,
}

impl Reader<'_> {
    fn exits(&self, rule: &nftables::Rule) -> Exits {
        let mut exits = Exits::NOWHERE;
        for statement in &rule.statements {
            exits.next |= statement.can_fail();
            match statement {
                Statement::Verdict(verdict) => {
                    self.add(*verdict, &mut exits);
                    return exits;
                }
                Statement::VerdictMap { map, .. } => self.add_all(map, &mut exits),
                // What is for one family lets the other pass.
                Statement::Reject(reject) => {
                    exits.next |= self.table.family == TableFamily::Inet && reject.kind != RejectKind::Icmpx;
                    return exits;
                }
                Statement::Nat(_) => {
                    exits.next |= self.table.family == TableFamily::Inet;
                    return exits;
                }
                Statement::Masquerade(_) | Statement::Redirect(_) => return exits,
                Statement::Unknown(text) => self.add_named(text, &mut exits),
                _ => {}
            }
        }
        Exits { next: true, ..exits }
    }

    fn add(&self, verdict: RuleVerdict, exits: &mut Exits) {
        let to = |chain: nftables::ChainIndex| ChainId::Nftables { table: self.number, chain: chain.0 };
        match verdict {
            RuleVerdict::Accept | RuleVerdict::Drop => {}
            RuleVerdict::Continue => exits.next = true,
            RuleVerdict::Return => exits.back = true,
            RuleVerdict::Jump(chain) => exits.jumps.push(to(chain)),
            RuleVerdict::Goto(chain) => exits.gotos.push(to(chain)),
        }
    }

    fn add_all(&self, map: &SetUse, exits: &mut Exits) {
        for element in self.table.set_of(map).into_iter().flat_map(|set| set.elements.iter()) {
            if let Data::Verdict(verdict) = element.data {
                self.add(verdict, exits);
            }
        }
    }

    /// Syntax that is not modelled may lead to the chains and maps that it names.
    fn add_named(&self, text: &str, exits: &mut Exits) {
        let words =
            || text.split(|sign: char| sign.is_whitespace() || ",;{}:".contains(sign)).filter(|word| !word.is_empty());
        exits.back |= words().any(|word| word == "return");
        for (word, name) in words().zip(words().skip(1)) {
            let chain = self.table.chains.find(name).map(|chain| ChainId::Nftables { table: self.number, chain });
            match word {
                "jump" => exits.jumps.extend(chain),
                "goto" => exits.gotos.extend(chain),
                _ => {}
            }
        }
        for name in words().filter_map(|word| word.strip_prefix('@')) {
            if let Some(set) = self.table.sets.find(name) {
                self.add_all(&SetUse::Named(nftables::SetId(set)), exits);
            }
        }
    }
}
