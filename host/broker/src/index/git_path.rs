//! In which folders `git`, and what it starts, is looked for. No wall is around it, so that no folder of
//! a project's counts, whatever a project's `.envrc` puts into PATH.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use lockgate_system::is_program_folder;

/// Marks the top folder of a project.
const REPOSITORY: &str = ".git";

/// The folders of `path`, behind their links, that nobody but the user and root can write, and that are
/// none of the project's around the working directory.
pub(super) fn program_folders(
    path: &OsStr,
    working_directory: &Path,
    home: Option<&Path>,
) -> Vec<PathBuf> {
    let Ok(project) = project(working_directory, home) else { return Vec::new() };
    let is_projects = |folder: &Path| project.as_ref().is_some_and(|top| folder.starts_with(top));
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .filter_map(|folder| folder.canonicalize().ok())
        .filter(|folder| !is_projects(folder) && is_program_folder(folder))
        .collect()
}

/// The top folder of the repository that has the working directory, else that directory; `None` if the
/// user's home is in it, as then it is no project.
fn project(working_directory: &Path, home: Option<&Path>) -> io::Result<Option<PathBuf>> {
    let here = working_directory.canonicalize()?;
    let home = home.and_then(|home| home.canonicalize().ok());
    let is_project = |folder: &&Path| {
        let holds_home = home.as_ref().is_some_and(|home| home.starts_with(folder));
        folder.parent().is_some() && !holds_home
    };
    let around: Vec<&Path> = here.ancestors().take_while(is_project).collect();
    let top = around.iter().rfind(|folder| folder.join(REPOSITORY).exists());
    Ok(top.or(around.first()).map(|folder| (*folder).to_owned()))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests arrange folders")]
mod tests {
    use std::fs::{Permissions, create_dir_all, set_permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::program_folders;

    #[test]
    fn no_folder_of_the_projects_counts_and_the_users_own_do() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let place = |name: &str| root.join(name);
        for name in ["home/bin", "home/code/bin", "home/code/deep/bin", "home/open"] {
            create_dir_all(place(name)).unwrap();
        }
        set_permissions(place("home/open"), Permissions::from_mode(0o777)).unwrap();
        symlink(place("home/code/bin"), place("home/link")).unwrap();
        let path = std::env::join_paths([
            "bin".into(),
            place("home/code/bin"),
            place("home/code/deep/bin"),
            place("home/link"),
            place("home/open"),
            place("home/bin"),
        ])
        .unwrap();
        let home = place("home");
        let found = |from: &str| program_folders(&path, &place(from), Some(&home));
        assert_eq!(found("home/code"), [place("home/bin")]);
        let above = [place("home/code/bin"), place("home/code/bin"), place("home/bin")];
        assert_eq!(found("home/code/deep"), above);
        // The repository is the project, and not the folder in it alone.
        create_dir_all(place("home/code/.git")).unwrap();
        assert_eq!(found("home/code/deep"), [place("home/bin")]);
        // The home folder and those above it are no project.
        assert_eq!(found("home").len(), 4);
        assert_eq!(program_folders(&path, "/".as_ref(), None).len(), 4);
    }
}
