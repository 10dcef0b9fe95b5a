use super::{Cost, Event, Failed, Origin, RuleId};
use crate::net::Packet;
use crate::netfilter::{Hook, Skb};

/// One event with its origin and cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub event: Event,
    pub origin: Origin,
    pub cost: Cost,
    /// The hook that was being run, if any.
    pub hook: Option<Hook>,
    /// Index into [`Trace::packets`]: the headers after this step.
    pub packet: u32,
    /// The mark after this step.
    pub mark: u32,
}

/// The steps of one packet on one node.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Trace {
    pub steps: Vec<Step>,
    /// The headers in the order in which they changed; neighbours differ.
    pub packets: Vec<Packet>,
}

impl Trace {
    pub fn cost(&self) -> Cost {
        self.steps.iter().map(|step| step.cost).sum()
    }

    /// The headers as the step left them.
    pub fn packet_after(&self, step: &Step) -> Option<&Packet> {
        self.packets.get(step.packet as usize)
    }
}

/// Hears of every step. `make` is only called by tracers that keep steps, so that a run without a
/// recorder never builds one.
pub trait Tracer {
    /// Whether somebody will look at the steps.
    const KEEPS: bool = false;

    fn step(&mut self, skb: &Skb, hook: Option<Hook>, cost: Cost, make: impl FnOnce() -> (Event, Origin));

    /// Hears of rules that were tested in vain, which may be thousands for one packet: `cost.rules` of them, one
    /// after the other from `first` on. `why` is for that one.
    #[inline]
    fn missed(
        &mut self,
        skb: &Skb,
        hook: Hook,
        cost: Cost,
        first: impl FnOnce() -> RuleId,
        why: impl FnOnce() -> Failed,
    ) {
        self.step(skb, Some(hook), cost, || {
            let (first, failed) = (first(), Box::new(why()));
            (Event::RulesMissed { first, count: cost.rules, tests: cost.matches, failed }, Origin::Rule(first))
        });
    }
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Tracer for Silent {
    #[inline]
    fn step(&mut self, _: &Skb, _: Option<Hook>, _: Cost, _: impl FnOnce() -> (Event, Origin)) {}
}

/// Keeps the sum of the costs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    pub cost: Cost,
}

impl Tracer for Meter {
    #[inline]
    fn step(&mut self, _: &Skb, _: Option<Hook>, cost: Cost, _: impl FnOnce() -> (Event, Origin)) {
        self.cost += cost;
    }
}

/// Keeps everything.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    pub trace: Trace,
}

impl Tracer for Recorder {
    const KEEPS: bool = true;

    fn step(&mut self, skb: &Skb, hook: Option<Hook>, cost: Cost, make: impl FnOnce() -> (Event, Origin)) {
        let (event, origin) = make();
        if self.trace.packets.last() != Some(&skb.packet) {
            self.trace.packets.push(skb.packet.clone());
        }
        let packet = u32::try_from(self.trace.packets.len() - 1).unwrap_or(u32::MAX);
        self.trace.steps.push(Step { event, origin, cost, hook, packet, mark: skb.mark });
    }

    /// A run of rules of which the first match failed is one step, in however many parts it is reported. A rule that
    /// failed later is a step of its own, so that the outcome of each match can be told.
    fn missed(
        &mut self,
        skb: &Skb,
        hook: Hook,
        cost: Cost,
        first: impl FnOnce() -> RuleId,
        why: impl FnOnce() -> Failed,
    ) {
        let rule = first();
        if let Some(Step { event: Event::RulesMissed { first, count, tests, .. }, cost: sum, .. }) =
            self.trace.steps.last_mut()
            && *tests == *count
            && cost.matches == cost.rules
            && first.chain == rule.chain
            && first.index + *count == rule.index
        {
            *count += cost.rules;
            *tests += cost.matches;
            *sum += cost;
            return;
        }
        let failed = Box::new(why());
        let run = Event::RulesMissed { first: rule, count: cost.rules, tests: cost.matches, failed };
        self.step(skb, Some(hook), cost, || (run, Origin::Rule(rule)));
    }
}
