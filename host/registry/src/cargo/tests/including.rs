use super::fixture::{Fixture, HOME, PROJECT, chain};

fn index(fixture: &Fixture) -> String {
    fixture.config().select(Some("a")).unwrap().url().to_owned()
}

fn refused(fixture: &Fixture) -> String {
    chain(&fixture.load().unwrap_err())
}

fn names(index: &str) -> String {
    format!("[registries.a]\nindex = '{index}'\n")
}

#[test]
fn what_includes_counts_more_and_the_later_one_more_than_the_earlier() {
    let x = "/home/u/.cargo/x.toml";
    let y = "/home/u/.cargo/d/y.toml";
    let z = "/home/u/.cargo/d/z.toml";
    let list = "include = ['x.toml', { path = 'd/y.toml' }]\n";
    let fixture = Fixture::new().home(list).file(x, &names("https://x/")).file(y, "");
    assert_eq!(index(&fixture), "https://x/");
    let fixture = fixture.file(y, "include = ['z.toml']\n").file(z, &names("https://z/"));
    assert_eq!(index(&fixture), "https://z/", "a path starts at the folder of its file");
    let fixture = fixture.file(y, &format!("include = ['z.toml']\n{}", names("https://y/")));
    assert_eq!(index(&fixture), "https://y/");
    let fixture = fixture.home(&format!("{list}{}", names("https://home/")));
    assert_eq!(index(&fixture), "https://home/");
    let files: Vec<_> =
        fixture.config().files().map(|(file, own)| (file.to_owned(), own)).collect();
    assert_eq!(files, [HOME, y, z, x].map(|file| (file.into(), true)));
}

/// What a project includes is as little trusted as the project, wherever it is.
#[test]
fn an_included_file_is_whose_file_includes_it() {
    let token = "[registries.a]\nindex = 'https://a/'\ntoken = 's3cret'\n";
    let file = "/home/u/.cargo/x.toml";
    let include = "include = ['/home/u/.cargo/x.toml']\n";
    let asked = super::fixture::registry(Some("a"), "https://a/");
    let token_of = |fixture: Fixture| {
        let binding = fixture.config().binding(&asked, &Default::default()).unwrap();
        binding.config_token.map(|(secret, _)| secret.expose_text().map(str::to_owned))
    };
    let attacked = Fixture::new().project(include).file(file, token);
    assert_eq!(token_of(attacked), None);
    let own = Fixture::new().home(include).file(file, token);
    assert_eq!(token_of(own), Some(Some("s3cret".to_owned())));
}

#[test]
fn one_that_may_be_missing_may_be_missing() {
    let fixture =
        Fixture::new().home("include = [{ path = 'x.toml', optional = true, other = 1 }]\n");
    assert!(fixture.load().is_ok());
    let fixture = Fixture::new().home("include = [{ path = 'x.toml', optional = false }]\n");
    let error = refused(&fixture);
    let expected = format!(
        "failed to load config include `x.toml` from {HOME}:1: could not read the configuration file `/home/u/.cargo/x.toml`: "
    );
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn says_what_is_wrong_in_cargos_words() {
    for (include, expected) in [
        (
            "'x.toml'",
            "expected a list of strings or a list of tables, but found a string at `include` in {PROJECT}:1",
        ),
        (
            "{ path = 'x.toml' }",
            "expected a list of strings or a list of tables, but found a table at `include` in {PROJECT}:1",
        ),
        ("[5]", "expected a string or table, but found an integer at `include[0]` in {PROJECT}:1"),
        ("['x.toml', {}]", "missing field `path` at `include[1]` in {PROJECT}:1"),
        (
            "[{ path = 5 }]",
            "expected a string, but found an integer at `include[0].path` in {PROJECT}:1",
        ),
        (
            "[{ path = 'x.toml', optional = 'yes' }]",
            "expected a boolean, but found a string at `include[0].optional` in {PROJECT}:1",
        ),
        (
            "['x.tml']",
            "expected a config include path ending with `.toml`, but found `x.tml` from {PROJECT}:1",
        ),
        (
            "['.toml']",
            "expected a config include path ending with `.toml`, but found `.toml` from {PROJECT}:1",
        ),
        (
            "['*.toml']",
            "expected a config include path without glob patterns, but found `*.toml` from {PROJECT}:1",
        ),
        (
            "['a]b.toml']",
            "expected a config include path without glob patterns, but found `a]b.toml` from {PROJECT}:1",
        ),
        (
            "['{x}.toml']",
            "expected a config include path without template braces, but found `{x}.toml` from {PROJECT}:1",
        ),
    ] {
        let fixture = Fixture::new().project(&format!("include = {include}\n"));
        assert_eq!(refused(&fixture), expected.replace("{PROJECT}", PROJECT), "{include}");
    }
}

#[test]
fn no_file_is_read_twice() {
    let x = "/home/u/p/.cargo/x.toml";
    for (project, text) in [
        ("include = ['x.toml']\n", "include = ['x.toml']\n"),
        ("include = ['x.toml']\n", "include = ['config.toml']\n"),
        ("include = ['x.toml', 'x.toml']\n", ""),
    ] {
        let error = refused(&Fixture::new().project(project).file(x, text));
        assert!(error.contains("config `include` cycle detected with path"), "{text}: {error}");
    }
}

#[test]
fn a_hostile_checkout_has_not_one_file_after_another_read() {
    let mut fixture = Fixture::new().project("include = ['0.toml']\n");
    for n in 0..300 {
        let next = format!("include = ['{}.toml']\n", n + 1);
        fixture = fixture.file(&format!("/home/u/p/.cargo/{n}.toml"), &next);
    }
    assert!(refused(&fixture).contains("the configuration has more than 200 files"));
}
