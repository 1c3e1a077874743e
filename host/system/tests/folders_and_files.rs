//! What other users, links and crashes can do to folders and files, and what is refused.
//!
//! Foreign owners are made by root; where the tests run as somebody else, that part is run by the
//! folders of root that are there anyway.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

mod child;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use child::child_program;
use lockgate_system::{
    FileError, Folder, Folders, FoldersError, home_folder, open_client_file, open_granted_file,
    open_regular,
};

const NOBODY: u32 = 65534;

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Root has none: its umask is 022 everywhere.
fn has_private_group() -> bool {
    let found = fs::metadata("/proc/self").unwrap();
    found.uid() != 0 && found.uid() == found.gid()
}

/// A folder that passes, in one that passes.
fn private() -> (tempfile::TempDir, PathBuf) {
    let base = tempfile::tempdir().unwrap();
    let path = base.path().join("own");
    Folder::create_private(&path).unwrap();
    (base, path)
}

#[test]
fn folders_are_made_private_whatever_the_umask() {
    for umask in ["000", "077"] {
        let base = tempfile::tempdir().unwrap();
        let status = Command::new("sh")
            .args(["-c", "umask \"$1\"; exec \"$0\" make-things \"$2\""])
            .arg(child_program())
            .arg(umask)
            .arg(base.path())
            .status();
        assert!(status.unwrap().success());
        for folder in ["a", "a/b", "a/b/c"] {
            assert_eq!(mode(&base.path().join(folder)), 0o700, "{folder} under umask {umask}");
        }
        for file in ["file", "lock"] {
            let path = base.path().join("a/b/c").join(file);
            assert_eq!(mode(&path), 0o600, "{file} under umask {umask}");
        }
    }
}

#[test]
fn a_folder_that_others_can_write_is_refused_and_so_is_one_above() {
    for (bits, refused) in [
        (0o700, false),
        (0o755, false),
        (0o775, true),
        (0o777, true),
        (0o1777, false),
        (0o757, true),
    ] {
        let (base, own) = private();
        chmod(base.path(), bits);
        let above = Folder::open_private(&own);
        chmod(base.path(), 0o700);
        let refused_above = refused && !(bits == 0o775 && has_private_group());
        assert_eq!(above.is_err(), refused_above, "{bits:o} above");
        if let Err(error) = above {
            let told = error.to_string();
            assert!(told.contains("chmod go-w") && told.contains(base.path().to_str().unwrap()));
        }
        chmod(&own, bits);
        let itself = Folder::open_private(&own);
        // A folder of Lockgate's own has no business being sticky and open.
        assert_eq!(itself.is_err(), refused || bits == 0o1777, "{bits:o} itself");
    }
}

#[test]
fn what_belongs_to_somebody_else_is_refused() {
    if !is_root() {
        let error = Folder::open_private(Path::new("/usr")).unwrap_err();
        assert!(matches!(error, FileError::Owner { owner: 0, .. }), "{error}");
        return;
    }
    let (base, own) = private();
    fs::write(own.join("file"), "theirs").unwrap();
    chown(own.join("file"), Some(NOBODY), None).unwrap();
    let folder = Folder::open_private(&own).unwrap().unwrap();
    let owner = |error: FileError| assert!(matches!(error, FileError::Owner { owner: NOBODY, .. }));
    owner(folder.read("file", 100).unwrap_err());
    owner(open_client_file(&own.join("file")).unwrap().unwrap().open().unwrap_err());
    symlink("file", own.join("link")).unwrap();
    rustix::fs::chownat(
        rustix::fs::CWD,
        own.join("link"),
        Some(rustix::process::Uid::from_raw(NOBODY)),
        None,
        rustix::fs::AtFlags::SYMLINK_NOFOLLOW,
    )
    .unwrap();
    owner(open_client_file(&own.join("link")).unwrap_err());
    for place in [own.as_path(), base.path()] {
        chown(place, Some(NOBODY), None).unwrap();
        owner(Folder::open_private(&own).unwrap_err());
        owner(Folder::create_private(&own.join("new")).unwrap_err());
        if place == own {
            owner(open_client_file(&own.join("file")).unwrap_err());
        }
        chown(place, Some(0), None).unwrap();
    }
}

#[test]
fn only_a_file_of_its_own_is_read() {
    let (base, own) = private();
    let folder = Folder::open_private(&own).unwrap().unwrap();
    fs::write(base.path().join("elsewhere"), "x").unwrap();
    let read = |name: &str| folder.read(name, 100);

    symlink(base.path().join("elsewhere"), own.join("link")).unwrap();
    assert!(matches!(read("link"), Err(FileError::SymbolicLink { .. })));
    fs::hard_link(base.path().join("elsewhere"), own.join("hard")).unwrap();
    assert!(matches!(read("hard"), Err(FileError::HardLinked { .. })));
    fs::create_dir(own.join("folder")).unwrap();
    assert!(matches!(read("folder"), Err(FileError::NotAFile { .. })));
    assert!(Command::new("mkfifo").arg(own.join("pipe")).status().unwrap().success());
    let start = Instant::now();
    assert!(matches!(read("pipe"), Err(FileError::NotAFile { .. })));
    assert!(start.elapsed() < Duration::from_secs(5));
    let _socket = std::os::unix::net::UnixListener::bind(own.join("socket")).unwrap();
    assert!(matches!(read("socket"), Err(FileError::NotAFile { .. })));
    for (bits, refused) in [(0o600, false), (0o644, false), (0o664, true), (0o606, true)] {
        fs::write(own.join("file"), "x").unwrap();
        chmod(&own.join("file"), bits);
        assert_eq!(read("file").is_err(), refused, "{bits:o}");
    }
    assert!(read("missing").unwrap().is_none());
    for name in ["", ".", "..", "a/b", "/etc/passwd", "file/", "../own/file"] {
        assert!(matches!(read(name), Err(FileError::Name { .. })), "{name:?}");
        assert!(matches!(folder.replace(name, b""), Err(FileError::Name { .. })), "{name:?}");
    }
    assert!(matches!(
        open_granted_file(Path::new("/dev/null")).unwrap().unwrap().open(),
        Err(FileError::NotAFile { .. })
    ));
}

#[test]
fn links_on_the_way_are_followed_and_at_the_end_they_are_not() {
    let (base, own) = private();
    symlink(base.path(), base.path().join("way")).unwrap();
    assert!(Folder::open_private(&base.path().join("way/own")).unwrap().is_some());
    symlink(&own, base.path().join("end")).unwrap();
    let error = Folder::open_private(&base.path().join("end")).unwrap_err();
    assert!(matches!(error, FileError::SymbolicLink { .. }), "{error}");
    symlink("loop", base.path().join("loop")).unwrap();
    let error = Folder::open_private(&base.path().join("loop/own")).unwrap_err();
    assert!(matches!(error, FileError::TooManyLinks { .. }), "{error}");
    let error = open_client_file(&base.path().join("loop")).unwrap_err();
    assert!(matches!(error, FileError::TooManyLinks { .. }), "{error}");
    fs::write(base.path().join("file"), "").unwrap();
    let error = Folder::open_private(&base.path().join("file/own")).unwrap_err();
    assert!(matches!(error, FileError::NotAFolder { .. }), "{error}");
    assert!(matches!(Folder::open_private(Path::new("own")), Err(FileError::NotAbsolute { .. })));
}

#[test]
fn a_swapped_file_is_never_followed() {
    const PATIENCE: Duration = Duration::from_secs(30);
    let (base, own) = private();
    fs::write(base.path().join("secret"), "SECRET").unwrap();
    fs::write(own.join("good"), "good").unwrap();
    symlink(base.path().join("secret"), own.join("bad")).unwrap();
    let folder = Folder::open_private(&own).unwrap().unwrap();
    let done = AtomicBool::new(false);
    let (mut followed, mut read, mut refused) = (0, 0, 0);
    let dir = fs::File::open(&own).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // The two names change places in one step.
                let exchange = rustix::fs::RenameFlags::EXCHANGE;
                rustix::fs::renameat_with(&dir, "good", &dir, "bad", exchange).unwrap();
            }
        });
        let start = Instant::now();
        let mut rounds = 0;
        // As often as it takes to meet each outcome: how the two threads meet is chance.
        while rounds < 10_000
            || (read == 0 || refused == 0 || followed == 0) && start.elapsed() < PATIENCE
        {
            rounds += 1;
            match folder.read("good", 100) {
                Ok(Some(bytes)) if *bytes == *b"good" => read += 1,
                Ok(_) => panic!("the link was followed"),
                Err(_) => refused += 1,
            }
            // The twin: a check before opening by path loses the race.
            let path = own.join("good");
            let checked = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file());
            followed += u32::from(checked && fs::read(&path).is_ok_and(|bytes| bytes == b"SECRET"));
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused");
    assert!(followed > 0, "the race was never lost by the code that can lose it");
}

#[test]
fn replacing_is_whole_or_not_at_all() {
    let (_base, own) = private();
    let folder = Folder::open_private(&own).unwrap().unwrap();
    folder.replace("file", b"old").unwrap();
    let reader = folder.open("file").unwrap().unwrap();
    folder.replace("file", b"newer").unwrap();
    let seen = lockgate_system::read_capped(&reader, &own, 100).unwrap();
    assert_eq!(*seen, b"old", "who has the old file open keeps it");
    assert_eq!(*folder.read("file", 100).unwrap().unwrap(), b"newer");
    symlink("/etc/passwd", own.join("planted")).unwrap();
    folder.replace("planted", b"ours").unwrap();
    assert!(fs::symlink_metadata(own.join("planted")).unwrap().is_file());
    fs::create_dir(own.join("taken")).unwrap();
    assert!(folder.replace("taken", b"x").is_err());
    let mut names: Vec<_> = fs::read_dir(&own).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["file", "planted", "taken"], "no temporary file is left");
    assert!(folder.remove("file").unwrap() && !folder.remove("file").unwrap());
}

#[test]
fn litter_of_the_dead_is_removed_and_that_of_the_living_is_not() {
    let (_base, own) = private();
    let folder = Folder::open_private(&own).unwrap().unwrap();
    for (name, age) in [(".file.lockgate-new.1.0", 3600), (".file.lockgate-new.2.0", 1)] {
        let file = fs::File::create(own.join(name)).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(age)).unwrap();
    }
    folder.replace("file", b"x").unwrap();
    assert!(!own.join(".file.lockgate-new.1.0").exists());
    assert!(own.join(".file.lockgate-new.2.0").exists());
}

#[test]
fn a_lock_keeps_others_out_until_its_holder_ends() {
    let (_base, own) = private();
    let folder = Folder::open_private(&own).unwrap().unwrap();
    let held = folder.lock("lock").unwrap();
    let start = Instant::now();
    let error = folder.lock_within("lock", Duration::from_millis(100)).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(error.to_string().contains(own.join("lock").to_str().unwrap()), "{error}");
    drop(held);
    drop(folder.lock_within("lock", Duration::ZERO).unwrap());

    let mut holder = Command::new("flock")
        .arg(own.join("lock"))
        .args(["sh", "-c", "touch held; exec sleep 60"])
        .current_dir(&own)
        .spawn()
        .unwrap();
    while !own.join("held").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(folder.lock_within("lock", Duration::from_millis(50)).is_err());
    // `flock` waits for `sleep`, which holds the descriptor too.
    Command::new("pkill").args(["-KILL", "-P", &holder.id().to_string()]).status().unwrap();
    holder.wait().unwrap();
    folder.lock_within("lock", Duration::from_secs(5)).unwrap();
}

#[test]
fn granted_files_may_be_links_and_not_writable_by_everyone() {
    let (_base, own) = private();
    fs::create_dir(own.join("..data-1")).unwrap();
    fs::write(own.join("..data-1/token"), "t").unwrap();
    symlink("..data-1", own.join("..data")).unwrap();
    symlink("..data/token", own.join("token")).unwrap();
    let found = open_granted_file(&own.join("token")).unwrap().unwrap();
    assert_eq!(*found.folder().read(found.name(), 10).unwrap().unwrap(), b"t");
    chmod(&own.join("..data-1/token"), 0o664);
    assert!(found.open().is_ok());
    chmod(&own.join("..data-1/token"), 0o666);
    assert!(matches!(found.open(), Err(FileError::WritableByOthers { .. })));
    // A client's own file is the client's business.
    assert!(open_client_file(&own.join("token")).unwrap().unwrap().open().is_ok());
    assert!(open_granted_file(&own.join("no/such")).unwrap().is_none());
}

#[test]
fn who_else_may_write_or_read_a_clients_file_is_found_out() {
    let (_base, own) = private();
    let found = open_client_file(&own.join("config.json")).unwrap().unwrap();
    assert!(found.check_writers().is_ok() && !found.is_readable_by_others().unwrap(), "missing");
    fs::write(own.join("config.json"), "{}").unwrap();
    for (folder, file, is_writable, is_readable) in [
        (0o700, 0o600, false, false),
        (0o700, 0o644, false, false),
        (0o711, 0o644, false, true),
        (0o755, 0o604, false, true),
        (0o755, 0o600, false, false),
        (0o700, 0o602, true, false),
        (0o777, 0o600, true, false),
        (0o1777, 0o600, false, false),
        (0o757, 0o644, true, true),
    ] {
        chmod(&own, folder);
        chmod(&own.join("config.json"), file);
        let refused = matches!(found.check_writers(), Err(FileError::WritableByOthers { .. }));
        let came = (refused, found.is_readable_by_others().unwrap());
        assert_eq!(came, (is_writable, is_readable), "{folder:o} {file:o}");
    }
}

#[test]
fn a_regular_file_is_opened_whoever_owns_it_and_nothing_else_is() {
    let (_base, own) = private();
    fs::write(own.join("file"), "x").unwrap();
    chmod(&own.join("file"), 0o666);
    symlink("file", own.join("link")).unwrap();
    for name in ["file", "link"] {
        let file = open_regular(&own.join(name)).unwrap();
        assert_eq!(*lockgate_system::read_capped(&file, &own, 10).unwrap(), b"x", "{name}");
    }
    let missing = open_regular(&own.join("missing")).unwrap_err();
    assert_eq!(missing.kind(), std::io::ErrorKind::NotFound);

    assert!(Command::new("mkfifo").arg(own.join("pipe")).status().unwrap().success());
    symlink("pipe", own.join("link-to-pipe")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(own.join("socket")).unwrap();
    let start = Instant::now();
    for other in [own.clone(), own.join("link-to-pipe"), own.join("socket"), "/dev/zero".into()] {
        let error = open_regular(&other).unwrap_err().to_string();
        assert_eq!(error, "it is not a regular file", "{}", other.display());
    }
    assert!(start.elapsed() < Duration::from_secs(5));
    // The twin: looking first and opening then waits for ever at a pipe that was put there between.
    let opened = std::thread::spawn({
        let pipe = own.join("pipe");
        move || fs::File::open(pipe).is_ok()
    });
    std::thread::sleep(Duration::from_millis(100));
    assert!(!opened.is_finished());
    drop(fs::OpenOptions::new().write(true).open(own.join("pipe")).unwrap());
    assert!(opened.join().unwrap());
}

#[test]
fn folders_by_the_environment() {
    let find = |set: &[(&str, &str)]| {
        let set: Vec<(String, OsString)> =
            set.iter().map(|(name, value)| ((*name).to_owned(), value.into())).collect();
        Folders::find(move |name| {
            set.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        })
    };
    let found = find(&[("HOME", "/h")]).unwrap();
    assert_eq!(found.config_file, Path::new("/h/.config/lockgate/config.toml"));
    assert_eq!(found.providers, Path::new("/h/.local/share/lockgate/providers"));
    assert_eq!(found.state, Path::new("/h/.local/state/lockgate"));
    assert_eq!(found.cache, Path::new("/h/.cache/lockgate"));
    for ignored in ["", "relative"] {
        let set = [("HOME", "/h"), ("XDG_STATE_HOME", ignored), ("LOCKGATE_HOME", "")];
        assert_eq!(find(&set).unwrap(), found, "{ignored:?}");
    }
    assert_eq!(
        find(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")]).unwrap().state,
        Path::new("/s/lockgate")
    );
    assert!(matches!(find(&[("HOME", "h")]), Err(FoldersError::Relative { variable: "HOME", .. })));
    let relative = find(&[("HOME", "/h"), ("LOCKGATE_HOME", "l")]);
    assert!(matches!(relative, Err(FoldersError::Relative { variable: "LOCKGATE_HOME", .. })));
    assert!(home_folder(|_| None).is_ok_and(|home| home.is_absolute()), "the user database knows");

    let (_base, own) = private();
    let home = own.to_str().unwrap();
    let found = find(&[("HOME", "h"), ("LOCKGATE_HOME", home)]).unwrap();
    assert_eq!(found.config_file, own.join("config.toml"));
    assert_eq!((found.state, found.cache), (own.join("state"), own.join("cache")));
    assert_eq!(found.providers, own.join("providers"));
    assert!(find(&[("LOCKGATE_HOME", &format!("{home}/not-there-yet"))]).is_ok());
    for bits in [0o750, 0o701, 0o777] {
        chmod(&own, bits);
        let refused = find(&[("LOCKGATE_HOME", home)]);
        assert!(matches!(refused, Err(FoldersError::Unsafe(_))), "{bits:o}");
    }
}
