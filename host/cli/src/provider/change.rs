//! `lockgate provider grant` and `revoke`: what an installed provider may do.

use lockgate_core::escape;
use lockgate_policy::{Grant, Line};
use lockgate_providers::Installed;

use super::arguments::Change as Arguments;
use super::consent::changes;
use super::question::confirm;
use super::{SHELL, installed_name, store};
use crate::error::CommandError;
use crate::shell::{input_is_terminal, output};

/// What decisions call the text of the new grant.
const SOURCE: &str = "the grant";

pub(super) fn grant(arguments: &Arguments) -> Result<(), CommandError> {
    change(arguments, |installed, before| {
        let changes = changes(&installed.manifest()?, &arguments.changes)?;
        before.with(&changes, SOURCE).map_err(|error| CommandError::from_error(&error))
    })
}

pub(super) fn revoke(arguments: &Arguments) -> Result<(), CommandError> {
    change(arguments, |_, before| {
        let parse = |argument: &String| lockgate_policy::Change::parse(argument);
        let changes: Vec<_> = arguments
            .changes
            .iter()
            .map(parse)
            .collect::<Result<_, _>>()
            .map_err(|error| CommandError::from_error(&error))?;
        before.without(&changes).map_err(|error| CommandError::from_error(&error))
    })
}

fn change(
    arguments: &Arguments,
    make: impl FnOnce(&Installed, &Grant) -> Result<Grant, CommandError>,
) -> Result<(), CommandError> {
    let name = installed_name(&arguments.provider)?;
    let store = store()?;
    let installed = store.get(name.as_str())?;
    let (text, before) = (installed.grant_text()?, installed.grant()?);
    let after = make(&installed, &before)?;
    let new = after.to_toml();
    if new == before.to_toml() {
        SHELL.status("Unchanged", &format!("the grant of `{name}`"));
        return Ok(());
    }
    output(difference(&before, &after).as_bytes())?;
    agreed(arguments)?;
    store.set_grant(&installed, &text, &new)?;
    SHELL.status("Changed", &format!("the grant of `{name}`"));
    Ok(())
}

/// What was granted and will be: what stays, what goes (`-`) and what comes (`+`).
fn difference(before: &Grant, after: &Grant) -> String {
    let (before, after) = (before.rules().lines(), after.rules().lines());
    let is_in = |lines: &[Line], line: &Line| {
        let same =
            |known: &Line| known.capability == line.capability && known.subject == line.subject;
        lines.iter().any(same)
    };
    let show =
        |mark: char, line: &Line| format!("{mark} {} {}\n", line.capability, escape(&line.subject));
    let kept = before.iter().map(|line| show(if is_in(&after, line) { ' ' } else { '-' }, line));
    let new = after.iter().filter(|line| !is_in(&before, line)).map(|line| show('+', line));
    kept.chain(new).collect()
}

fn agreed(arguments: &Arguments) -> Result<(), CommandError> {
    let name = escape(&arguments.provider);
    if arguments.yes {
        return Ok(());
    }
    if !input_is_terminal() {
        return Err(CommandError::new(format!(
            "nobody can be asked whether to change the grant of `{name}`; say so with `--yes`"
        )));
    }
    match confirm(&format!("Change the grant of `{name}` so?"))? {
        true => Ok(()),
        false => Err(CommandError::new(format!("the grant of `{name}` was not changed"))),
    }
}
