//! One line, and its place in the chain.

use lockgate_core::escape;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::context::{Context, MAX_TEXT, clean};
use crate::event::lifetime_text;
use crate::{AuditError, Event};

/// Longest line, in bytes. All texts are cut, so that the longest possible one has some 28 KiB.
pub(crate) const MAX_LINE: usize = 32 << 10;

/// Longest subject, in bytes: a provider chooses what it asks for.
const MAX_SUBJECT: usize = 256;

/// Most places that an answer's secret is said to come from.
const MAX_ORIGINS: usize = 8;

/// The event of a line that follows what an interrupted writer left.
pub(crate) const TORN: &str = "torn";
/// The event of the line that stands for all uses that were not recorded.
const MORE: &str = "more";

/// What stands before the chain of every line, and behind it.
const CHAIN_KEY: &str = ",\"chain\":\"";
const CHAIN_END: &str = "\"}";
/// Hex digits of a SHA-256.
const CHAIN_LENGTH: usize = 64;

/// The number and the chain of a line, from which the next one goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) seq: u64,
    pub(crate) chain: String,
}

impl Default for Link {
    /// The one before the first line.
    fn default() -> Self {
        Self { seq: 0, chain: "0".repeat(CHAIN_LENGTH) }
    }
}

/// The keys of a line, in their order.
#[derive(Default, Serialize)]
pub(crate) struct Body<'a> {
    seq: u64,
    time: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<Caller<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registry: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capability: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifetime: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_us: Option<u64>,
}

#[derive(Serialize)]
struct Caller<'a> {
    pid: u32,
    program: Option<&'a str>,
}

impl<'a> Body<'a> {
    /// What follows an interrupted line.
    pub(crate) fn torn() -> Self {
        Self { event: TORN, ..Self::default() }
    }

    /// That no more of this request's uses are recorded.
    pub(crate) fn more(context: &'a Context) -> Self {
        Self { event: MORE, ..Self::of(context) }
    }

    pub(crate) fn new(context: &'a Context, event: &Event<'_>) -> Self {
        match *event {
            Event::Use { capability, subject, allowed, rule } => Self {
                event: "use",
                capability: Some(clean(capability, MAX_SUBJECT)),
                subject: Some(clean(subject, MAX_SUBJECT)),
                allowed: Some(allowed),
                rule: rule_text(rule),
                ..Self::of(context)
            },
            Event::Answer { outcome, rule, lifetime, origins, duration } => Self {
                event: "answer",
                outcome: Some(outcome.name()),
                rule: rule_text(rule),
                lifetime: lifetime.map(lifetime_text),
                origins: origins
                    .into_iter()
                    .flat_map(|origins| origins.iter().take(MAX_ORIGINS))
                    .map(|origin| clean(&origin.to_string(), MAX_SUBJECT))
                    .collect(),
                duration_us: Some(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)),
                ..Self::of(context)
            },
        }
    }

    fn of(context: &'a Context) -> Self {
        Self {
            request: Some(&context.request),
            caller: Some(Caller { pid: context.caller, program: context.program.as_deref() }),
            provider: context.provider.as_deref(),
            digest: context.digest.as_deref(),
            registry: Some(&context.registry),
            operation: Some(context.operation),
            purpose: context.purpose,
            ..Self::default()
        }
    }

    /// The line behind `last`, with its line end; `last` becomes its own link.
    pub(crate) fn chained(mut self, last: &mut Link) -> Result<String, AuditError> {
        self.seq = last.seq.saturating_add(1);
        self.time = crate::time::text(crate::time::now());
        let mut line = serde_json::to_string(&self)?;
        let chain = chain(&last.chain, line.as_bytes());
        // The chain takes the place of the closing brace.
        line.pop();
        line.extend([CHAIN_KEY, &chain, CHAIN_END, "\n"]);
        *last = Link { seq: self.seq, chain };
        Ok(line)
    }
}

fn rule_text(rule: &str) -> Option<String> {
    (!rule.is_empty()).then(|| clean(rule, MAX_TEXT))
}

/// SHA-256 over the chain of the line before and the line without its own, in hex.
fn chain(previous: &str, bare: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digest = Sha256::new().chain_update(previous).chain_update(bare).finalize();
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| DIGITS.get(usize::from(digit))).collect()
}

/// A line as it was read, not yet known to be in its place.
pub(crate) struct Line<'a> {
    pub(crate) link: Link,
    pub(crate) time: String,
    pub(crate) is_torn: bool,
    body: &'a [u8],
}

#[derive(Deserialize)]
struct Head {
    seq: u64,
    time: String,
    event: String,
}

impl<'a> Line<'a> {
    /// The line without its line end; `None` if it is not a whole one.
    pub(crate) fn parse(line: &'a [u8]) -> Option<Self> {
        let rest = line.strip_suffix(CHAIN_END.as_bytes())?;
        let (rest, chain) = rest.split_at_checked(rest.len().checked_sub(CHAIN_LENGTH)?)?;
        let body = rest.strip_suffix(CHAIN_KEY.as_bytes())?;
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let chain = str::from_utf8(chain).ok().filter(|_| chain.iter().all(is_digit))?;
        let head: Head = serde_json::from_slice(line).ok()?;
        let link = Link { seq: head.seq, chain: chain.to_owned() };
        Some(Self { link, time: escape(&head.time), is_torn: head.event == TORN, body })
    }

    /// Whether this content, behind that line, makes the chain that the line has.
    pub(crate) fn continues(&self, last: &Link) -> bool {
        let bare = [self.body, b"}"].concat();
        chain(&last.chain, &bare) == self.link.chain
    }
}

/// How a file ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    /// The last whole line.
    pub(crate) link: Option<Link>,
    /// Whether something without a line end follows it: what an interrupted writer leaves. What has
    /// one is not of a writer's making, and stays what it is for those who verify.
    pub(crate) torn: bool,
    /// Whether the last line end is missing.
    pub(crate) open: bool,
}

impl Tail {
    /// Looks at the last bytes of a file. The first piece may be the end of a longer line, which is
    /// then no line: none begins in the middle of another.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let open = bytes.last().is_some_and(|last| *last != b'\n');
        let ended = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let mut pieces = ended.rsplit(|byte| *byte == b'\n');
        let is_line = |piece: &[u8]| Line::parse(piece).map(|line| line.link);
        let newest = pieces.next().unwrap_or_default();
        match is_line(newest) {
            Some(link) => Self { link: Some(link), torn: false, open },
            None => Self { link: pieces.find_map(is_line), torn: open, open },
        }
    }
}
