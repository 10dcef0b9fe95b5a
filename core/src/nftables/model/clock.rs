//! Times of the day and dates, as `meta hour` and `meta time` are compared with (`hour_type_parse`, `date_type_parse`).
//! nft reads and prints them in the time zone where it runs; here that is UTC.

use std::fmt::{self, Write};

use crate::netfilter::calendar::{DAY, clock, date_of, days_before};

const SECOND: u64 = 1_000_000_000;

/// Seconds of a day: `7:30`, `07:30:15`, or their number.
pub fn parse_hour(word: &str) -> Option<u32> {
    if !word.contains(':') {
        return Some(small(word)? % DAY);
    }
    let mut fields = word.split(':');
    let (hour, minute) = (small(fields.next()?)?, small(fields.next()?)?);
    let second = fields.next().map_or(Some(0), small)?;
    // So nft counts seconds beyond a minute, but not minutes beyond an hour.
    let fits = hour < 24 && minute < 60 && second < 62 && fields.next().is_none();
    fits.then_some((hour * 60 + minute) * 60 + second)
}

/// Nanoseconds since 1970: `2030-01-31 12:00`, with seconds or without a time, or the number of seconds.
pub fn parse_date(word: &str) -> Option<u64> {
    let Some((year, rest)) = word.split_once('-') else {
        return u64::from(small(word)?).checked_mul(SECOND);
    };
    let (month, rest) = rest.split_once('-')?;
    let (day, time) = rest.split_once([' ', 'T']).map_or((rest, None), |(day, time)| (day, Some(time)));
    let (year, month, day) = (small(year)?, small(month)?, small(day)?);
    if year > 9999 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let seconds = time.filter(|time| time.contains(':')).map_or(Some(0), parse_hour)?;
    let days = u64::try_from(days_before(year.into(), month.into())).ok()? + u64::from(day - 1);
    (days * u64::from(DAY) + u64::from(seconds)).checked_mul(SECOND)
}

fn small(word: &str) -> Option<u32> {
    word.parse().ok().filter(|_| word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `"07:30"`, with seconds if there are any.
pub fn write_hour(value: u128, out: &mut String) -> fmt::Result {
    let text = clock(u32::try_from(value).unwrap_or(u32::MAX) % DAY);
    write!(out, "\"{}\"", text.strip_suffix(":00").unwrap_or(&text))
}

/// `"2030-01-31 12:00:00"`
pub fn write_date(value: u128, out: &mut String) -> fmt::Result {
    let seconds = u64::try_from(value).unwrap_or(u64::MAX) / SECOND;
    let (year, month, day) = date_of(seconds / u64::from(DAY));
    let time = clock(u32::try_from(seconds % u64::from(DAY)).unwrap_or(0));
    write!(out, "\"{year:04}-{month:02}-{day:02} {time}\"")
}
