//! What is counted of virtual services and real servers: `ip_vs_in_stats` and its kin of `ip_vs_core.c`, and the rates
//! of `ip_vs_est.c` (Linux 6.1).

use crate::netfilter::Seconds;

/// How often `estimation_timer` fires. What was counted since is not shown before that.
const PERIOD: Seconds = 2;
const CONNECTIONS: usize = 0;
const PACKETS_IN: usize = 1;
const PACKETS_OUT: usize = 2;
const BYTES_IN: usize = 3;
const BYTES_OUT: usize = 4;
/// Bits behind the point of a rate: the average of bytes could grow too large with as many as the others have.
const FRACTION: [u32; 5] = [10, 10, 10, 5, 5];

/// Connections, packets and bytes: so many in all, or in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub connections: u64,
    pub packets_in: u64,
    pub packets_out: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
}

impl From<[u64; 5]> for Counts {
    fn from(counts: [u64; 5]) -> Self {
        let [connections, packets_in, packets_out, bytes_in, bytes_out] = counts;
        Self { connections, packets_in, packets_out, bytes_in, bytes_out }
    }
}

/// What there is to count; packets with their length in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Connection,
    In(u16),
    Out(u16),
}

/// `struct ip_vs_stats`. Nothing is kept before anything was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics(Option<Box<Kept>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Kept {
    counts: [u64; 5],
    /// The counts when the timer fired last (`kstats`).
    read: [u64; 5],
    /// What was read when the counters were last set to zero (`kstats0`).
    zero: [u64; 5],
    /// Moving averages with [`FRACTION`].
    rates: [u64; 5],
    /// How often the timer has fired.
    ticks: u64,
    /// In the trash the timer passes it by.
    stopped: bool,
}

impl Statistics {
    pub(super) fn count(&mut self, counted: Counted, now: Seconds) {
        let new = || Box::new(Kept { ticks: now / PERIOD, ..Kept::default() });
        let kept = self.0.get_or_insert_with(new);
        kept.catch_up(now);
        match counted {
            Counted::Connection => kept.counts[CONNECTIONS] += 1,
            Counted::In(length) => {
                kept.counts[PACKETS_IN] += 1;
                kept.counts[BYTES_IN] += u64::from(length);
            }
            Counted::Out(length) => {
                kept.counts[PACKETS_OUT] += 1;
                kept.counts[BYTES_OUT] += u64::from(length);
            }
        }
    }

    /// `ip_vs_zero_stats`: what the timer has not read yet is not forgotten.
    pub(super) fn zero(&mut self, now: Seconds) {
        if let Some(kept) = &mut self.0 {
            kept.catch_up(now);
            kept.zero = kept.read;
            kept.rates = [0; 5];
        }
    }

    /// `ip_vs_stop_estimator`.
    pub(super) fn stop(&mut self, now: Seconds) {
        if let Some(kept) = &mut self.0 {
            kept.catch_up(now);
            kept.stopped = true;
        }
    }

    /// `ip_vs_start_estimator`.
    pub(super) fn start(&mut self, now: Seconds) {
        if let Some(kept) = &mut self.0 {
            kept.stopped = false;
            kept.ticks = now / PERIOD;
        }
    }

    /// What was counted since the counters were last set to zero, as the timer has read it (`ip_vs_copy_stats`).
    pub fn totals(&self, now: Seconds) -> Counts {
        let Some(kept) = self.at(now) else {
            return Counts::default();
        };
        std::array::from_fn(|index| kept.read[index] - kept.zero[index]).into()
    }

    /// The moving averages of what was counted in a second (`ip_vs_read_estimator`).
    pub fn rates(&self, now: Seconds) -> Counts {
        let Some(kept) = self.at(now) else {
            return Counts::default();
        };
        let decoded = |index: usize| {
            let bits = FRACTION[index];
            (kept.rates[index] + (1 << (bits - 1)) - 1) >> bits
        };
        std::array::from_fn(decoded).into()
    }

    fn at(&self, now: Seconds) -> Option<Kept> {
        let mut kept = Kept::clone(self.0.as_deref()?);
        kept.catch_up(now);
        Some(kept)
    }
}

impl Kept {
    /// Lets the timer fire as often as it has until `now`.
    fn catch_up(&mut self, now: Seconds) {
        if self.stopped {
            return;
        }
        let ticks = now / PERIOD;
        while self.ticks < ticks {
            self.ticks += 1;
            self.tick();
            if self.rates == [0; 5] && self.read == self.counts {
                self.ticks = ticks;
            }
        }
    }

    /// `estimation_timer`.
    fn tick(&mut self) {
        for (index, bits) in FRACTION.into_iter().enumerate() {
            let rate = (self.counts[index] - self.read[index]) << (bits - 1);
            let old = self.rates[index];
            let change = (rate.cast_signed() - old.cast_signed()) >> 2;
            self.rates[index] = old.wrapping_add_signed(change);
        }
        self.read = self.counts;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_shows_when_the_timer_fires() {
        let mut statistics = Statistics::default();
        statistics.count(Counted::Connection, 4);
        statistics.count(Counted::In(60), 5);
        assert_eq!(statistics.totals(5), Counts::default());
        let counts = Counts { connections: 1, packets_in: 1, bytes_in: 60, ..Counts::default() };
        assert_eq!(statistics.totals(6), counts);
        statistics.count(Counted::Out(40), 6);
        statistics.zero(7);
        assert_eq!(statistics.totals(7), Counts::default());
        assert_eq!(statistics.totals(8), Counts { packets_out: 1, bytes_out: 40, ..Counts::default() });
    }

    #[test]
    fn rates_come_near_what_goes_on_and_fall_to_nothing() {
        let mut statistics = Statistics::default();
        for now in 0..100 {
            (0..10).for_each(|_| statistics.count(Counted::In(100), now));
        }
        let Counts { packets_in, bytes_in, .. } = statistics.rates(100);
        assert_eq!((packets_in, bytes_in), (10, 1000));
        // A quarter of the distance each time.
        let Counts { packets_in, bytes_in, .. } = statistics.rates(102);
        assert_eq!((packets_in, bytes_in), (7, 750));
        assert_eq!(statistics.rates(100_000), Counts::default());
    }

    #[test]
    fn nothing_fires_in_the_trash() {
        let mut statistics = Statistics::default();
        statistics.count(Counted::In(100), 0);
        statistics.stop(1);
        assert_eq!(statistics.totals(10), Counts::default());
        statistics.start(10);
        assert_eq!(statistics.totals(11), Counts::default());
        assert_eq!(statistics.totals(12).bytes_in, 100);
    }
}
