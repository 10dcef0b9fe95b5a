use crate::trace::{Event, RuleId, Step};

use super::{Journey, Way};

/// One stop on a journey: a single step, or a run of rules that were tested in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Index into [`Journey::legs`].
    pub leg: usize,
    /// First and last step of that leg's trace, both included.
    pub first: usize,
    pub last: usize,
}

/// What every lane comes to, whatever its datapath, if the packet gets that far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The client has sent the packet.
    Sent,
    /// The backend is known.
    Chosen,
    /// The destination in the header is the backend's.
    Rewritten,
    /// The packet leaves its last node.
    Reached,
    /// The answer comes in to the first node.
    Answering,
    /// It is over.
    Home,
}

impl Stage {
    pub const ALL: [Self; 6] = [Self::Sent, Self::Chosen, Self::Rewritten, Self::Reached, Self::Answering, Self::Home];
}

impl Moment {
    /// Fewer rules in vain than this are shown one by one.
    const SHORTEST_RUN: usize = 4;

    /// How many steps the moment stands for.
    pub const fn steps(&self) -> usize {
        self.last - self.first + 1
    }

    pub const fn is_run(&self) -> bool {
        self.last > self.first
    }
}

impl Journey {
    /// The stops of the journey in order.
    pub fn moments(&self) -> Vec<Moment> {
        let mut moments = Vec::new();
        for (leg, trace) in self.legs.iter().map(|leg| &leg.tracer.trace).enumerate() {
            let mut first = 0;
            while first < trace.steps.len() {
                let run = run_in_vain(&trace.steps[first..]);
                let length = if run >= Moment::SHORTEST_RUN { run } else { 1 };
                moments.push(Moment { leg, first, last: first + length - 1 });
                first += length;
            }
        }
        moments
    }

    /// The step at which a moment ends.
    pub fn step(&self, moment: &Moment) -> Option<&Step> {
        self.legs.get(moment.leg)?.tracer.trace.steps.get(moment.last)
    }

    /// Where the journey comes to a stage; none if it never does.
    pub fn stage(&self, moments: &[Moment], stage: Stage) -> Option<usize> {
        let way = |moment: &Moment| self.legs[moment.leg].way;
        let find = |wanted: fn(&Event) -> bool| {
            moments.iter().position(|moment| {
                way(moment) == Way::Request && self.step(moment).is_some_and(|step| wanted(&step.event))
            })
        };
        match stage {
            Stage::Sent => (!moments.is_empty()).then_some(0),
            Stage::Chosen => find(|event| matches!(event, Event::BackendChosen { .. })),
            Stage::Rewritten => find(|event| {
                matches!(event, Event::HeaderRewritten { manip: crate::netfilter::Manip::Destination, .. })
            }),
            Stage::Reached if !self.outcome.reached() => None,
            Stage::Reached => moments.iter().rposition(|moment| way(moment) == Way::Request),
            Stage::Answering => moments.iter().position(|moment| way(moment) == Way::Reply),
            Stage::Home => moments.len().checked_sub(1),
        }
    }
}

/// How many steps from the first on are unmatched rules of one chain.
fn run_in_vain(steps: &[Step]) -> usize {
    let chain = |step: &Step| match step.event {
        Event::RuleTested { rule: RuleId { chain, .. }, matched: false, .. } => Some(chain),
        _ => None,
    };
    let Some(first) = steps.first().and_then(chain) else {
        return 0;
    };
    steps.iter().take_while(|step| chain(step) == Some(first)).count()
}
