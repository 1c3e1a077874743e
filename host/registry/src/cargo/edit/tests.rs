//! Every way of writing cargo's tables, changed and taken back.

use std::path::Path;

use super::{ConfigEdit, quoted, quoted_list};

const LIST: [&str; 2] = ["registry", "global-credential-providers"];
const OWN: [&str; 3] = ["registries", "corp", "credential-provider"];
const NEW: &str = "[\"/b/ours cargo:token\"]";

fn edit(text: &str) -> ConfigEdit {
    ConfigEdit::new(Path::new("/c/config.toml"), text).map_err(|error| error.to_string()).unwrap()
}

fn refused(text: &str, key: &[&str]) -> String {
    let mut edit = edit(text);
    let error = edit.set(key, NEW).unwrap_err().to_string();
    assert_eq!(edit.text(), text);
    error
}

/// Sets the key, and checks that this is the text then, and that it can be taken back.
#[track_caller]
fn sets(text: &str, key: &[&str], raw: &str, expected: &str) {
    let mut edit = edit(text);
    let _ = edit.set(key, raw).map_err(|error| panic!("{text:?}: {error}"));
    assert_eq!(edit.text(), expected);
    let mut later = self::edit(expected);
    assert!(later.take_back(edit.splices()));
    assert_eq!(later.text(), text);
}

#[test]
fn a_key_is_put_where_its_table_is_and_every_other_byte_stays() {
    for (text, expected) in [
        ("", "[registry]\nL\n"),
        ("# mine", "# mine\n\n[registry]\nL\n"),
        ("[net]\nretry = 2", "[net]\nretry = 2\n\n[registry]\nL\n"),
        ("[registry] # r\ndefault = 'corp'\n", "[registry] # r\nL\ndefault = 'corp'\n"),
        ("[registry]", "[registry]\nL\n"),
        ("\u{feff}[registry]\r\ndefault = 'x'\r\n", "\u{feff}[registry]\r\nL\r\ndefault = 'x'\r\n"),
        ("\u{feff}", "\u{feff}[registry]\nL\n"),
        ("a = 1\r\n", "a = 1\r\n\r\n[registry]\r\nL\r\n"),
        ("registry = { default = 'x' }\n", "registry = { L, default = 'x' }\n"),
        ("registry = {}\n", "registry = { L }\n"),
        ("registry.default = 'x' # d\n", "registry.L\nregistry.default = 'x' # d\n"),
        ("  'registry' . default = 'x'\n", "  'registry' . L\n  'registry' . default = 'x'\n"),
        ("[registry.other]\na = 1\n", "[registry.other]\na = 1\n\n[registry]\nL\n"),
        ("[registries.a]\nindex = 'x'\n", "[registries.a]\nindex = 'x'\n\n[registry]\nL\n"),
        ("[registry]\nglobal-credential-providers = []\n", "[registry]\nL\n"),
        ("registry.global-credential-providers = [ # old\n 'a',\n]\n", "registry.L\n"),
    ] {
        let line = format!("global-credential-providers = {NEW}");
        sets(text, &LIST, NEW, &expected.replace('L', &line));
    }
}

#[test]
fn a_registry_of_its_own_table_in_every_form() {
    for (text, expected) in [
        ("[registries.corp]\nindex = 'x'\n", "[registries.corp]\nL\nindex = 'x'\n"),
        ("[registries]\ncorp.index = 'x'\n", "[registries]\ncorp.L\ncorp.index = 'x'\n"),
        ("[registries]\ncorp = { index = 'x' }\n", "[registries]\ncorp = { L, index = 'x' }\n"),
        ("registries.corp.index = 'x'\n", "registries.corp.L\nregistries.corp.index = 'x'\n"),
        (
            "registries = { corp.index = 'x', a.index = 'y' }\n",
            "registries = { corp.L, corp.index = 'x', a.index = 'y' }\n",
        ),
        (
            "registries = { a = { index = 'y' } }\n",
            "registries = { corp = { L }, a = { index = 'y' } }\n",
        ),
        (
            "registries = { corp = { index = 'x', credential-provider = 'old' } } # c\n",
            "registries = { corp = { index = 'x', L } } # c\n",
        ),
        ("[registries.a]\nindex = 'y'\n", "[registries.a]\nindex = 'y'\n\n[registries.corp]\nL\n"),
    ] {
        let line = format!("credential-provider = {NEW}");
        sets(text, &OWN, NEW, &expected.replace('L', &line));
    }
}

#[test]
fn what_is_no_table_or_no_toml_is_refused_with_its_line() {
    for (text, place) in [
        ("a = 1\nregistry = 5\n", "/c/config.toml:2: `registry` must be a table"),
        ("[[registry]]\n", "/c/config.toml:1: `registry` must be a table"),
    ] {
        assert_eq!(refused(text, &LIST), place);
    }
    let broken = "[registry]\ntoken = \"SECRET\n";
    let error = ConfigEdit::new(Path::new("/c"), broken).map(|_| ()).unwrap_err().to_string();
    assert!(error.starts_with("/c:2:") && !error.contains("SECRET"), "{error}");
}

#[test]
fn an_element_is_replaced_and_removed_among_comments() {
    let text = "[registry]\nglobal-credential-providers = [\n  # the plain one\n  \"cargo:token\", # last resort\n  'corp',\n] # end\n";
    let mut changed = edit(text);
    changed.set_element(&LIST, 0, &quoted("/b/ours cargo:token")).unwrap();
    let expected = text.replace("\"cargo:token\"", "\"/b/ours cargo:token\"");
    assert_eq!(changed.text(), expected);
    changed.remove_element(&LIST, 1).unwrap();
    assert_eq!(changed.text(), expected.replace("  'corp',\n", ""));
    for (list, at, expected) in [
        ("['a', 'b', 'c']", 1, "['a', 'c']"),
        ("['a', 'b', 'c']", 2, "['a', 'b']"),
        ("['a','b',]", 0, "['b',]"),
        ("[ 'a' ]", 0, "[  ]"),
        ("['a', # x\n'b']", 1, "['a', # x\n]"),
    ] {
        let whole = |list: &str| format!("[registry]\nglobal-credential-providers = {list}\n");
        let mut changed = edit(&whole(list));
        changed.remove_element(&LIST, at).unwrap();
        assert_eq!(changed.text(), whole(expected));
    }
}

#[test]
fn a_key_is_removed_with_its_lines_and_an_empty_table_with_its_header() {
    for (text, expected) in [
        ("[net]\na = 1\n\n[registry]\nL # ours\n", "[net]\na = 1\n"),
        ("[registry]\nL\ndefault = 'x'\n", "[registry]\ndefault = 'x'\n"),
        ("registry = { L, default = 'x' }\n", "registry = { default = 'x' }\n"),
        ("registry = { default = 'x', L }\n", "registry = { default = 'x' }\n"),
        ("registry.L\nregistry.default = 'x'\n", "registry.default = 'x'\n"),
        ("[registry]\r\nglobal-credential-providers = [\r\n 'a',\r\n]\r\n", ""),
    ] {
        let line = format!("global-credential-providers = {NEW}");
        let mut changed = edit(&text.replace('L', &line));
        changed.remove(&LIST).unwrap();
        changed.remove_empty_table(&["registry"]).unwrap();
        assert_eq!(changed.text(), expected);
    }
}

#[test]
fn what_was_changed_since_is_not_taken_back() {
    let mut changed = edit("[registry]\n");
    changed.set(&LIST, NEW).unwrap();
    for later in [changed.text().replace("token", "other"), "# above\n[registry]\n".to_owned()] {
        let mut later_edit = edit(&later);
        assert!(!later_edit.take_back(changed.splices()));
        assert_eq!(later_edit.text(), later);
    }
}

#[test]
fn what_is_read_is_what_is_written() {
    let text =
        "[registry]\nglobal-credential-providers = [\"a\\tb\", 'c']\ncredential-provider = 'x y'\n";
    let list = edit(text).setting(&LIST).unwrap().unwrap();
    let texts: Vec<_> = list.elements.iter().map(|element| element.text.as_str()).collect();
    assert_eq!((texts, list.is_list, list.line), (vec!["a\tb", "c"], true, 2));
    assert_eq!(list.elements[1].raw, "'c'");
    let own = edit(text).setting(&["registry", "credential-provider"]).unwrap().unwrap();
    assert_eq!((own.elements[0].text.as_str(), own.is_list), ("x y", false));
    assert!(edit("registry.global-credential-providers = [1]").setting(&LIST).is_err());
    assert_eq!(edit(text).names(&["registry"]).unwrap().len(), 2);
    assert_eq!(edit(text).names(&["credential-alias"]).unwrap(), Vec::<String>::new());
}

/// Characters that TOML gives a meaning, in every path that setup may have to write.
#[test]
fn a_hostile_path_stays_one_text() {
    for path in [
        "/a\"b/ours",
        "/a'b/ours",
        "/a\\b/ours",
        "/a\"]\n[net]/ours",
        "/a # b/ours",
        "/''' \"\"\"/ours",
        "/\u{e9}\u{7f}/ours",
    ] {
        let mut changed = edit("[net]\nretry = 2\n");
        let words = [path, "cargo:token"];
        changed.set(&OWN, &quoted_list(words)).unwrap();
        let read = edit(changed.text()).setting(&OWN).unwrap().unwrap();
        let texts: Vec<_> = read.elements.iter().map(|element| element.text.as_str()).collect();
        assert_eq!(texts, words, "{}", changed.text());
        // The twin: without quoting it, most of them are not even a list of two.
        let naive = format!(
            "[net]\nretry = 2\n[registries.corp]\ncredential-provider = [\"{path}\", \"cargo:token\"]\n"
        );
        let naive = ConfigEdit::new(Path::new("/c"), &naive).ok();
        let naive = naive.and_then(|edit| edit.setting(&OWN).ok().flatten());
        let same =
            naive.is_some_and(|found| found.elements.iter().map(|e| e.text.as_str()).eq(words));
        assert_eq!(same, !path.contains(['"', '\\', '\n', '\u{7f}']), "{path}");
    }
}

/// Texts made of every kind of part, in every order of three: each is changed and taken back, by the
/// splices and by removing the key, and says the same of everything else.
#[test]
fn whatever_stands_around_stays_and_what_was_added_goes() {
    const PARTS: [&str; 8] = [
        "",
        "# comment \u{e9}\n",
        "top.level = { a = [1, 2] }\n",
        "[registry]\ndefault = 'x' # d\n",
        "[registries.corp]\n\n  index = \"i\"\n",
        "[[list.of]]\ntables = 1979-05-27\n",
        "[http] # h\nproxy = \"\"\"\np\"\"\"\n",
        "[credential-alias]\na = 'b c'\n",
    ];
    let mut changed = 0;
    for one in PARTS {
        for two in PARTS {
            for three in PARTS {
                let text = [one, two, three].concat();
                for text in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
                    let text = text.trim_end_matches('\n').to_owned();
                    // Two headers of one name are no TOML.
                    let Ok(mut edit) = ConfigEdit::new(Path::new("/c"), &text) else { continue };
                    for key in [&LIST[..], &OWN] {
                        let header = edit.set(key, NEW).unwrap();
                        assert_eq!(
                            header,
                            !text.contains(&format!("[{}]", key[..key.len() - 1].join(".")))
                        );
                    }
                    assert!(super::changes_only_providers(&text, edit.text()), "{text:?}");
                    let mut back = self::edit(edit.text());
                    assert!(back.take_back(edit.splices()));
                    assert_eq!(back.text(), text);
                    for key in [&LIST[..], &OWN] {
                        edit.remove(key).unwrap();
                        edit.remove_empty_table(&key[..key.len() - 1]).unwrap();
                        assert_eq!(edit.setting(key).unwrap(), None);
                    }
                    assert!(super::changes_only_providers(&text, edit.text()), "{text:?}");
                    changed += 1;
                }
            }
        }
    }
    assert!(changed > 500, "{changed}");
    assert!(!super::changes_only_providers("a = 1", "a = 2"), "the twin");
    assert!(!super::changes_only_providers("", "[http]\nproxy = 'p'\n"), "the twin");
}
