//! What is wrong with JSON that holds secrets.

use serde_json::Error;
use serde_json::error::Category;

/// The line, counted from 1, and what is wrong there. The parser's own words quote what they do not
/// expect.
pub(crate) fn problem(error: &Error) -> (usize, &'static str) {
    let what = match error.classify() {
        Category::Eof => "the file ends too early",
        Category::Data => "a field is missing, unknown or not of its kind",
        _ => "this is not JSON",
    };
    (error.line().max(1), what)
}
