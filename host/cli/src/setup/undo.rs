//! Takes back what setup changed.

use std::ffi::OsStr;

use lockgate_core::escape;
use lockgate_registry::cargo::{ConfigEdit, Splice, changes_only_providers};
use lockgate_system::{Named, ProgramLink};

use super::changes::take_out;
use super::config_file::ConfigFile;
use super::plan::{Plan, link_line};
use super::record::{Link, Part, Place, Record, Step, digest};
use super::{Asking, SHELL};
use crate::CARGO_PLUGIN_NAME;
use crate::cargo::context;
use crate::error::CommandError;

const QUESTION: &str = "Take this back?";

pub(super) fn undo(asking: &Asking) -> Result<(), CommandError> {
    let context = context()?;
    let place = Place::within(&context.machine.folders.state);
    let file = ConfigFile::read(&context.cargo_home)?;
    let path = file.shown()?;
    let record = place.read()?;
    let steps: Vec<&Step> = record.steps.iter().filter(|step| step.file == path).collect();
    // What another of cargo's homes names has to stay.
    let links = if steps.len() == record.steps.len() { &record.links[..] } else { &[] };
    if steps.is_empty() && links.is_empty() {
        SHELL.status("Unchanged", &nothing_changed(path, &record));
        return Ok(());
    }
    let before = file.text.as_deref();
    let (after, mut warnings) = taken_back(&place, path, before, &steps)?;
    let links_shown = link_lines(links, &mut warnings)?;
    let after = after.as_deref();
    let plan = Plan { path, before, after, links: links_shown, warnings, question: QUESTION };
    if before != after {
        file.check_writable()?;
    }
    // What is gone already is forgotten without a question.
    match plan.agreed(asking)? || (plan.changes_nothing() && !asking.dry_run) {
        true => carry_out(&place, &file, after, links),
        false => Ok(()),
    }
}

/// What happens to the links, a line each; of those that are something else now a warning.
fn link_lines(links: &[Link], warnings: &mut Vec<String>) -> Result<Vec<String>, CommandError> {
    let mut lines = Vec::new();
    for link in links {
        match planned(link)? {
            Some(planned) => lines.extend(planned),
            None => warnings.push(format!(
                "`{}` is not what setup made it, and stays",
                escape(&link.path.display().to_string())
            )),
        }
    }
    Ok(lines)
}

fn nothing_changed(path: &str, record: &Record) -> String {
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
    steps: &[&Step],
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
    step: &Step,
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

/// The lines of a plan for one link: none if it is gone, `None` if it is something else.
fn planned(link: &Link) -> Result<Option<Vec<String>>, CommandError> {
    let is_ours = link.path.file_name() == Some(OsStr::new(CARGO_PLUGIN_NAME));
    let found = match ProgramLink::at(&link.path)?.filter(|_| is_ours) {
        Some(at) => at.found()?,
        None if is_ours => Named::Nothing,
        None => return Ok(None),
    };
    Ok(match found {
        Named::Nothing => Some(Vec::new()),
        Named::Link(target) if target == link.target => {
            let mut lines = vec![link_line('-', &link.path, &link.target)];
            lines.extend(link.before.iter().map(|before| link_line('+', &link.path, before)));
            Some(lines)
        }
        // As it was before.
        Named::Link(target) if Some(&target) == link.before.as_ref() => Some(Vec::new()),
        Named::Link(_) | Named::Other => None,
    })
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
    if file.text.as_deref() != after {
        file.write(after)?;
        SHELL.status("Restored", &escape(file.shown()?));
    }
    for link in links.iter().rev() {
        if planned(link)?.is_some_and(|lines| !lines.is_empty()) {
            restore(link)?;
        }
    }
    let path = file.shown()?;
    let mut record = locked.read(place)?;
    record.steps.retain(|step| step.file != path);
    record.links.retain(|link| !links.contains(link));
    locked.write(&record)
}

fn restore(link: &Link) -> Result<(), CommandError> {
    let Some(at) = ProgramLink::at(&link.path)? else { return Ok(()) };
    let shown = escape(&link.path.display().to_string());
    match &link.before {
        Some(before) => {
            at.make(before, &Named::Link(link.target.clone()))?;
            SHELL.status("Restored", &shown);
        }
        None => {
            at.remove(&link.target)?;
            SHELL.status("Removed", &shown);
        }
    }
    Ok(())
}
