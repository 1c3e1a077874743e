//! Where secrets come from, and where they may go.

use lockgate_core::{Origin, OriginPattern};

use crate::{first_line, text};

/// A pattern and, on the next line, an origin: each prints as it is written, and a pattern matches
/// itself or what is below it, label by label.
pub fn origins(data: &[u8]) -> bool {
    let Some((pattern, origin)) = text(data).map(first_line) else { return false };
    let origin = match origin.parse::<Origin>() {
        Ok(origin) => origin,
        Err(_) => return check_self(pattern),
    };
    assert_eq!(origin.to_string().parse::<Origin>().as_ref(), Ok(&origin));
    let Ok(read) = pattern.parse::<OriginPattern>() else { return false };
    check_self(pattern);
    let matches = read.matches(&origin);
    assert_eq!(matches, covers(pattern, &origin.to_string()), "{pattern:?} and {origin}");
    matches
}

/// Whether the text is a pattern; it then matches the origin that it names, and only that.
fn check_self(pattern: &str) -> bool {
    let (Ok(read), Ok(named)) = (pattern.parse::<OriginPattern>(), pattern.parse::<Origin>())
    else {
        assert!(pattern.parse::<OriginPattern>().is_err(), "{pattern:?} is no origin");
        return false;
    };
    assert_eq!(named.to_string(), pattern, "it prints as it is written");
    assert_ne!(named, Origin::Provider, "what may go everywhere is not listed");
    assert_eq!(read.matches(&named), covers(pattern, pattern), "{pattern:?} and itself");
    true
}

/// The rule in other words: the same text, or `*.` stands for one or more labels.
fn covers(pattern: &str, origin: &str) -> bool {
    match pattern.strip_prefix("http:").and_then(|pattern| pattern.split_once("://*.")) {
        None => pattern == origin,
        Some((scheme, base)) => {
            let start = format!("http:{scheme}://");
            let Some(host) = origin.strip_prefix(start.as_str()) else { return false };
            let Some(labels) = host.strip_suffix(base) else { return false };
            labels.len() > 1 && labels.ends_with('.')
        }
    }
}
