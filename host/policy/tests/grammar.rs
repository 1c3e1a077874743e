//! The examples of `docs/grammar.md` are what the parser accepts and refuses.

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lockgate_policy::{Grant, Manifest};

    const GRAMMAR: &str = include_str!("../../../docs/grammar.md");

    /// Each fenced example with the words behind its fence, and its line in the page.
    fn examples() -> Vec<(String, usize, String)> {
        let mut examples = Vec::new();
        let mut open: Option<(String, usize, String)> = None;
        for (number, line) in GRAMMAR.lines().enumerate() {
            open = match (open, line.strip_prefix("```")) {
                (None, Some(info)) => Some((info.to_owned(), number + 1, String::new())),
                (None, None) => None,
                (Some(example), Some(_)) => {
                    examples.push(example);
                    None
                }
                (Some((info, start, text)), None) => Some((info, start, text + line + "\n")),
            };
        }
        assert!(open.is_none(), "a fence is not closed");
        examples
    }

    #[test]
    fn every_example_is_what_it_says() {
        let mut seen = BTreeMap::new();
        for (info, line, text) in examples() {
            let source = format!("docs/grammar.md, example on line {line}");
            match info.as_str() {
                "toml manifest" => drop(Manifest::parse(&text, &source).unwrap()),
                "toml grant" => drop(Grant::parse(&text, &source).unwrap()),
                "toml refused" => {
                    for entry in text.lines().filter(|line| !line.trim().is_empty()) {
                        assert!(Grant::parse(entry, &source).is_err(), "{source}: {entry}");
                    }
                }
                "text" => {}
                other => panic!("{source}: unknown kind `{other}`"),
            }
            *seen.entry(info).or_insert(0) += 1;
        }
        assert!(seen["toml manifest"] >= 1 && seen["toml grant"] >= 9, "{seen:?}");
    }

    #[test]
    fn every_key_has_an_example() {
        let grants: String = examples()
            .into_iter()
            .filter(|(info, ..)| info == "toml grant")
            .map(|(.., text)| text)
            .collect();
        let unknown =
            Grant::parse("? = 1".replace('?', "x").as_str(), "x").unwrap_err().to_string();
        let keys = unknown.lines().next().unwrap().split(" are ").nth(1).unwrap().split(", ");
        for key in keys.chain(["url", "methods", "receives", "private-network", "name", "plain"]) {
            assert!(grants.contains(&format!("{key} = ")), "no example of `{key}`");
        }
    }
}
