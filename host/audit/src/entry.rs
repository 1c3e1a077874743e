//! A line as it is read back, and which ones are wanted.

use std::str::FromStr;
use std::time::Duration;

use lockgate_core::{days_in_month, escape, escape_json};
use serde::Deserialize;

use crate::time;

/// One line of the trail. Nothing of it is certain before the chain was verified, and its texts can be
/// anything: whoever can write the file can write them.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// The whole line as it is in the file, but with JSON's escapes for what could act on a terminal.
    #[serde(skip)]
    pub line: String,
    /// One more than that of the line before.
    pub seq: u64,
    /// RFC 3339, UTC.
    pub time: String,
    /// `use`, `answer`, `more` or `torn`.
    pub event: String,
    /// The same for all lines of one request.
    pub request: Option<String>,
    /// Who asked.
    pub caller: Option<Caller>,
    /// The provider's name.
    pub provider: Option<String>,
    /// The SHA-256 of its component.
    pub digest: Option<String>,
    /// The ecosystem and the URL.
    pub registry: Option<String>,
    /// `get`, `login` or `logout`.
    pub operation: Option<String>,
    /// What a credential was wanted for.
    pub purpose: Option<String>,
    /// What was decided on, by its name in grants.
    pub capability: Option<String>,
    /// The very thing.
    pub subject: Option<String>,
    /// Whether it was allowed.
    pub allowed: Option<bool>,
    /// How it ended.
    pub outcome: Option<String>,
    /// What decided.
    pub rule: Option<String>,
    /// `once`, `session` or a time.
    pub lifetime: Option<String>,
    /// Where the secret of an answer came from.
    #[serde(default)]
    pub origins: Vec<String>,
    /// How long it took, in microseconds.
    pub duration_us: Option<u64>,
}

/// The process that asked.
#[derive(Clone, Debug, Deserialize)]
pub struct Caller {
    /// Its number.
    pub pid: u32,
    /// Its executable, where that is known.
    pub program: Option<String>,
}

impl Entry {
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        // None that this program wrote: JSON's strings have no control characters.
        if line.iter().any(u8::is_ascii_control) {
            return None;
        }
        let mut entry: Self = serde_json::from_slice(line).ok()?;
        entry.line = escape_json(str::from_utf8(line).ok()?);
        Some(entry)
    }

    /// Whether it says that something was refused, by the host or in a provider's words.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.allowed == Some(false) || matches!(self.outcome.as_deref(), Some("refused" | "denied"))
    }
}

/// Which lines are wanted; by default all of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this provider.
    pub provider: Option<String>,
    /// About registries that have this text in them.
    pub registry: Option<String>,
    /// Of this operation, or for this purpose.
    pub operation: Option<String>,
    /// Refusals only.
    pub refused: bool,
    /// Not older.
    pub since: Option<Since>,
}

impl Filter {
    /// Whether this line is wanted.
    #[must_use]
    pub fn admits(&self, entry: &Entry) -> bool {
        let is = |wanted: &Option<String>, found: &Option<String>| {
            wanted.is_none() || wanted.as_ref() == found.as_ref()
        };
        let registry = self.registry.as_ref().is_none_or(|wanted| {
            entry.registry.as_ref().is_some_and(|found| found.contains(wanted.as_str()))
        });
        is(&self.provider, &entry.provider)
            && registry
            && (is(&self.operation, &entry.operation) || is(&self.operation, &entry.purpose))
            && (!self.refused || entry.is_refusal())
            && self.since.as_ref().is_none_or(|Since(start)| entry.time.as_str() >= start.as_str())
    }
}

/// A moment, as the beginning of a time's text in the trail: such texts are in the order of times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since(String);

/// Why a text is no moment.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{}` is neither a time ago (`30s`, `15m`, `2h`, `7d`) nor a date in UTC (`2026-01-31`, \
     `2026-01-31T15:00:00Z`)", escape(.0)
)]
pub struct SinceError(String);

impl FromStr for Since {
    type Err = SinceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || SinceError(text.to_owned());
        if let Some(ago) = seconds(text) {
            return Ok(Self(time::text(time::now().saturating_sub(Duration::from_secs(ago)))));
        }
        let date = text.strip_suffix('Z').filter(|rest| rest.contains('T')).unwrap_or(text);
        let shape: String =
            date.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
        match shape.as_str() {
            "0000-00-00" | "0000-00-00T00:00" | "0000-00-00T00:00:00" if exists(date) => {
                Ok(Self(date.to_owned()))
            }
            _ => Err(wrong()),
        }
    }
}

/// Whether there is such a day, and such a time of a day. Without a time the day begins.
fn exists(date: &str) -> bool {
    let mut numbers = date.split(['-', 'T', ':']).map_while(|digits| digits.parse::<u64>().ok());
    let mut next = || numbers.next().unwrap_or_default();
    let (year, month, day) = (next(), next(), next());
    let (hour, minute, second) = (next(), next(), next());
    let is_day = days_in_month(year, month).is_some_and(|last| (1..=last).contains(&day));
    is_day && hour < 24 && minute < 60 && second < 60
}

/// A number with its unit, in seconds.
fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let scale = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(scale)
}

#[cfg(test)]
mod tests {
    use super::{Entry, Filter, Since};

    fn entry(more: &str) -> Entry {
        let line = format!(
            r#"{{"seq":1,"time":"2026-11-22T05:24:15.123456Z","event":"use","provider":"corp","registry":"cargo:https://a.example/i/","operation":"get","purpose":"publish"{more}}}"#
        );
        Entry::parse(line.as_bytes()).unwrap()
    }

    fn filter(change: impl FnOnce(&mut Filter)) -> Filter {
        let mut filter = Filter::default();
        change(&mut filter);
        filter
    }

    #[test]
    fn each_filter_admits_what_it_names_and_nothing_else() {
        let text = |value: &str| Some(value.to_owned());
        let allowed = entry(r#","allowed":true"#);
        for (right, wrong) in [
            (filter(|it| it.provider = text("corp")), filter(|it| it.provider = text("cor"))),
            (filter(|it| it.registry = text("a.example")), filter(|it| it.registry = text("b."))),
            (filter(|it| it.operation = text("get")), filter(|it| it.operation = text("login"))),
            (filter(|it| it.operation = text("publish")), filter(|it| it.operation = text("yank"))),
            (filter(|_| ()), filter(|it| it.refused = true)),
        ] {
            assert!(right.admits(&allowed), "{right:?}");
            assert!(!wrong.admits(&allowed), "{wrong:?}");
        }
        let refused = filter(|it| it.refused = true);
        for line in [r#","allowed":false"#, r#","outcome":"refused""#, r#","outcome":"denied""#] {
            assert!(refused.admits(&entry(line)), "{line}");
        }
    }

    #[test]
    fn since_is_a_time_ago_or_a_date() {
        let admits = |since: &str, entry: &Entry| {
            filter(|it| it.since = Some(since.parse().unwrap())).admits(entry)
        };
        let entry = entry("");
        for before in
            ["2024-02-29", "2026-11-22", "2026-11-22T05:24", "2026-11-22T05:24:15Z", "36500d"]
        {
            assert!(admits(before, &entry), "{before}");
        }
        for after in ["2026-11-23", "2026-11-22T05:25", "2026-11-22T05:24:16Z"] {
            assert!(!admits(after, &entry), "{after}");
        }
        for wrong in [
            "",
            "m",
            "1y",
            "-1d",
            "2026",
            "yesterday",
            "2026-1-1",
            "99999999999999999999d",
            "2026-99-99",
            "2026-00-01",
            "2026-01-00",
            "2026-02-29",
            "2026-01-31T24:00",
            "2026-01-31T23:60",
            "2026-01-31T23:59:60Z",
        ] {
            let error = wrong.parse::<Since>().unwrap_err().to_string();
            assert!(error.contains("2026-01-31"), "{error}");
        }
    }

    #[test]
    fn what_is_in_a_line_cannot_act_on_a_terminal() {
        let found = entry(",\"subject\":\"\u{9b}31m\u{202e}\"");
        assert!(found.line.contains("\\u009b31m\\u202e"), "{}", found.line);
        assert!(!found.line.chars().any(char::is_control));
        let read: serde_json::Value = serde_json::from_str(&found.line).unwrap();
        assert_eq!(read["subject"], "\u{9b}31m\u{202e}");
        let moved = entry("").line.replace(',', "\r,");
        assert!(Entry::parse(moved.as_bytes()).is_none(), "{moved:?}");
    }
}
