use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::Translation;
use super::{Match, MatchState, Remembered, write_value};
use crate::message;
use crate::netfilter::Seconds;

/// `-m limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitMatch {
    /// The time that one packet pays for, in 1/10000 of a second.
    pub period: u32,
    pub burst: u32,
}

/// The credit that is left, in 1/10000 of a second, and when it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    credit: u64,
    counted: Seconds,
}

const SCALE: u32 = 10_000;
const DEFAULT_BURST: u32 = 5;
/// Names and lengths in the order in which `print_rate` tries them.
const UNITS: [(&str, u32); 4] = [("day", SCALE * 86_400), ("hour", SCALE * 3_600), ("min", SCALE * 60), ("sec", SCALE)];

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let text = given.text("--limit").unwrap_or("3/hour");
    let Some(period) = parse_rate(text) else {
        let message = format!("bad rate \"{text}\"'");
        return Err(given.wrong("--limit", message, message!("expected-rate"), message!("advice-rate")));
    };
    if period == 0 {
        return Err(given.wrong(
            "--limit",
            format!("Rate too fast \"{text}\""),
            message!("expected-at-most", most = "10000/second"),
            message!("advice-lower-rate"),
        ));
    }
    let burst = given.number("--limit-burst").unwrap_or(DEFAULT_BURST);
    if burst == 0 || credits(period.wrapping_mul(burst)) < credits(period) {
        let message = format!("Overflow, try lower: {period}/{burst}");
        return Err(given.wrong(
            "--limit-burst",
            message,
            message!("expected-smaller-burst"),
            message!("advice-lower", what = "--limit-burst"),
        ));
    }
    Ok(Match::Limit(LimitMatch { period, burst }))
}

/// `user2credits`, whose 32 bits overflow at about a day and a half; the same for HZ 250 and 1000.
const fn credits(time: u32) -> u32 {
    const PER_SECOND: u32 = 32_000;
    if time > u32::MAX / PER_SECOND { (time / SCALE).wrapping_mul(PER_SECOND) } else { time * PER_SECOND / SCALE }
}

/// The name of a unit in nft.
pub(super) fn unit_in_full(unit: &str) -> &str {
    match unit {
        "min" => "minute",
        "sec" => "second",
        unit => unit,
    }
}

/// `parse_rate`: `N`, `N/s`, `N/minute`, each unit cut short as one likes.
fn parse_rate(text: &str) -> Option<u32> {
    let (count, unit) = text.split_once('/').unwrap_or((text, "second"));
    let units = [("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400)];
    let starts = |name: &str| name.get(..unit.len()).is_some_and(|start| start.eq_ignore_ascii_case(unit));
    let (_, seconds) = units.into_iter().find(|(name, _)| !unit.is_empty() && starts(name))?;
    let digits = count.bytes().take_while(u8::is_ascii_digit).count();
    let count: u32 = count[..digits].parse().ok().filter(|count| *count > 0)?;
    Some(SCALE * seconds / count)
}

impl LimitMatch {
    /// `limit_mt`, with the clock of the model in place of jiffies.
    pub(super) fn test(&self, now: Seconds, memory: &mut Remembered<'_>) -> bool {
        let full = u64::from(self.period) * u64::from(self.burst);
        let MatchState::Limit(bucket) = memory.state(MatchState::Limit(Bucket { credit: full, counted: now })) else {
            return false;
        };
        let earned = now.saturating_sub(bucket.counted).saturating_mul(SCALE.into());
        bucket.credit = bucket.credit.saturating_add(earned).min(full);
        bucket.counted = now;
        match bucket.credit.checked_sub(self.period.into()) {
            Some(rest) => {
                bucket.credit = rest;
                true
            }
            None => false,
        }
    }

    pub fn write(&self, out: &mut String) {
        let (rate, unit) = self.rate();
        write_value(out, false, "--limit", format_args!("{rate}/{unit}"));
        if self.burst != DEFAULT_BURST {
            write_value(out, false, "--limit-burst", self.burst);
        }
    }

    /// `limit_print`
    pub fn list(&self, out: &mut String) {
        let (rate, unit) = self.rate();
        let _ = write!(out, " limit: avg {rate}/{unit} burst {}", self.burst);
    }

    /// `limit_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        let (rate, unit) = self.rate();
        to.add(&format!("limit rate {rate}/{} burst {} packets", unit_in_full(unit), self.burst));
    }

    /// `print_rate` takes the last unit before one that the period does not fit into well.
    fn rate(&self) -> (u32, &'static str) {
        let fits = |length: u32| self.period <= length && length / self.period >= length % self.period;
        let index = (1..UNITS.len()).find(|index| !fits(UNITS[*index].1)).unwrap_or(UNITS.len());
        let (unit, length) = UNITS[index - 1];
        (length / self.period, unit)
    }
}
