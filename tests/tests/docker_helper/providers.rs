//! Who serves a server of docker's: what is listed, what is asked where nothing is, and that nobody is
//! asked for what is not theirs.

use std::fs;
use std::os::unix::fs::symlink;

use lockgate_tests::administrator::POLICY_FILE;
use lockgate_tests::docker_helper::{Helper, NOT_FOUND, credential};
use lockgate_tests::guests::Guest;
use lockgate_tests::home::mode;
use lockgate_tests::{Policy, keyring};
use serde_json::{Value, json};

use crate::{Desktop, Home, Run};

const SERVER: &str = "ghcr.io";

/// What the recorder answers to whoever asks it.
fn recorded() -> Option<(String, String)> {
    Some(("recorder".to_owned(), "recorded".to_owned()))
}

fn kept(user: &str, secret: &str) -> Option<(String, String)> {
    Some((user.to_owned(), secret.to_owned()))
}

/// A home where these serve docker, in this order.
fn served_by(providers: &[&str]) -> (Home, Helper) {
    let home = Home::new();
    list(&home, providers);
    let helper = Helper::ours(&home);
    (home, helper)
}

fn list(home: &Home, providers: &[&str]) {
    home.write_lockgate_config(&format!("[docker]\nproviders = {}\n", json!(providers)));
}

/// Installs the recorder for these registries.
fn install(home: &Home, registries: &str) {
    let file = home.root().join("recorder.wasm");
    fs::write(&file, Guest::named("recorder").component).unwrap();
    let (file, grant) = (file.display().to_string(), format!("registries={registries}"));
    let _ = home.lockgate(["provider", "install", &file, "--grant", &grant]).run().succeeds();
}

#[test]
fn the_first_that_has_a_credential_answers_and_the_first_that_takes_a_login_keeps_it() {
    let (home, helper) = served_by(&["recorder read-only", "lockgate:file"]);
    install(&home, "oci:*");
    helper.keeps(SERVER, "alice", "secret");
    assert_eq!(helper.finds(SERVER), recorded(), "the first is asked first");
    list(&home, &["recorder not-found", "lockgate:file"]);
    assert_eq!(helper.finds(SERVER), kept("alice", "secret"), "the login went on to the file");
    list(&home, &["lockgate:file", "recorder"]);
    assert_eq!(helper.finds(SERVER), kept("alice", "secret"));
    assert_eq!(helper.finds("other.example"), recorded());
    list(&home, &["recorder read-only", "lockgate:file"]);
    helper.forgets(SERVER);
    list(&home, &["lockgate:file"]);
    assert_eq!(helper.finds(SERVER), None, "a logout asks all of them");
}

#[test]
fn a_login_that_nobody_takes_says_who_was_asked_and_why_not() {
    let (home, helper) = served_by(&["recorder read-only", "recorder unsupported-registry"]);
    install(&home, "oci:*");
    let _ = helper
        .ask(&["store"], credential(SERVER, "alice", "s3cret"))
        .exits_with(1)
        .says("no provider keeps a credential for ghcr.io")
        .says("`recorder`: the operation is not supported")
        .says("`recorder`: the registry is not supported")
        .says("not supported\n\nhelp: name a provider that keeps credentials in `[docker]`")
        .shows("not supported; name a provider")
        .nowhere_has("s3cret");
    list(&home, &["recorder read-only", "recorder"]);
    helper.keeps(SERVER, "alice", "s3cret");
}

#[test]
fn a_provider_of_one_server_is_never_asked_for_another() {
    let (home, helper) = served_by(&["recorder"]);
    install(&home, "oci:a.example");
    let own = ["a.example", "https://a.example", "https://a.example/", "a.example:443"];
    let others = ["b.example", "a.example:5000", "http://a.example", "b.a.example", "a.example.b"];
    for server in own {
        assert_eq!(helper.finds(server), recorded(), "{server}");
    }
    for server in others {
        assert_eq!(helper.finds(server), None, "{server}");
        let refused = helper.ask(&["store"], credential(server, "alice", "s3cret")).exits_with(1);
        let _ = refused.says("no provider keeps a credential");
    }
    let audit = home.lockgate(["audit", "show", "--json"]).run().succeeds();
    assert!(audit.stdout.contains("a.example") && audit.stdout.contains("b.example"), "{audit}");
    let _ = home.lockgate(["provider", "grant", "recorder", "registries=oci:*", "--yes"]).run();
    for server in others {
        assert_eq!(helper.finds(server), recorded(), "the twin: {server}");
    }
}

#[test]
fn an_entry_is_found_by_each_name_of_its_server_and_never_across_ports_or_schemes() {
    let (_home, helper) = served_by(&["lockgate:file"]);
    helper.keeps("https://a.example:5000/", "alice", "secret");
    for server in ["a.example:5000", "https://a.example:5000", "https://a.example:5000/"] {
        assert_eq!(helper.finds(server), kept("alice", "secret"), "{server}");
    }
    for server in ["a.example", "a.example:5001", "http://a.example:5000", "a.example:5000/v2"] {
        assert_eq!(helper.finds(server), None, "{server}");
        helper.forgets(server);
    }
    helper.keeps("a.example:5000", "bob", "newer");
    assert_eq!(helper.lists(), json!({"a.example:5000": "bob"}), "one entry for one server");
    helper.forgets("https://a.example:5000");
    assert_eq!(helper.lists(), json!({}));
    helper.keeps("docker.io", "alice", "hub");
    for server in ["https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io"] {
        assert_eq!(helper.finds(server), kept("alice", "hub"), "{server}");
    }
    assert_eq!(helper.finds("https://index.docker.io/v1/access-token"), None);
}

#[test]
fn an_answer_without_an_account_is_an_error_of_its_provider() {
    let (home, helper) = served_by(&["recorder no-account"]);
    install(&home, "oci:*");
    let refused = helper.ask(&["get"], SERVER).exits_with(1);
    assert_ne!(refused.stdout, NOT_FOUND);
    let _ = refused.says("`recorder`").says("account");
    list(&home, &["recorder"]);
    assert_eq!(helper.finds(SERVER), recorded());
}

#[test]
fn where_nothing_is_listed_and_no_keyring_answers_a_file_keeps_it_and_a_person_is_told() {
    let home = Home::new();
    let helper = Helper::ours(&home);
    let store = || helper.ask(&["store"], credential(SERVER, "alice", "secret")).succeeds();
    let _ = store().prints("").says("unencrypted").says("config.toml").nowhere_has("secret");
    assert_eq!(helper.finds(SERVER), kept("alice", "secret"));
    assert_eq!(helper.lists(), json!({SERVER: "alice"}));
    list(&home, &["lockgate:file"]);
    let _ = store().is_silent();
    helper.forgets(SERVER);
    assert_eq!(helper.finds(SERVER), None);
}

/// A keyring service without a keyring can only ask a person at the desktop to make one.
#[test]
fn a_login_goes_to_a_file_where_the_keyring_that_answers_has_no_default_collection() {
    let (home, mut desktop) = (Home::new(), Desktop::without_default());
    let store = |desktop: &Desktop, secret: &str| {
        let helper = Helper::ours_within(&home, desktop);
        helper.ask(&["store"], credential(SERVER, "alice", secret)).nowhere_has(secret)
    };
    let told = store(&desktop, "of-a-file").succeeds().says("no default collection");
    let _ = told.says("unencrypted").says("config.toml");
    let finds = |desktop: &Desktop| Helper::ours_within(&home, desktop).finds(SERVER);
    assert_eq!(finds(&desktop), kept("alice", "of-a-file"));
    // Who names the keyring is told what is the matter.
    list(&home, &["lockgate:os-store"]);
    let _ = store(&desktop, "of-nobody").exits_with(1).says("no default keyring");
    home.write_lockgate_config("");
    // The twin: with one the keyring takes it, and nothing older is left in the file.
    desktop.stop_keyring();
    desktop.start_keyring();
    assert_eq!(finds(&desktop), kept("alice", "of-a-file"));
    let _ = store(&desktop, "of-the-keyring").succeeds().is_silent();
    assert_eq!(finds(&desktop), kept("alice", "of-the-keyring"));
    assert_eq!(Helper::ours(&home).finds(SERVER), None);
}

#[test]
fn a_login_with_a_keyring_takes_the_place_of_an_entry_in_a_file() {
    let (home, desktop) = (Home::new(), Desktop::new());
    let (without, within) = (Helper::ours(&home), Helper::ours_within(&home, &desktop));
    within.keeps(SERVER, "alice", "of the keyring");
    assert_eq!(without.finds(SERVER), None);
    without.keeps("https://ghcr.io", "alice", "of a file");
    assert_eq!(within.finds(SERVER), kept("alice", "of a file"), "the newer one");
    let _ = within.ask(&["store"], credential(SERVER, "bob", "newest")).succeeds().is_silent();
    assert_eq!(within.finds("https://ghcr.io/"), kept("bob", "newest"));
    assert_eq!(without.finds("https://ghcr.io"), None, "no older one is left");
    assert_eq!(within.lists(), json!({SERVER: "bob"}));
    assert_eq!(Helper::secretservice(&home, &desktop).finds(SERVER), kept("bob", "newest"));
    within.forgets("https://ghcr.io");
    assert_eq!(within.finds(SERVER), None);
}

#[test]
fn a_locked_keyring_is_an_error_and_nothing_goes_into_a_file_instead() {
    let (home, desktop) = (Home::new(), Desktop::new());
    let (without, within) = (Helper::ours(&home), Helper::ours_within(&home, &desktop));
    within.keeps(SERVER, "alice", "secret");
    desktop.lock();
    let store = within.ask(&["store"], credential("a.example", "alice", "s3cret"));
    let _ = store.exits_with(1).says("locked").nowhere_has("s3cret");
    for action in ["get", "erase"] {
        let output = within.ask(&[action], SERVER).exits_with(1).says("locked");
        assert_ne!(output.stdout, NOT_FOUND);
    }
    assert_eq!(without.finds("a.example"), None, "nothing is in a file");
    without.keeps("a.example", "alice", "s3cret");
    assert_eq!(without.finds("a.example"), kept("alice", "s3cret"), "the twin: without a keyring");
}

#[test]
fn dockers_own_file_is_a_store_where_it_is_listed() {
    let (home, helper) = served_by(&["lockgate:docker-config"]);
    let file = home.user().join(".docker/config.json");
    helper.keeps(SERVER, "alice", "secret");
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    let auths = |text: &str| serde_json::from_str::<Value>(text).unwrap()["auths"].clone();
    let read = || fs::read_to_string(&file).unwrap();
    assert_eq!(auths(&read()), json!({SERVER: {"auth": "YWxpY2U6c2VjcmV0"}}));
    assert_eq!(helper.finds("https://ghcr.io"), kept("alice", "secret"));
    assert_eq!(helper.lists(), json!({SERVER: "alice"}));
    helper.keeps("a.example", "<token>", "refresh");
    assert_eq!(helper.finds("a.example"), kept("<token>", "refresh"));
    helper.forgets("https://ghcr.io");
    helper.forgets("a.example");
    assert_eq!(auths(&read()), json!({}));
    list(&home, &["lockgate:file"]);
    helper.keeps(SERVER, "bob", "elsewhere");
    assert_eq!(auths(&read()), json!({}), "the twin: not where it is not listed");
}

#[test]
fn dockers_own_file_may_be_a_link_into_a_folder_of_dotfiles() {
    let (home, helper) = served_by(&["lockgate:docker-config"]);
    let (folder, kept_in) = (home.user().join("own"), home.user().join("dotfiles/docker.json"));
    for folder in [&folder, &home.user().join("dotfiles")] {
        fs::create_dir_all(folder).unwrap();
    }
    fs::write(&kept_in, "{\n\t\"mine\": 1\n}").unwrap();
    symlink("../dotfiles/docker.json", folder.join("config.json")).unwrap();
    let within = |run: Run| run.env("DOCKER_CONFIG", &folder);
    let store = helper.run_of(&["store"], credential(SERVER, "alice", "secret"));
    let _ = within(store).run().succeeds();
    let text = fs::read_to_string(&kept_in).unwrap();
    assert!(text.contains("\"mine\": 1") && text.contains("YWxpY2U6c2VjcmV0"), "{text}");
    let found = within(helper.run_of(&["get"], SERVER)).run().succeeds().json();
    assert_eq!(found["Secret"], "secret");
    let _ = within(helper.run_of(&["erase"], SERVER)).run().succeeds();
    assert!(folder.join("config.json").is_symlink());
    let _ = within(helper.run_of(&["get"], SERVER)).run().exits_with(1).prints(NOT_FOUND);
}

#[test]
fn the_administrator_chooses_and_forbids_for_docker_too() {
    let Some(policy) = Policy::new("[deny]\nstores = ['file']\n") else { return };
    let (home, helper) = served_by(&["lockgate:file"]);
    install(&home, "oci:*");
    let get = || policy.over(helper.run_of(&["get"], SERVER)).run();
    let store = || {
        let credential = credential(SERVER, "alice", "s3cret");
        policy.over(helper.run_of(&["store"], credential)).run()
    };
    let _ = store().exits_with(1).says(POLICY_FILE).nowhere_has("s3cret");
    policy.write("");
    let _ = store().succeeds();
    let forced = format!(
        "[registries.'oci:ghcr.io']\nproviders = [{{ name = 'recorder', is = ['source:file:{}/*'] }}]\n",
        home.root().display()
    );
    policy.write(&forced);
    assert_eq!(get().succeeds().json()["Secret"], "recorded", "whatever the user lists");
    let listed = policy.over(helper.run_of(&["list"], "")).run().succeeds().json();
    assert_eq!(listed, json!({}), "nobody would be asked for it");
    policy.write("");
    assert_eq!(get().succeeds().json()["Secret"], "s3cret", "the twin");
}

/// Regression: the administrator's list was asked from its end, unlike the user's.
#[test]
fn the_administrators_list_is_asked_from_its_beginning_as_the_users_is() {
    let forced = |list: &str| format!("[registries.'oci:ghcr.io']\nproviders = [{list}]\n");
    let Some(policy) = Policy::new(&forced("'lockgate:docker-config', 'lockgate:file'")) else {
        return;
    };
    let (home, helper) = served_by(&["lockgate:file"]);
    let store = |secret: &str| {
        let credential = credential(SERVER, "alice", secret);
        let _ = policy.over(helper.run_of(&["store"], credential)).run().succeeds();
    };
    let get = || policy.over(helper.run_of(&["get"], SERVER)).run().succeeds().json();
    store("first");
    let file = fs::read_to_string(home.user().join(".docker/config.json")).unwrap();
    assert!(file.contains(SERVER), "the first of the list keeps it: {file}");
    policy.write(&forced("'lockgate:file', 'lockgate:docker-config'"));
    store("second");
    assert_eq!(get()["Secret"], "second");
    policy.write(&forced("'lockgate:docker-config', 'lockgate:file'"));
    assert_eq!(get()["Secret"], "first", "the twin: the other order");
}

/// Regression: docker's rule that an entry is found by its host was applied to the server's other names
/// too, so that one for plain http was answered for https, and an erased one was still answered.
#[test]
fn an_entry_for_plain_http_or_of_a_path_is_no_answer_for_another_name_of_the_host() {
    let (home, helper) = served_by(&["lockgate:docker-config"]);
    let file = home.user().join(".docker/config.json");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let entries = r#"{"auths":{"http://h.example":{"auth":"YWxpY2U6cGxhaW4="},
        "https://t.example/team-a/":{"auth":"YWxpY2U6dGVhbQ=="}}}"#;
    fs::write(&file, entries).unwrap();
    for other in ["https://h.example", "https://h.example/", "https://t.example"] {
        assert_eq!(helper.finds(other), None, "{other}");
    }
    assert_eq!(helper.finds("http://h.example/"), kept("alice", "plain"));
    assert_eq!(helper.finds("https://t.example/team-a"), kept("alice", "team"));
    for (host, secret) in [("h.example", "plain"), ("t.example", "team")] {
        assert_eq!(helper.finds(host), kept("alice", secret), "as docker finds it: {host}");
        helper.forgets(&format!("https://{host}"));
        assert_eq!(helper.finds(&format!("https://{host}")), None, "{host}");
        helper.forgets(host);
        assert_eq!(helper.finds(host), None, "what is erased is not answered: {host}");
    }
}

/// Regression: a logout without the bus said that all is well and left the keyring's entry.
#[test]
fn a_logout_that_cannot_ask_a_keyring_says_that_an_entry_may_be_left_there() {
    let (home, desktop) = (Home::new(), Desktop::new());
    let (without, within) = (Helper::ours(&home), Helper::ours_within(&home, &desktop));
    within.keeps(SERVER, "alice", "secret");
    let _ = without
        .ask(&["erase"], SERVER)
        .succeeds()
        .prints("")
        .says("may still be in its keyring")
        .says("`lockgate docker get ghcr.io`");
    assert_eq!(within.finds(SERVER), kept("alice", "secret"), "as it was told");
    let wrong = |action| {
        let run = without.run_of(&[action], SERVER);
        run.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus").run()
    };
    let _ = wrong("erase").succeeds().prints("").says("may still be in its keyring");
    let _ = wrong("get").exits_with(1).prints("credentials not found in native keychain\n");
    let config = home.user().join(".docker");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.json"), r#"{"credsStore":"lockgate"}"#).unwrap();
    let logout = || home.lockgate(["docker", "logout", SERVER]);
    let told = logout().run().succeeds().says("may still be in its keyring");
    assert_eq!(told.stderr.matches("its keyring").count(), 1, "{told}");
    let _ = desktop.within(logout()).run().succeeds().is_silent();
    assert_eq!(within.finds(SERVER), None, "the twin: with the bus it is gone");
    list(&home, &["lockgate:file"]);
    let _ = without.ask(&["erase"], SERVER).succeeds().is_silent();
}

/// Regression: the folder of the file was opened for writing, whichever it was.
#[test]
fn dockers_own_file_is_not_changed_where_its_folder_is_the_whole_home() {
    let (home, helper) = served_by(&["lockgate:docker-config"]);
    let in_folder = |folder: &std::path::Path, action: &[&str], input: Vec<u8>| {
        helper.run_of(action, input).env("DOCKER_CONFIG", folder).run()
    };
    let file = home.user().join("config.json");
    fs::write(&file, r#"{"auths":{"a.example":{"auth":"YTpi"}}}"#).unwrap();
    let store = || credential(SERVER, "alice", "s3cret").into();
    for folder in [home.user(), home.user().join(".")] {
        let refused = in_folder(&folder, &["store"], store()).exits_with(1);
        let _ = refused.says("your home folder").says("DOCKER_CONFIG").nowhere_has("s3cret");
        let _ = in_folder(&folder, &["erase"], b"a.example".to_vec()).exits_with(1);
        let found = in_folder(&folder, &["get"], b"a.example".to_vec()).succeeds().json();
        assert_eq!(found["Secret"], "b", "what is there is still read");
    }
    let own = home.user().join("own");
    let _ = in_folder(&own, &["store"], store()).succeeds();
    assert!(fs::read_to_string(own.join("config.json")).unwrap().contains(SERVER), "the twin");
}

#[test]
fn a_secret_of_a_mebibyte_of_any_text_comes_back() {
    for provider in ["lockgate:file", "lockgate:docker-config"] {
        let (_home, helper) = served_by(&[provider]);
        let secret = "a\n\"\\\u{7f}é<&>\t".repeat((1 << 20) / 12);
        helper.keeps(SERVER, "alice", &secret);
        assert!(helper.finds(SERVER) == kept("alice", &secret), "{provider}");
    }
}

/// Its entries are the user's and not of one home.
#[test]
fn the_kernels_keyring_keeps_one_entry_for_each_server() {
    if !keyring::is_there() {
        return;
    }
    let (_home, helper) = served_by(&["lockgate:kernel-keyring"]);
    let server = format!("test-{}.example", std::process::id());
    let with_scheme = format!("https://{server}");
    helper.keeps(&with_scheme, "alice", "older");
    helper.keeps(&server, "bob", "newer");
    assert_eq!(helper.finds(&server), kept("bob", "newer"));
    assert_eq!(helper.finds(&with_scheme), kept("bob", "newer"), "the older one is gone");
    assert_eq!(helper.finds(&format!("http://{server}")), None);
    helper.forgets(&format!("{with_scheme}/"));
    assert_eq!(helper.finds(&server), None);
}

/// Regresses: the picture of a mistake in config.toml ran into the client's line.
#[test]
fn a_mistake_in_the_configuration_is_one_clean_line_for_the_client_and_shown_to_the_person() {
    let (home, helper) = served_by(&["lockgate:file"]);
    home.write_lockgate_config("[docker]\nprovider = [\"lockgate:file\"]\n");
    let refused = helper.ask(&["get"], SERVER).exits_with(1).says("^").says("2 | provider");
    assert_eq!(refused.stdout.lines().count(), 1, "{refused}");
    assert!(refused.stdout.contains("config.toml:2"), "{refused}");
    assert!(!refused.stdout.contains(['^', '|']), "{refused}");
}
