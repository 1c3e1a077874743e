use super::fixture::{Fixture, HOME, PROJECT, registry};

fn list(fixture: Fixture) -> Vec<String> {
    let list = fixture.config().providers(&registry(Some("a"), "https://a/")).unwrap();
    list.providers.iter().map(|provider| provider.words.join(" ")).collect()
}

#[test]
fn the_deeper_file_wins() {
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'https://home/'\n")
        .file("/home/.cargo/config.toml", "[registries.a]\nindex = 'https://above/'\n");
    assert_eq!(fixture.config().select(Some("a")).unwrap().url(), "https://home/");
    let fixture = fixture.project("[registries.a]\nindex = 'https://project/'\n");
    assert_eq!(fixture.config().select(Some("a")).unwrap().url(), "https://project/");
    let fixture = fixture.variable("CARGO_REGISTRIES_A_INDEX", "https://variable/");
    assert_eq!(fixture.config().select(Some("a")).unwrap().url(), "https://variable/");
}

#[test]
fn lists_grow_and_variables_come_last() {
    let home = "[registry]\nglobal-credential-providers = ['one', 'two x']\n";
    let fixture = Fixture::new().home(home);
    assert_eq!(list(fixture), ["two x", "one"]);
    let fixture = Fixture::new()
        .home(home)
        .variable("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", " three\tfour ");
    assert_eq!(list(fixture), ["four", "three", "two x", "one"], "the last is tried first");
}

#[test]
fn a_provider_replaces_another_one() {
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'https://a/'\ncredential-provider = ['one', 'x y']\n");
    assert_eq!(list(fixture), ["one x y"]);
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'https://a/'\ncredential-provider = ['one', 'x y']\n")
        .variable("CARGO_REGISTRIES_A_CREDENTIAL_PROVIDER", "two z");
    assert_eq!(list(fixture), ["two z"]);
    // One file of the user's after another.
    let fixture = Fixture::new()
        .home("include = ['x.toml']\n[registries.a]\nindex = 'https://a/'\ncredential-provider = ['one']\n")
        .file("/home/u/.cargo/x.toml", "[registries.a]\ncredential-provider = ['two', 'x']\n");
    assert_eq!(list(fixture), ["one"]);
    // A project's array does not grow the user's: it is another value, which is not heeded.
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'https://a/'\ncredential-provider = ['one', 'x y']\n")
        .project("[registries.a]\ncredential-provider = ['evil']\n");
    assert_eq!(list(fixture), ["one x y"]);
}

#[test]
fn a_container_does_not_merge_with_a_value() {
    let error = |home: &str, project: &str| {
        Fixture::new().home(home).project(project).load().unwrap_err().to_string()
    };
    assert_eq!(
        error(
            "[registry]\ncredential-provider = ['x']\n",
            "[registry]\n\ncredential-provider = 'x'\n"
        ),
        format!(
            "failed to merge the configuration: `registry.credential-provider` is a string in {PROJECT}:3 and an array in {HOME}:2; write it the same way in both"
        )
    );
    let text = error("[source.x]\na = 1\n", "[source]\nx = 'y'\n");
    assert!(text.contains("`source.x` is a string in") && text.contains("a table in"), "{text}");
}
