use std::collections::BTreeMap;

use datapath_core::lab::{Journey, Moment, Stage};

use super::{Go, Model, PACES, Peek};

/// What a lane shows, apart from what stays as it is while the user only moves along the packet's way.
#[derive(Clone, PartialEq, Eq)]
pub struct Seen {
    settled: u32,
    moment: Option<usize>,
    waits: bool,
    rejoined: Option<Rejoined>,
    is_apart: bool,
    is_selected: bool,
    why: bool,
    peek: Option<Peek>,
    peeks: u32,
}

/// A lane that went alone until now, and the moment that it was at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejoined {
    pub lane: usize,
    pub from: usize,
}

/// Where the packet is shown: lanes go on together by one clock, and a lane that is apart by its own moments. What
/// moves is the selected lane if it is apart, else all those that are together.
impl Model {
    /// The selected lane, if it goes alone.
    pub fn alone(&self) -> Option<usize> {
        self.apart.contains_key(&self.lane).then_some(self.lane)
    }

    pub fn is_apart(&self, lane: usize) -> bool {
        self.apart.contains_key(&lane)
    }

    /// Where that is which moves, of [`Self::last`].
    pub fn at(&self) -> usize {
        self.apart.get(&self.lane).copied().unwrap_or(self.tick)
    }

    pub fn last(&self) -> usize {
        match (self.alone(), &self.shown) {
            (Some(lane), Some(shown)) => {
                shown.tracks.get(lane).map_or(0, |track| track.moments.len().saturating_sub(1))
            }
            _ => self.ticks() - 1,
        }
    }

    /// Index of the moment that a lane is at.
    pub fn moment(&self, lane: usize) -> Option<usize> {
        let alone = self.apart.get(&lane).copied();
        alone.or_else(|| self.shown.as_ref()?.timeline.moment(lane, self.tick))
    }

    /// Milliseconds until the next step while the packet moves by itself.
    pub fn pause(&self) -> u32 {
        let Some(shown) = &self.shown else {
            return 0;
        };
        let tick = self.alone().map_or(self.tick, |lane| shown.timeline.tick_of(lane, self.at()));
        let pace = PACES.get(self.pace).copied().unwrap_or(1.0);
        // Some seconds at most.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let pause = (f64::from(shown.timeline.beat(tick)) / pace) as u32;
        pause
    }

    pub fn seen(&self, lane: usize) -> Seen {
        Seen {
            settled: self.settled,
            moment: self.moment(lane),
            waits: self.waits(lane),
            rejoined: self.rejoined.filter(|back| back.lane == lane),
            is_apart: self.is_apart(lane),
            is_selected: self.lane == lane,
            why: self.why,
            peek: self.peek.clone().filter(|peek| peek.lane == lane),
            peeks: self.peeks,
        }
    }

    /// Whether a lane is at its last moment, or has none.
    pub fn is_over(&self, lane: usize) -> bool {
        self.shown.as_ref().is_some_and(|shown| {
            let moments = shown.tracks.get(lane).map_or(0, |track| track.moments.len());
            self.moment(lane).is_none_or(|moment| moment + 1 == moments)
        })
    }

    /// Whether a lane stands still until the others are where it is.
    pub fn waits(&self, lane: usize) -> bool {
        let waits = self.shown.as_ref().is_some_and(|shown| shown.timeline.waits(lane, self.tick));
        waits && !self.is_apart(lane) && !self.is_over(lane)
    }

    /// Where that which moves comes to a stage, if it does.
    pub fn stage(&self, stage: Stage) -> Option<usize> {
        let shown = self.shown.as_ref()?;
        match self.alone() {
            Some(lane) => {
                let lab = self.lab();
                let journey = lab.lanes.get(lane)?.journeys.get(shown.packet)?;
                journey.stage(&shown.tracks.get(lane)?.moments, stage)
            }
            None => shown.timeline.stage(stage),
        }
    }

    /// Lets a lane go alone from where it is, or brings it back to where the others are.
    pub(super) fn part(&mut self, lane: usize) {
        self.playing = false;
        self.peek = None;
        self.lane = self.nearest_lane(lane);
        let was = self.apart.remove(&self.lane);
        let has_moved = |from: &usize| self.moment(self.lane) != Some(*from);
        self.rejoined = was.filter(has_moved).map(|from| Rejoined { lane: self.lane, from });
        if was.is_some() || self.lanes().len() < 2 {
            return;
        }
        if let Some(moment) = self.moment(self.lane) {
            self.apart.insert(self.lane, moment);
        }
    }

    /// Lets lanes go alone from moments that they have.
    pub(super) fn bring_apart(&mut self, mut lanes: BTreeMap<usize, usize>) {
        let tracks = self.shown.as_ref().map(|shown| &shown.tracks);
        let has = |lane: usize, moment: usize| {
            tracks.and_then(|tracks| tracks.get(lane)).is_some_and(|track| moment < track.moments.len())
        };
        lanes.retain(|lane, moment| has(*lane, *moment));
        self.apart = lanes;
    }

    pub(super) fn go(&mut self, go: Go) {
        let Some(shown) = self.shown.clone() else {
            return;
        };
        let timeline = &shown.timeline;
        let on_the_clock = |lane: usize, moment: usize| match self.is_apart(lane) {
            true => moment,
            false => timeline.tick_of(lane, moment),
        };
        let (at, last) = (self.at(), self.last());
        let to = match go {
            Go::First => 0,
            Go::Back => at.saturating_sub(1),
            Go::Step => at + 1,
            Go::Over => self.stride(Journey::over).map_or(at + 1, |moment| on_the_clock(self.lane, moment)),
            Go::Verdict => self.stride(Journey::to_verdict).map_or(last, |moment| on_the_clock(self.lane, moment)),
            Go::Last => last,
            Go::To(place) => place,
            Go::Stage(stage) => self.stage(stage).unwrap_or(at),
            Go::Moment { lane, moment } => {
                let place = on_the_clock(lane, moment);
                return self.put(lane, place);
            }
        };
        self.put(self.lane, to.min(last));
    }

    /// Brings a lane to a place: alone if it is apart, with the others if it is not.
    fn put(&mut self, lane: usize, place: usize) {
        self.peek = None;
        self.rejoined = None;
        match self.apart.get_mut(&lane) {
            Some(moment) => *moment = place,
            None => self.tick = place.min(self.ticks() - 1),
        }
    }

    /// Where a stride brings the selected lane; None for a lane without moments or at its end.
    fn stride(&self, stride: fn(&Journey, &[Moment], usize) -> usize) -> Option<usize> {
        let shown = self.shown.as_ref()?;
        let here = self.moment(self.lane)?;
        let lab = self.lab();
        let journey = lab.lanes.get(self.lane)?.journeys.get(shown.packet)?;
        let to = stride(journey, &shown.tracks.get(self.lane)?.moments, here);
        (to > here).then_some(to)
    }

    pub(super) fn toggle_play(&mut self) {
        self.playing = !self.playing && self.shown.is_some();
        if self.playing && self.at() >= self.last() {
            self.go(Go::First);
        }
    }

    pub(super) fn beat(&mut self) {
        self.go(Go::Step);
        self.playing &= self.at() < self.last();
    }
}
