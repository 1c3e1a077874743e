//! `cargo xtask demo`.

use crate::command::{self, Failure, cargo, program, target};
use crate::setup;

/// Sets up what is missing, builds, and runs the demo of the tests crate on what was built.
pub(crate) fn run(install: bool) -> Result<(), Failure> {
    setup::system(&[setup::DEMO_TOOLS], install)?;
    setup::toolchain()?;
    println!("Building Lockgate and the demo; the first time takes some minutes.");
    command::run(cargo(&["build", "--locked", "--package", "lockgate"]))?;
    command::run(cargo(&["build", "--locked", "--package", "lockgate-tests", "--bin", "demo"]))?;
    let built = target().join("debug");
    let lockgate = built.join(format!("lockgate{}", std::env::consts::EXE_SUFFIX));
    let mut demo = program(built.join(format!("demo{}", std::env::consts::EXE_SUFFIX)), &[]);
    demo.env("LOCKGATE_BIN", lockgate);
    command::run(demo)?;
    println!("\ndemo result: ok");
    Ok(())
}
