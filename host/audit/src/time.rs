//! Times as text: RFC 3339, UTC, always to the microsecond, so that texts are in the order of times.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY: u64 = 86_400;
/// Days from the first of March of the year 0, the start of the count below, to the Unix epoch.
const EPOCH: u64 = 719_468;
/// Days in 400 years, after which the calendar repeats.
const ERA: u64 = 146_097;
/// The last second of the year 9999, after which a year has more than four digits.
const LAST: u64 = 253_402_300_799;

/// The present. A clock before 1970 is taken as 1970.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A time since the Unix epoch as text.
pub(crate) fn text(since_epoch: Duration) -> String {
    let seconds = since_epoch.as_secs().min(LAST);
    let (year, month, day) = date(seconds / DAY);
    let of_day = seconds % DAY;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let micros = since_epoch.subsec_micros();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
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

    use super::text;

    #[test]
    fn a_time_is_written_as_date_prints_it() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (951_868_800, "2000-03-01T00:00:00.000000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000000Z"),
            (1_795_325_055, "2026-11-22T05:24:15.000000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
            (253_402_300_799, "9999-12-31T23:59:59.000000Z"),
            (u64::MAX, "9999-12-31T23:59:59.000000Z"),
        ] {
            assert_eq!(text(Duration::from_secs(seconds)), expected);
        }
        assert_eq!(text(Duration::new(1, 2_345_678)), "1970-01-01T00:00:01.002345Z");
    }

    #[test]
    fn every_day_is_the_day_after_the_one_before() {
        let day = |days: u64| text(Duration::from_secs(days * 86_400));
        for days in 0..60_000 {
            let (today, tomorrow) = (day(days), day(days + 1));
            assert!(today < tomorrow, "{today} {tomorrow}");
        }
    }
}
