//! The fast reader against the whole one.

use std::path::Path;

use crate::cargo::Layer;
use crate::cargo::file::{FileLayer, is_plain, read_whole};
use crate::cargo::value::{Entry, Table, Value};

fn shown(table: &Table) -> String {
    table.iter().map(|(key, entry)| format!("{key:?} = {}\n", shown_entry(entry))).collect()
}

fn shown_entry(entry: &Entry) -> String {
    let value = match &entry.value {
        Value::Text(text) => format!("{text:?}"),
        Value::Secret(secret) => format!("secret {:?}", secret.expose_text()),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::List(list) => list.iter().map(|entry| shown_entry(entry) + ", ").collect(),
        Value::Table(table) => format!("{{\n{}}}", shown(table)),
    };
    format!("{value} ({})", entry.definition)
}

fn whole(text: &str) -> Result<String, String> {
    let read = read_whole(Path::new("/c.toml"), Layer::Home, text);
    read.map(|values| shown(&values)).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<String, String> {
    let layer = FileLayer::parse(Path::new("/c.toml"), Layer::Home, text);
    layer.map(|layer| shown(&layer.values)).map_err(|error| error.to_string())
}

#[test]
fn what_people_write_is_read_the_fast_way() {
    for text in [
        "",
        "# nothing\n",
        "include = ['a.toml', \"b.toml\"] # both\n",
        "[registry]\ndefault = 'x'\n\n[registries.a]\nindex = \"sparse+https://a/\"\ntoken = '''s'''\n",
        "[registries.'b c']\r\nindex = \"\\u00e9\"\r\n[term]\nquiet = true\n[net]\nretry = -1_000\n",
        "[registries.a.b]\nx = 1\n[registries.c]\ny = [1, 'two', true, [3]]\n"
            .replace(", [3]", "")
            .as_str(),
    ] {
        assert!(is_plain(text), "{text:?}");
        assert_eq!(read(text), whole(text), "{text:?}");
    }
}

#[test]
fn everything_else_is_left_to_the_whole_parser() {
    for text in [
        "registry.default = 'x'\n",
        "[registry]\nx = { a = 1 }\n",
        "[[registry]]\n",
        "[registry]\nx = [[1]]\n",
        "[registry]\nx = 1\nx = 2\n",
        "[registry]\n[registry]\n",
        "[registry.x]\n[registry]\n",
        "registry = 1\n[registry]\n",
        "registry = 1\n[registry.x]\n",
        "[registry]\nx = 1.5\n",
        "[registry]\nx = 2020-01-01\n",
        "[registry]\nx = 99999999999999999999\n",
        "[registry]\nx = 'a\n",
        "[registry\n",
        "[registry]\nx\n",
        "# \u{1}\n",
        "[registry] x = 1\n",
    ] {
        assert!(!is_plain(text), "{text:?}");
        assert_eq!(read(text), whole(text), "{text:?}");
    }
}

/// Files put together from pieces that mean something, in every order of three.
#[test]
fn both_ways_agree() {
    const PIECES: [&str; 17] = [
        "[registry]\n",
        "[registries.a]\n",
        "[registries]\n",
        "[[registries.a]]\n",
        "token = 's'\n",
        "index = \"\\x41\"\n",
        "a.b = 1\n",
        "a = 1\n",
        "a = ['x', 1,]\n",
        "a = {b = 1}\n",
        "\"a\" = true\n",
        "a = 0x10\n",
        "# c\n",
        "\u{feff}",
        "x = [\n 'y' # z\n]\n",
        "= 1\n",
        "[registry.a.b]\n",
    ];
    let mut plain = 0;
    for number in 0..PIECES.len().pow(3) {
        let piece = |power: u32| PIECES[number / PIECES.len().pow(power) % PIECES.len()];
        let text: String = (0..3).map(piece).collect();
        if is_plain(&text) {
            plain += 1;
            assert_eq!(read(&text), whole(&text), "{text:?}");
        }
    }
    assert!(plain > 500, "{plain}");
}
