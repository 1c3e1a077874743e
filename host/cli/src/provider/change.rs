//! `lockgate provider grant` and `revoke`: what an installed provider or a built-in bridge may do.

use lockgate_core::escape;
use lockgate_policy::{Grant, Line};
use serde_json::json;

use super::arguments::Change as Arguments;
use super::consent::changes;
use super::inspect::grant_json;
use super::question::{confirm, somebody_is_there};
use super::subject::Subject;
use super::{SHELL, forget_answers};
use crate::error::CommandError;
use crate::shell::{output, to_json, to_stderr};

/// What decisions call the text of the new grant.
const SOURCE: &str = "the grant";

pub(super) fn grant(arguments: &Arguments) -> Result<(), CommandError> {
    change(arguments, |subject| {
        let changes = changes(&subject.manifest, &subject.meant(&arguments.changes)?)?;
        subject.grant.with(&changes, SOURCE).map_err(|error| CommandError::from_error(&error))
    })
}

pub(super) fn revoke(arguments: &Arguments) -> Result<(), CommandError> {
    change(arguments, |subject| {
        let parse = |argument: &String| lockgate_policy::Change::parse(argument);
        let changes: Vec<_> = arguments
            .changes
            .iter()
            .map(parse)
            .collect::<Result<_, _>>()
            .map_err(|error| CommandError::from_error(&error))?;
        subject.grant.without(&changes).map_err(|error| CommandError::from_error(&error))
    })
}

/// Gives a built-in bridge a program, by its absolute path, without a question: the person was asked.
pub(super) fn grant_program(bridge: &str, program: &str) -> Result<(), CommandError> {
    let subject = Subject::find(bridge)?;
    let meant = subject.meant(&[format!("process={program}")])?;
    let changes = changes(&subject.manifest, &meant)?;
    let granted = subject.grant.with(&changes, SOURCE);
    let after = granted.map_err(|error| CommandError::from_error(&error))?;
    let machine = crate::machine()?;
    subject.set(&after.to_toml())?;
    forget_answers(&machine);
    Ok(())
}

fn change(
    arguments: &Arguments,
    make: impl FnOnce(&Subject) -> Result<Grant, CommandError>,
) -> Result<(), CommandError> {
    let subject = Subject::find(&arguments.provider)?;
    let after = make(&subject)?;
    let new = after.to_toml();
    let name = &subject.name;
    if new == subject.grant.to_toml() {
        SHELL.status("Unchanged", &format!("the grant of `{name}`"));
        return told(arguments, name, &after, false);
    }
    // Where the question is asked.
    to_stderr(&difference(&subject.grant, &after));
    let before = subject.useless(&subject.grant)?;
    let useless = subject.useless(&after)?;
    for warning in useless.iter().filter(|warning| !before.contains(warning)) {
        SHELL.warning(warning);
    }
    let machine = crate::machine()?;
    agreed(arguments)?;
    subject.set(&new)?;
    forget_answers(&machine);
    SHELL.status("Changed", &format!("the grant of `{name}`"));
    told(arguments, name, &after, true)
}

fn told(
    arguments: &Arguments,
    name: &str,
    grant: &Grant,
    changed: bool,
) -> Result<(), CommandError> {
    if arguments.json {
        let grant = grant_json(&grant.rules().lines());
        let answer = json!({ "name": name, "changed": changed, "grant": grant });
        output(to_json(&answer).as_bytes())?;
    }
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
    if !somebody_is_there() {
        return Err(CommandError::new(format!(
            "nobody can be asked whether to change the grant of `{name}`; say so with `--yes`"
        )));
    }
    match confirm(&format!("Change the grant of `{name}` so?"))? {
        true => Ok(()),
        false => Err(CommandError::new(format!("the grant of `{name}` was not changed"))),
    }
}
