//! Moments as people read them, in UTC.

use std::fmt;
use std::time::Duration;

const DAY: u64 = 86_400;
/// Days from the first of March of the year 0, the start of the count below, to the Unix epoch.
const EPOCH: u64 = 719_468;
/// Days in 400 years, after which the calendar repeats.
const ERA: u64 = 146_097;
/// The last second of the year 9999, after which a year has more than four digits.
const LAST: u64 = 253_402_300_799;

/// A moment in UTC, to the second. `Display` is `2026-01-31T15:00:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    day: (u64, u64, u64),
    second: u64,
}

impl Moment {
    /// The moment so long after the Unix epoch; the end of the year 9999 for all that are later.
    #[must_use]
    pub fn at(since_epoch: Duration) -> Self {
        let seconds = since_epoch.as_secs().min(LAST);
        Self { day: date(seconds / DAY), second: seconds % DAY }
    }

    /// Year, month from 1 and day from 1.
    #[must_use]
    pub fn date(&self) -> (u64, u64, u64) {
        self.day
    }

    /// Hour, minute and second.
    #[must_use]
    pub fn time(&self) -> (u64, u64, u64) {
        (self.second / 3600, self.second / 60 % 60, self.second % 60)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (hour, minute, second)) = (self.date(), self.time());
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// How many days a month has; `None` if there is no such month.
#[must_use]
pub fn days_in_month(year: u64, month: u64) -> Option<u64> {
    let every = |years| year.is_multiple_of(years);
    let is_leap = every(4) && (!every(100) || every(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if is_leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Year, month and day of a day since the Unix epoch. Years are counted from March, so that the leap
/// day is the last of its year (Howard Hinnant's `civil_from_days`).
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + EPOCH;
    let (era, of_era) = (shifted / ERA, shifted % ERA);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Moment, days_in_month};

    fn text(seconds: u64) -> String {
        Moment::at(Duration::from_secs(seconds)).to_string()
    }

    #[test]
    fn a_moment_is_written_as_date_prints_it() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_400, "2000-02-29T00:00:00"),
            (951_868_800, "2000-03-01T00:00:00"),
            (1_735_689_599, "2024-12-31T23:59:59"),
            (1_795_325_055, "2026-11-22T05:24:15"),
            (4_107_542_400, "2100-03-01T00:00:00"),
            (253_402_300_799, "9999-12-31T23:59:59"),
            (u64::MAX, "9999-12-31T23:59:59"),
        ] {
            assert_eq!(text(seconds), expected);
        }
    }

    #[test]
    fn every_day_is_the_day_after_the_one_before_and_in_its_month() {
        let moment = |days: u64| Moment::at(Duration::from_secs(days * 86_400));
        for days in 0..60_000 {
            let (today, tomorrow) = (moment(days), moment(days + 1));
            assert!(today.to_string() < tomorrow.to_string(), "{today} {tomorrow}");
            let (year, month, day) = today.date();
            let last = days_in_month(year, month).unwrap();
            assert!(day <= last, "{today}");
            assert_eq!(tomorrow.date().1 != month, day == last, "{today}");
        }
        assert_eq!((days_in_month(2026, 0), days_in_month(2026, 13)), (None, None));
    }
}
