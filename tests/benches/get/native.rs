//! A native plugin of cargo's through Lockgate, and started directly. The goal: at most 2 ms longer.

use std::fs;
use std::path::PathBuf;

use lockgate_tests::Home;
use lockgate_tests::home::set_mode;
use lockgate_tests::plugin::get;

use super::INDEX;
use super::contest::{self, Contender};

const BRIDGE: &str = "lockgate:cargo-plugin";

pub(crate) fn measure() {
    let home = Home::new();
    let program = install(&home);
    let shown = program.display().to_string();
    home.write_config(format!(
        "[registries.corp]\nindex = \"{INDEX}\"\ncredential-provider = [{shown:?}]\n"
    ));
    let process = format!("process={shown}");
    let _ = home.lockgate(["provider", "grant", BRIDGE, &process, "--yes"]).run().succeeds();
    let input = |words: &[&str]| format!("{}\n", get(INDEX, words));
    let mut contenders = [
        Contender::new(
            "plugin, started directly",
            home.run(&program).args(["--cargo-plugin"]).stdin(input(&[])),
        ),
        Contender::new("through our plugin", home.plugin().stdin(input(&[BRIDGE, &shown]))),
        Contender::new(
            "through our cargo token",
            home.lockgate(["cargo", "token", "--registry", "corp"]),
        ),
    ];
    contest::hold(&mut contenders);
    contest::report_differences("native plugin", &contenders, &[(1, 0), (2, 0)]);
}

/// A copy of the plugin where nobody else can write.
fn install(home: &Home) -> PathBuf {
    let folder = home.root().join("tools");
    fs::create_dir_all(&folder).unwrap();
    set_mode(&folder, 0o755);
    let program = folder.join("cargo-credential-bench");
    fs::copy(env!("CARGO_BIN_EXE_native_plugin"), &program).unwrap();
    set_mode(&program, 0o755);
    program
}
