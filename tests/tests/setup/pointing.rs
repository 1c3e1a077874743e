//! What is written, and what cargo makes of it.

use lockgate_tests::terminal::end;
use lockgate_tests::{Access, Server, Terminal};

use crate::{INDEX, Machine, TOKEN, exists};

const GREETER: &str = r#"greeter = { version = "1", registry = "corp" }"#;

/// A registry that wants tokens, whose token is in cargo's file.
fn corp(machine: &Machine, config: &str) -> Server {
    let server = Server::start(Access::Private);
    server.add_package("greeter", "1.0.0");
    server.accept(&[TOKEN]);
    machine.home.write_config(config.replace("INDEX", &server.index_url()));
    machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    machine.home.write_package("app", GREETER);
    server
}

/// The providers that answered `get` for the registry, by the audit.
fn answered(machine: &Machine) -> usize {
    let shown = machine.lockgate(&["audit", "show", "--provider", "cargo:token"]).run().succeeds();
    shown.stdout.lines().filter(|line| line.contains("127.0.0.1")).count()
}

#[test]
fn the_real_cargo_gets_its_token_through_lockgate_and_afterwards_as_before() {
    let machine = Machine::new();
    let server = corp(&machine, "[registries.corp]\nindex = \"INDEX\"\n");
    let before = machine.config();
    let _ = machine.home.cargo(["build"]).run().exits_with(101);
    let _ = machine.set_up().says("Linked").says("Changed").nowhere_has(TOKEN);
    let _ = machine.home.cargo(["build"]).run().succeeds();
    assert!(server.authorizations().iter().all(|sent| sent == TOKEN));
    assert!(answered(&machine) > 0, "the token did not come through Lockgate");
    let _ = machine.undo();
    assert_eq!(machine.config(), before);
    assert!(!exists(&machine.name()));
    let _ = machine.home.cargo(["update"]).run().exits_with(101).says("credential-provider");
}

/// White space in a path splits an entry of cargo's list, so that an alias holds the words.
#[test]
fn a_path_with_blanks_becomes_an_alias_and_the_real_cargo_follows_it() {
    let machine = Machine::with_program_in("my programs");
    let _server = corp(&machine, "# mine\n[registries.corp]\nindex = \"INDEX\"\n");
    let before = machine.config();
    let _ = machine.set_up();
    let config = machine.config();
    assert!(
        config.contains("global-credential-providers = [\"lockgate-cargo-token\"]"),
        "{config}"
    );
    let alias =
        format!("lockgate-cargo-token = [\"{}\", \"cargo:token\"]", machine.name().display());
    assert!(config.contains(&alias), "{config}");
    let _ = machine.home.cargo(["build"]).run().succeeds();
    assert!(answered(&machine) > 0);
    let _ = machine.set_up().says("nothing to do");
    assert_eq!(machine.config(), config);
    let _ = machine.undo();
    assert_eq!(machine.config(), before);
}

#[test]
fn each_entry_of_a_list_keeps_its_place_and_what_lockgate_has_not_stays() {
    let machine = Machine::new();
    let config = "[registry]\ndefault = 'corp' # mine\nglobal-credential-providers = [\n  \
                  \"cargo:token\", # the last resort\n  'cargo:paseto',\n  \
                  \"cargo:wincred\",\n]\n\n[registries.corp]\nindex = \"INDEX\"\n";
    machine.home.write_config(config.replace("INDEX", INDEX));
    let before = machine.config();
    let _ = machine.set_up().says("`cargo:paseto` stays as it is");
    let expected = before
        .replace("\"cargo:token\"", &format!("\"{}\"", machine.entry("cargo:token")))
        .replace("\"cargo:wincred\"", &format!("\"{}\"", machine.entry("cargo:wincred")));
    assert_eq!(machine.config(), expected);
    let _ = machine.set_up().says("nothing to do");
    assert_eq!(machine.config(), expected);
    let _ = machine.undo();
    assert_eq!(machine.config(), before);
}

/// What the documentation told people to write before there was this command.
#[test]
fn a_name_without_a_path_becomes_this_programs_own() {
    let machine = Machine::new();
    for name in ["cargo-credential-lockgate cargo:token", "lockgate cargo:token"] {
        machine
            .home
            .write_config(format!("[registry]\nglobal-credential-providers = [\"{name}\"]\n"));
        let _ = machine.set_up();
        let expected = machine.entry("cargo:token");
        assert!(machine.config().contains(&expected), "{}", machine.config());
    }
    machine.home.write_config("[registry]\nglobal-credential-providers = ['lockgate']\n");
    let _ = machine.set_up();
    let expected = format!("[\"{}\"]", machine.name().display());
    assert!(machine.config().contains(&expected), "{}", machine.config());
}

#[test]
fn a_native_plugin_is_told_with_the_command_that_grants_it() {
    let machine = Machine::new();
    let plugin = machine.home.root().join("cargo-credential-native");
    std::fs::write(&plugin, "#!/bin/sh\n").unwrap();
    lockgate_tests::home::set_mode(&plugin, 0o755);
    let plugin = plugin.display().to_string();
    machine.home.write_config(format!(
        "[registry]\nglobal-credential-providers = [\"cargo:token\", \"{plugin} word\"]\n"
    ));
    let grant = format!("lockgate provider grant lockgate:cargo-plugin process={plugin}");
    let _ = machine.set_up().says(&grant);
    let entry = machine.entry(&format!("lockgate:cargo-plugin {plugin} word"));
    assert!(machine.config().contains(&format!("\"{entry}\"")), "{}", machine.config());
    assert_eq!(machine.asked("crates-io"), ["lockgate:cargo-plugin", "cargo:token"]);
    // The twin: with the grant there is nothing to tell.
    let _ = machine.undo();
    let words: Vec<&str> = grant.split(' ').skip(1).chain(["--yes"]).collect();
    let _ = machine.lockgate(&words).run().succeeds();
    let _ = machine.set_up().never_says("provider grant");
}

#[test]
fn providers_that_are_named_take_the_place_of_the_list() {
    let machine = Machine::new();
    machine.home.write_config("[registry]\nglobal-credential-providers = ['cargo:paseto']\n");
    let before = machine.config();
    let named = ["--provider", "cargo:token", "--provider", "cargo:token-from-stdout /bin/echo x"];
    let _ = machine.setup(&named).args(["--yes"]).run().succeeds();
    let list = format!(
        "[\"{}\", \"{}\"]",
        machine.entry("cargo:token"),
        machine.entry("cargo:token-from-stdout /bin/echo x")
    );
    assert!(machine.config().contains(&list), "{}", machine.config());
    assert_eq!(machine.asked("crates-io"), ["cargo:token-from-stdout", "cargo:token"]);
    let _ = machine.setup(&named).args(["--yes"]).run().succeeds().says("nothing to do");
    let unknown = machine.setup(&["--provider", "corp-sso", "--yes"]).run().exits_with(1);
    let _ = unknown.says("there is no provider `corp-sso`");
    let _ = machine.undo();
    assert_eq!(machine.config(), before);
}

#[test]
fn one_registry_alone_gets_a_provider_of_its_own() {
    let machine = Machine::new();
    for (config, expected) in [
        (
            "[registries.corp]\nindex = \"INDEX\"\n",
            "[registries.corp]\ncredential-provider = \"OURS cargo:token\"\nindex = \"INDEX\"\n",
        ),
        (
            "[registries.corp]\nindex = \"INDEX\"\ncredential-provider = ['cargo:token-from-stdout', '/bin/echo', 'a b']\n",
            "[registries.corp]\nindex = \"INDEX\"\ncredential-provider = [\"OURS\", \"cargo:token-from-stdout\", \"/bin/echo\", \"a b\"]\n",
        ),
        (
            "registries.corp = { index = \"INDEX\", credential-provider = 'cargo:token' }\n",
            "registries.corp = { index = \"INDEX\", credential-provider = \"OURS cargo:token\" }\n",
        ),
    ] {
        let ours = machine.name().display().to_string();
        let config = config.replace("INDEX", INDEX);
        machine.home.write_config(&config);
        let _ = machine.setup(&["--registry", "corp", "--yes"]).run().succeeds();
        assert_eq!(machine.config(), expected.replace("INDEX", INDEX).replace("OURS", &ours));
        let again = machine.setup(&["--registry", "corp", "--yes"]).run().succeeds();
        let _ = again.says("nothing to do");
        let _ = machine.undo();
        assert_eq!(machine.config(), config);
    }
    let _ = machine.setup(&["--registry", "crates-io", "--yes"]).run().succeeds();
    let config = machine.config();
    assert!(config.contains("[registry]\ncredential-provider = "), "{config}");
    let missing = machine.setup(&["--registry", "none", "--yes"]).run().exits_with(1);
    let _ = missing.says("registry index was not found in any configuration: `none`");
}

#[test]
fn a_trial_shows_the_difference_without_secrets_and_changes_nothing() {
    let machine = Machine::new();
    machine.home.write_config("[registry]\ntoken = \"SECRET\"\n");
    let shown = machine.setup(&["--dry-run"]).run().succeeds().nowhere_has("SECRET");
    let path = machine.home.config();
    let added = machine.entry("cargo:token");
    let expected = format!(
        "+ {} -> {}\n--- {path}\n+++ {path}\n@@ -1,2 +1,3 @@\n [registry]\n\
         +global-credential-providers = [\"{added}\"]\n token = ...\n",
        machine.name().display(),
        machine.program().display(),
        path = path.display(),
    );
    assert_eq!(shown.stdout, expected);
    let json = machine.setup(&["--dry-run", "--json"]).run().succeeds().json();
    assert_eq!((json["changes"].as_bool(), json["dry_run"].as_bool()), (Some(true), Some(true)));
    assert!(json["difference"].as_str().unwrap().contains(&added), "{json:#}");
    assert_eq!(machine.config(), "[registry]\ntoken = \"SECRET\"\n");
    assert!(!exists(&machine.name()) && !exists(&machine.record()));
    // The twin: what is done keeps nothing of the secret beside the file either.
    let _ = machine.set_up().nowhere_has("SECRET");
    let record = std::fs::read_to_string(machine.record()).unwrap();
    assert!(record.contains(&added) && !record.contains("SECRET"), "{record}");
}

#[test]
fn a_trial_hides_what_stands_around_and_never_the_change() {
    let machine = Machine::new();
    machine.home.write_config(format!(
        "[http]\nproxy = \"me:SECRET@127.0.0.1:9\"\n# token = \"SECRET\"\n[registries.author]\n\
         index = \"{INDEX}\" # SECRET\n"
    ));
    let shown = machine.setup(&["--registry", "author", "--dry-run"]).run().succeeds();
    let change = format!("+credential-provider = \"{}\"\n", machine.entry("cargo:token"));
    let _ = shown.nowhere_has("SECRET").shows(&change).shows(" [registries.author]\n");
}

#[test]
fn a_person_is_asked_once_and_nobody_is_asked_where_there_is_none() {
    let machine = Machine::new();
    let refused = machine.setup(&[]).run().exits_with(1).says("say so with `--yes`");
    let _ = refused.says("+global-credential-providers");
    for (answer, code) in [("n\n", 1), ("y\n", 0)] {
        assert!(!exists(&machine.home.config()));
        let mut terminal = Terminal::new();
        let mut child = terminal.start(machine.setup(&[]));
        terminal.wait_for("Change cargo's configuration so? [y/N]");
        terminal.type_keys(answer);
        assert_eq!(end(&mut child).code(), Some(code), "{}", terminal.screen());
    }
    assert!(machine.config().contains(&machine.entry("cargo:token")));
}
