//! Points cargo at Lockgate.

use lockgate_broker::Context;
use lockgate_core::{Registry, escape};
use lockgate_registry::cargo::{ConfigEdit, shown_lines};

use super::changes::Change;
use super::entries::Entries;
use super::{CLIENT, Cargo, config_file, list, own, surroundings};
use crate::CARGO_PLUGIN_NAME;
use crate::cargo::context;
use crate::error::CommandError;
use crate::setup::config_file::ConfigFile;
use crate::setup::plan::{FilePlan, Plan};
use crate::setup::program::Program;
use crate::setup::record::{Part, Place, Step, digest};
use crate::setup::{SHELL, links};

pub(super) const CRATES_IO: &str = "crates-io";

const QUESTION: &str = "Change cargo's configuration so?";

pub(super) fn point(arguments: &Cargo) -> Result<(), CommandError> {
    let context = context()?;
    let file = config_file(&context.cargo_home)?;
    let names = (CLIENT, CARGO_PLUGIN_NAME);
    let program = Program::find(names, arguments.bin_dir.as_deref(), context.machine.home())?;
    let edit = ConfigEdit::new(&file.path, file.text().unwrap_or_default())?;
    let (change, warnings) = changed(arguments, &context, &file, &program, edit)?;
    program.check_replaceable(arguments.replace)?;
    let path = file.shown()?;
    let before = file.text();
    let after = if change.is_none() { before } else { Some(change.edit.text()) };
    let plan = Plan {
        client: CLIENT,
        files: vec![FilePlan { path, before, after, shown: shown_lines }],
        links: links::made(&program),
        warnings,
        question: QUESTION,
    };
    if !change.is_none() {
        file.check_writable()?;
    }
    if plan.agreed(&arguments.asking)? {
        let place = Place::within(&context.machine.folders.state, CLIENT);
        carry_out(&place, &file, &program, &change)?;
        tell_of_tokens(&context);
    } else if plan.changes_nothing() {
        SHELL.status("Unchanged", &format!("nothing to do in {}", escape(path)));
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
    let mut record = locked.read()?;
    if !change.is_none() {
        record.add(step(file, change)?);
    }
    record.add_name(program);
    locked.write(&record)?;
    links::make(program)?;
    if !change.is_none() {
        file.write(Some(change.edit.text()))?;
        SHELL.status("Changed", &escape(file.shown()?));
    }
    Ok(())
}

fn step(file: &ConfigFile, change: &Changed) -> Result<Step<Change>, CommandError> {
    Ok(Step {
        file: file.shown()?.to_owned(),
        existed: file.text().is_some(),
        before: digest(file.text().unwrap_or_default()),
        after: digest(change.edit.text()),
        splices: change.edit.splices().iter().map(Part::of).collect(),
        changes: change.changes.clone(),
    })
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
