//! What is not understood is refused, and shown where it stands.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use lockgate_core::Limits;
    use lockgate_policy::{Grant, Manifest};

    fn refusal(text: &str) -> String {
        Grant::parse(text, "grant.toml").unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_cited() {
        assert_eq!(
            refusal("registries = [\"*\"]\n  store = [\"os\"] # typo\n"),
            "grant.toml:2:3: unknown key `store`; the keys here are registries, stores, http, \
             process, environment, files, plain, prompt, reveal, limits\n  |\n2 |   store = [\"os\"] # typo\n  \
             |   ^^^^^"
        );
        for (text, key) in [
            ("http = [{ url = 'https://a.example', method = ['GET'] }]", "`method`"),
            ("environment = [{ name = 'A', clear = true }]", "`clear`"),
            ("limits = { ram = '1MiB' }", "`ram`"),
            ("[registries]\nx = 1", "a list in brackets"),
        ] {
            assert!(refusal(text).contains(key), "{}", refusal(text));
        }
    }

    #[test]
    fn a_key_that_is_not_enforced_yet_says_so() {
        for text in [
            "proxy = 'environment'",
            "http = [{ url = 'https://a.example', proxy = 'environment' }]",
        ] {
            let shown = refusal(text);
            assert!(
                shown.contains("this version of Lockgate does not have the capability"),
                "{shown}"
            );
        }
    }

    #[test]
    fn a_key_that_occurs_twice_is_cited() {
        assert_eq!(
            refusal("prompt = true\nprompt = false\n"),
            "grant.toml:2:1: duplicate key\n  |\n2 | prompt = false\n  | ^^^^^^"
        );
    }

    #[test]
    fn a_wrong_type_is_cited() {
        assert_eq!(
            refusal("prompt = 'yes'"),
            "grant.toml:1:10: `true` or `false` is expected here, not string\n  |\n\
             1 | prompt = 'yes'\n  |          ^^^^^"
        );
        for (text, expected) in [
            ("stores = 'os'", "a list in brackets is expected"),
            ("stores = [1]", "a string is expected"),
            ("http = [1]", "a table is expected"),
            ("[[http]]\nurl = 'https://a.example'", "a list in brackets is expected"),
            ("limits = 1", "has to be a grant's first key"),
            ("limits = { memory = 1 }", "a string is expected"),
            ("registries = { a = 1 }", "a list in brackets is expected"),
        ] {
            assert!(refusal(text).contains(expected), "{}", refusal(text));
        }
    }

    #[test]
    fn a_wrong_value_is_cited_where_it_stands() {
        assert_eq!(
            refusal("stores = [\n  \"os\",\n  \"wallet\",\n]\n"),
            "grant.toml:3:3: `wallet` is no store; there are os, cargo-credentials, docker-config, \
             kernel-keyring, file and encrypted-file\n  |\n3 |   \"wallet\",\n  |   ^^^^^^^^"
        );
        for (text, expected) in [
            ("stores = ['os', 'os']", "`os` is listed twice"),
            ("environment = ['A', { name = 'A', plain = true }]", "`A` is listed twice"),
            ("environment = [{ name = '{registry.token}', plain = true }]", "is always sealed"),
            ("environment = [{ plain = true }]", "the key `name` is missing"),
            ("http = [{ methods = ['GET'] }]", "the key `url` is missing"),
            ("http = [{ url = 'https://a.example', methods = [] }]", "allows nothing"),
            ("http = [{ url = 'https://a.example', methods = ['get'] }]", "is no method"),
            ("http = [{ url = 'https://a.example', methods = [''] }]", "is no method"),
            (
                "http = [{ url = 'https://a.example', methods = ['MERGE-AND-BRANCH-AND-COMMIT-IN-ONE'] }]",
                "is no method",
            ),
            ("http = [{ url = 'https://a.example', methods = ['TRACE'] }]", "is never sent"),
            ("http = [{ url = 'https://a.example', receives = ['disk:x'] }]", "no origin"),
            ("http = [{ url = 'https://a.example', receives = ['store:x'] }]", "is no store"),
            (
                "http = [{ url = 'https://a.example', receives = ['environment:A-B'] }]",
                "is no name",
            ),
            ("http = [{ url = 'https://a.example', receives = ['file:x'] }]", "no absolute path"),
            (
                "http = [{ url = 'https://a.example', receives = ['http:https://b.example/'] }]",
                "is no origin",
            ),
            ("http = [{ url = 'http://localhost', private-network = false }]", "on this machine"),
            ("limits = { memory = '2GiB' }", "between 64KiB and 1GiB"),
            ("limits = { memory = '63KiB' }", "between 64KiB and 1GiB"),
            ("limits = { memory = '99999999999999999999GiB' }", "between 64KiB and 1GiB"),
            ("limits = { memory = '64MB' }", "is no size"),
            ("limits = { memory = '-1MiB' }", "is no size"),
            ("limits = { wall = '6m' }", "between 1ms and 5m"),
            ("limits = { wall = '0s' }", "between 1ms and 5m"),
            ("limits = { cpu = '61s' }", "between 1ms and 1m"),
            ("limits = { lifetime = '367d' }", "between 1s and 366d"),
            ("limits = { wall = '10' }", "is no time"),
            ("limits = { wall = 's' }", "is no time"),
            ("limits = { any-purpose = 'no' }", "`true` or `false` is expected"),
            (
                "http = [{ url = 'https://a.example', receives = ['program:op'] }]",
                "is no absolute path",
            ),
            (
                "http = [{ url = 'https://a.example', client-certificate = 'c.pem' }]",
                "is no absolute path",
            ),
            (
                "http = [{ url = 'https://a.example', client-certificate = '/proc/1/environ' }]",
                "window into the kernel",
            ),
            ("files = ['~/.ssh/*']", "each file is named in full"),
            ("files = ['*']", "is no absolute path"),
            ("process = ['*']", "is no absolute path"),
            ("process = ['op']", "is no absolute path"),
            ("process = [1]", "a table is expected"),
            ("process = [{ arguments = [] }]", "the key `program` is missing"),
            ("process = [{ program = '/usr/bin/../op' }]", "`..`"),
            ("process = [{ program = '/op', shell = true }]", "unknown key `shell`"),
            ("process = [{ program = '/op', arguments = ['{registry.name}'] }]", "has a brace"),
            ("process = [{ program = '/op', arguments = ['*/**'] }]", "more than one"),
            ("process = [{ program = '/op', arguments = [\"a\\u0000\"] }]", "control character"),
            ("process = [{ program = '/op', environment = ['LD_PRELOAD'] }]", "never granted"),
            ("process = [{ program = '/op', environment = ['PYTHONPATH'] }]", "never granted"),
            ("process = [{ program = '/op', environment = ['A', 'A'] }]", "listed twice"),
            (
                "process = [{ program = '/op', environment = ['{registry.token}'] }]",
                "not handed to programs",
            ),
            ("process = [{ program = '/op', digest = 'sha256:00' }]", "is no digest"),
            ("process = [{ program = '/op', receives = ['disk:x'] }]", "no origin"),
            ("process = ['/op', '/op']", "listed twice"),
        ] {
            assert!(refusal(text).contains(expected), "{}", refusal(text));
        }
    }

    #[test]
    fn causes_are_kept() {
        let error = Grant::parse("http = ['https://a.example:x']", "grant.toml").unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(cause, "invalid port number");
        assert_eq!((&*error.place().source, error.place().line), ("grant.toml", 1));
    }

    #[test]
    fn hidden_characters_are_refused_and_shown() {
        for text in
            ["stores = [\"\\u001b[2J\"]", "stores = ['\u{202e}so']", "\"\\u001b\" = 1", "\u{1b}"]
        {
            let shown = refusal(text);
            assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
        }
        assert!(refusal("stores = ['\u{202e}so']").contains("\\u{202e}so"));
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let long = "A".repeat(5_000);
        let shown = refusal(&format!("environment = ['{long}', 'é-é', '{long}']"));
        assert!(shown.len() < 500, "{shown}");
        let lines: Vec<_> = shown.lines().collect();
        let mark = lines[3].chars().position(|character| character == '^').unwrap();
        let marked: String = lines[2].chars().skip(mark).take(5).collect();
        assert_eq!(marked, "'é-é'");
    }

    #[test]
    fn text_that_is_no_grant_is_refused() {
        let large = format!("# {}", "x".repeat(64 << 10));
        assert!(refusal(&large).contains("longer than 65536 bytes"));
        assert!(Grant::parse(&large[..64 << 10], "grant.toml").is_ok());
        let many = format!("environment = [{}]", "'A',".repeat(65));
        assert!(refusal(&many).contains("more than 64 entries"));
        let deep = format!("stores = {}", "[".repeat(60_000));
        assert!(refusal(&deep).starts_with("grant.toml:1:"));
        for text in ["\0\0\0\0", "\u{7f}ELF", "{}", "registries = [\"*\"]\n\0", "[", "="] {
            assert!(Grant::parse(text, "grant.toml").is_err(), "{text:?}");
        }
    }

    #[test]
    fn limits_come_first_in_a_grant_and_anywhere_in_a_manifest() {
        for late in [
            "stores = ['os']\nlimits = { memory = '1MiB' }",
            "limits.memory = '1MiB'",
            "stores = ['os']\n[limits]\nmemory = '1MiB'",
            "[limits]\nmemory = '1MiB'",
        ] {
            assert!(refusal(late).contains("has to be a grant's first key"), "{late}");
        }
        let manifest = "name = 'a'\nversion = '1'\ndescription = 'a'\n[capabilities]\n\
                        registries = ['*']\n[capabilities.limits]\nmemory = '1MiB'";
        assert!(Manifest::parse(manifest, "manifest").is_ok());
    }

    const WHOLE: &str = r#"# A grant.
limits = { memory = "1MiB", wall = "1s", cpu = "100ms", lifetime = "1h", any-purpose = false }
registries = ["cargo:sparse+https://cargo.corp.example/*", "oci:*.corp.example"]
stores = ["os"]
http = [
  { url = "https://*.corp.example:8443/oauth/token", methods = ["POST"],
    receives = ["environment:CI_JOB_JWT"], private-network = true },
  "https://sso.corp.example/a/é",
]
environment = ["CI_JOB_JWT", { name = "AWS_REGION", plain = false }]
process = [{ program = "/usr/bin/op", arguments = ["read", "op://corp/*"] }]
files = ["~/.config/corp/token.json"]
plain = ["json:/expires_in"]
prompt = true
reveal = false
"#;

    /// What a grant gives, and its limits (the default for each that is not said).
    fn given(grant: &Grant) -> BTreeSet<String> {
        let lines = grant.rules().lines();
        lines.iter().map(|line| format!("{} {}", line.capability, line.subject)).collect()
    }

    #[test]
    fn a_grant_that_is_cut_short_never_gives_more() {
        let whole_text = WHOLE.replace("/é\"", "/%C3%A9\"") + "# é";
        let whole = given(&Grant::parse(&whole_text, "whole").unwrap());
        let (mut read, mut refused) = (0, 0);
        for end in (0..whole_text.len()).filter(|end| whole_text.is_char_boundary(*end)) {
            let Ok(grant) = Grant::parse(&whole_text[..end], "cut") else {
                refused += 1;
                continue;
            };
            read += 1;
            let left = given(&grant);
            assert!(left.is_subset(&whole), "{left:?}");
            let limits = left.iter().filter(|line| line.starts_with("limits")).count();
            assert!(
                left.is_empty() || limits == 5,
                "limits were lost, and the rest was not: {left:?}"
            );
        }
        assert!(read > 5 && refused > 100, "{read} {refused}");
    }

    /// The twin of the test before: where limits may stand last, a cut gives the defaults back.
    #[test]
    fn limits_at_the_end_would_be_lost_by_a_cut() {
        let manifest = |limits: &str| {
            let text = format!(
                "name = 'a'\nversion = '1'\ndescription = 'a'\n[capabilities]\n\
                 registries = ['*']\n{limits}"
            );
            let manifest = Manifest::parse(&text, "manifest").unwrap();
            let registry =
                lockgate_core::Registry::new(lockgate_core::Ecosystem::Oci, "ghcr.io").unwrap();
            let facts =
                lockgate_policy::Facts { registry: &registry, token_variable: None, home: None };
            let all = Grant::all(&manifest);
            lockgate_policy::capabilities(&manifest, &all, &facts).unwrap().limits
        };
        assert_eq!(manifest("limits = { wall = '1s' }").wall, Duration::from_secs(1));
        assert_eq!(manifest("").wall, Limits::default().wall);
    }
}
