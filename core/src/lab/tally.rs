use crate::net::Packet;
use crate::netfilter::Manip;
use crate::trace::{Cost, Event, Route, RuleId, Step};

use super::{Journey, Moment, Way};

/// What the packet and its answer have cost up to a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub request: Cost,
    pub reply: Cost,
}

impl Tally {
    pub fn total(&self) -> Cost {
        self.request + self.reply
    }
}

/// The packet's header at a moment, beside what it was when its sender made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    pub original: &'a Packet,
    pub packet: &'a Packet,
    pub mark: u32,
    /// Which end this very step rewrote.
    pub rewritten: Option<Manip>,
    /// Whether this very step set the mark.
    pub marked: bool,
    /// Whether the hops left have changed since the step before.
    pub counted: bool,
}

/// A hop that a node has counted: how many were left before and after, and who has counted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    pub from: u8,
    pub to: u8,
    pub by: Forwarder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forwarder {
    Ip,
    Ipvs,
}

/// The rules that a packet has met. Thousands of them may have been tested in one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetRules(Vec<Run>);

/// Rules of one chain, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: RuleId,
    count: u32,
    matched: bool,
}

impl MetRules {
    /// Whether the rule matched when the packet met it last. None if it did not meet it.
    pub fn get(&self, rule: RuleId) -> Option<bool> {
        let has = |run: &&Run| {
            run.first.chain == rule.chain && (run.first.index..run.first.index + run.count).contains(&rule.index)
        };
        self.0.iter().rev().find(has).map(|run| run.matched)
    }
}

impl Journey {
    /// The running costs, one for each moment.
    pub fn tallies(&self, moments: &[Moment]) -> Vec<Tally> {
        let mut sum = Tally::default();
        let add = |moment: &Moment| {
            if let (Some(leg), Some(step)) = (self.legs.get(moment.leg), self.step(moment)) {
                match leg.way {
                    Way::Request => sum.request += step.cost,
                    Way::Reply => sum.reply += step.cost,
                }
            }
            sum
        };
        moments.iter().map(add).collect()
    }

    /// The header after a moment.
    pub fn header(&self, moment: &Moment) -> Option<Header<'_>> {
        let step = self.step(moment)?;
        let packet = self.legs.get(moment.leg)?.tracer.trace.packet_after(step)?;
        Some(Header {
            original: self.original(moment),
            packet,
            mark: step.mark,
            rewritten: match step.event {
                Event::HeaderRewritten { manip, .. } => Some(manip),
                _ => None,
            },
            marked: matches!(step.event, Event::MarkSet { .. }),
            counted: self.before(moment).is_some_and(|(_, before)| before.ttl != packet.ttl),
        })
    }

    /// The hop that was counted right before this step. A route through a device has it counted: by `ip_forward` before
    /// FORWARD is called, by IPVS (`decrement_ttl`) as soon as it has looked up its own route, in the hook that it is in.
    pub(super) fn hop(&self, moment: &Moment) -> Option<Hop> {
        let packet = self.legs.get(moment.leg)?.tracer.trace.packet_after(self.step(moment)?)?;
        let (step, before) = self.before(moment)?;
        let is_forwarded = matches!(step.event, Event::Routed(Route::Via { .. }));
        let by = if step.hook.is_some() { Forwarder::Ipvs } else { Forwarder::Ip };
        (is_forwarded && before.ttl == packet.ttl + 1).then_some(Hop { from: before.ttl, to: packet.ttl, by })
    }

    /// The step before on the same node, with the header that it left.
    fn before(&self, moment: &Moment) -> Option<(&Step, &Packet)> {
        let before = Moment { step: moment.step.checked_sub(1)?, ..*moment };
        let step = self.step(&before)?;
        Some((step, self.legs.get(moment.leg)?.tracer.trace.packet_after(step)?))
    }

    /// The rules that the packet has met on this node up to a moment.
    pub fn met(&self, moment: &Moment) -> MetRules {
        let run = |step: &Step| match step.event {
            Event::RuleMatched { rule, .. } => Some(Run { first: rule, count: 1, matched: true }),
            Event::RulesMissed { first, count, .. } => Some(Run { first, count, matched: false }),
            _ => None,
        };
        MetRules(self.steps_until(moment).iter().filter_map(run).collect())
    }

    /// The steps of the moment's leg up to its end.
    pub fn steps_until(&self, moment: &Moment) -> &[Step] {
        let steps = self.legs.get(moment.leg).map_or(&[][..], |leg| &leg.tracer.trace.steps);
        &steps[..steps.len().min(moment.step + 1)]
    }

    /// The packet as its sender made it: the client, the server, or a node that answers by itself.
    fn original(&self, moment: &Moment) -> &Packet {
        let steps = self.steps_until(moment);
        let own = steps.iter().rev().find(|step| matches!(step.event, Event::Answered { .. }));
        if let Some(answer) = own.and_then(|step| self.legs[moment.leg].tracer.trace.packet_after(step)) {
            return answer;
        }
        if self.legs.get(moment.leg).is_none_or(|leg| leg.way == Way::Request) {
            return &self.sent;
        }
        let reply = self.legs.iter().find(|leg| leg.way == Way::Reply);
        reply.and_then(|leg| leg.tracer.trace.packets.first()).unwrap_or(&self.sent)
    }
}
