//! podman, skopeo and buildah, which have files of their own.

use std::fs;
use std::path::{Path, PathBuf};

use lockgate_tests::docker_registry::{FakeRegistry, Manner, PASSWORD, USER};
use lockgate_tests::home::set_mode;
use lockgate_tests::not_run::not_run;
use lockgate_tests::{Output, Run};

use super::{AUTH, Docker};
use crate::exists;

const PROGRAMS: [&str; 3] = ["skopeo", "podman", "buildah"];

const OURS: &str = "credential-helpers = [\"lockgate\", \"containers-auth.json\"]\n";

/// Those that are here.
fn programs() -> Vec<&'static str> {
    let is_here = |name: &&str| Path::new("/usr/bin").join(name).is_file();
    let found: Vec<_> = PROGRAMS.into_iter().filter(is_here).collect();
    if found.len() < PROGRAMS.len() {
        not_run(&format!("of {PROGRAMS:?} only {found:?} are here"));
    }
    found
}

impl Docker {
    fn containers(&self) -> PathBuf {
        self.home().user().join(".config/containers")
    }

    fn drop_in(&self) -> PathBuf {
        self.containers().join("registries.conf.d/lockgate.conf")
    }

    /// Where they write by themselves.
    fn runtime(&self) -> PathBuf {
        let folder = self.home().root().join("run");
        fs::create_dir_all(&folder).unwrap();
        set_mode(&folder, 0o700);
        folder
    }

    /// One of them, in this home.
    fn client(&self, program: &str, words: &[&str]) -> Run {
        self.run(&format!("/usr/bin/{program}")).env("XDG_RUNTIME_DIR", self.runtime()).args(words)
    }

    fn log_in(&self, program: &str, server: &str) -> Output {
        let words = ["login", "--tls-verify=false", "-u", USER, "--password-stdin", server];
        self.client(program, &words).stdin(PASSWORD).run()
    }
}

#[test]
fn the_real_ones_keep_their_logins_with_lockgate_and_afterwards_in_their_own_file() {
    for program in programs() {
        let registry = FakeRegistry::start(Manner::BASIC);
        let (machine, server) = (Docker::new(), registry.server());
        let _ = machine.set_up(&["--podman"]).says("will ask Lockgate first");
        assert!(fs::read_to_string(machine.drop_in()).unwrap().ends_with(OURS));
        let _ = machine.log_in(program, &server).succeeds();
        let kept = Some((USER.to_owned(), PASSWORD.to_owned()));
        assert_eq!(machine.helper().finds(&server), kept, "{program}");
        let known = machine.client(program, &["login", "--get-login", &server]).run().succeeds();
        assert_eq!(known.stdout.trim(), USER, "{known}");
        let own = machine.runtime().join("containers/auth.json");
        assert!(!fs::read_to_string(&own).unwrap_or_default().contains(&server));
        let _ = machine.client(program, &["logout", &server]).run().succeeds();
        assert_eq!(machine.helper().finds(&server), None, "{program}");
        // The twin: their own file.
        let _ = machine.setup(&["--undo", "--podman", "--yes"]).run().succeeds();
        assert!(!exists(&machine.drop_in()) && !exists(&machine.name()));
        let _ = machine.log_in(program, &server).succeeds();
        assert!(fs::read_to_string(&own).unwrap().contains(&server));
        assert_eq!(machine.helper().finds(&server), None, "{program}");
    }
}

/// What they had before goes on being read, since their own files are asked next.
#[test]
fn older_logins_in_their_own_files_are_still_found() {
    for program in programs() {
        let machine = Docker::new();
        let folder = machine.runtime().join("containers");
        fs::create_dir_all(&folder).unwrap();
        let entry = format!("{{\"auths\":{{\"old.example\":{{\"auth\":\"{AUTH}\"}}}}}}");
        fs::write(folder.join("auth.json"), entry).unwrap();
        let _ = machine.set_up(&["--podman"]);
        let found = machine.client(program, &["login", "--get-login", "old.example"]).run();
        assert_eq!(found.succeeds().stdout.trim(), "alice", "{program}");
    }
}

/// A user's own `registries.conf` would take the place of the system's; what is made here does not.
#[test]
fn whom_others_named_stays_behind_lockgate_and_their_files_are_not_touched() {
    let machine = Docker::new();
    let folder = machine.containers().join("registries.conf.d");
    fs::create_dir_all(&folder).unwrap();
    let theirs = "credential-helpers = [\"corp\", \"containers-auth.json\"]\n";
    fs::write(folder.join("10-corp.conf"), theirs).unwrap();
    let _ = machine.set_up(&["--podman"]).never_says("takes its place");
    let ours = fs::read_to_string(machine.drop_in()).unwrap();
    let expected = "credential-helpers = [\"lockgate\", \"corp\", \"containers-auth.json\"]\n";
    assert!(ours.ends_with(expected), "{ours}");
    assert_eq!(fs::read_to_string(folder.join("10-corp.conf")).unwrap(), theirs);
    assert!(!exists(&machine.containers().join("registries.conf")));
    let _ = machine.set_up(&["--podman"]).says("nothing to do");
    // One that comes behind ours has the last word, which is told.
    fs::rename(folder.join("10-corp.conf"), folder.join("zz-corp.conf")).unwrap();
    fs::write(machine.drop_in(), "# mine\n").unwrap();
    let told = machine.setup(&["--podman", "--dry-run"]).run().succeeds();
    let _ = told.says("zz-corp.conf` is read after it and takes its place");
    assert_eq!(fs::read_to_string(machine.drop_in()).unwrap(), "# mine\n");
}

#[test]
fn our_file_is_taken_back_to_what_was_there_and_one_that_was_changed_since_stays() {
    let machine = Docker::new();
    fs::create_dir_all(machine.drop_in().parent().unwrap()).unwrap();
    fs::write(machine.drop_in(), "# mine\n").unwrap();
    let undo = || machine.setup(&["--undo", "--podman", "--yes"]).run().succeeds();
    let _ = machine.set_up(&["--podman"]);
    let _ = undo();
    assert_eq!(fs::read_to_string(machine.drop_in()).unwrap(), "# mine\n");
    let _ = machine.set_up(&["--podman"]);
    fs::write(machine.drop_in(), "# theirs\n").unwrap();
    let _ = undo().says("was changed since, and stays");
    assert_eq!(fs::read_to_string(machine.drop_in()).unwrap(), "# theirs\n");
}

#[test]
fn single_servers_are_read_by_all_of_them_from_the_file_that_outlives_a_restart() {
    let machine = Docker::new();
    machine.helper().keeps("corp.example", "bob", "s");
    machine.helper().keeps("https://index.docker.io/v1/", "hubber", "s");
    fs::create_dir_all(machine.containers()).unwrap();
    let file = machine.containers().join("auth.json");
    let before = format!("{{\"auths\": {{\"old.example\": {{\"auth\": \"{AUTH}\"}}}}}}\n");
    fs::write(&file, &before).unwrap();
    let words = ["--podman", "--server", "corp.example", "--server", "docker.io"];
    let told = machine.set_up(&words).nowhere_has(AUTH);
    // `lockgate docker login` follows docker's own file, and keeps nothing for this one.
    let told = told.never_says("lockgate docker login");
    let _ = told.says(&format!("podman login --authfile {}", file.display()));
    for program in programs() {
        for (server, user) in
            [("corp.example", "bob"), ("docker.io", "hubber"), ("old.example", "alice")]
        {
            let found = machine.client(program, &["login", "--get-login", server]).run().succeeds();
            assert_eq!(found.stdout.trim(), user, "{program} {server}");
        }
    }
    let _ = machine.setup(&["--undo", "--podman", "--yes"]).run().succeeds();
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
}

/// What is advised keeps the password with Lockgate, and not in plain text.
#[test]
fn a_login_as_it_is_advised_for_single_servers_is_kept_by_lockgate() {
    for program in programs() {
        let registry = FakeRegistry::start(Manner::BASIC);
        let (machine, server) = (Docker::new(), registry.server());
        let _ = machine.set_up(&["--podman", "--server", &server]);
        let file = machine.containers().join("auth.json").display().to_string();
        let words =
            ["--authfile", &file, "--tls-verify=false", "-u", USER, "--password-stdin", &server];
        let login = machine.client(program, &["login"]).args(words).stdin(PASSWORD);
        let _ = login.run().succeeds();
        let kept = Some((USER.to_owned(), PASSWORD.to_owned()));
        assert_eq!(machine.helper().finds(&server), kept, "{program}");
        assert!(!fs::read_to_string(&file).unwrap().contains("\"auth\""), "{program}");
        // The twin: without the file's name it stands in plain text in the other one.
        let _ = machine.log_in(program, &server).succeeds();
        let own = machine.runtime().join("containers/auth.json");
        assert!(fs::read_to_string(own).unwrap().contains("\"auth\""), "{program}");
    }
}

#[test]
fn a_broken_file_of_theirs_is_told_and_nothing_is_written() {
    let machine = Docker::new();
    fs::create_dir_all(machine.containers()).unwrap();
    let file = machine.containers().join("registries.conf");
    for broken in ["[", "credential-helpers = 'x'\n"] {
        fs::write(&file, broken).unwrap();
        let told = machine.setup(&["--podman", "--yes"]).run().exits_with(1);
        let _ = told.says("registries.conf");
        assert!(!exists(&machine.drop_in()) && !exists(&machine.name()));
    }
}
