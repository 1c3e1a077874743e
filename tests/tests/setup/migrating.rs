//! Moving tokens out of the plain file.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use lockgate_tests::Desktop;
use lockgate_tests::home::set_mode;

use crate::{INDEX, Machine, TOKEN};

/// A native provider that keeps one token for each registry.
const GOOD: &str = r#"
echo '{"v":[1]}'
read -r request
url=$(printf '%s' "$request" | sed 's/.*"index-url":"\([^"]*\)".*/\1/' | cksum | cut -d' ' -f1)
file=FOLDER/$url
case "$request" in
*'"kind":"get"'*)
    [ -f "$file" ] || { echo '{"Err":{"kind":"not-found"}}'; exit; }
    printf '{"Ok":{"kind":"get","token":"%s","cache":"session","operation_independent":true}}\n' "$(cat "$file")" ;;
*'"kind":"login"'*)
    SAVE
    echo '{"Ok":{"kind":"login"}}' ;;
*) rm -f "$file"; echo '{"Ok":{"kind":"logout"}}' ;;
esac
"#;
const SAVES: &str = r#"printf '%s' "$request" | sed 's/.*"token":"\([^"]*\)".*/\1/' > "$file""#;

/// A machine on which cargo asks Lockgate for the plain file and for the good provider.
struct Stage {
    machine: Machine,
    target: String,
}

impl Stage {
    fn new(saves: &str) -> Self {
        let machine = Machine::new();
        let kept = machine.home.root().join("kept");
        fs::create_dir(&kept).unwrap();
        let plugin = machine.home.root().join("cargo-credential-keeper");
        let script = GOOD.replace("FOLDER", &kept.display().to_string()).replace("SAVE", saves);
        fs::write(&plugin, format!("#!/bin/sh\n{script}")).unwrap();
        set_mode(&plugin, 0o755);
        let grant = format!("process={}", plugin.display());
        let words = ["provider", "grant", "lockgate:cargo-plugin", &grant, "--yes"];
        let _ = machine.lockgate(&words).run().succeeds();
        machine.home.write_config(format!(
            "[registries.corp]\nindex = \"{INDEX}\"\n[registries.other]\nindex = \"{INDEX}other/\"\n"
        ));
        machine.home.write_credentials(format!(
            "# mine\n[registries.corp]\ntoken = \"{TOKEN}\"\n[registries.other]\ntoken = \"other-{TOKEN}\"\n"
        ));
        let target = format!("lockgate:cargo-plugin {}", plugin.display());
        let named = ["--provider", "cargo:token", "--provider", &target, "--yes"];
        let _ = machine.setup(&named).run().succeeds();
        Self { machine, target }
    }

    fn migrate(&self, words: &[&str]) -> lockgate_tests::Run {
        self.machine.setup(&["--migrate", "--to", &self.target]).args(words)
    }

    fn reveals(&self, registry: &str) -> String {
        let words = ["cargo", "token", "--registry", registry, "--reveal"];
        self.machine.lockgate(&words).run().succeeds().stdout
    }

    /// Has the good provider keep other tokens than those that stand in the file.
    fn keeps(&self, corp: &str, other: &str) {
        let stale = self.machine.home.read_credentials();
        self.machine.home.write_credentials(format!(
            "[registries.corp]\ntoken = \"{corp}\"\n[registries.other]\ntoken = \"{other}\"\n"
        ));
        let _ = self.migrate(&["--yes"]).run().succeeds();
        self.machine.home.write_credentials(stale);
    }

    fn in_the_file(&self) -> usize {
        self.machine.home.read_credentials().matches("token = ").count()
    }
}

#[test]
fn tokens_are_moved_one_by_one_and_the_rest_of_the_file_stays() {
    let stage = Stage::new(SAVES);
    let before = stage.machine.home.read_credentials();
    let shown = stage.migrate(&["--dry-run"]).run().succeeds().nowhere_has(TOKEN);
    let _ =
        shown.shows("corp: would move to `lockgate:cargo-plugin`").shows("other: would move to");
    assert_eq!(stage.machine.home.read_credentials(), before);
    let asked = stage.migrate(&[]).run().exits_with(1).says("--yes");
    let _ = asked.says("corp: would move to").never_says("Moved");
    assert_eq!(stage.machine.home.read_credentials(), before);
    let moved = stage.migrate(&["--yes"]).run().succeeds().nowhere_has(TOKEN);
    let _ = moved.says("Moved token for `corp`").says("Moved token for `other`");
    let left = "# mine\n[registries.corp]\n[registries.other]\n";
    assert_eq!(stage.machine.home.read_credentials(), left);
    assert_eq!(stage.reveals("corp"), format!("{TOKEN}\n"));
    assert_eq!(stage.reveals("other"), format!("other-{TOKEN}\n"));
    let audit = stage.machine.lockgate(&["audit", "show"]).run().succeeds().nowhere_has(TOKEN);
    for operation in ["get", "login", "logout"] {
        assert!(audit.stdout.contains(operation), "{audit}");
    }
    let again = stage.migrate(&["--yes"]).run().succeeds();
    let _ = again.says("there is no token in cargo's file");
}

#[test]
fn what_the_other_store_does_not_give_back_stays_in_the_file() {
    for (saves, reason) in [
        ("printf 'another-token' > \"$file\"", "gave back another credential"),
        (":", "credential not found"),
        (
            "echo '{\"Err\":{\"kind\":\"other\",\"message\":\"full\",\"caused-by\":[]}}'; exit",
            "full",
        ),
    ] {
        let stage = Stage::new(saves);
        let before = stage.machine.home.read_credentials();
        let told = stage.migrate(&["--yes"]).run().exits_with(1).nowhere_has(TOKEN);
        let _ = told.says("`corp` was not moved").says(reason);
        assert_eq!(stage.machine.home.read_credentials(), before, "{saves}");
    }
    // The twin: with a store that keeps it, it goes.
    let stage = Stage::new(SAVES);
    let _ = stage.migrate(&["--yes"]).run().succeeds();
    assert_eq!(stage.in_the_file(), 0);
}

/// The one in the file is often the stale one.
#[test]
fn another_token_that_the_other_store_holds_is_not_overwritten() {
    let stage = Stage::new(SAVES);
    stage.keeps("Bearer newer", &format!("other-{TOKEN}"));
    let before = stage.machine.home.read_credentials();
    let reason = "`lockgate:cargo-plugin` already holds another credential for it; log out of one";
    let dry = stage.migrate(&["--dry-run"]).run().exits_with(1).nowhere_has(TOKEN);
    let _ = dry.shows("corp: stays").shows(reason).shows("other: would move to");
    assert_eq!(stage.machine.home.read_credentials(), before);
    // What a person agrees to is what would be done.
    let asked = stage.migrate(&[]).run().exits_with(1).says("--yes").nowhere_has(TOKEN);
    let _ = asked
        .says("corp: stays")
        .says(reason)
        .never_says("corp: would move")
        .says("other: would move to");
    assert_eq!(stage.machine.home.read_credentials(), before);
    let told = stage.migrate(&["--yes"]).run().exits_with(1).nowhere_has(TOKEN);
    // Nothing is announced that is not done: there was nobody to agree to a plan.
    let told = told.never_says("move to");
    // The twin: the same token is there already, and goes out of the file.
    let _ = told.says("`corp` was not moved").says(reason).says("Moved token for `other`");
    let left = format!("# mine\n[registries.corp]\ntoken = \"{TOKEN}\"\n[registries.other]\n");
    // Where nothing can be moved nobody is asked.
    let unasked = stage.migrate(&[]).run().exits_with(1).shows("corp: stays").shows(reason);
    let _ = unasked.never_says("--yes");
    assert_eq!(stage.machine.home.read_credentials(), left);
    stage.machine.home.write_credentials("");
    assert_eq!(stage.reveals("corp"), "Bearer newer\n");
    assert_eq!(stage.reveals("other"), format!("other-{TOKEN}\n"));
}

/// While the other store saves the token, somebody logs in.
#[test]
fn a_login_in_the_middle_keeps_its_token() {
    let stage =
        Stage::new(&format!("{SAVES}; cat \"$HOME/newer\" > \"$HOME/.cargo/credentials.toml\""));
    let path = stage.machine.home.cargo_home().join("credentials.toml");
    assert_eq!(path, stage.machine.home.user().join(".cargo/credentials.toml"));
    let newer = "[registries.corp]\ntoken = \"Bearer newer\"\n";
    fs::write(stage.machine.home.user().join("newer"), newer).unwrap();
    let told = stage.migrate(&["--yes"]).run().exits_with(1).nowhere_has(TOKEN);
    let _ = told.says("`corp` was not moved").says("meanwhile, and stays there");
    assert_eq!(stage.machine.home.read_credentials(), newer);
    // The other store is asked first, and has nothing that would hide it.
    assert_eq!(stage.reveals("corp"), "Bearer newer\n");
}

/// A keyring may be asking its owner for a password.
#[test]
fn while_tokens_are_moved_setup_and_undo_go_on_and_another_move_waits() {
    let stage = Stage::new(&format!(
        "{SAVES}; touch \"$HOME/flag\"; while [ ! -e \"$HOME/go\" ]; do sleep 0.05; done"
    ));
    let user = stage.machine.home.user().to_owned();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| stage.migrate(&["--yes"]).run());
        wait_for(|| user.join("flag").exists());
        let second = stage.migrate(&["--yes"]).command().stderr(Stdio::piped()).spawn();
        let mut second = second.unwrap();
        let mut lines = BufReader::new(second.stderr.take().unwrap()).lines().map(Result::unwrap);
        let waits = "Blocking waiting for another `lockgate setup cargo --migrate`";
        assert!(lines.any(|line| line.contains(waits)));
        let named = ["--registry", "other", "--provider", "cargo:token", "--yes"];
        let set_up = stage.machine.setup(&named).run();
        let undone = stage.machine.setup(&["--undo", "--yes"]).run();
        fs::write(user.join("go"), "").unwrap();
        let first = first.join().unwrap();
        lines.for_each(drop);
        let _ = second.wait();
        let _ = set_up.succeeds().says("Changed");
        let _ = undone.succeeds().says("Restored");
        let _ = first.says("Moved token for `corp`");
    });
}

fn wait_for(ready: impl Fn() -> bool) {
    let start = Instant::now();
    while !ready() {
        assert!(start.elapsed() < Duration::from_secs(30), "the other store was not asked");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_cannot_be_moved_is_told_with_its_reason() {
    let stage = Stage::new(SAVES);
    let home = &stage.machine.home;
    let text = home.read_credentials();
    home.write_credentials(format!(
        "{text}[registries.unknown]\ntoken = \"u\"\n[registry]\ntoken = \"c\"\nsecret-key = \"k\"\n"
    ));
    let run = stage.migrate(&["--yes", "--json"]).env("CARGO_REGISTRIES_OTHER_TOKEN", "variable");
    let told = run.run().exits_with(1);
    let json = told.json();
    assert_eq!(json["moved"], serde_json::json!(["corp"]), "{json:#}");
    let stay = json["stay"].as_array().unwrap();
    for (name, reason) in [
        ("other", "CARGO_REGISTRIES_OTHER_TOKEN"),
        ("unknown", "registry index was not found"),
        ("crates-io", "secret-key"),
    ] {
        let one = stay.iter().find(|one| one["name"] == name).unwrap();
        assert!(one["reason"].as_str().unwrap().contains(reason), "{json:#}");
    }
    assert_eq!(stage.in_the_file(), 3);
}

#[test]
fn nothing_is_moved_to_where_cargo_would_not_find_it() {
    let stage = Stage::new(SAVES);
    let _ = stage.machine.undo();
    let before = stage.machine.home.read_credentials();
    let told = stage.migrate(&["--yes"]).run().exits_with(1);
    let _ = told.shows("cargo does not ask `lockgate:cargo-plugin`");
    let same = stage.machine.setup(&["--migrate", "--to", "cargo:token", "--yes"]).run();
    let _ = same.exits_with(1).says("is where the tokens are");
    let unknown = stage.machine.setup(&["--migrate", "--to", "none", "--yes"]).run().exits_with(1);
    let _ = unknown.says("there is no provider `none`");
    assert_eq!(stage.machine.home.read_credentials(), before);
}

#[test]
fn ended_in_the_middle_it_has_lost_nothing_and_is_done_again() {
    let stage = Stage::new(
        &format!("{SAVES}; [ -f FLAG ] || {{ touch FLAG; sleep 600; }}")
            .replace("FLAG", "\"$HOME/flag\""),
    );
    let before = stage.machine.home.read_credentials();
    let mut child = stage.migrate(&["--yes"]).command().spawn().unwrap();
    wait_for(|| stage.machine.home.user().join("flag").exists());
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(stage.machine.home.read_credentials(), before);
    let _ = stage.migrate(&["--yes"]).run().succeeds();
    assert_eq!(stage.in_the_file(), 0);
    assert_eq!(stage.reveals("corp"), format!("{TOKEN}\n"));
}

#[test]
fn two_at_once_move_each_token_once() {
    let stage = Stage::new(SAVES);
    let runs = [stage.migrate(&["--yes"]), stage.migrate(&["--yes"])];
    let outputs: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = runs.iter().map(|run| scope.spawn(|| run.run())).collect();
        started.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let moved = |output: &lockgate_tests::Output| output.stderr.matches("Moved token").count();
    assert_eq!(outputs.iter().map(moved).sum::<usize>(), 2, "{} {}", outputs[0], outputs[1]);
    assert!(outputs.iter().all(|output| output.status.success()), "{} {}", outputs[0], outputs[1]);
    assert_eq!(stage.in_the_file(), 0);
}

/// Without `--to` it is the operating system's own store: here the real GNOME Keyring, whose other user
/// is the real cargo.
#[test]
fn tokens_go_to_the_desktops_keyring_and_stay_in_the_file_where_there_is_none() {
    let machine = Machine::new();
    machine.home.write_config(format!(
        "[registry]\nglobal-credential-providers = [\"cargo:token\", \"cargo:libsecret\"]\n\
         [registries.corp]\nindex = \"{INDEX}\"\n"
    ));
    machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    let _ = machine.set_up();
    let migrate = machine.setup(&["--migrate", "--yes"]);
    let without = Desktop::without_keyring();
    let dry = without.within(machine.setup(&["--migrate", "--dry-run"])).run().exits_with(1);
    let _ = dry.nowhere_has(TOKEN).shows("corp: stays: ").never_says("move to");
    let told = without.within(migrate.clone()).run().exits_with(1).nowhere_has(TOKEN);
    let _ = told.says("`corp` was not moved");
    assert!(machine.home.read_credentials().contains(TOKEN));
    let desktop = Desktop::new();
    let moved = desktop.within(migrate).run().succeeds().nowhere_has(TOKEN);
    let _ = moved.says("Moved token for `corp` to `cargo:libsecret`");
    assert_eq!(machine.home.read_credentials(), "[registries.corp]\n");
    let reveal = machine.lockgate(&["cargo", "token", "--registry", "corp", "--reveal"]);
    let _ = desktop.within(reveal).run().succeeds().prints(&format!("{TOKEN}\n"));
}
