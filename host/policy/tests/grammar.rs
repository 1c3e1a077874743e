//! The examples of the documentation are what the parser accepts and refuses.

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lockgate_policy::{Ceiling, Change, Grant, Manifest};

    const GRAMMAR: &str = include_str!("../../../docs/grammar.md");

    /// Other pages with whole texts in them, each with how many it has at least.
    const PAGES: [(&str, &str, &str, usize); 4] = [
        ("README.md", include_str!("../../../README.md"), "toml ceiling", 1),
        (
            "docs/administrator.md",
            include_str!("../../../docs/administrator.md"),
            "toml ceiling",
            4,
        ),
        ("docs/providers.md", include_str!("../../../docs/providers.md"), "toml manifest", 1),
        ("the SDK", include_str!("../../../guest-providers/sdk/README.md"), "toml", 1),
    ];

    /// Each fenced example of the grammar with the words behind its fence, and its line.
    fn examples() -> Vec<(String, usize, String)> {
        examples_of(GRAMMAR)
    }

    fn examples_of(page: &str) -> Vec<(String, usize, String)> {
        let mut examples = Vec::new();
        let mut open: Option<(String, usize, String)> = None;
        for (number, line) in page.lines().enumerate() {
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
                "toml policy" => drop(Ceiling::parse(&text, &source).unwrap()),
                "toml policy-refused" => {
                    for entry in text.lines().filter(|line| !line.trim().is_empty()) {
                        assert!(Ceiling::parse(entry, &source).is_err(), "{source}: {entry}");
                    }
                }
                "toml argument" => {
                    for entry in text.lines() {
                        assert_eq!(Change::parse(entry).unwrap().to_string(), entry, "{source}");
                    }
                }
                // The crate that reads config.toml has tests of these.
                "text" | "toml config" | "toml config-refused" => {}
                other => panic!("{source}: unknown kind `{other}`"),
            }
            *seen.entry(info).or_insert(0) += 1;
        }
        assert!(seen["toml policy"] >= 1 && seen["toml policy-refused"] >= 1, "{seen:?}");
        assert!(seen["toml manifest"] >= 1 && seen["toml grant"] >= 9, "{seen:?}");
    }

    #[test]
    fn every_whole_text_of_the_other_pages_is_understood() {
        for (page, text, kind, least) in PAGES {
            let found = examples_of(text).into_iter().filter(|(info, ..)| info == kind);
            let mut count = 0;
            for (_, line, text) in found {
                let source = format!("{page}, example on line {line}");
                match kind {
                    "toml ceiling" => drop(Ceiling::parse(&text, &source).unwrap()),
                    _ => drop(Manifest::parse(&text, &source).unwrap()),
                }
                count += 1;
            }
            assert!(count >= least, "{page}: {count} examples of `{kind}`");
        }
    }

    /// The text of all examples of a kind.
    fn all(kind: &str) -> String {
        examples().into_iter().filter(|(info, ..)| info == kind).map(|(.., text)| text).collect()
    }

    /// The keys that an error about an unknown one lists.
    fn keys(error: &dyn std::error::Error) -> Vec<String> {
        let shown = error.to_string();
        let list = shown.lines().next().unwrap().split(" are ").nth(1).unwrap();
        list.split(", ").map(str::to_owned).collect()
    }

    fn keys_of_grant(text: &str) -> Vec<String> {
        keys(&Grant::parse(text, "x").unwrap_err())
    }

    #[test]
    fn every_key_has_an_example() {
        let grants = all("toml grant");
        for text in [
            "x = 1",
            "http = [{ x = 1 }]",
            "process = [{ x = 1 }]",
            "environment = [{ x = 1 }]",
            "limits = { x = 1 }",
        ] {
            for key in keys_of_grant(text) {
                assert!(grants.contains(&format!("{key} = ")), "no example of `{key}`");
            }
        }
    }

    #[test]
    fn every_key_of_a_policy_has_an_example() {
        let policies = all("toml policy");
        for text in ["x = 1", "providers.x = 1", "allow.x = 1", "[[rule]]\nx = 1"] {
            for key in keys(&Ceiling::parse(text, "x").unwrap_err()) {
                let forms = [
                    format!("\n{key} = "),
                    format!("\n[{key}]"),
                    format!("\n[{key}."),
                    format!("\n[[{key}]]"),
                    format!("\n[rule.{key}]"),
                ];
                let shown = format!("\n{policies}");
                assert!(forms.iter().any(|form| shown.contains(form)), "no example of `{key}`");
            }
        }
    }
}
