//! What holds for every configuration, tried with many.

use std::collections::BTreeMap;
use std::time::Duration;

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;

use super::fixture::{Fixture, HOME, PROJECT, registry};
use crate::cargo::{BindingError, CargoConfig, CredentialTable};

/// Long enough for many configurations, short enough for everybody's patience.
const BUDGET: Duration = Duration::from_millis(300);
/// Bytes that one round is made of: enough to choose every line of every layer.
const ENTROPY: u32 = 512;

/// The files of a machine, the one that counts least first, and whether they are the user's own: the
/// home includes two.
const FILES: [(&str, bool); 5] = [
    ("/home/.cargo/config.toml", false),
    ("/home/u/.cargo/one.toml", true),
    ("/home/u/.cargo/two.toml", true),
    (HOME, true),
    (PROJECT, false),
];

/// What one layer says; nothing where it is silent.
#[derive(Clone, Debug, Default)]
struct Said {
    index: Option<String>,
    /// A registry's own provider, as a list.
    own: Option<Vec<String>>,
    list: Vec<String>,
}

/// A machine, and what each of its layers says: the files, a variable, and the command line.
struct Machine {
    files: Vec<Said>,
    variable: Said,
    settings: Said,
}

fn maybe<T>(
    u: &mut Unstructured<'_>,
    make: impl FnOnce(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Option<T>> {
    if u.arbitrary()? { make(u).map(Some) } else { Ok(None) }
}

impl Said {
    fn new(u: &mut Unstructured<'_>, layer: usize) -> Result<Self> {
        let own = |u: &mut Unstructured<'_>| {
            let words = (0..u.int_in_range(0..=2)?).map(|at| format!("own{layer}-{at}"));
            Ok(std::iter::once(format!("own{layer}")).chain(words).collect())
        };
        let entries = u.int_in_range(0..=2)?;
        Ok(Self {
            index: maybe(u, |_| Ok(format!("https://layer{layer}/")))?,
            own: maybe(u, own)?,
            list: (0..entries).map(|at| format!("listed{layer}-{at}")).collect(),
        })
    }

    fn lines(&self) -> Vec<String> {
        let index = self.index.iter().map(|index| format!("registries.a.index = '{index}'"));
        let own = self.own.iter().map(|own| format!("registries.a.credential-provider = {own:?}"));
        let list = (!self.list.is_empty())
            .then(|| format!("registry.global-credential-providers = {:?}", self.list));
        index.chain(own).chain(list).collect()
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let index = self.index.clone().map(|index| ("CARGO_REGISTRIES_A_INDEX", index));
        let own = self.own.as_ref().map(|own| own.join(" "));
        let own = own.map(|own| ("CARGO_REGISTRIES_A_CREDENTIAL_PROVIDER", own));
        let list = (!self.list.is_empty())
            .then(|| ("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", self.list.join(" ")));
        index.into_iter().chain(own).chain(list).collect()
    }
}

impl Machine {
    fn new(u: &mut Unstructured<'_>) -> Result<Self> {
        let said = |u: &mut Unstructured<'_>, layer| Said::new(u, layer);
        let mut files: Vec<_> =
            (0..FILES.len()).map(|layer| said(u, layer)).collect::<Result<_>>()?;
        // Somebody must say it; and a project's providers are another matter.
        files[0].index = Some("https://layer0/".to_owned());
        for (said, (_, trusted)) in files.iter_mut().zip(FILES) {
            if !trusted {
                *said = Said { index: said.index.take(), ..Said::default() };
            }
        }
        Ok(Self { files, variable: said(u, 5)?, settings: said(u, 6)? })
    }

    fn load(&self) -> CargoConfig {
        let mut fixture = Fixture::new();
        for ((path, _), said) in FILES.into_iter().zip(&self.files) {
            let include = if path == HOME { "include = ['one.toml', 'two.toml']\n" } else { "" };
            fixture = fixture.file(path, &format!("{include}{}\n", said.lines().join("\n")));
        }
        for (name, value) in self.variable.variables() {
            fixture = fixture.variable(name, &value);
        }
        CargoConfig::load_with(&fixture.context, &self.settings.lines(), &fixture).unwrap()
    }

    /// Every layer, the one that counts least first: cargo's order of files, variables and command line.
    fn layers(&self) -> impl DoubleEndedIterator<Item = &Said> {
        self.files.iter().chain([&self.variable, &self.settings])
    }

    fn shown(&self) -> String {
        self.layers().map(|said| format!("{said:?}\n")).collect()
    }
}

#[test]
fn of_many_layers_the_one_that_counts_most_gives_the_index() {
    arbtest(|u| {
        let machine = Machine::new(u)?;
        let expected = machine.layers().rev().find_map(|said| said.index.as_deref());
        let selected = machine.load().select(Some("a")).unwrap();
        assert_eq!(Some(selected.url()), expected, "{}", machine.shown());
        Ok(())
    })
    .size_min(ENTROPY)
    .size_max(ENTROPY)
    .budget(BUDGET);
}

#[test]
fn a_providers_words_come_from_one_layer_and_a_list_from_all() {
    arbtest(|u| {
        let machine = Machine::new(u)?;
        let config = machine.load();
        let selected = config.select(Some("a")).unwrap();
        // The user's own configuration may give the name another index than a project does; then it
        // has no provider of its own.
        let trusted = machine.files[1..4].iter().chain([&machine.variable, &machine.settings]);
        let named = trusted.rev().find_map(|said| said.index.as_deref());
        let own = machine.layers().rev().find_map(|said| said.own.clone());
        let own = own.filter(|_| named.is_none_or(|named| named == selected.url()));
        let list: Vec<_> = machine
            .layers()
            .flat_map(|said| &said.list)
            .rev()
            .map(|word| vec![word.clone()])
            .collect();
        let expected = match (own, list.is_empty()) {
            (Some(own), _) => vec![own],
            (None, false) => list,
            (None, true) => vec![vec!["cargo:token".to_owned()]],
        };
        let found = config.providers(&selected).unwrap().providers;
        let found: Vec<_> = found.into_iter().map(|provider| provider.words).collect();
        assert_eq!(found, expected, "{}", machine.shown());
        Ok(())
    })
    .size_min(ENTROPY)
    .size_max(ENTROPY)
    .budget(BUDGET);
}

/// Parts of URLs that some comparison could take for the same.
const SCHEMES: [&str; 6] = ["https", "http", "ssh", "sparse+https", "sparse+http", "git"];
const HOSTS: [&str; 6] =
    ["a.example", "A.example", "a.example:443", "github.com", "GitHub.com", "u@a.example"];
const PATHS: [&str; 10] = ["", "/", "/x", "/x/", "/X", "/x.git", "/x.git/", "/x//", "/x?q", "/%78"];

fn url(u: &mut Unstructured<'_>) -> Result<String> {
    let (scheme, host, path) = (u.choose(&SCHEMES)?, u.choose(&HOSTS)?, u.choose(&PATHS)?);
    Ok(format!("{scheme}://{host}{path}"))
}

/// However alike cargo finds two URLs, a token that is kept for one is none for the other.
#[test]
fn a_kept_token_belongs_to_the_very_url_that_its_name_has() {
    let mut refused = 0;
    arbtest(|u| {
        let (given, asked) = (url(u)?, url(u)?);
        let config = Fixture::new().home(&format!("[registries.a]\nindex = '{given}'\n")).config();
        let Ok(selected) = config.select(Some("a")) else { return Ok(()) };
        let asked = registry(Some("a"), &asked);
        let found = config.binding(&asked, &BTreeMap::new());
        let tables = found.as_ref().map(|found| found.tables.clone()).unwrap_or_default();
        let is_crates_io = asked.is_crates_io();
        let named = tables.contains(&CredentialTable::Named("a".to_owned()));
        let same = selected.url() == asked.url();
        assert_eq!(named, same && !is_crates_io, "{selected:?} {asked:?} {found:?}");
        refused += usize::from(matches!(found, Err(BindingError::OtherIndex(_))));
        Ok(())
    })
    .budget(BUDGET);
    assert!(refused > 0, "no two of them were different");
}
