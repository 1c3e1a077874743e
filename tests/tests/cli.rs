//! `lockgate cargo login`, `logout`, `token` and `registries`, as a person types them.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/kept.rs"]
mod kept;
#[path = "cli/logout.rs"]
mod logout;
#[path = "cli/registries.rs"]
mod registries;
#[path = "cli/token.rs"]
mod token;

use lockgate_tests::home::mode;
use lockgate_tests::{Access, Home, Output, Server};

const TOKEN: &str = "Bearer cli-91b2";

fn corp() -> (Server, Home) {
    let server = Server::start(Access::Public);
    let home = Home::new();
    home.configure_ours(&server);
    (server, home)
}

fn run(home: &Home, words: &[&str]) -> Output {
    home.lockgate(["cargo"]).args(words).run()
}

fn logged_in() -> (Server, Home) {
    let (server, home) = corp();
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    (server, home)
}

#[test]
fn login_says_what_cargo_says() {
    let (_server, home) = corp();
    let login = home.lockgate(["cargo", "login", "--registry", "corp"]);
    let output = login.stdin(format!("cargo login {TOKEN}\n")).run().succeeds().prints("");
    let _ = output.says("       Login token for `corp` saved\n").nowhere_has(TOKEN);
    assert_eq!(home.read_credentials(), format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    assert_eq!(mode(&home.credentials()), 0o600);
}

#[test]
fn a_token_as_an_argument_is_kept_with_a_warning() {
    let (_server, home) = corp();
    let output = run(&home, &["login", "--registry", "corp", TOKEN]).succeeds();
    let _ = output
        .says(
            "warning: `cargo login <token>` is deprecated in favor of reading `<token>` from stdin",
        )
        .nowhere_has(TOKEN);
    assert!(home.read_credentials().contains(TOKEN));
}

#[test]
fn login_keeps_what_else_is_in_the_file() {
    let (_server, home) = corp();
    home.write_credentials("# mine\n[registries.other]\ntoken = \"o\" # by hand\n");
    let login = home.lockgate(["cargo", "login", "--registry", "corp"]);
    let _ = login.stdin(format!("{TOKEN}\n")).run().succeeds();
    let content = home.read_credentials();
    assert!(content.contains("# mine\n[registries.other]\ntoken = \"o\" # by hand\n"), "{content}");
    assert!(content.contains(TOKEN), "{content}");
}

#[test]
fn logout_says_what_cargo_says() {
    let (_server, home) = logged_in();
    let output = run(&home, &["logout", "--registry", "corp"]).succeeds().prints("");
    let _ = output
        .says("      Logout token for `corp` has been removed from local storage\n")
        .says("note: This does not revoke the token on the registry server.\n")
        .says("If you need to revoke the token, visit the `corp` website");
    assert!(!home.read_credentials().contains(TOKEN));
    let again = run(&home, &["logout", "--registry", "corp"]).succeeds();
    let _ = again.says("      Logout not currently logged in to `corp`\n");
}

/// The token in the user's own configuration comes after the credentials file, as in cargo; one in a
/// project's does not count.
#[test]
fn a_token_of_the_users_configuration_is_found() {
    let (server, home) = corp();
    let [program, word] = home.our_token_provider();
    home.write_config(format!(
        "[registries.corp]\nindex = \"{}\"\ncredential-provider = [{program:?}, {word:?}]\n\
         token = \"{TOKEN}\"\n",
        server.index_url()
    ));
    let token = ["token", "--registry", "corp", "--reveal"];
    let _ = run(&home, &token).succeeds().prints(&format!("{TOKEN}\n"));
    home.write_credentials("[registries.corp]\ntoken = \"kept\"\n");
    let _ = run(&home, &token).succeeds().prints("kept\n");

    home.write_credentials("");
    home.configure_ours(&server);
    let project = home.write_project_config("[registries.corp]\ntoken = \"planted\"\n");
    let _ = run(&home, &token).exits_with(101).says(&project.display().to_string());
}

/// cargo says that the token was removed; it is where it was.
#[test]
fn logout_with_the_token_in_a_variable_says_that_nobody_is_logged_in() {
    const NAME: &str = "CARGO_REGISTRIES_CORP_TOKEN";
    let (_server, home) = corp();
    let ours = home.lockgate(["cargo", "logout", "--registry", "corp"]).env(NAME, TOKEN);
    let _ = ours
        .run()
        .succeeds()
        .says("      Logout not currently logged in to `corp`\n")
        .says(&format!("is still in environment variable `{NAME}`; unset it\n"));
    let (server, home) = (Server::start(Access::Public), Home::new());
    home.configure(&server, &["cargo:token"]);
    let theirs = home.cargo(["logout", "--registry", "corp"]).env(NAME, TOKEN);
    let _ = theirs.run().succeeds().says("has been removed from local storage");
}

/// Both ask it for its `config.json`, once.
#[test]
fn login_asks_the_registry_as_cargo_does() {
    let (server, home) = corp();
    let ours = home.lockgate(["cargo", "login", "--registry", "corp"]).stdin("new\n").run();
    let _ = ours.succeeds().says("    Updating `corp` index\n");
    let seen = server.requests();
    server.forget_requests();
    let theirs = home.cargo(["login", "--registry", "corp"]).stdin("new\n").run();
    let _ = theirs.succeeds();
    assert_eq!(seen, server.requests());
    assert_eq!(seen.len(), 1);
}

/// As in cargo, also where it stands; the token of the name goes where the person says.
#[test]
fn settings_on_the_command_line_are_taken_before_and_behind_the_verb() {
    let (_server, home) = logged_in();
    let config = ["--config", "registries.corp.index='sparse+https://other.example/'"];
    let token = ["token", "--registry", "corp", "--json", "--reveal"];
    for words in [[&config[..], &token].concat(), [&token[..], &config].concat()] {
        let found = run(&home, &words).succeeds().json();
        assert_eq!(found["index"], "sparse+https://other.example/");
        assert_eq!(found["token"], TOKEN);
    }
    assert_ne!(run(&home, &token).succeeds().json()["index"], "sparse+https://other.example/");
    let refused = ["--config", "registries.corp.token='s3cret'", "registries"];
    let _ = run(&home, &refused).exits_with(101).says("for security reasons").nowhere_has("s3cret");
}

#[test]
fn quiet_leaves_the_status_words_out() {
    let (_server, home) = corp();
    let login = home.lockgate(["cargo", "-q", "login", "--registry", "corp"]);
    let _ = login.stdin("abc\n").run().succeeds().is_silent().prints("");
    let output = run(&home, &["logout", "-q", "--registry", "corp"]).succeeds();
    let _ = output.never_says("Logout").says("note: This does not revoke the token");
}

#[test]
fn common_options_stand_before_and_after_the_verb() {
    let (_server, home) = logged_in();
    for words in [
        &["-q", "logout", "--registry", "corp"][..],
        &["logout", "--registry", "corp", "-q"],
        &["logout", "-q", "--color", "always", "--registry", "corp"],
    ] {
        let _ = run(&home, words).succeeds().never_says("Logout");
    }
    let both = run(&home, &["-q", "-v", "logout"]).exits_with(101);
    let _ = both.says("cannot set both --verbose and --quiet");
}

#[test]
fn colour_is_cargos_choice() {
    let (_server, home) = corp();
    let logout = home.lockgate(["cargo", "logout", "--registry", "corp"]);
    let _ = logout.run().succeeds().never_says("\u{1b}[");
    let _ = logout.clone().args(["--color", "always"]).run().succeeds().says("\u{1b}[");
    let _ = logout.clone().env("CARGO_TERM_COLOR", "always").run().succeeds().says("\u{1b}[");
    let _ = logout.args(["--color", "purple"]).run().exits_with(1);
}

#[test]
fn the_default_registry_is_meant_without_a_name() {
    let (server, home) = logged_in();
    home.write_config(format!(
        "[registry]\ndefault = \"corp\"\n[registries.corp]\nindex = \"{}\"\n",
        server.index_url()
    ));
    let _ = run(&home, &["token", "--reveal"]).succeeds().prints(&format!("{TOKEN}\n"));
    let _ = run(&home, &["logout"]).succeeds().says("Logout token for `corp` has been removed");
}

#[test]
fn usage_errors_exit_with_1_as_cargos_do() {
    let (_server, home) = corp();
    for words in [
        &["login", "a", "b"][..],
        &["login", "--index", "x"],
        &["logout", "word"],
        &["logout", "--", "word"],
        &["token", "--nonsense"],
        &["nonsense"],
        &["registries", "word"],
    ] {
        let output = run(&home, words).exits_with(1).prints("");
        assert!(!output.stderr.is_empty(), "{output}");
    }
}

#[test]
fn manual_and_completions_are_printed() {
    let home = Home::new();
    let manual = home.lockgate(["manual", "cargo", "login"]).run().succeeds().is_silent();
    let _ = manual.shows(".TH").shows("Log in to a registry").shows("REGISTRY");
    let _ = home.lockgate(["manual", "nonsense"]).run().exits_with(2).says("nonsense");
    let completions = home.lockgate(["completions", "bash"]).run().succeeds().is_silent();
    let _ = completions.shows("registries");
}

/// The same words on both, the same standard error and exit status.
#[test]
fn cargo_itself_says_the_same() {
    for (words, input) in [
        (&["login", "--registry", "corp"][..], "abc\n"),
        (&["login", "--registry", "corp", "abc"], ""),
        (&["login", "--registry", "corp"], "caf\u{e9}\n"),
        (&["login", "--registry", "corp"], "\n"),
        (&["login", "--registry", "bad name"], "x\n"),
        (&["login", "--registry", "nobody"], "x\n"),
        (&["logout", "--registry", "corp"], ""),
        (&["logout", "--registry", "corp", "-q"], ""),
        (&["logout", "--registry", "nobody"], ""),
    ] {
        let (theirs, ours) = both(words, input);
        assert_eq!(theirs, ours, "{words:?} {input:?}");
    }
}

fn both(words: &[&str], input: &str) -> (Said, Said) {
    let server = Server::start(Access::Public);
    let homes = [Home::new(), Home::new()];
    for home in &homes {
        home.configure(&server, &["cargo:token"]);
    }
    let theirs = homes[0].cargo(words).stdin(input).run();
    let ours = homes[1].lockgate(["cargo"]).args(words).stdin(input).run();
    (Said::of(&theirs, &homes[0]), Said::of(&ours, &homes[1]))
}

#[derive(Debug, PartialEq, Eq)]
struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
    credentials: String,
}

impl Said {
    fn of(output: &Output, home: &Home) -> Self {
        let root = home.root().display().to_string();
        Self {
            code: output.status.code(),
            stdout: output.stdout.clone(),
            stderr: output.stderr.replace(&root, "[ROOT]"),
            credentials: home.read_credentials(),
        }
    }
}
