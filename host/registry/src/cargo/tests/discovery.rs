use std::collections::BTreeMap;
use std::path::Path;

use super::fixture::{Fixture, HOME, PROJECT};
use crate::cargo::{Definition, Layer, cargo_home};

#[test]
fn finds_the_home_as_cargo_does() {
    let home = |value: Option<&str>, directory: Option<&str>| {
        let variables: BTreeMap<_, _> =
            value.map(|value| ("CARGO_HOME".to_owned(), value.to_owned())).into_iter().collect();
        cargo_home(&variables, Path::new("/w"), directory.map(Path::new))
            .map(|path| path.display().to_string())
            .map_err(|error| error.to_string())
    };
    assert_eq!(home(Some("/c"), Some("/h")).unwrap(), "/c");
    assert_eq!(home(Some("c"), None).unwrap(), "/w/c");
    assert_eq!(home(Some(""), Some("/h")).unwrap(), "/h/.cargo");
    assert_eq!(home(None, Some("/h")).unwrap(), "/h/.cargo");
    assert!(home(None, None).unwrap_err().contains("`$HOME` is not set"));
    assert!(home(None, Some("")).is_err(), "the working directory would become the user's own");
}

#[test]
fn walks_upwards_and_knows_whose_file_it_is() {
    let config = Fixture::new()
        .project("[registry]\ndefault = 'a'\n")
        .home("[registries.a]\n\nindex = 'https://a/'\n")
        .file("/.cargo/config.toml", "[registries.b]\nindex = 'https://b/'\n")
        .file("/elsewhere/.cargo/config.toml", "[registries.c]\nindex = 'https://c/'\n")
        .config();
    let entries: Vec<_> = config
        .registries()
        .into_iter()
        .map(|entry| (entry.name, entry.defined.to_string(), entry.trusted))
        .collect();
    assert_eq!(
        entries,
        [
            ("crates-io".to_owned(), "cargo itself".to_owned(), true),
            ("a".to_owned(), format!("{HOME}:3"), true),
            ("b".to_owned(), "/.cargo/config.toml:2".to_owned(), false),
        ]
    );
    assert_eq!(config.select(None).unwrap().url(), "https://a/");
}

#[test]
fn reads_the_home_once_and_as_the_home_also_through_a_link() {
    let text = "[registry]\nglobal-credential-providers = ['one']\n";
    let mut fixture =
        Fixture::new().file("/real/.cargo/config.toml", text).link("/home/u", "/real");
    fixture.context.cargo_home = "/real/.cargo".into();
    let linked = fixture.config().providers(&super::fixture::registry(None, "https://x/")).unwrap();
    assert_eq!(linked.providers.len(), 1);
    assert_eq!(linked.providers[0].defined.as_ref().unwrap().layer(), Layer::Home);

    fixture.context.cargo_home = "/other/.cargo".into();
    let apart = fixture.config().providers(&super::fixture::registry(None, "https://x/")).unwrap();
    assert!(!apart.configured, "the same file is a project's if the home is elsewhere");
}

#[test]
fn the_home_is_read_when_it_is_not_on_the_way() {
    let mut fixture = Fixture::new().file("/c/config.toml", "[registry]\ndefault = 'crates-io'\n");
    fixture.context.cargo_home = "/c".into();
    assert_eq!(fixture.config().select(None).unwrap().name.as_deref(), Some("crates-io"));
    let fixture = fixture.file("/c/config.toml", "[registry]\ndefault = 'x'\n");
    assert!(fixture.config().select(None).is_err());
}

#[test]
fn heeds_the_old_name_and_warns_as_cargo_does() {
    let old = "/home/u/p/.cargo/config";
    let a = "[registries.a]\nindex = 'https://a/'\n";
    let b = "[registries.a]\nindex = 'https://b/'\n";
    let see = |fixture: Fixture| {
        let config = fixture.config();
        let warnings: Vec<_> = config.warnings().iter().map(ToString::to_string).collect();
        (config.select(Some("a")).unwrap().url().to_owned(), warnings.join("; "))
    };
    let (url, warning) = see(Fixture::new().file(old, a));
    assert_eq!(url, "https://a/");
    assert_eq!(
        warning,
        format!(
            "`{old}` is deprecated in favor of `config.toml`\n  |\n  = help: if you need to support cargo 1.38 or earlier, you can symlink `config` to `config.toml`"
        )
    );
    let both = Fixture::new().file(old, a).project(b);
    let expected = format!("both `{old}` and `{PROJECT}` exist. Using `{old}`");
    assert_eq!(see(both), ("https://a/".to_owned(), expected));
    let linked = Fixture::new().project(b).link(old, PROJECT);
    assert_eq!(see(linked), ("https://b/".to_owned(), String::new()));
    assert_eq!(see(Fixture::new().project(b)).1, "");
}

#[test]
fn says_where_a_file_is_wrong() {
    let error = |text: &str| Fixture::new().project(text).load().unwrap_err().to_string();
    for (text, expected) in [
        ("[x]\ny = [1.5]\n", "2:6: unsupported TOML configuration type `float` at `x.y`"),
        (
            "[x]\ny = { z = 2020-01-01 }\n",
            "2:11: unsupported TOML configuration type `datetime` at `x.y.z`",
        ),
        ("[x\n", "1:3: "),
    ] {
        let error = error(text);
        assert!(error.starts_with(&format!("{PROJECT}:{expected}")), "{text}: {error}");
        assert!(error.contains('^'), "{error}");
    }
    let fine = "[x]\ny = [1, 'a', { b = true }]\n[[z]]\na = 1\n[credential-alias]\nx = 5\n";
    Fixture::new().project(fine).config();
}

#[test]
fn refuses_what_it_cannot_read_or_hold() {
    let mut fixture = Fixture::new();
    fixture.context.working_directory = "/unreadable/p".into();
    let error = fixture.load().unwrap_err();
    assert_eq!(
        error.to_string(),
        "could not read the configuration file `/unreadable/.cargo/config.toml`"
    );
    let line = "# a comment of thirty-two bytes\n";
    let most = line.repeat((1 << 20) / 32);
    Fixture::new().project(&most).config();
    let error = Fixture::new().project(&(most + "#")).load().unwrap_err().to_string();
    assert!(error.contains("larger than 1048576 bytes"), "{error}");
}

#[test]
fn survives_deep_and_long_files() {
    let nested = format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Fixture::new().project(&nested).load().is_err());
    let keys: String = (0..60_000).map(|n| format!("k{n} = {n}\n")).collect();
    Fixture::new().project(&format!("[x]\n{keys}")).config();
}

#[test]
fn a_definition_says_where_paths_start() {
    let file = |path: &str| Definition::File {
        path: Path::new(path).into(),
        line: 1,
        layer: Layer::Project,
    };
    let root = |definition: Definition| definition.root(Path::new("/w")).display().to_string();
    assert_eq!(root(file("/p/.cargo/config.toml")), "/p");
    assert_eq!(root(file("/c/config.toml")), "/");
    assert_eq!(root(Definition::Environment("X".into())), "/w");
}
