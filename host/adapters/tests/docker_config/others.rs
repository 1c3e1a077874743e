//! Many processes, processes that are killed, and those that may not write.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use lockgate_core::SecretStore;

use crate::child::child_program;
use crate::{Docker, WRITTEN, is, loaded};

const PROCESSES: usize = 32;
/// The user and group `nobody`.
const NOBODY: u32 = 65534;

fn child(docker: &Docker, words: &[&str]) -> Command {
    let mut command = Command::new(child_program());
    command.arg(words[0]).arg(docker.file()).args(&words[1..]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

#[test]
fn many_processes_that_log_in_at_once_lose_nothing() {
    let docker = Docker::with(WRITTEN);
    let start = |number: usize| {
        let server = format!("{number}.example");
        child(&docker, &["docker-login", &server, &server]).spawn().unwrap()
    };
    let started: Vec<_> = (0..PROCESSES).map(start).collect();
    for process in started {
        assert!(process.wait_with_output().unwrap().status.success());
    }
    for number in 0..PROCESSES {
        let server = format!("{number}.example");
        assert_eq!(loaded(&docker.store(&server)), is(&format!("alice:{server}")));
    }
    assert_eq!(loaded(&docker.store("a.example")), is("a:b"));
    assert!(docker.text().contains("\"unknown\": [ 1 ]"));
}

#[test]
fn whoever_is_killed_leaves_the_old_file_or_the_new_one() {
    let docker = Docker::with(WRITTEN);
    for round in 0..25 {
        let mut process =
            child(&docker, &["docker-login-for-ever", "killed.example"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(10 + 3 * round));
        process.kill().unwrap();
        process.wait().unwrap();
        let found = loaded(&docker.store("killed.example")).unwrap();
        assert!(found.is_none_or(|found| found.trim_end_matches('x') == "alice:"));
        assert_eq!(loaded(&docker.store("a.example")), is("a:b"), "round {round}");
    }
    // The next one is not kept by what they left.
    let output = child(&docker, &["docker-login", "next.example", "s"]).output().unwrap();
    assert!(output.status.success());
    assert_eq!(loaded(&docker.store("next.example")), is("alice:s"));
}

/// As another user, since root may write everywhere.
#[test]
fn a_folder_that_may_not_be_written_to_is_told_and_matters_only_to_a_change() {
    if !rustix::process::getuid().is_root() {
        eprintln!("not run: it takes root to be another user");
        return;
    }
    let docker = Docker::with(r#"{"auths":{"kept.example":{"auth":"YWxpY2U6eA=="}}}"#);
    for path in [docker.folder().to_owned(), docker.file()] {
        chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let log_in = |server: &str, mode: u32| {
        fs::set_permissions(docker.folder(), fs::Permissions::from_mode(mode)).unwrap();
        let mut command = child(&docker, &["docker-login", server, "x"]);
        let output = command.uid(NOBODY).gid(NOBODY).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (succeeded, told) = log_in("new.example", 0o500);
    assert!(!succeeded && told.contains("its folder may not be written to"), "{told}");
    assert!(told.contains("set DOCKER_CONFIG to another one"), "{told}");
    let (succeeded, told) = log_in("kept.example", 0o500);
    assert!(succeeded, "what is there already needs no writing: {told}");
    let (succeeded, told) = log_in("new.example", 0o700);
    assert!(succeeded, "the twin: {told}");
}

/// Runs a script with mounts of its own; none where that is not allowed, as in most containers.
fn with_mounts(script: &str, docker: &Docker) -> Option<Output> {
    let run = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-euc", script, "sh"]);
        command.arg(docker.folder()).arg(child_program()).stdin(Stdio::null());
        command.output()
    };
    match run("mount -t tmpfs none \"$1\"") {
        Ok(output) if output.status.success() => Some(run(script).unwrap()),
        _ => {
            eprintln!("not run: no mounts can be made here");
            None
        }
    }
}

#[test]
fn a_file_that_is_mounted_by_itself_is_told_and_stays_as_it_is() {
    let docker = Docker::with(WRITTEN);
    let script = "cp \"$1/config.json\" \"$1/other\"; mount --bind \"$1/other\" \"$1/config.json\"
        \"$2\" docker-login \"$1/config.json\" ghcr.io s";
    let Some(output) = with_mounts(script, &docker) else { return };
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("this one file is mounted"), "{told}");
    assert_eq!(docker.text(), WRITTEN);
    assert_eq!(fs::read_to_string(docker.folder().join("other")).unwrap(), WRITTEN);
    assert!(docker.beside().iter().all(|name| !name.contains("lockgate-new")), "a file is left");
}

#[test]
fn a_disk_that_is_read_only_or_full_is_told_and_the_file_stays_as_it_is() {
    let docker = Docker::with(WRITTEN);
    let on_tmpfs = |options: &str, before: &str| {
        let script = format!(
            "cp \"$1/config.json\" /tmp/$$.json; mount -t tmpfs -o {options} none \"$1\"
             mv /tmp/$$.json \"$1/config.json\"; {before}
             \"$2\" docker-login \"$1/config.json\" ghcr.io \"$(head -c 20000 /dev/zero | tr '\\0' x)\" || true
             cat \"$1/config.json\"; ls -A \"$1\" >&2"
        );
        with_mounts(&script, &docker).map(|output| {
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            (text(output.stdout), text(output.stderr))
        })
    };
    let cases = [
        ("size=1m", "head -c 2000000 /dev/zero > \"$1/full\" || true", "No space left"),
        ("size=1m", "mount -o remount,ro \"$1\"", "its folder may not be written to"),
    ];
    for (options, before, words) in cases {
        let Some((text, told)) = on_tmpfs(options, before) else { return };
        assert!(told.contains(words), "{told}");
        assert!(!told.contains("lockgate-new"), "a file is left: {told}");
        assert_eq!(text, WRITTEN);
    }
    // The twin: with room, it is kept.
    let Some((text, told)) = on_tmpfs("size=1m", "") else { return };
    assert!(text.contains("\"ghcr.io\"") && !told.contains("panicked"), "{told}");
}

/// Whoever looked before the lock would remove what was logged in with meanwhile.
#[test]
fn a_login_that_came_before_the_removal_of_another_secret_stays() {
    let docker = Docker::with(r#"{"auths":{"ghcr.io":{"auth":"YTpvbGQ="}}}"#);
    let lock = fs::File::create(docker.folder().join(".config.json.lockgate-lock")).unwrap();
    fs::set_permissions(
        docker.folder().join(".config.json.lockgate-lock"),
        fs::Permissions::from_mode(0o600),
    )
    .unwrap();
    lock.lock().unwrap();
    let store = docker.store("ghcr.io");
    let removing = std::thread::spawn(move || store.remove_only(&"old".into()));
    std::thread::sleep(Duration::from_millis(200));
    fs::write(docker.file(), r#"{"auths":{"ghcr.io":{"auth":"YTpuZXc="}}}"#).unwrap();
    drop(lock);
    let error = removing.join().unwrap().unwrap_err().to_string();
    assert!(error.contains("another credential was kept there meanwhile"), "{error}");
    assert_eq!(loaded(&docker.store("ghcr.io")), is("a:new"));
    // The twin: the very secret is removed.
    assert!(docker.store("ghcr.io").remove_only(&"new".into()).unwrap());
    assert!(!docker.store("ghcr.io").remove_only(&"new".into()).unwrap());
}

/// Regression: only the first entry of the host was looked at, and all of them were removed.
#[test]
fn of_several_keys_of_one_host_only_the_very_one_is_removed_with_its_secret() {
    let text = r#"{"auths":{"ghcr.io":{"auth":"YTpvbGQ="},"https://ghcr.io/v2/":{"auth":"YjpvdGhlcg=="}}}"#;
    let docker = Docker::with(text);
    assert!(docker.store("ghcr.io").remove_only(&"other".into()).is_err());
    assert_eq!(docker.text(), text);
    assert!(docker.store("ghcr.io").remove_only(&"old".into()).unwrap());
    // The one of the other key is found, is not this key's, and stays.
    assert_eq!(loaded(&docker.store("ghcr.io")), is("b:other"));
    assert!(!docker.store("ghcr.io").remove_only(&"other".into()).unwrap());
    assert_eq!(loaded(&docker.store("https://ghcr.io/v2/")), is("b:other"));
    // The twin: whoever removes any secret removes all that would be found.
    let docker = Docker::with(text);
    assert!(docker.store("ghcr.io").remove().unwrap());
    assert_eq!(loaded(&docker.store("ghcr.io")), Ok(None));
}
