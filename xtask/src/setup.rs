//! What the machine needs, and getting it.
//!
//! rustup's parts and cargo's tools are set up without asking, since they stay in rustup's toolchain
//! and in the target folder; packages of the system only with `--install`.

use std::path::PathBuf;

use crate::command::{Failure, cargo, output, program, run, succeeds, target};

/// The version whose configuration `deny.toml` is written for.
const CARGO_DENY: &str = "0.20.2";

/// The versions whose options `fuzz.rs` and `mutants.rs` use.
const CARGO_FUZZ: &str = "0.13.2";
const CARGO_MUTANTS: &str = "27.1.0";

/// The target of the guests.
pub(crate) const GUEST_TARGET: &str = "wasm32-wasip2";

/// A program of the system that tests need.
pub(crate) struct SystemTool {
    /// Its name, found by PATH.
    pub(crate) program: &'static str,
    /// The package that has it on Debian and Ubuntu.
    pub(crate) package: &'static str,
    /// What needs it.
    pub(crate) purpose: &'static str,
}

/// What the demo needs beside rustup's Rust.
pub(crate) const DEMO_TOOLS: &[SystemTool] = &[
    SystemTool { program: "cc", package: "build-essential", purpose: "linking" },
    SystemTool { program: "git", package: "git", purpose: "cargo publish" },
];

/// What the tests need beside it.
pub(crate) const TEST_TOOLS: &[SystemTool] = &[
    SystemTool { program: "strace", package: "strace", purpose: "tests of system calls" },
    SystemTool { program: "dbus-daemon", package: "dbus-daemon", purpose: "tests of the keyring" },
    SystemTool { program: "dbus-send", package: "dbus-bin", purpose: "tests of the keyring" },
    SystemTool {
        program: "gnome-keyring-daemon",
        package: "gnome-keyring",
        purpose: "tests of the keyring",
    },
    SystemTool {
        program: "secret-tool",
        package: "libsecret-tools",
        purpose: "tests of the keyring, and cargo's own",
    },
    SystemTool { program: "keepassxc", package: "keepassxc", purpose: "tests with KeePassXC" },
    SystemTool { program: "keepassxc-cli", package: "keepassxc", purpose: "tests with KeePassXC" },
    SystemTool {
        program: "docker-credential-secretservice",
        package: "golang-docker-credential-helpers",
        purpose: "tests of the keyring",
    },
    SystemTool { program: "age", package: "age", purpose: "tests of encrypted files" },
    SystemTool { program: "setpriv", package: "util-linux", purpose: "tests of owners and modes" },
    SystemTool { program: "docker", package: "docker.io", purpose: "tests beside docker" },
    SystemTool {
        program: "docker-registry",
        package: "docker-registry",
        purpose: "tests with a real registry",
    },
    SystemTool {
        program: "htpasswd",
        package: "apache2-utils",
        purpose: "tests with a real registry",
    },
    SystemTool { program: "openssl", package: "openssl", purpose: "tests with a real registry" },
    SystemTool { program: "skopeo", package: "skopeo", purpose: "tests of docker's kin" },
    SystemTool { program: "podman", package: "podman", purpose: "tests of docker's kin" },
    SystemTool { program: "buildah", package: "buildah", purpose: "tests of docker's kin" },
    SystemTool { program: "python3", package: "python3", purpose: "tests of docker's kin" },
    SystemTool { program: "pass", package: "pass", purpose: "tests of docker's helpers" },
    SystemTool { program: "gpg", package: "gnupg", purpose: "tests of docker's helpers" },
    #[cfg(target_arch = "x86_64")]
    SystemTool {
        program: "qemu-x86_64",
        package: "qemu-user",
        purpose: "a test of the least processor",
    },
    SystemTool { program: "wine", package: "wine", purpose: "tests of the store of Windows" },
    SystemTool {
        program: "x86_64-w64-mingw32-gcc",
        package: "gcc-mingw-w64-x86-64",
        purpose: "tests of the store of Windows",
    },
];

/// Gets what is missing of the system's programs, or says what to install.
pub(crate) fn system(tools: &[&[SystemTool]], install: bool) -> Result<(), Failure> {
    let missing: Vec<&SystemTool> =
        tools.iter().copied().flatten().filter(|tool| !is_present(tool.program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !install {
        return Err(Failure(instructions(&missing)));
    }
    install_packages(&missing)?;
    match missing.iter().find(|tool| !is_present(tool.program)) {
        None => Ok(()),
        Some(tool) => {
            let SystemTool { program, package, .. } = tool;
            Err(Failure(format!("`{package}` was installed and there is still no `{program}`")))
        }
    }
}

/// Gets what rust-toolchain.toml names, should the toolchain have been installed without it.
pub(crate) fn toolchain() -> Result<(), Failure> {
    if !succeeds(cargo(&["fmt", "--version"])) || !succeeds(cargo(&["clippy", "--version"])) {
        run(program("rustup", &["component", "add", "rustfmt", "clippy"]))?;
    }
    targets(&[GUEST_TARGET])
}

/// Gets the standard libraries of these systems.
pub(crate) fn targets(targets: &[&str]) -> Result<(), Failure> {
    for target in targets {
        if !libraries(target)?.is_dir() {
            run(program("rustup", &["target", "add", target]))?;
        }
    }
    Ok(())
}

/// Gets cargo-deny, in the very version, and returns its path.
pub(crate) fn cargo_deny() -> Result<PathBuf, Failure> {
    cargo_tool("cargo-deny", CARGO_DENY, &["--version"])
}

/// Gets cargo-fuzz, in the very version, and returns its path.
pub(crate) fn cargo_fuzz() -> Result<PathBuf, Failure> {
    cargo_tool("cargo-fuzz", CARGO_FUZZ, &["fuzz", "--version"])
}

/// Gets cargo-mutants, in the very version, and returns its path.
pub(crate) fn cargo_mutants() -> Result<PathBuf, Failure> {
    cargo_tool("cargo-mutants", CARGO_MUTANTS, &["mutants", "--version"])
}

/// Gets a tool from crates.io, unless it is there; `asks` is how it tells its version.
fn cargo_tool(name: &str, version: &str, asks: &[&str]) -> Result<PathBuf, Failure> {
    let folder = target().join("tools");
    let own = folder.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    for path in [PathBuf::from(name), own.clone()] {
        if is_wanted(&path, asks, &format!("{name} {version}")) {
            return Ok(path);
        }
    }
    let folder = folder.to_string_lossy();
    let wanted = ["--version", version, "--locked", "--root", folder.as_ref()];
    println!("{name} {version} is not here; installing it takes some minutes.");
    run(cargo(&[&["install", name], wanted.as_slice()].concat()))?;
    Ok(own)
}

fn is_wanted(path: &PathBuf, asks: &[&str], wanted: &str) -> bool {
    output(program(path, asks))
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == wanted)
}

fn libraries(target: &str) -> Result<PathBuf, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = output(program(rustc, &["--print", "sysroot"]))?;
    let folder = String::from_utf8_lossy(&sysroot.stdout).trim().to_owned();
    Ok(PathBuf::from(folder).join("lib/rustlib").join(target))
}

fn is_present(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

fn instructions(missing: &[&SystemTool]) -> String {
    let lines = missing.iter().map(|tool| format!("  {} (for {})", tool.program, tool.purpose));
    format!(
        "these programs are missing:\n{}\nInstall them, on Debian and Ubuntu with `apt-get install {}`, \
         or run the same command with --install.",
        lines.collect::<Vec<_>>().join("\n"),
        packages(missing).join(" ")
    )
}

fn install_packages(missing: &[&SystemTool]) -> Result<(), Failure> {
    if !is_present("apt-get") {
        let text = instructions(missing);
        return Err(Failure(format!("--install knows only apt-get, which is not here; {text}")));
    }
    run(as_root(&["apt-get", "update", "--quiet"])?)?;
    let names = packages(missing);
    let install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends"];
    run(as_root(&[install.as_slice(), &names].concat())?)
}

fn packages<'a>(missing: &[&'a SystemTool]) -> Vec<&'a str> {
    missing.iter().map(|tool| tool.package).collect()
}

fn as_root(words: &[&str]) -> Result<std::process::Command, Failure> {
    let user = output(program("id", &["-u"]))?;
    let mut command = if user.stdout.trim_ascii() == b"0" {
        program("env", &["DEBIAN_FRONTEND=noninteractive"])
    } else {
        program("sudo", &["--non-interactive", "env", "DEBIAN_FRONTEND=noninteractive"])
    };
    command.args(words);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::{SystemTool, is_present, system};

    const NOWHERE: SystemTool =
        SystemTool { program: "no-such-tool", package: "no-such-package", purpose: "nothing" };
    const SHELL: SystemTool = SystemTool { program: "sh", package: "dash", purpose: "this test" };

    #[test]
    fn what_is_missing_is_listed_once_with_the_way_to_get_it() {
        let message = system(&[&[SHELL], &[NOWHERE]], false).unwrap_err().0;
        assert!(message.contains("no-such-tool (for nothing)"), "{message}");
        assert!(message.contains("apt-get install no-such-package`"), "{message}");
        assert!(!message.contains("dash"), "{message}");
    }

    #[test]
    fn nothing_is_said_when_all_is_there() {
        assert!(is_present("sh"));
        assert_eq!(system(&[&[SHELL]], false), Ok(()));
    }
}
