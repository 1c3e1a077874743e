//! Builds the built-in providers, examines them as the installer examines others, compiles them for
//! the machine that this program is for, and writes the table that `src/built_in.rs` includes.

#![allow(clippy::disallowed_methods, reason = "this runs while the host is built")]

#[allow(dead_code, unreachable_pub, reason = "shared with the library, which offers more of it")]
#[path = "src/component/mod.rs"]
mod component;
#[allow(dead_code, unreachable_pub, reason = "shared with the library, which offers more of it")]
#[path = "src/digest.rs"]
mod digest;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use lockgate_engine::Engine;

/// Each built-in provider's name, its crate, and whether it is a bridge.
const BUILT_IN: [(&str, &str, bool); 11] = [
    ("cargo:libsecret", "cargo-libsecret", false),
    ("cargo:token", "cargo-token", false),
    ("cargo:token-from-stdout", "token-from-stdout", true),
    ("lockgate:cargo-plugin", "cargo-plugin", true),
    ("lockgate:docker-config", "docker-config", false),
    ("lockgate:docker-helper", "docker-helper", true),
    ("lockgate:encrypted-file", "encrypted-file", false),
    ("lockgate:file", "file-store", false),
    ("lockgate:kernel-keyring", "kernel-keyring", false),
    ("lockgate:os-store", "os-store", false),
    ("lockgate:pass", "pass", true),
];

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let packages = BUILT_IN.map(|(_, package, _)| package);
    let guests = lockgate_guest_build::build_guests(
        &here.join("../../guest-providers"),
        &out.join("guests"),
        &packages,
    )?;
    let target = variable("TARGET")?;
    // What is installed later is compiled for the same machine.
    tell(&format!("rustc-env=LOCKGATE_TARGET={target}"));
    let engine = Engine::compiler(&target)?;
    let mut table = String::from("[\n");
    for ((name, _, bridge), guest) in BUILT_IN.iter().zip(&guests) {
        write_entry(&mut table, &engine, (name, *bridge), guest)?;
    }
    table.push_str("]\n");
    fs::write(out.join("built_in.rs"), table)?;
    Ok(())
}

#[allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]
fn tell(words: &str) {
    println!("cargo:{words}");
}

fn variable(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|error| format!("{name}: {error}").into())
}

fn write_entry(
    table: &mut String,
    engine: &Engine,
    (name, bridge): (&str, bool),
    guest: &Path,
) -> Result<(), Failure> {
    let bytes = fs::read(guest)?;
    let examined = component::examine(&bytes)?;
    let code = guest.with_extension("cwasm");
    fs::write(&code, engine.precompile(&bytes)?)?;
    writeln!(
        table,
        "BuiltIn {{ name: {name:?}, bridge: {bridge}, digest: Digest({:?}), manifest: {:?}, code: include_bytes!({code:?}) }},",
        examined.digest.0, examined.manifest,
    )?;
    Ok(())
}
