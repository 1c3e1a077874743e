//! Plugins that others have written: those of cargo's own library, run by cargo and behind the bridge.

use std::fs;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Access, Desktop, Output, Run};

use crate::{Machine, PLUGIN, TOKEN};

/// What cargo keeps of crates.io's index, so that nobody asks for it.
const INDEX: &str = "registry/index/index.crates.io-1949cf8c6b5b557f/config.json";

/// A built program, at a place that a grant may name.
fn installed(machine: &Machine, built: &str, name: &str) -> String {
    let path = machine.path("tools").join(name);
    fs::copy(built, &path).unwrap();
    set_mode(&path, 0o755);
    path.display().to_string()
}

/// A command of cargo's, by cargo or by Lockgate.
fn run(machine: &Machine, of_cargo: bool, words: &[&str], input: &str) -> Output {
    let run = match of_cargo {
        true => machine.home.cargo(words),
        false => machine.home.lockgate([&["cargo"], words].concat()),
    };
    run.stdin(input).run()
}

/// It keeps its file in the working directory, which behind the bridge is an empty folder: a script
/// takes it to another one. That a logout leaves the token there is its own doing.
#[test]
fn the_file_provider_keeps_and_finds() {
    let machine = Machine::new(Access::Public);
    let built = installed(&machine, env!("CARGO_BIN_EXE_file-provider"), "file-provider");
    let vault = machine.path("vault");
    fs::create_dir(&vault).unwrap();
    let script = format!("cd {} && exec {built} \"$@\"", vault.display());
    let plugin = machine.program("cargo-credential-file", &script);
    machine.grant(PLUGIN, &plugin);
    machine.home.write_config(format!(
        "[registries.corp]\nindex = \"{}\"\n[registry]\n\
         global-credential-providers = [\"{plugin}\"]\n",
        machine.server.index_url()
    ));
    let index = machine.home.cargo_home().join(INDEX);
    fs::create_dir_all(index.parent().unwrap()).unwrap();
    fs::write(index, r#"{"dl":"https://static.crates.io/crates","api":"https://crates.io"}"#)
        .unwrap();
    let kept = vault.join("cargo-credentials.json");
    let expected =
        format!("{{\n  \"https://github.com/rust-lang/crates.io-index\": \"{TOKEN}\"\n}}");
    for of_cargo in [true, false] {
        let input = format!("{TOKEN}\n");
        let _ = run(&machine, of_cargo, &["login"], &input).succeeds();
        assert_eq!(fs::read_to_string(&kept).unwrap(), expected);
        // The other one finds it.
        let found = run(&machine, !of_cargo, &["logout"], "").succeeds();
        let _ = found.never_says("not currently logged in");
        let token = machine.home.lockgate(["cargo", "token", "--reveal"]).run();
        let _ = token.succeeds().prints(&input);
        fs::remove_file(&kept).unwrap();
        let nothing = run(&machine, of_cargo, &["logout"], "").succeeds();
        let _ = nothing.says("not currently logged in to `crates-io`");
        // It serves crates.io alone.
        let other = run(&machine, of_cargo, &["logout", "--registry", "corp"], "");
        let _ = other.exits_with(101).says("no credential providers could handle the request");
    }
}

/// It writes to its standard output, which cargo's library keeps away from the protocol.
#[test]
fn what_a_plugin_of_cargos_library_prints_is_no_part_of_the_protocol() {
    let machine = Machine::new(Access::Public);
    let built = env!("CARGO_BIN_EXE_stdout-redirected");
    let plugin = installed(&machine, built, "cargo-credential-redirected");
    machine.grant(PLUGIN, &plugin);
    machine.configure(&[&plugin]);
    for of_cargo in [true, false] {
        let output = run(&machine, of_cargo, &["logout", "-v", "--registry", "corp"], "");
        let output = output.exits_with(101).says("requested operation not supported");
        let output = output.says("message on stderr should be sent to the parent process");
        let _ = output.nowhere_has("message from test credential provider");
    }
}

/// The plugin finds its keyring through the session's bus, which takes a grant of its own.
#[test]
fn the_plugin_for_libsecret_keeps_finds_and_forgets() {
    let desktop = Desktop::new();
    let machine = Machine::new(Access::Private);
    let built = env!("CARGO_BIN_EXE_cargo-credential-libsecret");
    let plugin = installed(&machine, built, "cargo-credential-libsecret");
    let process = format!(
        "process={{ program = \"{plugin}\", \
         environment = [\"DBUS_SESSION_BUS_ADDRESS\"], receives = [\"login\"] }}"
    );
    let grant = ["provider", "grant", PLUGIN, &process, "--yes"];
    let _ = machine.home.lockgate(grant).run().succeeds();
    machine.configure(&[&plugin]);
    let within = |run: Run, input: &str| desktop.within(run).stdin(input).run();
    let corp = ["--registry", "corp"];
    let login = ["login", corp[0], corp[1]];
    let logout = ["logout", corp[0], corp[1]];
    let reads = || {
        let ours = machine.home.lockgate(["cargo", "token", corp[0], corp[1], "--reveal"]);
        within(ours, "")
    };
    let cargo_reads = || {
        machine.server.forget_requests();
        let owner = ["owner", "--list", "tool", corp[0], corp[1]];
        let _ = within(machine.home.cargo(owner), "");
        machine.server.authorizations().into_iter().next()
    };
    let input = format!("{TOKEN}\n");
    let _ = within(machine.home.cargo(login), &input).succeeds();
    let _ = reads().succeeds().prints(&input);
    let _ = within(machine.home.lockgate([&["cargo"], &logout[..]].concat()), "").succeeds();
    assert_eq!(cargo_reads(), None);
    let _ = reads().exits_with(101).says("no token found for `corp`");
    let _ = within(machine.home.lockgate([&["cargo"], &login[..]].concat()), &input).succeeds();
    assert_eq!(cargo_reads().as_deref(), Some(TOKEN));
    let _ = within(machine.home.cargo(logout), "").succeeds();
    let _ = reads().exits_with(101).says("no token found for `corp`");
}
