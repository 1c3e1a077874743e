use lockgate_core::CRATES_IO_INDEX;

use super::fixture::{Fixture, HOME, chain, registry};
use crate::cargo::value::{Entry, Value};
use crate::cargo::{CargoConfig, Definition, ProviderList};

const A: &str = "[registries.a]\nindex = 'https://a/'\n";

fn providers(fixture: &Fixture) -> ProviderList {
    fixture.config().providers(&registry(Some("a"), "https://a/")).unwrap()
}

fn words(list: &ProviderList) -> Vec<String> {
    list.providers.iter().map(|provider| provider.words.join("|")).collect()
}

fn warnings(list: &ProviderList) -> Vec<String> {
    list.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_configured_is_cargos_own_file() {
    for home in ["", "[registry]\nglobal-credential-providers = []\n"] {
        let list = providers(&Fixture::new().home(&format!("{A}{home}")));
        assert_eq!(words(&list), ["cargo:token"]);
        assert!(!list.configured && list.providers[0].defined.is_none());
    }
    let explicit = "[registry]\nglobal-credential-providers = ['cargo:token']\n";
    let list = providers(&Fixture::new().home(&format!("{A}{explicit}")));
    assert_eq!(words(&list), ["cargo:token"]);
    assert!(list.configured);
}

#[test]
fn a_registrys_own_provider_has_no_fallback() {
    let global = "[registry]\nglobal-credential-providers = ['g']\ncredential-provider = 'c'\n";
    for (own, expected) in [
        ("credential-provider = 'prog a  b'\n", "prog|a|b"),
        ("credential-provider = ['prog', 'b c']\n", "prog|b c"),
        ("", "g"),
    ] {
        let fixture = Fixture::new().home(&format!("{A}{own}{global}"));
        assert_eq!(words(&providers(&fixture)), [expected]);
        let crates_io = fixture.config().providers(&registry(None, CRATES_IO_INDEX)).unwrap();
        assert_eq!(words(&crates_io), ["c"]);
    }
    let fixture = Fixture::new()
        .home(&format!("{A}{global}"))
        .variable("CARGO_REGISTRIES_A_CREDENTIAL_PROVIDER", "");
    let error = fixture.config().providers(&registry(Some("a"), "https://a/")).unwrap_err();
    assert!(error.to_string().starts_with("invalid length 0"), "{error}");
}

#[test]
fn the_name_comes_from_the_url() {
    let fixture = Fixture::new().home(
        "[registries.b]\nindex = 'https://a'\ncredential-provider = 'of-b'\n[registries.a]\ncredential-provider = 'of-a'\n",
    );
    assert_eq!(words(&providers(&fixture)), ["of-b"]);
    let fixture =
        fixture.home("[registries.b]\nindex = 'https://a'\n[registries.a]\nindex = 'https://a/'\n");
    let error = fixture.config().providers(&registry(Some("a"), "https://a/")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "multiple registries are configured with the same index url 'https://a/': a ({HOME}:4), b ({HOME}:2); keep one of them"
        )
    );
}

#[test]
fn aliases_are_resolved_once() {
    let home = |provider: &str, aliases: &str| {
        let text = format!(
            "[registries.a]\nindex = 'https://a/'\ncredential-provider = {provider}\n[credential-alias]\n{aliases}"
        );
        providers(&Fixture::new().home(&text))
    };
    for (provider, aliases, expected) in [
        ("'al'", "al = 'prog x y'", "prog|x|y"),
        ("'al'", "al = ['prog', 'x y']", "prog|x y"),
        ("'al'", "al = 'cargo:token'", "cargo:token"),
        ("'al more'", "al = 'prog'", "al|more"),
        ("'al'", "al = 'other'\nother = 'prog'", "other"),
        ("'cargo:xyz'", "'cargo:xyz' = 'prog'", "prog"),
        ("'a.b'", "'a.b' = 'prog'", "a.b"),
        ("'al'", "al = []", "al"),
        ("'al'", "al = 5", "al"),
    ] {
        assert_eq!(words(&home(provider, aliases)), [expected], "{provider} {aliases}");
    }
    let shadowing = home("'cargo:token'", "'cargo:token' = 'evil'");
    assert_eq!(words(&shadowing), ["cargo:token"]);
    assert_eq!(
        warnings(&shadowing),
        [format!(
            "credential-alias `cargo:token` (defined in `{HOME}`) will be ignored because it would shadow a built-in credential-provider"
        )]
    );
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'https://a/'\ncredential-provider = 'my-al'\n")
        .variable("CARGO_CREDENTIAL_ALIAS_MY_AL", "bin/prov x");
    assert_eq!(words(&providers(&fixture)), ["/home/u/p/bin/prov|x"]);
}

#[test]
fn paths_start_where_they_are_defined() {
    let list = |provider: &str| {
        let text = format!("[registry]\nglobal-credential-providers = ['{provider}']\n");
        words(&providers(&Fixture::new().home(&text))).concat()
    };
    assert_eq!(list("bin/p bin/tok.sh"), "/home/u/bin/p|bin/tok.sh");
    assert_eq!(list("/abs/p"), "/abs/p");
    assert_eq!(list("plain"), "plain");
    let variable = ("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "bin/p");
    let fixture = Fixture::new().variable(variable.0, variable.1);
    assert_eq!(words(&providers(&fixture)), ["/home/u/p/bin/p"]);
}

#[test]
fn warns_of_unused_keys_and_ignored_tokens_as_cargo_does() {
    let text = "[registries.a]\nindex = 'https://a/'\nfoo = 1\ntoken = 's3cret'\nprotocol = 'sparse'\n[registries.d]\nbaz = 1\n[registry]\nbar = 1\nglobal-credential-providers = ['cargo:libsecret']\n";
    let fixture = Fixture::new().home(text);
    let ignored = "that will be ignored because the `cargo:token` credential provider is not listed in `registry.global-credential-providers`";
    assert_eq!(
        warnings(&providers(&fixture)),
        [
            format!("unused config key `registries.a.foo` in `{HOME}`"),
            format!("registry `a` has a token configured in {HOME} {ignored}"),
        ]
    );
    let crates_io = fixture.config().providers(&registry(None, CRATES_IO_INDEX)).unwrap();
    assert_eq!(warnings(&crates_io), [format!("unused config key `registry.bar` in `{HOME}`")]);
    let fixture = fixture
        .home("[registries.a]\nindex = 'https://a/'\ncredential-provider = 'p q'\n")
        .variable("CARGO_REGISTRIES_A_TOKEN", "s3cret");
    assert_eq!(
        warnings(&providers(&fixture)),
        [
            "registry `a` has a token configured in environment variable `CARGO_REGISTRIES_A_TOKEN` that will be ignored because this registry is configured to use credential-provider `p`"
        ]
    );
    let fixture = fixture.home("[registries.a]\nindex = 'https://a/'\n");
    assert_eq!(warnings(&providers(&fixture)), Vec::<String>::new(), "cargo:token heeds it");
}

#[test]
fn secrets_that_nobody_looks_at_are_told() {
    let told = |text: &str| warnings(&providers(&Fixture::new().home(&format!("{A}{text}"))));
    let own = "that will be ignored because this registry is configured to use credential-provider";
    assert_eq!(
        told("secret-key = 's'\ncredential-provider = 'cargo:token'\n"),
        [format!("registry `a` has a secret-key configured in {HOME} {own} `cargo:token`")]
    );
    let both = told("token = 't'\nsecret-key = 's'\ncredential-provider = ['p', 'x']\n");
    assert_eq!(
        both,
        ["token", "secret-key"]
            .map(|secret| format!("registry `a` has a {secret} configured in {HOME} {own} `p`"))
    );
    assert!(told("secret-key = 's'\ncredential-provider = 'cargo:paseto'\n").is_empty());
    let global = "secret-key = 's'\n[registry]\nglobal-credential-providers = ['p']\n";
    assert!(told(global).is_empty(), "cargo mentions only a token here");
}

#[test]
fn a_name_that_the_client_did_not_give_is_told_as_a_note() {
    let list =
        Fixture::new().home(A).config().providers(&registry(Some("b"), "https://a/")).unwrap();
    assert_eq!(warnings(&list), ["name of alternative registry `https://a/` set to `a`"]);
    assert!(list.warnings[0].is_note());
    assert!(warnings(&providers(&Fixture::new().home(A))).is_empty());
}

#[test]
fn a_dot_in_an_alias_stands_between_keys() {
    let list = |alias: &str| {
        let own = "credential-provider = 'a.l'\n";
        words(&providers(&Fixture::new().home(&format!("{A}{own}{alias}"))))
    };
    assert_eq!(list("[credential-alias]\n'a.l' = 'p'\n"), ["a.l"]);
    assert_eq!(list("[credential-alias.a]\nl = 'p q'\n"), ["p|q"]);
}

#[test]
fn a_type_matters_when_the_key_is_read() {
    let error = |text: &str| {
        let config = Fixture::new().home(&format!("{A}{text}")).config();
        config.providers(&registry(Some("a"), "https://a/")).unwrap_err().to_string()
    };
    for (text, expected) in [
        ("token = 5\n", "`registries.a.token` in {HOME}:3 must be a string, but is an integer"),
        (
            "secret-key = true\n",
            "`registries.a.secret-key` in {HOME}:3 must be a string, but is a boolean",
        ),
        (
            "protocol = []\n",
            "`registries.a.protocol` in {HOME}:3 must be a string, but is an array",
        ),
        (
            "credential-provider = 5\n",
            "`registries.a.credential-provider` in {HOME}:3 must be a string or a list of strings, but is an integer",
        ),
        (
            "credential-provider = ['x', 5]\n",
            "`registries.a.credential-provider[1]` in {HOME}:3 must be a string, but is an integer",
        ),
        (
            "[registry]\nglobal-credential-providers = 'x'\n",
            "`registry.global-credential-providers` in {HOME}:4 must be a list of strings, but is a string",
        ),
        (
            "[registries.b]\nindex = 5\n",
            "`registries.b.index` in {HOME}:4 must be a string, but is an integer",
        ),
        ("[registries.b]\nindex = 'x y'\n", "invalid url `x y`: relative URL without a base"),
        (
            "[registries.b]\nindex = 'mailto:x'\n",
            "invalid url `mailto:x`: cannot-be-a-base-URLs are not supported",
        ),
        (
            "credential-provider = ''\n",
            "invalid length 0, expected at least one element in {HOME}:3",
        ),
        (
            "credential-provider = []\n",
            "invalid length 0, expected at least one element in {HOME}:3",
        ),
    ] {
        assert_eq!(error(text), expected.replace("{HOME}", HOME), "{text}");
    }
    let broken = Fixture::new().home(&format!("{A}[registries.b]\nindex = 'x y'\n"));
    let error = broken.config().providers(&registry(Some("a"), "https://a/")).unwrap_err();
    assert!(chain(&error).ends_with(&format!(": the setting is in {HOME}:4")));
    let named = Fixture::new()
        .home(&format!("{A}[registries.b]\nindex = 5\n[registries.c]\nindex = 'x y'\n"));
    let named = named.variable("CARGO_REGISTRIES_A_INDEX", "https://a/");
    assert_eq!(words(&providers(&named)), ["cargo:token"], "cargo does not look there then");
    let fine = "[registries.b]\ntoken = 5\ncredential-provider = 5\n[registry]\ndefault = 5\ntoken = 5\n[credential-alias]\nx = 5\n";
    assert_eq!(words(&providers(&Fixture::new().home(&format!("{A}{fine}")))), ["cargo:token"]);
}

/// Thousands of registries are each looked at as often as there are registries otherwise.
#[test]
fn whether_every_index_is_a_text_is_looked_at_once() {
    let mut config = Fixture::new().home(A).config();
    let of_a = |config: &CargoConfig| config.providers(&registry(Some("a"), "https://a/"));
    let wrong = || Entry { value: Value::Boolean(true), definition: Definition::BuiltIn };
    assert!(of_a(&config).is_ok());
    config.all.insert("registries".to_owned(), wrong());
    assert!(of_a(&config).is_ok());
    // The twin: what was wrong when it was looked at is told each time.
    let mut config = Fixture::new().home(A).config();
    config.all.insert("registries".to_owned(), wrong());
    assert!(of_a(&config).is_err() && of_a(&config).is_err());
}
