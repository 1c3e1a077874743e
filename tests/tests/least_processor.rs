//! The built-in providers are compiled for every processor of the program's kind.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(clippy::panic, reason = "a panic is how a test fails")]

use lockgate_tests::plugin::get;
use lockgate_tests::{Home, programs};

const INDEX: &str = "sparse+http://127.0.0.1:9/index/";

/// What every x86-64 processor has, and nothing that came later.
const LEAST: &str = "qemu64,-sse3,-ssse3,-sse4.1,-sse4.2,-popcnt,-cx16";

#[test]
fn a_token_is_found_on_the_least_processor() {
    programs::require("qemu-x86_64");
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials("[registries.corp]\ntoken = \"abc\"\n");
    let request = format!("{}\n", get(INDEX, &["cargo:token"]));
    let plugin = home.plugin().under(["qemu-x86_64", "-cpu", LEAST]).stdin(request);
    let _ = plugin.run().succeeds().shows("\"token\":\"abc\"");
}
