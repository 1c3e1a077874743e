//! Each row with the real cargo and with Lockgate, in the same home.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use lockgate_tests::Run;

use crate::machine::{Came, Has, Machine};
use crate::registry::TOKEN;
use crate::rows::{COPIED, ROWS, Row, Said};

/// What differs that should not.
fn difference(row: &Row, theirs: &Came, ours: &Came) -> Option<&'static str> {
    let same_words = match row.said {
        Said::Same => theirs.stderr == ours.stderr,
        Said::Otherwise { theirs: their_words, ours: our_words, .. } => {
            if theirs.stderr == ours.stderr {
                return Some("it is no deviation any more");
            }
            theirs.stderr.contains(their_words) && ours.stderr.contains(our_words)
        }
    };
    if theirs.code != ours.code {
        Some("the exit status")
    } else if theirs.asked != ours.asked {
        Some("what the provider is asked")
    } else if theirs.seen != ours.seen {
        Some("what the registry is asked")
    } else if !same_words {
        Some("the words")
    } else if theirs.stdout != ours.stdout || theirs.credentials != ours.credentials {
        Some("the output or the credentials file")
    } else {
        None
    }
}

fn compare(rows: &[Row], play: impl Fn(&Machine, &Row, bool) -> Came) {
    let machine = Machine::new();
    let mut differences = String::new();
    for row in rows {
        let theirs = play(&machine, row, false);
        let mut ours = play(&machine, row, true);
        // What cargo tells for its own provider alone.
        if row.configured.is_none() {
            ours.stderr = ours.stderr.replace("       Login token for `a` saved\n", "");
        }
        if let Some(what) = difference(row, &theirs, &ours) {
            let rule = row.rule;
            writeln!(
                differences,
                "=== {rule}: {what}\n--- cargo\n{theirs:#?}\n--- lockgate\n{ours:#?}"
            )
            .unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn prepare(machine: &Machine, row: &Row) {
    machine.forget();
    machine.provider_has(row.has);
    let index = machine.registry.index(row.kind);
    match row.configured {
        Some(more) => machine.configure_with(&index, more),
        None => machine.configure(&index),
    }
}

fn run(machine: &Machine, row: &Row, is_ours: bool) -> Run {
    if is_ours { machine.ours(row.words) } else { machine.theirs(row.words) }
}

#[test]
fn a_login_is_as_cargos_whatever_the_registry_does() {
    compare(ROWS, |machine, row, is_ours| {
        prepare(machine, row);
        machine.came(&run(machine, row, is_ours))
    });
}

#[test]
fn cargos_own_copy_is_used_as_cargo_uses_it() {
    compare(COPIED, |machine, row, is_ours| {
        prepare(machine, row);
        machine.provider_has(Has::Good);
        let first = machine.came(&machine.theirs(&[]));
        assert_eq!(first.code, Some(0), "{first:#?}");
        machine.provider_has(row.has);
        let copies = copies(machine);
        assert_eq!(copies.len(), 1);
        let came = machine.came(&run(machine, row, is_ours));
        assert_eq!(copies, self::copies(machine), "cargo's copy is cargo's");
        came
    });
}

/// cargo's copies of `config.json`.
fn copies(machine: &Machine) -> Vec<String> {
    let folder = machine.home.cargo_home().join("registry/index");
    let entries = fs::read_dir(folder).into_iter().flatten();
    let file = |entry: fs::DirEntry| fs::read_to_string(entry.path().join("config.json")).ok();
    entries.filter_map(|entry| file(entry.unwrap())).collect()
}

#[test]
fn nothing_is_written_into_cargos_cache() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    machine.configure(&machine.registry.index("private"));
    assert_eq!(machine.came(&machine.ours(&[])).code, Some(0));
    assert!(copies(&machine).is_empty());
    // The twin: cargo does.
    assert_eq!(machine.came(&machine.theirs(&[])).code, Some(0));
    assert_eq!(copies(&machine).len(), 1);
}

#[test]
fn a_copy_that_is_damaged_is_passed_over_as_in_cargo() {
    let machine = Machine::new();
    machine.configure(&machine.registry.index("public"));
    for is_ours in [false, true] {
        machine.forget();
        let _ = machine.came(&machine.theirs(&[]));
        let folder = machine.home.cargo_home().join("registry/index");
        let copy = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        fs::write(copy.join("config.json"), "{").unwrap();
        let run = if is_ours { machine.ours(&[]) } else { machine.theirs(&[]) };
        let came = machine.came(&run);
        assert_eq!(came.code, Some(0), "{came:#?}");
        assert_eq!(came.seen.len(), 1, "{came:#?}");
    }
}

/// Whatever index is read, providers know crates.io by one URL.
#[test]
fn the_copy_of_crates_io_is_found_where_cargo_has_it() {
    let machine = Machine::new();
    machine
        .home
        .write_config(format!("[registry]\ncredential-provider = {:?}\n", machine.provider));
    let copy = machine.home.cargo_home().join("registry/index/index.crates.io-1949cf8c6b5b557f");
    fs::create_dir_all(&copy).unwrap();
    let file = r#"{"dl":"https://static.crates.io/crates","api":"https://crates.io"}"#;
    fs::write(copy.join("config.json"), file).unwrap();
    let home = &machine.home;
    let [theirs, mut ours] = [home.cargo(["login"]), home.lockgate(["cargo", "login"])]
        .map(|run| machine.came(&run.stdin("typed\n")));
    ours.stderr = ours.stderr.replace("       Login token for `crates-io` saved\n", "");
    assert_eq!(theirs, ours);
    let expected = "login https://github.com/rust-lang/crates.io-index token=typed \
                    login-url=https://crates.io/me challenges=[]";
    assert_eq!(ours.asked, [expected]);
}

/// Standard input is the token's, whatever is asked before it.
#[test]
fn nobody_takes_the_token_from_standard_input_before_the_login() {
    let machine = Machine::new();
    let script = machine.home.root().join("tools/prints");
    fs::write(&script, format!("#!/bin/sh\ncat >&2\nprintf '{TOKEN}'\n")).unwrap();
    lockgate_tests::home::set_mode(&script, 0o755);
    let tokens =
        "global-credential-providers = [\"cargo:token\", \"cargo:token-from-stdout SCRIPT\"]";
    let tokens = tokens.replace("SCRIPT", &script.display().to_string());
    machine.home.write_config(format!(
        "[registry]\n{tokens}\n[registries.a]\nindex = \"{}\"\n",
        machine.registry.index("private")
    ));
    let came = machine.came(&machine.ours(&[]));
    // It has the token for the question, and no way to keep one.
    assert_eq!(came.seen.len(), 2, "{came:#?}");
    assert!(came.stderr.contains("requested operation not supported"), "{came:#?}");
    assert!(!came.stderr.contains("typed"), "{came:#?}");
}

#[test]
fn every_row_has_a_rule_of_its_own_and_every_deviation_a_reason() {
    let all = || ROWS.iter().chain(COPIED);
    let rules: BTreeSet<_> = all().map(|row| row.rule).collect();
    assert_eq!(rules.len(), all().count());
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/compatibility.md");
    let page = fs::read_to_string(pages).unwrap();
    for row in all() {
        if let Said::Otherwise { subject, .. } = row.said {
            assert!(page.contains(&format!("| {subject} |")), "docs/compatibility.md: {subject}");
        }
    }
}
