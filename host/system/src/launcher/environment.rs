//! The variables that a program gets.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::error::Refusal;
use super::{Launchable, Variable};

/// Variables that make a loader, an interpreter or git run other code, whatever a grant says.
const LOADER_PREFIXES: &[&str] = &["LD_", "DYLD_", "BASH_FUNC_", "PYTHON", "PERL5", "GIT_"];
const LOADER_NAMES: &[&str] = &[
    "BASH_ENV",
    "ENV",
    "GCONV_PATH",
    "GLIBC_TUNABLES",
    "IFS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "NODE_OPTIONS",
    "NODE_PATH",
    "RUBYLIB",
    "RUBYOPT",
    "_JAVA_OPTIONS",
];

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
    if let Some(loader) = variables.iter().find(|variable| is_loader(&variable.name)) {
        return Err(Refusal::LoaderVariable { name: loader.name.clone() });
    }
    Ok(variables.into_iter().filter_map(assignment).collect())
}

fn assignment(variable: &Variable) -> Option<(OsString, OsString)> {
    let value = variable.value.as_ref()?;
    Some((OsString::from(&variable.name), OsString::from_vec(value.to_vec())))
}

fn is_loader(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    LOADER_NAMES.contains(&upper.as_str())
        || LOADER_PREFIXES.iter().any(|prefix| upper.starts_with(prefix))
}
