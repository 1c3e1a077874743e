use lockgate_core::CRATES_IO_INDEX;

use super::fixture::{Fixture, HOME, PROJECT, chain};

fn select(fixture: &Fixture, name: Option<&str>) -> Result<(String, String), String> {
    fixture
        .config()
        .select(name)
        .map(|registry| (registry.name.clone().unwrap(), registry.url().to_owned()))
        .map_err(|error| chain(&error))
}

fn selected(name: &str, url: &str) -> Result<(String, String), String> {
    Ok((name.to_owned(), url.to_owned()))
}

#[test]
fn a_flag_outranks_the_default_outranks_crates_io() {
    let fixture = Fixture::new();
    assert_eq!(select(&fixture, None), selected("crates-io", CRATES_IO_INDEX));
    let fixture = fixture.project(
        "[registry]\ndefault = 'a'\n[registries]\na.index = 'https://a'\nb.index = 'sparse+https://b/i/'\n",
    );
    assert_eq!(select(&fixture, None), selected("a", "https://a/"));
    assert_eq!(select(&fixture, Some("b")), selected("b", "sparse+https://b/i/"));
    assert_eq!(select(&fixture, Some("crates-io")), selected("crates-io", CRATES_IO_INDEX));
    let fixture = fixture.variable("CARGO_REGISTRY_DEFAULT", "b");
    assert_eq!(select(&fixture, None), selected("b", "sparse+https://b/i/"));
    let fixture = fixture.variable("CARGO_REGISTRY_DEFAULT", "");
    assert_eq!(select(&fixture, None), Err("registry name cannot be empty".to_owned()));
    assert!(select(&fixture, Some("b")).is_ok(), "the default is checked only when it is used");
}

#[test]
fn says_what_is_wrong_with_a_name_or_its_index() {
    let fixture = Fixture::new()
        .project("[registries.a]\n\nindex = 'git@h:p'\n[registries.pw]\nindex = 'https://u:s3cret@h/'\n[registries.s]\nindex = 'sparse+https://h'\n")
        .variable("CARGO_REGISTRIES_E_INDEX", "")
        .variable("cargo_registries_low_index", "https://low/")
        .variable("CARGO_REGISTRIES_X_INDEX_Y", "https://trap/");
    let failed = |name| select(&fixture, Some(name)).unwrap_err();
    assert_eq!(
        failed("a"),
        format!(
            "invalid index URL for registry `a` defined in {PROJECT}:3: invalid url `git@h:p`: relative URL without a base; try using `ssh://git@h/p` instead"
        )
    );
    assert_eq!(
        failed("pw"),
        format!(
            "invalid index URL for registry `pw` defined in {PROJECT}:5: registry URLs may not contain passwords"
        )
    );
    assert!(failed("s").ends_with("sparse registry url must end in a slash `/`: sparse+https://h"));
    assert!(failed("e").contains("defined in environment variable `CARGO_REGISTRIES_E_INDEX`"));
    assert_eq!(failed("x"), "registry index was not found in any configuration: `x`");
    assert_eq!(failed("A"), "registry index was not found in any configuration: `A`");
    assert!(failed("low").contains("`cargo_registries_low_index` has no effect"));
    assert!(failed("a b").starts_with("invalid character ` ` in registry name"));
    assert_eq!(failed(""), "registry name cannot be empty");
    let text = format!("{:?}", fixture.config());
    assert!(!text.contains("s3cret"), "{text}");
    let listed = format!("{:?}", fixture.config().registries());
    assert!(listed.contains("passwords") && !listed.contains("s3cret"), "{listed}");
}

#[test]
fn variables_name_registries() {
    let fixture = Fixture::new()
        .home("[registries.my-reg]\ntoken = 'x'\n[registries.crates-io]\nindex = 'https://no/'\n")
        .variable("CARGO_REGISTRIES_MY_REG_INDEX", "https://v/")
        .variable("CARGO_REGISTRIES_ONLY_HERE_INDEX", "file:rel");
    assert_eq!(select(&fixture, Some("my-reg")), selected("my-reg", "https://v/"));
    assert_eq!(select(&fixture, Some("only-here")), selected("only-here", "file:///home/u/p/rel"));
    assert_eq!(select(&fixture, Some("crates-io")), selected("crates-io", CRATES_IO_INDEX));
    let names: Vec<_> = fixture.config().registries().into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["crates-io", "my-reg", "only_here"]);
}

#[test]
fn a_relative_file_starts_at_the_parent_of_the_folder() {
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'file:rel/x'\n")
        .project("[registries.b]\nindex = 'file:rel/x'\n");
    assert_eq!(select(&fixture, Some("a")), selected("a", "file:///home/u/rel/x"));
    assert_eq!(select(&fixture, Some("b")), selected("b", "file:///home/u/p/rel/x"));
}

#[test]
fn another_name_for_crates_io_is_handed_out_as_it_is() {
    let fixture =
        Fixture::new().home("[registries.m]\nindex = 'sparse+https://index.crates.io/'\n");
    assert_eq!(select(&fixture, Some("m")), selected("m", "sparse+https://index.crates.io/"));
    assert!(fixture.config().select(Some("m")).unwrap().is_crates_io());
}

#[test]
fn refuses_the_old_replacement_of_crates_io() {
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'https://a/'\n[registry]\nindex = 'https://b/'\n");
    for name in [None, Some("a"), Some("crates-io")] {
        let error = select(&fixture, name).unwrap_err();
        assert!(error.contains("the `registry.index` config value is no longer supported"));
        assert!(error.contains(&format!("{HOME}:4")), "{error}");
    }
}

#[test]
fn refuses_crates_io_without_a_name_where_it_is_replaced() {
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'https://a/'\n")
        .project("[source.crates-io]\nreplace-with = 'a'\n");
    assert_eq!(
        select(&fixture, None).unwrap_err(),
        format!(
            "crates-io is replaced with remote registry a;\ninclude `--registry a` or `--registry crates-io`: the setting is in {PROJECT}:2"
        )
    );
    assert_eq!(select(&fixture, Some("crates-io")), selected("crates-io", CRATES_IO_INDEX));
    assert_eq!(select(&fixture, Some("a")), selected("a", "https://a/"));
    let fixture = fixture
        .project("[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = 'https://m/'\n");
    assert_eq!(
        select(&fixture, None).unwrap_err(),
        format!(
            "crates-io is replaced with non-remote-registry source registry `m`;\ninclude `--registry crates-io` to use crates.io: the setting is in {PROJECT}:2"
        )
    );
}
