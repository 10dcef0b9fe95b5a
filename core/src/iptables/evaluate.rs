use std::collections::BTreeMap;
use std::sync::Arc;

use super::found;
use super::header::Folded;
use super::matches::{MatchState, Outcome, Remembered, SharedMemory};
use super::model::{Chain, MatchPlace, Rule, Slot, Tables, number};
use super::targets::{Target, header};
use crate::net::{Family, Packet};
use crate::netfilter::{Context, Manip, NatRange, Sight, Verdict, XtTable, nat};
use crate::trace::{ChainId, Cost, Event, LeftBy, Origin, RuleId, Tracer};

/// Walks the table's chain at the hook of the packet (`ipt_do_table`).
///
/// Costs: each rule visited counts the test of its header and each match that was asked, comments too,
/// since the kernel calls them. A rule with a match that is not modelled does not match, and says so.
pub fn traverse<T: Tracer>(tables: &mut Tables, table: XtTable, ctx: &mut Context<'_, T>) -> Verdict {
    let family = tables.family();
    let Some((contents, shared)) = tables.walk_parts(table) else {
        return Verdict::Accept;
    };
    let Some(base) = contents.base(ctx.hook) else {
        return Verdict::Accept;
    };
    let Some(chain) = contents.slot(base).map(|slot| slot.chain.clone()) else {
        return Verdict::Accept;
    };
    let mut walk = Walk {
        family,
        table,
        slots: &mut contents.slots,
        states: &mut contents.states,
        shared,
        current: base,
        chain,
        calls: Calls::default(),
    };
    let id = walk.id(base);
    let priority = table.priority(ctx.hook);
    ctx.step(Cost::NONE, || (Event::ChainEntered { chain: id, priority: Some(priority) }, Origin::Chain(id)));
    walk.run(ctx, base)
}

struct Walk<'a> {
    family: Family,
    table: XtTable,
    slots: &'a mut [Option<Slot>],
    states: &'a mut BTreeMap<MatchPlace, MatchState>,
    shared: &'a mut SharedMemory,
    current: u32,
    chain: Arc<Chain>,
    calls: Calls,
}

/// What comes after a rule that matched.
enum Next {
    Rule,
    /// Back to the caller, or to the policy.
    Back(LeftBy),
    Into {
        chain: u32,
        goto: bool,
    },
    Verdict(Verdict),
}

impl Walk<'_> {
    const fn id(&self, chain: u32) -> ChainId {
        ChainId::Iptables { family: self.family, table: self.table, chain }
    }

    fn rule_id(&self, index: usize) -> RuleId {
        RuleId { chain: self.id(self.current), index: number(index) }
    }

    fn run<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, base: u32) -> Verdict {
        let header = Folded::of(&ctx.skb.packet);
        let mut index = 0;
        loop {
            let next = match self.first_match(ctx, header, index) {
                None => Next::Back(LeftBy::End),
                Some(at) => {
                    index = at;
                    self.matched(ctx, at)
                }
            };
            match next {
                Next::Rule => index += 1,
                Next::Verdict(verdict) => {
                    let rule = self.rule_id(index);
                    ctx.step(Cost::NONE, || (Event::Verdict(verdict), Origin::Rule(rule)));
                    // A packet that is gone leaves no chain.
                    if verdict == Verdict::Accept {
                        let event = Event::ChainLeft { chain: rule.chain, by: LeftBy::Verdict };
                        ctx.step(Cost::NONE, || (event, Origin::Chain(rule.chain)));
                    }
                    return verdict;
                }
                Next::Into { chain, goto } => {
                    let Some(target) = self.slots.get(chain as usize).and_then(Option::as_ref) else {
                        return Verdict::Drop;
                    };
                    let target = target.chain.clone();
                    if !goto {
                        self.calls.push((self.current, index + 1));
                    }
                    self.current = chain;
                    self.chain = target;
                    index = 0;
                    let id = self.id(chain);
                    ctx.step(Cost::NONE, || (Event::ChainEntered { chain: id, priority: None }, Origin::Chain(id)));
                }
                Next::Back(by) => match self.back(ctx, by) {
                    Some(resumed) => index = resumed,
                    None => return self.policy(ctx, base, by),
                },
            }
        }
    }

    /// The first rule from `from` on that matches. This is the loop that walks thousands of rules.
    fn first_match<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, header: Folded, from: usize) -> Option<usize> {
        let chain = self.chain.clone();
        let mut from = from;
        loop {
            let left = chain.quick.get(from..)?;
            let passed = left.iter().position(|quick| quick.passes(header)).unwrap_or(left.len());
            if passed > 0 {
                let first = |sight: &Sight<'_>| found::header(chain.rules().get(from), sight);
                ctx.missed(Cost::passed(number(passed)), || self.rule_id(from), first);
            }
            let index = from + passed;
            let (quick, rule) = (chain.quick.get(index)?, chain.rules().get(index)?);
            if quick.is_partial() && !rule.ip.matches(ctx.skb) {
                ctx.missed(Cost::rule(1), || self.rule_id(index), |sight| found::header(Some(rule), sight));
            } else if self.test_matches(ctx, rule, index) {
                return Some(index);
            }
            from = index + 1;
        }
    }

    const fn memory(&mut self, place: MatchPlace) -> Remembered<'_> {
        let SharedMemory { recent, hashlimits } = &mut *self.shared;
        Remembered { recent, hashlimits, states: self.states, place }
    }

    fn test_matches<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, rule: &Rule, index: usize) -> bool {
        let rule_id = self.rule_id(index);
        let mut tests = 1;
        for test in &rule.matches {
            tests += 1;
            let place = (self.current, rule_id.index, u8::try_from(tests).unwrap_or(u8::MAX));
            let mut memory = self.memory(place);
            match test.test(ctx, &mut memory, || Origin::Rule(rule_id)) {
                Outcome::Yes => continue,
                Outcome::No => {}
                Outcome::NotModelled => {
                    ctx.step(Cost::NONE, || {
                        let mut what = format!("-m {}", test.name());
                        test.write(&mut what);
                        (Event::NotModelled { what }, Origin::Rule(rule_id))
                    });
                }
            }
            ctx.missed(Cost::rule(tests), || rule_id, |sight| found::test(test, sight));
            return false;
        }
        let drawn = if T::KEEPS { found::drawn(rule, ctx.chance) } else { None };
        ctx.step(Cost::rule(tests), || (Event::RuleMatched { rule: rule_id, tests, drawn }, Origin::Rule(rule_id)));
        true
    }

    fn matched<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, index: usize) -> Next {
        let length = ctx.skb.packet.length;
        if let Some(slot) = self.slots[self.current as usize].as_mut() {
            slot.counters.count(index, length);
        }
        let rule = self.rule_id(index);
        let chain = self.chain.clone();
        let Some(target) = chain.rules().get(index).map(|rule| &rule.target) else {
            return Next::Rule;
        };
        match target {
            Target::None | Target::Log(_) | Target::Nflog(_) | Target::Trace => Next::Rule,
            Target::Accept => Next::Verdict(Verdict::Accept),
            Target::Drop => Next::Verdict(Verdict::Drop),
            Target::Return => Next::Back(LeftBy::Return),
            Target::Jump { chain, goto } => Next::Into { chain: *chain, goto: *goto },
            Target::Reject(with) => Next::Verdict(Verdict::Reject(*with)),
            other => change(ctx, other, rule),
        }
    }

    /// Leaves the chain for its caller: where to go on there. None at the end of a built-in chain.
    fn back<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, by: LeftBy) -> Option<usize> {
        let (caller, index) = self.calls.pop()?;
        let chain = self.slots.get(caller as usize)?.as_ref()?.chain.clone();
        let left = self.id(self.current);
        ctx.step(Cost::NONE, || (Event::ChainLeft { chain: left, by }, Origin::Chain(left)));
        self.current = caller;
        self.chain = chain;
        Some(index)
    }

    fn policy<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, base: u32, by: LeftBy) -> Verdict {
        let length = ctx.skb.packet.length;
        let Some(slot) = self.slots.get_mut(base as usize).and_then(Option::as_mut) else {
            return Verdict::Accept;
        };
        slot.policy_counters.count(length);
        let verdict = slot.chain.base.map_or(Verdict::Accept, |base| base.policy.verdict());
        let (left, base) = (self.id(self.current), self.id(base));
        if left != base {
            // A `goto` from the built-in chain: what it led to ends there too.
            ctx.step(Cost::NONE, || (Event::ChainLeft { chain: left, by }, Origin::Chain(left)));
        }
        ctx.step(Cost::NONE, || (Event::ChainLeft { chain: base, by: LeftBy::Policy }, Origin::Chain(base)));
        if verdict != Verdict::Accept {
            ctx.step(Cost::NONE, || (Event::Verdict(verdict), Origin::Chain(base)));
        }
        verdict
    }
}

/// Carries out a target that changes the packet or its connection.
fn change<T: Tracer>(ctx: &mut Context<'_, T>, target: &Target, rule: RuleId) -> Next {
    let origin = || Origin::Rule(rule);
    match target {
        Target::Mark(mark) => {
            let to = mark.apply(ctx.skb.mark);
            ctx.set_mark(to, origin);
            Next::Rule
        }
        Target::Connmark(connmark) => {
            set_connmark(ctx, |packet, connection| connmark.apply(packet, connection), rule);
            Next::Rule
        }
        Target::Notrack => {
            if ctx.skb.connection.is_none() && ctx.skb.template.is_none() {
                ctx.skb.untracked = true;
            }
            Next::Rule
        }
        Target::Ct(template) => {
            template.apply(ctx.skb);
            Next::Rule
        }
        Target::Dscp(_) | Target::Tos(_) | Target::Ttl(_) | Target::Strip(_) => {
            rewrite_header(&mut ctx.skb.packet, target);
            Next::Rule
        }
        Target::Tcpmss(to) => {
            let mtu = ctx.stack.routing.mtu_both_ways(ctx.skb);
            if to.apply(&mut ctx.skb.packet, mtu) { Next::Rule } else { not_modelled(ctx, target, rule) }
        }
        Target::Set(set) => {
            set.apply(ctx, origin);
            Next::Rule
        }
        Target::Tee(to) => {
            to.apply(ctx, rule);
            Next::Rule
        }
        Target::Netmap(to) => {
            let manip = Manip::at(ctx.hook);
            Next::Verdict(nat::setup(ctx, manip, &to.range(ctx.skb, manip), origin))
        }
        Target::Tproxy(to) => match to.apply(ctx, origin) {
            Some(verdict) => Next::Verdict(verdict),
            None => not_modelled(ctx, target, rule),
        },
        Target::Nfqueue(queue) => {
            not_modelled(ctx, target, rule);
            // Without a program that listens (`nf_queue`).
            Next::Verdict(if queue.bypass { Verdict::Accept } else { Verdict::Drop })
        }
        Target::Dnat(to) => Next::Verdict(nat::setup(ctx, Manip::Destination, &to.range(), origin)),
        Target::Snat(to) => Next::Verdict(nat::setup(ctx, Manip::Source, &to.range(), origin)),
        Target::Masquerade(to) => Next::Verdict(nat::masquerade(ctx, &to.range(), origin)),
        Target::Redirect(to) => Next::Verdict(redirect(ctx, to.range(), rule)),
        Target::Kept(_) => not_modelled(ctx, target, rule),
        Target::None
        | Target::Accept
        | Target::Drop
        | Target::Return
        | Target::Jump { .. }
        | Target::Log(_)
        | Target::Nflog(_)
        | Target::Trace
        | Target::Checksum
        | Target::Classify(_)
        | Target::Reject(_) => Next::Rule,
    }
}

/// What needs no more than the packet itself.
fn rewrite_header(packet: &mut Packet, target: &Target) {
    match target {
        Target::Dscp(codepoint) => packet.tos = header::apply_dscp(*codepoint, packet.tos),
        Target::Tos(tos) => packet.tos = tos.apply(packet.tos),
        Target::Ttl(ttl) => packet.ttl = ttl.apply(packet.ttl),
        Target::Strip(options) => options.apply(packet),
        _ => {}
    }
}

/// Says that the packet passes a target whose work depends on what the model does not know.
fn not_modelled<T: Tracer>(ctx: &mut Context<'_, T>, target: &Target, rule: RuleId) -> Next {
    let family = ctx.skb.packet.family();
    ctx.step(Cost::NONE, || {
        let mut what = String::new();
        target.write(&mut what, family, |_| None);
        (Event::NotModelled { what: what.trim_start().to_owned() }, Origin::Rule(rule))
    });
    Next::Rule
}

/// `connmark_tg_shift`: nothing happens without a connection.
fn set_connmark<T: Tracer>(ctx: &mut Context<'_, T>, apply: impl FnOnce(u32, u32) -> (u32, u32), rule: RuleId) {
    let Some(link) = ctx.skb.connection else {
        return;
    };
    let packet = ctx.skb.mark;
    let Some(connection) = ctx.stack.conntrack.get_mut(link.id) else {
        return;
    };
    let from = connection.mark;
    let (packet, to) = apply(packet, from);
    connection.mark = to;
    if from != to {
        ctx.step(Cost::NONE, || (Event::ConnectionMarkSet { from, to }, Origin::Rule(rule)));
    }
    ctx.set_mark(packet, || Origin::Rule(rule));
}

/// `nf_nat_redirect`: to the loopback address for packets of this node, else to the first address of the
/// device that the packet came in by.
fn redirect<T: Tracer>(ctx: &mut Context<'_, T>, range: NatRange, rule: RuleId) -> Verdict {
    let family = ctx.skb.packet.family();
    let address = match &ctx.skb.input {
        None => Some(match family {
            Family::V4 => std::net::Ipv4Addr::LOCALHOST.into(),
            Family::V6 => std::net::Ipv6Addr::LOCALHOST.into(),
        }),
        Some(device) => ctx.stack.routing.device(device).and_then(|device| {
            let mut addresses = device.addresses.iter().map(ipnet::IpNet::addr);
            addresses.find(|address| Family::of(*address) == family)
        }),
    };
    let Some(address) = address else {
        return Verdict::Drop;
    };
    let range = NatRange { addresses: Some((address, address)), ..range };
    nat::setup(ctx, Manip::Destination, &range, || Origin::Rule(rule))
}

/// The chains that wait for the current one to end. Rulesets rarely nest deeper than the array.
#[derive(Default)]
struct Calls {
    shallow: [(u32, usize); 16],
    depth: usize,
    deep: Vec<(u32, usize)>,
}

impl Calls {
    fn push(&mut self, call: (u32, usize)) {
        match self.shallow.get_mut(self.depth) {
            Some(place) => {
                *place = call;
                self.depth += 1;
            }
            None => self.deep.push(call),
        }
    }

    fn pop(&mut self) -> Option<(u32, usize)> {
        self.deep.pop().or_else(|| {
            self.depth = self.depth.checked_sub(1)?;
            self.shallow.get(self.depth).copied()
        })
    }
}
