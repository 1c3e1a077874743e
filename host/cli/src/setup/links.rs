//! The name of this program in a folder of programs: made, and taken back.

use std::path::Path;

use lockgate_core::escape;
use lockgate_system::{Named, ProgramLink};

use super::SHELL;
use super::program::Program;
use super::record::Link;
use crate::error::CommandError;

/// A link as a plan shows it.
fn line(mark: char, path: &Path, target: &Path) -> String {
    let shown = |path: &Path| escape(&path.display().to_string());
    format!("{mark} {} -> {}", shown(path), shown(target))
}

/// What happens to the name when it is made, a line each.
pub(super) fn made(program: &Program) -> Vec<String> {
    if !program.is_missing() {
        return Vec::new();
    }
    let old = program.leads_to().map(|old| line('-', &program.link, old));
    old.into_iter().chain([line('+', &program.link, &program.file)]).collect()
}

/// Makes the name if it is missing.
pub(super) fn make(program: &Program) -> Result<(), CommandError> {
    if program.is_missing() {
        program.make()?;
        SHELL.status("Linked", line(' ', &program.link, &program.file).trim_start());
    }
    Ok(())
}

/// What happens to the links when they are taken back, a line each; of those that are something else
/// now a warning. `name` is the one name that setup gives.
pub(super) fn taken_back(
    links: &[Link],
    name: &str,
    warnings: &mut Vec<String>,
) -> Result<Vec<String>, CommandError> {
    let mut lines = Vec::new();
    for link in links {
        match planned(link, name)? {
            Some(planned) => lines.extend(planned),
            None => warnings.push(format!(
                "`{}` is not what setup made it, and stays",
                escape(&link.path.display().to_string())
            )),
        }
    }
    Ok(lines)
}

/// Takes them back, the newest first.
pub(super) fn take_back(links: &[Link], name: &str) -> Result<(), CommandError> {
    for link in links.iter().rev() {
        if planned(link, name)?.is_some_and(|lines| !lines.is_empty()) {
            restore(link)?;
        }
    }
    Ok(())
}

/// The lines of a plan for one link: none if it is gone, `None` if it is something else.
fn planned(link: &Link, name: &str) -> Result<Option<Vec<String>>, CommandError> {
    let is_ours = link.path.file_name().is_some_and(|found| found == name);
    let found = match ProgramLink::at(&link.path)?.filter(|_| is_ours) {
        Some(at) => at.found()?,
        None if is_ours => Named::Nothing,
        None => return Ok(None),
    };
    Ok(match found {
        Named::Nothing => Some(Vec::new()),
        Named::Link(target) if target == link.target => {
            let mut lines = vec![line('-', &link.path, &link.target)];
            lines.extend(link.before.iter().map(|before| line('+', &link.path, before)));
            Some(lines)
        }
        // As it was before.
        Named::Link(target) if Some(&target) == link.before.as_ref() => Some(Vec::new()),
        Named::Link(_) | Named::Other => None,
    })
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
