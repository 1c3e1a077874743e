//! What a guest was made of, for cargo to watch.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{GuestBuildError, file_name};

/// Tells cargo to run the build script again when one of the guests' sources changes: what the
/// compiler read, and the manifests and lock file, which only cargo reads.
#[allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]
pub(crate) fn watch(
    workspace: &Path,
    folder: &Path,
    packages: &[&str],
) -> Result<(), GuestBuildError> {
    for path in sources(workspace, folder, packages)? {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    Ok(())
}

fn sources(
    workspace: &Path,
    folder: &Path,
    packages: &[&str],
) -> Result<BTreeSet<PathBuf>, GuestBuildError> {
    let mut all = BTreeSet::from(["Cargo.toml", "Cargo.lock"].map(|name| workspace.join(name)));
    for package in packages {
        let path = folder.join(file_name(package, "d"));
        let text = fs::read_to_string(&path)
            .map_err(|source| GuestBuildError::Io { path: path.clone(), source })?;
        for source in prerequisites(&text) {
            all.extend(manifest_of(&source));
            all.insert(source);
        }
    }
    Ok(all)
}

/// The `Cargo.toml` of the crate that a source file belongs to.
fn manifest_of(source: &Path) -> Option<PathBuf> {
    source.ancestors().skip(1).map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file())
}

/// The paths after the colon of each rule in a dependency file; cargo writes a space in a path as
/// `\ `.
fn prerequisites(text: &str) -> Vec<PathBuf> {
    let lists = text.lines().filter_map(|line| line.split_once(": ")).map(|(_, list)| list);
    lists.flat_map(split_unescaped).map(PathBuf::from).collect()
}

fn split_unescaped(list: &str) -> Vec<String> {
    let marked = list.replace("\\ ", "\0");
    marked.split_whitespace().map(|path| path.replace('\0', " ")).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::prerequisites;

    #[test]
    fn reads_what_cargo_writes() {
        let text = "/t/a.wasm: /w/a/src/lib.rs /w/my\\ wit/world.wit\n\n";
        let paths = ["/w/a/src/lib.rs", "/w/my wit/world.wit"].map(PathBuf::from);
        assert_eq!(prerequisites(text), paths);
    }
}
