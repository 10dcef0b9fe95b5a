//! Packets through nft's chains, as `nft_do_chain` of the kernel runs them (`net/netfilter/nf_tables_core.c`).
//!
//! In: a ruleset, a base chain, a packet at a hook. Out: a verdict, the steps to it, and what the rules
//! changed: marks, connections, dynamic sets, counters. Left out on purpose: `queue`, `synproxy`, `meter`, and what leaves by a device; a packet that comes there is told so.
//!
//! Costs: each rule visited, with as many matches as statements were tested that could end it (a match, a
//! look-up, a limit; the protocol tests that nft adds by itself do not count), and a probe for each look-up.

mod action;
mod flow;
mod hash;
mod host;
mod load;
mod payload;
mod stateful;

use std::sync::Arc;

use self::action::Action;
use self::load::Break;
use super::model::{
    BaseHook, Chain, ChainHook, ChainIndex, ChainKind, Policy, Reject, RejectKind, Rule, RuleVerdict, Ruleset,
    Statement, Table, TableFamily,
};
use super::print;
use crate::net::{Family, Packet};
use crate::netfilter::{Context, Hook, Verdict};
use crate::trace::{ChainId, Cost, Drawn, Event, Failed, Found, LeftBy, Origin, RuleId, Tracer};

/// A chain at a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaseChain {
    pub id: ChainId,
    pub priority: i32,
    pub kind: ChainKind,
    /// Only run for the first packets of a connection.
    pub is_nat: bool,
}

/// The base chains that see packets of the family at the hook, in the order in which the kernel runs them:
/// by priority, and of equal ones the newest first (`nf_hook_entries_grow`).
pub fn base_chains(ruleset: &Ruleset, family: Family, hook: Hook) -> Vec<BaseChain> {
    base_chains_of(ruleset, hook, |table| table.family.sees(family))
}

fn base_chains_of(ruleset: &Ruleset, hook: Hook, sees: impl Fn(&Table) -> bool) -> Vec<BaseChain> {
    let mut found = Vec::new();
    for (number, table) in ruleset.tables().filter(|(_, table)| sees(table) && !table.dormant) {
        for index in &table.bases {
            let base = table.chain(*index).and_then(|chain| chain.base.as_ref());
            if let Some(BaseHook { kind, hook: ChainHook::Ip(at), priority, .. }) = base
                && *at == hook
            {
                let id = ChainId::Nftables { table: number, chain: index.0 };
                found.push(BaseChain { id, priority: *priority, kind: *kind, is_nat: *kind == ChainKind::Nat });
            }
        }
    }
    found.reverse();
    found.sort_by_key(|chain| chain.priority);
    found
}

/// The base chains at a hook of bridges, none of which is run, in the order in which the kernel would call them.
pub fn bridge_chains(ruleset: &Ruleset, hook: Hook) -> Vec<ChainId> {
    base_chains_of(ruleset, hook, |table| table.family == TableFamily::Bridge)
        .into_iter()
        .map(|chain| chain.id)
        .collect()
}

/// The base chains that see what comes in by a device, or leaves by it, in the order in which the kernel runs them.
pub fn device_chains(ruleset: &Ruleset, hook: ChainHook, device: &str) -> Vec<ChainId> {
    let mut found = Vec::new();
    for (number, table) in ruleset.tables().filter(|(_, table)| !table.dormant) {
        for index in &table.bases {
            let base = table.chain(*index).and_then(|chain| chain.base.as_ref());
            let base = base.filter(|base| base.hook == hook && base.devices.iter().any(|name| **name == *device));
            found.extend(base.map(|base| (base.priority, ChainId::Nftables { table: number, chain: index.0 })));
        }
    }
    found.reverse();
    found.sort_by_key(|(priority, _)| *priority);
    found.into_iter().map(|(_, chain)| chain).collect()
}

/// Runs a base chain. A chain that is not there accepts.
pub fn traverse<T: Tracer>(ruleset: &mut Ruleset, chain: ChainId, ctx: &mut Context<'_, T>) -> Verdict {
    let ChainId::Nftables { table, chain: number } = chain else {
        return Verdict::Accept;
    };
    let Some(start) = ruleset.table(table).and_then(|table| table.chains.share(number)) else {
        return Verdict::Accept;
    };
    let Some(base) = start.base.clone() else {
        return Verdict::Accept;
    };
    ctx.step(Cost::NONE, || (Event::ChainEntered { chain, priority: Some(base.priority) }, Origin::Chain(chain)));
    let mut walk = Walk { ruleset, table, current: number, chain: start, calls: Calls::default(), seen: Seen::Nothing };
    walk.run(ctx, number, &base)
}

/// A packet on its way through the chains of one table.
struct Walk<'a> {
    ruleset: &'a mut Ruleset,
    table: u32,
    current: u32,
    chain: Arc<Chain>,
    calls: Calls,
    /// What the statement that runs has found.
    seen: Seen,
}

/// What a test has seen of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Nothing,
    Value(u128),
    /// A look-up, which tells by itself.
    LookUp,
}

/// What comes after a statement or a rule.
enum Next {
    /// The rule's next statement.
    Statement,
    /// This rule did not match, or has no more to say.
    Rule,
    Back(LeftBy),
    Into {
        chain: ChainIndex,
        goto: bool,
    },
    Verdict(Verdict),
}

impl Walk<'_> {
    /// The table; it is there as long as the walk lasts.
    fn table(&self) -> Option<&Table> {
        self.ruleset.table(self.table)
    }

    const fn id(&self, chain: u32) -> ChainId {
        ChainId::Nftables { table: self.table, chain }
    }

    fn run<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, base: u32, hook: &BaseHook) -> Verdict {
        let mut index = 0;
        loop {
            match self.rules(ctx, &mut index) {
                Next::Statement | Next::Rule => index += 1,
                Next::Verdict(verdict) => {
                    let left = self.id(self.current);
                    // A packet that was dropped leaves no chain; one that was sent on goes by a device.
                    if verdict == Verdict::Accept || ctx.skb.sent_on.is_some() {
                        ctx.step(Cost::NONE, || {
                            (Event::ChainLeft { chain: left, by: LeftBy::Verdict }, Origin::Chain(left))
                        });
                    }
                    return verdict;
                }
                Next::Into { chain, goto } => {
                    let Some(target) = self.table().and_then(|table| table.chains.share(chain.0)) else {
                        return Verdict::Drop;
                    };
                    if !goto && !self.calls.push(self.current, index + 1) {
                        return Verdict::Drop;
                    }
                    self.current = chain.0;
                    self.chain = target;
                    index = 0;
                    let id = self.id(chain.0);
                    ctx.step(Cost::NONE, || (Event::ChainEntered { chain: id, priority: None }, Origin::Chain(id)));
                }
                Next::Back(by) => {
                    let left = self.id(self.current);
                    let back = self.calls.pop();
                    if back.is_some() || self.current != base {
                        ctx.step(Cost::NONE, || (Event::ChainLeft { chain: left, by }, Origin::Chain(left)));
                    }
                    let caller = back.and_then(|(caller, at)| Some((caller, at, self.table()?.chains.share(caller)?)));
                    let Some((caller, at, chain)) = caller else {
                        return self.policy(ctx, base, hook);
                    };
                    self.current = caller;
                    self.chain = chain;
                    index = at;
                }
            }
        }
    }

    fn policy<T: Tracer>(&self, ctx: &mut Context<'_, T>, base: u32, hook: &BaseHook) -> Verdict {
        let id = self.id(base);
        ctx.step(Cost::NONE, || (Event::ChainLeft { chain: id, by: LeftBy::Policy }, Origin::Chain(id)));
        match hook.policy {
            Policy::Accept => Verdict::Accept,
            Policy::Drop => {
                ctx.step(Cost::NONE, || (Event::Verdict(Verdict::Drop), Origin::Chain(id)));
                Verdict::Drop
            }
        }
    }

    /// Runs the rules of the current chain from `index` on, until one of them leads away or the chain ends.
    fn rules<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, index: &mut usize) -> Next {
        let chain = self.chain.clone();
        while let Some(rule) = chain.rules.get(*index) {
            match self.rule(ctx, rule, *index) {
                Next::Statement | Next::Rule => *index += 1,
                next => return next,
            }
        }
        Next::Back(LeftBy::End)
    }

    /// Runs one rule and reports how far its tests came.
    fn rule<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, rule: &Rule, index: usize) -> Next {
        let id = RuleId { chain: self.id(self.current), index: u32::try_from(index).unwrap_or(u32::MAX) };
        let matched = |ctx: &mut Context<'_, T>, tested: u8, drawn: Option<Box<Drawn>>| {
            let tests = u32::from(tested);
            ctx.step(Cost::rule(tests), || (Event::RuleMatched { rule: id, tests, drawn }, Origin::Rule(id)));
        };
        // nft asks for the protocol of an answer before anything else of the rule (`stmt_reject_gen_dependency`).
        if let Some(statement @ Statement::Reject(reject)) = rule.statements.last()
            && !action::answers(&ctx.skb.packet, *reject)
        {
            let cost = Cost::rule(statement.can_fail().into());
            ctx.missed(cost, || id, |sight| self.not_answered(statement, *reject, &sight.skb.packet));
            return Next::Rule;
        }
        let mut tested = 0;
        let mut reported = rule.tests == 0;
        if reported {
            matched(ctx, 0, None);
        }
        let mut drawn = None;
        for statement in &rule.statements {
            let is_test = statement.can_fail();
            tested += u8::from(is_test);
            self.seen = Seen::Nothing;
            let action = match self.prepare(ctx, statement, id) {
                Ok(action) => action,
                Err(failed) => {
                    if failed == Break::NotModelled {
                        self.not_modelled(ctx, statement, id);
                    }
                    if !reported {
                        ctx.missed(Cost::rule(tested.into()), || id, |_| self.failed(statement, failed));
                    }
                    return Next::Rule;
                }
            };
            if T::KEEPS {
                drawn = self.drawn(statement).or(drawn);
            }
            // A verdict map that knows the key ends the rule, whatever stands behind it.
            let decided = matches!(action, Action::Verdict(verdict) if verdict != RuleVerdict::Continue);
            if !reported && (decided || is_test && tested == rule.tests) {
                matched(ctx, tested, drawn.take());
                reported = true;
            }
            match self.perform(ctx, action, id) {
                Next::Statement => {}
                next => return next,
            }
        }
        Next::Rule
    }

    /// What chance drew for a statement that did not end its rule. Of a look-up its own step tells.
    fn drawn(&self, statement: &Statement) -> Option<Box<Drawn>> {
        let (Statement::Match(test), Seen::Value(value)) = (statement, self.seen) else {
            return None;
        };
        let table = self.table().filter(|_| test.left.is_random())?;
        let number = print::key_text(&[test.left.data_type(table)], std::iter::once(value));
        Some(Box::new(Drawn { test: print::statement_text(table, statement), number }))
    }

    /// The statement that ended a rule, and what it has seen.
    fn failed(&self, statement: &Statement, by: Break) -> Failed {
        let Some(table) = self.table() else {
            return Failed { test: String::new(), found: Found::Untold };
        };
        let found = match (statement, self.seen) {
            (Statement::Match(test), Seen::Value(value)) => {
                let value = print::key_text(&[test.left.data_type(table)], std::iter::once(value));
                if test.left.is_random() { Found::Drawn(value) } else { Found::Value(value) }
            }
            (Statement::Match(_) | Statement::VerdictMap { .. } | Statement::Differs(_), Seen::Nothing)
                if by == Break::NoMatch =>
            {
                Found::Nothing
            }
            _ => Found::Untold,
        };
        Failed { test: print::statement_text(table, statement), found }
    }

    /// An answer that is not for packets of this kind.
    fn not_answered(&self, statement: &Statement, reject: Reject, packet: &Packet) -> Failed {
        let found = match reject.kind {
            RejectKind::TcpReset => packet.protocol().to_string(),
            RejectKind::Icmp | RejectKind::Icmpv6 | RejectKind::Icmpx => packet.family().to_string(),
        };
        Failed { found: Found::Value(found), ..self.failed(statement, Break::NoMatch) }
    }

    fn not_modelled<T: Tracer>(&self, ctx: &mut Context<'_, T>, statement: &super::model::Statement, id: RuleId) {
        ctx.step(Cost::NONE, || {
            let what = self.table().map_or_else(String::new, |table| print::statement_text(table, statement));
            (Event::NotModelled { what }, Origin::Rule(id))
        });
    }

    fn perform<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, action: Action, id: RuleId) -> Next {
        let verdict = match action {
            Action::None => return Next::Statement,
            Action::Verdict(verdict) => match verdict {
                RuleVerdict::Accept => Verdict::Accept,
                RuleVerdict::Drop => Verdict::Drop,
                RuleVerdict::Continue => return Next::Statement,
                RuleVerdict::Return => return Next::Back(LeftBy::Return),
                RuleVerdict::Jump(chain) => return Next::Into { chain, goto: false },
                RuleVerdict::Goto(chain) => return Next::Into { chain, goto: true },
            },
            Action::Reject(with) => Verdict::Reject(with),
            // Who called the chain tells where it went (`NF_STOLEN`).
            action @ Action::SendOn(_) => {
                self.change(ctx, action, id);
                return Next::Verdict(Verdict::Drop);
            }
            change => match self.change(ctx, change, id) {
                Some(verdict) => verdict,
                None => return Next::Statement,
            },
        };
        ctx.step(Cost::NONE, || (Event::Verdict(verdict), Origin::Rule(id)));
        Next::Verdict(verdict)
    }
}

/// The chains that wait for the current one to end; rulesets that nest deeper are not accepted
/// (`NFT_JUMP_STACK_SIZE`).
#[derive(Default)]
struct Calls {
    places: [(u32, usize); 16],
    depth: usize,
}

impl Calls {
    /// False if there is no place left.
    fn push(&mut self, chain: u32, index: usize) -> bool {
        let Some(place) = self.places.get_mut(self.depth) else {
            return false;
        };
        *place = (chain, index);
        self.depth += 1;
        true
    }

    fn pop(&mut self) -> Option<(u32, usize)> {
        self.depth = self.depth.checked_sub(1)?;
        self.places.get(self.depth).copied()
    }
}
