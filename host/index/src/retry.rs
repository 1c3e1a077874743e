//! When a request is tried again, as cargo does.

use std::time::Duration;

/// How often, and who is told.
pub struct Retries<'a> {
    /// Most tries after the first.
    pub most: u32,
    /// Called before each.
    pub tell: &'a dyn Fn(&Retry),
}

/// One more try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How many there will be at most, with this one.
    pub left: u32,
    /// Why.
    pub why: String,
}

/// The first pause; cargo's is between half a second and a second and a half, by chance.
const FIRST: Duration = Duration::from_millis(750);
/// The second pause.
const SECOND: Duration = Duration::from_millis(3500);
/// By how much each one after that is longer.
const STEP: Duration = Duration::from_secs(3);
/// The longest pause, also if the server asks for a longer one.
const LONGEST: Duration = Duration::from_secs(10);

impl std::fmt::Display for Retry {
    /// In cargo's words.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { left, why } = self;
        let tries = if *left == 1 { "try" } else { "tries" };
        write!(formatter, "spurious network error ({left} {tries} remaining): {why}")
    }
}

/// The pause before the try with this number, from 1; `asked` is what the server asks for.
pub(crate) fn pause(number: u32, asked: Option<Duration>) -> Duration {
    let usual = match number {
        0 | 1 => FIRST,
        more => SECOND.saturating_add(STEP.saturating_mul(more.saturating_sub(2))),
    };
    asked.unwrap_or(usual).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Retry, pause};

    #[test]
    fn pauses_grow_as_in_cargo_and_end_at_ten_seconds() {
        let seconds = |number| pause(number, None).as_secs_f32();
        assert_eq!([1, 2, 3, 4, 9].map(seconds), [0.75, 3.5, 6.5, 9.5, 10.0]);
        assert_eq!(pause(1, Some(Duration::ZERO)), Duration::ZERO);
        assert_eq!(pause(1, Some(Duration::from_secs(3600))), Duration::from_secs(10));
    }

    #[test]
    fn the_last_try_is_told_in_the_singular() {
        let told = |left| Retry { left, why: "x".into() }.to_string();
        assert_eq!(told(2), "spurious network error (2 tries remaining): x");
        assert_eq!(told(1), "spurious network error (1 try remaining): x");
    }
}
