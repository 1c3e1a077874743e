//! `limits`: bounds of one call.

use std::time::Duration;

use lockgate_core::Limits;

use super::Item;
use crate::decision::Decision;
use crate::error::{Place, PolicyError, Problem};
use crate::meet::Entry;
use crate::reader::{Keys, Node};

const KEYS: Keys =
    Keys { known: &["memory", "wall", "cpu", "lifetime", "any-purpose"], later: &[] };

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// One page of WebAssembly; less holds nothing. The most is what a machine with a few providers
/// running at once can spare.
const MEMORY: Bounds = Bounds { least: (64 * KIB, "64KiB"), most: (GIB, "1GiB") };
/// Shorter than the clock's step means nothing; a client that waits longer looks hung.
const WALL: Bounds = Bounds { least: (1, "1ms"), most: (300_000, "5m") };
/// As for wall time, of which it is a part; no answer takes a minute of computing.
const CPU: Bounds = Bounds { least: (1, "1ms"), most: (60_000, "1m") };
/// A lifetime is in whole seconds; the longest is that of tokens that people make by hand.
const LIFETIME: Bounds = Bounds { least: (1_000, "1s"), most: (366 * 86_400_000, "366d") };

const BYTES: &[(&str, u64)] = &[("KiB", KIB), ("MiB", MIB), ("GiB", GIB)];
const MILLISECONDS: &[(&str, u64)] =
    &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// The least and the most, each as a number and as it is written.
struct Bounds {
    least: (u64, &'static str),
    most: (u64, &'static str),
}

/// The bounds that are said; in bytes and milliseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct LimitRules {
    pub(crate) memory: Option<Entry<u64>>,
    pub(crate) wall: Option<Entry<u64>>,
    pub(crate) cpu: Option<Entry<u64>>,
    pub(crate) lifetime: Option<Entry<u64>>,
    /// Whether a provider's word that a credential serves every purpose is passed on.
    pub(crate) any_purpose: Option<Entry<bool>>,
}

impl LimitRules {
    /// The key of the one that is no number.
    pub(crate) const ANY_PURPOSE: &str = "any-purpose";

    pub(crate) fn read(node: &Node<'_>) -> Result<Self, PolicyError> {
        let fields = node.fields(&KEYS)?;
        let read = |key, units, bounds| {
            fields.get(key).map(|node| read_number(&node, units, bounds)).transpose()
        };
        Ok(Self {
            memory: read("memory", BYTES, &MEMORY)?,
            wall: read("wall", MILLISECONDS, &WALL)?,
            cpu: read("cpu", MILLISECONDS, &CPU)?,
            lifetime: read("lifetime", MILLISECONDS, &LIFETIME)?,
            any_purpose: super::flag(&fields, "any-purpose")?,
        })
    }

    /// What is said; `any-purpose = true` bounds nothing.
    pub(crate) fn items(&self) -> Vec<Item> {
        let said = [
            ("memory", &self.memory, BYTES),
            ("wall", &self.wall, MILLISECONDS),
            ("cpu", &self.cpu, MILLISECONDS),
            ("lifetime", &self.lifetime, MILLISECONDS),
        ];
        let default = Limits::default();
        let usual = |name: &str| match name {
            "memory" => default.memory as u64,
            "wall" => default.wall.as_millis() as u64,
            "cpu" => default.cpu.as_millis() as u64,
            // A lifetime is no more than a provider could say without the limit.
            _ => u64::MAX,
        };
        let bound = |(name, entry, units): (&str, &Option<Entry<u64>>, _)| {
            let entry = entry.as_ref()?;
            let mut item = item(name, written(entry.value, units).into(), &entry.place);
            if entry.value > usual(name) {
                item.risks.push("it is more than providers usually may use");
            }
            Some(item)
        };
        let mut items: Vec<_> = said.into_iter().filter_map(bound).collect();
        let word = self.any_purpose.iter().filter(|entry| !entry.value);
        items.extend(word.map(|entry| item(Self::ANY_PURPOSE, false.into(), &entry.place)));
        items
    }

    /// Takes back each that is named, with this value.
    pub(crate) fn withdraw(&mut self, named: &Self) {
        fn clear<T: PartialEq>(own: &mut Option<Entry<T>>, named: &Option<Entry<T>>) {
            own.take_if(|own| named.as_ref().is_some_and(|named| named.value == own.value));
        }
        clear(&mut self.memory, &named.memory);
        clear(&mut self.wall, &named.wall);
        clear(&mut self.cpu, &named.cpu);
        clear(&mut self.lifetime, &named.lifetime);
        clear(&mut self.any_purpose, &named.any_purpose);
    }

    /// The lower one of each bound. What one side does not say is the default there, so that a
    /// higher one is both asked for and granted; what a cap does not say is not capped.
    pub(crate) fn meet(&self, granted: &Self, caps: &[&Self], trace: &mut Vec<Decision>) -> Limits {
        let default = Limits::default();
        let memory = default.memory as u64;
        let (wall, cpu) = (default.wall.as_millis() as u64, default.cpu.as_millis() as u64);
        let mut lower = |name, pick: fn(&Self) -> &Option<Entry<u64>>, default, units| {
            let sides = [pick(self), pick(granted)];
            let caps: Vec<_> = caps.iter().filter_map(|cap| pick(cap).as_ref()).collect();
            lower(name, sides, &caps, default, units, trace)
        };
        let memory = lower("memory", |limits| &limits.memory, Some(memory), BYTES);
        let wall = lower("wall", |limits| &limits.wall, Some(wall), MILLISECONDS);
        let cpu = lower("cpu", |limits| &limits.cpu, Some(cpu), MILLISECONDS);
        let lifetime = lower("lifetime", |limits| &limits.lifetime, None, MILLISECONDS);
        Limits {
            memory: memory.and_then(|bytes| bytes.try_into().ok()).unwrap_or(default.memory),
            wall: wall.map_or(default.wall, Duration::from_millis),
            cpu: cpu.map_or(default.cpu, Duration::from_millis),
            lifetime: lifetime.map(Duration::from_millis),
            any_purpose: self.meet_any_purpose(granted, caps, trace),
        }
    }

    fn meet_any_purpose(&self, granted: &Self, caps: &[&Self], trace: &mut Vec<Decision>) -> bool {
        let all = [self, granted].into_iter().chain(caps.iter().copied());
        let denying = all.filter_map(|limits| limits.any_purpose.as_ref()).filter(|any| !any.value);
        let places: Vec<_> = denying.map(|entry| entry.place.clone()).collect();
        if places.is_empty() {
            return true;
        }
        trace.push(Decision::allowed_by("limits", format!("{} false", Self::ANY_PURPOSE), places));
        false
    }
}

fn item(name: &str, value: toml_edit::Value, place: &Place) -> Item {
    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Item {
        capability: "limits",
        subject: format!("{name} {shown}"),
        key: name.to_owned(),
        value,
        place: place.clone(),
        risks: Vec::new(),
    }
}

fn lower(
    name: &str,
    sides: [&Option<Entry<u64>>; 2],
    caps: &[&Entry<u64>],
    default: Option<u64>,
    units: &[(&str, u64)],
    trace: &mut Vec<Decision>,
) -> Option<u64> {
    let said = |side: &Option<Entry<u64>>| side.as_ref().map(|entry| entry.value).or(default);
    let capped = caps.iter().map(|cap| cap.value);
    let lowest = sides.into_iter().filter_map(said).chain(capped).min()?;
    let entries = sides.into_iter().flatten().chain(caps.iter().copied());
    let deciding = entries.filter(|entry| entry.value == lowest);
    let places = deciding.map(|entry| entry.place.clone()).collect();
    let subject = format!("{name} {}", written(lowest, units));
    trace.push(Decision::allowed_by("limits", subject, places));
    Some(lowest)
}

fn read_number(
    node: &Node<'_>,
    units: &[(&str, u64)],
    bounds: &Bounds,
) -> Result<Entry<u64>, PolicyError> {
    let text = node.text()?;
    let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let factor = units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    let (Some(factor), true) = (factor, is_number(digits)) else {
        let reason = match units == BYTES {
            true => "is no size; write a whole number and KiB, MiB or GiB, as in `64MiB`",
            false => "is no time; write a whole number and ms, s, m, h or d, as in `10s`",
        };
        return Err(node.error(Problem::value(text, reason)));
    };
    let value = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    match value.filter(|value| (bounds.least.0..=bounds.most.0).contains(value)) {
        Some(value) => Ok(Entry { value, place: node.place() }),
        None => Err(node.error(Problem::OutOfBounds {
            value: text.to_owned(),
            least: bounds.least.1,
            most: bounds.most.1,
        })),
    }
}

fn is_number(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number with the largest unit that it is a whole number of.
fn written(value: u64, units: &[(&str, u64)]) -> String {
    let whole = units.iter().rev().find(|(_, factor)| value.is_multiple_of(*factor));
    whole.map_or_else(|| value.to_string(), |(unit, factor)| format!("{}{unit}", value / factor))
}
