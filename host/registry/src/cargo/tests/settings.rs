use super::fixture::{Fixture, HOME, chain, registry};
use crate::ConfigError;
use crate::cargo::{CargoConfig, Colour, Definition, Terminal};

fn load(fixture: &Fixture, settings: &[&str]) -> Result<CargoConfig, ConfigError> {
    let settings: Vec<_> = settings.iter().map(|text| (*text).to_owned()).collect();
    CargoConfig::load_with(&fixture.context, &settings, fixture)
}

fn index(fixture: &Fixture, settings: &[&str]) -> String {
    load(fixture, settings).unwrap().select(Some("a")).unwrap().url().to_owned()
}

fn refused(settings: &[&str]) -> String {
    chain(&load(&Fixture::new(), settings).unwrap_err())
}

const FILE: &str = "/home/u/p/x.toml";

#[test]
fn count_more_than_everything_and_the_last_one_most() {
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'https://home/'\n")
        .project("[registries.a]\nindex = 'https://project/'\n")
        .variable("CARGO_REGISTRIES_A_INDEX", "https://variable/")
        .file(FILE, "[registries.a]\nindex = 'https://file/'\n");
    assert_eq!(index(&fixture, &[]), "https://variable/");
    assert_eq!(index(&fixture, &["registries.a.index = 'https://one/'"]), "https://one/");
    let one = "registries.a.index = 'https://one/'";
    assert_eq!(index(&fixture, &[one, "registries.a.index = 'https://two/'"]), "https://two/");
    assert_eq!(index(&fixture, &[one, "x.toml"]), "https://file/");
    assert_eq!(index(&fixture, &["./x.toml", one]), "https://one/");
    assert_eq!(index(&fixture, &["include = ['x.toml']"]), "https://file/");
    assert_eq!(index(&fixture, &["include = ['x.toml']", one]), "https://one/");
}

#[test]
fn are_the_users_own() {
    let fixture = Fixture::new().file(FILE, "[registries.a]\ntoken = 's3cret'\n");
    let settings = ["registries.a.index = 'https://a/'", "x.toml"];
    let config = load(&fixture, &settings).unwrap();
    let binding = config.binding(&registry(Some("a"), "https://a/"), &Default::default()).unwrap();
    assert_eq!(binding.config_token.unwrap().0.expose_text(), Some("s3cret"));
    let entry = config.registries().into_iter().find(|entry| entry.name == "a").unwrap();
    assert!(entry.trusted && entry.defined == Definition::CommandLine);
    let attacked =
        fixture.project("include = ['/home/u/p/x.toml']\n[registries.a]\nindex = 'https://a/'\n");
    let binding =
        attacked.config().binding(&registry(Some("a"), "https://a/"), &Default::default());
    assert!(binding.unwrap().config_token.is_none(), "the same file is not, for a project");
}

#[test]
fn lists_grow_behind_the_variable() {
    let fixture = Fixture::new()
        .home("[registry]\nglobal-credential-providers = ['home']\n")
        .variable("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "variable");
    let settings = [
        "registry.global-credential-providers = ['one']",
        "registry.global-credential-providers = ['two x']",
    ];
    let config = load(&fixture, &settings).unwrap();
    let list = config.providers(&registry(None, "https://x/")).unwrap();
    let words: Vec<_> = list.providers.iter().map(|choice| choice.words.join(" ")).collect();
    assert_eq!(words, ["two x", "one", "variable", "home"]);
}

#[test]
fn a_provider_of_the_command_line_replaces_that_of_the_variable() {
    let fixture = Fixture::new()
        .home("[registries.a]\nindex = 'https://a/'\n")
        .variable("CARGO_REGISTRIES_A_CREDENTIAL_PROVIDER", "variable x")
        .variable("CARGO_CREDENTIAL_ALIAS_AL", "variable y");
    let words = |settings: &[&str]| {
        let config = load(&fixture, settings).unwrap();
        let list = config.providers(&registry(Some("a"), "https://a/")).unwrap();
        list.providers[0].words.join(" ")
    };
    assert_eq!(words(&[]), "variable x");
    assert_eq!(words(&["registries.a.credential-provider = 'bin/p q'"]), "/home/u/p/bin/p q");
    let alias = "registries.a.credential-provider = 'al'";
    assert_eq!(words(&[alias]), "variable y");
    assert_eq!(words(&[alias, "credential-alias.al = ['line', 'a b']"]), "line a b");
}

#[test]
fn take_one_key_with_its_value() {
    for setting in [
        "registries.a.index='https://q/'",
        " registries . a . index = 'https://q/' ",
        "\nregistries.a.index = 'https://q/'\n",
        "\"registries\".'a'.index = 'https://q/'\n# behind it",
    ] {
        assert_eq!(index(&Fixture::new(), &[setting]), "https://q/", "{setting}");
    }
    for (setting, expected) in [
        (
            "",
            "--config argument `` was not a TOML dotted key expression (such as `build.jobs = 2`)",
        ),
        (
            "# c",
            "--config argument `# c` was not a TOML dotted key expression (such as `build.jobs = 2`)",
        ),
        (
            "[a]\nb = 1",
            "--config argument `[a]\u{240a}b = 1` was not a TOML dotted key expression (such as `build.jobs = 2`)",
        ),
        (
            "a = 1\nb = 2",
            "--config argument `a = 1\u{240a}b = 2` was not a TOML dotted key expression (such as `build.jobs = 2`)",
        ),
        ("a = 1 # c", "--config argument `a = 1 # c` includes non-whitespace decoration"),
        ("# c\na = 1", "--config argument `# c\u{240a}a = 1` includes non-whitespace decoration"),
        (
            "a.b = {}",
            "--config argument `a.b = {}` sets a value to an inline table, which is not accepted",
        ),
        (
            "[[a]]",
            "--config argument `[[a]]` sets a value to an array of tables, which is not accepted",
        ),
        (
            "no.toml",
            "failed to parse value from --config argument `no.toml` as a dotted key expression: at character 8: key with no value, expected `=`",
        ),
        (
            "a = b",
            "failed to parse value from --config argument `a = b` as a dotted key expression: at character 5: string values must be quoted, expected literal string",
        ),
        (
            "include = 'x.toml'",
            "failed to load --config include: expected a list of strings or a list of tables, but found a string at `include` in --config cli option",
        ),
    ] {
        assert_eq!(refused(&[setting]), expected);
    }
    let float = refused(&["a.b = 1.5"]);
    assert!(float.starts_with("failed to convert --config argument `a.b = 1.5`: "), "{float}");
    assert!(float.contains("unsupported TOML configuration type `float` at `a.b`"), "{float}");
}

#[test]
fn take_no_secret_and_show_none() {
    for key in
        ["registry.token", "registry.secret-key", "registries.a.token", "registries.a.secret-key"]
    {
        let error = refused(&[&format!("{key} = 's3cret'")]);
        assert_eq!(error, format!("{key} cannot be set through --config for security reasons"));
    }
    for setting in [
        "registries.a = { token = 's3cret' }",
        "registries.a.token = s3cret",
        "registries.a.token = 's3cret' # s3cret",
        "registries.a.token 's3cret'",
        "[registries.a]\ntoken = 's3cret'",
        "registries.a.token = ['s3cret', 1.5]",
    ] {
        let error = refused(&[setting]);
        assert!(error.contains("--config argument") && !error.contains("s3cret"), "{error}");
    }
    let fixture = Fixture::new().file(FILE, "[registry]\ntoken = 's3cret'\n");
    assert!(load(&fixture, &["x.toml"]).is_ok(), "a file may hold one");
}

#[test]
fn a_file_that_is_wrong_is_named() {
    let fixture = Fixture::new().file(FILE, "x\n");
    let error = chain(&load(&fixture, &["x.toml"]).unwrap_err());
    assert!(
        error.starts_with(&format!("failed to load config from `{FILE}`: {FILE}:1:2: ")),
        "{error}"
    );
    let fixture = Fixture::new().home("[registries.a]\nindex = ['x']\n");
    let error = chain(&load(&fixture, &["registries.a.index = 'x'"]).unwrap_err());
    assert_eq!(
        error,
        format!(
            "failed to merge the configuration: `registries.a.index` is a string in --config cli option and an array in {HOME}:2; write it the same way in both"
        )
    );
}

#[test]
fn say_how_much_is_told() {
    let told = |fixture: &Fixture, settings: &[&str]| {
        load(fixture, settings).unwrap().terminal().map_err(|error| error.to_string())
    };
    let fixture = Fixture::new().home("[term]\nquiet = true\ncolor = 'never'\n");
    let quiet = Terminal { quiet: true, colour: Some(Colour::Never), ..Terminal::default() };
    assert_eq!(told(&fixture, &[]), Ok(quiet));
    let loud = Terminal { verbose: true, quiet: false, ..quiet };
    assert_eq!(told(&fixture, &["term.quiet = false", "term.verbose = true"]), Ok(loud));
    let both = Err("cannot set both `term.verbose` and `term.quiet`".to_owned());
    assert_eq!(told(&fixture, &["term.verbose = true"]), both);
    let variable = |name, value| Fixture::new().variable(name, value);
    assert_eq!(
        told(&variable("CARGO_TERM_COLOR", "x"), &[]),
        Err("argument for --color must be auto, always, or never, but found `x`".to_owned())
    );
    assert_eq!(told(&variable("CARGO_TERM_QUIET", "x"), &[]), Ok(Terminal::default()));
    // A project does not hide from the user what is not heeded.
    let project = Fixture::new().project("[term]\nquiet = true\n");
    assert_eq!(told(&project, &[]), Ok(Terminal::default()));
}
