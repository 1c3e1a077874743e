//! What manifest and grant allow together, key by key: with a line and without it.

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use lockgate_core::{
        Capabilities, Ecosystem, Limits, Origin, Origins, PlainField, Registry, Sink,
    };
    use lockgate_policy::{
        Ceiling, Decided, Facts, Grant, Identity, Manifest, NotServed, capabilities,
    };
    use url::Url;

    const REASONS: &str = "stores = 'kept there'\nhttp = 'asked there'\nenvironment = 'found there'
        files = 'read there'\nprompt = 'asked'\nreveal = 'signed'";

    /// What is decided where no administrator restricts anything.
    fn decide(manifest: &Manifest, grant: &Grant, facts: &Facts<'_>) -> Result<Decided, NotServed> {
        let nobody = Identity::default();
        lockgate_policy::decide(manifest, grant, &Ceiling::default(), &nobody, facts)
    }

    /// A manifest that asks for these lines, and gives the reasons that it needs.
    fn manifest(lines: &str) -> Manifest {
        let reasons: Vec<_> = REASONS
            .lines()
            .map(str::trim)
            .filter(|reason| lines.lines().any(|line| asks(line, reason)))
            .collect();
        let text = format!(
            "name = 'test'\nversion = '1'\ndescription = 'A test.'\n[capabilities]\n\
             registries = ['*']\n{lines}\n[reasons]\n{}\n",
            reasons.join("\n")
        );
        Manifest::parse(&text, "manifest").unwrap()
    }

    fn asks(line: &str, reason: &str) -> bool {
        line.split(' ').next() == reason.split(' ').next() && !line.ends_with("false")
    }

    fn grant(lines: &str) -> Grant {
        let limits = lines.starts_with("limits");
        let text = match limits {
            true => format!("{lines}\nregistries = ['*']\n"),
            false => format!("registries = ['*']\n{lines}\n"),
        };
        Grant::parse(&text, "grant").unwrap()
    }

    fn registry() -> Registry {
        Registry::new(Ecosystem::Cargo, "sparse+https://cargo.corp.example/index/").unwrap()
    }

    fn decided(asked: &str, granted: &str) -> Decided {
        let registry = registry();
        let facts = Facts {
            registry: &registry,
            token_variable: Some("CARGO_REGISTRIES_CORP_TOKEN"),
            home: Some(Path::new("/home/me")),
        };
        decide(&manifest(asked), &grant(granted), &facts).unwrap()
    }

    fn met(asked: &str, granted: &str) -> Capabilities {
        decided(asked, granted).capabilities
    }

    fn sends(capabilities: &Capabilities, method: &str, url: &str) -> bool {
        capabilities.http(method, &Url::parse(url).unwrap()).is_ok()
    }

    fn receives(capabilities: &Capabilities, url: &str, variable: &str) -> bool {
        let url = Url::parse(url).unwrap();
        let grant = capabilities.http("POST", &url).unwrap();
        let origins = Origins::of(Origin::Environment(variable.to_owned()));
        Sink::Http(grant, &url).accepts(&origins, &registry()).is_ok()
    }

    #[test]
    fn nothing_comes_from_nothing() {
        let nothing = format!("{:?}", Capabilities::default());
        assert_eq!(format!("{:?}", met("", "")), nothing);
        let everything = "stores = ['os']\nhttp = ['https://a.example']\nenvironment = ['A']\n\
                          files = ['/a']\nplain = ['json:/a']\nprompt = true\nreveal = true";
        assert_eq!(format!("{:?}", met(everything, "")), nothing);
        assert_eq!(format!("{:?}", met("", everything)), nothing);
        let capabilities = met(everything, everything);
        assert!(capabilities.store("os").is_ok());
        assert!(sends(&capabilities, "GET", "https://a.example/"));
        assert!(capabilities.variable("A", false).is_ok());
        assert!(capabilities.file("/a").is_ok());
        assert!(capabilities.is_plain("json", &["a".to_owned()]));
        assert!(capabilities.prompt && capabilities.reveal);
    }

    #[test]
    fn a_provider_is_called_only_for_registries_that_both_name() {
        let registry = registry();
        let facts = Facts { registry: &registry, token_variable: None, home: None };
        let asking = |registries: &str| {
            let text = format!(
                "name = 'a'\nversion = '1'\ndescription = 'a'\n[capabilities]\nregistries = {registries}"
            );
            Manifest::parse(&text, "manifest").unwrap()
        };
        let granting = |registries: &str| {
            Grant::parse(&format!("registries = {registries}"), "grant").unwrap()
        };
        for (asked, granted, refusal) in [
            ("['cargo:*']", "['*']", None),
            ("['*']", "['cargo:sparse+https://cargo.corp.example/*']", None),
            ("['oci:*']", "['*']", Some(NotServed::NotAsked)),
            ("[]", "['*']", Some(NotServed::NotAsked)),
            ("['*']", "['oci:*']", Some(NotServed::NotGranted)),
            ("['*']", "[]", Some(NotServed::NotGranted)),
        ] {
            let outcome = capabilities(&asking(asked), &granting(granted), &facts);
            assert_eq!(outcome.err(), refusal, "{asked} and {granted}");
            assert_eq!(granting(granted).serves(&registry), refusal != Some(NotServed::NotGranted));
        }
        assert!(!Grant::parse("", "grant").unwrap().serves(&registry));
        assert!(!Grant::default().serves(&registry));
    }

    #[test]
    fn each_list_is_met_entry_by_entry() {
        let capabilities = met(
            "stores = ['os', 'file']\nenvironment = ['A', 'B']\nfiles = ['/a', '/b']",
            "stores = ['file', 'docker-config']\nenvironment = ['B', 'C']\nfiles = ['/b', '/c']",
        );
        assert!(capabilities.store("file").is_ok());
        assert!(capabilities.store("os").is_err() && capabilities.store("docker-config").is_err());
        assert!(capabilities.variable("B", false).is_ok());
        assert!(capabilities.variable("A", false).is_err());
        assert!(capabilities.variable("C", false).is_err());
        assert!(capabilities.file("/b").is_ok());
        assert!(capabilities.file("/a").is_err() && capabilities.file("/c").is_err());
    }

    #[test]
    fn a_variable_is_plain_only_if_both_say_so() {
        let plain = "environment = [{ name = 'A', plain = true }]";
        let sealed = "environment = ['A']";
        for (asked, granted, expected) in
            [(plain, plain, true), (plain, sealed, false), (sealed, plain, false)]
        {
            let capabilities = met(asked, granted);
            assert!(capabilities.variable("A", false).is_ok());
            assert_eq!(capabilities.variable("A", true).is_ok(), expected, "{asked} and {granted}");
        }
    }

    #[test]
    fn holes_are_filled_from_facts_alone() {
        let lines = "environment = ['{registry.token}']\nfiles = ['~/token', '/etc/token']";
        let (manifest, grant, registry) = (manifest(lines), grant(lines), registry());
        let filled = |token_variable, home: Option<&str>| {
            let facts = Facts { registry: &registry, token_variable, home: home.map(Path::new) };
            decide(&manifest, &grant, &facts).unwrap()
        };
        let capabilities = filled(Some("X_TOKEN"), Some("/home/me")).capabilities;
        let variable = capabilities.variable("{registry.token}", false).unwrap();
        assert_eq!(variable.variable.as_deref(), Some("X_TOKEN"));
        assert_eq!(capabilities.file("~/token").unwrap().path, PathBuf::from("/home/me/token"));
        for home in [None, Some(""), Some("relative")] {
            let decided = filled(None, home);
            let variable = decided.capabilities.variable("{registry.token}", false).unwrap();
            assert_eq!(variable.variable, None);
            assert!(decided.capabilities.file("~/token").is_err(), "{home:?}");
            assert!(decided.capabilities.file("/etc/token").is_ok());
            let refused: Vec<_> =
                decided.decisions.iter().filter(|decision| !decision.allowed()).collect();
            assert_eq!(refused.len(), 1);
            assert_eq!(refused[0].subject, "~/token");
        }
    }

    #[test]
    fn an_address_is_the_narrower_of_the_two() {
        let wide = "http = ['https://*.corp.example']";
        let narrow = "http = [{ url = 'https://sso.corp.example/oauth', methods = ['POST'] }]";
        for (asked, granted) in [(wide, narrow), (narrow, wide), (narrow, narrow)] {
            let met = met(asked, granted);
            assert!(sends(&met, "POST", "https://sso.corp.example/oauth/token"), "{asked}");
            assert!(!sends(&met, "GET", "https://sso.corp.example/oauth/token"), "{asked}");
            assert!(!sends(&met, "POST", "https://sso.corp.example/oauth2"), "{asked}");
            assert!(!sends(&met, "POST", "https://other.corp.example/oauth"), "{asked}");
        }
        assert!(sends(&met(wide, wide), "GET", "https://other.corp.example/"));
        assert!(!sends(&met(wide, wide), "GET", "https://corp.example.evil/"));
        assert!(!sends(&met(wide, wide), "GET", "https://sso.corp.example:8443/"));
    }

    #[test]
    fn methods_that_do_not_meet_allow_nothing() {
        let get = "http = [{ url = 'https://a.example', methods = ['GET'] }]";
        let post = "http = [{ url = 'https://a.example', methods = ['POST'] }]";
        let all = "http = ['https://a.example']";
        assert!(!sends(&met(get, post), "GET", "https://a.example/"));
        assert!(!sends(&met(get, post), "POST", "https://a.example/"));
        assert!(sends(&met(get, all), "GET", "https://a.example/"));
        assert!(!sends(&met(get, all), "POST", "https://a.example/"));
        assert!(sends(&met(all, all), "POST", "https://a.example/"));
    }

    #[test]
    fn an_address_receives_only_what_both_list() {
        let with = "http = [{ url = 'https://a.example', receives = ['environment:A'] }]";
        let other = "http = [{ url = 'https://a.example', receives = ['environment:B'] }]";
        let without = "http = ['https://a.example']";
        for (asked, granted, expected) in [
            (with, with, true),
            (with, without, false),
            (without, with, false),
            (other, with, false),
        ] {
            let capabilities = met(asked, granted);
            assert_eq!(
                receives(&capabilities, "https://a.example/", "A"),
                expected,
                "{asked} and {granted}"
            );
        }
    }

    #[test]
    fn the_narrowest_line_about_an_address_decides() {
        let lines = "http = ['https://a.example',
            { url = 'https://a.example/token', receives = ['environment:A'] },
            { url = 'https://*.b.example', receives = ['environment:A'] },
            'https://x.b.example',
            { url = 'https://*.eu.c.example', receives = ['environment:A'] },
            'https://*.c.example',
            { url = 'https://d.example', methods = ['POST'], receives = ['environment:A'] },
            { url = 'https://d.example', methods = ['GET', 'POST'] },
            'https://d.example']";
        let capabilities = met(lines, lines);
        assert!(receives(&capabilities, "https://a.example/token", "A"));
        assert!(!receives(&capabilities, "https://a.example/", "A"));
        assert!(receives(&capabilities, "https://y.b.example/", "A"));
        assert!(!receives(&capabilities, "https://x.b.example/", "A"));
        assert!(receives(&capabilities, "https://x.eu.c.example/", "A"));
        assert!(!receives(&capabilities, "https://x.c.example/", "A"));
        assert!(receives(&capabilities, "https://d.example/", "A"));
    }

    #[test]
    fn the_longer_name_decides_wherever_it_is_written() {
        let wide = "'https://*.c.example'";
        let long = "{ url = 'https://*.eu.c.example', receives = ['environment:A'] }";
        for lines in [format!("http = [{wide}, {long}]"), format!("http = [{long}, {wide}]")] {
            let capabilities = met(&lines, &lines);
            assert!(receives(&capabilities, "https://x.eu.c.example/", "A"), "{lines}");
            assert!(!receives(&capabilities, "https://x.c.example/", "A"), "{lines}");
        }
    }

    #[test]
    fn private_networks_are_reached_only_if_both_say_so() {
        let with = "http = [{ url = 'https://a.example', private-network = true }]";
        let without = "http = [{ url = 'https://a.example', private-network = false }]";
        let reaches = |asked, granted| met(asked, granted).http[0].private_network;
        assert!(reaches(with, with));
        assert!(!reaches(with, without) && !reaches(without, with));
        let loopback = "http = ['http://localhost:8080']";
        assert!(reaches(loopback, loopback));
    }

    #[test]
    fn a_client_certificate_is_shown_only_if_both_say_so() {
        let with = "http = [{ url = 'https://a.example', client-certificate = '~/c.pem' }]";
        let other = "http = [{ url = 'https://a.example', client-certificate = '~/d.pem' }]";
        let without = "http = ['https://a.example']";
        let shown = |asked, granted| met(asked, granted).http[0].client_certificate.clone();
        assert_eq!(shown(with, with), Some(PathBuf::from("/home/me/c.pem")));
        for (asked, granted) in [(with, without), (without, with), (with, other)] {
            assert_eq!(shown(asked, granted), None, "{asked} and {granted}");
        }
        let registry = registry();
        let facts = Facts { registry: &registry, token_variable: None, home: None };
        let decided = decide(&manifest(with), &grant(with), &facts).unwrap();
        assert!(decided.capabilities.http.is_empty());
        let why = decided.why("http", "GET https://a.example/").unwrap();
        assert_eq!(why.refusal.as_deref(), Some("is granted, but no home folder is known"));
    }

    #[test]
    fn fields_prompt_and_reveal_need_both() {
        let field = |path: &[&str]| PlainField {
            format: "json".to_owned(),
            path: path.iter().map(|step| (*step).to_owned()).collect(),
        };
        let capabilities = met("plain = ['json:/*/kind', 'json:/a']", "plain = ['json:/x/kind']");
        assert_eq!(capabilities.plain, [field(&["x", "kind"])]);
        for (asked, granted, expected) in
            [("true", "true", true), ("true", "false", false), ("false", "true", false)]
        {
            let line = |value: &str| format!("prompt = {value}\nreveal = {value}");
            let capabilities = met(&line(asked), &line(granted));
            assert_eq!(capabilities.prompt, expected);
            assert_eq!(capabilities.reveal, expected);
        }
    }

    #[test]
    fn limits_are_the_lower_of_two_and_the_default_where_nothing_is_said() {
        let limits = |asked, granted| met(asked, granted).limits;
        let low = "limits = { memory = '1MiB', wall = '1s', cpu = '100ms', lifetime = '1h' }";
        let high = "limits = { memory = '1GiB', wall = '5m', cpu = '1m', lifetime = '2d' }";
        let lowest = Limits {
            memory: 1 << 20,
            wall: Duration::from_secs(1),
            cpu: Duration::from_millis(100),
            lifetime: Some(Duration::from_secs(3600)),
            any_purpose: true,
        };
        for (asked, granted) in [(low, high), (high, low), (low, low), (low, ""), ("", low)] {
            assert_eq!(limits(asked, granted), lowest, "{asked} and {granted}");
        }
        assert_eq!(limits("", ""), Limits::default());
        let lifetime = Some(Duration::from_secs(2 * 86_400));
        assert_eq!(limits(high, ""), Limits { lifetime, ..Limits::default() });
        assert_eq!(limits("", high), Limits { lifetime, ..Limits::default() });
        assert_eq!(limits(high, high).memory, 1 << 30);
        assert_eq!(limits(high, high).wall, Duration::from_secs(300));
        assert_eq!(limits(high, high).cpu, Duration::from_secs(60));
        let word = "limits = { any-purpose = false }";
        for (asked, granted) in [(word, ""), ("", word), (word, word)] {
            assert!(!limits(asked, granted).any_purpose, "{asked} and {granted}");
        }
        let said = "limits = { any-purpose = true }";
        assert!(limits(said, said).any_purpose && limits("", "").any_purpose);
        assert!(!limits(word, said).any_purpose);
    }

    #[test]
    fn a_grant_of_all_is_what_the_manifest_asks_for() {
        let lines = "stores = ['os']\nhttp = ['https://a.example']\nlimits = { memory = '1GiB' }";
        let (manifest, registry) = (manifest(lines), registry());
        let facts = Facts { registry: &registry, token_variable: None, home: None };
        let all = capabilities(&manifest, &Grant::all(&manifest), &facts).unwrap();
        assert!(all.store("os").is_ok() && all.store("file").is_err());
        assert!(sends(&all, "GET", "https://a.example/"));
        assert_eq!(all.limits.memory, 1 << 30);
        assert!(!all.prompt && !all.reveal);
    }

    #[test]
    fn every_decision_names_its_lines() {
        let decided = decided(
            "stores = ['os',\n 'file']\nprompt = true",
            "stores = ['file', 'docker-config']\nreveal = true",
        );
        let shown: Vec<_> = decided
            .decisions
            .iter()
            .map(|decision| {
                let places: Vec<_> = decision.places.iter().map(ToString::to_string).collect();
                let refusal = decision.refusal.as_deref().unwrap_or("yes");
                let (capability, subject) = (decision.capability, &decision.subject);
                format!("{capability} {subject} [{}]: {refusal}", places.join(", "))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "registries * [manifest:5, grant:1]: yes",
                "stores os [manifest:6]: is asked for, but not granted",
                "stores docker-config [grant:2]: is granted, but the provider does not ask for it",
                "stores file [manifest:7, grant:2]: yes",
                "prompt true [manifest:8]: is asked for, but not granted",
                "reveal true [grant:3]: is granted, but the provider does not ask for it",
                "limits memory 64MiB []: yes",
                "limits wall 10s []: yes",
                "limits cpu 2s []: yes",
            ]
        );
    }
}
