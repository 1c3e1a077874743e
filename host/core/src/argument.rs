//! Arguments of native programs, as a grant describes them.

/// What one argument may be: fixed text with holes that a provider fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentTemplate(pub Vec<ArgumentPart>);

/// A part of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentPart {
    /// Exactly this. Holes that the host fills (`{registry.host}`) have become this already.
    Text(String),
    /// One or more letters, digits and `._@+:=,~%-`, and not `.` or `..`.
    Word,
    /// The same and slashes, without `.` and `..` between them.
    Path,
}

/// Longest argument with a hole, in bytes.
const MAX_ARGUMENT: usize = 4096;

impl ArgumentTemplate {
    /// Whether an argument is of this form. What begins with a hole never begins with `-`, so that
    /// a provider cannot make an option of a value.
    pub fn covers(&self, argument: &str) -> bool {
        let fixed_start =
            matches!(self.0.first(), Some(ArgumentPart::Text(text)) if !text.is_empty());
        let safe_start = fixed_start || !argument.starts_with('-');
        safe_start && argument.len() <= MAX_ARGUMENT && covers(&self.0, argument)
    }
}

fn covers(parts: &[ArgumentPart], text: &str) -> bool {
    let Some((part, rest)) = parts.split_first() else { return text.is_empty() };
    match part {
        ArgumentPart::Text(fixed) => {
            text.strip_prefix(fixed.as_str()).is_some_and(|left| covers(rest, left))
        }
        ArgumentPart::Word => hole(text, rest, is_word),
        ArgumentPart::Path => hole(text, rest, is_path),
    }
}

/// Tries every length of the hole. A grant has one hole in an argument, and arguments are capped.
fn hole(text: &str, rest: &[ArgumentPart], fits: fn(&str) -> bool) -> bool {
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
    ends.map(|end| text.split_at(end)).any(|(hole, left)| fits(hole) && covers(rest, left))
}

fn is_word(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._@+:=,~%-".contains(&byte);
    !text.is_empty() && text.bytes().all(fits) && text != "." && text != ".."
}

fn is_path(text: &str) -> bool {
    text.split('/').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::ArgumentPart::{Path, Text, Word};
    use super::ArgumentTemplate;

    #[test]
    fn a_hole_is_a_word_and_never_an_option() {
        let text = |text: &str| Text(text.to_owned());
        let item = ArgumentTemplate(vec![text("op://corp/"), Word]);
        let path = ArgumentTemplate(vec![text("op://corp/"), Path]);
        let word = ArgumentTemplate(vec![Word]);
        let option = ArgumentTemplate(vec![text("--account="), Word]);
        for (template, argument, covered) in [
            (&item, "op://corp/cargo", true),
            (&item, "op://corp/", false),
            (&item, "op://corp/..", false),
            (&item, "op://corp/cargo/token", false),
            (&item, "op://corp/$(touch m)", false),
            (&item, "op://evil/cargo", false),
            (&path, "op://corp/cargo/token", true),
            (&path, "op://corp/../evil", false),
            (&path, "op://corp//evil", false),
            (&word, "cargo", true),
            (&word, "--config=/tmp/x", false),
            (&word, "-x", false),
            (&word, "", false),
            (&word, "a\0b", false),
            (&word, "a b", false),
            (&option, "--account=corp", true),
            (&option, "--config=corp", false),
        ] {
            assert_eq!(template.covers(argument), covered, "{template:?} {argument:?}");
        }
    }
}
