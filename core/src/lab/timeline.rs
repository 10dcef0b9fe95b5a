use std::collections::BTreeSet;

use super::{Journey, Moment, Stage};

/// One clock for all lanes: they go on together, and a lane that is ahead waits before each stage for the others,
/// so that "the backend is chosen" is the same tick everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// For each lane, the index of its moment on each tick; empty for a lane without moments.
    lanes: Vec<Vec<usize>>,
    ticks: usize,
    stages: Vec<(Stage, usize)>,
    /// The ticks on which something happens in a lane that is worth a pause.
    telling: BTreeSet<usize>,
}

impl Timeline {
    /// Takes each lane's journey with its moments; none of a lane that does not count.
    pub fn of(lanes: &[Option<(&Journey, &[Moment])>]) -> Self {
        let start = |lane: &Option<(&Journey, &[Moment])>| match lane {
            Some((_, [_, ..])) => vec![0],
            _ => Vec::new(),
        };
        let mut timeline =
            Self { lanes: lanes.iter().map(start).collect(), ticks: 1, stages: Vec::new(), telling: BTreeSet::new() };
        for stage in Stage::ALL {
            let goals: Vec<_> =
                lanes.iter().map(|lane| lane.and_then(|(journey, moments)| journey.stage(moments, stage))).collect();
            if goals.iter().any(Option::is_some) {
                timeline.go_on_to(&goals);
                timeline.stages.push((stage, timeline.ticks - 1));
            }
        }
        timeline.telling = (0..timeline.ticks).filter(|tick| timeline.is_telling(lanes, *tick)).collect();
        timeline
    }

    fn is_telling(&self, lanes: &[Option<(&Journey, &[Moment])>], tick: usize) -> bool {
        let of_lane = |(lane, sent): (usize, &Option<(&Journey, &[Moment])>)| {
            let Some((journey, moments)) = sent else { return false };
            let moment = self.moment(lane, tick).and_then(|moment| moments.get(moment));
            !self.waits(lane, tick) && moment.is_some_and(|moment| journey.is_telling(moment))
        };
        self.stages.iter().any(|(_, stage)| *stage == tick) || lanes.iter().enumerate().any(of_lane)
    }

    /// How long to stay on a tick when the packet moves by itself, in milliseconds: long enough to read what decides, and
    /// past the rest so fast that the whole way is seen in less than a minute.
    pub fn beat(&self, tick: usize) -> u32 {
        const READ: u32 = 1500;
        const ALL: u32 = 48_000;
        let count = |ticks: usize| u32::try_from(ticks).unwrap_or(u32::MAX);
        let (telling, rest) = (count(self.telling.len()), count(self.ticks - self.telling.len()).max(1));
        // At least as long for what is read as for what is passed.
        let read = READ.min(ALL / 2 / telling.max(1)).max(ALL / 2 / count(self.ticks).max(1));
        let pass = (ALL.saturating_sub(read.saturating_mul(telling)) / rest).min(read);
        if self.telling.contains(&tick) { read } else { pass.min(400) }
    }

    /// Never 0.
    pub const fn ticks(&self) -> usize {
        self.ticks
    }

    pub const fn last(&self) -> usize {
        self.ticks - 1
    }

    /// Index of the lane's moment; none for a lane without moments.
    pub fn moment(&self, lane: usize, tick: usize) -> Option<usize> {
        let moments = self.lanes.get(lane)?;
        moments.get(tick).or(moments.last()).copied()
    }

    /// Whether the lane stood still on this tick.
    pub fn waits(&self, lane: usize, tick: usize) -> bool {
        tick > 0 && self.moment(lane, tick) == self.moment(lane, tick - 1)
    }

    /// The tick on which every lane that comes to the stage is there.
    pub fn stage(&self, stage: Stage) -> Option<usize> {
        self.stages.iter().find(|(other, _)| *other == stage).map(|(_, tick)| *tick)
    }

    /// The first tick on which the lane is at the moment, or past it.
    pub fn tick_of(&self, lane: usize, moment: usize) -> usize {
        self.lanes.get(lane).map_or(0, |moments| moments.partition_point(|at| *at < moment)).min(self.last())
    }

    /// Lets every lane with a goal come to it on the same tick; the others stand still.
    fn go_on_to(&mut self, goals: &[Option<usize>]) {
        let here: Vec<_> = self.lanes.iter().map(|moments| moments.last().copied().unwrap_or_default()).collect();
        let steps = |(goal, here): (&Option<usize>, &usize)| goal.unwrap_or_default().saturating_sub(*here);
        let longest = goals.iter().zip(&here).map(steps).max().unwrap_or_default();
        for ((moments, goal), here) in self.lanes.iter_mut().zip(goals).zip(here) {
            if moments.is_empty() {
                continue;
            }
            let goal = goal.unwrap_or_default().max(here);
            let before = goal.saturating_sub(1).max(here);
            moments.extend((1..=longest).map(|step| if step == longest { goal } else { before.min(here + step) }));
        }
        self.ticks += longest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Lab, WEB_SHOP};

    /// The example's first packet in every lane, with its moments.
    fn sent() -> Vec<(Journey, Vec<Moment>)> {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        let (client, target) = (lab.clients().remove(0), lab.opening_target().expect("a target"));
        assert!(lab.send(&client, &target));
        let journeys = lab.lanes.into_iter().map(|mut lane| lane.journeys.remove(0));
        journeys.map(|journey| (journey.clone(), journey.moments())).collect()
    }

    fn timeline(sent: &[(Journey, Vec<Moment>)]) -> Timeline {
        Timeline::of(&sent.iter().map(|(journey, moments)| Some((journey, moments.as_slice()))).collect::<Vec<_>>())
    }

    #[test]
    fn every_lane_comes_to_every_stage_on_the_same_tick() {
        let sent = sent();
        let timeline = timeline(&sent);
        for stage in Stage::ALL {
            let tick = timeline.stage(stage).expect("the packet is answered");
            for (lane, (journey, moments)) in sent.iter().enumerate() {
                assert_eq!(timeline.moment(lane, tick), journey.stage(moments, stage), "{stage:?} in lane {lane}");
            }
        }
    }

    #[test]
    fn no_lane_goes_back_or_leaves_a_moment_out() {
        let sent = sent();
        let timeline = timeline(&sent);
        for (lane, (_, moments)) in sent.iter().enumerate() {
            let at = |tick| timeline.moment(lane, tick).expect("a moment");
            let steps: Vec<_> = (1..timeline.ticks()).map(|tick| at(tick) - at(tick - 1)).collect();
            assert!(steps.iter().all(|step| *step <= 1), "lane {lane}: {steps:?}");
            assert_eq!((at(0), at(timeline.last())), (0, moments.len() - 1));
            for moment in 0..moments.len() {
                assert_eq!(at(timeline.tick_of(lane, moment)), moment);
            }
        }
    }

    #[test]
    fn a_lane_without_moments_has_none_at_any_tick() {
        let mut sent = sent();
        sent[1].0.legs.clear();
        sent[1].1.clear();
        let timeline = timeline(&sent);
        assert_eq!(timeline.moment(1, timeline.last()), None);
        assert_eq!(timeline.stage(Stage::Home), Some(timeline.last()));
    }

    #[test]
    fn a_packet_that_moves_by_itself_is_home_within_a_minute() {
        let sent = sent();
        let timeline = timeline(&sent);
        let beats: Vec<u32> = (0..timeline.ticks()).map(|tick| timeline.beat(tick)).collect();
        assert!(beats.iter().sum::<u32>() <= 60_000, "{beats:?}");
        let chosen = timeline.stage(Stage::Chosen).expect("a backend");
        assert!(beats[chosen] >= 1000 && beats.iter().all(|beat| *beat >= 60), "{beats:?}");
    }

    #[test]
    fn the_last_tally_is_the_cost_of_the_journey() {
        for (journey, moments) in sent() {
            let last = journey.tallies(&moments).pop().expect("a moment");
            assert_eq!((last.total(), last.request), (journey.total_cost(), journey.cost(crate::lab::Way::Request)));
        }
    }
}
