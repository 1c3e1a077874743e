//! `lockgate:pass`: people's `pass` itself, without docker's helper and beside it.

use std::fs;

use lockgate_tests::docker_helper::{Helper, Pass};
use lockgate_tests::sampler::contains;
use lockgate_tests::{Access, Output, Run, Sampler, Server};

use crate::{Machine, NOT_FOUND, message};

const PASS: &str = "lockgate:pass";
const PROGRAM: &str = "/usr/bin/pass";
const SERVER: &str = "ghcr.io";
/// Where docker's helper keeps its entries of that server.
const FOLDER: &str = "docker-credential-helpers/Z2hjci5pbw==";

/// A machine on which a granted `pass` serves every server and registry.
struct Real {
    machine: Machine,
    pass: Pass,
    native: Helper,
}

impl Real {
    fn new() -> Self {
        Self::with(Pass::new())
    }

    fn with(pass: Pass) -> Self {
        let machine = Machine::new();
        let grant = ["provider", "grant", PASS, &format!("process={PROGRAM}"), "--yes"];
        let _ = machine.home.lockgate(grant).run().succeeds();
        machine.home.write_lockgate_config(&format!("[docker]\nproviders = [\"{PASS}\"]\n"));
        let native = Helper::pass(&machine.home, &pass);
        Self { machine, pass, native }
    }

    fn ours(&self, action: &str, input: &str) -> Output {
        self.run(action, input).run()
    }

    fn run(&self, action: &str, input: &str) -> Run {
        self.pass.within(self.machine.front_door(action).stdin(input))
    }

    fn finds(&self) -> Option<(String, String)> {
        let output = self.ours("get", SERVER);
        if !output.status.success() {
            let _ = output.exits_with(1).prints(NOT_FOUND);
            return None;
        }
        let found = output.json();
        assert_eq!(found["ServerURL"], SERVER);
        let text = |key: &str| found[key].as_str().unwrap().to_owned();
        Some((text("Username"), text("Secret")))
    }

    fn keeps(&self, user: &str, secret: &str) {
        let _ = self.ours("store", &message(SERVER, user, secret)).succeeds().prints("");
    }

    /// `pass` itself, as a person runs it.
    fn pass(&self, words: &[&str], input: &str) -> Output {
        let run = self.pass.within(self.machine.home.run(PROGRAM));
        run.args(words).stdin(input).run().succeeds()
    }

    /// The names of the files in a folder of the store.
    fn files(&self, folder: &str) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.pass.store().join(folder)) else { return Vec::new() };
        let name = |file: fs::DirEntry| file.file_name().into_string().unwrap();
        let mut names: Vec<_> = files.map(|file| name(file.unwrap())).collect();
        names.sort();
        names
    }

    fn registry(&self, server: &Server) -> impl Fn(&str) -> Run {
        self.machine.home.configure(server, &[PASS]);
        move |verb| {
            let words = ["cargo", verb, "--registry", "corp"];
            self.pass.within(self.machine.home.lockgate(words)).env("PATH", "/usr/bin:/bin")
        }
    }
}

fn pair(user: &str, secret: &str) -> Option<(String, String)> {
    Some((user.to_owned(), secret.to_owned()))
}

#[test]
fn what_lockgate_keeps_in_pass_dockers_helper_finds_and_erases_and_the_other_way_round() {
    let real = Real::new();
    assert_eq!(real.finds(), None);
    let _ = real.ours("erase", SERVER).succeeds().prints("");
    for (user, secret) in [
        ("alice", "with \"quotes\" \\ <&> ünï"),
        ("<token>", " blanks\t "),
        ("_json_key", "{\n  \"type\": \"service_account\"\r\n}"),
        ("empty", ""),
    ] {
        real.keeps(user, secret);
        assert_eq!(real.files(FOLDER), [format!("{user}.gpg")]);
        assert_eq!(real.native.finds(SERVER), pair(user, secret), "{user}");
        assert_eq!(real.finds(), pair(user, secret), "{user}");
        real.native.forgets(SERVER);
        assert_eq!(real.finds(), None, "{user}");

        real.native.keeps(SERVER, user, secret);
        assert_eq!(real.finds(), pair(user, secret), "{user}");
        let _ = real.ours("erase", SERVER).succeeds().prints("");
        // The helper says by empty texts that there is none.
        assert_eq!(real.native.finds(SERVER), pair("", ""), "{user}");
        assert_eq!(real.files(FOLDER), [""; 0]);
    }
}

#[test]
fn of_several_users_the_first_by_name_is_found_as_docker_does_and_a_login_leaves_one() {
    let real = Real::new();
    for user in ["bob", "alice", "alice-b"] {
        real.native.keeps(SERVER, user, user);
    }
    // `alice-b.gpg` comes before `alice.gpg`.
    assert_eq!(real.native.finds(SERVER), pair("alice-b", "alice-b"));
    assert_eq!(real.finds(), pair("alice-b", "alice-b"));
    real.keeps("bob", "newer");
    assert_eq!(real.files(FOLDER), ["bob.gpg"]);
    assert_eq!(real.native.finds(SERVER), pair("bob", "newer"));
}

#[test]
fn another_spelling_of_the_server_is_the_same_entry_and_another_port_is_none() {
    let real = Real::new();
    real.native.keeps("https://ghcr.io", "alice", "of the URL");
    real.native.keeps("ghcr.io:443", "alice", "of the port");
    assert_eq!(real.finds(), pair("alice", "of the URL"));
    real.keeps("alice", "newer");
    assert_eq!(real.native.finds("https://ghcr.io"), pair("", ""), "it is older");
    assert_eq!(real.finds(), pair("alice", "newer"));
    assert_eq!(real.native.finds("ghcr.io:443"), pair("alice", "of the port"));
}

/// The twin is docker's helper, by which it leads out of the server's folder.
#[test]
fn a_user_that_is_a_path_is_kept_nowhere() {
    let real = Real::new();
    for user in ["../../planted", "..", "a/b"] {
        let refused = real.ours("store", &message(SERVER, user, "s3cret-1")).exits_with(1);
        let refused = refused.nowhere_has("s3cret-1");
        assert!(refused.stdout.contains("can have no `/`"), "{refused}");
    }
    assert_eq!(real.files(""), [".gpg-id"]);
    real.native.keeps(SERVER, "../../planted", "s");
    assert!(real.files("").contains(&"planted.gpg".to_owned()));
}

/// The twin is docker's helper, which gives another secret back than it got.
#[test]
fn a_secret_that_would_come_back_shorter_is_refused() {
    let real = Real::new();
    for secret in ["s3cret-1\n", "s3cret-1\r\n"] {
        let refused = real.ours("store", &message(SERVER, "alice", secret)).exits_with(1);
        let refused = refused.nowhere_has("s3cret-1");
        assert!(refused.stdout.contains("ends with a line end"), "{refused}");
        assert_eq!(real.files(""), [".gpg-id"]);
    }
    real.native.keeps(SERVER, "alice", "s3cret-1\n");
    assert_eq!(real.native.finds(SERVER), pair("alice", "s3cret-1"));
    assert_eq!(real.finds(), pair("alice", "s3cret-1"));
}

#[test]
fn what_is_in_the_folder_and_is_no_entry_is_passed_over() {
    let real = Real::new();
    let folder = real.pass.store().join(FOLDER);
    fs::create_dir_all(folder.join("a-folder.gpg")).unwrap();
    fs::copy(real.pass.store().join(".gpg-id"), folder.join(".gpg-id")).unwrap();
    fs::write(folder.join("notes"), "").unwrap();
    assert_eq!(real.finds(), None);
    real.keeps("alice", "s3cret");
    assert_eq!(real.finds(), pair("alice", "s3cret"));
}

#[test]
fn a_store_without_a_key_is_told_in_the_words_of_pass() {
    let real = Real::new();
    fs::remove_file(real.pass.store().join(".gpg-id")).unwrap();
    let refused = real.ours("store", &message(SERVER, "alice", "s3cret-1")).exits_with(1);
    let _ = refused.nowhere_has("s3cret-1").says("init your-gpg-id");
    assert_eq!(real.finds(), None);
}

#[test]
fn a_key_that_cannot_be_asked_for_is_told_and_is_never_not_found() {
    let real = Real::with(Pass::with_passphrase("of-nobody"));
    // To encrypt takes no secret key.
    real.keeps("alice", "s3cret-1");
    let refused = real.ours("get", SERVER).exits_with(1).nowhere_has("s3cret-1");
    assert!(refused.stdout.contains("decryption failed"), "{refused}");
    assert!(refused.stdout.contains(&format!("pass show {FOLDER}/alice")), "{refused}");
    assert_ne!(refused.stdout, NOT_FOUND);
}

#[test]
fn without_a_grant_pass_is_not_started_and_the_command_that_grants_it_is_told() {
    let real = Real::new();
    real.keeps("alice", "s3cret");
    let process = format!("process={PROGRAM}");
    let revoke = ["provider", "revoke", PASS, &process, "--yes"];
    let _ = real.machine.home.lockgate(revoke).run().succeeds();
    let command = format!("lockgate provider grant {PASS} {process}");
    for action in ["get", "erase"] {
        let _ = real.ours(action, SERVER).exits_with(1).says(&command);
    }
    let _ = real.ours("store", &message(SERVER, "alice", "s")).exits_with(1).says(&command);
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--yes"]).collect();
    let granted = real.machine.home.lockgate(words).run().succeeds();
    let _ = granted.says("PASSWORD_STORE_DIR").says("GNUPGHOME").says("receives login");
    assert_eq!(real.finds(), pair("alice", "s3cret"));
}

/// Programs run in an empty folder that is gone afterwards, and the entry with it.
#[test]
fn a_store_in_the_working_directory_is_none() {
    let real = Real::new();
    let store = real.run("store", &message(SERVER, "alice", "s"));
    let refused = store.env("PASSWORD_STORE_DIR", "store").run().exits_with(1);
    let _ = refused.says("PASSWORD_STORE_DIR to an absolute path");
}

#[test]
fn a_token_of_cargos_has_an_entry_of_its_own() {
    let (real, server) = (Real::new(), Server::start(Access::Private));
    let lockgate = real.registry(&server);
    let reads = || lockgate("token").args(["--reveal"]).run();
    let _ = reads().exits_with(101);
    let _ = lockgate("login").stdin("Bearer of-pass\n").run().succeeds();
    let _ = reads().succeeds().prints("Bearer of-pass\n");
    let files = real.files("cargo-registries");
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let entry = format!("cargo-registries/{}", file.strip_suffix(".gpg").unwrap());
    let _ = real.pass(&["show", &entry], "").prints("Bearer of-pass");
    // As people write entries by hand, with notes below.
    let _ = real.pass(&["insert", "-f", "-m", &entry], "Bearer by-hand\r\nof: me\n");
    let _ = reads().succeeds().prints("Bearer by-hand\n");
    let _ = lockgate("logout").run().succeeds();
    assert_eq!(real.files("cargo-registries"), [""; 0]);
    let _ = reads().exits_with(101);
}

const CANARY: &str = "canary-of-pass-2c9e41d07f";
/// Its base64.
const ENCODED: &str = "Y2FuYXJ5LW9mLXBhc3MtMmM5ZTQxZDA3Zg";

impl Real {
    /// Every file of the home and of the store that has the canary in it.
    fn files_with_canary(&self) -> Vec<String> {
        let has = |bytes: &[u8]| contains(bytes, CANARY) || contains(bytes, ENCODED);
        let entries =
            self.files(FOLDER).into_iter().map(|name| self.pass.store().join(FOLDER).join(name));
        let entries = entries.map(|path| (path.clone(), fs::read(path).unwrap()));
        let all = self.machine.home.files().into_iter().chain(entries);
        all.filter(|(_, bytes)| has(bytes)).map(|(path, _)| path.display().to_string()).collect()
    }
}

/// The sampler's twin is `secrets_leak.rs::the_sampler_finds_what_it_looks_for`.
#[test]
fn a_secret_of_pass_is_in_no_argument_variable_file_or_log() {
    let (real, server) = (Real::new(), Server::start(Access::Private));
    server.accept(&[CANARY]);
    let lockgate = real.registry(&server);
    let sampler = Sampler::start(&[CANARY]);
    for level in [&[][..], &["-vv"]] {
        let _ = lockgate("login")
            .args(level)
            .stdin(format!("{CANARY}\n"))
            .run()
            .succeeds()
            .nowhere_has(CANARY);
        let _ = lockgate("token").args(level).run().succeeds().nowhere_has(CANARY);
        let told = real.ours("store", &message(SERVER, "alice", CANARY)).succeeds();
        let _ = told.nowhere_has(CANARY);
        assert_eq!(real.finds(), pair("alice", CANARY), "it was never kept");
        assert_eq!(real.files_with_canary(), [""; 0]);
        let audit = real.machine.home.lockgate(["audit", "show"]).run().succeeds();
        let _ = audit.shows(PASS).nowhere_has(CANARY).nowhere_has(ENCODED);
        let _ = real.ours("erase", SERVER).succeeds().prints("").nowhere_has(CANARY);
        let _ = lockgate("logout").args(level).run().succeeds().nowhere_has(CANARY);
    }
    // What cannot be kept is told without it.
    fs::remove_file(real.pass.store().join(".gpg-id")).unwrap();
    let refused = real.ours("store", &message(SERVER, "alice", CANARY)).exits_with(1);
    let _ = refused.nowhere_has(CANARY).says("init your-gpg-id");
    let found = sampler.stop();
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The twin: in a file it is found.
    fs::write(real.machine.home.user().join("planted"), ENCODED).unwrap();
    assert_eq!(real.files_with_canary().len(), 1);
}
