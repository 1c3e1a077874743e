//! `files`: single files, read as a whole.

use std::path::{Path, PathBuf};

use crate::error::{PolicyError, Problem};
use crate::meet::Rule;
use crate::reader::Node;

/// Where the kernel shows processes, devices and itself as files: variables and memory would be
/// read there past every other grant.
const KERNEL: &[&str] = &["/proc", "/sys", "/dev"];

/// A file, as written: absolute, or below the home folder with `~/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileRule(pub(crate) String);

/// Checks a path.
pub(crate) fn check(path: &str) -> Result<(), Problem> {
    let refuse = |reason| Err(Problem::value(path, reason));
    let Some(rest) = path.strip_prefix("~/").or_else(|| path.strip_prefix('/')) else {
        return refuse("is no absolute path; begin it with `/` or `~/`");
    };
    if rest.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return refuse("has an empty segment, `.` or `..`; write the path of one file plainly");
    }
    if rest.contains(['*', '\\']) {
        return refuse("has a `*` or a backslash; each file is named in full");
    }
    if KERNEL.iter().any(|folder| Path::new(path).starts_with(folder)) {
        return refuse("is a window into the kernel, and is never granted");
    }
    Ok(())
}

impl FileRule {
    /// The absolute path; none if it needs a home folder and there is none.
    pub(crate) fn resolve(&self, home: Option<&Path>) -> Option<PathBuf> {
        match self.0.strip_prefix("~/") {
            Some(rest) => Some(home?.join(rest)),
            None => Some(PathBuf::from(&self.0)),
        }
    }
}

impl Rule for FileRule {
    const KEY: &'static str = "files";

    fn read(node: &Node<'_>) -> Result<Self, PolicyError> {
        let path = node.text()?;
        check(path).map_err(|problem| node.error(problem))?;
        Ok(Self(path.to_owned()))
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        (self == other).then(|| self.clone())
    }

    fn subject(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn paths_are_absolute_and_plain() {
        for good in ["/etc/corp/token", "~/.config/corp/token.json", "/a/..b/c", "/processes"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/",
            "~",
            "~/",
            "a",
            "./a",
            "~user/a",
            "/a/../b",
            "~/../b",
            "/a/./b",
            "/a//b",
            "/a/",
            "/a/*",
            "C:\\a",
            "~/a\\b",
            "/proc/self/environ",
            "/dev/stdin",
            "/sys/x",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
