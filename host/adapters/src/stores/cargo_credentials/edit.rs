//! Changes of a credentials file's text that leave every other byte as it is.

#[cfg(test)]
mod tests;

use std::ops::Range;

use toml_edit::{Key, TableLike, Value};
use zeroize::Zeroizing;

use super::CredentialTable;
use super::document::Document;
use super::error::Problem;

/// What `cargo logout` removes.
const KEYS: [&str; 3] = ["token", "secret-key", "secret-key-subject"];

type Text = Zeroizing<String>;

/// The text with this token in this table.
pub(super) fn save(text: &str, table: &CredentialTable, token: &str) -> Result<Text, Problem> {
    let document = Document::parse(text)?;
    let value = Zeroizing::new(Value::from(token).to_string());
    let mut changed = match document.table(table)? {
        Some(found) => set(&document, table, found, &value)?,
        None => add(&document, table, &value)?,
    };
    if *table == CredentialTable::CratesIo {
        // cargo would put the old token back in the place of the new one when it next writes.
        changed = without(&changed, &Place::Root, "token")?.0;
    }
    let saved = Document::parse(&changed)?.token(table)?;
    match saved.is_some_and(|saved| saved.expose() == token.as_bytes()) {
        true => Ok(changed),
        false => Err(unclear()),
    }
}

/// The text without tokens and keys in these tables, and whether there was a token.
pub(super) fn remove(text: &str, tables: &[CredentialTable]) -> Result<(Text, bool), Problem> {
    let mut changed = Zeroizing::new(text.to_owned());
    let mut had_token = false;
    for table in tables {
        for key in KEYS {
            let (without, found) = without(&changed, &Place::Table(table), key)?;
            changed = without;
            had_token |= found && key == "token";
        }
        if *table == CredentialTable::CratesIo {
            let (without, found) = without(&changed, &Place::Root, "token")?;
            changed = without;
            had_token |= found;
        }
    }
    let left = Document::parse(&changed)?;
    for table in tables {
        if left.token(table)?.is_some() {
            return Err(unclear());
        }
    }
    drop(left);
    Ok((changed, had_token))
}

enum Place<'a> {
    Root,
    Table(&'a CredentialTable),
}

/// Replaces the token of a table that is there, or puts one into it.
fn set(
    document: &Document<'_>,
    name: &CredentialTable,
    table: &dyn TableLike,
    value: &str,
) -> Result<Text, Problem> {
    if let Some(old) = table.get("token") {
        let Some(span) = old.as_value().and_then(|old| document.span(old.span())) else {
            return Err(document.problem(old, "the token must be a string"));
        };
        return Ok(splice(document.text(), &span, &[value]));
    }
    let item = document.table_item(name)?;
    let span = item.and_then(|item| document.span(item.span()));
    match item {
        Some(item) if item.is_inline_table() => {
            put_inline(document, table, span, &["token = ", value])
        }
        Some(item) if item.as_table().is_some_and(|found| found.is_dotted()) => {
            put_beside(document, table, value)
        }
        Some(item) if item.as_table().is_some_and(|found| found.is_implicit()) => {
            Ok(append(document, name, value))
        }
        _ => Ok(put_below(document, &span.ok_or_else(unclear)?, value)),
    }
}

/// Adds the table with a token in it.
fn add(document: &Document<'_>, name: &CredentialTable, value: &str) -> Result<Text, Problem> {
    if let CredentialTable::Named(name) = name
        && let Some(registries) = document.root().get("registries")
        && let Some(table) = registries.as_inline_table()
    {
        let key = Key::new(name);
        let span = document.span(table.span());
        let name = key.display_repr();
        return put_inline(document, table, span, &[&*name, " = { token = ", value, " }"]);
    }
    Ok(append(document, name, value))
}

/// A table of its own at the end of the file.
fn append(document: &Document<'_>, name: &CredentialTable, value: &str) -> Text {
    let (text, end) = (document.text(), document.line_end());
    let unfinished = !text.trim_start_matches('\u{feff}').is_empty() && !text.ends_with('\n');
    let between = match text.trim_start_matches('\u{feff}').trim().is_empty() {
        true => "",
        false => end,
    };
    let header = match name {
        CredentialTable::CratesIo => "[registry]".to_owned(),
        CredentialTable::Named(name) => format!("[registries.{}]", Key::new(name).display_repr()),
    };
    let first = if unfinished { end } else { "" };
    let parts = [first, between, &header, end, "token = ", value, end];
    splice(text, &(text.len()..text.len()), &parts)
}

/// A line below the table's header.
fn put_below(document: &Document<'_>, table: &Range<usize>, value: &str) -> Text {
    let header = document.lines(&(table.start..table.start));
    let end = document.line_end();
    let first = match document.text().get(header.clone()).is_some_and(|line| line.ends_with('\n')) {
        true => "",
        false => end,
    };
    splice(document.text(), &(header.end..header.end), &[first, "token = ", value, end])
}

/// A line above one that defines the same table by a dotted key, with the same words before it.
fn put_beside(
    document: &Document<'_>,
    table: &dyn TableLike,
    value: &str,
) -> Result<Text, Problem> {
    let (first, _) = table.iter().next().ok_or_else(unclear)?;
    let key = table.key(first).and_then(|key| document.span(key.span())).ok_or_else(unclear)?;
    let line = document.lines(&key);
    let words = document.text().get(line.start..key.start).ok_or_else(unclear)?;
    let parts = [words, "token = ", value, document.line_end()];
    Ok(splice(document.text(), &(line.start..line.start), &parts))
}

/// At the beginning of an inline table.
fn put_inline(
    document: &Document<'_>,
    table: &dyn TableLike,
    span: Option<Range<usize>>,
    entry: &[&str],
) -> Result<Text, Problem> {
    let first = table.iter().next().and_then(|(name, _)| table.key(name));
    let mut parts = entry.to_vec();
    let range = match first {
        Some(key) => {
            parts.push(", ");
            let key = document.span(key.span()).ok_or_else(unclear)?;
            key.start..key.start
        }
        None => {
            parts.insert(0, "{ ");
            parts.push(" }");
            span.ok_or_else(unclear)?
        }
    };
    Ok(splice(document.text(), &range, &parts))
}

/// The text without one entry, and whether there was one.
fn without(text: &str, place: &Place<'_>, name: &str) -> Result<(Text, bool), Problem> {
    let document = Document::parse(text)?;
    let (table, inline) = match place {
        Place::Root => (Some(document.root()), false),
        Place::Table(table) => {
            let item = document.table_item(table)?;
            (document.table(table)?, item.is_some_and(toml_edit::Item::is_inline_table))
        }
    };
    let Some((key, item)) = table.and_then(|table| table.get_key_value(name)) else {
        return Ok((Zeroizing::new(text.to_owned()), false));
    };
    let value = item.as_value().and_then(|value| document.span(value.span()));
    let (Some(key), Some(value)) = (document.span(key.span()), value) else {
        return Err(document.problem(item, "this must be a value, not a table"));
    };
    let entry = key.start..value.end;
    let range = match inline || in_inline_table(&document, place) {
        true => inline_entry(text, &entry),
        false => document.lines(&entry),
    };
    Ok((splice(text, &range, &[]), true))
}

/// Whether a table stands inside an inline one (`registries = { a.token = "x" }`).
fn in_inline_table(document: &Document<'_>, place: &Place<'_>) -> bool {
    let registries = document.root().get("registries");
    matches!(place, Place::Table(CredentialTable::Named(_)))
        && registries.is_some_and(toml_edit::Item::is_inline_table)
}

/// An entry of an inline table with the comma behind it, or else the one before it. The words of a
/// dotted key go with it.
fn inline_entry(text: &str, entry: &Range<usize>) -> Range<usize> {
    let before = text.get(..entry.start).unwrap_or_default();
    let behind = text.get(entry.end..).unwrap_or_default();
    let start = before.rfind(['{', ',']).map_or(entry.start, |at| at + 1);
    let spaces = behind.len() - behind.trim_start().len();
    if behind.trim_start().starts_with(',') {
        return start..entry.end + spaces + 1;
    }
    match before.get(..start).is_some_and(|words| words.ends_with(',')) {
        true => start - 1..entry.end,
        false => start..entry.end,
    }
}

fn splice(text: &str, range: &Range<usize>, parts: &[&str]) -> Text {
    let before = text.get(..range.start).unwrap_or_default();
    let behind = text.get(range.end..).unwrap_or_default();
    let added: usize = parts.iter().map(|part| part.len()).sum();
    // All of it at once: a string that grows leaves copies behind.
    let mut whole = String::with_capacity(before.len() + added + behind.len());
    whole.push_str(before);
    parts.iter().for_each(|part| whole.push_str(part));
    whole.push_str(behind);
    Zeroizing::new(whole)
}

fn unclear() -> Problem {
    let what = "the registry's table is written in a way that cannot be changed here";
    Problem { line: 1, what: what.to_owned() }
}
