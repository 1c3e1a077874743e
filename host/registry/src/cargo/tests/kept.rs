//! What is told about cargo's files of tokens.

use std::collections::BTreeMap;
use std::path::Path;

use lockgate_core::CRATES_IO_INDEX;

use super::fixture::{Fixture, registry};
use crate::cargo::{CredentialTable, KeptTokens};

const KEPT: &str = "/home/u/.cargo/credentials.toml";
const OLD: &str = "/home/u/.cargo/credentials";
const A: &str = "[registries.a]\nindex = 'https://a/'\n";

fn kept(fixture: &Fixture) -> KeptTokens {
    KeptTokens::read(Path::new("/home/u/.cargo"), fixture).unwrap()
}

fn named(name: &str) -> CredentialTable {
    CredentialTable::Named(name.to_owned())
}

fn line(text: &str, table: &CredentialTable) -> Option<String> {
    let kept = kept(&Fixture::new().file(KEPT, text));
    kept.token(table).map(ToString::to_string)
}

fn told(fixture: &Fixture) -> Vec<String> {
    told_of(fixture, Some("a"), "https://a/")
}

fn told_of(fixture: &Fixture, name: Option<&str>, url: &str) -> Vec<String> {
    let list = fixture.config().providers_beside(&registry(name, url), &kept(fixture)).unwrap();
    list.warnings.iter().map(ToString::to_string).collect()
}

fn places(fixture: &Fixture) -> Vec<String> {
    let recorded = BTreeMap::from([("b".to_owned(), "https://a/".to_owned())]);
    let places = fixture.config().token_places(
        &registry(Some("a"), "https://a/"),
        &recorded,
        &kept(fixture),
    );
    places.iter().map(ToString::to_string).collect()
}

/// Each text is read the fast way, and by the whole parser with an inline table behind it.
#[test]
fn a_token_is_known_by_its_table_and_line() {
    let text = "# mine\n[registry]\ntoken = 's'\n[registries.a]\nother = 1\ntoken = 's'\n\
                [registries.'b.c']\nsecret-key = 's'\n[registries.d]\ntoken = 5\n";
    for text in [text.to_owned(), format!("{text}[z]\nz = {{}}\n")] {
        for (table, expected) in [
            (CredentialTable::CratesIo, Some(3)),
            (named("a"), Some(6)),
            (named("b.c"), None),
            (named("d"), None),
            (named("z"), None),
        ] {
            let expected = expected.map(|line| format!("{KEPT}:{line}"));
            assert_eq!(line(&text, &table), expected, "{table:?} in {text}");
        }
    }
    for text in ["registries.a.token = 's'\n", "registries = { a = { token = 's' } }\n"] {
        assert_eq!(line(text, &named("a")), Some(format!("{KEPT}:1")), "{text}");
    }
}

#[test]
fn a_token_of_old_is_that_of_crates_io() {
    for more in ["", "x = {}\n"] {
        let crates_io = |text: &str| line(&format!("{more}{text}"), &CredentialTable::CratesIo);
        let first = more.lines().count() + 1;
        assert_eq!(crates_io("token = 's'\n"), Some(format!("{KEPT}:{first}")));
        assert_eq!(crates_io("token = 's'\n[registry]\nx = 1\n"), None);
        assert_eq!(crates_io("token = 5\n"), None);
    }
}

#[test]
fn what_is_told_of_the_file_has_no_token_in_it() {
    let text = "token = 's3cret'\n[registry]\ntoken = 's3cret'\n[registries.a]\ntoken = 's3cret'\n";
    for text in [text.to_owned(), format!("{text}x.y = 1\n")] {
        let shown = format!("{:?}", kept(&Fixture::new().file(KEPT, &text)));
        assert!(shown.contains("registries") || shown.contains("Named"), "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    let broken = Fixture::new().file(KEPT, "[registries.a]\ntoken = 's3cret\n");
    let error = KeptTokens::read(Path::new("/home/u/.cargo"), &broken).unwrap_err().to_string();
    assert!(error.starts_with(KEPT) && !error.contains("s3cret"), "{error}");
}

#[test]
fn a_kept_token_that_nobody_reads_is_told_as_cargo_tells_it() {
    let own =
        "that will be ignored because this registry is configured to use credential-provider `p`";
    let fixture = Fixture::new()
        .home(&format!("{A}credential-provider = 'p'\ntoken = 's'\n"))
        .file(KEPT, "[registries.a]\ntoken = 's'\nsecret-key = 's'\n");
    let both = ["token", "secret-key"];
    let expected =
        both.map(|secret| format!("registry `a` has a {secret} configured in {KEPT} {own}"));
    assert_eq!(told(&fixture), expected, "the file of tokens counts more than the configuration");
    let fixture = fixture.variable("CARGO_REGISTRIES_A_TOKEN", "s");
    assert!(told(&fixture)[0].contains("environment variable `CARGO_REGISTRIES_A_TOKEN`"));
    let crates_io =
        Fixture::new().home("[registry]\ncredential-provider = 'p'\n").file(KEPT, "token = 's'\n");
    assert_eq!(
        told_of(&crates_io, Some("crates-io"), CRATES_IO_INDEX),
        [format!("registry `crates-io` has a token configured in {KEPT} {own}")]
    );
    let read = Fixture::new().home(A).file(KEPT, "[registries.a]\ntoken = 's'\n");
    assert!(told(&read).is_empty());
}

#[test]
fn what_is_not_heeded_among_the_tokens_is_told_with_its_line() {
    let text = "include = ['x.toml', { path = 'y.toml', optional = true }]\n[registry]\n\
                credential-provider = 'p'\nglobal-credential-providers = ['p']\n[registries.a]\n\
                foo = 1\ncredential-provider = 'p'\n[registries.b]\ncredential-provider = 'p'\n\
                [credential-alias]\nq = 'p'\n";
    let fixture = Fixture::new().home(A).file(KEPT, text).file("/home/u/.cargo/x.toml", "");
    let not_heeded = |key: &str, line: usize| {
        format!(
            "`{key}` in {KEPT}:{line} is not heeded: that is a file of tokens; write it into the `config.toml` beside it"
        )
    };
    assert_eq!(
        told(&fixture),
        [
            format!("unused config key `registries.a.foo` in `{KEPT}`"),
            not_heeded("registries.a.credential-provider", 7),
            not_heeded("registry.global-credential-providers", 4),
            not_heeded("include", 1),
            not_heeded("include", 1),
            not_heeded("credential-alias.q", 11),
        ]
    );
    let of_crates_io = told_of(&fixture, None, CRATES_IO_INDEX);
    assert_eq!(of_crates_io[0], not_heeded("registry.credential-provider", 3));
}

#[test]
fn the_old_name_is_read_first_as_in_cargo() {
    let fixture = Fixture::new().home(A).file(OLD, "[registries.a]\ntoken = 's'\n");
    assert_eq!(
        told(&fixture),
        [format!(
            "`{OLD}` is deprecated in favor of `credentials.toml`\n  |\n  = help: if you need to support cargo 1.38 or earlier, you can symlink `credentials` to `credentials.toml`"
        )]
    );
    let linked = Fixture::new().home(A).link(KEPT, OLD).file(OLD, "[registries.a]\ntoken = 's'\n");
    assert!(told(&linked).is_empty());
    let both = fixture.file(KEPT, "\n[registries.a]\ntoken = 's'\n");
    assert_eq!(told(&both), [format!("both `{OLD}` and `{KEPT}` exist. Using `{OLD}`")]);
    assert_eq!(kept(&both).token(&named("a")).unwrap().to_string(), format!("{OLD}:2"));
    assert_eq!(
        places(&both),
        [
            format!("{OLD}:2; remove that line, or log out with `cargo:token` as the provider"),
            format!(
                "{KEPT}:3, which is not read as long as there is a file `credentials` beside it; remove that line"
            ),
        ]
    );
}

#[test]
fn a_token_of_the_command_line_that_a_variable_outranks_is_told() {
    let file = "/home/u/p/more";
    let told = |fixture: &Fixture| {
        let settings = ["more".to_owned()];
        let config =
            crate::cargo::CargoConfig::load_with(&fixture.context, &settings, fixture).unwrap();
        let registry = registry(Some("a"), "https://a/");
        let list = config.providers_beside(&registry, &kept(fixture)).unwrap();
        list.warnings.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let fixture = Fixture::new().home(A).file(file, "[registries.a]\ntoken = 's'\n");
    assert!(told(&fixture).is_empty());
    let fixture = fixture.variable("CARGO_REGISTRIES_A_TOKEN", "s");
    assert_eq!(
        told(&fixture),
        [format!(
            "the token of registry `a` in {file}:2 is not used: environment variable `CARGO_REGISTRIES_A_TOKEN` counts more"
        )]
    );
    let fixture = fixture.file(KEPT, "[registries.a]\ntoken = 's'\n");
    assert!(told(&fixture).is_empty(), "cargo uses the variable's as well");
}

#[test]
fn every_place_of_a_token_is_found_whoever_reads_it() {
    let fixture = Fixture::new()
        .home(&format!("include = ['x.toml']\n{A}token = 's'\n[registries.b]\ntoken = 's'\n"))
        .file("/home/u/.cargo/x.toml", "[registries.a]\ntoken = 's'\n")
        .file(KEPT, "include = ['y.toml']\n[registries.a]\ntoken = 's'\n[registry]\ntoken = 's'\n")
        .file("/home/u/.cargo/y.toml", "[registries.a]\ntoken = 's'\n")
        .project("[registries.a]\ntoken = 's'\n[registries.c]\nindex = 'https://a'\ntoken = 's'\n")
        .variable("CARGO_REGISTRIES_A_TOKEN", "s")
        .variable("CARGO_REGISTRY_TOKEN", "s");
    let home = "/home/u/.cargo";
    let project = "/home/u/p/.cargo/config.toml";
    assert_eq!(
        places(&fixture),
        [
            "environment variable `CARGO_REGISTRIES_A_TOKEN`; unset it".to_owned(),
            format!("{project}:2, which cargo heeds and Lockgate does not; remove that line"),
            format!("{home}/config.toml:4; remove that line"),
            format!("{home}/x.toml:2; remove that line"),
            format!("{KEPT}:3; remove that line, or log out with `cargo:token` as the provider"),
            format!(
                "{home}/y.toml:2, which the file of tokens includes and only cargo reads; remove that line"
            ),
            format!("{home}/config.toml:6; remove that line"),
            format!("{project}:5, which cargo heeds and Lockgate does not; remove that line"),
        ]
    );
}

/// A project that gives the user's name another index has not got the user's tokens.
#[test]
fn the_token_of_another_index_is_not_this_ones() {
    let fixture = Fixture::new()
        .home(&format!("{A}token = 's'\n"))
        .file(KEPT, "[registries.a]\ntoken = 's'\n")
        .project("[registries.a]\nindex = 'https://evil/'\n");
    let evil = registry(Some("a"), "https://evil/");
    let found = |recorded| fixture.config().token_places(&evil, &recorded, &kept(&fixture));
    assert!(found(BTreeMap::new()).is_empty());
    assert_eq!(places(&fixture).len(), 2, "the user's own registry has them");
}

#[test]
fn what_was_removed_meanwhile_is_gone_and_what_cannot_be_read_is_as_it_was() {
    let one = "[registries.a]\ntoken = 's'\n";
    let fixture = Fixture::new().file(KEPT, one);
    let before = kept(&fixture);
    assert!(before.again(&fixture).token(&named("a")).is_some());
    assert!(before.again(&fixture.file(KEPT, "[registries.a]\n")).token(&named("a")).is_none());
    assert!(before.again(&Fixture::new()).token(&named("a")).is_none());
    let broken = Fixture::new().file(KEPT, "[registries.a\n");
    assert!(before.again(&broken).token(&named("a")).is_some());
}
