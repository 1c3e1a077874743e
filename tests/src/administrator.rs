//! A machine with an administrator's policy: a mount namespace in which `/etc/lockgate` is the test's.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::PathBuf;

use tempfile::TempDir;

use crate::home::set_mode;
use crate::not_run::not_run;
use crate::{Run, programs};

/// Where the program looks for it; nothing moves that.
pub const POLICY_FILE: &str = "/etc/lockgate/policy.toml";

/// The owner of the policy. Only root can be the administrator, and make the namespace.
const ROOT: u32 = 0;

/// An administrator's policy, in force for the runs that are put [`Policy::over`] it.
pub struct Policy {
    folder: TempDir,
}

impl Policy {
    /// A policy with this text; nothing if these tests cannot be the administrator, which is told.
    pub fn new(text: &str) -> Option<Self> {
        if !can_administrate() {
            return None;
        }
        let policy = Self { folder: tempfile::tempdir().unwrap() };
        for name in ["upper/lockgate", "work"] {
            fs::create_dir_all(policy.folder.path().join(name)).unwrap();
        }
        for folder in [policy.folder.path().join("upper"), policy.folder_of_policy()] {
            set_mode(&folder, 0o755);
        }
        set_mode(policy.folder.path(), 0o755);
        policy.write(text);
        Some(policy)
    }

    /// Another text.
    pub fn write(&self, text: &str) {
        fs::write(self.file(), text).unwrap();
        set_mode(&self.file(), 0o644);
    }

    /// The file, as it lies outside of the namespace.
    pub fn file(&self) -> PathBuf {
        self.folder_of_policy().join("policy.toml")
    }

    /// Its folder.
    pub fn folder_of_policy(&self) -> PathBuf {
        self.folder.path().join("upper/lockgate")
    }

    /// Makes it another user's.
    pub fn give_to(&self, user: u32) {
        chown(self.file(), Some(user), None).unwrap();
    }

    /// The run, on a machine with this policy.
    #[must_use]
    pub fn over(&self, run: Run) -> Run {
        let script = "set -e; here=$1; shift; \
             mount -t overlay overlay -o lowerdir=/etc,upperdir=$here/upper,workdir=$here/work /etc; \
             exec \"$@\"";
        let folder = self.folder.path().display().to_string();
        run.env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .under(["unshare", "--mount", "--", "sh", "-c", script, "sh", &folder])
    }
}

/// Whether these tests can be the administrator. If not they tell which test cannot run, and why.
fn can_administrate() -> bool {
    let root = fs::metadata("/proc/self").is_ok_and(|found| found.uid() == ROOT);
    if !root {
        not_run("only root can be the administrator");
        return false;
    }
    programs::require("unshare");
    true
}
