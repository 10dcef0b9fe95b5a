use super::{Pool, hash::gcd};
use crate::ipvs::destination::DestinationId;

/// Weighted round robin: rounds through the list with a falling bar, which a weight must reach
/// (`ip_vs_wrr.c`).
#[derive(Clone, Debug)]
pub struct WeightedRoundRobin {
    /// Place in the list after which the search goes on; none is the head.
    place: Option<usize>,
    bar: i64,
    highest_bar: i64,
    step: i64,
}

impl WeightedRoundRobin {
    pub fn new(pool: Pool<'_>) -> Self {
        let (step, highest_bar) = step_and_bar(pool);
        Self { place: None, bar: highest_bar, highest_bar, step }
    }

    /// The list or a weight has changed (`ip_vs_wrr_dest_changed`).
    pub fn reassess(&mut self, pool: Pool<'_>) {
        self.place = None;
        (self.step, self.highest_bar) = step_and_bar(pool);
        if self.bar > self.highest_bar || self.bar == 0 {
            self.bar = self.highest_bar;
        } else if self.step > 1 {
            self.bar = self.bar / self.step * self.step + 1;
        }
    }

    pub fn schedule(&mut self, pool: Pool<'_>) -> Option<DestinationId> {
        if self.highest_bar == 0 {
            return None;
        }
        let last = self.place;
        let mut stop = None;
        let (mut last_round, mut restarted) = (false, false);
        loop {
            let next = self.place.map_or(0, |place| place + 1);
            for (place, id) in pool.order.iter().enumerate().skip(next) {
                let destination = pool.all.get(id)?;
                if !destination.overloaded && i64::from(destination.config.weight) >= self.bar {
                    self.place = Some(place);
                    return Some(*id);
                }
                if stop == Some(place) {
                    self.place = stop;
                    return None;
                }
            }
            self.place = None;
            self.bar -= self.step;
            if self.bar <= 0 {
                self.bar = self.highest_bar;
                if last_round || last.is_none() {
                    return None;
                }
                restarted = true;
            }
            last_round = self.bar <= self.step;
            if last_round && restarted {
                stop = stop.or(last);
            }
        }
    }
}

/// The greatest common divisor of the weights, and the bar that only the heaviest reaches.
fn step_and_bar(pool: Pool<'_>) -> (i64, i64) {
    let weights = pool.iter().map(|destination| destination.config.weight);
    let step = i64::from(weights.clone().fold(0, gcd).max(1));
    (step, i64::from(weights.max().unwrap_or(0)) - (step - 1))
}
