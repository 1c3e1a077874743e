//! Untrusted text on its way to a person's terminal.

use std::borrow::Cow;

/// One line of text in which nothing acts on a terminal or hides from the eye: control characters
/// (line ends and tabs too), marks that change the direction of writing, characters without width
/// and tags are shown as `\u{..}`.
#[must_use]
pub fn escape(text: &str) -> String {
    replace(text, is_unseen)
}

/// As [`escape`], but line feeds stay what they are.
#[must_use]
pub fn escape_lines(text: &str) -> String {
    replace(text, |character| character != '\n' && is_unseen(character))
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

fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // Direction: single marks, embeddings and overrides, isolates.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Without width, or ending a line for some programs.
            | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}'
            | '\u{feff}'
            // Tags, which carry a second, hidden text.
            | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::{escape, escape_lines, shorten};

    /// What may never reach a terminal, written down a second time as plain ranges.
    const NEVER: [std::ops::RangeInclusive<u32>; 9] = [
        0x00..=0x1f,
        0x7f..=0x9f,
        0x061c..=0x061c,
        0x200b..=0x200f,
        0x2028..=0x202e,
        0x2060..=0x2064,
        0x2066..=0x2069,
        0xfeff..=0xfeff,
        0xe0000..=0xe007f,
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
}
