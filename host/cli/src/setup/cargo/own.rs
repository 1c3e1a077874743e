//! The provider of one registry alone.

use lockgate_registry::cargo::{ConfigEdit, Setting, quoted, quoted_list};

use super::changes::{Change, set};
use super::entries::{Entries, fit_a_text, split};
use super::list::DEFAULT;
use super::point::CRATES_IO;
use crate::error::CommandError;
use crate::setup::config_file::ConfigFile;

const KEY: &str = "credential-provider";

/// Has the registry's provider be asked by Lockgate, or the `named` one.
pub(super) fn change(
    entries: &mut Entries<'_>,
    named: &[String],
    file: &ConfigFile,
    edit: &mut ConfigEdit,
    registry: &str,
) -> Result<Vec<Change>, CommandError> {
    let key = match registry {
        CRATES_IO => vec!["registry", KEY],
        name => vec!["registries", name, KEY],
    };
    let found = edit.setting(&key)?;
    let mut changes = Vec::new();
    if let Some(words) = words(entries, named, file, found.as_ref())? {
        // cargo does not put a text and a list of two files together.
        let as_list = found.as_ref().is_some_and(|found| found.is_list) || !fit_a_text(&words);
        if !says_so(found.as_ref(), &words, as_list) {
            set(edit, &key, written(&words, as_list), &mut changes)?;
        }
    }
    Ok(changes)
}

/// The words that start Lockgate; none if they are there.
fn words(
    entries: &mut Entries<'_>,
    named: &[String],
    file: &ConfigFile,
    found: Option<&Setting>,
) -> Result<Option<Vec<String>>, CommandError> {
    match (named, found) {
        ([], Some(found)) => {
            let words = entries.meant(words_of(found), file, found.line)?;
            Ok(entries.ours_for(&words))
        }
        ([], None) => entries.ours_named(DEFAULT).map(Some),
        ([one], _) => entries.ours_named(one).map(Some),
        _ => Err(CommandError::new(
            "a registry has one provider of its own; name one with `--provider`",
        )),
    }
}

fn words_of(setting: &Setting) -> Vec<String> {
    let texts = setting.elements.iter().map(|element| element.text.as_str());
    match setting.is_list {
        true => texts.map(str::to_owned).collect(),
        false => texts.flat_map(split).collect(),
    }
}

fn says_so(found: Option<&Setting>, words: &[String], as_list: bool) -> bool {
    found.is_some_and(|found| found.is_list == as_list && words_of(found) == words)
}

fn written(words: &[String], as_list: bool) -> String {
    match as_list {
        true => quoted_list(words.iter().map(String::as_str)),
        false => quoted(&words.join(" ")),
    }
}
