use std::path::Path;
use std::time::Duration;

use lockgate_core::{Authorities, TlsVersions};

use super::fixture::{Fixture, chain};
use crate::cargo::{CargoConfig, CargoHttp};

fn http(fixture: &Fixture) -> CargoHttp {
    fixture.config().http().unwrap()
}

fn refused(fixture: &Fixture) -> String {
    chain(&fixture.config().http().unwrap_err())
}

/// The way to a registry: the proxy with its user, `-` for none, or why there is no way.
fn way(fixture: &Fixture) -> String {
    way_to(fixture, "https://corp.example/index/")
}

fn way_to(fixture: &Fixture, url: &str) -> String {
    let proxies = http(fixture).settings.proxies;
    match proxies.proxy_for(&url.parse().unwrap()) {
        Ok(None) => "-".to_owned(),
        Ok(Some(proxy)) => {
            let login = proxy.login.as_ref().and_then(|login| login.expose_text());
            format!("{proxy} {}", login.unwrap_or_default()).trim_end().to_owned()
        }
        Err(error) => format!("{error}: {}", error.source),
    }
}

const ONE: &str = "[http]\nproxy = 'http://u:s3cret@one:1'\n";

#[test]
fn the_proxy_is_that_of_the_command_line_else_of_cargos_variable_else_of_the_users_file() {
    assert_eq!(way(&Fixture::new()), "-");
    let file = || Fixture::new().home(ONE).variable("https_proxy", "two:2");
    assert_eq!(way(&file()), "http://one:1 u:s3cret");
    assert_eq!(way_to(&file(), "http://corp.example/"), "http://one:1 u:s3cret");
    let variable = file().variable("CARGO_HTTP_PROXY", "three:3");
    assert_eq!(way(&variable), "http://three:3");
    let settings = ["http.proxy = 'four:4'".to_owned()];
    let config = CargoConfig::load_with(&variable.context, &settings, &variable).unwrap();
    let proxies = config.http().unwrap().settings.proxies;
    let url = "https://corp.example/".parse().unwrap();
    assert_eq!(proxies.proxy_for(&url).unwrap().unwrap().to_string(), "http://four:4");
}

#[test]
fn the_environment_counts_where_nothing_else_names_a_proxy_and_an_empty_one_is_none() {
    let variable = |name, value| Fixture::new().variable(name, value);
    assert_eq!(way(&variable("HTTPS_PROXY", "two:2")), "http://two:2");
    assert_eq!(way(&variable("ALL_PROXY", "two:2")), "http://two:2");
    assert_eq!(way(&variable("HTTP_PROXY", "two:2")), "-");
    assert_eq!(way_to(&variable("HTTP_PROXY", "two:2"), "http://corp.example/"), "-");
    assert_eq!(way_to(&variable("http_proxy", "two:2"), "http://corp.example/"), "http://two:2");
    let none = Fixture::new().home("[http]\nproxy = ''\n").variable("https_proxy", "two:2");
    assert_eq!(way(&none), "-");
    let none = Fixture::new().home(ONE).variable("CARGO_HTTP_PROXY", "");
    assert_eq!(way(&none), "-");
}

#[test]
fn no_proxy_counts_for_every_proxy() {
    for (list, expected) in
        [("corp.example", "-"), ("example", "-"), ("*", "-"), ("other", "http://one:1 u:s3cret")]
    {
        for name in ["no_proxy", "NO_PROXY"] {
            let fixture = Fixture::new().home(ONE).variable(name, list);
            assert_eq!(way(&fixture), expected, "{name}={list}");
        }
    }
}

/// The attack, and its twin: the same lines in the user's own file.
#[test]
fn a_projects_network_is_not_used_and_the_users_own_is() {
    let text = "[http]\nproxy = 'http://evil:1'\ncainfo = 'evil.pem'\nproxy-cainfo = 'evil.pem'\n\
                ssl-version.max = 'tlsv1.2'\ntimeout = 1\nuser-agent = 'evil'\n\
                [net]\noffline = true\ngit-fetch-with-cli = true\n";
    let project = Fixture::new().project(text);
    assert_eq!(way(&project), "-");
    let found = http(&project);
    assert_eq!(found.settings.authorities, Authorities::System);
    assert_eq!(found.settings.proxy_authorities, None);
    assert_eq!(found.settings.tls, TlsVersions::Both);
    assert_eq!(found.settings.user_agent, None);
    assert_eq!(found.timeout, Duration::from_secs(30));
    assert!(!found.offline && !found.git_fetch_with_cli);
    assert_eq!(project.config().ignored().len(), 8, "each of them is told");

    let own = Fixture::new().home(text);
    assert_eq!(way(&own), "http://evil:1");
    let found = http(&own);
    let file = Path::new("/home/u/evil.pem").to_owned();
    assert_eq!(found.settings.authorities, Authorities::SystemAnd(file.clone()));
    assert_eq!(found.settings.proxy_authorities, Some(Authorities::SystemAnd(file)));
    assert_eq!(found.settings.tls, TlsVersions::Only12);
    assert_eq!(found.settings.user_agent.as_deref(), Some("evil"));
    assert_eq!(found.timeout, Duration::from_secs(1));
    assert!(found.offline && found.git_fetch_with_cli);
    assert!(own.config().ignored().is_empty());
}

#[test]
fn a_project_does_not_break_what_it_may_not_say() {
    let broken = "[http]\nproxy = 5\ntimeout = 'x'\n";
    assert_eq!(way(&Fixture::new().project(broken)), "-");
    assert!(refused(&Fixture::new().home(broken)).contains("`http.proxy`"));
}

#[test]
fn relative_authorities_are_beside_the_folder_of_the_file_or_in_the_working_directory() {
    let authorities = |fixture: Fixture| http(&fixture).settings.authorities;
    for (text, expected) in [
        ("ca.pem", "/home/u/ca.pem"),
        (".cargo/ca.pem", "/home/u/.cargo/ca.pem"),
        ("/etc/ca.pem", "/etc/ca.pem"),
    ] {
        let file = Fixture::new().home(&format!("[http]\ncainfo = '{text}'\n"));
        assert_eq!(authorities(file), Authorities::SystemAnd(expected.into()));
    }
}

/// The attack, and its twins: the user's own file and the command line.
#[test]
fn a_variable_adds_no_authority_and_the_users_file_and_the_command_line_do() {
    let variables = |fixture: Fixture| {
        let fixture = fixture.variable("CARGO_HTTP_CAINFO", "evil.pem");
        fixture.variable("CARGO_HTTP_PROXY_CAINFO", "evil.pem")
    };
    let alone = variables(Fixture::new());
    assert_eq!(http(&alone).settings.authorities, Authorities::System);
    assert_eq!(http(&alone).settings.proxy_authorities, None);
    let told: Vec<_> = alone.config().ignored().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("`http.cainfo` in environment variable `CARGO_HTTP_CAINFO`"),
        "{told:?}"
    );
    assert!(told[1].contains("`http.proxy-cainfo` in"), "{told:?}");

    let own =
        || variables(Fixture::new().home("[http]\ncainfo = 'ca.pem'\nproxy-cainfo = 'p.pem'\n"));
    let file = |path: &str| Authorities::SystemAnd(Path::new(path).to_owned());
    assert_eq!(http(&own()).settings.authorities, file("/home/u/ca.pem"));
    assert_eq!(http(&own()).settings.proxy_authorities, Some(file("/home/u/p.pem")));
    let settings = ["http.cainfo = 'line.pem'".to_owned()];
    let config = CargoConfig::load_with(&own().context, &settings, &own()).unwrap();
    assert_eq!(config.http().unwrap().settings.authorities, file("/home/u/p/line.pem"));
}

#[test]
fn the_timeout_is_cargos_else_the_old_variable_else_half_a_minute() {
    let timeout = |fixture: Fixture| http(&fixture).timeout.as_secs();
    assert_eq!(timeout(Fixture::new().home("[http]\ntimeout = 7\n")), 7);
    let both = Fixture::new().home("[http]\ntimeout = 7\n").variable("HTTP_TIMEOUT", "9");
    assert_eq!(timeout(both), 7);
    assert_eq!(timeout(Fixture::new().variable("CARGO_HTTP_TIMEOUT", "8")), 8);
    assert_eq!(timeout(Fixture::new().variable("HTTP_TIMEOUT", "9")), 9);
    assert_eq!(timeout(Fixture::new().variable("HTTP_TIMEOUT", "soon")), 30);
    assert_eq!(timeout(Fixture::new().home("[http]\ntimeout = 0\n")), 300);
    let long = format!("[http]\ntimeout = {}\n", i64::MAX);
    assert_eq!(timeout(Fixture::new().home(&long)), 3600);
}

#[test]
fn versions_of_tls_are_bounds() {
    for (text, expected) in [
        ("'default'", TlsVersions::Both),
        ("'tlsv1'", TlsVersions::Both),
        ("'tlsv1.2'", TlsVersions::Both),
        ("'tlsv1.3'", TlsVersions::Only13),
        ("{ min = 'tlsv1.1' }", TlsVersions::Both),
        ("{ max = 'tlsv1.2' }", TlsVersions::Only12),
        ("{ min = 'tlsv1.3', max = 'default' }", TlsVersions::Only13),
        ("{ other = 'x' }", TlsVersions::Both),
    ] {
        let file = Fixture::new().home(&format!("[http]\nssl-version = {text}\n"));
        assert_eq!(http(&file).settings.tls, expected, "{text}");
    }
    for (text, expected) in [
        ("'x'", "Invalid ssl version `x`, choose from"),
        ("{ max = 'tlsv1.1' }", "/home/u/.cargo/config.toml:2 leaves no version of TLS"),
        ("{ min = 'tlsv1.3', max = 'tlsv1.2' }", "leaves no version of TLS"),
        ("5", "must be a string or a table"),
    ] {
        let error = refused(&Fixture::new().home(&format!("[http]\nssl-version = {text}\n")));
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn a_value_that_cargo_does_not_take_is_an_error_at_its_place() {
    for (text, expected) in [
        ("proxy = 5", "`http.proxy` in /home/u/.cargo/config.toml:2 must be a string"),
        ("cainfo = 5", "`http.cainfo` in /home/u/.cargo/config.toml:2 must be a string"),
        ("timeout = 'x'", "`http.timeout` in /home/u/.cargo/config.toml:2 must be an integer"),
        ("timeout = -1", "`http.timeout` in /home/u/.cargo/config.toml:2 must not be negative"),
        ("low-speed-limit = 'x'", "`http.low-speed-limit`"),
        ("check-revoke = 1", "must be a boolean, but is an integer"),
        ("user-agent = \"a\\r\\nX: y\"", "config.toml:2 has a character that no header can have"),
    ] {
        let error = refused(&Fixture::new().home(&format!("[http]\n{text}\n")));
        assert!(error.contains(expected), "{text}: {error}");
    }
    for (name, expected) in [
        ("CARGO_HTTP_TIMEOUT", "`CARGO_HTTP_TIMEOUT` must be a whole number"),
        ("CARGO_HTTP_CHECK_REVOKE", "`CARGO_HTTP_CHECK_REVOKE` must be `true` or `false`"),
        ("CARGO_NET_OFFLINE", "`CARGO_NET_OFFLINE` must be `true` or `false`"),
    ] {
        let error = refused(&Fixture::new().variable(name, "soon"));
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_password_of_a_proxy_is_in_no_error_and_no_debug_output() {
    for text in [
        "proxy = 'socks5://u:s3cret@one:1'",
        "proxy = \"http://u:s3cret@one:1\\r\\nX: y\"",
        "proxy = 'http://u:s3cret%0d%0aX:y@one:1'",
        "proxy = 'http://u:s3cret@one:99999'",
    ] {
        let fixture = Fixture::new().home(&format!("[http]\n{text}\n"));
        let told = way(&fixture);
        assert!(told.contains("/home/u/.cargo/config.toml:2 names cannot be used"), "{told}");
        let shown = format!("{told} {:?} {:?}", http(&fixture), fixture.config());
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    for text in ["proxy = 'http://u:s3cret@one:1' x", "x = { proxy = 'u:s3cret@one:1', y = 1.5 }"] {
        let fixture = Fixture::new().home(&format!("[http]\n{text}\n"));
        let error = CargoConfig::load(&fixture.context, &fixture).unwrap_err();
        assert!(!chain(&error).contains("s3cret"), "{}", chain(&error));
    }
    let fixture = Fixture::new();
    for setting in ["http.proxy = 'u:s3cret@one' x", "http = { proxy = 'u:s3cret@one' }"] {
        let settings = [setting.to_owned()];
        let error = CargoConfig::load_with(&fixture.context, &settings, &fixture).unwrap_err();
        assert!(!chain(&error).contains("s3cret"), "{}", chain(&error));
    }
}
