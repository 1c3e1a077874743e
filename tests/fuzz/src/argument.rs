//! Arguments of native programs.

use lockgate_core::{ArgumentPart, ArgumentTemplate};

use crate::{first_line, text};

/// Longest argument that is tried where a template has more than one hole, which takes time.
const MAX_SEVERAL: usize = 48;

/// A template, in which `{word}` and `{path}` are holes, and an argument on the next line: what is
/// covered is no option that the template does not name, and nothing but plain characters is in a
/// hole.
pub fn argument_template(data: &[u8]) -> bool {
    let Some((template, argument)) = text(data).map(first_line) else { return false };
    let parts = parts(template);
    let holes = parts.iter().filter(|part| !matches!(part, ArgumentPart::Text(_))).count();
    if holes > 3 || (holes > 1 && argument.len() > MAX_SEVERAL) {
        return false;
    }
    let covered = ArgumentTemplate(parts.clone()).covers(argument);
    if holes < 2 {
        assert_eq!(covered, expected(&parts, argument), "{template:?} and {argument:?}");
    }
    if covered {
        assert!(!argument.starts_with('-') || template.starts_with('-'), "{argument:?}");
        let odd = |character: &char| character.is_whitespace() || character.is_control();
        let fixed = template.chars().filter(odd).count();
        assert_eq!(argument.chars().filter(odd).count(), fixed, "{template:?} and {argument:?}");
    }
    covered
}

fn parts(mut template: &str) -> Vec<ArgumentPart> {
    let mut parts = Vec::new();
    while !template.is_empty() {
        let (part, rest) = next(template);
        parts.push(part);
        template = rest;
    }
    parts
}

fn next(template: &str) -> (ArgumentPart, &str) {
    if let Some(rest) = template.strip_prefix("{word}") {
        return (ArgumentPart::Word, rest);
    }
    if let Some(rest) = template.strip_prefix("{path}") {
        return (ArgumentPart::Path, rest);
    }
    let holes = ["{word}", "{path}"].iter().filter_map(|hole| template.find(hole));
    let (text, rest) = template.split_at(holes.min().unwrap_or(template.len()));
    (ArgumentPart::Text(text.to_owned()), rest)
}

/// The rule in other words, for at most one hole.
fn expected(parts: &[ArgumentPart], argument: &str) -> bool {
    let text = |part: Option<&ArgumentPart>| match part {
        Some(ArgumentPart::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let Some(at) = parts.iter().position(|part| !matches!(part, ArgumentPart::Text(_))) else {
        return argument.len() <= 4096 && text(parts.first()) == argument;
    };
    let (before, after) = match at {
        0 => (String::new(), text(parts.get(1))),
        _ => (text(parts.first()), text(parts.get(at + 1))),
    };
    let rest = argument.strip_prefix(before.as_str());
    let Some(hole) = rest.and_then(|rest| rest.strip_suffix(after.as_str())) else { return false };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._@+:=,~%-".contains(&byte);
    let word = |word: &str| !word.is_empty() && word.bytes().all(plain);
    let fits = match parts.get(at) {
        Some(ArgumentPart::Path) => {
            hole.split('/').all(|segment| word(segment) && !["", ".", ".."].contains(&segment))
        }
        _ => word(hole),
    };
    fits && argument.len() <= 4096 && (!before.is_empty() || !argument.starts_with('-'))
}
