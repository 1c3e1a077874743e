//! Where the program is that the tests start: `examples/audit_child.rs`, which cargo builds for them.

use std::path::PathBuf;

/// The program; its name is no other crate's, since all examples of a workspace share a folder.
pub(crate) fn child_program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    // The test is `<target>/<profile>/deps/TEST`.
    let profile = test.ancestors().nth(2).unwrap();
    let program = profile.join("examples/audit_child");
    assert!(
        program.is_file(),
        "{} is missing; `cargo test -p lockgate-audit` builds it, as `--test` alone does not",
        program.display()
    );
    program
}
