//! Arguments and variables that are no text or very long, and descriptors that are closed.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use lockgate_tests::Home;
use lockgate_tests::plugin::get;

use super::{INDEX, REVEAL, TOKEN, ends_in_order, prepared};

fn not_text() -> OsString {
    OsStr::from_bytes(b"\xff\xfe\x1b[31m").to_owned()
}

/// Longest single argument of Linux, nearly.
const LONG: usize = 120_000;

#[test]
fn arguments_that_are_no_text_or_a_megabyte_are_told() {
    let home = prepared(Home::new());
    let long = OsString::from("a".repeat(LONG));
    for odd in [not_text(), long.clone(), OsString::from("a\u{1b}]0;x\u{7}\nb")] {
        for words in [
            &["cargo", "token", "--registry"][..],
            &["cargo", "login", "--registry", "corp", "--"],
            &["cargo"],
            &["provider", "install"],
            &["provider", "inspect"],
            &["provider", "remove"],
            &["provider", "grant", "small"],
            &["policy", "check"],
            &["policy", "explain", "--provider"],
            &["audit", "show", "--since"],
            &["manual"],
            &[],
        ] {
            let output = ends_in_order(home.lockgate(words).args([&odd]).run());
            assert!(!output.status.success() || words.contains(&"--"), "{output}");
            let _ = output.nowhere_has("\u{1b}");
        }
    }
    let megabyte = home.lockgate(["cargo", "token"]).args(std::iter::repeat_n(&long, 9));
    let _ = ends_in_order(megabyte.run());
    let _ = home.lockgate(REVEAL).run().succeeds();
}

#[test]
fn variables_that_are_no_text_or_a_megabyte_are_told_or_ignored() {
    let home = prepared(Home::new());
    let long = OsString::from("a".repeat(LONG));
    for odd in [not_text(), long] {
        for variable in [
            "LOCKGATE_HOME",
            "CARGO_HOME",
            "HOME",
            "CARGO_REGISTRIES_CORP_INDEX",
            "CARGO_TERM_COLOR",
        ] {
            let output = ends_in_order(home.lockgate(REVEAL).env(variable, &odd).run());
            let _ = output.nowhere_has("\u{1b}");
        }
        let fold = |run, name: &&str| lockgate_tests::Run::env(run, name, &odd);
        let others = ["LANG", "LC_ALL", "TERM", "COLUMNS", "USER", "PATH", "X"];
        let output = others.iter().fold(home.lockgate(REVEAL), fold).run();
        let _ = output.succeeds().prints(&format!("{TOKEN}\n"));
    }
    let many = (0..9).fold(home.lockgate(REVEAL), |run, number| {
        run.env(&format!("X{number}"), "a".repeat(LONG))
    });
    let _ = many.run().succeeds();
    let named = home.lockgate(REVEAL).env("CARGO_HOME", not_text()).run();
    let _ = named.exits_with(101).says("CARGO_HOME is not UTF-8");
}

/// The first file that is opened would take the place of a closed descriptor, and what is printed
/// would go there.
#[test]
fn nothing_is_printed_into_a_file_in_the_place_of_a_closed_descriptor() {
    let home = prepared(Home::new());
    let files = || {
        let mut files = home.files();
        files.retain(|(path, _)| !path.starts_with(home.lockgate_home().join("state/audit")));
        files.sort();
        files
    };
    let _ = home.lockgate(REVEAL).run().succeeds();
    let before = files();
    let request = format!("{}\n", get(INDEX, &["cargo:token"]));
    for closing in ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        let script = format!("exec \"$@\" {closing}");
        let closed = ["sh", "-c", &script, "sh"];
        let _ = home.lockgate(REVEAL).under(closed).run().never_says("panicked");
        let _ = home.lockgate(["cargo", "token", "--registry", "x"]).under(closed).run();
        let _ = home.lockgate(["doctor"]).under(closed).run();
        let _ = home.plugin().stdin(request.clone()).under(closed).run().never_says("panicked");
        assert_eq!(files(), before, "{closing}");
    }
    // The twin: a program that does not look after itself prints into what it opens next.
    let stray = home.project().join("stray");
    let naive = "import os; os.close(1); os.open('stray', os.O_CREAT | os.O_WRONLY); print('x')";
    let _ = home.run("/usr/bin/python3").args(["-c", naive]).run().succeeds();
    assert_eq!(std::fs::read(stray).unwrap(), b"x\n");
}
