//! The real cargo against a real registry, its credentials served by Lockgate's `cargo:token`.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::fs;

use lockgate_tests::home::mode;
use lockgate_tests::{Access, Fault, Home, Server};

const TOKEN: &str = "Bearer e2e-7f3a";
const LOGIN: [&str; 3] = ["login", "--registry", "corp"];
const LOGOUT: [&str; 3] = ["logout", "--registry", "corp"];
const GREETER: &str = r#"greeter = { version = "1", registry = "corp" }"#;

/// A registry with the package `greeter` in it, and a home whose `corp` it is.
fn corp(access: Access) -> (Server, Home) {
    let server = Server::start(access);
    server.add_package("greeter", "1.0.0");
    server.accept(&[TOKEN]);
    let home = Home::new();
    home.configure_ours(&server);
    (server, home)
}

fn log_in(home: &Home, token: &str) {
    let _ = home.cargo(LOGIN).stdin(format!("{token}\n")).run().succeeds().nowhere_has(token);
}

#[test]
fn login_keeps_the_token_and_build_sends_it() {
    let (server, home) = corp(Access::Private);
    log_in(&home, TOKEN);
    assert_eq!(home.read_credentials(), format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    assert_eq!(mode(&home.credentials()), 0o600);

    server.forget_requests();
    home.write_package("app", GREETER);
    let _ = home.cargo(["build"]).run().succeeds().never_says("e2e-7f3a");
    for part in ["/index/gr/ee/greeter", "/dl/greeter/1.0.0/download"] {
        let seen = server.requests_of("GET", part);
        assert_eq!(seen.len(), 1, "{part}: {:#?}", server.requests());
        assert_eq!(seen[0].authorization.as_deref(), Some(TOKEN), "{part}");
        assert!(seen[0].accepted(), "{part}");
    }
}

#[test]
fn publish_yank_and_owners_are_authorized_with_the_token() {
    let (server, home) = corp(Access::Private);
    log_in(&home, TOKEN);
    home.write_package("tool", "");

    let _ = home.cargo(["publish", "--registry", "corp", "--no-verify"]).run().succeeds();
    assert_eq!(server.releases("tool").len(), 1);
    only_with_token(&server, "PUT", "/api/v1/crates/new");

    let yank = ["yank", "--registry", "corp", "--version", "0.1.0", "tool"];
    let _ = home.cargo(yank).run().succeeds();
    assert!(server.releases("tool")[0].yanked);
    only_with_token(&server, "DELETE", "/api/v1/crates/tool/0.1.0/yank");
    let _ = home.cargo(yank).args(["--undo"]).run().succeeds();
    assert!(!server.releases("tool")[0].yanked);
    only_with_token(&server, "PUT", "/api/v1/crates/tool/0.1.0/unyank");

    let owner = |words: &[&str]| home.cargo(["owner", "--registry", "corp"]).args(words).run();
    let _ = owner(&["--add", "alice", "tool"]).succeeds();
    assert_eq!(server.owners("tool"), ["alice"]);
    only_with_token(&server, "PUT", "/api/v1/crates/tool/owners");
    let _ = owner(&["--list", "tool"]).succeeds().shows("alice");
    only_with_token(&server, "GET", "/api/v1/crates/tool/owners");
    let _ = owner(&["--remove", "alice", "tool"]).succeeds();
    assert!(server.owners("tool").is_empty());
}

/// Exactly one such request came, with the token, and it was accepted.
#[track_caller]
fn only_with_token(server: &Server, method: &str, path: &str) {
    let seen = server.requests_of(method, path);
    assert_eq!(seen.len(), 1, "{method} {path}: {:#?}", server.requests());
    assert_eq!(seen[0].authorization.as_deref(), Some(TOKEN), "{method} {path}");
    assert!(seen[0].accepted(), "{method} {path}: {}", seen[0].status);
}

#[test]
fn what_was_published_can_be_built_on() {
    let (_server, home) = corp(Access::Private);
    log_in(&home, TOKEN);
    home.write_package("tool", GREETER);
    let _ = home.cargo(["publish", "--registry", "corp"]).run().succeeds();
    home.write_package("app", r#"tool = { version = "0.1", registry = "corp" }"#);
    let _ = home.cargo(["build"]).run().succeeds();
}

#[test]
fn after_logout_build_fails_in_the_words_of_cargo() {
    let (server, home) = corp(Access::Private);
    log_in(&home, TOKEN);
    let _ = home.cargo(LOGOUT).run().succeeds();
    assert!(!home.read_credentials().contains(TOKEN), "{}", home.read_credentials());

    server.forget_requests();
    home.write_package("app", GREETER);
    let _ = home.cargo(["build"]).run().exits_with(101).says(
        "no token found for `corp`\n  You may need to log in using this registry's credential",
    );
    assert!(server.authorizations().is_empty(), "{:#?}", server.requests());
}

#[test]
fn logout_of_nobody_is_no_failure() {
    let (_server, home) = corp(Access::Private);
    let _ = home.cargo(LOGOUT).run().succeeds().says("not currently logged in to `corp`");
}

#[test]
fn the_variable_wins_over_the_file() {
    let (server, home) = corp(Access::Private);
    log_in(&home, TOKEN);
    server.accept(&[TOKEN, "from-environment"]);
    server.forget_requests();
    home.write_package("app", GREETER);
    let build = home.cargo(["build"]).env("CARGO_REGISTRIES_CORP_TOKEN", "from-environment");
    let _ = build.run().succeeds();
    let mut seen = server.authorizations();
    seen.dedup();
    assert_eq!(seen, ["from-environment"]);
}

/// A variable that is set to nothing hides the file, as it does with cargo's own provider.
#[test]
fn an_empty_variable_is_still_a_variable() {
    let (server, home) = corp(Access::Private);
    log_in(&home, TOKEN);
    server.forget_requests();
    home.write_package("app", GREETER);
    let build = home.cargo(["build"]).env("CARGO_REGISTRIES_CORP_TOKEN", "").run();
    let _ = build.exits_with(101);
    assert!(!server.authorizations().contains(&TOKEN.to_owned()), "{:#?}", server.requests());
}

#[test]
fn a_wrong_token_is_rejected_in_the_words_of_cargo() {
    let (server, home) = corp(Access::Private);
    log_in(&home, "not-the-token");
    home.write_package("app", GREETER);
    let _ = home.cargo(["build"]).run().exits_with(101).says("token rejected for `corp`");
    assert!(server.requests().iter().all(|seen| seen.status == 401), "{:#?}", server.requests());
    let publish = home.cargo(["publish", "--registry", "corp", "--no-verify"]).run();
    let _ = publish.exits_with(101).says("token rejected for `corp`");
    assert!(server.releases("app").is_empty());
}

#[test]
fn login_with_a_wrong_token_in_the_file_replaces_it() {
    let (_server, home) = corp(Access::Private);
    home.write_credentials("[registries.corp]\ntoken = \"stale\"\n");
    log_in(&home, TOKEN);
    assert!(home.read_credentials().contains(TOKEN));
    assert!(!home.read_credentials().contains("stale"));
}

#[test]
fn a_public_registry_never_sees_the_token_for_reading() {
    let (server, home) = corp(Access::Public);
    log_in(&home, TOKEN);
    home.write_package("app", GREETER);
    let _ = home.cargo(["build"]).run().succeeds();
    assert!(server.authorizations().is_empty(), "{:#?}", server.requests());

    home.write_package("tool", "");
    let _ = home.cargo(["publish", "--registry", "corp", "--no-verify"]).run().succeeds();
    assert_eq!(server.authorizations(), [TOKEN]);
    only_with_token(&server, "PUT", "/api/v1/crates/new");
}

#[test]
fn a_token_with_characters_that_no_header_takes_is_refused() {
    let (_server, home) = corp(Access::Private);
    for token in ["caf\u{e9}", "a\u{16}b", "\u{1f511}"] {
        let output = home.cargo(LOGIN).stdin(format!("{token}\n")).run();
        let _ = output.exits_with(101).says("token contains invalid characters").nowhere_has(token);
    }
    assert!(!home.credentials().exists() || home.read_credentials().is_empty());
}

#[test]
fn a_broken_registry_stores_nothing() {
    for (fault, words) in
        [(Fault::ConfigStatus(500), "500"), (Fault::NoApi, "does not support API commands")]
    {
        let (server, home) = corp(Access::Public);
        server.break_with(fault);
        let login = home.cargo(LOGIN).stdin("abc\n").env("CARGO_NET_RETRY", "0").run();
        let _ = login.exits_with(101).says(words);
        assert_eq!(home.read_credentials(), "", "{fault:?}");
    }
}

#[test]
fn login_works_without_a_challenge() {
    let (server, home) = corp(Access::Private);
    server.break_with(Fault::NoChallenge);
    log_in(&home, TOKEN);
    assert!(home.read_credentials().contains(TOKEN));
}

/// crates.io has the table `[registry]` of its own. cargo asks it for `config.json` first, which
/// lies in the cache here, so that nothing leaves the machine.
#[test]
fn crates_io_has_its_own_table() {
    let home = Home::new();
    let [program, word] = home.our_token_provider();
    home.write_config(format!("[registry]\ncredential-provider = [{program:?}, {word:?}]\n"));
    let cache = home.cargo_home().join("registry/index/index.crates.io-1949cf8c6b5b557f");
    fs::create_dir_all(&cache).unwrap();
    let config = r#"{"dl":"https://static.crates.io/crates","api":"https://crates.io"}"#;
    fs::write(cache.join("config.json"), config).unwrap();

    // Should cargo send a request nevertheless, it fails here.
    let login = home.cargo(["login"]).env("CARGO_HTTP_PROXY", "http://127.0.0.1:9");
    let _ = login.stdin("crates-io-token\n").run().succeeds();
    assert_eq!(home.read_credentials(), "[registry]\ntoken = \"crates-io-token\"\n");
    let _ = home.cargo(["logout"]).run().succeeds();
    assert!(!home.read_credentials().contains("crates-io-token"));
    let _ = home.cargo(["logout"]).run().succeeds().says("not currently logged in to `crates-io`");
}

#[test]
fn the_global_list_serves_too() {
    let (server, home) = corp(Access::Private);
    let provider = home.our_token_provider().join(" ");
    home.write_config(format!(
        "[registry]\nglobal-credential-providers = [\"{provider}\"]\n\
         [registries.corp]\nindex = \"{}\"\n",
        server.index_url()
    ));
    log_in(&home, TOKEN);
    home.write_package("app", GREETER);
    let _ = home.cargo(["build"]).run().succeeds();
    assert!(server.authorizations().iter().all(|value| value == TOKEN));
}
