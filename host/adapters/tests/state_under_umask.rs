//! A provider's state under a umask that hides nothing. Alone in its process, whose umask it changes.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use lockgate_adapters::StateFolder;
use lockgate_core::{Kept, Origins, Secret, StateStore};

#[test]
fn folders_and_files_are_private_whatever_the_umask() {
    let base = tempfile::tempdir().unwrap();
    rustix::process::umask(rustix::fs::Mode::empty());
    let (state, lineage) = (base.path().join("state"), "a1b2");
    let store: Box<dyn StateStore> =
        Box::new(StateFolder::new(state.clone(), lineage, "https://corp.example/"));
    let kept = Kept { secret: Secret::from("x"), origins: Origins::default(), until: None };
    store.save("a", &kept).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    let providers = state.join("providers");
    let folder = providers.join(lineage);
    for folder in [&state, &providers, &folder] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "the file and the lock");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}
