//! Untrusted text on its way to a person's terminal.

use std::borrow::Cow;

/// One line of text in which nothing acts on a terminal or hides from the eye: control characters
/// (line ends and tabs too), marks that change the direction of writing, characters without width
/// and tags are shown as `\u{..}`.
#[must_use]
pub fn escape(text: &str) -> String {
    replace(text, is_hidden)
}

/// As [`escape`], but line feeds stay what they are.
#[must_use]
pub fn escape_lines(text: &str) -> String {
    replace(text, |character| character != '\n' && is_hidden(character))
}

/// JSON in which nothing acts on a terminal or hides from the eye, and which means the same: what
/// [`escape`] would show is written as `\uXXXX`, in two halves where JSON needs them. Line feeds stay
/// what they are. `json` is as serializers write it, without other white space than that and blanks.
#[must_use]
pub fn escape_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || !is_hidden(character) {
            shown.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            shown.push_str(&format!("\\u{unit:04x}"));
        }
    }
    shown
}

/// The text, or, if it is longer than `limit` bytes, the whole characters that fit and an ellipsis.
/// Cut first and escape then, so that no escape is cut in two.
#[must_use]
pub fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    match text.get(..text.floor_char_boundary(limit)) {
        Some(start) if start.len() < text.len() => Cow::Owned(format!("{start}…")),
        _ => Cow::Borrowed(text),
    }
}

/// A word for a command that a person copies into a shell, in quotes if it needs them.
#[must_use]
pub fn shell_word(word: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"=:/._-,+@%".contains(&byte);
    match !word.is_empty() && word.bytes().all(is_plain) {
        true => Cow::Borrowed(word),
        false => Cow::Owned(format!("'{}'", word.replace('\'', "'\\''"))),
    }
}

fn replace(text: &str, replaced: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if replaced(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a character acts on a terminal, changes the direction of writing or cannot be seen.
/// Variation selectors are none: pictures that people send each other have them.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // Direction: single marks, embeddings and overrides, isolates.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            // Without width, or ending a line for some programs.
            | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}'
            | '\u{feff}' | '\u{ad}' | '\u{34f}' | '\u{fff0}'..='\u{fffb}'
            // Blank letters of some scripts.
            | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{3164}' | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            // Tags, which carry a second, hidden text, and what else lies there.
            | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::{escape, escape_json, escape_lines, shell_word, shorten};

    /// What may never reach a terminal, written down a second time as plain ranges.
    const NEVER: [std::ops::RangeInclusive<u32>; 19] = [
        0x00..=0x1f,
        0x7f..=0x9f,
        0xad..=0xad,
        0x34f..=0x34f,
        0x061c..=0x061c,
        0x115f..=0x1160,
        0x17b4..=0x17b5,
        0x180b..=0x180f,
        0x200b..=0x200f,
        0x2028..=0x202e,
        0x2060..=0x206f,
        0x3164..=0x3164,
        0xfeff..=0xfeff,
        0xffa0..=0xffa0,
        0xfff0..=0xfffb,
        0x1bca0..=0x1bca3,
        0x1d173..=0x1d17a,
        0xe0000..=0xe007f,
        0xe0080..=0xe0fff,
    ];

    #[test]
    fn every_character_is_kept_or_shown_by_its_number() {
        for character in '\0'..=char::MAX {
            let hidden = NEVER.iter().any(|range| range.contains(&u32::from(character)));
            let expected = match hidden {
                true => format!("a\\u{{{:x}}}b", u32::from(character)),
                false => format!("a{character}b"),
            };
            assert_eq!(escape(&format!("a{character}b")), expected);
            if character != '\n' {
                assert_eq!(escape_lines(&format!("a{character}b")), expected);
            }
        }
    }

    #[test]
    fn only_escape_lines_keeps_the_line_feed() {
        assert_eq!(escape("a\nb\rc"), "a\\u{a}b\\u{d}c");
        assert_eq!(escape_lines("a\nb\rc"), "a\nb\\u{d}c");
    }

    #[test]
    fn shortens_at_whole_characters() {
        assert_eq!(shorten("añb", 4), "añb");
        assert_eq!(shorten("añb", 3), "añ…");
        assert_eq!(shorten("añb", 2), "a…");
        assert_eq!(shorten("añb", 0), "…");
        assert_eq!(shorten("", 0), "");
    }

    #[test]
    fn escaped_json_means_the_same_and_shows_everything() {
        let text = "a\u{7f}\u{9b}31m\u{202e}\u{e0041}\u{feff}ä🦀";
        let escaped = escape_json(&format!("{{\n  \"key\": \"{text}\"\n}}\n"));
        let said = r"a\u007f\u009b31m\u202e\udb40\udc41\ufeffä🦀";
        assert_eq!(escaped, format!("{{\n  \"key\": \"{said}\"\n}}\n"));
    }

    #[test]
    fn what_a_shell_would_change_is_quoted() {
        for (word, shown) in [
            ("http=https://a.example:8443/x", "http=https://a.example:8443/x"),
            ("process=/usr/bin/op read *", "'process=/usr/bin/op read *'"),
            ("files=~/a", "'files=~/a'"),
            ("environment={registry.token}", "'environment={registry.token}'"),
            ("a'b", "'a'\\''b'"),
            ("$(x)", "'$(x)'"),
            ("", "''"),
        ] {
            assert_eq!(shell_word(word), shown);
        }
    }
}
