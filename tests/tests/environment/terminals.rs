//! Terminals of every kind, and none.

use lockgate_tests::terminal::end;
use lockgate_tests::{Home, Run, Terminal};

use super::prepared;

/// What a terminal may be like, by its variables. The last word: whether colour is wanted.
const KINDS: [(&[(&str, &str)], bool); 9] = [
    (&[("TERM", "xterm-256color")], true),
    (&[("TERM", "xterm"), ("COLUMNS", "0"), ("LINES", "0")], true),
    (&[("TERM", "xterm"), ("COLUMNS", "99999999999999999999")], true),
    (&[("TERM", "xterm"), ("COLUMNS", "-1"), ("LC_ALL", "POSIX")], true),
    (&[("TERM", "xterm"), ("LC_ALL", "de_DE.ISO-8859-1"), ("LANG", "x")], true),
    (&[("TERM", "xterm"), ("NO_COLOR", "1")], false),
    (&[("TERM", "dumb")], false),
    (&[("TERM", "")], true),
    (&[], false),
];

fn screen(run: Run) -> String {
    let terminal = Terminal::new();
    let status = end(&mut terminal.start(run));
    assert_eq!(status.code(), Some(101), "{}", terminal.screen());
    terminal.wait_for("nobody");
    terminal.screen()
}

#[test]
fn errors_are_readable_on_every_terminal_and_coloured_where_that_is_wanted() {
    let home = prepared(Home::new());
    for (variables, coloured) in KINDS {
        let run = home.lockgate(["cargo", "token", "--registry", "nobody"]);
        let run = variables.iter().fold(run, |run, (name, value)| run.env(name, value));
        let screen = screen(run);
        assert!(screen.contains("registry index was not found"), "{variables:?}: {screen:?}");
        assert!(!screen.contains("panicked"), "{screen}");
        assert_eq!(screen.contains('\u{1b}'), coloured, "{variables:?}: {screen:?}");
    }
}

#[test]
fn what_is_not_a_terminal_gets_no_escapes() {
    let home = prepared(Home::new());
    for (variables, _) in KINDS {
        for words in [&["doctor"][..], &["provider", "list"], &["cargo", "registries"]] {
            let run = home.lockgate(words);
            let run = variables.iter().fold(run, |run, (name, value)| run.env(name, value));
            let _ = run.run().nowhere_has("\u{1b}").nowhere_has("panicked");
        }
    }
}
