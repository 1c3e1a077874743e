//! How new lines look: as the others of the file, or as docker writes them.

use zeroize::Zeroizing;

use super::layout::Layout;

/// How docker writes.
const DOCKER: &str = "\n\t";

/// The space before each member, for each depth.
pub(super) struct Style {
    /// What a deeper line has more; nothing where all is on one line.
    unit: String,
    /// The space before a member of the root.
    pub(super) root: String,
}

impl Style {
    pub(super) fn of(layout: &Layout<'_>) -> Self {
        let root = layout.root.as_ref().and_then(|root| root.first_space(layout.text));
        let root = root.unwrap_or(DOCKER);
        let unit = root.rsplit_once('\n').map_or("", |(_, indent)| indent);
        Self { unit: unit.to_owned(), root: root.to_owned() }
    }

    /// The space before what is inside something with this space before it.
    pub(super) fn inside(&self, space: &str) -> String {
        if space.contains('\n') { format!("{space}{}", self.unit) } else { space.to_owned() }
    }

    /// The space before the brace that closes the root.
    pub(super) fn end(&self) -> String {
        match self.root.rsplit_once('\n') {
            Some((before, _)) => format!("{before}\n"),
            None => self.root.clone(),
        }
    }
}

/// A value that is written.
pub(super) enum NewValue<'a> {
    Text(&'a str),
    Object(Vec<(&'a str, &'a str)>),
}

impl NewValue<'_> {
    /// The value as a member that has this space before it.
    pub(super) fn write(&self, style: &Style, space: &str) -> Zeroizing<String> {
        let members = match self {
            Self::Text(text) => return quoted(text),
            Self::Object(members) => members,
        };
        let inner = style.inside(space);
        let mut written = Zeroizing::new("{".to_owned());
        for (number, (key, text)) in members.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            written = concat(&[&written, comma, &inner, &quoted(key), ": ", &quoted(text)]);
        }
        concat(&[&written, if members.is_empty() { "" } else { space }, "}"])
    }
}

/// A text as JSON, escaped as docker escapes it.
pub(super) fn quoted(text: &str) -> Zeroizing<String> {
    let mut quoted = Zeroizing::new(String::with_capacity(2 + 6 * text.len()));
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '<' | '>' | '&' | '\u{0}'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Texts in one piece, of which no growing leaves copies.
pub(super) fn concat(parts: &[&str]) -> Zeroizing<String> {
    let mut whole =
        Zeroizing::new(String::with_capacity(parts.iter().map(|part| part.len()).sum()));
    parts.iter().for_each(|part| whole.push_str(part));
    whole
}
