//! Days and times of the day, as the kernel counts them (`time64_to_tm`). Its clock is UTC's here.

pub const DAY: u32 = 86_400;

/// From 1970-01-01 to the first of a month.
pub fn days_before(year: i64, month: i64) -> i64 {
    // Years begin in March here, so that a leap day ends one.
    let months = year * 12 + month - 3;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 - 719_468
}

/// Year, month and day, so many days after 1970-01-01.
pub fn date_of(days: u64) -> (u64, u32, u32) {
    // Years begin in March here, so that a leap day ends one. Four centuries have the same number of days each time.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    (era * 400 + year + next, small(month), small(day_of_month))
}

/// From Sunday, 0, so many days after 1970-01-01, which was a Thursday.
pub const fn day_of_week(days: u64) -> u64 {
    (days + 4) % 7
}

/// `07:30:00`: seconds of a day.
pub fn clock(seconds: u32) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
