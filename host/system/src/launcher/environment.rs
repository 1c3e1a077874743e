//! The variables that a program gets.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use lockgate_core::misleads_programs;

use super::error::Refusal;
use super::{Launchable, Variable};

/// The whole environment of a program that is to get these granted variables.
pub(crate) fn environment(
    launchable: &Launchable,
    names: &[String],
) -> Result<Vec<(OsString, OsString)>, Refusal> {
    let mut variables = Vec::new();
    for name in names {
        let granted = launchable.granted.iter().find(|variable| variable.name == *name);
        variables.push(granted.ok_or(Refusal::NotTold { what: "this variable" })?);
    }
    // The last of a name counts.
    variables.extend(&launchable.fixed);
    // Whatever a grant says.
    if let Some(loader) = variables.iter().find(|variable| misleads_programs(&variable.name)) {
        return Err(Refusal::LoaderVariable { name: loader.name.clone() });
    }
    Ok(variables.into_iter().filter_map(assignment).collect())
}

fn assignment(variable: &Variable) -> Option<(OsString, OsString)> {
    let value = variable.value.as_ref()?;
    Some((OsString::from(&variable.name), OsString::from_vec(value.to_vec())))
}
