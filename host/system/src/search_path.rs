//! Programs by their names in the folders of PATH.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The file of this name in the first of the folders that has a program of it. Folders that are not
/// absolute could be a project's, and are left out.
pub fn program_on_path(name: &str, path: &OsStr) -> Option<PathBuf> {
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(name)).find(|file| is_program(file))
}

/// Whether it is a file that somebody may run.
pub fn is_program(file: &Path) -> bool {
    const EXECUTE: u32 = 0o111;
    let found = file.metadata();
    found.is_ok_and(|found| found.is_file() && found.permissions().mode() & EXECUTE != 0)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::program_on_path;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "the test makes programs")]
    fn a_name_is_looked_for_in_absolute_folders_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        for (name, mode) in [("data/tool", 0o644), ("one/tool", 0o755), ("two/tool", 0o755)] {
            std::fs::create_dir_all(place(name).parent().unwrap()).unwrap();
            std::fs::write(place(name), "").unwrap();
            std::fs::set_permissions(place(name), PermissionsExt::from_mode(mode)).unwrap();
        }
        let path = |folders: &[PathBuf]| -> OsString { std::env::join_paths(folders).unwrap() };
        let folders = [PathBuf::new(), ".".into(), place("data"), place("one"), place("two")];
        assert_eq!(program_on_path("tool", &path(&folders)), Some(place("one/tool")));
        assert_eq!(program_on_path("tool", &path(&[place("data"), "one".into()])), None);
        assert_eq!(program_on_path("other", &path(&folders)), None);
    }
}
