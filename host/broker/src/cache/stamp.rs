//! What tells one state of a file from another, without reading it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Device, inode, size, and the seconds and nanoseconds of the last change, which nobody can set: another
/// file, or another content, has another of these.
type State = (u64, u64, u64, i64, i64);

/// A file as it was found.
#[derive(Debug)]
pub(super) struct Stamp {
    file: PathBuf,
    /// None if there was none.
    found: Option<State>,
}

impl Stamp {
    /// What the file is now.
    pub(super) fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), found: state(file) }
    }

    /// Whether it is still that.
    pub(super) fn holds(&self) -> bool {
        state(&self.file) == self.found
    }
}

fn state(file: &Path) -> Option<State> {
    let found = file.metadata().ok()?;
    Some((found.dev(), found.ino(), found.size(), found.ctime(), found.ctime_nsec()))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests change files as anybody would")]
mod tests {
    use std::fs::{self, File, FileTimes};

    use super::Stamp;

    #[test]
    fn another_file_or_another_content_is_told_also_where_size_and_time_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let missing = Stamp::of(&file);
        assert!(missing.holds());
        fs::write(&file, "one").unwrap();
        assert!(!missing.holds());
        let one = Stamp::of(&file);
        let time = fs::metadata(&file).unwrap().modified().unwrap();
        assert!(one.holds());
        // The clock of files ticks some hundred times in a second.
        std::thread::sleep(std::time::Duration::from_millis(30));
        fs::write(&file, "two").unwrap();
        let written = File::options().write(true).open(&file).unwrap();
        written.set_times(FileTimes::new().set_modified(time)).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), time);
        assert!(!one.holds());
        let two = Stamp::of(&file);
        fs::write(folder.path().join("other"), "two").unwrap();
        fs::rename(folder.path().join("other"), &file).unwrap();
        assert!(!two.holds());
    }
}
