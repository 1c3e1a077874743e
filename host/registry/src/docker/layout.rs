//! Where the parts of a `config.json` stand.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use super::members::{Member, members};
use super::{DockerConfigError, MAX_DOCKER_CONFIG};

/// Credentials by server.
pub(super) const AUTHS: &str = "auths";
/// The helper that keeps everything.
pub(super) const STORE: &str = "credsStore";
/// Helpers by server.
pub(super) const HELPERS: &str = "credHelpers";

/// What JSON takes for space.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// An object of the text.
#[derive(Clone)]
pub(super) struct Object<'a> {
    /// What is between its braces.
    pub(super) inside: Range<usize>,
    pub(super) members: Vec<Member<'a>>,
}

impl Object<'_> {
    /// The space before its first member.
    pub(super) fn first_space<'t>(&self, text: &'t str) -> Option<&'t str> {
        text.get(self.inside.start..self.members.first()?.start)
    }
}

/// A text that is JSON, with the members of its root.
pub(super) struct Layout<'a> {
    pub(super) text: &'a str,
    pub(super) path: &'a Path,
    /// None in a file that says nothing.
    pub(super) root: Option<Object<'a>>,
}

impl<'a> Layout<'a> {
    /// A file without a value, or with `null`, says nothing, as for docker.
    pub(super) fn parse(text: &'a str, path: &'a Path) -> Result<Self, DockerConfigError> {
        if text.len() > MAX_DOCKER_CONFIG {
            return Err(DockerConfigError::TooLarge { path: path.to_owned() });
        }
        let layout = Self { text, path, root: None };
        let what = || "docker's configuration".to_owned();
        let root = layout.object(layout.first(), text, what)?;
        Ok(Self { root, ..layout })
    }

    /// The values of a field of the root, which docker puts over one another in this order.
    pub(super) fn fields(&self, name: &str) -> impl Iterator<Item = &Member<'a>> {
        let members = self.root.iter().flat_map(|root| &root.members);
        members.filter(move |member| member.is_called(name))
    }

    /// The objects whose members docker puts together as this field; a `null` takes back those before.
    pub(super) fn section(&self, name: &str) -> Result<Vec<Object<'a>>, DockerConfigError> {
        let mut objects = Vec::new();
        for member in self.fields(name) {
            match self.object(member.value.start, member.raw, || format!("`{name}`"))? {
                Some(object) => objects.push(object),
                None => objects.clear(),
            }
        }
        Ok(objects)
    }

    fn object(
        &self,
        start: usize,
        raw: &'a str,
        what: impl FnOnce() -> String,
    ) -> Result<Option<Object<'a>>, DockerConfigError> {
        parse_object(self.text, raw).map_err(|error| match error.is_data() {
            true => self.kind(start, what(), "an object in braces"),
            false => self.not_json(&error),
        })
    }

    pub(super) fn kind(
        &self,
        at: usize,
        what: String,
        expected: &'static str,
    ) -> DockerConfigError {
        DockerConfigError::Kind { path: self.path.to_owned(), line: self.line(at), what, expected }
    }

    pub(super) fn unclear(&self) -> DockerConfigError {
        DockerConfigError::Unclear { path: self.path.to_owned() }
    }

    /// The line of a byte, from 1.
    fn line(&self, at: usize) -> usize {
        line(self.text, at)
    }

    /// The first byte that is no space.
    fn first(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(SPACE).len()
    }

    /// Only the whole text can be no JSON: its parts were read with it.
    fn not_json(&self, error: &serde_json::Error) -> DockerConfigError {
        DockerConfigError::NotJson {
            path: self.path.to_owned(),
            line: error.line().max(1),
            column: error.column().max(1),
            problem: problem(error),
        }
    }
}

/// The object that is written as this part of a text; `None` for `null` and for nothing at all.
pub(super) fn parse_object<'a>(
    whole: &str,
    part: &'a str,
) -> Result<Option<Object<'a>>, serde_json::Error> {
    let value = part.trim_matches(SPACE);
    if value.is_empty() || value == "null" {
        return Ok(None);
    }
    let members = members(whole, part)?;
    let start = value.as_ptr().addr().saturating_sub(whole.as_ptr().addr());
    Ok(Some(Object { inside: start + 1..start + value.len() - 1, members }))
}

/// What the parser says without the place. It quotes nothing of the text where that is no JSON.
pub(super) fn problem(error: &serde_json::Error) -> String {
    error.to_string().split(" at line ").next().unwrap_or_default().to_owned()
}

/// The line of a byte of a text, from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The members that count, in the order of the text: the last one of each key.
pub(super) fn effective<'o, 'a>(objects: &'o [Object<'a>]) -> Vec<&'o Member<'a>> {
    let mut seen = HashSet::new();
    let members = objects.iter().rev().flat_map(|object| object.members.iter().rev());
    let mut last: Vec<_> = members.filter(|member| seen.insert(&*member.key)).collect();
    last.reverse();
    last
}
