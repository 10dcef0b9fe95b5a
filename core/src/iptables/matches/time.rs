use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::Translation;
use super::{Match, write_option, write_value};
use crate::message;
use crate::netfilter::Seconds;
use crate::netfilter::calendar::{DAY, clock, date_of, day_of_week, days_before};

/// `-m time`. The clock of the lab begins on Thursday, 1 January 1970, 0:00 UTC, which is also the kernel's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeMatch {
    /// Seconds since 1970.
    pub dates: (u32, u32),
    /// Seconds of a day. Where the first is not smaller than the last the night between them is meant.
    pub times: (u32, u32),
    /// A bit for each day of the month, from bit 1.
    pub days_of_month: u32,
    /// A bit for each day of the week, Monday being bit 1.
    pub days_of_week: u8,
    /// A night belongs to the day on which it began.
    pub contiguous: bool,
    /// Written as the kernel's own time.
    pub kernel_time: bool,
}

const ALL_DAYS_OF_MONTH: u32 = 0xffff_fffe;
const ALL_DAYS_OF_WEEK: u8 = 0xfe;
const LAST_DATE: u32 = i32::MAX.unsigned_abs();
const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let date = |option, usual| given.text(option).map_or(Ok(usual), |text| read_date(given, option, text));
    let time = |option, usual| given.text(option).map_or(Ok(usual), |text| read_time(given, option, text));
    let times = (time("--timestart", 0)?, time("--timestop", DAY - 1)?);
    let (days_of_month, days_of_week) = (read_days_of_month(given)?, read_days_of_week(given)?);
    if days_of_month & ALL_DAYS_OF_MONTH == 0 || days_of_week & ALL_DAYS_OF_WEEK == 0 {
        // What the tool prints for no day at all it does not read.
        return Err(Refusal::NotModelled);
    }
    let contiguous = given.has("--contiguous");
    if contiguous && times.0 < times.1 {
        let message = "time: --contiguous only makes sense when stoptime is smaller than starttime";
        return Err(given.wrong(
            "--contiguous",
            message,
            message!("expected-time-order"),
            message!("advice-remove", what = "--contiguous"),
        ));
    }
    let kernel_time = given.has("--kerneltz") || given.has("--localtz");
    if kernel_time && given.has("--utc") {
        let message = "time: option \"--utc\" cannot be used together with \"--kerneltz\".";
        return Err(given.wrong("--utc", message, message!("expected-one-of-two"), message!("advice-remove-one")));
    }
    let dates = (date("--datestart", 0)?, date("--datestop", LAST_DATE)?);
    Ok(Match::Time(Box::new(TimeMatch { dates, times, days_of_month, days_of_week, contiguous, kernel_time })))
}

/// `time_parse_date`: days beyond the end of a month go on in the next, and month 0 is the last of the year before.
fn read_date(given: &Given<'_>, option: &str, text: &str) -> Result<u32, Refusal> {
    let wrong = || {
        let message = format!("Invalid date \"{text}\" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]");
        given.wrong(option, message, message!("expected-date"), message!("advice-date"))
    };
    let most = [2038, 12, 31, 23, 59, 59];
    let mut fields = [1970, 1, 1, 0, 0, 0];
    let mut rest = Some(text);
    for (index, delimiter) in ["-", "-", "T", ":", ":", ""].into_iter().enumerate() {
        let Some(here) = rest else { break };
        let (field, behind) = match here.split_once(delimiter).filter(|_| !delimiter.is_empty()) {
            Some((field, behind)) => (field, Some(behind)),
            None => (here, None),
        };
        let number = field
            .parse()
            .ok()
            .filter(|number| field.bytes().all(|byte| byte.is_ascii_digit()) && *number <= most[index]);
        fields[index] = number.ok_or_else(wrong)?;
        rest = behind;
    }
    let [year, month, day, hour, minute, second] = fields;
    let first = days_before(year, month) + day - 1;
    let seconds = ((first * 24 + hour) * 60 + minute) * 60 + second;
    if year < 1970 { Err(wrong()) } else { u32::try_from(seconds).map_err(|_| wrong()) }
}

/// `time_parse_minutes`
fn read_time(given: &Given<'_>, option: &str, text: &str) -> Result<u32, Refusal> {
    let parts: Vec<_> = text.split(':').collect();
    let number = |index: usize, most: u32| {
        let part = parts.get(index)?;
        part.parse().ok().filter(|number| *number <= most && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let second = if parts.len() > 2 { number(2, 59) } else { Some(0) };
    match (number(0, 23), number(1, 59), second) {
        (Some(hour), Some(minute), Some(second)) if parts.len() < 4 => Ok((hour * 60 + minute) * 60 + second),
        _ => {
            let message =
                format!("invalid time \"{text}\" specified, should be hh:mm[:ss] format and within the boundaries");
            Err(given.wrong(option, message, message!("expected-time"), message!("advice-time")))
        }
    }
}

fn read_days_of_month(given: &Given<'_>) -> Result<u32, Refusal> {
    const OPTION: &str = "--monthdays";
    let Some(text) = given.text(OPTION) else {
        return Ok(ALL_DAYS_OF_MONTH);
    };
    let days = text.split(',').try_fold(0, |days, day| match day.parse::<u32>() {
        Ok(number @ 0..=31) => Ok(days | 1 << number),
        _ => {
            let message = format!("{day} is not a valid day for --monthdays");
            Err(given.wrong(OPTION, message, message!("expected-days-of-month"), message!("advice-day")))
        }
    })?;
    Ok(if given.inverted(OPTION) { days ^ ALL_DAYS_OF_MONTH } else { days })
}

/// By number from Monday on, or by the first two letters of the English name.
fn read_days_of_week(given: &Given<'_>) -> Result<u8, Refusal> {
    const OPTION: &str = "--weekdays";
    let Some(text) = given.text(OPTION) else {
        return Ok(ALL_DAYS_OF_WEEK);
    };
    let number = |day: &str| {
        let named = NAMES.iter().position(|name| day.len() < 4 && day.get(..2) == name.get(..2));
        named.map(|index| index + 1).or_else(|| day.parse().ok().filter(|day| (1..=7).contains(day)))
    };
    let days = text.split(',').try_fold(0_u8, |days, day| match number(day) {
        Some(number) => Ok(days | 1 << number),
        None => {
            let message = match day {
                "0" => "No, the week does NOT begin with Sunday.".to_owned(),
                _ => format!("{day} is not a valid day specifier"),
            };
            Err(given.wrong(OPTION, message, message!("expected-weekdays"), message!("advice-day")))
        }
    })?;
    Ok(if given.inverted(OPTION) { days ^ ALL_DAYS_OF_WEEK } else { days })
}

impl TimeMatch {
    /// `time_mt`.
    pub fn matches(&self, now: Seconds) -> bool {
        let (from, to) = self.dates;
        if now < from.into() || now > to.into() {
            return false;
        }
        let (from, to) = (u64::from(self.times.0), u64::from(self.times.1));
        let time = now % u64::from(DAY);
        let mut day = now / u64::from(DAY);
        if from < to {
            if !(from..=to).contains(&time) {
                return false;
            }
        } else if time < from && time > to {
            return false;
        } else if self.contiguous && time <= to {
            day = day.saturating_sub(1);
        }
        // Here a week begins on Monday.
        let day_of_week = (day_of_week(day) + 6) % 7 + 1;
        self.days_of_week >> day_of_week & 1 == 1 && self.days_of_month >> date_of(day).2 & 1 == 1
    }

    /// `time_save`.
    pub fn write(&self, out: &mut String) {
        if self.has_times() {
            write_value(out, false, "--timestart", clock(self.times.0));
            write_value(out, false, "--timestop", clock(self.times.1));
        }
        if self.days_of_month != ALL_DAYS_OF_MONTH {
            write_value(out, false, "--monthdays", self.month_days(|_| ""));
        }
        if self.days_of_week != ALL_DAYS_OF_WEEK {
            write_value(out, false, "--weekdays", self.week_days());
        }
        for (option, date) in [("--datestart", self.dates.0), ("--datestop", self.dates.1)] {
            // The usual end is printed: the tool takes it for a date.
            if date != 0 {
                write_value(out, false, option, date_text(date, 'T'));
            }
        }
        if self.kernel_time {
            write_option(out, false, "--kerneltz");
        }
        if self.contiguous {
            write_option(out, false, "--contiguous");
        }
    }

    /// `time_print`
    pub fn list(&self, out: &mut String) {
        out.push_str(" TIME");
        // Writing to a string cannot fail.
        if self.has_times() {
            let _ = write!(out, " from {} to {}", clock(self.times.0), clock(self.times.1));
        }
        if self.days_of_week != ALL_DAYS_OF_WEEK {
            let _ = write!(out, " on {}", self.week_days());
        }
        if self.days_of_month != ALL_DAYS_OF_MONTH {
            let ordinal = |day| match day % 10 {
                1 => "st",
                2 => "nd",
                3 => "rd",
                _ => "th",
            };
            let _ = write!(out, " on {}", self.month_days(ordinal));
        }
        if self.dates.0 != 0 {
            let _ = write!(out, " starting from {}", date_text(self.dates.0, ' '));
        }
        if self.dates.1 != LAST_DATE {
            let _ = write!(out, " until date {}", date_text(self.dates.1, ' '));
        }
        if !self.kernel_time {
            out.push_str(" UTC");
        }
        if self.contiguous {
            out.push_str(" contiguous");
        }
    }

    /// `time_xlate`: nft has no days of a month.
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) -> bool {
        if self.dates != (0, LAST_DATE) {
            let (start, stop) = (date_text(self.dates.0, ' '), date_text(self.dates.1, ' '));
            to.add(&format!("meta time \"{start}\"-\"{stop}\""));
        }
        if self.has_times() {
            to.add(&format!(" meta hour \"{}\"-\"{}\"", clock(self.times.0), clock(self.times.1)));
        }
        if self.days_of_month != ALL_DAYS_OF_MONTH {
            return false;
        }
        if self.days_of_week != ALL_DAYS_OF_WEEK {
            let days: Vec<_> = (1..8).filter(|bit| self.days_of_week >> bit & 1 == 1).map(|bit| bit % 7).collect();
            let names = days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            to.add(&format!(" meta day {}", if days.len() > 1 { format!("{{ {names} }}") } else { names }));
        }
        true
    }

    fn has_times(&self) -> bool {
        self.times != (0, DAY - 1)
    }

    fn week_days(&self) -> String {
        let set = (1..).zip(NAMES).filter(|(bit, _)| self.days_of_week >> bit & 1 == 1);
        set.map(|(_, name)| name).collect::<Vec<_>>().join(",")
    }

    fn month_days(&self, ending: impl Fn(u32) -> &'static str) -> String {
        let set = (1..32).filter(|day| self.days_of_month >> day & 1 == 1);
        set.map(|day| format!("{day}{}", ending(day))).collect::<Vec<_>>().join(",")
    }
}

fn date_text(seconds: u32, between: char) -> String {
    let (year, month, day) = date_of(u64::from(seconds / DAY));
    format!("{year:04}-{month:02}-{day:02}{between}{}", clock(seconds % DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds with what GNU date makes of them: year, month, day, day of the week.
    const DATES: [(u32, u64, u32, u32, u32); 14] = [
        (0, 1970, 1, 1, 4),
        (86_399, 1970, 1, 1, 4),
        (86_400, 1970, 1, 2, 5),
        (68_169_599, 1972, 2, 28, 1),
        (68_169_600, 1972, 2, 29, 2),
        (951_782_399, 2000, 2, 28, 1),
        (951_782_400, 2000, 2, 29, 2),
        (951_868_799, 2000, 2, 29, 2),
        (1_709_164_800, 2024, 2, 29, 4),
        (1_735_689_599, 2024, 12, 31, 2),
        (2_147_483_647, 2038, 1, 19, 2),
        (4_107_542_399, 2100, 2, 28, 7),
        (4_107_542_400, 2100, 3, 1, 1),
        (4_294_967_295, 2106, 2, 7, 7),
    ];

    const ALWAYS: TimeMatch = TimeMatch {
        dates: (0, u32::MAX),
        times: (0, DAY - 1),
        days_of_month: ALL_DAYS_OF_MONTH,
        days_of_week: ALL_DAYS_OF_WEEK,
        contiguous: false,
        kernel_time: false,
    };

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, year, month, day, day_of_week) in DATES {
            assert_eq!(date_of((seconds / DAY).into()), (year, month, day), "{seconds}");
            let first = days_before(year.cast_signed(), month.into());
            assert_eq!(first + i64::from(day) - 1, i64::from(seconds / DAY), "{seconds}");
            let now = seconds.into();
            assert!(TimeMatch { days_of_month: 1 << day, days_of_week: 1 << day_of_week, ..ALWAYS }.matches(now));
            assert!(!TimeMatch { days_of_month: !(1 << day), ..ALWAYS }.matches(now), "{seconds}");
            assert!(!TimeMatch { days_of_week: !(1 << day_of_week), ..ALWAYS }.matches(now), "{seconds}");
        }
    }

    /// The example in the comment of `time_mt`: Monday, 23:00 to 01:00.
    #[test]
    fn a_night_may_belong_to_the_day_before() {
        const HOUR: u64 = 3600;
        let night = TimeMatch { times: (23 * 3600, 3600), days_of_week: 1 << 1, ..ALWAYS };
        // The fifth day of 1970 was a Monday.
        let monday = 4 * u64::from(DAY);
        let at = |test: TimeMatch| {
            [HOUR / 2, 12 * HOUR, 23 * HOUR, 24 * HOUR + HOUR / 2, 47 * HOUR].map(|time| test.matches(monday + time))
        };
        assert_eq!(at(night), [true, false, true, false, false]);
        assert_eq!(at(TimeMatch { contiguous: true, ..night }), [false, false, true, true, false]);
    }
}
