//! Which interfaces a provider may import and has to export, by name. Versions are compared as the
//! linker does: all of 0.2 is one, and so is all of 0.1.

use super::ExamineError;

struct Package {
    name: &'static str,
    track: &'static str,
    interfaces: &'static [&'static str],
}

/// The host's own interfaces, and what toolchains' runtimes import by themselves.
const KNOWN: [Package; 6] = [
    Package {
        name: "lockgate:provider",
        track: "0.1.",
        interfaces: &[
            "environment",
            "files",
            "http",
            "log",
            "process",
            "prompt",
            "reveal",
            "secrets",
            "settings",
            "state",
            "store",
            "types",
        ],
    },
    Package {
        name: "wasi:cli",
        track: "0.2.",
        interfaces: &[
            "environment",
            "exit",
            "stderr",
            "stdin",
            "stdout",
            "terminal-input",
            "terminal-output",
            "terminal-stderr",
            "terminal-stdin",
            "terminal-stdout",
        ],
    },
    Package { name: "wasi:io", track: "0.2.", interfaces: &["error", "poll", "streams"] },
    Package { name: "wasi:clocks", track: "0.2.", interfaces: &["monotonic-clock", "wall-clock"] },
    Package {
        name: "wasi:random",
        track: "0.2.",
        interfaces: &["insecure", "insecure-seed", "random"],
    },
    Package { name: "wasi:filesystem", track: "0.2.", interfaces: &["preopens", "types"] },
];

pub(super) fn check_import(name: &str) -> Result<(), ExamineError> {
    match is_known(name) {
        true => Ok(()),
        false => Err(ExamineError::Import { name: name.to_owned(), advice: advice(name) }),
    }
}

/// Whether `name` is a known `package/interface@version`.
fn is_known(name: &str) -> bool {
    let Some((path, version)) = name.split_once('@') else { return false };
    let Some((package, interface)) = path.split_once('/') else { return false };
    KNOWN.iter().any(|known| {
        known.name == package
            && known.interfaces.contains(&interface)
            && is_in_track(version, known.track)
    })
}

/// Whether a version is `track` and a number: no pre-release, which stands for itself alone.
fn is_in_track(version: &str, track: &str) -> bool {
    version
        .strip_prefix(track)
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

fn advice(name: &str) -> &'static str {
    let package = name.split_once('/').map_or(name, |(package, _)| package);
    match package {
        "wasi:sockets" | "wasi:http" => {
            "a provider reaches the network through `lockgate:provider/http`, where a grant decides"
        }
        "lockgate:provider" => "take a host, or a version of the provider, that fits the other",
        _ => "build the provider so that it does without",
    }
}

/// The version of the provider's interface among the exports.
pub(super) fn check_exports(names: &[String]) -> Result<&str, ExamineError> {
    let interface = "lockgate:provider/provider@";
    let versions = names.iter().filter_map(|name| Some((name, name.strip_prefix(interface)?)));
    let (ours, others): (Vec<_>, Vec<_>) =
        versions.partition(|(_, version)| is_in_track(version, "0.1."));
    match (ours.first(), others.first()) {
        (Some((_, version)), _) => Ok(version),
        (None, Some((name, _))) => Err(ExamineError::OtherInterface { name: (*name).clone() }),
        (None, None) => Err(ExamineError::NotAProvider),
    }
}
