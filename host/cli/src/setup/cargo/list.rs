//! The list of providers for every registry that has none of its own.

use lockgate_core::escape;
use lockgate_registry::cargo::{ConfigEdit, Element, Setting, quoted, quoted_list};

use super::changes::{Change, set, set_element};
use super::entries::{Entries, as_text, split};
use super::surroundings::included;
use crate::cargo::is_ours;
use crate::error::CommandError;
use crate::setup::config_file::ConfigFile;

const KEY: [&str; 2] = ["registry", "global-credential-providers"];

/// The provider that does what cargo does where nothing is configured.
pub(super) const DEFAULT: &str = "cargo:token";

/// Has each entry of the list start Lockgate, or makes the list of `named` providers; of the one that
/// cargo has by itself if there is neither.
pub(super) fn change(
    entries: &mut Entries<'_>,
    named: &[String],
    file: &ConfigFile,
    edit: &mut ConfigEdit,
) -> Result<Vec<Change>, CommandError> {
    let mut changes = Vec::new();
    let found = edit.setting(&KEY)?;
    if let Some(found) = found.as_ref().filter(|found| !found.is_list) {
        let place = format!("{}:{}", file.path.display(), found.line);
        let message = "`registry.global-credential-providers` has to be a list, as cargo says too";
        return Err(CommandError::new(format!("{}: {message}", escape(&place))));
    }
    match found {
        Some(found) if named.is_empty() && !found.elements.is_empty() => {
            each_entry(entries, file, edit, &found, &mut changes)?;
        }
        found => whole(entries, named, file, edit, found.as_ref(), &mut changes)?,
    }
    Ok(changes)
}

fn each_entry(
    entries: &mut Entries<'_>,
    file: &ConfigFile,
    edit: &mut ConfigEdit,
    found: &Setting,
    changes: &mut Vec<Change>,
) -> Result<(), CommandError> {
    let mut ours = 0;
    for (at, element) in found.elements.iter().enumerate() {
        let words = entries.meant(split(&element.text), file, element.line)?;
        match entries.ours_for(&words) {
            Some(new) => {
                entry(edit, at, element, &new, changes)?;
                ours += 1;
            }
            None if words.first().is_some_and(|program| is_ours(program)) => ours += 1,
            None => {}
        }
    }
    if ours == 0 {
        entries.warnings.push(
            "none of the providers in the list is one that Lockgate has, so that cargo does not ask \
             it; name others with `--provider`"
                .to_owned(),
        );
    }
    Ok(())
}

fn entry(
    edit: &mut ConfigEdit,
    at: usize,
    element: &Element,
    words: &[String],
    changes: &mut Vec<Change>,
) -> Result<(), CommandError> {
    let text = as_text(edit, words, Some(&element.text), changes)?;
    match text == element.text {
        true => Ok(()),
        false => set_element(edit, &KEY, at, element, quoted(&text), changes),
    }
}

fn whole(
    entries: &mut Entries<'_>,
    named: &[String],
    file: &ConfigFile,
    edit: &mut ConfigEdit,
    found: Option<&Setting>,
    changes: &mut Vec<Change>,
) -> Result<(), CommandError> {
    if found.is_none() {
        refuse_included(entries, file)?;
    }
    let default = [DEFAULT.to_owned()];
    let mut texts = Vec::new();
    for name in if named.is_empty() { &default[..] } else { named } {
        let words = entries.ours_named(name)?;
        texts.push(as_text(edit, &words, None, changes)?);
    }
    match found.is_some_and(|found| found.elements.iter().map(|one| &one.text).eq(&texts)) {
        true => Ok(()),
        false => set(edit, &KEY, quoted_list(texts.iter().map(String::as_str)), changes),
    }
}

/// A list of its own would come beside the included one, and before it.
fn refuse_included(entries: &Entries<'_>, file: &ConfigFile) -> Result<(), CommandError> {
    match included(entries.context, &file.path) {
        None => Ok(()),
        Some(place) => Err(CommandError::new(format!(
            "`registry.global-credential-providers` is set in {place}, a file that is included, and \
             setup changes only `{}`; move the list there, and run the command again",
            escape(&file.path.display().to_string())
        ))),
    }
}
