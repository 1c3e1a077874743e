//! A build script of the project, which asks for the user's token.

use std::fs;

use lockgate_tests::{Access, Home, Policy, Run, Server, programs};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const TOKEN: &str = "corp-secret-f411";

/// Keeps what it was told in `stolen` beside it.
const BUILD_SCRIPT: &str = r#"
fn main() {
    let lockgate = std::env::var("LOCKGATE").unwrap();
    let output = std::process::Command::new(lockgate)
        .args(["cargo", "token", "--registry", "corp", "--reveal"])
        .output()
        .unwrap();
    std::fs::write("stolen", output.stdout).unwrap();
    std::fs::write("told", output.stderr).unwrap();
}
"#;

fn home() -> Home {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    home.write_package("app", "");
    fs::write(home.project().join("build.rs"), BUILD_SCRIPT).unwrap();
    home
}

/// A build without a terminal, as an editor or a CI job starts one; its script is always run.
fn build(home: &Home) -> Run {
    let _ = fs::remove_dir_all(home.project().join("target"));
    let build = home.cargo(["build"]).env("RUSTC", programs::toolchain().join("rustc"));
    build.env("LOCKGATE", home.programs().join("lockgate")).under(["setsid", "--wait"])
}

fn read(home: &Home, name: &str) -> String {
    fs::read_to_string(home.project().join(name)).unwrap()
}

#[test]
fn the_audit_names_a_build_script_that_asked() {
    let home = home();
    let _ = build(&home).run().succeeds();
    assert_eq!(read(&home, "stolen"), format!("{TOKEN}\n"));
    let audit = home.lockgate(["audit", "show", "--json"]).run().succeeds().nowhere_has(TOKEN);
    let _ = audit.shows("build-script-build\"").shows("\"outcome\":\"answered\"");
}

#[test]
fn a_policy_keeps_the_token_from_build_scripts() {
    let cargo = format!("caller = [{:?}]\n", programs::cargo().canonicalize().unwrap());
    let confirm = "caller = \"confirm\"\n".to_owned();
    for (rule, says) in [
        ("caller = \"terminal\"\n".to_owned(), "only where there is a terminal"),
        (cargo, "build-script-build, which asked for one"),
        (confirm, "there is no terminal to ask at"),
        ("reveal-option = false\n".to_owned(), "secrets are not shown on this machine"),
    ] {
        let Some(policy) = Policy::new(&rule) else { return };
        let home = home();
        let _ = policy.over(build(&home)).run().succeeds();
        assert_eq!(read(&home, "stolen"), "", "{rule}");
        assert!(read(&home, "told").contains(says), "{rule}: {}", read(&home, "told"));
        policy.write("");
        let _ = policy.over(build(&home)).run().succeeds();
        assert_eq!(read(&home, "stolen"), format!("{TOKEN}\n"), "the twin of {rule}");
    }
}

/// cargo itself is not the build script: the list of programs lets it have its token, and the audit
/// names it, not the plugin that it started.
#[test]
fn the_cargo_of_the_policy_gets_its_token() {
    let server = Server::start(Access::Private);
    server.accept(&[TOKEN]);
    server.add_package("greeter", "1.0.0");
    let cargo = programs::cargo().canonicalize().unwrap();
    let Some(policy) = Policy::new(&format!("caller = [{cargo:?}]\n")) else { return };
    let home = Home::new();
    home.configure_ours(&server);
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    home.write_package("app", r#"greeter = { version = "1", registry = "corp" }"#);
    let fetch = |home: &Home| {
        policy.over(home.cargo(["fetch"]).env("RUSTC", programs::toolchain().join("rustc"))).run()
    };
    let _ = fetch(&home).succeeds();
    assert_eq!(server.authorizations().last().unwrap(), TOKEN);
    let audit = home.lockgate(["audit", "show", "--json"]).run().succeeds();
    let _ = audit.shows(&format!("\"program\":{cargo:?}"));
    policy.write("caller = [\"/usr/bin/git\"]\n");
    let _ = fs::remove_file(home.project().join("Cargo.lock"));
    let _ = fs::remove_dir_all(home.cargo_home().join("registry"));
    let _ = fetch(&home).exits_with(101).says("no credentials are given to");
}
