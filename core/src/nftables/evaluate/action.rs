use std::net::IpAddr;

use super::load::{Break, looked_up};
use super::{Seen, Walk, host, stateful};
use crate::net::{Endpoint, Family, Packet, Protocol};
use crate::netfilter::{
    Context, Direction, Duplicate, Hook, Manip, NatRange, RejectWith, SentOn, Template, Verdict, ZoneChoice, nat,
    tproxy,
};
use crate::nftables::model::{
    Assign, Comparison, CtField, CtKey, Data, Element, Key, Match, MetaKey, Nat, NatAddress, NatFlags, NatPort,
    ObjectId, Rebind, Reject, RejectKind, RuleVerdict, SetId, SetOp, SetUpdate, SetUse, State, StateId, Stateful,
    Statement, Target, Test,
};
use crate::nftables::print;
use crate::trace::{Cost, Event, Origin, RuleId, Structure, Tracer};

/// What a statement will do, once everything that could end the rule is known.
pub enum Action {
    None,
    Verdict(RuleVerdict),
    Reject(RejectWith),
    Mark(u32),
    ConnectionMark(u32),
    Ttl(u8),
    Tos(u8),
    SegmentSize(u16),
    Proxy(u16),
    Send(Box<Duplicate>),
    Rewrite {
        manip: Manip,
        to: Endpoint,
    },
    Nat {
        manip: Manip,
        range: NatRange,
    },
    Masquerade(NatRange),
    Redirect(NatRange),
    Update(Box<Update>),
    Notrack,
    Zone(ZoneChoice),
    /// The packet leaves here.
    SendOn(SentOn),
}

/// A change of a set by a packet.
pub struct Update {
    op: SetOp,
    set: SetId,
    key: Key,
    timeout: Option<u64>,
    data: Data,
    states: Vec<(Stateful, State)>,
}

impl Walk<'_> {
    pub(super) fn state_mut(&mut self, id: StateId) -> Option<&mut State> {
        self.ruleset.table_mut(self.table)?.states.get_mut(id.0 as usize)
    }

    /// Everything of a statement that can end the rule.
    pub(super) fn prepare<T: Tracer>(
        &mut self,
        ctx: &mut Context<'_, T>,
        statement: &Statement,
        rule: RuleId,
    ) -> Result<Action, Break> {
        let passed = |passed: bool| {
            if passed { Ok(Action::None) } else { Err(Break::NoMatch) }
        };
        match statement {
            Statement::Match(found) => passed(self.matches(ctx, found, rule)?),
            Statement::Differs(fields) => {
                let mut differs = false;
                for (field, value) in fields {
                    differs |= super::payload::load(ctx, field)? != *value;
                }
                passed(differs)
            }
            Statement::Verdict(verdict) => Ok(Action::Verdict(*verdict)),
            Statement::VerdictMap { key, map } => match self.look_up(ctx, key, map, Structure::NftVerdictMap, rule)? {
                Some(Data::Verdict(verdict)) => Ok(Action::Verdict(verdict)),
                _ => Err(Break::NoMatch),
            },
            Statement::Assign(assign) => self.assign(ctx, assign, rule),
            Statement::Nat(nat) => self.nat(ctx, nat, rule),
            Statement::Masquerade(rebind) => Ok(Action::Masquerade(self.rebind(ctx, rebind, rule)?)),
            Statement::Redirect(rebind) => Ok(Action::Redirect(self.rebind(ctx, rebind, rule)?)),
            Statement::Reject(reject) => Ok(Action::Reject(reject.with)),
            Statement::Stateful(what, state) => passed(self.count(ctx, *what, *state)),
            Statement::Object { object, .. } => passed(self.object(ctx, *object)),
            Statement::SetUpdate(update) => self.update(ctx, update, rule),
            Statement::Log(_) => Ok(Action::None),
            Statement::Notrack => Ok(Action::Notrack),
            Statement::Tproxy(to) => Ok(Action::Proxy(host::tproxy(ctx, *to)?)),
            Statement::Forward(forwarding) => host::send_on(&ctx.skb.packet, forwarding),
            Statement::Aside(aside) => {
                if !aside.is_modelled() {
                    self.not_modelled(ctx, statement, rule);
                }
                Ok(host::copy_of(ctx, aside, rule).map_or(Action::None, |copy| Action::Send(Box::new(copy))))
            }
            Statement::Unknown(words) if host::asks_for_what_is_not_there(words) => Err(Break::NoMatch),
            // A program that listens decides; there is none (`nf_queue`).
            Statement::Unknown(words) if words.starts_with("queue ") => {
                self.not_modelled(ctx, statement, rule);
                let bypass = words.contains("bypass");
                Ok(Action::Verdict(if bypass { RuleVerdict::Accept } else { RuleVerdict::Drop }))
            }
            Statement::Unknown(_) => Err(Break::NotModelled),
        }
    }

    fn matches<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, found: &Match, rule: RuleId) -> Result<bool, Break> {
        if let Test::In { negated, set } = &found.test {
            let element = self.look_up(ctx, &found.left, set, Structure::NftSet, rule)?;
            return Ok(element.is_some() != *negated);
        }
        let value = self.value(ctx, &found.left, rule)?;
        self.seen = Seen::Value(value);
        Ok(match &found.test {
            Test::Compare { op, value: with } => match op {
                Comparison::Equal => value == *with,
                Comparison::NotEqual => value != *with,
                Comparison::Less => value < *with,
                Comparison::Greater => value > *with,
                Comparison::AtMost => value <= *with,
                Comparison::AtLeast => value >= *with,
            },
            Test::Prefix { negated, value: with, length } => {
                let Some(data_type) = self.table().map(|table| found.left.data_type(table)) else {
                    return Ok(false);
                };
                let mask = data_type.mask_of_prefix(*length);
                (value & mask == with & mask) != *negated
            }
            Test::Range { negated, low, high } => (low..=high).contains(&&value) != *negated,
            Test::AnyFlag(flags) => value & flags != 0,
            Test::NoFlag(flags) => value & flags == 0,
            Test::Flags { negated, value: with, mask } => (value & mask == *with) != *negated,
            Test::In { .. } => false,
        })
    }

    fn assign<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, assign: &Assign, rule: RuleId) -> Result<Action, Break> {
        if assign.target == Target::SegmentSize && host::segment_size(&ctx.skb.packet).is_err() {
            return Ok(Action::None);
        }
        let value = self.value(ctx, &assign.value, rule)?;
        let mark = u32::try_from(value & u128::from(u32::MAX)).unwrap_or(0);
        let byte = u8::try_from(value & 0xff).unwrap_or(0);
        let tos = ctx.skb.packet.tos;
        Ok(match assign.target {
            Target::Meta(MetaKey::Mark) => Action::Mark(mark),
            Target::SegmentSize => Action::SegmentSize(u16::try_from(value).unwrap_or(u16::MAX)),
            // Which queue, socket or trace the packet gets has no bearing on its way.
            Target::Meta(_) => Action::None,
            Target::Ct(field) if field.key == CtKey::Mark => Action::ConnectionMark(mark),
            Target::Ct(CtField { key: CtKey::Zone, direction }) => Action::Zone(ZoneChoice {
                id: u16::try_from(value & 0xffff).unwrap_or(0),
                from_mark: false,
                original_only: direction == Some(Direction::Original),
                reply_only: direction == Some(Direction::Reply),
            }),
            Target::Ct(_) => return Err(Break::NotModelled),
            Target::Payload(field) => {
                // A packet without the header is left alone.
                super::payload::load(ctx, field)?;
                match field.name {
                    "ttl" | "hoplimit" => Action::Ttl(byte),
                    "dscp" => Action::Tos(byte << 2 | tos & 3),
                    "ecn" => Action::Tos(tos & !3 | byte & 3),
                    "saddr" | "daddr" | "sport" | "dport" => rewrite(ctx, field.name, value),
                    _ => return Err(Break::NotModelled),
                }
            }
        })
    }

    fn nat<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, nat: &Nat, rule: RuleId) -> Result<Action, Break> {
        let family = ctx.skb.packet.family();
        // `nft_nat_inet_eval`: packets of the other family pass by.
        if nat.family.is_some_and(|wanted| wanted != family) {
            return Ok(Action::None);
        }
        let mut range = NatRange { random: is_random(nat.flags), ..NatRange::default() };
        match &nat.address {
            None => {}
            Some(NatAddress::Fixed(address)) => range.addresses = Some((*address, *address)),
            Some(NatAddress::Range(first, last)) => range.addresses = Some((*first, *last)),
            Some(NatAddress::Computed(expression)) => {
                let (address, port) = self.load(ctx, expression, rule)?;
                let address = address_of(family, address);
                range.addresses = Some((address, address));
                range.ports = port.and_then(|port| u16::try_from(port).ok()).map(|port| (port, port));
            }
        }
        if let Some(port) = &nat.port {
            range.ports = Some(self.ports(ctx, port, rule)?);
        }
        Ok(Action::Nat { manip: nat.manip, range })
    }

    fn ports<T: Tracer>(
        &mut self,
        ctx: &mut Context<'_, T>,
        port: &NatPort,
        rule: RuleId,
    ) -> Result<(u16, u16), Break> {
        Ok(match port {
            NatPort::Fixed(port) => (*port, *port),
            NatPort::Range(first, last) => (*first, *last),
            NatPort::Computed(expression) => {
                let port = u16::try_from(self.value(ctx, expression, rule)?).map_err(|_| Break::NoMatch)?;
                (port, port)
            }
        })
    }

    fn rebind<T: Tracer>(
        &mut self,
        ctx: &mut Context<'_, T>,
        rebind: &Rebind,
        rule: RuleId,
    ) -> Result<NatRange, Break> {
        let ports = match &rebind.port {
            Some(port) => Some(self.ports(ctx, port, rule)?),
            None => None,
        };
        Ok(NatRange { addresses: None, ports, random: is_random(rebind.flags) })
    }

    fn count<T: Tracer>(&mut self, ctx: &Context<'_, T>, what: Stateful, id: StateId) -> bool {
        self.state_mut(id).is_some_and(|state| stateful::count(what, state, ctx))
    }

    fn object<T: Tracer>(&mut self, ctx: &Context<'_, T>, id: ObjectId) -> bool {
        let what = self.table().and_then(|table| table.objects.get(id.0)).map(|object| object.what.clone());
        match what {
            Some(Statement::Stateful(what, state)) => self.count(ctx, what, state),
            _ => false,
        }
    }

    /// The element that a key belongs to counts the packet (`nft_set_elem_update_expr`): whether it may go on.
    pub(super) fn count_in_element<T: Tracer>(&mut self, ctx: &Context<'_, T>, set: SetId, key: &Key) -> bool {
        let set = self.ruleset.table_mut(self.table).and_then(|table| table.sets.get_mut(set.0));
        let element = set.and_then(|set| set.elements.find_mut(key));
        // The first that fails ends the rule, and the others count nothing.
        element.is_some_and(|element| element.states.iter_mut().all(|(what, state)| stateful::count(*what, state, ctx)))
    }

    fn update<T: Tracer>(
        &mut self,
        ctx: &mut Context<'_, T>,
        update: &SetUpdate,
        rule: RuleId,
    ) -> Result<Action, Break> {
        let key = self.key(ctx, &update.key, &SetUse::Named(update.set), rule)?;
        let data = match &update.data {
            Some(expression) => {
                let (first, second) = self.load(ctx, expression, rule)?;
                Data::Values(std::iter::once(first).chain(second).collect())
            }
            None => Data::None,
        };
        // A set without room for one more ends the rule (`nft_dynset_new`).
        let set = self.table().and_then(|table| table.set(update.set)).ok_or(Break::NoMatch)?;
        let is_full = set.size.is_some_and(|size| set.elements.len() + set.lost as usize >= size as usize);
        let found = set.lookup(&key, ctx.now);
        if update.op != SetOp::Delete && is_full && found.is_none() {
            return Err(Break::NoMatch);
        }
        // An element that is there counts by what it was made with, whatever this rule would give it.
        let found_counts = update.op != SetOp::Delete && found.is_some_and(|element| !element.states.is_empty());
        let states = match (update.op, &*update.stateful) {
            (SetOp::Delete, _) => Vec::new(),
            (_, []) => set.stateful.iter().map(|what| (*what, what.fresh(ctx.now))).collect(),
            (_, own) => own.to_vec(),
        };
        let counts = found_counts || !states.is_empty();
        let change = Update { op: update.op, set: update.set, key, timeout: update.timeout, data, states };
        if !counts {
            return Ok(Action::Update(Box::new(change)));
        }
        // What the element counts can end the rule, and a new one counts its first packet.
        self.update_set(ctx, change, rule);
        if self.count_in_element(ctx, update.set, &key) { Ok(Action::None) } else { Err(Break::NoMatch) }
    }

    /// Carries out what changes the packet, its connection or the ruleset. A verdict if that decides.
    pub(super) fn change<T: Tracer>(
        &mut self,
        ctx: &mut Context<'_, T>,
        action: Action,
        rule: RuleId,
    ) -> Option<Verdict> {
        let origin = || Origin::Rule(rule);
        match action {
            Action::Mark(mark) => ctx.set_mark(mark, origin),
            Action::ConnectionMark(to) => set_connection_mark(ctx, to, rule),
            Action::Ttl(ttl) => ctx.skb.packet.ttl = ttl,
            Action::Tos(tos) => ctx.skb.packet.tos = tos,
            Action::Rewrite { manip, to } => nat::rewrite(ctx, manip, to, origin),
            Action::Nat { manip, range } => return Some(nat::setup(ctx, manip, &range, origin)),
            Action::Masquerade(range) => return Some(nat::masquerade(ctx, &range, origin)),
            Action::Redirect(range) => return Some(redirect(ctx, range, rule)),
            Action::Update(update) => self.update_set(ctx, *update, rule),
            Action::Notrack => {
                if ctx.skb.connection.is_none() && ctx.skb.template.is_none() {
                    ctx.skb.untracked = true;
                }
            }
            // `nft_ct_set_zone_eval`: unlike the target CT it takes back a notrack.
            Action::Zone(zone) => {
                if ctx.skb.connection.is_none() && ctx.skb.template.is_none() {
                    ctx.skb.untracked = false;
                    ctx.skb.template = Some(Template { zone });
                }
            }
            Action::SegmentSize(to) => host::set_segment_size(&mut ctx.skb.packet, to),
            Action::SendOn(sent) => {
                // `nft_fwd_neigh_eval` counts the hop down.
                ctx.skb.packet.ttl -= u8::from(sent.neighbour.is_some());
                ctx.skb.sent_on = Some(sent);
            }
            Action::Send(copy) => ctx.stack.duplicates.push(*copy),
            Action::Proxy(port) => tproxy::assign(ctx, port, origin),
            Action::None | Action::Verdict(_) | Action::Reject(_) => {}
        }
        None
    }

    /// `nft_dynset_eval`: an element that is there is refreshed by `update` and left alone by `add`.
    fn update_set<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, update: Update, rule: RuleId) {
        let now = ctx.now;
        let Update { op, set: id, key, timeout, data, states } = update;
        let Some((table, set)) = self.table().and_then(|table| Some((table, table.set(id)?))) else {
            return;
        };
        let found = set.lookup(&key, now);
        let is_there = found.is_some();
        ctx.step(Cost::PROBE, || {
            let text = found.map(|element| print::element_text(table, set, element, now));
            looked_up((table, set), &key, text, None, Structure::NftSet, rule)
        });
        let Some(set) = self.ruleset.table_mut(self.table).and_then(|table| table.sets.get_mut(id.0)) else {
            return;
        };
        let element = Element::of_key(&key, data);
        if op == SetOp::Delete || !is_there {
            // One that has expired makes way for a new one.
            set.elements.remove(&element);
            set.lost += u32::from(is_there);
        }
        let lifetime = timeout.or(set.timeout).filter(|time| *time > 0);
        let expires = lifetime.map(|time| now.saturating_mul(1000).saturating_add(time));
        match op {
            SetOp::Delete => {}
            SetOp::Add | SetOp::Update if !is_there => {
                let mut element = element;
                element.expires = expires;
                element.states = states;
                element.timeout = timeout.filter(|_| timeout != set.timeout);
                // The key was just removed, so that this cannot fail.
                let _ = set.elements.insert(element);
            }
            SetOp::Update => {
                if let Some(element) = set.elements.find_mut(&key) {
                    element.expires = expires;
                }
            }
            SetOp::Add => {}
        }
    }
}

const fn is_random(flags: NatFlags) -> bool {
    flags.random || flags.fully_random
}

fn address_of(family: Family, value: u128) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(u32::try_from(value).unwrap_or(u32::MAX).into()),
        Family::V6 => IpAddr::V6(value.into()),
    }
}

fn rewrite<T: Tracer>(ctx: &Context<'_, T>, field: &str, value: u128) -> Action {
    let tuple = ctx.skb.packet.tuple();
    let (manip, old) = match field {
        "saddr" | "sport" => (Manip::Source, tuple.src),
        _ => (Manip::Destination, tuple.dst),
    };
    let to = match field {
        "saddr" | "daddr" => Endpoint::new(address_of(ctx.skb.packet.family(), value), old.port),
        _ => Endpoint::new(old.address, u16::try_from(value).unwrap_or(u16::MAX)),
    };
    Action::Rewrite { manip, to }
}

/// Whether a packet is of the family and the protocol that an answer is for.
pub fn answers(packet: &Packet, reject: Reject) -> bool {
    match reject.kind {
        RejectKind::TcpReset => packet.protocol() == Protocol::Tcp,
        RejectKind::Icmp => packet.family() == Family::V4,
        RejectKind::Icmpv6 => packet.family() == Family::V6,
        RejectKind::Icmpx => true,
    }
}

fn set_connection_mark<T: Tracer>(ctx: &mut Context<'_, T>, to: u32, rule: RuleId) {
    let Some(link) = ctx.skb.connection else {
        return;
    };
    let Some(connection) = ctx.stack.conntrack.get_mut(link.id) else {
        return;
    };
    let from = std::mem::replace(&mut connection.mark, to);
    if from != to {
        ctx.step(Cost::NONE, || (Event::ConnectionMarkSet { from, to }, Origin::Rule(rule)));
    }
}

/// `nf_nat_redirect`: to the loopback address for packets of this node, else to the first address of the
/// device that the packet came in by.
fn redirect<T: Tracer>(ctx: &mut Context<'_, T>, range: NatRange, rule: RuleId) -> Verdict {
    let family = ctx.skb.packet.family();
    let address = if ctx.hook == Hook::Output {
        Some(match family {
            Family::V4 => std::net::Ipv4Addr::LOCALHOST.into(),
            Family::V6 => std::net::Ipv6Addr::LOCALHOST.into(),
        })
    } else {
        let device = ctx.skb.input.as_deref().and_then(|name| ctx.stack.routing.device(name));
        device.and_then(|device| {
            device.addresses.iter().map(ipnet::IpNet::addr).find(|address| Family::of(*address) == family)
        })
    };
    let Some(address) = address else {
        return Verdict::Drop;
    };
    let range = NatRange { addresses: Some((address, address)), ..range };
    nat::setup(ctx, Manip::Destination, &range, || Origin::Rule(rule))
}
