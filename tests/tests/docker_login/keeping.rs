//! Where a login is kept, and what is left as it was.

use std::fs;

use lockgate_tests::docker::docker;
use lockgate_tests::docker_registry::{
    FakeRegistry, IDENTITY_TOKEN, Manner, PASSWORD, Tokens, USER,
};
use lockgate_tests::home::{mode, set_mode};

use crate::machine::{Machine, encoded};

#[test]
fn a_broken_configuration_is_never_written() {
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::BASIC);
    for broken in
        ["{", r#"{"auths":{"a.example":{"auth":"YTpi"}},}"#, r#"{"auths":[]}"#, "\u{feff}x"]
    {
        machine.write_config(broken);
        let _ = machine.login(&registry.server()).run().exits_with(1).says("config.json");
        let _ = machine.docker(&["logout", &registry.server()]).run().succeeds();
        assert_eq!(machine.config(), broken);
    }
    assert_eq!(registry.asked(), [""; 0], "nobody is asked for what could not be kept");
}

#[test]
fn a_broken_entry_costs_no_other_one_and_with_docker_it_does() {
    let machine = Machine::new();
    let good: Vec<_> = ["b", "c", "d", "e", "f"]
        .map(|name| format!(r#""{name}.example":{{"auth":"YTpi"}}"#))
        .to_vec();
    let text = format!(r#"{{"auths":{{"a.example":{{"auth":"OnBhc3M="}},{}}}}}"#, good.join(","));
    let is_whole = || machine.config().matches("YTpi").count() == good.len();
    machine.write_config(&text);
    let _ = machine.docker(&["logout", "a.example"]).run().succeeds();
    assert!(is_whole() && !machine.config().contains("a.example"), "{}", machine.config());
    // The twin: docker loses those that it had not read yet, in an order of chance.
    let Some(docker) = docker() else { return };
    let loses_some = (0..20).any(|_| {
        machine.write_config(&text);
        let _ = machine.real_docker(docker, &["logout", "a.example"]).run().succeeds();
        !is_whole()
    });
    assert!(loses_some, "{}", machine.config());
}

#[test]
fn what_is_not_known_stays_as_it_is() {
    let machine = Machine::new();
    let text = "{\n  \"mine\": { \"x\" : [1,2] },\n  \"auths\": { \"b.example\": { \"auth\": \"YTpi\", \"inner\": 7 } }\n}\n";
    machine.write_config(text);
    let registry = FakeRegistry::start(Manner::BASIC);
    let _ = machine.login(&registry.server()).run().succeeds();
    let config = machine.config();
    assert!(
        config.contains("\"mine\": { \"x\" : [1,2] }") && config.contains("\"inner\": 7"),
        "{config}"
    );
    assert!(config.contains(&encoded(USER, PASSWORD)), "{config}");
}

/// Helpers tell what they were asked in this file, beside the home.
fn recording(machine: &Machine, get: &str) -> std::path::PathBuf {
    let log = machine.home.root().join("tmp/asked");
    let script = format!(
        "read -r line\necho \"$1 $line\" >> {log}\ncase $1 in get) {get};; esac",
        log = log.display()
    );
    let program = machine.helper("fake", &script);
    machine.grant(&program);
    log
}

const NOT_FOUND: &str = "echo 'credentials not found in native keychain'; exit 1";

/// Programs of others work in an empty folder with no way out but their own: these log by a name that
/// every process can reach.
fn asked(log: &std::path::Path) -> Vec<String> {
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_helper_that_docker_names_keeps_the_login_and_the_file_gets_a_mark() {
    let machine = Machine::new();
    machine.write_config(r#"{"credsStore":"fake"}"#);
    let log = recording(&machine, NOT_FOUND);
    let registry = FakeRegistry::start(Manner::BASIC);
    let _ = machine.login(&registry.server()).run().succeeds().prints("Login Succeeded\n");
    assert_eq!(asked(&log), ["store"]);
    let kept = fs::read_to_string(&log).unwrap();
    assert!(kept.contains(PASSWORD) && kept.contains(&registry.server()), "{kept}");
    let config = machine.config();
    assert!(config.contains(&registry.server()) && !config.contains("\"auth\":"), "{config}");
}

#[test]
fn a_stored_login_that_the_registry_refuses_is_not_stored_again() {
    let machine = Machine::new();
    machine.write_config(r#"{"credsStore":"fake"}"#);
    let registry = FakeRegistry::start(Manner::BASIC);
    let server = registry.server();
    let answer =
        format!(r#"echo '{{"ServerURL":"{server}","Username":"{USER}","Secret":"an-older-one"}}'"#);
    let log = recording(&machine, &answer);
    let _ = machine
        .docker(&["login", &server])
        .run()
        .exits_with(1)
        .says("Stored credentials invalid or expired")
        .says("Cannot perform an interactive login from a non TTY device");
    assert_eq!(asked(&log), ["get"]);
    assert_eq!(machine.config(), r#"{"credsStore":"fake"}"#);
    // The twin: one that it takes.
    fs::remove_file(&log).unwrap();
    let log = recording(&machine, &answer.replace("an-older-one", PASSWORD));
    let _ = machine.docker(&["login", &server]).run().succeeds();
    assert_eq!(asked(&log), ["get"]);
}

#[test]
fn a_helper_that_nobody_granted_is_not_started_and_the_error_says_how_to_grant_it() {
    let machine = Machine::new();
    machine.write_config(r#"{"credsStore":"fake"}"#);
    let log = machine.home.root().join("tmp/asked");
    let program = machine.helper("fake", &format!("echo $1 >> {}; exit 1", log.display()));
    let registry = FakeRegistry::start(Manner::BASIC);
    let command = "lockgate provider grant lockgate:docker-helper";
    let _ = machine.login(&registry.server()).run().exits_with(1).says(command);
    assert!(!log.exists());
    assert_eq!(registry.asked(), [""; 0], "no password is sent for nothing");
    // The twin.
    machine.grant(&program);
    let _ = machine.login(&registry.server()).run().exits_with(1).says("Error saving credentials");
    assert_eq!(asked(&log), ["store"]);
}

#[test]
fn an_identity_token_is_kept_in_the_place_of_the_password() {
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::giving(Tokens::Identity));
    let _ = machine
        .login(&registry.server())
        .run()
        .succeeds()
        .says("stored unencrypted")
        .nowhere_has(IDENTITY_TOKEN);
    let config = machine.config();
    assert!(config.contains(&format!("\"identitytoken\": \"{IDENTITY_TOKEN}\"")), "{config}");
    assert!(config.contains(&encoded(USER, "")), "{config}");
    assert!(!config.contains(&encoded(USER, PASSWORD)), "{config}");
}

#[test]
fn where_nothing_is_said_our_own_store_keeps_it_and_docker_finds_it() {
    let machine = Machine::new();
    machine.write_config("{}");
    let registry = FakeRegistry::start(Manner::BASIC);
    let _ = machine.login(&registry.server()).run().succeeds().says("unencrypted");
    let config = machine.config();
    assert!(config.contains("\"credsStore\": \"lockgate\""), "{config}");
    assert!(config.contains(&registry.server()) && !config.contains("\"auth\":"), "{config}");
    let helper = machine.home.run(machine.home.programs().join("docker-credential-lockgate"));
    let _ = helper.args(["get"]).stdin(registry.server()).run().succeeds().shows(PASSWORD);
}

#[test]
fn the_password_is_in_no_other_file_and_on_no_screen() {
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::BASIC);
    let _ = machine.login(&registry.server()).run().succeeds().nowhere_has(PASSWORD);
    let encoded = encoded(USER, PASSWORD);
    for (path, content) in machine.home.files() {
        let text = String::from_utf8_lossy(&content);
        let is_config = path == machine.config_file();
        assert!(!text.contains(PASSWORD), "{}", path.display());
        assert_eq!(text.contains(&encoded), is_config, "{}", path.display());
    }
}

#[test]
fn a_user_with_a_colon_is_not_kept_where_it_would_be_read_back_as_another() {
    let machine = Machine::new();
    let before = machine.config();
    let registry = FakeRegistry::start(Manner::OPEN);
    let words = ["login", "-u", "ali:ce", "--password-stdin", &registry.server()];
    let _ = machine
        .docker(&words)
        .stdin("x")
        .run()
        .exits_with(1)
        .says("Error saving credentials")
        .says("colon");
    assert_eq!(machine.config(), before);
}

/// docker writes an empty entry over the one that was kept, and says that the login succeeded.
#[test]
fn a_login_that_docker_would_write_over_is_refused_and_nothing_is_lost() {
    let machine = Machine::new();
    machine.home.write_lockgate_config("[docker]\nproviders = [\"lockgate:docker-config\"]\n");
    let registry = FakeRegistry::start(Manner::BASIC);
    let server = registry.server();
    let ours = || machine.home.run(machine.home.programs().join("docker-credential-lockgate"));
    let stored = format!(r#"{{"ServerURL":"{server}","Username":"{USER}","Secret":"{PASSWORD}"}}"#);
    for config in [
        r#"{"credsStore":"lockgate"}"#.to_owned(),
        format!(r#"{{"auths":{{}},"credHelpers":{{"{server}":"lockgate"}}}}"#),
    ] {
        machine.write_config(&config);
        let _ = machine
            .login(&server)
            .run()
            .exits_with(1)
            .prints("")
            .says("Error saving credentials")
            .says("would write an empty entry over");
        let refused = ours().args(["store"]).stdin(stored.clone()).run().exits_with(1);
        let _ = refused.shows("take `lockgate` out of").nowhere_has(PASSWORD);
        assert_eq!(machine.config(), config);
    }
    // The twins: where docker does not ask us, and where it said nothing yet.
    for config in [r#"{"auths":{"other.example":{"auth":"YTpi"}}}"#, "{}"] {
        machine.write_config(config);
        let _ = machine.login(&server).run().succeeds().prints("Login Succeeded\n");
        assert!(machine.config().contains(&encoded(USER, PASSWORD)), "{}", machine.config());
        assert!(!machine.config().contains("credsStore"), "{}", machine.config());
        let _ = ours().args(["get"]).stdin(server.clone()).run().succeeds().shows(PASSWORD);
    }
}

#[test]
fn nothing_is_kept_where_others_can_write_and_where_they_can_read_it_is_told() {
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::BASIC);
    let login = || machine.login(&registry.server()).run();
    let (file, before) = (machine.config_file(), machine.config());
    let folder = file.parent().unwrap();
    for (path, bad, good) in [(file.as_path(), 0o666, 0o600), (folder, 0o777, 0o700)] {
        set_mode(path, bad);
        let _ = login().exits_with(1).says("where others could take").says("chmod go-w");
        assert_eq!(machine.config(), before);
        let _ = machine.docker(&["logout", "b.example"]).run().succeeds();
        set_mode(path, good);
    }
    let told = "other users can read";
    let _ = login().succeeds().says("stored unencrypted").never_says(told);
    set_mode(&file, 0o644);
    let forget = || machine.docker(&["logout", &registry.server()]).run().succeeds();
    let _ = forget();
    let _ = login().succeeds().never_says(told);
    // The twin: the folder lets them in.
    set_mode(folder, 0o755);
    let _ = forget();
    let _ = login().succeeds().says(told).says("chmod go=");
    assert_eq!(mode(&file), 0o644, "it is the person's to change");
}
