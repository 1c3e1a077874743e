//! What a logout erases, and what it tells of the rest.

use std::fs;

use lockgate_tests::Terminal;
use lockgate_tests::docker::docker;
use lockgate_tests::terminal::end;

use crate::machine::Machine;

const ENTRIES: &str = r#"{"auths":{
"r.example":{"auth":"YTpi"},
"https://r.example":{"auth":"YTpi"},
"https://r.example/v2/":{"auth":"YTpi"},
"r.example:5000":{"auth":"YTpi"},
"docker.io":{"auth":"YTpi"},
"https://index.docker.io/v1/":{"auth":"YTpi"},
"https://index.docker.io/v1/access-token":{"auth":"YTpi"}
},"mine":1}"#;

#[test]
fn every_spelling_of_a_server_is_erased_and_no_other_server() {
    let machine = Machine::new();
    machine.write_config(ENTRIES);
    let output = machine.docker(&["logout", "r.example"]).run().succeeds().is_silent();
    let _ = output.prints("Removing login credentials for r.example\n");
    let config = machine.config();
    assert!(!config.contains("\"r.example\"") && !config.contains("https://r.example"), "{config}");
    assert!(config.contains("r.example:5000") && config.contains("\"mine\":1"), "{config}");
    // The twin: docker leaves the one with a path.
    let Some(docker) = docker() else { return };
    machine.write_config(ENTRIES);
    let _ = machine.real_docker(docker, &["logout", "r.example"]).run().succeeds();
    assert!(machine.config().contains("https://r.example/v2/"));
}

#[test]
fn docker_hub_is_one_server_by_all_its_names_and_its_tokens_go_with_it() {
    for argument in [None, Some("docker.io"), Some("index.docker.io"), Some("registry-1.docker.io")]
    {
        let machine = Machine::new();
        machine.write_config(ENTRIES);
        let words: Vec<_> = std::iter::once("logout").chain(argument).collect();
        let _ = machine.docker(&words).run().succeeds().says("not revoked");
        let config = machine.config();
        assert!(!config.contains("docker.io"), "{argument:?}: {config}");
        assert!(config.contains("\"r.example\""), "{argument:?}: {config}");
    }
}

const TOKENS: [&str; 2] =
    ["https://index.docker.io/v1/access-token", "https://index.docker.io/v1/refresh-token"];

/// A refresh token that is left behind is a login to all that the account may do.
#[test]
fn a_logout_of_docker_hub_leaves_no_token_of_its_web_login_in_our_own_store() {
    for config in [r#"{"credsStore":"lockgate"}"#, r#"{"auths":{"other.example":{}}}"#] {
        let machine = Machine::new();
        machine.write_config(config);
        let ours = || machine.home.run(machine.home.programs().join("docker-credential-lockgate"));
        for server in TOKENS.into_iter().chain(["https://index.docker.io/v1/"]) {
            let stored = format!(r#"{{"ServerURL":"{server}","Username":"bob","Secret":"x..y"}}"#);
            let _ = ours().args(["store"]).stdin(stored).run().succeeds();
        }
        let kept = || ours().args(["list"]).run().succeeds().json().as_object().unwrap().len();
        // The twin: another server's logout.
        let _ = machine.docker(&["logout", "r.example"]).run().succeeds().never_says("revoked");
        assert_eq!(kept(), 3, "{config}");
        let _ = machine.docker(&["logout"]).run().succeeds().says("not revoked");
        assert_eq!(kept(), 0, "{config}");
        let _ = machine.docker(&["logout"]).run().succeeds().never_says("revoked");
    }
}

#[test]
fn a_native_helper_is_asked_for_the_token_and_forgets_it_if_it_has_one() {
    let machine = Machine::new();
    machine.write_config(r#"{"credsStore":"fake"}"#);
    let (log, token) = (machine.home.root().join("asked"), machine.home.root().join("token"));
    let script = format!(
        "read -r line\necho \"$1 $line\" >> {log}\ncase $1$line in get*refresh-token) \
         [ -f {token} ] && echo '{{\"ServerURL\":\"{}\",\"Username\":\"bob\",\"Secret\":\"x..y\"}}' \
         && exit 0;; esac\ncase $1 in get) echo 'credentials not found in native keychain'; exit 1;; esac",
        TOKENS[1],
        log = log.display(),
        token = token.display(),
    );
    machine.grant(&machine.helper("fake", &script));
    let erases = |server: &str| {
        fs::read_to_string(&log).unwrap().lines().any(|line| line == format!("erase {server}"))
    };
    fs::write(&token, "").unwrap();
    let _ = machine.docker(&["logout"]).run().succeeds().says("not revoked");
    assert!(erases(TOKENS[1]), "{}", fs::read_to_string(&log).unwrap());
    // The twin.
    fs::remove_file(&token).unwrap();
    fs::remove_file(&log).unwrap();
    let _ = machine.docker(&["logout"]).run().succeeds().never_says("revoked");
    assert!(TOKENS.iter().all(|token| !erases(token)));
}

#[test]
fn what_a_helper_cannot_erase_is_told_for_every_server_and_is_no_error() {
    let machine = Machine::new();
    machine.write_config(r#"{"credsStore":"fake","auths":{"r.example":{}}}"#);
    let program = machine.helper("fake", "echo 'it is broken'; exit 3");
    machine.grant(&program);
    let _ = machine
        .docker(&["logout", "r.example"])
        .run()
        .succeeds()
        .prints("Removing login credentials for r.example\n")
        .says("WARNING: could not erase credentials:\nr.example: ")
        .says("it is broken");
    assert!(machine.config().contains("\"r.example\":{}"), "the mark of what is left stays");
}

#[test]
fn what_is_left_elsewhere_is_told() {
    let machine = Machine::new();
    let podman = machine.home.user().join(".config/containers");
    fs::create_dir_all(&podman).unwrap();
    fs::write(podman.join("auth.json"), r#"{"auths":{"r.example":{"auth":"YTpi"}}}"#).unwrap();
    let variable = r#"{"auths":{"r.example":{"auth":"YTpi"}}}"#;
    let logout = |server| machine.docker(&["logout", server]).env("DOCKER_AUTH_CONFIG", variable);
    let _ = logout("r.example")
        .run()
        .succeeds()
        .says("DOCKER_AUTH_CONFIG is set and takes precedence")
        .says("DOCKER_AUTH_CONFIG still has a login")
        .says("auth.json");
    let _ = logout("b.example").run().succeeds().never_says("still has").never_says("auth.json");
}

#[test]
fn a_logout_without_a_login_changes_nothing() {
    let machine = Machine::new();
    fs::remove_file(machine.config_file()).unwrap();
    let _ = machine.docker(&["logout"]).run().succeeds().is_silent();
    assert!(!machine.config_file().exists());
}

/// Regresses: the same long reason stood there for every name of the server.
#[test]
fn each_reason_is_told_once_with_every_name_that_it_holds_for() {
    let machine = Machine::new();
    machine.write_config(r#"{"credsStore":"fake","auths":{"r.example":{}}}"#);
    let _ = machine.helper("fake", "exit 0");
    let logout = machine.docker(&["logout", "r.example"]).run().succeeds();
    assert_eq!(logout.stderr.matches("provider grant").count(), 1, "{logout}");
    let _ = logout.says("https://r.example, http://r.example: the same\n");
}

/// Each start is a process, and may be a question of a keyring's.
#[test]
fn a_logout_starts_a_helper_once_for_each_name_of_the_server() {
    let machine = Machine::new();
    let log = machine.home.root().join("asked");
    let asks = |script: &str, argument: Option<&str>| {
        let script = format!("read -r line\necho \"$1 $line\" >> {}\n{script}", log.display());
        machine.grant(&machine.helper("fake", &script));
        let words: Vec<_> = std::iter::once("logout").chain(argument).collect();
        let _ = machine.docker(&words).run().succeeds();
        let asked = fs::read_to_string(&log).unwrap_or_default();
        let _ = fs::remove_file(&log);
        asked
    };
    let nothing = "echo 'credentials not found in native keychain'; exit 1";
    let server = "erase r.example\nerase https://r.example\nerase https://r.example/\n\
                  erase r.example/\nerase http://r.example\n";
    let hub = "erase https://index.docker.io/v1/\nerase docker.io\nerase index.docker.io\n\
               erase registry-1.docker.io\nget https://index.docker.io/v1/refresh-token\n";
    machine.write_config(r#"{"credsStore":"fake"}"#);
    for script in [nothing, "[ $1 = erase ]"] {
        assert_eq!(asks(script, Some("r.example")), server);
    }
    assert_eq!(asks(nothing, None), hub);
    // The twin: what a helper failed at may not have come to the other names.
    let failed = asks("echo 'it is broken'; exit 3", Some("r.example"));
    assert_eq!(failed, "erase r.example\nerase https://r.example\nerase http://r.example\n");
    // The same where docker asks Lockgate, which asks the helper.
    machine.write_config(r#"{"credsStore":"lockgate"}"#);
    let list = "[docker]\nproviders = [\"lockgate:docker-helper fake\"]\n";
    machine.home.write_lockgate_config(list);
    assert_eq!(asks(nothing, Some("r.example")), server);
    assert_eq!(asks(nothing, None).matches("erase").count(), 6, "Hub's tokens are kept there too");
}

/// Regresses: a helper that was not asked for a server, by its grant, was taken for one that had nothing
/// under all of its names, and the login under the one that it is granted for stayed, unsaid.
#[test]
fn a_helper_whose_grant_is_for_one_url_is_asked_for_that_one() {
    let machine = Machine::new();
    let log = machine.home.root().join("asked");
    let script = format!("read -r line\necho \"$1 $line\" >> {}", log.display());
    let program = machine.helper("fake", &script);
    let logs_out = || {
        let _ = machine.docker(&["logout", "https://r.example/"]).run().succeeds().is_silent();
        let asked = fs::read_to_string(&log).unwrap_or_default();
        let _ = fs::remove_file(&log);
        asked
    };
    let process = format!("process={}", program.display());
    let url = "registries=oci:https://r.example/";
    let words = ["provider", "grant", "lockgate:docker-helper", &process, url, "--yes"];
    let _ = machine.home.lockgate(words).run().succeeds();
    for (config, list) in [
        (r#"{"credsStore":"fake"}"#, ""),
        (
            r#"{"credsStore":"lockgate"}"#,
            "[docker]\nproviders = [\"lockgate:docker-helper fake\"]\n",
        ),
    ] {
        machine.write_config(config);
        machine.home.write_lockgate_config(list);
        assert_eq!(logs_out(), "erase https://r.example/\n", "{config}");
    }
    // The twin: granted for every server, it is asked for that name once, with the others.
    let words = ["provider", "grant", "lockgate:docker-helper", "registries=*", "--yes"];
    let _ = machine.home.lockgate(words).run().succeeds();
    assert_eq!(logs_out().matches("erase https://r.example/\n").count(), 1);
}

/// Regresses: each name of the server was a question of its own, about passwords of logins.
#[test]
fn a_person_is_asked_once_for_a_helper_that_a_logout_needs() {
    let machine = Machine::new();
    machine.write_config(r#"{"credsStore":"fake","auths":{"r.example":{}}}"#);
    let _ = machine.helper("fake", "read -r line; exit 0");
    for (answer, is_marked) in [("n\r", true), ("y\r", false)] {
        let mut terminal = Terminal::new();
        let mut logout = terminal.start(machine.docker(&["logout", "r.example"]));
        terminal.wait_for("Grant it? [y/N]");
        terminal.type_keys(answer);
        assert_eq!(end(&mut logout).code(), Some(0), "{}", terminal.screen());
        let screen = terminal.screen();
        assert_eq!(screen.matches("Grant it?").count(), 1, "{screen}");
        assert!(!screen.contains("of each login that is kept with it"), "{screen}");
        assert_eq!(machine.config().contains("r.example"), is_marked, "{screen}");
    }
}

/// Regresses: doctor's remedy for such an entry left it there.
#[test]
fn an_entry_that_nobody_can_read_goes_whatever_a_helper_says() {
    let machine = Machine::new();
    machine.write_config(
        r#"{"credsStore":"missing","auths":{"bad.example":{"auth":"%%%"},"m.example":{}}}"#,
    );
    let _ = machine.docker(&["logout", "bad.example"]).run().succeeds().says("bad.example");
    assert!(!machine.config().contains("bad.example"), "{}", machine.config());
    // The twin: a mark stays, since the helper may still have what it stands for.
    let _ = machine.docker(&["logout", "m.example"]).run().succeeds().says("m.example");
    assert!(machine.config().contains("m.example"), "{}", machine.config());
}
