//! The lab's clock as programs print it. It began on Thursday, 1 January 1970, 0:00 UTC, as `-m time` has it.

use crate::netfilter::Seconds;
use crate::netfilter::calendar::date_of;

const DAY: u64 = 86_400;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `ctime`, without the end of the line.
pub(super) fn ctime(now: Seconds) -> String {
    let (year, month, day) = date_of(now / DAY);
    let weekday = DAYS.iter().cycle().nth((now / DAY % 7) as usize).copied().unwrap_or_default();
    let month = MONTHS.iter().cycle().nth(month.saturating_sub(1) as usize).copied().unwrap_or_default();
    format!("{weekday} {month} {day:>2} {} {year}", time(now))
}

/// As `date` prints it where the language is C.
pub(super) fn date(now: Seconds) -> String {
    let ctime = ctime(now);
    let (begin, year) = ctime.rsplit_once(' ').unwrap_or_default();
    format!("{begin} UTC {year}")
}

/// Go's `time.RFC1123Z`.
pub(super) fn rfc1123z(now: Seconds) -> String {
    let (year, month, day) = date_of(now / DAY);
    let weekday = DAYS.iter().cycle().nth((now / DAY % 7) as usize).copied().unwrap_or_default();
    let month = MONTHS.iter().cycle().nth(month.saturating_sub(1) as usize).copied().unwrap_or_default();
    format!("{weekday}, {day:02} {month} {year} {} +0000", time(now))
}

/// As objects have it: Go's `time.RFC3339`.
pub(super) fn rfc3339(now: Seconds) -> String {
    let (year, month, day) = date_of(now / DAY);
    format!("{year:04}-{month:02}-{day:02}T{}Z", time(now))
}

fn time(now: Seconds) -> String {
    format!("{:02}:{:02}:{:02}", now / 3600 % 24, now / 60 % 60, now % 60)
}

#[cfg(test)]
mod tests {
    use super::{ctime, rfc1123z, rfc3339};

    #[test]
    fn the_clock_begins_with_unix() {
        assert_eq!(ctime(0), "Thu Jan  1 00:00:00 1970");
        assert_eq!(ctime(1_795_358_422), "Sun Nov 22 14:40:22 2026");
        assert_eq!(rfc3339(1_795_358_422), "2026-11-22T14:40:22Z");
        assert_eq!(rfc1123z(61), "Thu, 01 Jan 1970 00:01:01 +0000");
    }
}
