use std::fmt::Write;

use super::super::super::given::{Given, Refusal};
use super::super::{write_option, write_value};
use super::{HashRate, SECOND};
use crate::message;
use crate::netfilter::Seconds;

/// `--hashlimit-rate-match` and `--hashlimit-rate-interval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Whether what came in an interval is counted; else groups have credit, and the interval says nothing.
    pub counts: bool,
    /// Seconds; 0 if none is given.
    pub interval: u32,
}

/// What a group has sent in the interval that runs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Whether it was too much in the interval before.
    was_above: bool,
    sent: u64,
}

impl Window {
    /// With the rate that the kernel is told: of packets it is that of a second (`hashlimit_mt_check`). `unit` are the
    /// seconds of the unit that the rate is written in.
    pub(super) fn read(given: &Given<'_>, rate: HashRate, unit: u32) -> Result<(Self, HashRate), Refusal> {
        const OPTION: &str = "--hashlimit-rate-interval";
        let interval = given.text(OPTION).map(|text| {
            let text = text.trim_start();
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            text[..digits]
                .parse::<i32>()
                .ok()
                .and_then(|number| u32::try_from(number).ok())
                .filter(|number| *number > 0)
                .ok_or_else(|| {
                    let message = format!("hashlimit: Bad value for \"{OPTION}\" option: \"{text}\"");
                    given.wrong(OPTION, message, message!("expected-seconds"), message!("advice-interval"))
                })
        });
        let interval = interval.transpose()?;
        let counts = given.has("--hashlimit-rate-match");
        Ok(match (counts, rate) {
            (false, rate) => (Self { counts, interval: interval.unwrap_or(0) }, rate),
            (true, HashRate::Packets { period, burst }) => {
                let of_second = HashRate::Packets { period: (period / u64::from(unit)).max(1), burst };
                (Self { counts, interval: interval.unwrap_or(unit) }, of_second)
            }
            (true, bytes) => (Self { counts, interval: interval.unwrap_or(1) }, bytes),
        })
    }

    /// Counts a packet, and says whether its group is below the rate (`rateinfo_recalc`, `hashlimit_mt_common`).
    pub(super) fn is_below(
        self,
        rate: HashRate,
        length: u16,
        tally: &mut Tally,
        counted: &mut Seconds,
        now: Seconds,
    ) -> bool {
        let (most, burst, cost) = match rate {
            HashRate::Packets { period, burst } => (SECOND / period, burst + SECOND / period, 1),
            HashRate::Bytes(rate) => (rate.bytes(), rate.bytes() * rate.bursts.max(1), u64::from(length)),
        };
        let (passed, interval) = (now.saturating_sub(*counted), u64::from(self.interval));
        if passed > 0 && passed >= interval {
            *counted = now;
            *tally = Tally { was_above: tally.sent * interval > passed.saturating_mul(most), sent: 0 };
        }
        tally.sent += cost;
        !tally.was_above && tally.sent <= burst
    }

    /// The rate as `iptables -L` says it: for the whole interval, even where that says nothing.
    pub(super) fn listed(self, rate: HashRate) -> HashRate {
        match rate {
            HashRate::Packets { period, burst } if self.interval > 0 => {
                HashRate::Packets { period: period.saturating_mul(self.interval.into()), burst }
            }
            rate => rate,
        }
    }

    /// Behind all other options.
    pub(super) fn write(self, out: &mut String) {
        if self.counts {
            write_option(out, false, "--hashlimit-rate-match");
            if self.interval != 1 {
                write_value(out, false, "--hashlimit-rate-interval", self.interval);
            }
        }
    }

    pub(super) fn list(self, out: &mut String) {
        if self.counts {
            out.push_str(" rate-match");
            if self.interval != 1 {
                let _ = write!(out, " rate-interval {}", self.interval);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::iptables::{Tables, restore, save};
    use crate::net::Family;

    /// What iptables-legacy-save 1.8.9 printed.
    #[test]
    fn rates_of_intervals_print_as_the_kernel_keeps_them() {
        let saved = |options: &str| {
            let mut tables = Tables::new(Family::V4);
            let text = format!("*filter\n-A INPUT -m hashlimit {options} --hashlimit-name n\nCOMMIT\n");
            restore(&mut tables, &text, false).map_err(|errors| errors[0].message.to_string())?;
            let text = save(&tables);
            let line = text.lines().find_map(|line| line.strip_prefix("-A INPUT -m hashlimit ")).unwrap();
            Ok::<_, String>(line.replace(" --hashlimit-name n", ""))
        };
        for (given, expected) in [
            (
                "--hashlimit-upto 100/min --hashlimit-rate-match",
                "--hashlimit-upto 100/sec --hashlimit-burst 5 --hashlimit-htable-expire 60000 --hashlimit-rate-match --hashlimit-rate-interval 60",
            ),
            (
                "--hashlimit-upto 7/hour --hashlimit-rate-match --hashlimit-rate-interval 1",
                "--hashlimit-upto 7/sec --hashlimit-burst 5 --hashlimit-htable-expire 3600000 --hashlimit-rate-match",
            ),
            (
                "--hashlimit-upto 7/hour --hashlimit-rate-match --hashlimit-htable-expire 1000",
                "--hashlimit-upto 7/sec --hashlimit-burst 5 --hashlimit-rate-match --hashlimit-rate-interval 3600",
            ),
            (
                "--hashlimit-upto 100kb/s --hashlimit-burst 300kb --hashlimit-rate-match",
                "--hashlimit-upto 100kb/s --hashlimit-burst 300kb --hashlimit-rate-match",
            ),
            ("--hashlimit-upto 100kb/s --hashlimit-rate-interval 10", "--hashlimit-upto 100kb/s"),
        ] {
            assert_eq!(saved(given).as_deref(), Ok(expected), "{given}");
        }
        for wrong in ["0", "abc", "2147483648"] {
            let options = format!("--hashlimit-upto 7/s --hashlimit-rate-match --hashlimit-rate-interval {wrong}");
            let message = format!("hashlimit: Bad value for \"--hashlimit-rate-interval\" option: \"{wrong}\"");
            assert_eq!(saved(&options), Err(message));
        }
    }
}
