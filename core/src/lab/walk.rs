//! Longer strides along a packet's way: past a chain, and on to what is decided.

use crate::trace::{ChainId, Event, LeftBy, Step};

use super::{Journey, Moment};

/// The chains that a packet is in, from the base chain inwards.
#[derive(Default)]
struct Inside(Vec<ChainId>);

impl Inside {
    /// What is left of it, or has come on top, after a step on the same node. Chains cannot call each other in circles.
    fn follow(&mut self, step: &Step) {
        match step.event {
            Event::ChainEntered { chain, priority: Some(_) } => self.0 = vec![chain],
            Event::ChainEntered { chain, priority: None } => self.0.push(chain),
            // A verdict leaves all of them, and says so of the innermost alone.
            Event::ChainLeft { by: LeftBy::Policy | LeftBy::Verdict, .. } => self.0.clear(),
            Event::ChainLeft { chain, by: LeftBy::End | LeftBy::Return } => {
                if let Some(depth) = self.0.iter().position(|inside| *inside == chain) {
                    self.0.truncate(depth);
                }
            }
            Event::HookEntered(_) => self.0.clear(),
            // After a `goto` the walk goes on further out than where it came from.
            Event::RuleMatched { rule, .. } | Event::RulesMissed { first: rule, .. } => {
                if let Some(depth) = self.0.iter().position(|inside| *inside == rule.chain) {
                    self.0.truncate(depth + 1);
                }
            }
            _ if step.hook.is_none() => self.0.clear(),
            _ => {}
        }
    }
}

impl Journey {
    /// The moment at which the chain is left that the packet is in, or that the rule of this moment jumps to; outside of
    /// chains the next one. Indexes into `moments`; the last one stays where it is.
    pub fn over(&self, moments: &[Moment], here: usize) -> usize {
        let next = (here + 1).min(moments.len().saturating_sub(1));
        let Some(chain) = self.jumps_to(moments, here).or_else(|| self.innermost(moments, here)) else {
            return next;
        };
        let Some(Moment { leg, .. }) = moments.get(here) else {
            return next;
        };
        let mut inside = Inside::default();
        let mut was_in = false;
        for (index, moment) in moments.iter().enumerate().filter(|(_, moment)| moment.leg == *leg) {
            let Some(step) = self.step(moment) else {
                continue;
            };
            inside.follow(step);
            let is_in = inside.0.contains(&chain);
            if index > here && was_in && !is_in {
                return index;
            }
            was_in = is_in;
        }
        // The packet ended in there.
        moments.iter().rposition(|moment| moment.leg == *leg).unwrap_or(next)
    }

    /// The next moment at which something is decided about the packet: a verdict of a rule, of a chain's policy or of the
    /// kernel, or a rewrite of its header by NAT. The last one if there is none.
    pub fn to_verdict(&self, moments: &[Moment], here: usize) -> usize {
        let decides = |moment: &Moment| self.step(moment).is_some_and(|step| is_verdict(&step.event));
        let rest = moments.iter().enumerate().skip(here + 1);
        let found = rest.into_iter().find(|(_, moment)| decides(moment)).map(|(index, _)| index);
        found.unwrap_or(moments.len().saturating_sub(1))
    }

    /// The chain that the rule of a moment calls.
    fn jumps_to(&self, moments: &[Moment], here: usize) -> Option<ChainId> {
        let (now, next) = (moments.get(here)?, moments.get(here + 1)?);
        match (&self.step(now)?.event, &self.step(next)?.event) {
            (Event::RuleMatched { .. }, Event::ChainEntered { chain, priority: None }) => Some(*chain),
            _ => None,
        }
    }

    fn innermost(&self, moments: &[Moment], here: usize) -> Option<ChainId> {
        let mut inside = Inside::default();
        self.steps_until(moments.get(here)?).iter().for_each(|step| inside.follow(step));
        inside.0.last().copied()
    }
}

const fn is_verdict(event: &Event) -> bool {
    matches!(
        event,
        Event::Verdict(_)
            | Event::ChainLeft { by: LeftBy::Policy, .. }
            | Event::HeaderRewritten { .. }
            | Event::Stolen { .. }
            | Event::Martian { .. }
            | Event::ConnectionTableFull
            | Event::InsertFailed
            | Event::FrameDropped { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::tally::Forwarder;
    use crate::lab::{Lab, WEB_SHOP};
    use crate::netfilter::Hook;
    use crate::proxy::Mode;

    /// The example's first packet in every lane.
    fn sent() -> Vec<(Mode, Journey)> {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        let (client, target) = (lab.clients().remove(0), lab.opening_target().expect("a target"));
        assert!(lab.send(&client, &target));
        lab.lanes.into_iter().map(|mut lane| (lane.mode, lane.journeys.remove(0))).collect()
    }

    fn event<'a>(journey: &'a Journey, moments: &[Moment], at: usize) -> &'a Event {
        &journey.step(&moments[at]).expect("a step").event
    }

    #[test]
    fn over_a_jump_that_returns_is_where_it_returns() {
        for (mode, journey) in sent() {
            let moments = journey.moments();
            let mut seen = 0;
            for here in 0..moments.len() - 1 {
                let Event::ChainEntered { chain, priority: None } = *event(&journey, &moments, here + 1) else {
                    continue;
                };
                let over = journey.over(&moments, here);
                let inside = journey.over(&moments, here + 1);
                assert_eq!(over, inside, "{mode}: from the rule and from within, at {here}");
                match *event(&journey, &moments, over) {
                    Event::ChainLeft { chain: left, by: LeftBy::End | LeftBy::Return } => assert_eq!(left, chain),
                    Event::ChainLeft { by: LeftBy::Policy | LeftBy::Verdict, .. } => {}
                    Event::RuleMatched { rule, .. } | Event::RulesMissed { first: rule, .. } => {
                        assert_ne!(rule.chain, chain);
                    }
                    ref other => panic!("{mode}: {other:?} at {over}"),
                }
                seen += 1;
            }
            assert!(seen > 3, "{mode}: {seen} jumps");
        }
    }

    #[test]
    fn strides_go_on_until_the_end_and_stay_there() {
        for (mode, journey) in sent() {
            let moments = journey.moments();
            for stride in [Journey::over, Journey::to_verdict] {
                let (mut here, mut count) = (0, 0);
                while here + 1 < moments.len() {
                    let next = stride(&journey, &moments, here);
                    assert!(next > here, "{mode}: stays at {here}");
                    (here, count) = (next, count + 1);
                }
                assert!(count < moments.len() / 2, "{mode}: {count} strides for {} moments", moments.len());
                assert_eq!(stride(&journey, &moments, here), here);
            }
        }
    }

    #[test]
    fn a_run_to_the_verdict_leaves_no_verdict_and_no_rewrite_out() {
        for (mode, journey) in sent() {
            let moments = journey.moments();
            for here in 0..moments.len() - 1 {
                let to = journey.to_verdict(&moments, here);
                let between = (here + 1..to).map(|at| event(&journey, &moments, at));
                let missed = |event: &Event| matches!(event, Event::Verdict(_) | Event::HeaderRewritten { .. });
                assert!(!between.into_iter().any(missed), "{mode}: from {here} to {to}");
            }
        }
    }

    #[test]
    fn a_journey_without_moments_stays_where_it_is() {
        let mut journey = sent().remove(0).1;
        journey.legs.clear();
        assert_eq!((journey.over(&[], 0), journey.to_verdict(&[], 0)), (0, 0));
    }

    #[test]
    fn every_hop_is_told_when_it_is_counted_and_by_whom() {
        for (mode, journey) in sent() {
            let moments = journey.moments();
            let hops: Vec<_> = moments.iter().filter_map(|moment| Some((moment, journey.hop(moment)?))).collect();
            // Two nodes, there and back.
            let counted: Vec<_> = hops.iter().map(|(_, hop)| (hop.from, hop.to)).collect();
            assert_eq!(counted, [(64, 63), (63, 62), (64, 63), (63, 62)], "{mode}");
            let (first, hop) = &hops[0];
            let is_at_forward = matches!(journey.step(first).expect("a step").event, Event::HookEntered(Hook::Forward));
            // IPVS has the packet at INPUT, and no FORWARD on its way to the real server.
            let by = if is_at_forward { Forwarder::Ip } else { Forwarder::Ipvs };
            assert_eq!((hop.by, mode == Mode::Ipvs), (by, !is_at_forward), "{mode}");
            let changes = moments.iter().filter(|moment| journey.header(moment).is_some_and(|header| header.counted));
            assert_eq!(changes.count(), 4, "{mode}: no other step changes it");
        }
    }
}
