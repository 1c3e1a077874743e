//! Folders in which a program may be looked for by its name.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::check;
use crate::walk::{metadata, open_linked_folder};

/// Whether nobody but the user and root decides what is in this folder: it and every folder above it
/// belong to them, and others can write none of them.
pub fn is_program_folder(path: &Path) -> bool {
    let Ok(Some(folder)) = open_linked_folder(path) else { return false };
    let Ok(found) = metadata(&folder, path) else { return false };
    check::owner(found.uid(), path).is_ok() && check::not_writable_but_by_user(&found, path).is_ok()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the test arranges folders")]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::is_program_folder;

    #[test]
    fn folders_that_others_can_write_are_none() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("bin");
        std::fs::create_dir(&folder).unwrap();
        let with = |mode| std::fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
        for (mode, may) in [(0o755, true), (0o757, false), (0o1777, false), (0o700, true)] {
            with(mode);
            assert_eq!(is_program_folder(&folder), may, "{mode:o}");
        }
        std::fs::set_permissions(above.path(), Permissions::from_mode(0o777)).unwrap();
        assert!(!is_program_folder(&folder), "others can replace it");
        assert!(!is_program_folder(&above.path().join("none")));
        assert!(!is_program_folder("bin".as_ref()));
        assert!(is_program_folder("/usr/bin".as_ref()));
    }
}
