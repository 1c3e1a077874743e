//! What people may be shown, written down without the code that sees to it.

use std::error::Error;
use std::ops::RangeInclusive;

/// Characters that act on a terminal, change the direction of writing, or cannot be seen.
const HIDDEN: &[RangeInclusive<u32>] = &[
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

fn is_hidden(character: char) -> bool {
    HIDDEN.iter().any(|range| range.contains(&u32::from(character)))
}

/// Asserts that a text is one line, all of which can be seen.
pub fn assert_line(text: &str) {
    let hidden = text.chars().find(|character| is_hidden(*character));
    assert_eq!(hidden, None, "a hidden character in {text:?}");
}

/// Asserts that a text is some lines, all of which can be seen.
pub fn assert_lines(text: &str) {
    text.split('\n').for_each(assert_line);
}

/// An error with its causes, a line each, as the command line shows them.
pub(crate) fn told(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}\n{error}");
        cause = error.source();
    }
    told
}
