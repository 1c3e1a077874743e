//! Where docker's configuration is.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The variable that names docker's folder.
const VARIABLE: &str = "DOCKER_CONFIG";

/// The folder of docker's `config.json`: what `DOCKER_CONFIG` names, as it is, else `.docker` in the
/// home directory.
#[must_use]
pub fn config_folder(variables: &BTreeMap<OsString, OsString>, home: &Path) -> PathBuf {
    named(variables, VARIABLE).unwrap_or_else(|| home.join(".docker"))
}

/// What a variable names; an empty one names nothing.
pub(super) fn named(variables: &BTreeMap<OsString, OsString>, name: &str) -> Option<PathBuf> {
    let value = variables.get(&OsString::from(name)).filter(|value| !value.is_empty())?;
    Some(PathBuf::from(value))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::config_folder;

    #[test]
    fn the_variable_names_a_folder_and_counts_only_if_it_names_one() {
        let folder = |value: Option<&str>| {
            let variables: BTreeMap<_, _> =
                value.into_iter().map(|value| ("DOCKER_CONFIG".into(), value.into())).collect();
            config_folder(&variables, Path::new("/home/u"))
        };
        assert_eq!(folder(Some("/d/../e")), Path::new("/d/../e"));
        assert_eq!(folder(Some("")), Path::new("/home/u/.docker"));
        assert_eq!(folder(None), Path::new("/home/u/.docker"));
    }
}
