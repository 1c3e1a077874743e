//! Variables that a project's environment file sets, for more to be said or written.

use lockgate_tests::plugin::get;
use lockgate_tests::{Home, Plugin, Run};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const TOKEN: &str = "corp-secret-3c6f";

const LOUD: [(&str, &str); 7] = [
    ("RUST_LOG", "trace"),
    ("RUST_BACKTRACE", "full"),
    ("RUST_LIB_BACKTRACE", "1"),
    ("CARGO_LOG", "trace"),
    ("CARGO_HTTP_DEBUG", "true"),
    ("LOCKGATE_LOG", "trace"),
    ("WASMTIME_BACKTRACE_DETAILS", "1"),
];

fn home() -> Home {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    home
}

fn loud(home: &Home, run: Run) -> Run {
    let run = LOUD.iter().fold(run, |run, (name, value)| run.env(name, value));
    ["RUST_LOG_FILE", "LOCKGATE_LOG_FILE", "LOCKGATE_AUDIT", "SSLKEYLOGFILE", "LOCKGATE_TRACE"]
        .iter()
        .fold(run, |run, name| run.env(name, home.project().join(name)))
}

#[test]
fn no_variable_makes_it_say_or_write_more() {
    let home = home();
    for words in [
        &["cargo", "token", "--registry", "corp"][..],
        &["cargo", "token", "--registry", "nobody"],
        &["cargo", "registries"],
        &["provider", "list"],
        &["policy", "explain", "--registry", "corp"],
        &["cargo", "logout", "--registry", "corp", "-v"],
    ] {
        home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
        let plain = home.lockgate(words).run().nowhere_has(TOKEN);
        home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
        let told = loud(&home, home.lockgate(words)).run().nowhere_has(TOKEN);
        assert_eq!((plain.stdout, plain.stderr), (told.stdout, told.stderr), "{words:?}");
        assert_eq!(plain.status, told.status, "{words:?}");
    }
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    let mut plugin = Plugin::start(&loud(&home, home.plugin()));
    assert_eq!(plugin.ask(&get(INDEX, &["cargo:token"]))["Ok"]["token"], TOKEN);
    plugin.ends_well();
    let planted: Vec<_> = std::fs::read_dir(home.project()).unwrap().collect();
    assert!(planted.is_empty(), "{planted:?}");
}

/// The twin: cargo heeds one of them, so that they do reach programs.
#[test]
fn a_program_that_heeds_them_says_more() {
    let home = home();
    home.write_package("app", "");
    let tree = || home.cargo(["tree", "--offline"]);
    let plain = tree().run().succeeds();
    let told = loud(&home, tree()).run().succeeds();
    assert!(told.stderr.len() > plain.stderr.len() + 1000, "{told}");
}
