//! Attacks by way of WASI, which toolchains' runtimes import by themselves.

use std::time::{Duration, Instant};

use crate::{Outcome, got};

mod wasi {
    wit_bindgen::generate!({
        inline: "
            package lockgate:hostile;

            world attacks {
                import wasi:random/random@0.2.0;
            }

            package wasi:random@0.2.0 {
                interface random {
                    get-random-bytes: func(len: u64) -> list<u8>;
                    get-random-u64: func() -> u64;
                }
            }
        ",
        generate_all,
        type_section_suffix: "attacks",
    });
}

pub fn attack(name: &str, parameters: &[&str]) -> Option<Outcome> {
    Some(match (name, parameters) {
        ("dump-world", []) => dump(),
        ("read-std-file", [path]) => read(path),
        ("measure-clock", []) => measure(),
        _ => return None,
    })
}

/// How many bytes the host gave.
pub fn random(length: u64) -> usize {
    wasi::wasi::random::random::get_random_bytes(length).len()
}

pub fn sleep(seconds: u64) -> Outcome {
    std::thread::sleep(Duration::from_secs(seconds));
    got("slept")
}

fn dump() -> Outcome {
    let folders = ["/", ".", "/tmp", "/home"];
    let folders = folders.iter().filter(|path| std::fs::read_dir(path).is_ok()).count();
    let arguments = std::env::args_os().count();
    let variables = std::env::vars_os().count();
    got(&format!("arguments={arguments} variables={variables} folders={folders}"))
}

fn read(path: &str) -> Outcome {
    match std::fs::read(path) {
        Ok(bytes) => Ok(lockgate_provider::Secret::seal(&bytes)),
        Err(error) => Err(lockgate_provider::Failure::other(error.to_string())),
    }
}

/// The smallest step of the monotonic clock that a guest sees, in nanoseconds.
fn measure() -> Outcome {
    let start = Instant::now();
    let step = (0..100_000_000_u32).map(|_| start.elapsed()).find(|step| !step.is_zero());
    got(&step.unwrap_or_default().as_nanos().to_string())
}
