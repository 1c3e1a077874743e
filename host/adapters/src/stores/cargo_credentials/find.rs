//! One registry's token, found in one pass over a plain file. The tokens of others are passed over
//! where they stand, and not copied.

use lockgate_core::{PlainKey, PlainToml, PlainValue, Secret, read_plain_toml};

use super::CredentialTable;
use super::document::Document;
use super::error::Problem;

/// The token under the first of these tables that holds one.
pub(super) fn find(text: &str, tables: &[CredentialTable]) -> Result<Option<Secret>, Problem> {
    match find_plain(text, tables) {
        Some(found) => Ok(found),
        None => find_whole(text, tables),
    }
}

fn find_whole(text: &str, tables: &[CredentialTable]) -> Result<Option<Secret>, Problem> {
    let document = Document::parse(text)?;
    for table in tables {
        if let Some(token) = document.token(table)? {
            return Ok(Some(token));
        }
    }
    Ok(None)
}

/// The same, or `None` if the whole parser has to decide.
fn find_plain(text: &str, tables: &[CredentialTable]) -> Option<Option<Secret>> {
    let mut finder = Finder {
        wanted: tables.iter().map(|table| (table, None)).collect(),
        place: Place::Root,
        old: None,
        has_registry: false,
        doubt: false,
    };
    let is_plain = read_plain_toml(text, &mut finder);
    (is_plain && !finder.doubt).then(|| finder.first())
}

struct Finder<'t> {
    wanted: Vec<(&'t CredentialTable, Option<Secret>)>,
    place: Place,
    /// The token of old, which stands for that of `[registry]` where there is no such table.
    old: Option<Secret>,
    has_registry: bool,
    doubt: bool,
}

/// Where in the file.
enum Place {
    Root,
    /// In the table of this number of those that are wanted.
    Wanted(usize),
    /// In `[registries]` itself, where a registry may stand as a value.
    Registries,
    Elsewhere,
}

impl Finder<'_> {
    fn place(&self, path: &[PlainKey<'_>]) -> Place {
        let is = |table: &CredentialTable| match (table, path) {
            (CredentialTable::CratesIo, [key]) => key.name == "registry",
            (CredentialTable::Named(name), [first, key]) => {
                first.name == "registries" && key.name == *name
            }
            _ => false,
        };
        match self.wanted.iter().position(|(table, _)| is(table)) {
            Some(at) => Place::Wanted(at),
            None if matches!(path, [only] if only.name == "registries") => Place::Registries,
            None => Place::Elsewhere,
        }
    }

    fn first(self) -> Option<Secret> {
        let Self { wanted, old, has_registry, .. } = self;
        let mut old = old.filter(|_| !has_registry);
        wanted.into_iter().find_map(|(table, token)| match table {
            CredentialTable::CratesIo => token.or_else(|| old.take()),
            CredentialTable::Named(_) => token,
        })
    }
}

impl<'a> PlainToml<'a> for Finder<'_> {
    fn table(&mut self, path: &[PlainKey<'a>]) {
        self.has_registry |= path.first().is_some_and(|key| key.name == "registry");
        self.place = self.place(path);
    }

    fn entry(&mut self, key: PlainKey<'a>, value: PlainValue<'a>) {
        let token = match (&self.place, &*key.name) {
            (Place::Root, "token") => &mut self.old,
            (Place::Wanted(at), "token") => match self.wanted.get_mut(*at) {
                Some((_, token)) => token,
                None => return,
            },
            (Place::Root, "registry" | "registries") | (Place::Registries, _) => {
                self.doubt = true;
                return;
            }
            _ => return,
        };
        match value {
            PlainValue::Text(text) => *token = Some(Secret::from(text.into_owned())),
            _ => self.doubt = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::CredentialTable;
    use super::{find, find_plain, find_whole};

    type Found = Option<Option<String>>;

    fn wanted() -> Vec<Vec<CredentialTable>> {
        let named = |name: &str| CredentialTable::Named(name.to_owned());
        vec![
            vec![CredentialTable::CratesIo],
            vec![named("a")],
            vec![named("b"), named("a")],
            vec![named("a"), CredentialTable::CratesIo],
        ]
    }

    fn plain(text: &str, tables: &[CredentialTable]) -> Found {
        let shown = |token: lockgate_core::Secret| token.expose_text().unwrap().to_owned();
        Some(find_plain(text, tables)?.map(shown))
    }

    fn whole(text: &str, tables: &[CredentialTable]) -> Found {
        let shown = |token: lockgate_core::Secret| token.expose_text().unwrap().to_owned();
        Some(find_whole(text, tables).ok()?.map(shown))
    }

    #[test]
    fn what_cargo_writes_is_read_the_fast_way() {
        let text = "[registry]\ntoken = \"c\"\n\n[registries.b]\ntoken = \"b\\u0061\"\n\n\
                    [registries.a]\nsecret-key = 'k'\ntoken = \"a\"\n";
        let [crates_io, a, b_or_a, _] = &*wanted() else { panic!() };
        assert_eq!(plain(text, crates_io), Some(Some("c".to_owned())));
        assert_eq!(plain(text, a), Some(Some("a".to_owned())));
        assert_eq!(plain(text, b_or_a), Some(Some("ba".to_owned())));
        assert_eq!(plain("token = 'old'\n", crates_io), Some(Some("old".to_owned())));
    }

    /// Files put together from pieces that mean something, in every order of three.
    #[test]
    fn both_ways_find_the_same() {
        const PIECES: [&str; 18] = [
            "[registry]\n",
            "[registries.a]\n",
            "[registries.b]\n",
            "[registries]\n",
            "[registry.a]\n",
            "[registries.a.b]\n",
            "[[registries]]\n",
            "token = 's'\n",
            "token = 5\n",
            "token = ['s']\n",
            "token = \"\\u0041\"\n",
            "a.token = 's'\n",
            "a = {token = 's'}\n",
            "a = 's'\n",
            "registry = 's'\n",
            "registries = 's'\n",
            "# c\n",
            "= 1\n",
        ];
        let mut found = 0;
        for number in 0..PIECES.len().pow(3) {
            let piece = |power: u32| PIECES[number / PIECES.len().pow(power) % PIECES.len()];
            let text: String = (0..3).map(piece).collect();
            for tables in wanted() {
                let fast = plain(&text, &tables);
                if fast.is_some() {
                    assert_eq!(fast, whole(&text, &tables), "{text:?} {tables:?}");
                    found += usize::from(fast != Some(None));
                }
            }
        }
        assert!(found > 200, "{found}");
    }

    #[test]
    fn a_mistake_is_told_in_the_words_of_the_whole_parser() {
        let [_, a, ..] = &*wanted() else { panic!() };
        for (text, line) in [
            ("[registries.a]\ntoken = 5\n", 2),
            ("[registries.b]\ntoken = \"\\q\"\n", 2),
            ("[registries.a]\n[registries.a]\n", 2),
            ("registries = 's'\n", 1),
        ] {
            assert_eq!(find(text, a).unwrap_err().line, line, "{text:?}");
        }
    }
}
