//! `cargo xtask fuzz`: looks for inputs that break what has to hold for all of them.

use std::path::{Path, PathBuf};

use crate::command::{self, Failure, cargo, program, root, target};
use crate::setup;

/// For how long each target is tried without `--seconds`.
const SECONDS: u32 = 60;
/// Longest time for one input, in seconds, after which it counts as a crash.
const TIMEOUT: u32 = 10;
/// Longest input, in bytes. Longer ones show nothing new and are slow.
const MAX_INPUT: u32 = 8 << 10;

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
struct Options<'a> {
    /// One target, or all.
    target: Option<&'a str>,
    seconds: u32,
    /// A file to run once.
    replay: Option<&'a str>,
}

/// Fuzzes all targets or one of them, or runs one on a file that was found.
pub(crate) fn run(words: &[&str]) -> Result<(), Failure> {
    let options = options(words)?;
    let targets = targets()?;
    let known = |name: &str| targets.iter().any(|target| target == name);
    if let Some(name) = options.target.filter(|name| !known(name)) {
        let message = format!("there is no target `{name}`; there are {}", targets.join(", "));
        return Err(Failure(message));
    }
    if let (Some(name), Some(file)) = (options.target, options.replay) {
        return command::run(cargo(&replay(name, file)));
    }
    let tool = setup::cargo_fuzz()?;
    let chosen = targets.iter().filter(|name| options.target.is_none_or(|target| target == *name));
    let mut crashed = Vec::new();
    for name in chosen {
        println!("\n== {name}, for {} s", options.seconds);
        if fuzz(&tool, name, options.seconds).is_err() {
            crashed.push(name.as_str());
        }
    }
    match crashed.as_slice() {
        [] => Ok(()),
        names => Err(Failure(crashes(names))),
    }
}

fn options<'a>(words: &[&'a str]) -> Result<Options<'a>, Failure> {
    let mut options = Options { target: None, seconds: SECONDS, replay: None };
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "--seconds" => options.seconds = seconds(words.next())?,
            "--replay" => {
                let file = words.next().ok_or_else(|| usage("--replay needs a file"))?;
                options.replay = Some(file);
            }
            _ if word.starts_with('-') || options.target.is_some() => {
                return Err(usage(&format!("`{word}` is not expected")));
            }
            _ => options.target = Some(word),
        }
    }
    match (options.replay, options.target) {
        (Some(_), None) => Err(usage("--replay needs a target before it")),
        _ => Ok(options),
    }
}

fn seconds(word: Option<&str>) -> Result<u32, Failure> {
    let number = word.and_then(|word| word.parse().ok()).filter(|number| *number > 0);
    number.ok_or_else(|| usage("--seconds needs a number from 1"))
}

fn usage(problem: &str) -> Failure {
    let form = "cargo xtask fuzz [TARGET] [--seconds N], cargo xtask fuzz TARGET --replay FILE";
    Failure(format!("{problem}; usage: {form}"))
}

/// The names of the fuzzers, in their order.
fn targets() -> Result<Vec<String>, Failure> {
    let folder = root().join("fuzz/fuzz_targets");
    let unreadable = |error| Failure(format!("{} could not be read: {error}", folder.display()));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// The targets are safe Rust, in which a sanitizer finds little and which it makes slow. Without one
/// they are built by the project's own toolchain.
fn fuzz(tool: &Path, name: &str, seconds: u32) -> Result<(), Failure> {
    let found = found(name);
    std::fs::create_dir_all(&found)
        .map_err(|error| Failure(format!("{} could not be made: {error}", found.display())))?;
    let folders = [found, root().join("fuzz/corpus").join(name)];
    let [found, seeds] = folders.map(|folder| folder.to_string_lossy().into_owned());
    let limits = [
        format!("-max_total_time={seconds}"),
        format!("-timeout={TIMEOUT}"),
        format!("-max_len={MAX_INPUT}"),
    ];
    let build = target().join("fuzz").to_string_lossy().into_owned();
    let how = ["fuzz", "run", "--sanitizer", "none", "--target-dir", &build, name, &found, &seeds];
    let mut command = program(tool, &how);
    command.arg("--").args(limits);
    command::run(command)
}

/// Where inputs that reach something new are kept for the next time.
fn found(name: &str) -> PathBuf {
    target().join("fuzz-corpus").join(name)
}

fn replay<'a>(name: &'a str, file: &'a str) -> [&'a str; 9] {
    let package = ["--package", "lockgate-fuzz-targets", "--bin", "replay"];
    let [key, package, bin, replay] = package;
    ["run", "--quiet", "--locked", key, package, bin, replay, name, file]
}

fn crashes(names: &[&str]) -> String {
    let way = |name: &&str| {
        format!(
            "\n  {name}: the input is the newest file in fuzz/artifacts/{name}/; see what breaks with\n    \
             cargo xtask fuzz {name} --replay fuzz/artifacts/{name}/FILE\n  and keep it, once that \
             is mended, as fuzz/corpus/{name}/good-WHAT or bad-WHAT"
        )
    };
    let ways: String = names.iter().map(way).collect();
    format!("{} of the targets broke or did not build:{ways}", names.len())
}

#[cfg(test)]
mod tests {
    use super::{Options, options, targets};

    #[test]
    fn says_what_is_to_be_done() {
        let all = Options { target: None, seconds: 60, replay: None };
        assert_eq!(options(&[]), Ok(all));
        let one = Options { target: Some("grant"), seconds: 5, replay: None };
        assert_eq!(options(&["grant", "--seconds", "5"]), Ok(one));
        let again = Options { target: Some("grant"), seconds: 60, replay: Some("x") };
        assert_eq!(options(&["grant", "--replay", "x"]), Ok(again));
        for wrong in [
            ["--seconds", "0"].as_slice(),
            &["--seconds"],
            &["--replay", "x"],
            &["grant", "--replay"],
            &["a", "b"],
            &["--other"],
        ] {
            assert!(options(wrong).unwrap_err().0.contains("usage: "), "{wrong:?}");
        }
    }

    #[test]
    fn the_targets_are_those_that_there_are() {
        assert!(targets().unwrap().contains(&"grant".to_owned()));
    }
}
