use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng as _;

/// The choices of a generator; a seed gives the same ones everywhere.
pub struct Dice(Pcg32);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Pcg32::new(seed, 0))
    }

    /// Below `count`, which is more than 0.
    pub fn below(&mut self, count: usize) -> usize {
        self.0.next_u32() as usize % count
    }

    /// Once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// From `least` to `most` things.
    pub fn several<R>(&mut self, least: usize, most: usize, mut make: impl FnMut(&mut Self) -> R) -> Vec<R> {
        let count = least + self.below(most - least + 1);
        (0..count).map(|_| make(self)).collect()
    }
}
