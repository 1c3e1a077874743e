//! The lines of a file for people, without what may be a secret.
//!
//! Nobody knows all keys that hold one, so that only what is known to hold none is shown: names of
//! tables and keys, and which providers are asked.

use std::ops::Range;

use toml_edit::{Item, TableLike, Value};

use super::place::Document;

/// What is shown of it stands for the text of a value.
const ELLIPSIS: &str = "...";

/// Every text in this table says which program an alias starts.
const ALIASES: &str = "credential-alias";

/// The keys that say which providers are asked.
const PROVIDERS: [&str; 2] = ["credential-provider", "global-credential-providers"];

/// The lines of a configuration file, without their ends, for people: of values only those of
/// providers and aliases are shown, of comments nothing. As many as the text has. Of a text that is
/// no TOML nothing is shown.
#[must_use]
pub fn shown_lines(text: &str) -> Vec<String> {
    let lines = text.split('\n');
    let Ok(document) = Document::parse(text) else {
        return lines.map(|_| ELLIPSIS.to_owned()).collect();
    };
    let mut values = Vec::new();
    table(&document, document.root(), &mut Vec::new(), &mut values);
    // Nested ones stand beside each other, and dotted keys may have put them in another order.
    values.sort_by_key(|value| value.range.start);
    let mut start = 0;
    lines
        .map(|line| {
            let shown = shown_line(line, start, &values);
            start += line.len() + 1;
            shown
        })
        .collect()
}

/// Where a value stands that is no table or list.
struct Found {
    range: Range<usize>,
    is_shown: bool,
}

fn table<'a>(
    document: &Document<'_>,
    table: &'a dyn TableLike,
    path: &mut Vec<&'a str>,
    found: &mut Vec<Found>,
) {
    for (name, item) in table.iter() {
        path.push(name);
        match item {
            Item::None => {}
            Item::Table(inner) => self::table(document, inner, path, found),
            Item::Value(inner) => value(document, inner, path, found),
            Item::ArrayOfTables(tables) => {
                tables.iter().for_each(|inner| self::table(document, inner, path, found));
            }
        }
        path.pop();
    }
}

fn value<'a>(
    document: &Document<'_>,
    inner: &'a Value,
    path: &mut Vec<&'a str>,
    found: &mut Vec<Found>,
) {
    match inner {
        Value::InlineTable(inner) => table(document, inner, path, found),
        Value::Array(array) => {
            array.iter().for_each(|inner| value(document, inner, path, found));
        }
        Value::Boolean(_) => {}
        scalar => {
            let range = document.span(scalar.span());
            let is_shown = names_a_provider(path);
            found.extend(range.map(|range| Found { range, is_shown }));
        }
    }
}

/// Only where cargo looks for them: elsewhere the same word may mean anything.
fn names_a_provider(path: &[&str]) -> bool {
    match path {
        [ALIASES, ..] => true,
        ["registry", key] | ["registries", _, key] => PROVIDERS.contains(key),
        _ => false,
    }
}

/// A line that begins at this byte, with an ellipsis in the place of each value that is not shown and
/// of a comment.
fn shown_line(line: &str, start: usize, values: &[Found]) -> String {
    let first = values.partition_point(|value| value.range.end <= start);
    let mut values = values.get(first..).unwrap_or_default().iter().peekable();
    let (mut shown, mut hidden) = (String::new(), false);
    for (at, character) in line.char_indices() {
        let at = start + at;
        while values.next_if(|value| value.range.end <= at).is_some() {}
        match values.peek().filter(|value| value.range.contains(&at)) {
            Some(value) if !value.is_shown => {
                if !hidden {
                    shown.push_str(ELLIPSIS);
                }
                hidden = true;
                continue;
            }
            Some(_) => {}
            None if character == '#' => return shown + "#" + ELLIPSIS,
            // A URL as the name of a table or a key.
            None if matches!(character, '@' | '?') => return ELLIPSIS.to_owned(),
            None => {}
        }
        hidden = false;
        shown.push(character);
    }
    shown.trim_end_matches('\r').to_owned()
}

#[cfg(test)]
mod tests {
    use super::shown_lines;

    #[test]
    fn what_may_be_a_secret_is_left_out_and_the_lines_stay() {
        let text = "\u{feff}[registry]\r\ntoken = \"SECRET\" # mine\r\n[registries]\r\n\
                    a = { index = 'i', token = 'SECRET' }\nb.secret-key = \"\"\"\nSECRET\n#SECRET\"\"\"\n\
                    [http]\nproxy = 'http://me:SECRET@p/'\n[env]\nAPI = { value = 'SECRET' }\n\
                    [net]\nretry = 2\noffline = true\n";
        let shown = shown_lines(text);
        assert_eq!(shown.len(), text.split('\n').count());
        let all = shown.join("\n");
        assert!(text.contains("SECRET") && !all.contains("SECRET"), "{all}");
        assert_eq!(shown[1], "token = ... #...");
        assert_eq!(shown[3], "a = { index = ..., token = ... }");
        assert!(all.ends_with("[net]\nretry = ...\noffline = true\n"), "{all}");
        assert_eq!(shown_lines("token = SECRET"), ["..."]);
    }

    #[test]
    fn secrets_under_unknown_keys_in_comments_and_in_names_are_left_out() {
        for text in [
            "# token = \"SECRET\"\n",
            "#\n# SECRET\n",
            "[net]\nretry = 2 # SECRET\n",
            "[http]\nproxy = \"me:SECRET@p:3128\"\n",
            "[registries.a]\nindex = \"https://h/?key=SECRET\"\n",
            "[tool]\nwhatever = [\"a\", \"SECRET\"] # x\n",
            "[tool]\nwhatever = [\n  \"a\", # SECRET\n  \"SECRET\",\n]\n",
            "[source.\"https://me:SECRET@h/\"]\nregistry = \"x\"\n",
            "source.\"https://h/?SECRET\".registry = \"x\"\n",
            "[tool]\npin = 5SECRET\n".replace("SECRET", "0123").as_str(),
            "[env]\ncredential-provider = \"SECRET\"\n",
        ] {
            let shown = shown_lines(text).join("\n");
            assert!(!shown.contains("SECRET") && !shown.contains("0123"), "{text} {shown}");
        }
    }

    /// Whatever a registry or an alias is called: a person agrees to what is shown.
    #[test]
    fn who_is_asked_is_always_shown() {
        for text in [
            "[registry]\nglobal-credential-providers = [\"a\", \"b SHOWN@x?y#z\"]\n",
            "[registries.author]\ncredential-provider = \"SHOWN\"\n",
            "[registries.token]\ncredential-provider = [\"SHOWN\", 'env']\n",
            "[registries.env]\ncredential-provider = \"SHOWN\"\n",
            "registries.secret = { token = \"x\", credential-provider = \"SHOWN\" }\n",
            "[credential-alias]\nlockgate-cargo-token-from-stdout = [\"SHOWN\", \"a b\"]\n",
        ] {
            let shown = shown_lines(text).join("\n");
            assert_eq!(shown, text.replace("token = \"x\"", "token = ..."));
        }
    }
}
