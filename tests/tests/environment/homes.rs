//! Where its files are: each variable relative, empty, not set, and somebody else's.

use std::fs;
use std::os::unix::fs::chown;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Run};

use super::{REVEAL, TOKEN, ends_in_order, prepared};

/// The user who runs the program, and one who is neither that nor root.
const NOBODY: u32 = 65534;
const ANOTHER: u32 = 12345;

const VARIABLES: [&str; 7] = [
    "HOME",
    "CARGO_HOME",
    "LOCKGATE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
];

/// What was made where the command ran.
fn made_here(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.project()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn nothing_is_made_where_it_runs_whatever_the_variables_say() {
    for variable in VARIABLES {
        for value in ["relative", "", "./x", "../x", "~"] {
            let home = prepared(Home::new());
            for words in [&REVEAL[..], &["doctor"], &["provider", "list"], &["policy", "show"]] {
                let run = home.lockgate(words);
                // Without it those of the platform are used.
                let platform = run.clone().without_env("LOCKGATE_HOME").env(variable, value);
                let _ = ends_in_order(run.env(variable, value).run());
                let _ = ends_in_order(platform.run());
            }
            // cargo's own home is relative to where cargo runs; it is not made either.
            assert!(made_here(&home).is_empty(), "{variable}={value:?}: {:?}", made_here(&home));
        }
    }
}

fn run(home: &Home, variable: &str, value: Option<&str>) -> Run {
    let run = home.lockgate(REVEAL);
    match value {
        Some(value) => run.env(variable, value),
        None => run.without_env(variable),
    }
}

#[test]
fn a_home_that_is_no_absolute_path_is_named() {
    let home = prepared(Home::new());
    let says = |run: Run| run.run().exits_with(101).nowhere_has(TOKEN);
    let _ = says(run(&home, "LOCKGATE_HOME", Some("relative"))).says("LOCKGATE_HOME");
    let relative = run(&home, "HOME", Some("relative")).without_env("LOCKGATE_HOME");
    let _ = says(relative).says("HOME").says("not an absolute path");
    // The twins: what is empty is not set, and what the XDG folders have that is relative is ignored.
    for twin in [
        run(&home, "LOCKGATE_HOME", Some("")),
        run(&home, "LOCKGATE_HOME", None),
        run(&home, "CARGO_HOME", None),
        run(&home, "CARGO_HOME", Some("")),
        run(&home, "XDG_STATE_HOME", Some("relative")).without_env("LOCKGATE_HOME"),
        home.lockgate(REVEAL),
    ] {
        let _ = twin.run().succeeds().prints(&format!("{TOKEN}\n"));
    }
    assert!(made_here(&home).is_empty());
}

#[test]
fn a_home_of_somebody_else_is_refused() {
    let home = prepared(Home::unprivileged());
    let foreign = home.root().join("foreign");
    fs::create_dir(&foreign).unwrap();
    set_mode(&foreign, 0o755);
    let own = home.root().join("own");
    fs::create_dir(&own).unwrap();
    set_mode(&own, 0o700);
    if chown(&own, Some(NOBODY), Some(NOBODY)).is_err() {
        return;
    }
    let refused = home.lockgate(REVEAL).env("LOCKGATE_HOME", &foreign).run().exits_with(101);
    let _ = refused.says(&foreign.display().to_string()).nowhere_has(TOKEN);
    let _ = home.lockgate(REVEAL).env("LOCKGATE_HOME", &own).run().succeeds();

    let file = foreign.join("credentials.toml");
    fs::copy(home.config(), foreign.join("config.toml")).unwrap();
    fs::write(&file, "[registries.corp]\ntoken = \"planted\"\n").unwrap();
    set_mode(&file, 0o644);
    let reveal = || home.lockgate(REVEAL).env("CARGO_HOME", &foreign).run();
    for folder_too in [false, true] {
        chown(&file, Some(ANOTHER), Some(ANOTHER)).unwrap();
        if folder_too {
            chown(&foreign, Some(ANOTHER), Some(ANOTHER)).unwrap();
        }
        let refused = reveal().exits_with(101).nowhere_has("planted\n");
        let _ = refused.says(&foreign.display().to_string());
    }
    for path in [&file, &foreign] {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let _ = reveal().succeeds().prints("planted\n");
}
