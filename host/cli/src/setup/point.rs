//! Points cargo at Lockgate.

use lockgate_broker::Context;
use lockgate_core::{Registry, escape};
use lockgate_registry::cargo::ConfigEdit;

use super::changes::Change;
use super::config_file::ConfigFile;
use super::entries::Entries;
use super::plan::{Plan, link_line};
use super::program::Program;
use super::record::{Link, Part, Place, Record, Step, digest};
use super::{Cargo, SHELL, list, own, surroundings};
use crate::cargo::context;
use crate::error::CommandError;

pub(super) const CRATES_IO: &str = "crates-io";

const QUESTION: &str = "Change cargo's configuration so?";

pub(super) fn point(arguments: &Cargo) -> Result<(), CommandError> {
    let context = context()?;
    let file = ConfigFile::read(&context.cargo_home)?;
    let program = Program::find(arguments.bin_dir.as_deref(), context.machine.home())?;
    let edit = ConfigEdit::new(&file.path, file.text.as_deref().unwrap_or_default())?;
    let (change, warnings) = changed(arguments, &context, &file, &program, edit)?;
    program.check_replaceable(arguments.replace)?;
    let before = file.text.as_deref();
    let plan = Plan {
        path: file.shown()?,
        before,
        after: if change.is_none() { before } else { Some(change.edit.text()) },
        links: link_lines(&program),
        warnings,
        question: QUESTION,
    };
    if !change.is_none() {
        file.check_writable()?;
    }
    if plan.agreed(&arguments.asking)? {
        carry_out(&Place::within(&context.machine.folders.state), &file, &program, &change)?;
        tell_of_tokens(&context);
    } else if plan.changes_nothing() {
        SHELL.status("Unchanged", &format!("nothing to do in {}", escape(plan.path)));
    }
    Ok(())
}

/// The file's new text, and what was changed to make it.
struct Changed {
    edit: ConfigEdit,
    changes: Vec<Change>,
}

impl Changed {
    fn is_none(&self) -> bool {
        self.edit.splices().is_empty()
    }
}

/// What changes, and what a person should know about it.
fn changed(
    arguments: &Cargo,
    context: &Context,
    file: &ConfigFile,
    program: &Program,
    mut edit: ConfigEdit,
) -> Result<(Changed, Vec<String>), CommandError> {
    let name = arguments.registry.as_deref();
    let registry = selected(context, name.unwrap_or(CRATES_IO))?;
    let mut entries = Entries::new(context, &registry, program);
    let (changes, others) = match name {
        Some(name) => (
            own::change(&mut entries, &arguments.provider, file, &mut edit, name)?,
            surroundings::warnings_for(context, &file.path, &registry),
        ),
        None => (
            list::change(&mut entries, &arguments.provider, file, &mut edit)?,
            surroundings::warnings(context, &file.path),
        ),
    };
    let warnings = program.warnings().into_iter().chain(entries.warnings).chain(others);
    Ok((Changed { edit, changes }, warnings.collect()))
}

fn selected(context: &Context, name: &str) -> Result<Registry, CommandError> {
    context.cargo.select(Some(name)).map_err(|error| CommandError::from_error(&error))
}

fn link_lines(program: &Program) -> Vec<String> {
    if !program.is_missing() {
        return Vec::new();
    }
    let old = program.leads_to().map(|old| link_line('-', &program.link, old));
    old.into_iter().chain([link_line('+', &program.link, &program.file)]).collect()
}

/// The record first, so that whatever ends this leaves something that `--undo` takes back; the file
/// last, so that it never names what is not there.
fn carry_out(
    place: &Place,
    file: &ConfigFile,
    program: &Program,
    change: &Changed,
) -> Result<(), CommandError> {
    let locked = place.lock()?;
    file.check_unchanged()?;
    let mut record = locked.read(place)?;
    add(&mut record, file, program, change)?;
    locked.write(&record)?;
    if program.is_missing() {
        program.make()?;
        let link = link_line(' ', &program.link, &program.file);
        SHELL.status("Linked", link.trim_start());
    }
    if !change.is_none() {
        file.write(Some(change.edit.text()))?;
        SHELL.status("Changed", &escape(file.shown()?));
    }
    Ok(())
}

/// The same once, where one was interrupted before.
fn add(
    record: &mut Record,
    file: &ConfigFile,
    program: &Program,
    change: &Changed,
) -> Result<(), CommandError> {
    if !change.is_none() {
        let step = Step {
            file: file.shown()?.to_owned(),
            existed: file.text.is_some(),
            before: digest(file.text.as_deref().unwrap_or_default()),
            after: digest(change.edit.text()),
            splices: change.edit.splices().iter().map(Part::of).collect(),
            changes: change.changes.clone(),
        };
        record.steps.retain(|known| *known != step);
        record.steps.push(step);
    }
    if program.is_missing() {
        let before = program.leads_to().map(ToOwned::to_owned);
        let link = Link { path: program.link.clone(), target: program.file.clone(), before };
        record.links.retain(|known| *known != link);
        record.links.push(link);
    }
    Ok(())
}

/// cargo's own warning is wrong then, and cannot be silenced.
fn tell_of_tokens(context: &Context) {
    let sources = context.token_sources();
    if sources.kept().is_ok_and(|kept| !kept.tables_with_tokens().is_empty()) {
        SHELL.note(
            "cargo may warn that tokens in credentials.toml are ignored, since it does not read them \
             itself any more; Lockgate's `cargo:token` does",
        );
    }
}
