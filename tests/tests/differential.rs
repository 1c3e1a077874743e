//! The same scenario twice: once with the `cargo:token` inside cargo, once with ours behind
//! `cargo-credential-lockgate`. What differs is in [`DEVIATIONS`], and nothing else does.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::fmt::Write;
use std::sync::LazyLock;

use lockgate_tests::{Access, Home, Output, Server};

const TOKEN: &str = "Bearer differential";
const GREETER: &str = r#"greeter = { version = "1", registry = "corp" }"#;

/// Words on cargo's standard error that are others with a provider outside of cargo. An empty
/// side: words that only the other has.
struct Deviation {
    theirs: &'static str,
    ours: &'static str,
    why: &'static str,
}

const DEVIATIONS: &[Deviation] = &[
    Deviation {
        theirs: "for `corp`, please run `cargo login --registry corp`\n",
        ours: "for `corp`\n",
        why: "cargo's advice depends on the provider's name, and names only its own commands",
    },
    Deviation {
        theirs: "or use environment variable CARGO_REGISTRIES_CORP_TOKEN\n",
        ours: "You may need to log in using this registry's credential provider\n",
        why: "the same",
    },
    Deviation {
        theirs: "please paste the token found on [SERVER]/tokens below\n",
        ours: "",
        why: "a plugin asks on the terminal, and there is none; cargo asks on its standard input",
    },
    Deviation {
        theirs: "please paste the token found on [SERVER]/me below\n",
        ours: "",
        why: "the same",
    },
    Deviation {
        theirs: "  please provide a non-empty token\n",
        ours: "  there is no terminal to ask at; run this in a terminal, or pipe the token to \
               `lockgate cargo login`\n\nCaused by:\n  No such device or address (os error 6)\n",
        why: "the same",
    },
    Deviation {
        theirs: "error: credential provider `cargo:token` failed action",
        ours: "error: credential provider `[ROOT]/bin/cargo-credential-lockgate cargo:token` \
               failed action",
        why: "cargo names the configured words",
    },
    Deviation {
        theirs: "",
        ours: "warning: registry `corp` has a token configured in \
               [ROOT]/user/.cargo/credentials.toml that will be ignored because this registry is \
               configured to use credential-provider `[ROOT]/bin/cargo-credential-lockgate`\n",
        why: "cargo cannot know that this provider reads the file",
    },
    Deviation {
        theirs: "",
        ours: "warning: registry `corp` has a token configured in environment variable \
               `CARGO_REGISTRIES_CORP_TOKEN` that will be ignored because this registry is \
               configured to use credential-provider `[ROOT]/bin/cargo-credential-lockgate`\n",
        why: "the same",
    },
];

/// What one step of the scenario came to.
struct Step {
    name: &'static str,
    code: Option<i32>,
    stdout: String,
    stderr: String,
    /// What the server saw of `Authorization`, in order.
    authorizations: Vec<String>,
    /// cargo's file of tokens, as its values are.
    credentials: String,
}

impl std::fmt::Display for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, stdout, stderr, authorizations, credentials, .. } = self;
        writeln!(formatter, "exit status: {code:?}\nAuthorization: {authorizations:?}")?;
        write!(formatter, "credentials.toml:\n{credentials}stdout:\n{stdout}stderr:\n{stderr}")
    }
}

struct Scenario {
    server: Server,
    home: Home,
    steps: Vec<Step>,
}

impl Scenario {
    fn new(access: Access, ours: bool) -> Self {
        let server = Server::start(access);
        server.accept(&[TOKEN]);
        server.add_package("greeter", "1.0.0");
        let home = Home::new();
        if ours {
            home.configure_ours(&server)
        } else {
            home.configure(&server, &["cargo:token"])
        }
        Self { server, home, steps: Vec::new() }
    }

    fn step(&mut self, name: &'static str, words: &[&str], input: &str) {
        self.step_with(name, words, input, None);
    }

    fn step_with(&mut self, name: &'static str, words: &[&str], input: &str, token: Option<&str>) {
        self.server.forget_requests();
        let run = self.home.cargo(words).stdin(input);
        let run = match token {
            Some(token) => run.env("CARGO_REGISTRIES_CORP_TOKEN", token),
            None => run,
        };
        let Output { status, stdout, stderr, .. } = run.run();
        let credentials = values(&self.home.read_credentials());
        self.steps.push(Step {
            name,
            code: status.code(),
            stdout: self.normal(&stdout),
            stderr: self.normal(&stderr),
            authorizations: self.server.authorizations(),
            credentials,
        });
    }

    /// The text without what differs from run to run: folders, ports and times.
    fn normal(&self, text: &str) -> String {
        let server = format!("http://127.0.0.1:{}", self.server.port());
        let root = self.home.root().display().to_string();
        let text = text.replace(&server, "[SERVER]").replace(&root, "[ROOT]");
        let lines = text.lines().map(|line| match line.split_once(" target(s) in ") {
            Some((start, _)) => format!("{start} target(s) in [TIME]\n"),
            None => format!("{line}\n"),
        });
        lines.collect()
    }

    /// What people do with a registry, and what goes wrong.
    fn play(mut self) -> Vec<Step> {
        let corp = ["--registry", "corp"];
        let login = ["login", corp[0], corp[1]];
        let logout = ["logout", corp[0], corp[1]];
        self.home.write_package("app", GREETER);
        self.step("build without a token", &["build"], "");
        self.step("login with an empty token", &login, "\n");
        self.step("login with a bad token", &login, "caf\u{e9}\n");
        self.step("login with a wrong token", &login, "wrong\n");
        self.step("build with a wrong token", &["build"], "");
        self.step("login", &login, &format!("cargo login {TOKEN} \n"));
        self.step("login with an argument", &[&login[..], &[TOKEN]].concat(), "");
        self.step("build", &["build"], "");
        self.step_with("build with a variable", &["update"], "", Some("from-environment"));
        self.home.write_package("tool", "");
        self.step("publish", &["publish", corp[0], corp[1], "--no-verify"], "");
        let yank = ["yank", corp[0], corp[1], "--version", "0.1.0", "tool"];
        self.step("yank", &yank, "");
        self.step("unyank", &[&yank[..], &["--undo"]].concat(), "");
        self.step("add an owner", &["owner", corp[0], corp[1], "--add", "alice", "tool"], "");
        self.step("list the owners", &["owner", corp[0], corp[1], "--list", "tool"], "");
        self.step("logout", &logout, "");
        self.step("logout again", &logout, "");
        self.step("publish after logout", &["publish", corp[0], corp[1], "--no-verify"], "");
        self.step("yank after logout", &yank, "");
        self.step("login to an unknown registry", &["login", "--registry", "nobody"], "x\n");
        self.step("login with a bad name", &["login", "--registry", "bad name"], "x\n");
        self.steps
    }
}

/// The same values in whatever layout: sorted, one a line.
fn values(toml: &str) -> String {
    let document: toml_edit::DocumentMut = toml.parse().unwrap();
    let mut lines = Vec::new();
    collect("", document.as_table(), &mut lines);
    lines.sort();
    lines.concat()
}

fn collect(path: &str, table: &dyn toml_edit::TableLike, lines: &mut Vec<String>) {
    for (key, item) in table.iter() {
        let path = format!("{path}/{key}");
        match (item.as_table_like(), item.as_str()) {
            (Some(inner), _) => collect(&path, inner, lines),
            (None, Some(text)) => lines.push(format!("{path} = {text:?}\n")),
            (None, None) => lines.push(format!("{path} = {item}\n")),
        }
    }
}

/// Both standard errors without what is allowed to differ.
fn without_deviations(theirs: &str, ours: &str) -> (String, String) {
    let mut sides = (theirs.to_owned(), ours.to_owned());
    for Deviation { theirs, ours, .. } in DEVIATIONS {
        if theirs.is_empty() {
            sides.1 = sides.1.replace(ours, "");
        } else if !sides.1.contains(theirs) {
            sides.0 = sides.0.replace(theirs, ours);
        }
    }
    sides
}

fn same(theirs: &Step, ours: &Step) -> bool {
    let rest = |step: &Step| {
        (step.code, step.stdout.clone(), step.authorizations.clone(), step.credentials.clone())
    };
    let (expected, said) = without_deviations(&theirs.stderr, &ours.stderr);
    rest(theirs) == rest(ours) && expected == said
}

fn play(access: Access) -> (Vec<Step>, Vec<Step>) {
    (Scenario::new(access, false).play(), Scenario::new(access, true).play())
}

/// The scenario by cargo itself and by Lockgate; played once for all tests.
fn both(access: Access) -> &'static (Vec<Step>, Vec<Step>) {
    type Played = LazyLock<(Vec<Step>, Vec<Step>)>;
    static PRIVATE: Played = LazyLock::new(|| play(Access::Private));
    static PUBLIC: Played = LazyLock::new(|| play(Access::Public));
    match access {
        Access::Private => &PRIVATE,
        Access::Public => &PUBLIC,
    }
}

fn compare(access: Access) {
    let (theirs, ours) = both(access);
    assert_eq!(theirs.len(), ours.len());
    let mut differences = String::new();
    for (theirs, ours) in theirs.iter().zip(ours).filter(|(theirs, ours)| !same(theirs, ours)) {
        let name = theirs.name;
        write!(differences, "=== {name}\n--- cargo\n{theirs}--- lockgate\n{ours}").unwrap();
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn a_private_registry_is_served_as_by_cargo_itself() {
    compare(Access::Private);
}

#[test]
fn a_public_registry_is_served_as_by_cargo_itself() {
    compare(Access::Public);
}

#[test]
fn every_deviation_is_still_one() {
    let all = [both(Access::Private), both(Access::Public)];
    let said = |steps: &[Step]| steps.iter().map(|step| step.stderr.as_str()).collect::<String>();
    let theirs: String = all.iter().map(|(theirs, _)| said(theirs)).collect();
    let ours: String = all.iter().map(|(_, ours)| said(ours)).collect();
    for deviation in DEVIATIONS {
        let Deviation { why, .. } = deviation;
        assert!(theirs.contains(deviation.theirs), "cargo's:\n{}\n{why}", deviation.theirs);
        assert!(ours.contains(deviation.ours), "ours:\n{}\n{why}", deviation.ours);
    }
}
