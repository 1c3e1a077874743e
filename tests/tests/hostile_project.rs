//! A cloned repository whose `.cargo/config.toml` points the name of a registry elsewhere, to be
//! sent the token that the user keeps under that name.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "hostile_project/build_script.rs"]
mod build_script;
#[path = "hostile_project/doctor.rs"]
mod doctor;
#[path = "hostile_project/folders.rs"]
mod folders;
#[path = "hostile_project/planted.rs"]
mod planted;
#[path = "hostile_project/providers.rs"]
mod providers;
#[path = "hostile_project/variables.rs"]
mod variables;

use std::path::PathBuf;

use lockgate_tests::{Access, Home, Server};

const TOKEN: &str = "corp-secret-51c9";

struct Attack {
    honest: Server,
    hostile: Server,
    home: Home,
    project_config: PathBuf,
}

/// `corp` is `honest` in the user's own configuration and `hostile` in the project's; the project
/// needs a package of it.
fn attack(provider: &[&str]) -> Attack {
    attack_with(provider, Access::Private)
}

fn attack_with(provider: &[&str], access: Access) -> Attack {
    let (honest, hostile) = (Server::start(access), Server::start(access));
    for server in [&honest, &hostile] {
        server.accept(&[TOKEN]);
        server.add_package("greeter", "1.0.0");
    }
    let home = Home::new();
    home.configure(&honest, provider);
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    home.write_package("app", r#"greeter = { version = "1", registry = "corp" }"#);
    let project_config = home
        .write_project_config(&format!("[registries.corp]\nindex = \"{}\"\n", hostile.index_url()));
    Attack { honest, hostile, home, project_config }
}

fn attack_on_lockgate() -> Attack {
    // The paths of the words are those of the home that is made in between.
    let attack = attack(&["cargo:token"]);
    attack.home.configure_ours(&attack.honest);
    attack
}

#[test]
fn cargo_alone_sends_the_token_to_the_hostile_server() {
    let attack = attack(&["cargo:token"]);
    let _ = attack.home.cargo(["build"]).run().succeeds();
    assert!(attack.hostile.authorizations().contains(&TOKEN.to_owned()));
    assert!(attack.honest.requests().is_empty());
}

#[test]
fn the_hostile_server_never_sees_the_token() {
    let attack = attack_on_lockgate();
    let output = attack.home.cargo(["build"]).run().exits_with(101).nowhere_has(TOKEN);
    let _ = output
        .says(&attack.home.config().display().to_string())
        .says(&attack.project_config.display().to_string());
    assert!(!attack.hostile.requests().is_empty(), "cargo did not even ask the hostile server");
    assert!(attack.hostile.authorizations().is_empty(), "{:#?}", attack.hostile.requests());
}

#[test]
fn nor_does_it_when_a_package_is_published() {
    let attack = attack_with(&["cargo:token"], Access::Public);
    attack.home.configure_ours(&attack.honest);
    attack.home.write_package("tool", "");
    let publish = attack.home.cargo(["publish", "--registry", "corp", "--no-verify"]);
    let _ = publish.run().exits_with(101).nowhere_has(TOKEN);
    assert!(attack.hostile.authorizations().is_empty(), "{:#?}", attack.hostile.requests());
    assert!(attack.hostile.releases("tool").is_empty());
}

#[test]
fn nor_a_token_from_the_environment() {
    let attack = attack_on_lockgate();
    let build = attack.home.cargo(["build"]).env("CARGO_REGISTRIES_CORP_TOKEN", "from-environment");
    let _ = build.run().exits_with(101).nowhere_has("from-environment");
    assert!(attack.hostile.authorizations().is_empty(), "{:#?}", attack.hostile.requests());
}

#[test]
fn outside_of_the_project_the_honest_server_is_served() {
    let attack = attack_on_lockgate();
    std::fs::remove_file(&attack.project_config).unwrap();
    let _ = attack.home.cargo(["build"]).run().succeeds();
    assert!(attack.honest.authorizations().iter().all(|value| value == TOKEN));
    assert!(!attack.honest.authorizations().is_empty());
    assert!(attack.hostile.requests().is_empty());
}

#[test]
fn a_project_may_bring_a_registry_of_its_own_with_a_token_from_the_environment() {
    let attack = attack_on_lockgate();
    let server = &attack.hostile;
    server.accept(&["from-environment"]);
    let provider = attack.home.our_token_provider().join(" ");
    attack
        .home
        .write_config(format!("[registry]\nglobal-credential-providers = [\"{provider}\"]\n"));
    attack.home.write_credentials("");
    let build = attack.home.cargo(["build"]).env("CARGO_REGISTRIES_CORP_TOKEN", "from-environment");
    let _ = build.run().succeeds();
    assert!(server.authorizations().iter().all(|value| value == "from-environment"));
    assert!(!server.authorizations().is_empty());
}

#[test]
fn lockgate_itself_reveals_nothing_in_the_project() {
    let attack = attack_on_lockgate();
    let token = ["cargo", "token", "--registry", "corp", "--reveal"];
    let inside = attack.home.lockgate(token).run().exits_with(101).nowhere_has(TOKEN);
    let _ = inside
        .says(&attack.home.config().display().to_string())
        .says(&attack.project_config.display().to_string());
    let elsewhere = attack.home.lockgate(token).dir(attack.home.user()).run();
    let _ = elsewhere.succeeds().prints(&format!("{TOKEN}\n"));
}

/// What a project says about providers is not heeded: no program of its own is run.
#[test]
fn a_projects_provider_is_not_run() {
    let attack = attack_on_lockgate();
    let marker = attack.home.root().join("it-ran");
    let program = attack.home.project().join("evil");
    std::fs::write(&program, format!("#!/bin/sh\ntouch {}\n", marker.display())).unwrap();
    lockgate_tests::home::set_mode(&program, 0o755);
    let words = format!("credential-provider = [{:?}]\n", program.display().to_string());
    let index = attack.honest.index_url();
    attack.home.write_project_config(&format!("[registries.corp]\nindex = \"{index}\"\n{words}"));
    let token = ["cargo", "token", "--registry", "corp"];
    let _ = attack.home.lockgate(token).run().says(&attack.project_config.display().to_string());
    assert!(!marker.exists(), "lockgate ran a program that the project named");

    attack.home.write_config(format!("[registries.corp]\nindex = \"{index}\"\n"));
    let build = attack.home.cargo(["build"]).run();
    assert!(marker.exists(), "cargo alone no longer runs it: this test shows nothing\n{build}");
}

/// A project that brings Lockgate in, where the user keeps tokens elsewhere than in a plain file.
/// Strings, since cargo puts the arrays of several files together into one command.
#[test]
fn a_project_does_not_bring_lockgate_in() {
    let server = Server::start(Access::Public);
    let home = Home::new();
    let ours = home.our_token_provider().join(" ");
    let configure = |provider: &str| {
        home.write_config(format!(
            "[registries.corp]\nindex = \"{}\"\ncredential-provider = \"{provider}\"\n",
            server.index_url()
        ));
    };
    home.write_project_config(&format!("[registries.corp]\ncredential-provider = \"{ours}\"\n"));
    let login = home.cargo(["login", "--registry", "corp"]).stdin(format!("{TOKEN}\n"));

    configure("/usr/bin/keeper --vault");
    let refused = login.run().exits_with(101).nowhere_has(TOKEN);
    let _ = refused
        .says("your own configuration names other credential providers for this registry")
        .says("/usr/bin/keeper");
    assert_eq!(home.read_credentials(), "");

    configure(&ours);
    let _ = login.run().succeeds();
    assert!(home.read_credentials().contains(TOKEN));
}
