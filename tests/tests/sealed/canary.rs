//! A random text, and what could be left of it in memory.

use std::collections::{BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Bytes of the canary, and of its parts that are searched for. Eight random characters do not stand
/// in a memory by chance.
const LENGTH: usize = 40;
const PART: usize = 8;

/// What a token may be made of; the signs are those that encodings change.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz01234567-._~";

/// A random text that a token and a URL can hold.
pub(crate) fn random() -> String {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])).collect()
}

/// Whether the bytes, of which the first is not zero, stand in the memory.
pub(crate) fn contains(memory: &[u8], bytes: &[u8]) -> bool {
    places(memory).any(|at| memory[at..].starts_with(bytes))
}

/// Every place in the memory but those where only zeros stand: most of a memory was never written,
/// and nothing that is searched for begins with so many of them.
fn places(memory: &[u8]) -> impl Iterator<Item = usize> {
    const ZEROS: [u8; 4096] = [0; 4096];
    let mut next = 0;
    std::iter::from_fn(move || {
        while memory.get(next..)?.starts_with(&ZEROS) {
            next += ZEROS.len() - PART;
        }
        next += 1;
        (next <= memory.len()).then(|| next - 1)
    })
}

/// Every part of a canary in every form, by its first bytes.
pub(crate) struct Needles(HashMap<[u8; PART], Vec<(&'static str, Vec<u8>)>>);

impl Needles {
    pub(crate) fn of(canary: &str) -> Self {
        let mut needles: HashMap<_, Vec<_>> = HashMap::new();
        for part in canary.as_bytes().windows(PART) {
            for (form, needle) in forms(part) {
                let start = *needle.first_chunk().unwrap();
                needles.entry(start).or_default().push((form, needle));
            }
        }
        Self(needles)
    }

    /// The forms in which a part of the canary stands in the memory.
    pub(crate) fn find(&self, memory: &[u8]) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        for at in places(memory) {
            let Some(start) = memory[at..].first_chunk::<PART>() else { break };
            for (form, needle) in self.0.get(start).into_iter().flatten() {
                if memory[at..].starts_with(needle) {
                    found.insert(*form);
                }
            }
        }
        found
    }
}

fn forms(part: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let each = |write: fn(u8) -> Vec<u8>| part.iter().flat_map(|byte| write(*byte)).collect();
    let mut forms = vec![
        ("as it is", part.to_vec()),
        ("reversed", part.iter().rev().copied().collect()),
        ("hex", each(|byte| format!("{byte:02x}").into_bytes())),
        ("HEX", each(|byte| format!("{byte:02X}").into_bytes())),
        ("percent", each(|byte| format!("%{byte:02X}").into_bytes())),
        ("percent in lower case", each(|byte| format!("%{byte:02x}").into_bytes())),
        ("UTF-16", each(|byte| vec![byte, 0])),
        ("UTF-16 from the other end", each(|byte| vec![0, byte])),
    ];
    for before in 0..3 {
        forms.push(("base64", base64(&STANDARD_NO_PAD, before, part)));
        forms.push(("base64url", base64(&URL_SAFE_NO_PAD, before, part)));
    }
    forms
}

/// The characters that depend on nothing but `part`, when so many bytes stand before it.
fn base64(engine: &impl Engine, before: usize, part: &[u8]) -> Vec<u8> {
    let encoded = engine.encode([&vec![0; before], part].concat()).into_bytes();
    let whole = (before + part.len()) * 8 / 6;
    encoded[(before * 8).div_ceil(6)..whole].to_vec()
}

#[test]
fn every_form_is_found_wherever_it_stands() {
    let canary = random();
    let needles = Needles::of(&canary);
    assert_eq!(needles.find(random().as_bytes()), BTreeSet::new());
    for before in 0..4 {
        let text = format!("{}{canary}", "x".repeat(before));
        let bytes = text.as_bytes();
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (form, memory) in [
            ("as it is", bytes.to_vec()),
            ("reversed", bytes.iter().rev().copied().collect()),
            ("base64", STANDARD_NO_PAD.encode(bytes).into_bytes()),
            ("base64url", URL_SAFE_NO_PAD.encode(bytes).into_bytes()),
            ("hex", bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()),
            ("UTF-16", utf16),
        ] {
            assert!(needles.find(&memory).contains(form), "{form} after {before}");
        }
        let part = &text[before + 11..before + 11 + PART];
        assert_eq!(needles.find(part.as_bytes()), BTreeSet::from(["as it is"]));
    }
}
