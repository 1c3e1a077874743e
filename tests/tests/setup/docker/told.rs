//! What a person is told before anything is changed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Desktop, Policy};

use super::{AUTH, Docker, NAME, SECRET};

#[test]
fn a_folder_outside_of_path_and_another_program_before_it_are_told() {
    let machine = Docker::new();
    let _ = machine.setup(&["--dry-run"]).run().succeeds().never_says("PATH");
    let outside = machine.setup(&["--dry-run"]).env("PATH", "/usr/bin:/bin").run().succeeds();
    let folder = machine.machine.folder.display().to_string();
    let _ =
        outside.says(&format!("`{folder}` is none of them")).says("export PATH=").says("--bin-dir");
    let other = machine.home().root().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join(NAME), "#!/bin/sh\n").unwrap();
    set_mode(&other.join(NAME), 0o755);
    let path = format!("{}:{folder}:/usr/bin:/bin", other.display());
    let behind = machine.setup(&["--dry-run"]).env("PATH", &path).run().succeeds();
    let _ = behind.says(&format!("`{}`, which comes first", other.join(NAME).display()));
    // The twin: behind ours it is nobody's.
    let path = format!("{folder}:{}:/usr/bin:/bin", other.display());
    let _ = machine.setup(&["--dry-run"]).env("PATH", &path).run().succeeds().never_says("PATH");
}

/// A package has put the name into a folder of PATH.
#[test]
fn where_path_leads_to_this_program_already_no_second_name_is_made() {
    let machine = Docker::new();
    let folder = machine.home().root().join("packaged");
    fs::create_dir(&folder).unwrap();
    symlink(machine.machine.program(), folder.join(NAME)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let run = machine.setup(&["--yes"]).env("PATH", &path).run().succeeds();
    let _ = run.never_says("Linked").never_says("export PATH");
    assert!(!machine.name().exists());
    let _ = machine.undo();
    assert!(folder.join(NAME).exists());
    // The twin: a folder that is named gets the name.
    let named = machine.machine.folder.display().to_string();
    let words = ["--yes", "--bin-dir", &named];
    let _ = machine.setup(&words).env("PATH", &path).run().succeeds().says("Linked");
    assert!(machine.name().exists());
}

#[test]
fn the_helper_that_is_replaced_is_told_with_how_to_go_on_reading_it() {
    let machine = Docker::with("{\"credsStore\":\"corp\"}");
    let helper = machine.machine.folder.join("docker-credential-corp");
    fs::write(&helper, "#!/bin/sh\n").unwrap();
    set_mode(&helper, 0o755);
    let told = machine.setup(&["--dry-run"]).run().succeeds();
    let told =
        told.says("docker asked `docker-credential-corp` until now; what that one keeps stays");
    let told = told.says("\"lockgate:docker-helper corp\"]` under `[docker]`");
    let grant = told.stderr.split("run `").nth(1).unwrap().split('`').next().unwrap().to_owned();
    assert!(grant.contains(&helper.display().to_string()), "{grant}");
    // The command that is named there is one.
    let shell = machine.on_path(machine.home().run("/bin/sh"));
    let _ = shell.args(["-c", &format!("{grant} --yes")]).run().succeeds();
    machine.write("{\"credsStore\":\"secretservice\"}");
    let same = machine.setup(&["--dry-run"]).run().succeeds();
    let _ = same.says("`lockgate:os-store` reads and writes the same entries");
}

/// A list that names a helper that is not there fails every question.
#[test]
fn a_helper_that_is_replaced_and_not_there_is_not_advised() {
    let machine = Docker::with("{\"credsStore\":\"none-such\"}");
    let told =
        machine.set_up(&[]).says("`docker-credential-none-such` until now, which is not on PATH");
    let _ = told.never_says("lockgate:docker-helper").never_says("provider grant");
    machine.helper().keeps("a.example", "alice", SECRET);
    assert!(machine.helper().finds("a.example").is_some());
}

#[test]
fn credentials_that_docker_will_not_read_any_more_are_told() {
    let config = format!(
        "{{\"auths\":{{\"a.example\":{{\"auth\":\"{AUTH}\"}},\"b.example\":{{}},\"c.example\":{{\"auth\":\
         \"{AUTH}\"}}}},\"credHelpers\":{{\"c.example\":\"gcr\"}}}}"
    );
    let machine = Docker::with(&config);
    let told = machine.setup(&["--dry-run"]).run().succeeds().nowhere_has(AUTH).nowhere_has(SECRET);
    let _ = told
        .says("docker will not read the credentials of a.example in this file any more")
        .says("lockgate setup docker --migrate")
        .says("docker still asks `docker-credential-gcr` for c.example");
    let other = machine.setup(&["--dry-run", "--server", "b.example"]).run().succeeds();
    let _ = other.never_says("any more");
}

/// docker looks for a helper by itself only where nothing at all is configured.
#[test]
fn that_single_servers_end_dockers_own_choice_is_told() {
    if !Path::new("/usr/bin/docker-credential-pass").exists()
        || !Path::new("/usr/bin/pass").exists()
    {
        lockgate_tests::not_run::not_run("docker-credential-pass is not here");
        return;
    }
    let machine = Docker::with("{}");
    let words = ["--dry-run", "--server", "a.example"];
    let _ = machine
        .setup(&words)
        .run()
        .succeeds()
        .says("docker chose `docker-credential-pass` by itself");
    machine.write("{\"auths\":{\"x.example\":{}}}");
    let _ = machine.setup(&words).run().succeeds().never_says("by itself");
}

#[test]
fn a_store_that_is_not_encrypted_is_told_and_a_keyring_is_nothing_to_tell() {
    let machine = Docker::new();
    for words in [&["--dry-run"][..], &["--dry-run", "--podman"]] {
        let _ = machine.setup(words).run().succeeds().says("no keyring answers here");
        let desktop = Desktop::new();
        let within = desktop.within(machine.setup(words)).run().succeeds();
        let _ = within.never_says("no keyring answers");
    }
}

#[test]
fn the_variable_and_the_administrators_line_are_told() {
    let machine = Docker::new();
    let told = machine.setup(&["--dry-run"]).env("DOCKER_AUTH_CONFIG", "{}").run().succeeds();
    let _ = told.says("the variable DOCKER_AUTH_CONFIG is set");
    let text = "[registries.\"oci:*\"]\nproviders = [\"lockgate:file\"]\n";
    let Some(policy) = Policy::new(text) else { return };
    let told = policy.over(machine.setup(&["--dry-run"])).run().succeeds();
    let _ = told.says("/etc/lockgate/policy.toml:2");
}

#[test]
fn doctor_names_this_command_and_is_content_afterwards() {
    let machine = Docker::new();
    let before = machine.lockgate(&["doctor"]).run();
    let _ = before.shows("do: lockgate setup docker\n");
    let _ = machine.set_up(&[]);
    let content = machine.lockgate(&["doctor"]).run();
    let content = content.shows("docker asks Lockgate for every server");
    assert!(!content.stdout.contains("do: lockgate setup docker\n"), "{content}");
    fs::remove_file(machine.name()).unwrap();
    let gone = machine.lockgate(&["doctor"]).run().exits_with(1);
    let _ = gone.shows("is not on PATH, and a client is told to ask it");
}
