//! What confining, forking for a request and finding the caller cost, in microseconds: the median of
//! many. `cargo run --release -p lockgate-system --example system_cost`.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for those who work on this")]

use std::time::{Duration, Instant};

use lockgate_system::{
    Confinement, NAME_LOOKUP, caller, confine, harden, open_administrator_file, policy_file,
    serve_in_child,
};

const ROUNDS: usize = 301;

fn main() {
    harden();
    let store = Confinement { write: vec!["/tmp".into(), "/var/tmp".into()], ..Default::default() };
    let network = Confinement {
        read: NAME_LOOKUP.iter().map(Into::into).collect(),
        connect: vec![443, 53],
        terminal: true,
        ..store.clone()
    };
    report("confine to two folders", || in_child(&store));
    report("confine to two folders, names and ports", || in_child(&network));
    report("serve in a child", || took(|| assert!(serve_in_child(|| 0).is_ok())));
    report("harden", || took(|| drop(harden())));
    report("caller", || took(|| drop(caller())));
    report("the administrator's file", || {
        took(|| drop(open_administrator_file(policy_file()).unwrap()))
    });
}

/// Once in a process, so that each round needs its own; the child tells the time by a pipe.
fn in_child(confinement: &Confinement) -> Duration {
    use std::io::{Read, Write};
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    serve_in_child(|| {
        let time = took(|| assert!(confine(confinement).is_complete()));
        writer.write_all(&time.as_nanos().to_le_bytes()).map_or(1, |()| 0)
    })
    .unwrap();
    let mut nanos = [0; 16];
    reader.read_exact(&mut nanos).unwrap();
    Duration::from_nanos(u128::from_le_bytes(nanos).try_into().unwrap())
}

fn took(act: impl FnOnce()) -> Duration {
    let start = Instant::now();
    act();
    start.elapsed()
}

fn report(name: &str, round: impl Fn() -> Duration) {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| round()).collect();
    times.sort();
    let [median, worst] = [ROUNDS / 2, ROUNDS * 95 / 100].map(|at| times.get(at).unwrap());
    println!("{name:40} {:>6} us, 95 of 100 within {} us", median.as_micros(), worst.as_micros());
}
