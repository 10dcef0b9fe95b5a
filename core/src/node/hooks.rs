//! The functions at a hook, in the order in which the kernel calls them.

use std::cmp::Reverse;
use std::net::IpAddr;

use super::path::output_device;
use super::registration::{Registrant, place};
use super::{Node, Run};
use crate::iptables;
use crate::ipvs;
use crate::net::{Family, Transport};
use crate::netfilter::conntrack::{Confirmed, Tracked};
use crate::netfilter::defrag::{Gathered, Gatherer};
use crate::netfilter::{Context, Direction, Hook, IpvsHandled, RejectWith, Skb, Verdict, XtTable, nat, priority};
use crate::nftables::{self, ChainKind};
use crate::trace::{ChainId, Cost, Event, Origin, Tracer};

/// How a hook ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Accept,
    Drop,
    Reject(RejectWith),
    /// No hops were left.
    TtlExceeded,
    /// IPVS sends the packet on by itself.
    Stolen(ipvs::Forward),
    /// A fragment waits for others.
    Held,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Defrag,
    Conntrack,
    Confirm,
    Table(XtTable),
    NftChain(ChainId),
    /// A chain of the type `route`.
    RouteChain(ChainId),
    /// The nat chains of both tools run inside one hook function (`nf_nat_inet_fn`).
    Nat,
    Ipvs(IpvsFunction),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IpvsFunction {
    Reply,
    Request,
    ForwardIcmp,
}

/// Has what it translated routed again.
const REPLY: Function = Function::Ipvs(IpvsFunction::Reply);

impl Function {
    /// Whether it has a packet of this node routed again that it changed (`ipt_mangle_out`, `nf_route_table_hook4`).
    const fn reroutes(self) -> bool {
        matches!(self, Self::Table(XtTable::Mangle) | Self::RouteChain(_))
    }
}

/// What the route depends on.
const fn routed_by(skb: &Skb) -> (IpAddr, IpAddr, u32, u8) {
    (skb.packet.src, skb.packet.dst, skb.mark, skb.packet.tos)
}

impl Node {
    /// Runs all functions of a hook until one does not accept.
    pub(super) fn run_hook<T: Tracer>(&mut self, hook: Hook, skb: &mut Skb, run: &mut Run<'_, T>) -> Outcome {
        run.tracer.step(skb, Some(hook), Cost::NONE, || {
            (Event::HookEntered(hook), Origin::Hook { hook, priority: i32::MIN })
        });
        let family = skb.packet.family();
        for (_, function) in self.functions(hook, family) {
            if function == Function::Confirm {
                self.be_overtaken(hook, skb, run);
            }
            let before = (hook == Hook::Output && function.reroutes()).then(|| routed_by(skb));
            let was_handled = skb.ipvs != IpvsHandled::No;
            let mut ctx = Context {
                hook,
                skb: &mut *skb,
                stack: &mut self.stack,
                chance: &mut *run.chance,
                now: run.now,
                tracer: &mut *run.tracer,
            };
            let verdict = match function {
                Function::Defrag => match defrag(&mut ctx) {
                    Ok(verdict) => verdict,
                    Err(Held) => return Outcome::Held,
                },
                Function::Conntrack => track(&mut ctx),
                Function::Confirm => confirm(&mut ctx),
                Function::Table(table) => iptables::traverse(self.iptables.of_mut(family), table, &mut ctx),
                Function::NftChain(chain) | Function::RouteChain(chain) => {
                    nftables::traverse(&mut self.nftables, chain, &mut ctx)
                }
                Function::Nat => run_nat(self.iptables.of_mut(family), &mut self.nftables, &self.registered, &mut ctx),
                Function::Ipvs(function) => match run_ipvs(&mut self.ipvs, function, &mut ctx) {
                    // IPVS has reported its own verdict.
                    ipvs::Outcome::Accept => Verdict::Accept,
                    ipvs::Outcome::Drop => return Outcome::Drop,
                    ipvs::Outcome::Unreachable(with) => return Outcome::Reject(with),
                    ipvs::Outcome::TtlExceeded => return Outcome::TtlExceeded,
                    ipvs::Outcome::Stolen(forward) => return Outcome::Stolen(forward),
                },
            };
            if !self.stack.duplicates.is_empty() {
                self.send_duplicates(skb, Some(hook), run);
            }
            // Whoever decided has reported it.
            match verdict {
                Verdict::Accept if before.is_some_and(|before| before != routed_by(skb)) => {
                    if !self.reroute(skb, run) {
                        return Outcome::Drop;
                    }
                }
                Verdict::Accept if function == Function::Nat && hook == Hook::Output && self.is_sent_elsewhere(skb) => {
                    if !self.reroute(skb, run) {
                        return Outcome::Drop;
                    }
                }
                Verdict::Accept if function == REPLY && !was_handled && self.is_answer_to_others(hook, skb) => {
                    if !self.reroute(skb, run) {
                        return Outcome::Drop;
                    }
                }
                Verdict::Accept => {}
                Verdict::Drop => return Outcome::Drop,
                Verdict::Reject(with) => return Outcome::Reject(with),
            }
        }
        Outcome::Accept
    }

    /// Whether the packet's connection has another destination than it was opened to, whoever saw to that: NAT, or IPVS
    /// before it (`nf_nat_ipv4_local_fn`).
    fn is_sent_elsewhere(&self, skb: &Skb) -> bool {
        let link = skb.connection.filter(|_| !skb.untracked);
        link.is_some_and(|link| {
            let connection = self.stack.conntrack.get(link.id);
            connection.is_some_and(|connection| {
                let other = link.direction.other();
                connection.tuple(link.direction).dst.address != connection.tuple(other).src.address
            })
        })
    }

    /// Whether IPVS has translated an answer of a real server that goes to another machine (`ip_vs_route_me_harder`).
    fn is_answer_to_others(&self, hook: Hook, skb: &Skb) -> bool {
        let is_local = self.stack.routing.is_local(skb.packet.dst);
        matches!(hook, Hook::Forward | Hook::Output) && skb.ipvs != IpvsHandled::No && !is_local
    }

    /// Looks the route up once more, as if the packet were this node's own (`ip_route_me_harder`); false if there is none.
    fn reroute<T: Tracer>(&self, skb: &mut Skb, run: &mut Run<'_, T>) -> bool {
        let input = skb.input.take();
        let route = self.route_out(skb, run);
        skb.input = input;
        let is_found = output_device(&route).is_some();
        skb.rerouted = Some(route);
        is_found
    }

    /// Every function that is registered at the hook, by priority; of equal priorities what came last runs first.
    fn functions(&self, hook: Hook, family: Family) -> Vec<(i32, Function)> {
        let mut functions = Vec::with_capacity(12);
        if matches!(hook, Hook::Prerouting | Hook::Output) {
            functions.push((priority::CONNTRACK_DEFRAG, Function::Defrag));
            functions.push((priority::CONNTRACK, Function::Conntrack));
        } else if matches!(hook, Hook::Input | Hook::Postrouting) {
            functions.push((priority::CONNTRACK_CONFIRM, Function::Confirm));
        }
        let tables = self.iptables.of(family);
        for table in XtTable::ALL {
            if table != XtTable::Nat && tables.is_registered(table, hook) {
                functions.push((table.priority(hook), Function::Table(table)));
            }
        }
        for chain in nftables::base_chains(&self.nftables, family, hook) {
            if !chain.is_nat {
                let function = if chain.kind == ChainKind::Route { Function::RouteChain } else { Function::NftChain };
                functions.push((chain.priority, function(chain.id)));
            }
        }
        if hook != Hook::Forward && self.has_nat(family) {
            functions.push((XtTable::Nat.priority(hook), Function::Nat));
        }
        if self.ipvs.is_hooked(family) {
            for (priority, function) in ipvs_functions(hook) {
                functions.push((*priority, Function::Ipvs(*function)));
            }
        }
        let place = |function: Function| match function {
            Function::Table(table) => place(&self.registered, Registrant::Table(family, table, hook)),
            Function::NftChain(chain) | Function::RouteChain(chain) => {
                place(&self.registered, Registrant::Chain(chain))
            }
            _ => usize::MAX,
        };
        functions.sort_by_key(|(priority, function)| (*priority, Reverse(place(*function))));
        functions
    }
}

impl Node {
    /// The first nat chain of a family brings the functions of all four hooks (`nf_nat_register_fn`).
    fn has_nat(&self, family: Family) -> bool {
        let of_nft = |hook| nftables::base_chains(&self.nftables, family, hook).iter().any(|chain| chain.is_nat);
        let of_iptables = |hook| self.iptables.of(family).is_registered(XtTable::Nat, hook);
        Hook::ALL.into_iter().any(|hook| of_iptables(hook) || of_nft(hook))
    }
}

/// `ip_vs_ops4` of `ip_vs_core.c`.
const fn ipvs_functions(hook: Hook) -> &'static [(i32, IpvsFunction)] {
    match hook {
        Hook::Input => &[
            (priority::IPVS_LOCAL_IN_REPLY, IpvsFunction::Reply),
            (priority::IPVS_LOCAL_IN_REQUEST, IpvsFunction::Request),
        ],
        Hook::Output => &[
            (priority::IPVS_LOCAL_OUT_REPLY, IpvsFunction::Reply),
            (priority::IPVS_LOCAL_OUT_REQUEST, IpvsFunction::Request),
        ],
        Hook::Forward => &[
            (priority::IPVS_FORWARD_ICMP, IpvsFunction::ForwardIcmp),
            (priority::IPVS_FORWARD_REPLY, IpvsFunction::Reply),
        ],
        Hook::Prerouting | Hook::Postrouting => &[],
    }
}

fn run_ipvs<T: Tracer>(ipvs: &mut ipvs::Ipvs, function: IpvsFunction, ctx: &mut Context<'_, T>) -> ipvs::Outcome {
    match function {
        IpvsFunction::Reply => ipvs::reply(ipvs, ctx),
        IpvsFunction::Request => ipvs::request(ipvs, ctx),
        IpvsFunction::ForwardIcmp => ipvs::forward_icmp(ipvs, ctx),
    }
}

/// A fragment waits for others.
struct Held;

/// `ipv4_conntrack_defrag`, `ipv6_defrag`
fn defrag<T: Tracer>(ctx: &mut Context<'_, T>) -> Result<Verdict, Held> {
    let Some(part) = ctx.skb.packet.fragment.filter(|_| !ctx.skb.untracked) else {
        return Ok(Verdict::Accept);
    };
    let by = match (&ctx.skb.bridged, ctx.hook) {
        (Some(_), Hook::Prerouting) => Gatherer::Bridge,
        (None, Hook::Prerouting) => Gatherer::Incoming,
        _ => Gatherer::Outgoing,
    };
    let origin = Origin::Hook { hook: ctx.hook, priority: priority::CONNTRACK_DEFRAG };
    match ctx.stack.fragments.gather(by, &ctx.skb.packet, part, ctx.skb.input.as_ref(), ctx.now) {
        Gathered::Whole(packet, parts) => {
            ctx.skb.packet = packet;
            ctx.skb.reassembled = Some(parts);
            ctx.step(Cost::NONE, || (Event::Reassembled, origin));
            Ok(Verdict::Accept)
        }
        Gathered::Waits => {
            ctx.step(Cost::NONE, || (Event::FragmentHeld, origin));
            Err(Held)
        }
        Gathered::Passed => Ok(Verdict::Accept),
        Gathered::Refused => {
            ctx.step(Cost::NONE, || (Event::Verdict(Verdict::Drop), origin));
            Ok(Verdict::Drop)
        }
    }
}

/// `nf_conntrack_in`: finds or makes the packet's connection. A packet that has one already
/// (loopback, IPVS) keeps it.
fn track<T: Tracer>(ctx: &mut Context<'_, T>) -> Verdict {
    if ctx.skb.connection.is_some() || ctx.skb.untracked {
        return Verdict::Accept;
    }
    let origin = Origin::Hook { hook: ctx.hook, priority: priority::CONNTRACK };
    let zone = ctx.skb.template.take().map(|template| template.zone(ctx.skb.mark)).unwrap_or_default();
    let tracked = ctx.stack.conntrack.track(&ctx.skb.packet, zone, ctx.now);
    match tracked {
        Tracked::Found(link) => {
            ctx.skb.connection = Some(link);
            ctx.step(Cost::CONNECTION, || {
                let found = Event::ConnectionFound { connection: link.id, direction: link.direction, info: link.info };
                (found, Origin::Connection(link.id))
            });
        }
        Tracked::Created(link) => {
            ctx.skb.connection = Some(link);
            let tuple = ctx.skb.packet.tuple();
            ctx.step(Cost::CONNECTION, || (Event::ConnectionCreated { connection: link.id, tuple }, origin));
        }
        Tracked::Invalid(reason) => ctx.step(Cost::CONNECTION, || (Event::ConnectionInvalid { reason }, origin)),
        Tracked::Untracked => ctx.skb.untracked = true,
        Tracked::Full => {
            ctx.step(Cost::CONNECTION, || (Event::ConnectionTableFull, origin.clone()));
            ctx.step(Cost::NONE, || (Event::Verdict(Verdict::Drop), origin));
            return Verdict::Drop;
        }
    }
    Verdict::Accept
}

/// `nf_conntrack_confirm`: at the end of a packet's way on this node its connection enters the table.
fn confirm<T: Tracer>(ctx: &mut Context<'_, T>) -> Verdict {
    let Some(link) = ctx.skb.connection else {
        return Verdict::Accept;
    };
    let is_entered = ctx.connection().is_none_or(|connection| connection.status.confirmed);
    if is_entered || link.direction == Direction::Reply {
        return Verdict::Accept;
    }
    let confirmed = ctx.stack.conntrack.confirm(link, ctx.now);
    if confirmed == Confirmed::ForReplies {
        ctx.step(Cost::NONE, || (Event::EntryClashes, Origin::Connection(link.id)));
    }
    match confirmed {
        Confirmed::Entered | Confirmed::ForReplies => {
            let confirmed = Event::ConnectionConfirmed { connection: link.id };
            ctx.step(Cost::OPENING, || (confirmed, Origin::Connection(link.id)));
            Verdict::Accept
        }
        Confirmed::Joined(link) => {
            ctx.skb.connection = Some(link);
            let found = Event::ConnectionFound { connection: link.id, direction: link.direction, info: link.info };
            ctx.step(Cost::NONE, || (found, Origin::Connection(link.id)));
            Verdict::Accept
        }
        Confirmed::Refused => {
            ctx.skb.connection = None;
            let origin = Origin::Hook { hook: ctx.hook, priority: priority::CONNTRACK_CONFIRM };
            ctx.step(Cost::NONE, || (Event::InsertFailed, origin.clone()));
            ctx.step(Cost::NONE, || (Event::Verdict(Verdict::Drop), origin));
            Verdict::Drop
        }
    }
}

/// `nf_nat_inet_fn`: the nat chains decide once per connection, then every packet is translated.
fn run_nat<T: Tracer>(
    tables: &mut iptables::Tables,
    ruleset: &mut nftables::Ruleset,
    registered: &[Registrant],
    ctx: &mut Context<'_, T>,
) -> Verdict {
    let Some(link) = ctx.skb.connection else {
        return Verdict::Accept;
    };
    if nat::is_undecided(ctx) {
        for chain in nat_chains(tables, ruleset, registered, ctx) {
            let verdict = match chain {
                NatChain::Iptables => iptables::traverse(tables, XtTable::Nat, ctx),
                NatChain::Nftables(chain) => nftables::traverse(ruleset, chain, ctx),
            };
            if verdict != Verdict::Accept {
                return verdict;
            }
            if !nat::is_undecided(ctx) {
                break;
            }
        }
        if nat::is_undecided(ctx) && nat::bind_unchanged(ctx) != Verdict::Accept {
            return Verdict::Drop;
        }
    } else if !is_icmp_error(ctx) && nat::has_moved(ctx) {
        ctx.stack.conntrack.delete(link.id);
        ctx.skb.connection = None;
        ctx.step(Cost::NONE, || (Event::Verdict(Verdict::Drop), Origin::Connection(link.id)));
        return Verdict::Drop;
    } else if has_nat_chain(tables, ruleset, ctx) {
        ctx.step(Cost::NONE, || (Event::NatSkipped { connection: link.id }, Origin::Connection(link.id)));
    }
    nat::translate(ctx);
    Verdict::Accept
}

fn is_icmp_error<T: Tracer>(ctx: &Context<'_, T>) -> bool {
    matches!(&ctx.skb.packet.transport, Transport::Icmp(icmp) if icmp.cause.is_some())
}

enum NatChain {
    Iptables,
    Nftables(ChainId),
}

fn has_nat_chain<T: Tracer>(tables: &iptables::Tables, ruleset: &nftables::Ruleset, ctx: &Context<'_, T>) -> bool {
    !nat_chains(tables, ruleset, &[], ctx).is_empty()
}

fn nat_chains<T: Tracer>(
    tables: &iptables::Tables,
    ruleset: &nftables::Ruleset,
    registered: &[Registrant],
    ctx: &Context<'_, T>,
) -> Vec<NatChain> {
    let mut chains = Vec::new();
    if tables.is_registered(XtTable::Nat, ctx.hook) {
        let of_iptables = place(registered, Registrant::Table(tables.family(), XtTable::Nat, ctx.hook));
        chains.push((XtTable::Nat.priority(ctx.hook), Reverse(of_iptables), NatChain::Iptables));
    }
    for chain in nftables::base_chains(ruleset, ctx.skb.packet.family(), ctx.hook) {
        if chain.is_nat {
            let of_chain = place(registered, Registrant::Chain(chain.id));
            chains.push((chain.priority, Reverse(of_chain), NatChain::Nftables(chain.id)));
        }
    }
    chains.sort_by_key(|(priority, place, _)| (*priority, *place));
    chains.into_iter().map(|(.., chain)| chain).collect()
}
