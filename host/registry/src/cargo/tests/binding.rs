use std::collections::BTreeMap;

use lockgate_core::CRATES_IO_INDEX;

use super::fixture::{Fixture, registry};
use crate::cargo::{BindingError, CredentialTable, TokenBinding};

const U: &str = "https://u/";

/// One case: who says what, who asks, and where the token may be: `variable; tables`, or `error`.
struct Case {
    home: &'static str,
    project: &'static str,
    variables: &'static [(&'static str, &'static str)],
    recorded: &'static [(&'static str, &'static str)],
    asked: (Option<&'static str>, &'static str),
    read: &'static str,
    login: &'static str,
}

const NOTHING: Case = Case {
    home: "",
    project: "",
    variables: &[],
    recorded: &[],
    asked: (Some("n"), U),
    read: "",
    login: "",
};

fn shown(binding: Result<TokenBinding, BindingError>) -> String {
    match binding {
        Ok(binding) => {
            let tables: Vec<_> = binding
                .tables
                .iter()
                .map(|table| match table {
                    CredentialTable::CratesIo => "[registry]",
                    CredentialTable::Named(name) => name,
                })
                .collect();
            let variable = binding.variable.unwrap_or_default();
            format!("{}; {}", variable.trim_start_matches("CARGO_REGISTRIES_"), tables.join(" "))
        }
        Err(BindingError::OtherIndex(other)) => {
            format!("other: {} ({})", other.given, other.given_by)
        }
        Err(error) => error.to_string().split(':').next().unwrap_or_default().to_owned(),
    }
}

fn check(case: &Case) {
    let mut fixture = Fixture::new().home(case.home).project(case.project);
    for (name, value) in case.variables {
        fixture = fixture.variable(name, value);
    }
    let recorded: BTreeMap<_, _> =
        case.recorded.iter().map(|(n, u)| ((*n).to_owned(), (*u).to_owned())).collect();
    let asked = registry(case.asked.0, case.asked.1);
    let config = fixture.config();
    let label = format!("{:?} {} {} {:?}", case.asked, case.home, case.project, case.recorded);
    assert_eq!(shown(config.binding(&asked, &recorded)), case.read, "{label}");
    assert_eq!(shown(config.binding_for_login(&asked, &recorded)), case.login, "login {label}");
}

#[test]
fn trusted_names() {
    let home = "registries.n.index = 'https://u/'";
    for case in [
        Case { home, read: "N_TOKEN; n", login: "N_TOKEN; n", ..NOTHING },
        // The client's name does not count, the URL does.
        Case { home, asked: (Some("x"), U), read: "N_TOKEN; n", login: "N_TOKEN; n", ..NOTHING },
        Case { home, asked: (None, U), read: "N_TOKEN; n", login: "N_TOKEN; n", ..NOTHING },
        Case {
            home: "registries.n.index = 'https://U:443'",
            read: "N_TOKEN; n",
            login: "N_TOKEN; n",
            ..NOTHING
        },
        // The same for cargo's comparison, yet another URL.
        Case {
            home: "registries.n.index = 'https://u/i.git'",
            asked: (Some("n"), "https://u/i"),
            read: "other: https://u/i.git (/home/u/.cargo/config.toml:1)",
            login: "other: https://u/i.git (/home/u/.cargo/config.toml:1)",
            ..NOTHING
        },
        Case {
            home: "registries.n.index = 'https://u/'\nregistries.m.index = 'https://u'",
            read: "multiple registries are configured with the same index url 'https",
            login: "multiple registries are configured with the same index url 'https",
            ..NOTHING
        },
        // A project cannot make the user's names ambiguous.
        Case {
            home,
            project: "registries.m.index = 'https://u/'",
            asked: (Some("m"), U),
            read: "N_TOKEN; n",
            login: "N_TOKEN; n",
            ..NOTHING
        },
        // The user's configuration outranks an older login.
        Case {
            home,
            recorded: &[("n", "https://old/")],
            read: "N_TOKEN; n",
            login: "N_TOKEN; n",
            ..NOTHING
        },
    ] {
        check(&case);
    }
}

#[test]
fn names_from_variables() {
    let variables = &[("CARGO_REGISTRIES_MY_REG_INDEX", U)];
    for case in [
        Case {
            variables,
            asked: (Some("my-reg"), U),
            read: "MY_REG_TOKEN; my-reg my_reg",
            login: "MY_REG_TOKEN; my-reg my_reg",
            ..NOTHING
        },
        Case {
            variables,
            asked: (None, U),
            read: "MY_REG_TOKEN; my_reg",
            login: "MY_REG_TOKEN; my_reg",
            ..NOTHING
        },
        Case {
            variables,
            asked: (Some("other"), U),
            read: "MY_REG_TOKEN; my_reg",
            login: "MY_REG_TOKEN; my_reg",
            ..NOTHING
        },
        // The table of the written name belongs to another index.
        Case {
            home: "registries.my-reg.index = 'https://home/'",
            variables,
            asked: (Some("my-reg"), U),
            read: "MY_REG_TOKEN; my_reg",
            login: "MY_REG_TOKEN; my_reg",
            ..NOTHING
        },
        Case {
            variables,
            recorded: &[("my-reg", "https://old/")],
            asked: (Some("my-reg"), U),
            read: "MY_REG_TOKEN; my_reg",
            login: "MY_REG_TOKEN; my_reg",
            ..NOTHING
        },
        // Variables hide the names of files, as in cargo.
        Case {
            home: "registries.n.index = 'https://u/'",
            variables,
            read: "MY_REG_TOKEN; my_reg",
            login: "MY_REG_TOKEN; my_reg",
            ..NOTHING
        },
        Case {
            variables: &[("CARGO_REGISTRIES_MY_REG_INDEX", U), ("CARGO_REGISTRIES_B_INDEX", U)],
            read: "multiple registries are configured with the same index url 'https",
            login: "multiple registries are configured with the same index url 'https",
            ..NOTHING
        },
    ] {
        check(&case);
    }
}

#[test]
fn names_that_only_a_project_or_the_client_gives() {
    let project = "registries.n.index = 'https://u/'";
    for case in [
        Case { project, read: "N_TOKEN; ", login: "N_TOKEN; n", ..NOTHING },
        Case { project, asked: (None, U), read: "N_TOKEN; ", login: "N_TOKEN; n", ..NOTHING },
        Case { read: "N_TOKEN; ", login: "N_TOKEN; n", ..NOTHING },
        Case { asked: (None, U), read: "; ", login: "; ", ..NOTHING },
        Case { asked: (Some("not a name"), U), read: "; ", login: "; ", ..NOTHING },
        // A login was recorded.
        Case { project, recorded: &[("n", U)], read: "N_TOKEN; n", login: "N_TOKEN; n", ..NOTHING },
        Case {
            recorded: &[("a", U), ("n", U)],
            read: "N_TOKEN; n a",
            login: "N_TOKEN; n a",
            ..NOTHING
        },
        Case {
            recorded: &[("my-n", U), ("my_n", "https://v/")],
            asked: (Some("my-n"), U),
            read: "; my-n",
            login: "; my-n",
            ..NOTHING
        },
        // A record is for its very URL.
        Case {
            project,
            recorded: &[("n", "https://u")],
            read: "other: https://u (a login on record)",
            login: "other: https://u (a login on record)",
            ..NOTHING
        },
        // The user gives the name another index, whatever was recorded.
        Case {
            home: "registries.n.index = 'https://v/'",
            project,
            recorded: &[("n", U)],
            read: "other: https://v/ (/home/u/.cargo/config.toml:1)",
            login: "other: https://v/ (/home/u/.cargo/config.toml:1)",
            ..NOTHING
        },
        Case {
            variables: &[("CARGO_REGISTRIES_N_INDEX", "https://v/")],
            read: "other: https://v/ (environment variable `CARGO_REGISTRIES_N_INDEX`)",
            login: "other: https://v/ (environment variable `CARGO_REGISTRIES_N_INDEX`)",
            ..NOTHING
        },
        // An index that cannot be read still contradicts.
        Case {
            home: "registries.n.index = 'v'",
            read: "other: a URL that cannot be read (/home/u/.cargo/config.toml:1)",
            login: "other: a URL that cannot be read (/home/u/.cargo/config.toml:1)",
            ..NOTHING
        },
        Case {
            asked: (Some("crates-io"), U),
            read: "other: https://github.com/rust-lang/crates.io-index (cargo itself)",
            login: "other: https://github.com/rust-lang/crates.io-index (cargo itself)",
            ..NOTHING
        },
    ] {
        check(&case);
    }
}

#[test]
fn crates_io_is_known_by_its_url_alone() {
    for url in [CRATES_IO_INDEX, "sparse+https://index.crates.io/"] {
        let asked = registry(Some("m"), url);
        let fixture = Fixture::new().home("[registry]\ntoken = 's3cret'\n");
        let binding = fixture.config().binding(&asked, &BTreeMap::new()).unwrap();
        assert_eq!(binding.variable.as_deref(), Some("CARGO_REGISTRY_TOKEN"));
        assert_eq!(binding.tables, [CredentialTable::CratesIo]);
        let (token, place) = binding.config_token.unwrap();
        assert_eq!(token.expose_text(), Some("s3cret"));
        assert_eq!(place.to_string(), "/home/u/.cargo/config.toml:2");
    }
    let near = registry(Some("m"), "https://github.com/rust-lang/crates.io-index/");
    let binding = Fixture::new().config().binding(&near, &BTreeMap::new()).unwrap();
    assert_eq!(binding.variable.as_deref(), Some("CARGO_REGISTRIES_M_TOKEN"));
}

#[test]
fn a_token_of_the_users_file_needs_an_index_or_a_login() {
    let fixture = Fixture::new().home("registries.n.token = 's3cret'");
    let config = fixture.config();
    let asked = registry(Some("n"), U);
    let token = |recorded: BTreeMap<String, String>| {
        config.binding(&asked, &recorded).unwrap().config_token.is_some()
    };
    assert!(!token(BTreeMap::new()));
    assert!(token(BTreeMap::from([("n".to_owned(), U.to_owned())])));
}

#[test]
fn an_administrator_may_require_that_the_user_names_the_index() {
    let unnamed = || {
        let project = Fixture::new().project("registries.n.index = 'https://u/'");
        project.config()
    };
    let recorded = BTreeMap::new();
    let asked = registry(Some("n"), U);
    let mut config = unnamed();
    assert_eq!(shown(config.binding(&asked, &recorded)), "N_TOKEN; ", "the twin");
    config.require_pinned_indexes();
    let error = config.binding(&asked, &recorded).unwrap_err().to_string();
    assert!(error.contains("only the project gives one to `n`"), "{error}");
    let login = shown(config.binding_for_login(&asked, &recorded));
    assert_eq!(login, "N_TOKEN; n", "a person who logs in decides, and it is recorded");
    let mut trusted = Fixture::new().home("registries.n.index = 'https://u/'").config();
    trusted.require_pinned_indexes();
    assert_eq!(shown(trusted.binding(&asked, &recorded)), "N_TOKEN; n");
}
