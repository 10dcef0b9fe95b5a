//! Every random choice of the model comes from here: seeded, replayed from a tape, or all of them in turn.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng as _;

/// One choice that was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    pub picked: u32,
    /// How many outcomes there were.
    pub of: u32,
    pub probability: f64,
}

/// A source of choices that remembers what it chose.
#[derive(Clone, Debug)]
pub struct Chance {
    source: Source,
    taken: Vec<Choice>,
    /// The last number below [`Self::STATISTIC_SCALE`]; none while choices are replayed, which have no numbers.
    drawn: Option<u32>,
}

#[derive(Clone, Debug)]
enum Source {
    Seeded(Pcg32),
    Tape(Vec<u32>),
}

impl Chance {
    /// `statistic` compares 31 random bits with its threshold (`xt_statistic.c: statistic_mt`).
    pub const STATISTIC_SCALE: u32 = 1 << 31;

    pub fn seeded(seed: u64) -> Self {
        Self { source: Source::Seeded(Pcg32::new(seed, 0)), taken: Vec::new(), drawn: None }
    }

    /// Takes the choices of the tape, then the first outcome of every further one.
    pub fn replay(tape: Vec<u32>) -> Self {
        Self { source: Source::Tape(tape), taken: Vec::new(), drawn: None }
    }

    /// True with probability `threshold / 2^31`.
    pub fn statistic(&mut self, threshold: u32) -> bool {
        let probability = f64::from(threshold) / f64::from(Self::STATISTIC_SCALE);
        let yes = match &mut self.source {
            Source::Seeded(rng) => {
                let drawn = rng.next_u32() & (Self::STATISTIC_SCALE - 1);
                self.drawn = Some(drawn);
                drawn < threshold
            }
            // Outcome 0 is a hit; a threshold that leaves no doubt leaves no choice either.
            Source::Tape(_) if threshold == 0 => false,
            Source::Tape(_) if threshold >= Self::STATISTIC_SCALE => true,
            Source::Tape(tape) => tape.get(self.taken.len()).copied().unwrap_or(0) == 0,
        };
        if threshold > 0 && threshold < Self::STATISTIC_SCALE {
            let probability = if yes { probability } else { 1.0 - probability };
            self.taken.push(Choice { picked: u32::from(!yes), of: 2, probability });
        }
        yes
    }

    /// What [`Self::statistic`] drew last, of 1; none if it was given its outcome.
    pub fn drawn(&self) -> Option<f64> {
        self.drawn.map(|drawn| f64::from(drawn) / f64::from(Self::STATISTIC_SCALE))
    }

    /// One of `count` equally likely outcomes; 0 if there are none.
    pub fn below(&mut self, count: u32) -> u32 {
        if count < 2 {
            return 0;
        }
        let picked = match &mut self.source {
            // `reciprocal_scale`, as `nft numgen random` maps its 32 bits.
            Source::Seeded(rng) => scale(rng.next_u32(), count),
            Source::Tape(tape) => tape.get(self.taken.len()).copied().unwrap_or(0).min(count - 1),
        };
        self.taken.push(Choice { picked, of: count, probability: 1.0 / f64::from(count) });
        picked
    }

    /// A value below `count` that no decision depends on, such as a source port: exploring does not branch here.
    pub fn arbitrary(&mut self, count: u32) -> u32 {
        match &mut self.source {
            Source::Seeded(rng) if count > 0 => scale(rng.next_u32(), count),
            _ => 0,
        }
    }

    pub fn taken(&self) -> &[Choice] {
        &self.taken
    }
}

fn scale(random: u32, count: u32) -> u32 {
    ((u64::from(random) * u64::from(count)) >> 32) as u32
}

/// Every combination of outcomes, one after the other.
#[derive(Clone, Debug)]
pub struct Ways {
    /// None once all were followed.
    tape: Option<Vec<u32>>,
}

impl Default for Ways {
    fn default() -> Self {
        Self { tape: Some(Vec::new()) }
    }
}

impl Ways {
    /// Runs `run` with the next combination: its result, and the choices that were taken. None once all were followed.
    pub fn follow<R>(&mut self, run: impl FnOnce(&mut Chance) -> R) -> Option<(R, Vec<Choice>)> {
        let mut chance = self.begin()?;
        let result = run(&mut chance);
        Some((result, self.end(chance)))
    }

    /// The choices of the next combination, to be brought back to [`Self::end`]. None once all were followed.
    pub fn begin(&mut self) -> Option<Chance> {
        self.tape.take().map(Chance::replay)
    }

    /// The choices that were taken.
    pub fn end(&mut self, chance: Chance) -> Vec<Choice> {
        let taken = chance.taken;
        // An odometer: the last choice that has outcomes left moves on, those behind it start anew.
        self.tape = taken.iter().rposition(|choice| choice.picked + 1 < choice.of).map(|last| {
            let mut tape: Vec<u32> = taken[..=last].iter().map(|choice| choice.picked).collect();
            tape[last] += 1;
            tape
        });
        taken
    }

    pub const fn is_done(&self) -> bool {
        self.tape.is_none()
    }
}

/// Runs `run` once for every combination of outcomes and returns each result with its probability.
/// At most `limit` runs; the probabilities then sum to less than 1.
pub fn explore<R>(limit: usize, mut run: impl FnMut(&mut Chance) -> R) -> Vec<(R, f64)> {
    let mut ways = Ways::default();
    let followed = std::iter::from_fn(|| ways.follow(&mut run));
    let probability = |taken: &[Choice]| taken.iter().map(|choice| choice.probability).product();
    followed.take(limit).map(|(result, taken)| (result, probability(&taken))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditional_probabilities_come_to_a_quarter_each() {
        let backends = explore(100, |chance| {
            (0..4).find(|rule| *rule == 3 || chance.statistic(Chance::STATISTIC_SCALE / (4 - rule))).unwrap_or(3)
        });
        assert_eq!(backends.len(), 4);
        for (backend, probability) in backends {
            assert!((probability - 0.25).abs() < 1e-9, "backend {backend}: {probability}");
        }
    }
}
