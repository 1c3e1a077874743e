//! The real docker, without a daemon.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::not_run::not_run;

/// The version whose behaviour Lockgate has, and tests are written down from.
const VERSION: &str = "Docker version 28.";

/// Where packages and Docker's own archives put it.
const FOLDERS: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/bin"];

/// docker 28's command line; nothing if it is not here or of another version, which the test says.
pub fn docker() -> Option<&'static Path> {
    static FOUND: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match FOUND.get_or_init(find) {
        Ok(program) => Some(program),
        Err(why) => {
            not_run(why);
            None
        }
    }
}

fn find() -> Result<PathBuf, String> {
    let programs = FOLDERS.iter().map(|folder| Path::new(folder).join("docker"));
    let mut others = Vec::new();
    for program in programs.filter(|program| program.is_file()) {
        let version = version(&program);
        if version.starts_with(VERSION) {
            return Ok(program);
        }
        others.push(format!("{} is `{version}`", program.display()));
    }
    let others = if others.is_empty() { "there is none".to_owned() } else { others.join(", ") };
    Err(format!("it compares with docker 28, and {others}"))
}

fn version(program: &Path) -> String {
    let output = Command::new(program).arg("--version").output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
