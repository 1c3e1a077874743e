//! A home in which a row is played, by cargo and by Lockgate.

use std::fs;

use lockgate_tests::guests::Guest;
use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Server};

use crate::came::Came;
use crate::play::{Play, Side};
use crate::row::{Asks, Row};

/// A provider for cargo that does what the component of that name does for Lockgate. It keeps what it
/// was asked, for those who do not see its standard error.
const RECORDER: &str = r#"#!/bin/sh
echo '{"v":[1]}'
read -r request
echo "recorder: $request" >&2
printf '%s\n' "$request" 2>/dev/null >> "${HOME:-/dev/null}/requests"
case $request in
*'"args":["not-found"'*) echo '{"Err":{"kind":"not-found"}}' ;;
*'"args":["unsupported-registry"'*) echo '{"Err":{"kind":"url-not-supported"}}' ;;
*'"args":["unsupported-operation"'*) echo '{"Err":{"kind":"operation-not-supported"}}' ;;
*'"args":["broken"'*) echo '{"Err":{"kind":"other","message":"broken"}}' ;;
*'"args":["once"'*)
    echo '{"Ok":{"kind":"get","token":"recorded","cache":"never","operation_independent":true}}' ;;
*'"args":["for-this"'*)
    echo '{"Ok":{"kind":"get","token":"recorded","cache":"session","operation_independent":false}}' ;;
*'"args":["soon"'*)
    echo '{"Ok":{"kind":"get","token":"recorded","cache":"expires","expiration":'"$(($(date +%s) + 30))"',"operation_independent":true}}' ;;
*'"args":["later"'*)
    echo '{"Ok":{"kind":"get","token":"recorded","cache":"expires","expiration":'"$(($(date +%s) + 90))"',"operation_independent":true}}' ;;
*'"kind":"get"'*)
    echo '{"Ok":{"kind":"get","token":"recorded","cache":"session","operation_independent":true}}' ;;
*'"kind":"login"'*) echo '{"Ok":{"kind":"login"}}' ;;
*'"kind":"logout"'*) echo '{"Ok":{"kind":"logout"}}' ;;
esac
read -r end
exit 0
"#;

/// What the registry takes for a token.
const TOKENS: &[&str] = &["recorded", "kept", "of-config", "of-variable", "of-file", "first line"];

/// A home, with the recorder as a program and as a component.
pub(crate) struct Machine {
    home: Home,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let home = Home::new();
        set_mode(&home.programs(), 0o755);
        let program = home.programs().join("recorder");
        fs::write(&program, RECORDER).unwrap();
        set_mode(&program, 0o755);
        let file = home.root().join("recorder.wasm");
        fs::write(&file, Guest::named("recorder").component).unwrap();
        let file = file.display().to_string();
        let _ = home.lockgate(["provider", "install", &file, "--grant-all"]).run().succeeds();
        let process = format!("process={}", program.display());
        let grant = ["provider", "grant", "lockgate:cargo-plugin", &process, "--yes"];
        let _ = home.lockgate(grant).run().succeeds();
        Self { home }
    }

    /// The row by cargo and by Lockgate.
    pub(crate) fn play(&self, row: &Row) -> (Came, Came) {
        let theirs = self.played_by(Side::Theirs, row);
        let mut ours = self.played_by(Side::Ours, row);
        for (word, lines) in SUCCESS {
            if !theirs.stderr.contains(word) {
                ours.stderr = without(lines, &ours.stderr);
            }
        }
        (theirs, ours)
    }

    fn played_by(&self, side: Side, row: &Row) -> Came {
        let server = Server::start(row.access);
        server.accept(TOKENS);
        row.faults.iter().for_each(|fault| server.break_with(*fault));
        if row.asks != Asks::Command {
            server.add_package("tool", "1.0.0");
        }
        let play = Play { home: &self.home, server, side, row };
        play.prepare();
        play.run()
    }
}

/// The success that cargo tells for its own provider only: how it begins, and how its lines do.
const SUCCESS: [(&str, &[&str]); 2] = [
    ("       Login token", &["       Login token"]),
    (
        "note: This does not revoke",
        &["      Logout token", "note: This does not revoke", "    If you need to revoke"],
    ),
];

/// Without the lines that begin so.
fn without(starts: &[&str], text: &str) -> String {
    let is_other = |line: &&str| !starts.iter().any(|start| line.starts_with(start));
    text.lines().filter(is_other).map(|line| format!("{line}\n")).collect()
}
