//! Tests that show nothing where they run, and say so.

use std::fs;
use std::path::Path;

/// Says that this test is not run, and why: past the capture of its output.
pub fn not_run(why: &str) {
    let thread = std::thread::current();
    let told = format!("{}: not run, since {why}\n", thread.name().unwrap_or("a test"));
    let _ = fs::write(Path::new("/dev/stderr"), told);
}

/// Whether whoever runs the tests can be somebody else; the test says so if not.
pub fn can_be_another_user() -> bool {
    let is_root = rustix::process::getuid().is_root();
    if !is_root {
        not_run("only root can be another user");
    }
    is_root
}
