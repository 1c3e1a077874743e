//! A helper's words without the secrets that are known of. It may quote them in any spelling.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use lockgate_core::Secret;
use zeroize::Zeroizing;

/// Letters that words may not have in common with a secret. Fewer are found anywhere.
const SHARED: usize = 8;
/// Shorter forms of a short secret are found anywhere.
const SHORTEST_FORM: usize = 4;

/// What stands for a line that is not shown.
const REDACTED: &[u8] = b"[redacted]";

/// The text, without each line that has a part of a secret in it.
pub(super) fn redacted(text: &[u8], secrets: &[Secret]) -> Vec<u8> {
    let forms: Vec<_> = secrets.iter().flat_map(forms).collect();
    let mut is_hidden = vec![false; text.len()];
    for reading in [as_it_is(text), unquoted(text), unescaped(text)] {
        reading.hide(&forms, &mut is_hidden);
    }
    let (mut shown, mut at) = (Vec::with_capacity(text.len()), 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let letters = line.strip_suffix(b"\n").unwrap_or(line);
        let hidden = is_hidden.get(at..at + letters.len()).unwrap_or_default();
        shown.extend_from_slice(if hidden.contains(&true) { REDACTED } else { letters });
        shown.extend_from_slice(line.get(letters.len()..).unwrap_or_default());
        at += line.len();
    }
    shown
}

/// The forms of a secret that no reading takes back.
fn forms(secret: &Secret) -> Vec<Zeroizing<Vec<u8>>> {
    let raw = secret.expose();
    // As it was told to the helper.
    let quoted = secret.expose_text().and_then(|text| serde_json::to_vec(text).ok());
    let quoted = Zeroizing::new(quoted.unwrap_or_default());
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    let mut encoded: Vec<_> =
        [raw, inner].iter().flat_map(|bytes| (0..3).map(|before| base64(bytes, before))).collect();
    encoded.retain(|form| form.len() >= SHORTEST_FORM);
    encoded.push(Zeroizing::new(raw.to_vec()));
    encoded.retain(|form| !form.is_empty());
    for form in &mut encoded {
        form.iter_mut().for_each(|byte| *byte = alike(*byte));
    }
    encoded
}

/// The letters of base64 that are the same whatever stands behind, and so many bytes before.
fn base64(bytes: &[u8], before: usize) -> Zeroizing<Vec<u8>> {
    let mut whole = Zeroizing::new(vec![0; before]);
    whole.extend_from_slice(bytes);
    let text = Zeroizing::new(STANDARD_NO_PAD.encode(&*whole).into_bytes());
    // Six bits a letter.
    let (start, end) = ((before * 8).div_ceil(6), whole.len() * 8 / 6);
    Zeroizing::new(text.get(start..end).unwrap_or_default().to_vec())
}

/// Spellings that differ in nothing else are one: capitals, base64 for URLs, a space in a form.
fn alike(byte: u8) -> u8 {
    match byte {
        b'-' | b' ' => b'+',
        b'_' => b'/',
        byte => byte.to_ascii_lowercase(),
    }
}

/// A text without its escapes, and where each byte comes from.
#[derive(Default)]
struct Reading {
    bytes: Zeroizing<Vec<u8>>,
    from: Vec<usize>,
}

impl Reading {
    fn push(&mut self, bytes: &[u8], from: usize) {
        self.bytes.extend(bytes.iter().copied().map(alike));
        self.from.extend(bytes.iter().map(|_| from));
    }

    /// Marks what it has in common with one of the forms.
    fn hide(&self, forms: &[Zeroizing<Vec<u8>>], is_hidden: &mut [bool]) {
        let there: HashSet<&[u8]> = self.bytes.windows(SHARED).collect();
        let mut held = HashSet::new();
        for form in forms {
            match form.len() < SHARED {
                true => held.extend([form.as_slice()]),
                false => held.extend(form.windows(SHARED).filter(|part| there.contains(part))),
            }
        }
        for length in 1..=SHARED {
            for (part, from) in self.bytes.windows(length).zip(self.from.windows(length)) {
                if held.contains(part) {
                    for at in from {
                        is_hidden.get_mut(*at).into_iter().for_each(|hidden| *hidden = true);
                    }
                }
            }
        }
    }
}

fn as_it_is(text: &[u8]) -> Reading {
    let mut reading = Reading::default();
    text.iter().enumerate().for_each(|(at, byte)| reading.push(&[*byte], at));
    reading
}

/// Without the escapes of JSON.
fn unquoted(text: &[u8]) -> Reading {
    let (mut reading, mut rest) = (Reading::default(), text);
    while let [first, after @ ..] = rest {
        let at = text.len() - rest.len();
        if let Some((letter, after)) = unit(rest) {
            reading.push(letter.encode_utf8(&mut [0; 4]).as_bytes(), at);
            rest = after;
        } else if let (b'\\', [second, after @ ..]) = (first, after) {
            reading.push(&[meant(*second)], at);
            rest = after;
        } else {
            reading.push(&[*first], at);
            rest = after;
        }
    }
    reading
}

/// The letter behind a backslash.
fn meant(letter: u8) -> u8 {
    match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        other => other,
    }
}

/// The letter of a `\uXXXX`, or of two.
fn unit(text: &[u8]) -> Option<(char, &[u8])> {
    let (first, rest) = half(text)?;
    if let Some(letter) = char::from_u32(first.into()) {
        return Some((letter, rest));
    }
    let (second, rest) = half(rest)?;
    let letter = char::decode_utf16([first, second]).next()?.ok()?;
    Some((letter, rest))
}

fn half(text: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, rest) = text.strip_prefix(b"\\u")?.split_at_checked(4)?;
    let digits = str::from_utf8(digits).ok()?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}

/// Without the escapes of URLs.
fn unescaped(text: &[u8]) -> Reading {
    let (mut reading, mut rest) = (Reading::default(), text);
    while let [first, after @ ..] = rest {
        let at = text.len() - rest.len();
        let (byte, after) = octet(rest).unwrap_or((*first, after));
        reading.push(&[byte], at);
        rest = after;
    }
    reading
}

/// The byte of a `%XX`.
fn octet(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, rest) = text.strip_prefix(b"%")?.split_at_checked(2)?;
    let digits = str::from_utf8(digits).ok()?;
    Some((u8::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use lockgate_core::Secret;

    use super::redacted;

    const SECRET: &str = "pa\"ss<wörd-🦀?cañary";

    fn shown(text: &str, secret: &str) -> String {
        String::from_utf8(redacted(text.as_bytes(), &[Secret::from(secret)])).unwrap()
    }

    #[test]
    fn a_secret_is_known_in_every_spelling() {
        let go = r#"pa\"ss\u003cwörd-🦀?cañary"#;
        let ascii = r#"pa\"ss<w\u00f6rd-\ud83e\udd80?ca\u00F1ary"#;
        let percent = "pa%22ss%3cw%C3%B6rd-%F0%9F%A6%80%3Fca%c3%B1ary";
        let quoted = serde_json::to_string(SECRET).unwrap();
        for spelling in [SECRET, go, ascii, percent, quoted.as_str()] {
            assert_eq!(shown(&format!("a\nnot {spelling}!\nb\n"), SECRET), "a\n[redacted]\nb\n");
        }
        for user in ["", "u", "us", "use"] {
            let encoded = [
                STANDARD.encode(format!("{user}{SECRET}")),
                URL_SAFE.encode(format!("{user}:{SECRET}@host")),
                STANDARD.encode(format!("{user}{quoted}}}")),
            ];
            for spelling in encoded {
                let text = format!("Basic {spelling} was refused");
                assert_eq!(shown(&text, SECRET), "[redacted]", "{user}");
            }
        }
    }

    #[test]
    fn eight_letters_of_a_secret_are_a_part_of_it_and_seven_are_not() {
        let secret = "abcdefghijklmnop";
        assert_eq!(shown("ends in ijklmnop", secret), "[redacted]");
        assert_eq!(shown("ends in jklmnop.", secret), "ends in jklmnop.");
        assert_eq!(shown("ABCDEFGH", secret), "[redacted]");
        // Letters of base64 at each place.
        for user in ["", "u", "us"] {
            let encoded = STANDARD.encode(format!("{user}{secret}"));
            assert_eq!(shown(&encoded[6..14], secret), "[redacted]");
        }
        assert_eq!(shown("abc\ndefgh\nok\n", "abc\ndefgh"), "[redacted]\n[redacted]\nok\n");
    }

    #[test]
    fn a_short_secret_is_hidden_as_a_whole() {
        assert_eq!(shown("not s3cret!\nnot s3cre\n", "s3cret"), "[redacted]\nnot s3cre\n");
        assert_eq!(shown(r"not a\u003cb", "a<b"), "[redacted]");
        assert_eq!(shown(&STANDARD.encode("u:hunter"), "hunter"), "[redacted]");
        assert_eq!(shown("anything", ""), "anything");
    }

    #[test]
    fn other_words_stay_as_they_are() {
        for text in ["", "\n", "locked", "note\r\n\n50% of \\ and \\u12 %zz\n", "ünï\n"] {
            assert_eq!(shown(text, SECRET), text);
        }
    }
}
