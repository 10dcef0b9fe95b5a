use std::sync::Arc;

use super::{Seen, Walk, flow, hash, host, payload};
use crate::chance::Chance;
use crate::netfilter::calendar;
use crate::netfilter::jhash::scaled;
use crate::netfilter::{Context, Sender};
use crate::nftables::model::{
    Data, DataType, Expression, Key, MetaKey, NumgenMode, Seed, Set, SetUse, ShiftDirection, State, StateId, Table,
    name_value,
};
use crate::nftables::print;
use crate::trace::{Cost, Event, Origin, RuleId, Structure, Tracer};

/// Why a rule ends here (`NFT_BREAK`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    NoMatch,
    NotModelled,
}

/// One value, or an address with a port.
pub type Loaded = Result<(u128, Option<u128>), Break>;

impl Walk<'_> {
    pub fn value<T: Tracer>(
        &mut self,
        ctx: &mut Context<'_, T>,
        expression: &Expression,
        rule: RuleId,
    ) -> Result<u128, Break> {
        self.load(ctx, expression, rule).map(|(value, _)| value)
    }

    pub fn load<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, expression: &Expression, rule: RuleId) -> Loaded {
        let value = match expression {
            Expression::Value { value, .. } => *value,
            Expression::Payload(field) => payload::load(ctx, field)?,
            Expression::RawPayload { base, offset, bits } => payload::raw(&ctx.skb.packet, *base, *offset, *bits)?,
            Expression::Meta(key) => self.meta(ctx, *key)?,
            Expression::Ct(field) => flow::ct(ctx, *field)?,
            Expression::Socket(key) => host::socket(ctx, *key)?,
            Expression::Rt(key) => host::route(ctx, *key)?,
            Expression::Fragment(key) => host::fragment(&ctx.skb.packet, *key)?,
            Expression::SegmentSize => host::segment_size(&ctx.skb.packet)?,
            Expression::Fib(fib) => flow::fib(ctx, fib),
            Expression::Numgen(numgen) => {
                let number = match numgen.mode {
                    NumgenMode::Random => ctx.chance.below(numgen.modulus),
                    NumgenMode::Incremental(state) => self.next_in_sequence(state, numgen.modulus),
                };
                u128::from(number.wrapping_add(numgen.offset))
            }
            Expression::Hash(hash) => self.hash(ctx, hash, rule)?,
            Expression::Bitwise { operand, mask, xor } => (self.value(ctx, operand, rule)? & mask) ^ xor,
            Expression::Shift { operand, direction, by } => {
                let value = self.value(ctx, operand, rule)?;
                // Registers have 32 bits (`nft_bitwise_eval_lshift`).
                match direction {
                    ShiftDirection::Left => (value << by) & u128::from(u32::MAX),
                    ShiftDirection::Right => value >> by,
                }
            }
            Expression::Concat(parts) => match parts.first() {
                Some(first) => self.value(ctx, first, rule)?,
                None => return Err(Break::NoMatch),
            },
            Expression::Map { key, map } => return self.map(ctx, key, map, rule),
        };
        Ok((value, None))
    }

    fn meta<T: Tracer>(&self, ctx: &Context<'_, T>, key: MetaKey) -> Result<u128, Break> {
        let packet = &ctx.skb.packet;
        // Without a device the kernel stores zero, the name of none.
        let device = |device: Option<&str>| device.and_then(name_value).unwrap_or(0);
        let is_v4 = packet.src.is_ipv4();
        Ok(match key {
            MetaKey::Length => u128::from(packet.length),
            MetaKey::Protocol => {
                if is_v4 {
                    0x0800
                } else {
                    0x86dd
                }
            }
            MetaKey::NfProto => {
                if is_v4 {
                    2
                } else {
                    10
                }
            }
            MetaKey::L4Proto => u128::from(packet.protocol().number()),
            MetaKey::Mark => u128::from(ctx.skb.mark),
            MetaKey::Iif | MetaKey::IifName => device(host::device_in(ctx)),
            MetaKey::Oif | MetaKey::OifName => device(ctx.skb.output.as_deref()),
            // Only the socket of a process has a file with an owner (`nft_meta_get_eval_skugid`).
            MetaKey::SkUid | MetaKey::SkGid => match ctx.skb.sender {
                Sender::Process { user, group } => if key == MetaKey::SkUid { user } else { group }.into(),
                Sender::Nobody | Sender::Kernel => return Err(Break::NoMatch),
            },
            MetaKey::PktType => ctx.stack.routing.packet_type(ctx.skb) as u128,
            MetaKey::IifType => host::type_at(ctx)?,
            MetaKey::OifType => host::device_type(ctx, ctx.skb.output.as_deref())?,
            MetaKey::IpSec => 0,
            MetaKey::Time => u128::from(ctx.now) * 1_000_000_000,
            MetaKey::Day => calendar::day_of_week(ctx.now / u64::from(calendar::DAY)).into(),
            MetaKey::Hour => (ctx.now % u64::from(calendar::DAY)).into(),
            _ => return Err(Break::NotModelled),
        })
    }

    fn next_in_sequence(&mut self, state: StateId, modulus: u32) -> u32 {
        match self.state_mut(state) {
            Some(State::Sequence(next)) => {
                let number = *next;
                *next = if number + 1 < modulus { number + 1 } else { 0 };
                number
            }
            _ => 0,
        }
    }

    fn hash<T: Tracer>(
        &mut self,
        ctx: &mut Context<'_, T>,
        hash: &crate::nftables::model::Hash,
        rule: RuleId,
    ) -> Result<u128, Break> {
        let Some(operand) = &hash.operand else {
            let number = ctx.stack.flow_hashes.scaled(&ctx.skb.packet, hash.modulus, ctx.chance);
            return Ok(u128::from(number.wrapping_add(hash.offset)));
        };
        let parts = match &**operand {
            Expression::Concat(parts) => parts.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut registers = hash::Registers::default();
        for part in parts {
            let data_type = self.table().map_or(DataType::Integer(32), |table| part.data_type(table));
            registers.push(data_type, part.is_host_order(), self.value(ctx, part, rule)?);
        }
        let number = match hash.seed {
            Some(Seed::Drawn(state)) => self.drawn_hash(state, registers, hash.modulus, ctx.chance),
            Some(Seed::Given(seed)) => scaled(registers.hash(seed), hash.modulus),
            None => return Err(Break::NotModelled),
        };
        Ok(u128::from(number.wrapping_add(hash.offset)))
    }

    /// With a seed that nobody knows each number is as likely as the others, and a key that came before has the same.
    fn drawn_hash(&mut self, state: StateId, key: hash::Registers, modulus: u32, chance: &mut Chance) -> u32 {
        match self.state_mut(state) {
            Some(State::Hashes(known)) => *known.entry(key.into_bytes()).or_insert_with(|| chance.below(modulus)),
            _ => 0,
        }
    }

    /// Looks a key up in a map of values.
    fn map<T: Tracer>(&mut self, ctx: &mut Context<'_, T>, key: &Expression, map: &SetUse, rule: RuleId) -> Loaded {
        match self.look_up(ctx, key, map, Structure::NftMap, rule)? {
            Some(Data::Values(values)) => match &*values {
                [value] => Ok((*value, None)),
                [value, second, ..] => Ok((*value, Some(*second))),
                [] => Err(Break::NoMatch),
            },
            _ => Err(Break::NoMatch),
        }
    }

    /// What a key leads to; none if it is not there.
    pub fn look_up<T: Tracer>(
        &mut self,
        ctx: &mut Context<'_, T>,
        expression: &Expression,
        used: &SetUse,
        structure: Structure,
        rule: RuleId,
    ) -> Result<Option<Data>, Break> {
        let key = self.key(ctx, expression, used, rule)?;
        let now = ctx.now;
        self.seen = Seen::LookUp;
        let Some((table, set)) = self.table().and_then(|table| Some((table, table.set_of(used)?))) else {
            return Err(Break::NoMatch);
        };
        let found = set.lookup(&key, now);
        ctx.step(Cost::PROBE, || {
            let text = found.map(|element| print::element_text(table, set, element, now));
            let drawn = expression.is_random().then(|| print::expression(table, expression));
            looked_up((table, set), &key, text, drawn, structure, rule)
        });
        let counts = found.is_some_and(|element| !element.states.is_empty());
        let data = found.map(|element| element.data.clone());
        if let (true, SetUse::Named(id)) = (counts, used)
            && !self.count_in_element(ctx, *id, &key)
        {
            return Err(Break::NoMatch);
        }
        Ok(data)
    }

    /// The key that an expression gives for a set.
    pub fn key<T: Tracer>(
        &mut self,
        ctx: &mut Context<'_, T>,
        expression: &Expression,
        set: &SetUse,
        rule: RuleId,
    ) -> Result<Key, Break> {
        let mut key = Key::default();
        let parts = match expression {
            Expression::Concat(parts) => parts.as_slice(),
            single => std::slice::from_ref(single),
        };
        for (place, part) in parts.iter().enumerate() {
            let value = self.value(ctx, part, rule)?;
            let data_type =
                self.table().and_then(|table| table.set_of(set)).and_then(|set| set.key.get(place).copied());
            key.push(data_type.ok_or(Break::NoMatch)?, value);
        }
        Ok(key)
    }
}

/// The step of a look-up.
pub fn looked_up(
    (table, set): (&Table, &Set),
    key: &Key,
    found: Option<String>,
    drawn: Option<String>,
    structure: Structure,
    rule: RuleId,
) -> (Event, Origin) {
    // The set belongs to the table that the key was made for.
    debug_assert!(set.is_anonymous() || table.sets.find(&set.name).is_some());
    let name: Arc<str> = if set.is_anonymous() { "{ … }".into() } else { set.name.clone() };
    let key = print::key_text(&set.key, key.values(&set.key));
    let origin = if set.is_anonymous() { Origin::Rule(rule) } else { Origin::Element { name: name.clone() } };
    (Event::LookedUp { structure, index: set.index(), name, key, found, drawn }, origin)
}
