//! Where the programs are that the tests run.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The `lockgate` program under test: `LOCKGATE_BIN`, else the one in the folder that this test was
/// built into, which `cargo build` puts there.
pub fn lockgate() -> PathBuf {
    let path = env::var_os("LOCKGATE_BIN").map_or_else(beside_this_test, PathBuf::from);
    assert!(
        path.is_file(),
        "there is no lockgate at {}: run `cargo build -p lockgate` with the same profile and \
         target folder first, or set LOCKGATE_BIN",
        path.display()
    );
    path
}

fn beside_this_test() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("lockgate")
}

/// The folder of the toolchain's own `cargo` and `rustc`, without a proxy that would look for its
/// settings in a home that the tests replace.
pub fn toolchain() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(rustc).args(["--print", "sysroot"]).output().unwrap();
        assert!(output.status.success(), "`rustc --print sysroot` failed");
        Path::new(String::from_utf8(output.stdout).unwrap().trim()).join("bin")
    })
}

/// The real cargo.
pub fn cargo() -> PathBuf {
    toolchain().join("cargo")
}

/// Fails the test if a program that it needs is not installed.
///
/// # Panics
/// If none of the system's folders has it.
pub fn require(program: &str) {
    let found = ["/usr/bin", "/bin", "/usr/sbin"]
        .iter()
        .any(|folder| Path::new(folder).join(program).is_file());
    assert!(found, "this test needs `{program}`: install it (`apt-get install {program}`)");
}
