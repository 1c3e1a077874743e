//! Whom podman, skopeo and buildah ask: `credential-helpers` in `registries.conf`.
//!
//! A user's own `registries.conf` takes the place of the system's whole file. What lies in the folders
//! `registries.conf.d` is put on top of it, the system's files first and then the user's, each in the
//! order of their names; the last file that has the list has it whole.

use std::path::{Path, PathBuf};

use lockgate_core::escape;
use toml_edit::Document;

use super::SUFFIX;
use crate::error::CommandError;
use crate::setup::config_file::ConfigFile;

/// Our own file, in the home folder. A letter comes behind the numbers that others begin with.
pub(super) const DROP_IN: &str = ".config/containers/registries.conf.d/lockgate.conf";

const KEY: &str = "credential-helpers";

/// In the place of a helper: podman's own files of credentials, and docker's.
pub(crate) const FILES: &str = "containers-auth.json";

/// The system's files, and the user's in the home folder.
const SYSTEM: &str = "/etc/containers";
const USERS: &str = ".config/containers";

/// Whom they ask, and which file says so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Helpers {
    /// In their order.
    pub(crate) list: Vec<String>,
    /// `None` if no file says anything.
    pub(crate) file: Option<PathBuf>,
}

impl Helpers {
    /// Whether Lockgate is asked before all others.
    pub(crate) fn begin_with_us(&self) -> bool {
        self.list.first().is_some_and(|first| first == SUFFIX)
    }
}

/// What all files say together; without those that `is_read` leaves out.
pub(crate) fn helpers(
    home: &Path,
    is_read: impl Fn(&Path) -> bool,
) -> Result<Helpers, CommandError> {
    helpers_of(Path::new(SYSTEM), &home.join(USERS), is_read)
}

fn helpers_of(
    system: &Path,
    users: &Path,
    is_read: impl Fn(&Path) -> bool,
) -> Result<Helpers, CommandError> {
    let mut found = Helpers { list: vec![FILES.to_owned()], file: None };
    for file in files(system, users).into_iter().filter(|file| is_read(file)) {
        if let Some(list) = list_in(&file)? {
            found = Helpers { list, file: Some(file) };
        }
    }
    Ok(found)
}

/// The files that are read, in their order.
fn files(system: &Path, users: &Path) -> Vec<PathBuf> {
    let own = users.join("registries.conf");
    if own.exists() {
        return std::iter::once(own).chain(drop_ins(users)).collect();
    }
    let whole = std::iter::once(system.join("registries.conf"));
    whole.chain(drop_ins(system)).chain(drop_ins(users)).collect()
}

fn drop_ins(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join("registries.conf.d")).into_iter().flatten();
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "conf")).collect();
    files.sort();
    files
}

/// The list of one file; nothing if it has none, or is not there.
fn list_in(path: &Path) -> Result<Option<Vec<String>>, CommandError> {
    let file = ConfigFile::read(&[path.to_owned()])?;
    let shown = escape(&path.display().to_string());
    let document = Document::parse(file.text().unwrap_or_default()).map_err(|error| {
        CommandError::new(format!("`{shown}` is not TOML: {}", error.message()))
    })?;
    let Some(item) = document.get(KEY) else { return Ok(None) };
    let texts = item.as_array().map(|list| list.iter().map(|one| one.as_str().map(str::to_owned)));
    let list = texts.and_then(Iterator::collect::<Option<Vec<_>>>);
    let wrong = || CommandError::new(format!("`{KEY}` in `{shown}` must be a list of texts"));
    list.map(Some).ok_or_else(wrong)
}

/// Our own file: Lockgate first, and then whoever was asked before.
pub(super) fn drop_in(before: &Helpers) -> String {
    let others = before.list.iter().filter(|name| *name != SUFFIX);
    let names = std::iter::once(SUFFIX).chain(others.map(String::as_str));
    let list: toml_edit::Array = names.collect();
    format!(
        "# Made by `lockgate setup docker --podman`, and taken back with `--undo`.\n{KEY} = {list}\n"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "the tests arrange files")]

    use std::fs;
    use std::path::PathBuf;

    use super::{FILES, Helpers, drop_in, helpers_of};

    struct Machine {
        folder: tempfile::TempDir,
    }

    impl Machine {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            for side in ["system", "users"] {
                fs::create_dir_all(folder.path().join(side).join("registries.conf.d")).unwrap();
            }
            Self { folder }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn write(&self, name: &str, list: &str) {
            fs::write(self.path(name), format!("credential-helpers = {list}\n")).unwrap();
        }

        fn asked(&self) -> Vec<String> {
            helpers_of(&self.path("system"), &self.path("users"), |_| true).unwrap().list
        }
    }

    #[test]
    fn the_last_file_that_has_a_list_has_it_whole() {
        let machine = Machine::new();
        assert_eq!(machine.asked(), [FILES]);
        for (name, list, expected) in [
            ("system/registries.conf", "['a', 'b']", vec!["a", "b"]),
            ("system/registries.conf.d/90.conf", "['c']", vec!["c"]),
            ("users/registries.conf.d/10.conf", "['d']", vec!["d"]),
            ("users/registries.conf.d/lockgate.conf", "['e']", vec!["e"]),
            ("users/registries.conf.d/zz.txt", "['f']", vec!["e"]),
        ] {
            machine.write(name, list);
            assert_eq!(machine.asked(), expected, "{name}");
        }
        // A user's own file takes the place of all of the system's.
        for name in ["10.conf", "lockgate.conf"] {
            fs::remove_file(machine.path("users/registries.conf.d").join(name)).unwrap();
        }
        assert_eq!(machine.asked(), ["c"]);
        fs::write(machine.path("users/registries.conf"), "short-name-mode = 'enforcing'\n")
            .unwrap();
        assert_eq!(machine.asked(), [FILES]);
    }

    #[test]
    fn what_is_no_list_of_texts_is_told_with_its_file() {
        let machine = Machine::new();
        for text in ["credential-helpers = 'a'\n", "credential-helpers = [1]\n", "[\n"] {
            fs::write(machine.path("users/registries.conf"), text).unwrap();
            let error = helpers_of(&machine.path("system"), &machine.path("users"), |_| true);
            let error = error.unwrap_err();
            assert!(error.message().contains("users/registries.conf"), "{}", error.message());
        }
    }

    #[test]
    fn our_own_file_keeps_whom_others_named() {
        let list = |names: &[&str]| {
            let list = names.iter().map(|name| (*name).to_owned()).collect();
            let text = drop_in(&Helpers { list, file: None });
            text.lines().last().unwrap().to_owned()
        };
        let ours = "credential-helpers = [\"lockgate\", \"containers-auth.json\"]";
        assert_eq!(list(&[FILES]), ours);
        assert_eq!(list(&[FILES, "lockgate"]), ours);
        assert_eq!(list(&["a\"b"]), "credential-helpers = [\"lockgate\", 'a\"b']");
    }
}
