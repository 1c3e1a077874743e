//! Texts before and after each change, byte by byte.

use super::{remove, save};
use crate::stores::CredentialTable;
use crate::stores::cargo_credentials::document::Document;

fn named(name: &str) -> CredentialTable {
    CredentialTable::Named(name.to_owned())
}

fn check_save(table: &CredentialTable, before: &str, after: &str) {
    let changed = save(before, table, "NEW").unwrap_or_else(|error| panic!("{before}: {error:?}"));
    assert_eq!(*changed, after, "from {before}");
}

#[test]
fn saves_and_keeps_every_other_byte() {
    for (before, after) in [
        ("", "[registries.x]\ntoken = \"NEW\"\n"),
        ("\u{feff}", "\u{feff}[registries.x]\ntoken = \"NEW\"\n"),
        ("# only this", "# only this\n\n[registries.x]\ntoken = \"NEW\"\n"),
        (
            "# a\r\n[registries.x] # b\r\n  token   = 'old' # c\r\nother = 1\r\n\r\n",
            "# a\r\n[registries.x] # b\r\n  token   = \"NEW\" # c\r\nother = 1\r\n\r\n",
        ),
        (
            "\u{feff}[registries.x]\r\ntoken = \"old\"\n\r\n# mixed ends\n",
            "\u{feff}[registries.x]\r\ntoken = \"NEW\"\n\r\n# mixed ends\n",
        ),
        (
            "[registries.y]\ntoken = \"y\"\n\n[registries.x]\n# c\nindex = \"i\"\n[z]\na = 1\n",
            "[registries.y]\ntoken = \"y\"\n\n[registries.x]\ntoken = \"NEW\"\n# c\nindex = \"i\"\n[z]\na = 1\n",
        ),
        ("[registries.x]", "[registries.x]\ntoken = \"NEW\"\n"),
        ("[registries.'x']\r\n", "[registries.'x']\r\ntoken = \"NEW\"\r\n"),
        ("registries.x.index = 'i'\n", "registries.x.token = \"NEW\"\nregistries.x.index = 'i'\n"),
        (
            "[registries]\n# c\nx.index = 'i'\n",
            "[registries]\n# c\nx.token = \"NEW\"\nx.index = 'i'\n",
        ),
        ("[registries]\nx = {}\n", "[registries]\nx = { token = \"NEW\" }\n"),
        (
            "[registries]\nx = { index = 'i' } # c\n",
            "[registries]\nx = { token = \"NEW\", index = 'i' } # c\n",
        ),
        ("registries = {}", "registries = { x = { token = \"NEW\" } }"),
        (
            "registries = { y = { token = 'y' } }\n",
            "registries = { x = { token = \"NEW\" }, y = { token = 'y' } }\n",
        ),
        (
            "[registries.x.deeper]\na = 1\n",
            "[registries.x.deeper]\na = 1\n\n[registries.x]\ntoken = \"NEW\"\n",
        ),
        (
            "registries.y.token = 'y'\n",
            "registries.y.token = 'y'\n\n[registries.x]\ntoken = \"NEW\"\n",
        ),
        ("token = 'legacy'\n", "token = 'legacy'\n\n[registries.x]\ntoken = \"NEW\"\n"),
        ("[registries.x]\ntoken = 5\n", "[registries.x]\ntoken = \"NEW\"\n"),
    ] {
        check_save(&named("x"), before, after);
    }
}

#[test]
fn saves_the_token_of_crates_io() {
    for (before, after) in [
        ("", "[registry]\ntoken = \"NEW\"\n"),
        (
            "[registry]\ndefault = 'corp'\nsecret-key = 'k'\ntoken = 'old'\n",
            "[registry]\ndefault = 'corp'\nsecret-key = 'k'\ntoken = \"NEW\"\n",
        ),
        ("# c\ntoken = 'legacy'\n", "# c\n\n[registry]\ntoken = \"NEW\"\n"),
        ("token = 'stale'\n[registry]\na = 1\n", "[registry]\ntoken = \"NEW\"\na = 1\n"),
    ] {
        check_save(&CredentialTable::CratesIo, before, after);
    }
}

#[test]
fn a_name_that_needs_quotes_gets_them() {
    for name in ["a.b", "a b", "\u{e4}", "\"", "'", ""] {
        for before in ["", "registries = {}"] {
            let changed = save(before, &named(name), "NEW").unwrap();
            let found = Document::parse(&changed).unwrap().token(&named(name)).unwrap();
            assert_eq!(found.unwrap().expose(), b"NEW", "{name:?} in {}", *changed);
        }
    }
}

#[test]
fn removes_and_keeps_every_other_byte() {
    for (before, after, had_token) in [
        ("", "", false),
        ("[registries.x]\r\n", "[registries.x]\r\n", false),
        (
            "\u{feff}# a\r\n[registries.x]\r\n# b\r\ntoken = 'x' # gone\r\nother = 1\r\n",
            "\u{feff}# a\r\n[registries.x]\r\n# b\r\nother = 1\r\n",
            true,
        ),
        (
            "[registries.x]\ntoken = 'x'\nsecret-key = 'k'\na = 1\nsecret-key-subject = 's'",
            "[registries.x]\na = 1\n",
            true,
        ),
        ("[registries.x]\nsecret-key = 'k'\n", "[registries.x]\n", false),
        ("[registries.x]\ntoken = \"\"\"\na\n\"\"\"\nb = 1\n", "[registries.x]\nb = 1\n", true),
        (
            "registries.x.token = 'x'\nregistries.y.token = 'y'\n",
            "registries.y.token = 'y'\n",
            true,
        ),
        ("registries.x = { token = 'x' }\n", "registries.x = { }\n", true),
        ("registries.x = { a = 1, token = 'x' }\n", "registries.x = { a = 1 }\n", true),
        ("registries.x = { token = 'x' , a = 1 }\n", "registries.x = { a = 1 }\n", true),
        (
            "registries = { x.token = 'x', y.token = 'y' }\n",
            "registries = { y.token = 'y' }\n",
            true,
        ),
        ("registries = { x = { token = 'x' } }\n", "registries = { x = { } }\n", true),
        ("token = 'crates-io'\n", "token = 'crates-io'\n", false),
    ] {
        let (changed, found) = remove(before, &[named("x")]).unwrap();
        assert_eq!((&**changed, found), (after, had_token), "from {before}");
    }
}

#[test]
fn removes_from_each_table_that_may_hold_the_token() {
    let before = "token = 't'\n[registry]\ntoken = 'r'\n[registries.y]\ntoken = 'y'\n";
    let (changed, found) = remove(before, &[named("x"), CredentialTable::CratesIo]).unwrap();
    assert_eq!((&**changed, found), ("[registry]\n[registries.y]\ntoken = 'y'\n", true));
}

#[test]
fn what_cannot_be_understood_is_left_alone_and_located() {
    let crates_io = CredentialTable::CratesIo;
    for (text, line) in [
        ("registries = 1\n", 1),
        ("\n[registries]\nx = 'SECRET'\n", 3),
        ("\r\n\r\n[[registries]]\r\n", 3),
        ("[registries.x]\ntoken = 'SECRET\n", 2),
        ("\u{feff}[registries.x]\ntoken 'SECRET'\n", 2),
        ("[registries.x]\ntoken = 'SECRET'\ntoken = 'SECRET2'\n", 3),
        ("[registries.x.token]\nSECRET = 1\n", 1),
    ] {
        let save = save(text, &named("x"), "NEW").unwrap_err();
        let remove = remove(text, &[crates_io.clone(), named("x")]).unwrap_err();
        for problem in [save, remove] {
            assert_eq!(problem.line, line, "{text}: {}", problem.what);
            assert!(!problem.what.contains("SECRET"), "{}", problem.what);
        }
    }
}

#[test]
fn a_token_that_is_no_string_is_located() {
    let document = Document::parse("\n[registries.x]\n\ntoken = 5\n").unwrap();
    assert_eq!(document.token(&named("x")).unwrap_err().line, 4);
}

#[test]
fn cargo_s_rule_for_the_token_of_old() {
    for (text, token) in [
        ("token = 'old'", Some("old")),
        ("token = 'old'\n[registry]\na = 1", None),
        ("token = 'old'\n[registry]\ntoken = 'new'", Some("new")),
    ] {
        let document = Document::parse(text).unwrap();
        let found = document.token(&CredentialTable::CratesIo).unwrap();
        assert_eq!(found.as_ref().and_then(|token| token.expose_text()), token, "{text}");
    }
}
