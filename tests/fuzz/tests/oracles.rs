//! What the targets measure by can fail.

use lockgate_fuzz_targets::shown::{assert_line, assert_lines};

#[test]
fn plain_text_passes() {
    assert_line("añ \u{3000} 字");
    assert_lines("a\nb");
}

#[test]
#[should_panic(expected = "a hidden character")]
fn a_line_feed_is_none_of_a_line() {
    assert_line("a\nb");
}

#[test]
#[should_panic(expected = "a hidden character")]
fn a_change_of_direction_is_found() {
    assert_lines("a\n\u{202e}b");
}
