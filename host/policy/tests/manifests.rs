//! What a manifest has to say, and what it may not.

#[cfg(test)]
mod tests {
    use lockgate_policy::Manifest;

    const GOOD: &str = "name = \"cargo:token\"
version = \"0.1.0\"
description = \"Tokens that cargo keeps.\"
homepage = \"https://a.example/\"
optional = [\"prompt\"]
[capabilities]
registries = [\"cargo:*\"]
stores = [\"cargo-credentials\"]
prompt = true
[reasons]
stores = \"Tokens are kept there.\"
prompt = \"A new token is asked for.\"
";

    fn refusal(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "{from}");
        Manifest::parse(&GOOD.replacen(from, to, 1), "manifest.toml").unwrap_err().to_string()
    }

    #[test]
    fn a_manifest_is_read() {
        let manifest = Manifest::parse(GOOD, "manifest.toml").unwrap();
        assert_eq!(manifest.name, "cargo:token");
        assert_eq!(manifest.version, "0.1.0");
        assert_eq!(manifest.description, "Tokens that cargo keeps.");
        assert_eq!(manifest.homepage.as_deref(), Some("https://a.example/"));
        assert_eq!(manifest.reasons["prompt"], "A new token is asked for.");
        assert!(manifest.optional.contains("prompt"));
        let lines = manifest.asks.lines();
        let shown: Vec<_> = lines.iter().map(|line| (line.capability, &*line.subject)).collect();
        let expected =
            [("registries", "cargo:*"), ("stores", "cargo-credentials"), ("prompt", "true")];
        assert_eq!(shown, expected);
        assert_eq!(lines[1].place.to_string(), "manifest.toml:8");
    }

    #[test]
    fn what_is_asked_for_is_explained() {
        assert_eq!(
            refusal("prompt = \"A new token is asked for.\"\n", ""),
            "manifest.toml:9:10: `prompt` is asked for without a reason; add `prompt = \"...\"` to \
             the table `reasons`\n  |\n9 | prompt = true\n  |          ^^^^"
        );
        assert!(refusal("prompt = true", "").contains("does not ask for it"));
        assert!(refusal("prompt = true", "prompt = false").contains("does not ask for it"));
        assert!(refusal("prompt = \"A", "reveal = \"A").contains("does not ask for it"));
        assert!(refusal("prompt = \"A", "whim = \"A").contains("unknown key `whim`"));
    }

    #[test]
    fn every_field_is_checked() {
        let long = "x".repeat(301);
        for (from, to, expected) in [
            ("cargo:token", "", "is no name"),
            ("cargo:token", ":token", "is no name"),
            ("cargo:token", "Cargo", "is no name"),
            ("cargo:token", "../x", "is no name"),
            ("cargo:token", "a/b", "is no name"),
            ("cargo:token", &long, "is no name"),
            ("name = \"cargo:token\"", "", "the key `name` is missing"),
            ("0.1.0", "new", "is no version"),
            ("Tokens that cargo keeps.", " ", "one sentence"),
            ("Tokens that cargo keeps.", &long, "one sentence"),
            ("Tokens that cargo keeps.", "a\\nb", "control character"),
            ("https://a.example/", "http://a.example/", "`https://` address"),
            ("https://a.example/", "https://u@a.example/", "`https://` address"),
            ("https://a.example/", "javascript:x", "`https://` address"),
            ("homepage", "website", "unknown key `website`"),
            ("[\"prompt\"]", "[\"limits\"]", "is no capability"),
            ("[\"prompt\"]", "[\"reveal\"]", "does not ask for it"),
            ("[\"prompt\"]", "[\"prompt\", \"prompt\"]", "listed twice"),
            ("registries = [\"cargo:*\"]", "", "the key `registries` is missing"),
            ("stores = [", "process = [", "is no absolute path"),
            ("prompt = true", "files = [\"~/.ssh/*\"]", "each file is named in full"),
            ("Tokens are kept there.", "", "one sentence"),
        ] {
            let shown = refusal(from, to);
            assert!(shown.contains(expected), "{from} -> {to}: {shown}");
        }
        assert!(Manifest::parse("", "manifest.toml").is_err());
        let bridge = GOOD.replacen("prompt = true", "prompt = true\nprocess = [\"*\"]", 1);
        let shown = Manifest::parse(&bridge, "manifest.toml").unwrap_err().to_string();
        assert!(shown.contains("`process` is asked for without a reason"), "{shown}");
    }

    #[test]
    fn every_key_that_is_asked_for_may_have_a_reason() {
        for (line, key) in [
            ("registries = ['*']", "registries"),
            ("registries = []\nplain = ['json:/a']", "plain"),
            ("registries = []\nlimits = { wall = '20s' }", "limits"),
        ] {
            let text = |line: &str| {
                format!(
                    "name = 'a'\nversion = '1'\ndescription = 'a'\n[capabilities]\n{line}\n\
                     [reasons]\n{key} = 'So it is.'"
                )
            };
            let manifest = Manifest::parse(&text(line), "manifest.toml").unwrap();
            assert_eq!(manifest.reasons[key], "So it is.");
            let nothing = Manifest::parse(&text("registries = []"), "manifest.toml");
            let shown = nothing.unwrap_err().to_string();
            assert!(shown.contains("does not ask for it"), "{key}: {shown}");
        }
    }
}
