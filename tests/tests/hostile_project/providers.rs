//! A project that chooses the provider, and says what it may do.

use std::fs;
use std::path::PathBuf;

use lockgate_tests::plugin::{failure, get};
use lockgate_tests::{Access, Home, Plugin, Server};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const HONEST: &str = "sparse+https://corp.example/index/";

/// What is installed, and what it was given.
fn granted(home: &Home) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = home.files();
    files.retain(|(path, _)| path.starts_with(home.lockgate_home().join("providers")));
    files.sort();
    files
}

fn answer(home: &Home, index: &str, words: &[&str]) -> serde_json::Value {
    Plugin::start(&home.plugin()).ask(&get(index, words))
}

fn quoted(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("{word:?}")).collect();
    format!("[{}]", words.join(", "))
}

/// A registry that wants a token, a project that needs a package of it, and the hostile guest,
/// installed for that registry with nothing else.
fn machine() -> (Server, Home) {
    let (server, home) = (Server::start(Access::Private), Home::new());
    server.accept(&["tok"]);
    server.add_package("greeter", "1.0.0");
    home.write_package("app", r#"greeter = { version = "1", registry = "corp" }"#);
    home.write_config(format!("[registries.corp]\nindex = \"{}\"\n", server.index_url()));
    let _ =
        home.install_hostile("environment = [\"CI_JOB_JWT\"]", &["registries=cargo:*"]).succeeds();
    (server, home)
}

#[test]
fn words_of_a_project_grant_nothing() {
    let (server, home) = machine();
    let before = granted(&home);
    let read = ["read-environment", "CI_JOB_JWT"];
    let [program, _] = home.our_token_provider();
    let all = [program.clone(), "--grant".to_owned(), "all".to_owned()];
    let install = [program, "provider".to_owned(), "install".to_owned()];
    let grant = ["--grant-all", "--yes", "environment=CI_JOB_JWT"];
    let read_granting = [&read[..], &grant].concat();
    for (words, says) in [
        (all.to_vec(), "there is no provider `--grant`"),
        (install.to_vec(), "there is no provider `provider`"),
        (home.hostile_words(&read), "environment `CI_JOB_JWT` was refused"),
        (home.hostile_words(&read_granting), "there is no such attack"),
        (home.hostile_words(&[grant[0]]), "there is no such attack"),
    ] {
        let provider = quoted(&words);
        home.write_project_config(&format!(
            "[registries.corp]\ncredential-provider = {provider}\n"
        ));
        let build = home.cargo(["build"]).env("CI_JOB_JWT", "tok").run();
        let _ = build.exits_with(101).says(says);
        assert_eq!(granted(&home), before, "{words:?}");
    }
    assert!(server.authorizations().is_empty());

    // The twin: the person's own command does what the words of the project could not.
    let person = ["provider", "grant", "hostile", "environment=CI_JOB_JWT", "--yes"];
    let _ = home.lockgate(person).run().succeeds();
    assert_ne!(granted(&home), before);
    let provider = quoted(&home.hostile_words(&read));
    home.write_project_config(&format!("[registries.corp]\ncredential-provider = {provider}\n"));
    let _ = home.cargo(["build"]).env("CI_JOB_JWT", "tok").run().succeeds();
    assert_eq!(server.authorizations().last().unwrap(), "tok");
}

/// The name is the trusted registry's, the index is the project's.
#[test]
fn a_trusted_name_gives_an_index_no_provider() {
    let (server, home) = machine();
    let revoke = ["provider", "revoke", "hostile", "registries=cargo:*", "--yes"];
    let _ = home.lockgate(revoke).run().succeeds();
    let only_honest = format!("registries=cargo:{HONEST}");
    let grant = ["provider", "grant", "hostile", &only_honest, "--yes"];
    let _ = home.lockgate(grant).run().succeeds();
    let words = home.hostile_words(&["answer", "tok"]);
    home.write_config(format!(
        "[registries.corp]\nindex = \"{HONEST}\"\ncredential-provider = {}\n",
        quoted(&words)
    ));
    let index = server.index_url();
    home.write_project_config(&format!("[registries.corp]\nindex = \"{index}\"\n"));
    let _ = home.cargo(["build"]).run().exits_with(101);
    assert!(!server.requests().is_empty(), "cargo did not even ask the hostile server");
    assert!(server.authorizations().is_empty(), "{:#?}", server.requests());

    let words = ["hostile", "answer", "tok"];
    let hostile = answer(&home, &index, &words);
    assert_eq!(hostile["Err"]["kind"], "url-not-supported", "{hostile}");
    assert_eq!(answer(&home, HONEST, &words)["Ok"]["token"], "tok", "the twin");
}

/// Strings, since cargo puts the arrays of several files together into one command.
#[test]
fn another_installed_provider_than_the_users_own_is_refused_and_both_are_named() {
    let (server, home) = machine();
    let token = home.our_token_provider().join(" ");
    let hostile = home.hostile_words(&["answer", "tok"]).join(" ");
    let configure = |provider: &str| {
        home.write_config(format!(
            "[registries.corp]\nindex = \"{}\"\ncredential-provider = \"{provider}\"\n",
            server.index_url()
        ));
    };
    home.write_project_config(&format!("[registries.corp]\ncredential-provider = \"{hostile}\"\n"));
    configure(&token);
    let _ = home.cargo(["build"]).run().exits_with(101).says("`hostile`").says("`cargo:token`");
    assert!(server.authorizations().is_empty());
    configure(&hostile);
    let _ = home.cargo(["build"]).run().succeeds();
    assert_eq!(server.authorizations().last().unwrap(), "tok", "the twin");
}

#[test]
fn a_provider_is_not_asked_for_a_projects_own_registry() {
    let (server, home) = machine();
    let revoke = ["provider", "revoke", "hostile", "registries=cargo:*", "--yes"];
    let _ = home.lockgate(revoke).run().succeeds();
    home.write_config("");
    home.write_project_config(&format!(
        "[registries.corp]\nindex = \"{}\"\ncredential-provider = {}\n",
        server.index_url(),
        quoted(&home.hostile_words(&["answer", "tok"]))
    ));
    let asked = || {
        let audit = home.lockgate(["audit", "show", "--json"]).run().succeeds();
        audit.stdout.contains("\"outcome\":\"answered\"")
    };
    let _ = home.cargo(["build"]).run().exits_with(101);
    assert!(server.authorizations().is_empty() && !asked());
    let grant = ["provider", "grant", "hostile", "registries=cargo:*", "--yes"];
    let _ = home.lockgate(grant).run().succeeds();
    let _ = home.cargo(["build"]).run().succeeds();
    assert!(!server.authorizations().is_empty() && asked(), "the twin");
}

#[test]
fn a_component_in_a_project_is_no_provider() {
    let home = Home::new();
    let file = home.project().join("evil.wasm");
    fs::rename(home.write_hostile(""), &file).unwrap();
    let absolute = file.display().to_string();
    for name in ["./evil.wasm", "evil.wasm", "evil", &absolute] {
        let said = failure(&answer(&home, INDEX, &[name, "answer", "tok"])).unwrap();
        assert!(said.contains(&format!("there is no provider `{name}`")), "{said}");
        assert!(granted(&home).is_empty());
    }
    let install = ["provider", "install", &absolute, "--as", "evil", "--grant-all"];
    let _ = home.lockgate(install).run().succeeds();
    let found = answer(&home, INDEX, &["evil", "answer", "tok"]);
    assert_eq!(found["Ok"]["token"], "tok", "the twin: {found}");
}

#[test]
fn a_name_of_a_provider_is_no_path() {
    let home = Home::new();
    let _ = home.install_hostile("", &["registries=cargo:*"]).succeeds();
    let elsewhere = home.project().join("planted");
    let installed = home.lockgate_home().join("providers/hostile");
    let copied = home.run("cp").args(["-r"]).args([&installed, &elsewhere]).run();
    let _ = copied.succeeds();
    let absolute = elsewhere.display().to_string();
    for name in [
        "../../project/planted",
        "../providers/hostile",
        "./hostile",
        "hostile/",
        "hostile/../hostile",
        "../../../../../../usr/bin/echo",
        "/usr/bin/echo",
        "..",
        ".",
        "Hostile",
        "hostile\u{0}",
        "hostile\n",
        "cargo:../token",
        &absolute,
    ] {
        let found = answer(&home, INDEX, &[name, "answer", "tok"]);
        let said = failure(&found).unwrap_or_else(|| panic!("{name:?}: {found}"));
        assert!(said.contains("there is no provider"), "{name:?}: {said}");
        assert!(!said.contains(['\u{0}', '\u{1b}']), "{said:?}");
    }
    assert_eq!(answer(&home, INDEX, &["hostile", "answer", "tok"])["Ok"]["token"], "tok");
}
