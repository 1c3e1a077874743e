//! Takes back what setup changed.

use lockgate_core::escape;
use lockgate_registry::cargo::{ConfigEdit, Splice, changes_only_providers, shown_lines};

use super::changes::{Change, take_out};
use super::{CLIENT, config_file};
use crate::CARGO_PLUGIN_NAME;
use crate::cargo::context;
use crate::error::CommandError;
use crate::setup::config_file::ConfigFile;
use crate::setup::plan::{FilePlan, Plan};
use crate::setup::record::{Link, Part, Place, Record, Step, digest};
use crate::setup::{Asking, SHELL, links};

const QUESTION: &str = "Take this back?";

pub(super) fn undo(asking: &Asking) -> Result<(), CommandError> {
    let context = context()?;
    let place = Place::within(&context.machine.folders.state, CLIENT);
    let file = config_file(&context.cargo_home)?;
    let path = file.shown()?;
    let record: Record<Change> = place.read()?;
    let steps: Vec<_> = record.steps.iter().filter(|step| step.file == path).collect();
    // What another of cargo's homes names has to stay.
    let links = if steps.len() == record.steps.len() { &record.links[..] } else { &[] };
    if steps.is_empty() && links.is_empty() {
        SHELL.status("Unchanged", &nothing_changed(path, &record));
        return Ok(());
    }
    let before = file.text();
    let (after, mut warnings) = taken_back(&place, path, before, &steps)?;
    let after = after.as_deref();
    let plan = Plan {
        client: CLIENT,
        files: vec![FilePlan { path, before, after, shown: shown_lines }],
        links: links::taken_back(links, CARGO_PLUGIN_NAME, &mut warnings)?,
        warnings,
        question: QUESTION,
    };
    if before != after {
        file.check_writable()?;
    }
    // What is gone already is forgotten without a question.
    match plan.agreed(asking)? || (plan.changes_nothing() && !asking.dry_run) {
        true => carry_out(&place, &file, after, links),
        false => Ok(()),
    }
}

fn nothing_changed(path: &str, record: &Record<Change>) -> String {
    let other = record.steps.first().map(|step| {
        let file = escape(&step.file);
        format!("; it changed {file}, which the variable CARGO_HOME may name")
    });
    format!("setup changed nothing in {}{}", escape(path), other.unwrap_or_default())
}

/// The text without what setup changed, `None` where there was no file, and what is left to do by
/// hand.
fn taken_back(
    place: &Place,
    path: &str,
    before: Option<&str>,
    steps: &[&Step<Change>],
) -> Result<(Option<String>, Vec<String>), CommandError> {
    let Some(before) = before else { return Ok((None, Vec::new())) };
    let mut edit = ConfigEdit::new(path.as_ref(), before)?;
    let mut left = Vec::new();
    for step in steps.iter().rev() {
        left.extend(take_back(place, path, &mut edit, step)?);
    }
    let after = edit.text().to_owned();
    if !changes_only_providers(before, &after) {
        return Err(damaged(place));
    }
    let was_missing = steps.first().is_some_and(|step| !step.existed);
    Ok((Some(after).filter(|after| !after.is_empty() || !was_missing), left))
}

/// Byte for byte where the text is what the step made it, else what of it is there still.
fn take_back(
    place: &Place,
    path: &str,
    edit: &mut ConfigEdit,
    step: &Step<Change>,
) -> Result<Vec<String>, CommandError> {
    let now = digest(edit.text());
    if now == step.before {
        // It was interrupted before it changed anything.
        return Ok(Vec::new());
    }
    if now != step.after {
        return take_out(edit, path, &step.changes);
    }
    let splices: Vec<Splice> = step.splices.iter().map(Part::splice).collect();
    match edit.take_back(&splices) && digest(edit.text()) == step.before {
        true => Ok(Vec::new()),
        false => Err(damaged(place)),
    }
}

fn damaged(place: &Place) -> CommandError {
    CommandError::new(format!(
        "`{}` is not what setup wrote, and nothing was changed by it; take `cargo-credential-lockgate` \
         out of cargo's configuration by hand, then remove that file",
        place.shown()
    ))
}

/// The file first, so that it never names what is not there; the record last, so that whatever ends
/// this can be done again.
fn carry_out(
    place: &Place,
    file: &ConfigFile,
    after: Option<&str>,
    links: &[Link],
) -> Result<(), CommandError> {
    let locked = place.lock()?;
    file.check_unchanged()?;
    if file.text() != after {
        file.write(after)?;
        SHELL.status("Restored", &escape(file.shown()?));
    }
    links::take_back(links, CARGO_PLUGIN_NAME)?;
    let path = file.shown()?;
    let mut record: Record<Change> = locked.read()?;
    record.steps.retain(|step| step.file != path);
    record.links.retain(|link| !links.contains(link));
    locked.write(&record)
}
