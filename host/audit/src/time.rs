//! The time of a line.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lockgate_core::Moment;

/// The present. A clock before 1970 is taken as 1970.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A time since the Unix epoch as text.
pub(crate) fn text(since_epoch: Duration) -> String {
    format!("{}.{:06}Z", Moment::at(since_epoch), since_epoch.subsec_micros())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::text;

    #[test]
    fn a_time_has_six_digits_of_its_second_and_is_in_utc() {
        assert_eq!(text(Duration::new(1, 2_345_678)), "1970-01-01T00:00:01.002345Z");
        assert_eq!(text(Duration::from_secs(1_795_325_055)), "2026-11-22T05:24:15.000000Z");
    }
}
