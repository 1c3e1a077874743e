//! Two people who build the same sources in different places get the same bytes.

#![allow(clippy::disallowed_methods, reason = "a test of a build tool, which copies sources about")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use lockgate_guest_build::{GuestBuildError, build_guests_with};

type Environment = Vec<(OsString, OsString)>;

fn environment(replaced: &[(&str, &Path)]) -> Environment {
    let mut all: Environment = std::env::vars_os().collect();
    for (name, value) in replaced {
        all.retain(|(known, _)| known != name);
        all.push((OsString::from(name), value.as_os_str().to_owned()));
    }
    all
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true if entry.file_name() == "target" => {}
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A copy of the sources below `folder`: the workspace of the providers, beside the interface.
fn sources(folder: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for name in ["guest-providers", "wit"] {
        copy(&root.join(name), &folder.join(name));
    }
    folder.join("guest-providers")
}

fn cargo_home() -> PathBuf {
    let home = || Path::new(&std::env::var_os("HOME").unwrap()).join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// Another cargo home with the same downloads, unpacked in folders of its own.
fn second_cargo_home(folder: &Path) {
    fs::create_dir_all(folder.join("registry")).unwrap();
    for name in ["registry/cache", "registry/index"] {
        copy(&cargo_home().join(name), &folder.join(name));
    }
    for name in ["config.toml", "config"] {
        let _ = fs::copy(cargo_home().join(name), folder.join(name));
    }
}

#[test]
fn bytes_do_not_depend_on_folders_or_on_the_build_around() {
    let folder = tempfile::tempdir().unwrap();
    let first = sources(&folder.path().join("one"));
    let second = sources(&folder.path().join("another place"));
    let home = folder.path().join("cargo home");
    second_cargo_home(&home);
    let build = |environment: Environment, workspace: &Path| {
        let out = workspace.join("../out");
        let built = build_guests_with(environment, workspace, &out, &["cargo-token"]).unwrap();
        fs::read(&built[0]).unwrap()
    };
    let one = build(environment(&[]), &first);
    let hostile = [
        ("CARGO_HOME", home.as_path()),
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", Path::new("0")),
        ("CARGO_TARGET_DIR", Path::new("/nowhere")),
        ("RUSTFLAGS", Path::new("-Copt-level=0")),
    ];
    let other = build(environment(&hostile), &second);
    assert!(one == other, "{} and {} bytes differ", one.len(), other.len());
    let text = String::from_utf8_lossy(&one);
    for name in [folder.path(), &cargo_home()] {
        assert!(!text.contains(name.to_str().unwrap()), "{} is in the component", name.display());
    }
}

/// A compiler that knows no WebAssembly.
#[cfg(unix)]
#[test]
fn a_missing_target_is_one_line_that_says_what_to_run() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let rustc = folder.path().join("rustc");
    fs::write(&rustc, "#!/bin/sh\necho /nowhere\n").unwrap();
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
    let built = build_guests_with(
        environment(&[("RUSTC", &rustc)]),
        &sources(folder.path()),
        &folder.path().join("out"),
        &["cargo-token"],
    );
    let error = built.unwrap_err();
    assert!(matches!(error, GuestBuildError::MissingTarget), "{error:?}");
    let shown = error.to_string();
    assert!(shown.ends_with("run `rustup target add wasm32-wasip2`"), "{shown}");
    assert_eq!(shown.lines().count(), 1);
}
