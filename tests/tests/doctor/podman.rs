//! podman, skopeo and buildah: whom they ask, and what stands in their files.

use std::fs;
use std::path::Path;

use lockgate_tests::Home;
use lockgate_tests::home::set_mode;
use lockgate_tests::not_run::not_run;

use super::docker::{AUTH, note};
use super::{Found, found, healthy, json_run, look};

const FILE: &str = "podman's auth.json";

/// What is found where they have a folder for files that are gone after a restart.
fn look_within(home: &Home, runtime: &Path) -> Found {
    found(&json_run(home).env("XDG_RUNTIME_DIR", runtime))
}

/// A file of theirs with this text, in a folder of the user's own.
fn runtime(home: &Home, text: &str) -> std::path::PathBuf {
    let folder = home.root().join("runtime");
    fs::create_dir_all(folder.join("containers")).unwrap();
    set_mode(&folder, 0o700);
    fs::write(folder.join("containers/auth.json"), text).unwrap();
    folder
}

#[test]
fn podmans_files_are_looked_at() {
    let home = healthy();
    let runtime = home.root().join("runtime");
    let look = || look_within(&home, &runtime);
    let folder = home.user().join(".config/containers/registries.conf.d");
    fs::create_dir_all(&folder).unwrap();
    let ours = folder.join("lockgate.conf");
    fs::write(&ours, "credential-helpers = [\"lockgate\", \"containers-auth.json\"]\n").unwrap();
    look().good("docker", "podman");
    let auth = folder.parent().unwrap().join("auth.json");
    fs::write(&auth, format!("{{\"auths\":{{\"a\":{{\"auth\":\"{AUTH}\"}}}}}}")).unwrap();
    let stands = format!("1 credential stands in {}, unencrypted", auth.display());
    note(&look(), "podman's auth.json", &stands, "login --authfile");
    fs::write(&auth, "{").unwrap();
    look().problem("docker", "podman's auth.json", "auth.json:1", "by hand");
    fs::remove_file(auth).unwrap();
    fs::write(&ours, "credential-helpers = 1\n").unwrap();
    look().problem("docker", "podman", "must be a list", "by hand");
}

#[test]
fn plain_passwords_in_the_file_that_a_login_writes_are_told() {
    let home = healthy();
    let auth = format!("\"a.example\":{{\"auth\":\"{AUTH}\"}}");
    let folder = runtime(&home, &format!("{{\"auths\":{{{auth}}}}}"));
    let found = look_within(&home, &folder);
    note(&found, FILE, "1 credential stands in ", "lockgate setup docker --podman, then ");
    let _ = found.output.nowhere_has(AUTH);
    // One that its own line hides is not read.
    let _ = runtime(
        &home,
        &format!("{{\"auths\":{{{auth}}},\"credHelpers\":{{\"a.example\":\"lockgate\"}}}}"),
    );
    let hidden = look_within(&home, &folder);
    note(&hidden, FILE, "podman reads none for which it asks a helper", "logout --authfile");
    // The twin: an entry without a password is none.
    let _ = runtime(&home, "{\"auths\":{\"a.example\":{}}}");
    look_within(&home, &folder).good("docker", FILE);
}

#[test]
fn single_servers_that_are_asked_of_lockgate_are_told_so() {
    let home = healthy();
    let words = ["setup", "docker", "--podman", "--server", "s.example", "--yes"];
    let _ = home.lockgate(words).run().succeeds();
    let found = look(&home);
    found.good("docker", "podman");
    let detail = found.about("docker", "podman")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("ask Lockgate for s.example"), "{detail}");
    assert!(!detail.contains("and not Lockgate"), "{detail}");
}

/// The commands that are named are run, by the real program.
#[test]
fn what_is_advised_for_a_plain_password_has_lockgate_keep_the_next_one() {
    if !Path::new("/usr/bin/skopeo").exists() {
        not_run("skopeo is not here");
        return;
    }
    let home = healthy();
    let entry = format!("{{\"auths\":{{\"a.example\":{{\"auth\":\"{AUTH}\"}}}}}}");
    let folder = runtime(&home, &entry);
    let path = format!("{}:/usr/bin:/bin", home.programs().display());
    let found = found(&json_run(&home).env("XDG_RUNTIME_DIR", &folder).env("PATH", &path));
    let remedy = found.about("docker", FILE)["remedy"].as_str().unwrap().to_owned();
    let steps: Vec<&str> = remedy.split(", then ").collect();
    let [setup, logout, login] = steps[..] else { panic!("{remedy}") };
    let run = |command: &str| {
        let shell = home.run("/bin/sh").env("XDG_RUNTIME_DIR", &folder).env("PATH", &path);
        shell.args(["-c", command]).run()
    };
    let _ = home.lockgate(setup.split(' ').skip(1).chain(["--yes"])).run().succeeds();
    let _ = run(logout).succeeds();
    let text = fs::read_to_string(folder.join("containers/auth.json")).unwrap();
    assert!(!text.contains(AUTH), "{text}");
    // Nothing answers there, so that only the way to the file is seen.
    let refused = run(&format!("{login} -u alice -p s3cret"));
    assert!(!refused.status.success() && refused.stderr.contains("a.example"), "{refused}");
}
