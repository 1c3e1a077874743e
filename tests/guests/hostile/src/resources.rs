//! Attacks on the time and the memory of the host.

use std::hint::black_box;

use lockgate_provider::{Secret, environment};

use crate::{Outcome, got, world};

const MEBIBYTE: usize = 1 << 20;
/// Where the attack is content, in MiB: more than any grant gives.
const ENOUGH: usize = 2048;

pub fn attack(name: &str, parameters: &[&str]) -> Option<Outcome> {
    let amount = |default: usize| {
        parameters.first().and_then(|amount| amount.parse().ok()).unwrap_or(default)
    };
    Some(match name {
        "loop" if parameters.is_empty() => spin(),
        "loop" => count(amount(0)),
        "grow-memory" => grow(amount(ENOUGH)),
        "huge-string" => huge_string(amount(8 * MEBIBYTE)),
        "handle-flood" => handles(amount(100_000)),
        "deep-recursion" => got(&recurse(amount(100_000_000)).to_string()),
        "many-calls" => calls(amount(1_000_000)),
        "random-flood" => got(&world::random(amount(1 << 30) as u64).to_string()),
        "sleep" => world::sleep(amount(3600) as u64),
        _ => return None,
    })
}

fn spin() -> Outcome {
    loop {
        black_box(());
    }
}

fn count(millions: usize) -> Outcome {
    for _ in 0..millions {
        for number in 0..1_000_000 {
            black_box(number);
        }
    }
    got(&format!("counted {millions} millions"))
}

fn grow(mebibytes: usize) -> Outcome {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for number in 0..mebibytes {
        let mut piece = Vec::new();
        if piece.try_reserve_exact(MEBIBYTE).is_err() {
            return got(&format!("stopped at {number} MiB"));
        }
        piece.resize(MEBIBYTE, 1);
        kept.push(black_box(piece));
    }
    got(&format!("grew by {mebibytes} MiB"))
}

/// The host looks at the name, or refuses to take that much.
fn huge_string(bytes: usize) -> Outcome {
    let name = "a".repeat(bytes);
    match environment::get(&name) {
        Ok(_) => got("there is such a variable"),
        Err(failure) => got(&format!("the host took it: {failure:?}")),
    }
}

fn handles(count: usize) -> Outcome {
    let all: Vec<Secret> = (0..count).map(|_| Secret::seal(b"x")).collect();
    got(&format!("{} handles", all.len()))
}

/// Each call keeps little in linear memory, so that it is the host's own stack that ends first.
fn recurse(depth: usize) -> usize {
    match depth {
        0 => 0,
        left => 1 + black_box(recurse(left - 1)),
    }
}

/// Asks for what is not granted, under a long name: the host remembers each refusal.
fn calls(count: usize) -> Outcome {
    let name = "A".repeat(64 << 10);
    for _ in 0..count {
        drop(environment::get(&name));
    }
    got(&format!("{count} calls"))
}
