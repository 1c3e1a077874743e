//! Where a key goes, and what goes with it.

use std::ops::Range;

use toml_edit::{Item, Key, TableLike};

use super::place::{Document, Problem, without_mark};

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The byte at which it is made.
    pub at: usize,
    /// What was there.
    pub removed: String,
    /// What is there now.
    pub inserted: String,
}

impl Splice {
    pub(super) fn new(text: &str, range: Range<usize>, inserted: &str) -> Self {
        let removed = text.get(range.clone()).unwrap_or_default().to_owned();
        Self { at: range.start, removed, inserted: inserted.to_owned() }
    }

    /// The text with the change; `None` if it is not made for this text.
    pub(super) fn done(&self, text: &str) -> Option<String> {
        replace(text, self.at, &self.removed, &self.inserted)
    }

    /// The text without the change; `None` if it is not there.
    pub(super) fn undone(&self, text: &str) -> Option<String> {
        replace(text, self.at, &self.inserted, &self.removed)
    }
}

fn replace(text: &str, at: usize, old: &str, new: &str) -> Option<String> {
    let (before, rest) = text.split_at_checked(at)?;
    Some([before, new, rest.strip_prefix(old)?].concat())
}

/// Replaces a value or adds the key; whether this adds a header.
pub(super) fn set(
    document: &Document<'_>,
    key: &[&str],
    raw: &str,
) -> Result<(Splice, bool), Problem> {
    if let Some((_, item)) = document.entry(key)? {
        let span = document.span(item.as_value().and_then(toml_edit::Value::span));
        let span = span.ok_or_else(Problem::unclear)?;
        return Ok((Splice::new(document.text, span, raw), false));
    }
    let (name, path) = key.split_last().ok_or_else(Problem::unclear)?;
    let (found, missing) = nearest(document, path)?;
    let line = format!("{} = {raw}", Key::new(*name).display_repr());
    match found {
        Some(item) if is_inline(item) => {
            let entry = nested(missing, &line);
            put_inline(document, item, &entry).map(|splice| (splice, false))
        }
        Some(item) if missing.is_empty() => put_into(document, item, path, &line),
        _ => Ok((append(document, path, &line), true)),
    }
}

/// The last of the tables on the way that is there, and the names that are not.
fn nearest<'d, 'p>(
    document: &'d Document<'_>,
    path: &'p [&'p str],
) -> Result<(Option<&'d Item>, &'p [&'p str]), Problem> {
    let mut found = None;
    for at in 1..=path.len() {
        let (before, rest) = path.split_at(at);
        document.table(before)?;
        match document.entry(before)? {
            Some((_, item)) => found = Some((item, rest)),
            None => break,
        }
    }
    Ok(found.map_or((None, path), |(item, rest)| (Some(item), rest)))
}

fn is_inline(item: &Item) -> bool {
    item.is_inline_table()
}

/// An entry inside tables that are missing.
fn nested(missing: &[&str], line: &str) -> String {
    missing.iter().rev().fold(line.to_owned(), |inner, name| {
        format!("{} = {{ {inner} }}", Key::new(*name).display_repr())
    })
}

/// Into a table of lines.
fn put_into(
    document: &Document<'_>,
    item: &Item,
    path: &[&str],
    line: &str,
) -> Result<(Splice, bool), Problem> {
    let table = item.as_table().ok_or_else(Problem::unclear)?;
    if table.is_dotted() {
        return put_beside(document, table, line).map(|splice| (splice, false));
    }
    if table.is_implicit() {
        return Ok((append(document, path, line), true));
    }
    let span = document.span(table.span()).ok_or_else(Problem::unclear)?;
    Ok((put_below(document, span.start, line), false))
}

/// A table of its own at the end of the file.
fn append(document: &Document<'_>, path: &[&str], line: &str) -> Splice {
    let (text, end) = (document.text, document.line_end());
    let body = without_mark(text);
    let first = if body.is_empty() || text.ends_with('\n') { "" } else { end };
    let between = if body.trim().is_empty() { "" } else { end };
    let names: Vec<_> =
        path.iter().map(|name| Key::new(*name).display_repr().into_owned()).collect();
    let added = format!("{first}{between}[{}]{end}{line}{end}", names.join("."));
    Splice::new(text, text.len()..text.len(), &added)
}

/// A line below the table's header.
fn put_below(document: &Document<'_>, header: usize, line: &str) -> Splice {
    let header = document.lines(&(header..header));
    let end = document.line_end();
    let is_whole = document.text.get(header.clone()).is_some_and(|line| line.ends_with('\n'));
    let first = if is_whole { "" } else { end };
    Splice::new(document.text, header.end..header.end, &format!("{first}{line}{end}"))
}

/// A line above one that defines the same table by a dotted key, with the same words before it.
fn put_beside(
    document: &Document<'_>,
    table: &dyn TableLike,
    line: &str,
) -> Result<Splice, Problem> {
    let (first, _) = table.iter().next().ok_or_else(Problem::unclear)?;
    let key = table.key(first).and_then(|key| document.span(key.span()));
    let key = key.ok_or_else(Problem::unclear)?;
    let start = document.lines(&key).start;
    let words = document.text.get(start..key.start).ok_or_else(Problem::unclear)?;
    let added = format!("{words}{line}{}", document.line_end());
    Ok(Splice::new(document.text, start..start, &added))
}

/// At the beginning of a table in braces, or before the first dotted key that stands for it in one.
fn put_inline(document: &Document<'_>, item: &Item, entry: &str) -> Result<Splice, Problem> {
    let table = item.as_inline_table().ok_or_else(Problem::unclear)?;
    let first = table.iter().next().and_then(|(name, _)| table.key(name));
    match first {
        Some(key) => {
            let key = document.span(key.span()).ok_or_else(Problem::unclear)?;
            let start = match table.is_dotted() {
                true => words_before(document.text, key.start),
                false => key.start,
            };
            let words = document.text.get(start..key.start).ok_or_else(Problem::unclear)?;
            let added = format!("{words}{entry}, ");
            Ok(Splice::new(document.text, start..start, &added))
        }
        None => {
            let span = document.span(table.span()).ok_or_else(Problem::unclear)?;
            Ok(Splice::new(document.text, span, &format!("{{ {entry} }}")))
        }
    }
}

/// Where the words of a dotted key in braces begin.
fn words_before(text: &str, key: usize) -> usize {
    let before = text.get(..key).unwrap_or_default();
    let start = before.rfind(['{', ',']).map_or(key, |at| at + 1);
    let words = text.get(start..key).unwrap_or_default();
    key - words.trim_start().len()
}

/// What removes a key, if it is there.
pub(super) fn remove(document: &Document<'_>, path: &[&str]) -> Result<Option<Splice>, Problem> {
    let Some((key, item)) = document.entry(path)? else { return Ok(None) };
    let value = document.span(item.as_value().and_then(toml_edit::Value::span));
    let (Some(key), Some(value)) = (document.span(key.span()), value) else {
        return Err(Problem::unclear());
    };
    let entry = key.start..value.end;
    let inline = (1..path.len()).any(|at| {
        let above = path.get(..at).map(|above| document.entry(above));
        matches!(above, Some(Ok(Some((_, item)))) if is_inline(item))
    });
    let range = match inline {
        true => braced_entry(document.text, &entry),
        false => document.lines(&entry),
    };
    Ok(Some(Splice::new(document.text, range, "")))
}

/// An entry of a table in braces with the comma behind it, or else the one before it. The words of a
/// dotted key go with it.
fn braced_entry(text: &str, entry: &Range<usize>) -> Range<usize> {
    let start = words_before(text, entry.start);
    let behind = text.get(entry.end..).unwrap_or_default();
    let spaces = behind.len() - behind.trim_start_matches(' ').len();
    if let Some(rest) = behind.trim_start_matches(' ').strip_prefix(',') {
        let after = rest.len() - rest.trim_start_matches(' ').len();
        return start..entry.end + spaces + 1 + after;
    }
    let before = text.get(..start).unwrap_or_default().trim_end();
    match before.ends_with(',') {
        true => before.len() - 1..entry.end,
        false => start..entry.end,
    }
}

/// A text of a list with the comma behind it, or else the one before it; its whole line if there is
/// nothing else on it.
pub(super) fn list_entry(text: &str, span: &Range<usize>) -> Range<usize> {
    let behind = text.get(span.end..).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default();
    if let Some(rest) = behind.trim_start_matches([' ', '\t']).strip_prefix(',') {
        let end = text.len() - rest.len();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let alone = before.get(line..).is_some_and(|words| words.trim().is_empty());
        let next =
            rest.find('\n').filter(|at| rest.get(..*at).is_some_and(|e| e.trim().is_empty()));
        return match next.filter(|_| alone) {
            Some(at) => line..end + at + 1,
            None => span.start..end + (rest.len() - rest.trim_start_matches(' ').len()),
        };
    }
    let trimmed = before.trim_end();
    match trimmed.ends_with(',') {
        true => trimmed.len() - 1..span.end,
        false => span.clone(),
    }
}

/// What removes the header of an empty table, with the blank line before it.
pub(super) fn remove_header(
    document: &Document<'_>,
    path: &[&str],
) -> Result<Option<Splice>, Problem> {
    let Some((_, item)) = document.entry(path)? else { return Ok(None) };
    let Some(table) = item.as_table().filter(|table| table.is_empty() && !table.is_implicit())
    else {
        return Ok(None);
    };
    let span = document.span(table.span()).ok_or_else(Problem::unclear)?;
    let header = document.lines(&(span.start..span.start));
    let before = document.text.get(..header.start).unwrap_or_default();
    let end = document.line_end();
    let blank = format!("{end}{end}");
    let start = match before.ends_with(&blank) {
        true => header.start - end.len(),
        false => header.start,
    };
    Ok(Some(Splice::new(document.text, start..header.end, "")))
}
