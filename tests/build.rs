//! Builds the hostile guests, and components that no toolchain would make, compiles them as the
//! built-in providers are compiled, and writes the table that `src/guests.rs` includes.

#[path = "src/by_hand.rs"]
mod by_hand;
#[path = "src/examples.rs"]
mod examples;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use lockgate_engine::Engine;

type Failure = Box<dyn Error>;

/// Crates of `guests/`.
const CRATES: [&str; 5] = ["courier", "hostile", "recorder", "revealer", "sockets"];

/// The places in `wat/provider.wat` at which something can happen.
const PLACES: [&str; 4] = ["start", "realloc", "call", "post_return"];

/// Providers made of `wat/provider.wat`: a name, a place, and what happens there.
const BY_HAND: [(&str, &str, &str); 5] = [
    ("loop-in-start", "start", "(call $loop)"),
    ("loop-in-realloc", "realloc", "(call $loop)"),
    ("loop-in-post-return", "post_return", "(call $loop)"),
    ("table-of-50000", "call", "(call $grow_table (i32.const 50_000))"),
    ("table-of-50001", "call", "(call $grow_table (i32.const 50_001))"),
];

/// Native plugins of cargo's own library for them.
const PLUGINS: [&str; 2] = ["file-provider", "stdout-redirected"];

/// Whole components of `wat/`.
const COMPONENTS: [&str; 1] = ["imports-http"];

fn main() -> Result<(), Failure> {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let mut table = Table {
        engine: Engine::compiler(&variable("TARGET")?)?,
        out: out.clone(),
        text: String::from("[\n"),
    };
    let guests = here.join("guests");
    let built = lockgate_guest_build::build_guests(&guests, &out.join("guests"), &CRATES)?;
    for (name, component) in CRATES.iter().zip(&built) {
        table.add(name, &fs::read(component)?, &guests.join(name).join("manifest.toml"))?;
    }
    let wat = here.join("wat");
    watch(&wat);
    let manifest = wat.join("manifest.toml");
    let provider = fs::read_to_string(wat.join("provider.wat"))?;
    let interface = here.join("../wit");
    watch(&interface);
    for (name, place, attack) in BY_HAND {
        let component = attacking(&provider, &interface, place, attack)?;
        table.add(name, &component, &manifest)?;
    }
    for name in COMPONENTS {
        let component = wat::parse_file(wat.join(name).with_extension("wat"))?;
        table.add(name, &component, &manifest)?;
    }
    table.text.push_str("]\n");
    fs::write(out.join("guests.rs"), table.text)?;
    examples::copy("cargo-credential", &PLUGINS, &out)
}

fn variable(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|error| format!("{name}: {error}").into())
}

#[allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]
fn watch(path: &Path) {
    println!("cargo:rerun-if-changed={}", path.display());
}

/// A component of the module `provider`, with `attack` at `place`.
fn attacking(
    provider: &str,
    interface: &Path,
    place: &str,
    attack: &str,
) -> Result<Vec<u8>, Failure> {
    let mut text = provider.to_owned();
    for known in PLACES {
        let body = if known == place { attack } else { "" };
        writeln!(text, "(func $at_{known} {body})")?;
    }
    by_hand::provider(&text, interface)
}

/// The table, as Rust.
struct Table {
    engine: Engine,
    out: PathBuf,
    text: String,
}

impl Table {
    fn add(&mut self, name: &str, component: &[u8], manifest: &Path) -> Result<(), Failure> {
        let wasm = self.out.join(name).with_extension("wasm");
        let compiled = wasm.with_extension("cwasm");
        fs::write(&wasm, component)?;
        fs::write(&compiled, self.engine.precompile(component)?)?;
        watch(manifest);
        writeln!(
            self.text,
            "Entry {{ name: {name:?}, component: include_bytes!({wasm:?}), \
             compiled: include_bytes!({compiled:?}), manifest: include_str!({manifest:?}) }},"
        )?;
        Ok(())
    }
}
