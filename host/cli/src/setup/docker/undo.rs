//! Takes back what setup changed for docker and for podman.

use std::path::Path;

use lockgate_core::escape;
use zeroize::Zeroizing;

use super::change::{Change, Edited, TakeBackError, changes_only_helpers};
use super::files::write_docker_file;
use super::shown::{plain_lines, shown_lines};
use super::{CLIENT, Surroundings, kept};
use crate::docker_helper::PROGRAM;
use crate::error::CommandError;
use crate::setup::config_file::ConfigFile;
use crate::setup::diff::Shown;
use crate::setup::plan::{FilePlan, Plan};
use crate::setup::record::{Link, Place, Record, Step};
use crate::setup::{Asking, SHELL, links};

const QUESTION: &str = "Take this back?";

/// One file of which something is taken back.
struct Restored {
    file: ConfigFile,
    /// Its text then; `None` if there is no file then.
    after: Option<Zeroizing<String>>,
    is_dockers: bool,
    shown: Shown,
}

/// Of docker's file, or with `podman` of the files of podman and its kin.
pub(super) fn undo(here: &Surroundings, podman: bool, asking: &Asking) -> Result<(), CommandError> {
    let place = Place::within(&here.machine().folders.state, CLIENT);
    let record: Record<Change> = place.read()?;
    let mut warnings = Vec::new();
    let files = restored(here, podman, &place, &record, &mut warnings)?;
    let is_meant = |step: &Step<Change>| files.iter().any(|one| one.is_of(step));
    // What another file still names has to stay.
    let links = match record.steps.iter().all(is_meant) {
        true => &record.links[..],
        false => &[],
    };
    if files.is_empty() && links.is_empty() {
        SHELL.status("Unchanged", &nothing_changed(&record));
        return Ok(());
    }
    if !podman {
        warnings.extend(files.iter().filter_map(|one| kept::warning(here, one.after())));
    }
    let plan = Plan {
        client: CLIENT,
        files: files.iter().map(Restored::plan).collect::<Result<_, _>>()?,
        links: links::taken_back(links, PROGRAM, &mut warnings)?,
        warnings,
        question: QUESTION,
    };
    for one in files.iter().filter(|one| one.changes()) {
        one.file.check_writable()?;
    }
    // What is gone already is forgotten without a question.
    match plan.agreed(asking)? || (plan.changes_nothing() && !asking.dry_run) {
        true => carry_out(&place, &files, links),
        false => Ok(()),
    }
}

/// The files that setup changed, of those that are meant here.
fn restored(
    here: &Surroundings,
    podman: bool,
    place: &Place,
    record: &Record<Change>,
    warnings: &mut Vec<String>,
) -> Result<Vec<Restored>, CommandError> {
    let paths = match podman {
        true => vec![here.drop_in(), here.auth_file()],
        false => vec![here.docker_file()?.to_owned()],
    };
    let mut files = Vec::new();
    for path in paths {
        let steps: Vec<_> =
            record.steps.iter().filter(|step| Path::new(&step.file) == path).collect();
        if !steps.is_empty() {
            let file = ConfigFile::read(std::slice::from_ref(&path))?;
            let after = taken_back(place, &file, &steps, warnings)?;
            let shown = if path == here.drop_in() { plain_lines } else { shown_lines as Shown };
            files.push(Restored { file, after, is_dockers: !podman, shown });
        }
    }
    Ok(files)
}

/// The text without what setup changed; `None` where there was no file.
fn taken_back(
    place: &Place,
    file: &ConfigFile,
    steps: &[&Step<Change>],
    warnings: &mut Vec<String>,
) -> Result<Option<Zeroizing<String>>, CommandError> {
    let Some(before) = file.text() else { return Ok(None) };
    let mut edited = Edited::of(before);
    let left = edited.take_back(&file.path, steps).map_err(|error| match error {
        TakeBackError::Record => damaged(place),
        TakeBackError::Command(error) => error,
    })?;
    warnings.extend(left);
    let is_ours = steps.iter().all(|step| step.changes.iter().all(|one| *one == Change::Whole));
    if !is_ours && !changes_only_helpers(before, &edited.text) {
        return Err(damaged(place));
    }
    let was_missing = steps.first().is_some_and(|step| !step.existed);
    Ok(Some(edited.text).filter(|after| !after.is_empty() || !was_missing))
}

impl Restored {
    fn after(&self) -> Option<&str> {
        self.after.as_deref().map(String::as_str)
    }

    fn changes(&self) -> bool {
        self.file.text() != self.after()
    }

    fn is_of(&self, step: &Step<Change>) -> bool {
        Path::new(&step.file) == self.file.path
    }

    fn plan(&self) -> Result<FilePlan<'_>, CommandError> {
        let (before, after) = (self.file.text(), self.after());
        Ok(FilePlan { path: self.file.shown()?, before, after, shown: self.shown })
    }

    fn write(&self) -> Result<(), CommandError> {
        match self.after() {
            Some(after) if self.is_dockers => write_docker_file(&self.file, after)?,
            after => self.file.write(after)?,
        }
        SHELL.status("Restored", &escape(self.file.shown()?));
        Ok(())
    }
}

fn nothing_changed(record: &Record<Change>) -> String {
    let other = record.steps.first().map(|step| {
        let file = escape(&step.file);
        format!("; it changed {file}, for which another variable or `--podman` may be needed")
    });
    format!("setup changed nothing here{}", other.unwrap_or_default())
}

fn damaged(place: &Place) -> CommandError {
    CommandError::new(format!(
        "`{}` is not what setup wrote, and nothing was changed by it; take `lockgate` out of docker's \
         configuration by hand, then remove that file",
        place.shown()
    ))
}

/// The files first, so that they never name what is not there; the record last, so that whatever ends
/// this can be done again.
fn carry_out(place: &Place, files: &[Restored], links: &[Link]) -> Result<(), CommandError> {
    let locked = place.lock()?;
    for one in files {
        one.file.check_unchanged()?;
    }
    for one in files.iter().filter(|one| one.changes()) {
        one.write()?;
    }
    links::take_back(links, PROGRAM)?;
    let mut record: Record<Change> = locked.read()?;
    record.steps.retain(|step| !files.iter().any(|one| one.is_of(step)));
    record.links.retain(|link| !links.contains(link));
    locked.write(&record)
}
