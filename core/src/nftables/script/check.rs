//! What the kernel checks when a transaction is complete (`nft_table_validate`): from base chains on, so that chains
//! that no packet comes to may jump as they like.

use std::collections::BTreeMap;

use super::Added;
use crate::message;
use crate::netfilter::Hook;
use crate::nftables::model::{
    Assign, ChainHook, ChainKind, Expression, FibResult, MetaKey, Ruleset, Statement, Table, Target,
};
use crate::nftables::names;
use crate::nftables::parse::Failure;

/// Jumps, one within the other: one fewer than `NFT_JUMP_STACK_SIZE`.
const MOST_JUMPS: u8 = 15;

/// Checks the tables that a transaction changed.
pub(super) fn check(ruleset: &Ruleset, added: &[Added]) -> Vec<Failure> {
    let mut failures = Vec::new();
    let mut tables: Vec<u32> = added.iter().map(|added| added.table).collect();
    tables.dedup();
    tables.sort_unstable();
    tables.dedup();
    for number in tables {
        let Some(table) = ruleset.table(number) else {
            continue;
        };
        let mut walk =
            Walk { table, number, added, edges: BTreeMap::new(), depth: BTreeMap::new(), contexts: BTreeMap::new() };
        walk.collect_edges();
        if let Err(failure) = walk.find_loops().and_then(|()| walk.check_statements()) {
            failures.push(failure);
        }
    }
    failures
}

struct Walk<'a> {
    table: &'a Table,
    number: u32,
    added: &'a [Added],
    /// Which chains a chain leads to.
    edges: BTreeMap<u32, Vec<u32>>,
    /// How many jumps deep the longest way from a chain goes.
    depth: BTreeMap<u32, u8>,
    /// From which base chains a chain is reached, as bits of [`context_bit`].
    contexts: BTreeMap<u32, u32>,
}

impl Walk<'_> {
    fn collect_edges(&mut self) {
        for (number, chain) in self.table.chains.iter() {
            let mut targets = Vec::new();
            for statement in chain.rules.iter().flat_map(|rule| &rule.statements) {
                targets.extend(names::targets(self.table, statement));
            }
            targets.sort_unstable();
            targets.dedup();
            if !targets.is_empty() {
                self.edges.insert(number, targets);
            }
        }
    }

    /// `nft_chain_validate`, depth-first with a stack of its own: chains may lead to each other in any number.
    fn find_loops(&mut self) -> Result<(), Failure> {
        let chains = self.table.chains.iter();
        for start in chains.filter(|(_, chain)| chain.base.is_some()).map(|(number, _)| number) {
            let mut path: Vec<(u32, usize)> = vec![(start, 0)];
            let mut on_path = std::collections::BTreeSet::from([start]);
            while let Some((chain, next)) = path.last_mut() {
                let targets = self.edges.get(chain).map_or(&[][..], Vec::as_slice);
                let Some(target) = targets.get(*next).copied() else {
                    let below =
                        targets.iter().filter_map(|target| self.depth.get(target)).max().map_or(0, |depth| depth + 1);
                    let chain = *chain;
                    if below > MOST_JUMPS {
                        let way: Vec<u32> = path.iter().map(|(chain, _)| *chain).collect();
                        return Err(self.too_deep(&way, chain));
                    }
                    self.depth.insert(chain, below);
                    on_path.remove(&chain);
                    path.pop();
                    continue;
                };
                *next += 1;
                if on_path.contains(&target) {
                    let from = path.iter().position(|(chain, _)| *chain == target).unwrap_or(0);
                    let cycle: Vec<u32> = path[from..].iter().map(|(chain, _)| *chain).collect();
                    let way: Vec<u32> = path.iter().map(|(chain, _)| *chain).collect();
                    return Err(self.loops(&way, &cycle));
                }
                if !self.depth.contains_key(&target) {
                    on_path.insert(target);
                    path.push((target, 0));
                }
            }
        }
        Ok(())
    }

    fn name(&self, chain: u32) -> &str {
        self.table.chains.get(chain).map_or("?", |chain| &*chain.name)
    }

    /// The place of what was added last to one of the chains, or to a map.
    fn offset(&self, chains: &[u32]) -> usize {
        let mine = self.added.iter().rev().filter(|added| added.table == self.number);
        let in_chains = mine.clone().find(|added| added.chain.is_some_and(|chain| chains.contains(&chain)));
        in_chains.or_else(|| mine.clone().next()).map_or(0, |added| added.offset)
    }

    /// Chains that are reached by `way`. The kernel follows them until it has no room for more, and says that.
    fn loops(&self, way: &[u32], cycle: &[u32]) -> Failure {
        let mut names: Vec<&str> = cycle.iter().map(|chain| self.name(*chain)).collect();
        names.extend(names.first().copied());
        Failure::new(
            self.offset(way),
            message!("wrong-circle", chains = names.join(" → ")),
            message!("expected-no-circle"),
            message!("advice-remove-jump"),
        )
    }

    fn too_deep(&self, way: &[u32], chain: u32) -> Failure {
        Failure::new(
            self.offset(way),
            message!("wrong-too-deep", most = MOST_JUMPS.to_string(), name = self.name(chain)),
            message!("expected-jumps-deep", most = MOST_JUMPS.to_string()),
            message!("advice-flatten"),
        )
    }

    /// NAT, reject and the like work at some hooks only (`nft_nat_validate`, `nft_masq_validate`, `nft_reject_validate`).
    fn check_statements(&mut self) -> Result<(), Failure> {
        self.spread_contexts();
        for (number, chain) in self.table.chains.iter() {
            let contexts = self.contexts.get(&number).copied().unwrap_or(0);
            for statement in chain.rules.iter().flat_map(|rule| &rule.statements) {
                let Some((kind, hooks)) = requirement(statement) else {
                    continue;
                };
                if contexts & !allowed(kind, hooks) == 0 {
                    continue;
                }
                let at: Vec<&str> = hooks.iter().map(|hook| hook.nft_name()).collect();
                let kind = kind.map_or("", ChainKind::name);
                return Err(Failure::new(
                    self.offset(&[number]),
                    message!("wrong-reached-from", what = label(statement), name = &chain.name),
                    message!(
                    "expected-base-chains",
                    type = if kind.is_empty() { "filter" } else { kind },
                    hooks = at.join(", ")
                    ),
                    message!("advice-reached-from-there"),
                ));
            }
        }
        Ok(())
    }

    /// What reaches a chain reaches the chains that it jumps to.
    fn spread_contexts(&mut self) {
        let mut open: Vec<u32> = Vec::new();
        for (number, chain) in self.table.chains.iter() {
            if let Some(base) = &chain.base
                && let ChainHook::Ip(hook) = base.hook
            {
                self.contexts.insert(number, context_bit(base.kind, hook));
                open.push(number);
            }
        }
        while let Some(chain) = open.pop() {
            let contexts = self.contexts.get(&chain).copied().unwrap_or(0);
            for target in self.edges.get(&chain).into_iter().flatten() {
                let known = self.contexts.entry(*target).or_default();
                if *known | contexts != *known {
                    *known |= contexts;
                    open.push(*target);
                }
            }
        }
    }
}

const fn context_bit(kind: ChainKind, hook: Hook) -> u32 {
    1 << (kind as u32 * 5 + hook as u32)
}

fn allowed(kind: Option<ChainKind>, hooks: &[Hook]) -> u32 {
    let kinds = ChainKind::ALL.into_iter().filter(|known| kind.is_none_or(|kind| kind == *known));
    kinds.flat_map(|kind| hooks.iter().map(move |hook| context_bit(kind, *hook))).fold(0, |bits, bit| bits | bit)
}

/// The chain type and hooks that a statement needs.
fn requirement(statement: &Statement) -> Option<(Option<ChainKind>, &'static [Hook])> {
    use crate::netfilter::Manip;
    Some(match statement {
        Statement::Nat(nat) if nat.manip == Manip::Source => (Some(ChainKind::Nat), &[Hook::Postrouting, Hook::Input]),
        Statement::Nat(_) | Statement::Redirect(_) => (Some(ChainKind::Nat), &[Hook::Prerouting, Hook::Output]),
        Statement::Masquerade(_) => (Some(ChainKind::Nat), &[Hook::Postrouting]),
        Statement::Match(found) => return fib_requirement(&found.left),
        Statement::Assign(Assign { target: Target::Meta(MetaKey::PktType), .. }) => (None, &[Hook::Prerouting]),
        Statement::Reject(_) => (None, &[Hook::Input, Hook::Forward, Hook::Output, Hook::Prerouting]),
        _ => return None,
    })
}

/// `nft_fib_validate`: a device can only be asked for where it is known. At which hooks, as of Linux 6.18.
fn fib_requirement(expression: &Expression) -> Option<(Option<ChainKind>, &'static [Hook])> {
    let Expression::Fib(fib) = expression else {
        return None;
    };
    let incoming: &[Hook] = &[Hook::Prerouting, Hook::Input, Hook::Forward];
    match fib.result {
        FibResult::Oif | FibResult::OifName | FibResult::Present => Some((None, incoming)),
        FibResult::Type if fib.iif => Some((None, incoming)),
        FibResult::Type if fib.oif => Some((None, &[Hook::Forward, Hook::Output, Hook::Postrouting])),
        FibResult::Type => None,
    }
}

fn label(statement: &Statement) -> &'static str {
    match statement {
        Statement::Nat(nat) if nat.manip == crate::netfilter::Manip::Source => "snat",
        Statement::Nat(_) => "dnat",
        Statement::Redirect(_) => "redirect",
        Statement::Masquerade(_) => "masquerade",
        Statement::Match(_) => "fib",
        Statement::Assign(_) => "meta pkttype set",
        _ => "reject",
    }
}
