//! What setup changes in files of docker's and podman's, and how that is taken out again.

use std::path::Path;

use lockgate_core::escape;
use lockgate_registry::docker::{DockerConfig, DockerConfigError, set_helper};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::CommandError;
use crate::setup::record::{Part, Step, digest};

const STORE: &str = "credsStore";
const HELPERS: &str = "credHelpers";

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Change {
    /// Which helper serves a server, or all that have none of their own.
    Helper { server: Option<String>, from: Option<String>, to: String },
    /// A file of our own.
    Whole,
}

/// A file's new text, and what was changed to make it.
pub(super) struct Edited {
    pub(super) text: Zeroizing<String>,
    pub(super) splices: Vec<Part>,
    pub(super) changes: Vec<Change>,
}

impl From<DockerConfigError> for CommandError {
    fn from(error: DockerConfigError) -> Self {
        Self::from_error(&error)
    }
}

impl Edited {
    pub(super) fn of(text: &str) -> Self {
        let text = Zeroizing::new(text.to_owned());
        Self { text, splices: Vec::new(), changes: Vec::new() }
    }

    /// Names the helper of a server; without one, of all servers that have none of their own.
    pub(super) fn name_helper(
        &mut self,
        path: &Path,
        server: Option<&str>,
        suffix: &str,
    ) -> Result<(), CommandError> {
        let from = helper_in(&self.text, server);
        if let Some(text) = set_helper(&self.text, path, server, Some(suffix))? {
            let removed = splice(&self.text, &text).removed;
            if !is_named(removed.trim(), from.as_deref()) {
                return Err(CommandError::new(format!(
                    "`{}` is written in a way that could not be taken back; look for a key that \
                     stands in it twice",
                    escape(&path.display().to_string())
                )));
            }
            let (server, to) = (server.map(str::to_owned), suffix.to_owned());
            self.changes.push(Change::Helper { server, from, to });
            self.replace(text);
        }
        Ok(())
    }

    /// Gives a file of our own this text.
    pub(super) fn write(&mut self, text: &str) {
        if *self.text != text {
            self.changes.push(Change::Whole);
            self.replace(Zeroizing::new(text.to_owned()));
        }
    }

    fn replace(&mut self, text: Zeroizing<String>) {
        self.splices.push(splice(&self.text, &text));
        self.text = text;
    }

    /// Takes the steps back, the newest first: what is left to do by hand.
    pub(super) fn take_back(
        &mut self,
        path: &Path,
        steps: &[&Step<Change>],
    ) -> Result<Vec<String>, TakeBackError> {
        let mut left = Vec::new();
        for step in steps.iter().rev() {
            let now = digest(&self.text);
            if now == step.before {
                // It was interrupted before it changed anything.
                continue;
            }
            match now == step.after {
                true => self.text = before(&self.text, step).ok_or(TakeBackError::Record)?,
                false => left.extend(self.take_out(path, &step.changes)?),
            }
        }
        Ok(left)
    }

    /// Of a file that others changed since, only what is still ours.
    fn take_out(&mut self, path: &Path, changes: &[Change]) -> Result<Vec<String>, CommandError> {
        let mut left = Vec::new();
        for change in changes.iter().rev() {
            let shown = escape(&path.display().to_string());
            let Change::Helper { server, from, to } = change else {
                left.push(format!("`{shown}` was changed since, and stays"));
                continue;
            };
            let server = server.as_deref();
            let now = helper_in(&self.text, server);
            if now.as_deref() == Some(to) {
                let text = set_helper(&self.text, path, server, from.as_deref())?;
                self.text = text.unwrap_or_else(|| self.text.clone());
            } else if let Some(now) = now.filter(|now| from.as_ref() != Some(now)) {
                let key = server.map_or(STORE.to_owned(), |server| format!("{HELPERS}.{server}"));
                let before = match from {
                    Some(from) => format!("it was `{}` before", escape(from)),
                    None => "it was not there before".to_owned(),
                };
                let (key, now) = (escape(&key), escape(&now));
                left.push(format!("{shown}: `{key}` was changed to `{now}` since; {before}"));
            }
        }
        Ok(left)
    }
}

/// Why steps cannot be taken back.
pub(super) enum TakeBackError {
    /// The record is not what setup wrote.
    Record,
    Command(CommandError),
}

impl From<CommandError> for TakeBackError {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}

/// The text that a step was made from; `None` if its splices do not lead there.
fn before(text: &str, step: &Step<Change>) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(text.to_owned());
    for Part { at, removed, inserted } in step.splices.iter().rev() {
        let end = at.checked_add(inserted.len())?;
        if text.get(*at..end)? != inserted {
            return None;
        }
        text.replace_range(*at..end, removed);
    }
    Some(text).filter(|text| digest(text) == step.before)
}

/// The one part in which two texts differ.
fn splice(before: &str, after: &str) -> Part {
    let same = |(one, other): &(char, char)| one == other;
    let pairs = before.chars().zip(after.chars());
    let at: usize = pairs.take_while(same).map(|(one, _)| one.len_utf8()).sum();
    let behind = |text: &str| text.get(at..).unwrap_or_default().to_owned();
    let (removed, inserted) = (behind(before), behind(after));
    let pairs = removed.chars().rev().zip(inserted.chars().rev());
    let end: usize = pairs.take_while(same).map(|(one, _)| one.len_utf8()).sum();
    let front = |text: &str| text.get(..text.len() - end).unwrap_or_default().to_owned();
    Part { at, removed: front(&removed), inserted: front(&inserted) }
}

/// Whether what goes out of a file is nothing but the name that stood there. It is kept in the record,
/// where no secret may be.
fn is_named(removed: &str, from: Option<&str>) -> bool {
    removed.is_empty() || removed == "null" || from.is_some_and(|from| from.contains(removed))
}

/// What the file itself says of a server, or of all.
fn helper_in(text: &str, server: Option<&str>) -> Option<String> {
    let config = DockerConfig::parse(text, Path::new("")).ok()?;
    match server {
        None => config.store().map(str::to_owned),
        Some(server) => {
            let found = config.helpers().find(|(key, _)| *key == server);
            found.map(|(_, suffix)| suffix.to_owned())
        }
    }
}

/// Whether two texts of docker's say the same but for who is asked. A record that somebody else wrote
/// can change no more than that.
pub(super) fn changes_only_helpers(before: &str, after: &str) -> bool {
    let rest = |text: &str| {
        let text = if text.trim().is_empty() { "{}" } else { text };
        let mut value: Value = serde_json::from_str(text).ok()?;
        let members = value.as_object_mut()?;
        members.retain(|key, _| {
            !key.eq_ignore_ascii_case(STORE) && !key.eq_ignore_ascii_case(HELPERS)
        });
        Some(value)
    };
    matches!((rest(before), rest(after)), (Some(before), Some(after)) if before == after)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Edited, changes_only_helpers, splice};
    use crate::setup::record::Part;

    #[test]
    fn a_splice_is_the_part_that_differs_and_no_more() {
        for (before, after, at, removed, inserted) in [
            ("{}", "{\"a\":1}", 1, "", "\"a\":1"),
            ("", "{}", 0, "", "{}"),
            ("aXb", "aYb", 1, "X", "Y"),
            ("aa", "aaa", 2, "", "a"),
            ("aaa", "aa", 2, "a", ""),
            ("\u{e4}", "\u{eb}", 0, "\u{e4}", "\u{eb}"),
            ("same", "same", 4, "", ""),
        ] {
            let expected = Part { at, removed: removed.to_owned(), inserted: inserted.to_owned() };
            assert_eq!(splice(before, after), expected, "{before} {after}");
        }
    }

    #[test]
    fn a_record_gets_no_more_of_a_file_than_the_name_that_stood_there() {
        let path = Path::new("/c");
        for (file, allowed) in [
            (r#"{"auths":{"a":{"auth":"SECRET"}}}"#, true),
            (r#"{"credsStore":"pass","auths":{"a":{"auth":"SECRET"}}}"#, true),
            (r#"{"credsStore":null,"auths":{"a":{"auth":"SECRET"}}}"#, true),
            (r#"{"credsStore":"a","auths":{"a":{"auth":"SECRET"}},"credsStore":"b"}"#, false),
        ] {
            let mut edited = Edited::of(file);
            let done = edited.name_helper(path, None, "lockgate");
            assert_eq!(done.is_ok(), allowed, "{file}");
            assert!(!format!("{:?}", edited.splices).contains("SECRET"), "{file}");
        }
    }

    #[test]
    fn nothing_else_than_helpers_may_be_changed_by_a_record() {
        let file = r#"{"auths":{"a":{"auth":"x"}},"credsStore":"pass"}"#;
        for (after, allowed) in [
            (r#"{"auths":{"a":{"auth":"x"}},"credHelpers":{"a":"b"}}"#, true),
            (r#"{"auths":{"a":{"auth":"y"}},"credsStore":"pass"}"#, false),
            (r#"{"auths":{"a":{"auth":"x"}},"proxies":{},"credsStore":"pass"}"#, false),
            (r#"{"credsStore":"pass"}"#, false),
            ("", false),
            ("{", false),
        ] {
            assert_eq!(changes_only_helpers(file, after), allowed, "{after}");
        }
        assert!(changes_only_helpers("", r#"{"credsStore":"lockgate"}"#));
    }
}
