//! `cargo xtask test`: everything that CI runs, in order.

use std::path::Path;

use crate::command::{self, Failure, cargo, program};
use crate::report::{Outcome, Report};
use crate::{advisories, other_systems, runtime_tree, setup, test_names};

/// The SDK and the built-in providers.
const BUILT_IN_PROVIDERS: &str = "guest-providers/Cargo.toml";

/// The workspaces of guests, which are no members of the root's.
const GUEST_WORKSPACES: &[&str] = &[BUILT_IN_PROVIDERS, "tests/guests/Cargo.toml"];

/// Where the guests' lints and tests are built: one folder, since they share their dependencies.
const GUEST_FOLDER: [&str; 2] = ["--target-dir", "target/guests"];

/// Sets up what is missing and runs every step, whatever became of the ones before.
pub(crate) fn run(install: bool) -> Result<(), Failure> {
    setup::system(&[setup::DEMO_TOOLS, setup::TEST_TOOLS], install)?;
    setup::toolchain()?;
    setup::targets(&[other_systems::WINDOWS, other_systems::MACOS])?;
    let deny = setup::cargo_deny()?;
    let mut report = Report::default();
    report.step("format", format);
    report.step("lints", lints);
    report.step("lints of the guests", guest_lints);
    report.step("licences, bans and sources of the dependencies", || dependencies(&deny));
    report.step("known vulnerabilities of the dependencies", || advisories::check(&deny));
    report.step("what the program is made of", runtime_tree::check);
    report.step("tests named in the documentation", test_names::check);
    report.step("tests of the guests", guest_tests);
    report.step("code for Windows and macOS", other_systems::check);
    report.step("tests", tests);
    report.finish()
}

fn passed(command: std::process::Command) -> Result<Outcome, Failure> {
    command::run(command).map(|()| Outcome::Passed)
}

/// The tests run the program, which cargo does not know.
fn tests() -> Result<Outcome, Failure> {
    command::run(cargo(&["build", "--locked", "--package", "lockgate"]))?;
    passed(cargo(&["test", "--locked", "--workspace", "--no-fail-fast"]))
}

fn format() -> Result<Outcome, Failure> {
    command::run(cargo(&["fmt", "--all", "--check"]))?;
    for manifest in GUEST_WORKSPACES {
        command::run(cargo(&["fmt", "--all", "--check", "--manifest-path", manifest]))?;
    }
    Ok(Outcome::Passed)
}

fn lints() -> Result<Outcome, Failure> {
    let what = ["clippy", "--locked", "--workspace", "--all-targets"];
    passed(cargo(&[what.as_slice(), &["--", "--deny", "warnings"]].concat()))
}

fn guest_lints() -> Result<Outcome, Failure> {
    for manifest in GUEST_WORKSPACES {
        let what = ["clippy", "--locked", "--workspace", "--manifest-path", manifest];
        // Their tests run natively, where the standard library is.
        for build in [["--target", setup::GUEST_TARGET].as_slice(), &["--all-targets"]] {
            let strict = ["--", "--deny", "warnings"];
            command::run(cargo(&[what.as_slice(), &GUEST_FOLDER, build, &strict].concat()))?;
        }
    }
    Ok(Outcome::Passed)
}

fn guest_tests() -> Result<Outcome, Failure> {
    let what = ["test", "--locked", "--workspace", "--manifest-path", BUILT_IN_PROVIDERS];
    passed(cargo(&[what.as_slice(), &GUEST_FOLDER].concat()))
}

fn dependencies(deny: &Path) -> Result<Outcome, Failure> {
    let checks = ["check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
    command::run(program(deny, &[["--locked"].as_slice(), &checks].concat()))?;
    // The guests have fewer dependencies, so that some of the exceptions are not for them.
    let exceptions = ["unmatched-skip", "unmatched-skip-root", "unused-wrapper"];
    let allow = exceptions.map(|exception| ["--allow", exception]).concat();
    for manifest in GUEST_WORKSPACES {
        let of = ["--locked", "--manifest-path", manifest];
        command::run(program(deny, &[of.as_slice(), &checks, &allow].concat()))?;
    }
    Ok(Outcome::Passed)
}
