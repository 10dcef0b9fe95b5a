use crate::netfilter::Verdict;
use crate::trace::{Event, Step};

use super::{Journey, Way};

/// One stop on a journey: a step on one of its nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Index into [`Journey::legs`].
    pub leg: usize,
    /// Index into the steps of that leg's trace.
    pub step: usize,
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

impl Journey {
    /// The stops of the journey in order.
    pub fn moments(&self) -> Vec<Moment> {
        let steps = |(leg, steps): (usize, usize)| (0..steps).map(move |step| Moment { leg, step });
        self.legs.iter().map(|leg| leg.tracer.trace.steps.len()).enumerate().flat_map(steps).collect()
    }

    /// What happened at a moment.
    pub fn step(&self, moment: &Moment) -> Option<&Step> {
        self.legs.get(moment.leg)?.tracer.trace.steps.get(moment.step)
    }

    /// Whether a moment changes what becomes of the packet, or ends its way.
    pub(super) fn is_telling(&self, moment: &Moment) -> bool {
        self.step(moment).is_some_and(|step| {
            matches!(
                step.event,
                Event::BackendChosen { .. }
                    | Event::HeaderRewritten { .. }
                    | Event::ConnectionCreated { .. }
                    | Event::Stolen { .. }
                    | Event::Answered { .. }
                    | Event::Martian { .. }
                    | Event::Verdict(Verdict::Drop | Verdict::Reject(_))
            )
        })
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
