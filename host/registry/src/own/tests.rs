use std::path::Path;

use lockgate_core::{Authorities, CRATES_IO_INDEX, Ecosystem, HttpSettings, Registry, Secret};

use super::OwnConfig;

fn parse(text: &str) -> Result<OwnConfig, String> {
    OwnConfig::parse(text, Path::new("/l/config.toml")).map_err(|error| error.to_string())
}

#[test]
fn says_who_serves_what() {
    let config = parse(
        "[cargo]\nproviders = ['cargo:token', 'cargo:libsecret']\n\
         [cargo.registries.'sparse+https://h/i/']\nproviders = ['corp']\n\
         [cargo.registries.'sparse+https://index.crates.io/']\nproviders = ['crates']\n",
    )
    .unwrap();
    let providers = |ecosystem, url: &str| {
        let registry = Registry::new(ecosystem, url).unwrap();
        let list = config.providers_for(&registry)?;
        Some(list.iter().map(|listed| listed.name.as_str()).collect::<Vec<_>>().join(" "))
    };
    let cargo = |url| providers(Ecosystem::Cargo, url);
    assert_eq!(cargo("sparse+https://h/i/").as_deref(), Some("corp"));
    let default = Some("cargo:token cargo:libsecret");
    assert_eq!(cargo("sparse+https://h/i").as_deref(), default, "the URL counts exactly");
    assert_eq!(cargo("https://h/i/").as_deref(), default);
    assert_eq!(cargo(CRATES_IO_INDEX).as_deref(), Some("crates"));
    assert_eq!(providers(Ecosystem::Oci, "ghcr.io"), None, "nothing is said of docker");
    let nothing = Registry::new(Ecosystem::Cargo, "https://h/").unwrap();
    assert_eq!(parse("").unwrap().providers_for(&nothing), None);
}

/// The names of the providers of a docker server.
fn docker(config: &OwnConfig, server: &str) -> Option<String> {
    let list = config.providers_for(&Registry::new(Ecosystem::Oci, server).unwrap())?;
    Some(list.iter().map(|listed| listed.name.as_str()).collect::<Vec<_>>().join(" "))
}

#[test]
fn a_docker_server_is_served_by_its_own_list_then_by_the_longest_pattern_then_by_all() {
    let config = parse(
        "[docker]\nproviders = ['lockgate:os-store', 'lockgate:file']\n\
         [docker.servers.'docker.io']\nproviders = ['hub']\n\
         [docker.servers.'https://a.corp.example']\nproviders = ['own', 'second']\n\
         [docker.servers.'*.corp.example']\nproviders = ['corp']\n\
         [docker.servers.'b*.corp.example']\nproviders = ['longer']\n\
         [docker.servers.'*b.corp.example']\nproviders = ['later']\n",
    )
    .unwrap();
    let default = "lockgate:os-store lockgate:file";
    for (server, expected) in [
        ("https://index.docker.io/v1/", "hub"),
        ("registry-1.docker.io", "hub"),
        ("https://index.docker.io/v1/access-token", "hub"),
        ("https://index.docker.io/v1/other", default),
        ("a.corp.example", "own second"),
        ("a.corp.example:443", default),
        ("http://a.corp.example", default),
        ("c.corp.example", "corp"),
        ("https://c.corp.example/", "corp"),
        ("b1.corp.example", "longer"),
        ("bb.corp.example", "longer"),
        ("ab.corp.example", "later"),
        ("ghcr.io", default),
    ] {
        assert_eq!(docker(&config, server).as_deref(), Some(expected), "{server}");
    }
    let names: Vec<_> = config.docker_servers().map(|(name, _)| name).collect();
    assert_eq!(names[..2], ["docker.io", "https://a.corp.example"]);
    let only = parse("[docker.servers.'h']\nproviders = ['x']\n").unwrap();
    assert_eq!((docker(&only, "h").as_deref(), docker(&only, "k")), (Some("x"), None));
}

/// The twin of the pattern's own table: with the port written out the list is that of the pattern.
#[test]
fn a_pattern_never_crosses_a_port_or_a_scheme() {
    let with =
        |name: &str| parse(&format!("[docker.servers.'{name}']\nproviders = ['x']\n")).unwrap();
    assert_eq!(docker(&with("*.h.example"), "a.h.example:5000"), None);
    assert_eq!(docker(&with("*.h.example:5000"), "a.h.example:5000").as_deref(), Some("x"));
    assert_eq!(docker(&with("*.h.example"), "http://a.h.example"), None);
    assert_eq!(docker(&with("http://*.h.example"), "http://a.h.example").as_deref(), Some("x"));
}

#[test]
fn says_where_each_provider_is_listed() {
    let config = parse("[cargo]\nproviders = ['cargo:token',\n  'corp']\n").unwrap();
    let registry = Registry::new(Ecosystem::Cargo, CRATES_IO_INDEX).unwrap();
    let places = config.providers_for(&registry).unwrap().iter();
    let places: Vec<_> = places.map(|listed| listed.place.as_str()).collect();
    assert_eq!(places, ["/l/config.toml:2", "/l/config.toml:3"]);
}

#[test]
fn gives_each_provider_its_own_settings() {
    let config = parse("[provider.corp.settings]\ntenant = 'eu-1'\n").unwrap();
    assert_eq!(config.settings_of("corp").get("tenant").map(String::as_str), Some("eu-1"));
    assert!(config.settings_of("other").is_empty());
}

fn settings(text: &str, variables: &[(&str, &str)]) -> HttpSettings {
    let variable = |name: &str| {
        let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
        Some(Secret::from(*value))
    };
    parse(text).unwrap().http().map(|http| http.settings(variable)).unwrap_or_default()
}

fn way(settings: &HttpSettings, url: &str) -> String {
    let proxy = settings.proxies.proxy_for(&url.parse().unwrap()).unwrap();
    proxy.map_or("-".to_owned(), ToString::to_string)
}

#[test]
fn says_how_requests_travel() {
    let text = "[http]\nproxy = 'http://u:pw@proxy:3128'\nno-proxy = ['corp.example']\n\
                ca-file = '/etc/corp.pem'\n";
    let found = settings(text, &[("https_proxy", "other:1")]);
    assert_eq!(way(&found, "https://a.example/"), "http://proxy:3128");
    assert_eq!(way(&found, "https://a.corp.example/"), "-");
    assert_eq!(way(&found, "http://localhost:8080/"), "-");
    assert_eq!(found.authorities, Authorities::Only("/etc/corp.pem".into()));
    let places: Vec<_> = found.proxies.settings().map(|one| one.place.as_str()).collect();
    assert_eq!(places, ["/l/config.toml:2"]);
}

#[test]
fn the_environment_counts_only_where_it_is_named() {
    let variables = [("https_proxy", "other:1"), ("no_proxy", "b.example")];
    assert_eq!(way(&settings("", &variables), "https://a.example/"), "-");
    assert_eq!(way(&settings("[http]\n", &variables), "https://a.example/"), "-");
    let found = settings("[http]\nproxy = 'environment'\nno-proxy = ['c.example']\n", &variables);
    assert_eq!(way(&found, "https://a.example/"), "http://other:1");
    for url in ["https://b.example/", "https://c.example/", "https://127.0.0.1/"] {
        assert_eq!(way(&found, url), "-", "{url}");
    }
}

#[test]
fn the_password_of_a_proxy_is_in_no_error() {
    for text in [
        "[http]\nproxy = 'ftp://u:s3cret@proxy'\n",
        "[http]\nproxy = 'http://u:s3cret@proxy' x\n",
        "[http]\nproxy = \"http://u:s3cret@proxy\\r\\n\"\n",
        "[http]\nproxy = ['http://u:s3cret@proxy']\n",
        "http = { proxy = 'http://u:s3cret@proxy', other = 1 }\n",
        "[http]\nproxy = \"\"\"\nhttp://u:s3cret@proxy\n\"\"\"\"\n",
    ] {
        let error = parse(text).unwrap_err();
        assert!(!error.contains("s3cret") && error.contains("/l/config.toml:"), "{error}");
    }
}

#[test]
fn refuses_everything_else_at_its_place() {
    for (text, message) in [
        ("cargo = 5", "/l/config.toml:1:9: `cargo` must be a table"),
        (
            "[podman]\n",
            "/l/config.toml:1:2: unknown key `podman`; here can be `[cargo]`, `[docker]`, `[http]` and",
        ),
        (
            "[cargo]\nprovider = ['x']\n",
            "/l/config.toml:2:1: unknown key `provider`; here can be `providers` and `registries`\n  |\n2 | provider = ['x']\n  | ^^^^^^^^",
        ),
        ("[cargo]\nproviders = 'x'\n", "/l/config.toml:2:13: `providers` must be a list of names"),
        ("[cargo]\nproviders = []\n", "/l/config.toml:2:13: the list is empty"),
        ("[cargo]\nproviders = ['a', 5]\n", "/l/config.toml:2:19: this is not the name"),
        ("[cargo]\nproviders = ['a  b']\n", "/l/config.toml:2:14: this is not the name"),
        ("[cargo]\nproviders = ['a\tb']\n", "/l/config.toml:2:14: this is not the name"),
        (
            "[cargo.registries.'https://H']\nproviders = ['x']\n",
            "/l/config.toml:1:19: cargo calls this registry `https://h/`; write that",
        ),
        ("[cargo.registries.corp]\n", "/l/config.toml:1:19: this is not the URL of an index"),
        (
            "[cargo.registries.'https://h/']\ntoken = 'x'\n",
            "/l/config.toml:2:1: unknown key `token`; here can be `providers`",
        ),
        (
            "[provider.corp]\ngrant = 'all'\n",
            "/l/config.toml:2:1: unknown key `grant`; here can be `settings`",
        ),
        (
            "[provider.corp.settings]\nport = 5\n",
            "/l/config.toml:2:8: a setting must be a string in quotes",
        ),
        ("docker = 5", "/l/config.toml:1:10: `docker` must be a table"),
        (
            "[docker]\nregistries = {}\n",
            "/l/config.toml:2:1: unknown key `registries`; here can be `providers` and `servers`",
        ),
        ("[docker]\nproviders = []\n", "/l/config.toml:2:13: the list is empty"),
        (
            "[docker.servers.h]\ntoken = 'x'\n",
            "/l/config.toml:2:1: unknown key `token`; here can be `providers`",
        ),
        (
            "[docker.servers.'']\n",
            "/l/config.toml:1:17: this is not the name of a server: the registry URL is empty",
        ),
        (
            "[docker.servers.'oci:ghcr.io']\n",
            "/l/config.toml:1:17: write the server as docker does",
        ),
        (
            "[docker.servers.'*']\n",
            "/l/config.toml:1:17: this is for every host with as many parts",
        ),
        (
            "[docker.servers.'ghcr.io']\nproviders = ['x']\n[docker.servers.'https://ghcr.io/']\nproviders = ['y']\n",
            "/l/config.toml:3:17: this server is listed already, as `ghcr.io`",
        ),
        ("[cargo]\nproviders = ['x'\n", "/l/config.toml:2:17: unclosed array"),
        ("http = 5", "/l/config.toml:1:8: `http` must be a table"),
        ("[http]\ntimeout = 5\n", "/l/config.toml:2:1: unknown key `timeout`; here can be `proxy`"),
        ("[http]\nproxy = 5\n", "/l/config.toml:2:9: `proxy` must be a string in quotes"),
        ("[http]\nproxy = 'socks5://x'\n", "/l/config.toml:2:9: this is no proxy: SOCKS"),
        ("[http]\nno-proxy = ['a']\n", "/l/config.toml:2:1: `no-proxy` stands without `proxy`"),
        (
            "[http]\nproxy = 'x'\nno-proxy = ['a', 'b c']\n",
            "/l/config.toml:3:18: an entry of `no-proxy` is a name",
        ),
        ("[http]\nproxy = 'x'\nno-proxy = 'a'\n", "/l/config.toml:3:12: `no-proxy` must be a"),
        ("[http]\nca-file = 'ca.pem'\n", "/l/config.toml:2:11: this must be an absolute path"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.starts_with(message) && error.contains('^'), "{text}: {error}");
    }
}

/// The fenced examples of the documentation.
#[test]
fn every_example_of_the_grammar_is_what_it_says() {
    let page = include_str!("../../../../docs/grammar.md");
    let examples = |fence: &str| -> Vec<String> {
        let behind = page.split(fence).skip(1);
        behind.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
    };
    let whole = examples("```toml config\n");
    assert!(!whole.is_empty());
    for text in &whole {
        let config = parse(text).unwrap();
        for (server, provider) in [
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "ecr"),
            ("gcr.io/project/image", "gcr"),
            ("gcr.io", "lockgate:os-store lockgate:file"),
            ("https://index.docker.io/v1/", "lockgate:os-store"),
        ] {
            assert_eq!(docker(&config, server).as_deref(), Some(provider), "{server}");
        }
    }
    let refused: String = examples("```toml config-refused\n").concat();
    assert!(refused.lines().count() >= 10);
    for line in refused.lines() {
        assert!(parse(line).is_err(), "{line}");
    }
}
