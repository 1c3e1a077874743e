use lockgate_core::CRATES_IO_INDEX;

use super::fixture::{Fixture, HOME, chain};

fn select(text: &str, name: Option<&str>) -> Result<String, String> {
    let fixture = Fixture::new().home(&format!("[registries.a]\nindex = 'https://a/'\n{text}"));
    let registry = fixture.config().select(name).map_err(|error| chain(&error))?;
    Ok(registry.url().to_owned())
}

#[test]
fn the_end_of_the_chain_takes_the_place() {
    let replaced = "[source.crates-io]\nreplace-with = 'm'\n";
    let other = |by: &str| {
        format!(
            "crates-io is replaced with non-remote-registry source {by};\ninclude `--registry crates-io` to use crates.io: the setting is in {HOME}"
        )
    };
    for (sources, expected, line) in [
        ("[source.m]\nregistry = 'https://m/'\n", other("registry `m`"), 4),
        ("[source.m]\nregistry = 'sparse+https://m/'\n", other("registry `m`"), 4),
        ("[source.m]\ndirectory = 'v'\n", other("dir /home/u/v"), 4),
        ("[source.m]\nlocal-registry = 'v'\n", other("registry `/home/u/v`"), 4),
        (
            "[source.m]\nregistry = 'https://m/'\nreplace-with = 'n'\n[source.n]\nregistry = 'https://n/'\n",
            other("registry `n`"),
            7,
        ),
        (
            "[source.m]\nregistry = 'https://m/'\nreplace-with = 'a'\n",
            format!(
                "crates-io is replaced with remote registry a;\ninclude `--registry a` or `--registry crates-io`: the setting is in {HOME}"
            ),
            7,
        ),
    ] {
        let text = format!("{replaced}{sources}");
        assert_eq!(select(&text, None), Err(format!("{expected}:{line}")), "{sources}");
        assert_eq!(select(&text, Some("crates-io")).as_deref(), Ok(CRATES_IO_INDEX));
        assert_eq!(select(&text, Some("a")).as_deref(), Ok("https://a/"));
        let default = format!("[registry]\ndefault = 'crates-io'\n{text}");
        assert_eq!(select(&default, None).as_deref(), Ok(CRATES_IO_INDEX));
    }
    let moved = select("[source.crates-io]\nregistry = 'https://x/'\n", None).unwrap_err();
    assert!(moved.contains("non-remote-registry source registry `crates-io`"), "{moved}");
    assert_eq!(select("[source.crates-io]\n", None).as_deref(), Ok(CRATES_IO_INDEX));
}

#[test]
fn what_is_wrong_is_wrong_for_every_registry() {
    for (sources, expected) in [
        (
            "[source.crates-io]\nreplace-with = 'm'\n",
            "could not find a configured source with the name `m` when attempting to lookup `crates-io` (configuration in `{HOME}:4`)",
        ),
        (
            "[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = 'https://m/'\nreplace-with = 'crates-io'\n",
            "detected a cycle of `replace-with` sources, the source `crates-io` is eventually replaced with itself (configuration in `{HOME}:7`)",
        ),
        (
            "[source.crates-io]\nreplace-with = 'm'\n[source.m]\ngit = 'https://m/'\n",
            "cannot replace `crates-io` with `m`, the source `crates-io` supports checksums, but `m` does not\n\na lock file compatible with `crates-io` cannot be generated in this situation\n",
        ),
    ] {
        let expected = Err(expected.replace("{HOME}", HOME));
        assert_eq!(select(sources, None), expected);
        assert_eq!(select(sources, Some("crates-io")), expected);
        assert_eq!(select(sources, Some("a")).as_deref(), Ok("https://a/"), "{sources}");
    }
    for (sources, expected) in [
        (
            "[source.m]\n",
            "no source location specified for `source.m`, need `registry`, `local-registry`, `directory`, or `git` defined",
        ),
        (
            "[source.m]\nregistry = 'https://m/'\ndirectory = 'v'\n",
            "more than one source location specified for `source.m`",
        ),
        (
            "[source.m]\nregistry = 'rel'\n",
            "configuration key `source.m.registry` specified an invalid URL (in {HOME}:4): invalid url `rel`: relative URL without a base",
        ),
        (
            "[source.m]\nregistry = 'https://m/'\n[source.n]\nregistry = 'https://m'\n",
            "source `n` defines source registry `m`, but that source is already defined by `m`\nnote: Sources are not allowed to be defined multiple times.",
        ),
        ("[source]\nm = 5\n", "`source.m` in {HOME}:4 must be a table, but is an integer"),
        (
            "[source.crates-io]\nreplace-with = 5\n",
            "`source.crates-io.replace-with` in {HOME}:4 must be a string, but is an integer",
        ),
        (
            "[registries.crates-io]\nprotocol = 'ftp'\n",
            "unsupported registry protocol `ftp` (defined in {HOME}:4)",
        ),
    ] {
        let expected = Err(expected.replace("{HOME}", HOME));
        for name in [None, Some("crates-io"), Some("a")] {
            assert_eq!(select(sources, name), expected);
        }
    }
}

/// cargo never ends here.
#[test]
fn a_circle_beside_crates_io_ends() {
    let circle = "[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = 'https://m/'\nreplace-with = 'n'\n[source.n]\nregistry = 'https://n/'\nreplace-with = 'm'\n";
    assert!(
        select(circle, None).unwrap_err().contains("detected a cycle of `replace-with` sources")
    );
}

#[test]
fn variables_say_nothing_about_sources() {
    let fixture = Fixture::new()
        .home("[source.crates-io]\n")
        .variable("CARGO_SOURCE_CRATES_IO_REPLACE_WITH", "a")
        .variable("CARGO_REGISTRIES_A_INDEX", "https://a/");
    assert_eq!(fixture.config().select(None).unwrap().url(), CRATES_IO_INDEX);
}
