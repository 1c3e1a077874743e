//! Sizes and times for people.

use std::time::Duration;

use lockgate_core::Moment;

/// Size of a file for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

/// Seconds since the Unix epoch as a date and time in UTC.
pub(super) fn time(seconds: u64) -> String {
    let moment = Moment::at(Duration::from_secs(seconds));
    let ((year, month, day), (hour, minute, _)) = (moment.date(), moment.time());
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::{size, time};

    #[test]
    fn sizes_and_times_are_for_people() {
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1536), "1.5 KB");
        assert_eq!(size(5_347_738), "5.1 MB");
        assert_eq!(time(0), "1970-01-01 00:00 UTC");
        assert_eq!(time(1_767_225_599), "2025-12-31 23:59 UTC");
    }
}
