//! Little of everything that the system gives: descriptors, memory, processes, room for files.

use std::fs;

use lockgate_tests::plugin::{get, login};
use lockgate_tests::{Home, Output, Run};

use super::{INDEX, REVEAL, TOKEN, ends_in_order, prepared};

/// Ways of giving a program little. Memory is address space: wasmtime reserves much of it.
const LIMITS: [&str; 6] =
    ["--nofile=8", "--nofile=5", "--as=200000000", "--as=400000000", "--fsize=0", "--nproc=0"];

fn limited(run: Run, limit: &str) -> Output {
    // A program that writes too much is told so, as on a full disk.
    run.under([
        "sh",
        "-c",
        "trap '' XFSZ; limit=$1; shift; exec prlimit \"$limit\" -- \"$@\"",
        "sh",
        limit,
    ])
    .run()
}

/// The token of before or of after, and nothing else.
#[track_caller]
fn is_whole(home: &Home, output: &Output) {
    let kept = home.read_credentials();
    let whole = [TOKEN, "new-token"]
        .iter()
        .any(|token| kept.contains(&format!("[registries.corp]\ntoken = \"{token}\"")));
    assert!(whole, "{kept}\n{output}");
}

#[test]
fn under_each_limit_it_says_what_is_missing_and_loses_nothing() {
    for limit in LIMITS {
        let home = prepared(Home::unprivileged());
        let small = home.write_small();
        home.hand_over();
        let small = small.display().to_string();
        let install = ["provider", "install", &small, "--grant-all"];
        for words in [&REVEAL[..], &["doctor"], &["provider", "list"], &install, &["audit", "show"]]
        {
            let output = limited(home.lockgate(words), limit);
            // What cannot even be loaded, or be started as this user, has not begun.
            let not_begun = ["error while loading shared libraries", "setpriv: failed to execute"];
            if !not_begun.iter().any(|said| output.stderr.contains(said)) {
                let _ = ends_in_order(output);
            }
        }
        for request in [get(INDEX, &["cargo:token"]), login(INDEX, "new-token", &["cargo:token"])] {
            let output = limited(home.plugin().stdin(format!("{request}\n")), limit);
            let answered = output.stdout.lines().all(|line| line.starts_with('{'));
            assert!(answered && output.status.code().is_some(), "{limit}: {output}");
            is_whole(&home, &output);
        }
        // The twin: afterwards, without the limit, everything is there and works.
        let _ = home.lockgate(REVEAL).run().succeeds();
        let _ = home.lockgate(["audit", "verify"]).run().succeeds();
        let _ = home.lockgate(install.into_iter().chain(["--as", "again"])).run().succeeds();
        let _ = home.lockgate(["provider", "verify", "again"]).run().succeeds();
        let left = fs::read_dir(home.lockgate_home().join("providers")).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        let known = |name: &std::ffi::OsString| {
            [".lock", "small", "again"].iter().any(|known| name == known)
        };
        assert!(left.iter().all(known), "{limit}: litter in the store: {left:?}");
    }
}
