//! The jobs of docs/ci.md, as they stand there: no file but the project's, only variables.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::fs;

use lockgate_tests::docs::blocks;
use lockgate_tests::guests::Guest;
use lockgate_tests::sign_on::TOKEN;
use lockgate_tests::{Access, Home, Output, Run, Server, SignOn};

const PAGE: &str = include_str!("../../docs/ci.md");
const IDENTITY: &str = "identity-of-the-job-3b7d";

/// A runner on which nothing is but the project that is to be built, and a registry.
struct Job {
    home: Home,
    registry: Server,
}

impl Job {
    fn new() -> Self {
        let (home, registry) = (Home::new(), Server::start(Access::Private));
        registry.accept(&[TOKEN]);
        registry.add_package("greeter", "1.0.0");
        home.write_package("app", r#"greeter = { version = "1", registry = "corp" }"#);
        for folder in [home.user(), home.lockgate_home()] {
            fs::remove_dir_all(folder).unwrap();
        }
        fs::create_dir(home.user()).unwrap();
        Self { home, registry }
    }

    /// A command of the page, with this machine's registry in the place of the company's.
    fn command(&self, command: &str) -> Run {
        let command = self.here(command);
        let run = self.home.run("/bin/bash").args(["-c", &command]);
        run.without_env("CARGO_HOME").without_env("LOCKGATE_HOME")
    }

    fn here(&self, text: &str) -> String {
        let index = self.registry.index_url();
        let host = index.trim_end_matches("index/");
        text.replace("sparse+https://cargo.corp.example/", host)
    }

    /// `cargo build --locked`, in a project with its lock file.
    fn build(&self, prepare: impl Fn(Run) -> Run) -> Output {
        if !self.home.project().join("Cargo.lock").exists() {
            let lock = prepare(self.command("cargo generate-lockfile"));
            let _ = lock.run().succeeds();
            self.registry.forget_requests();
        }
        prepare(self.command("cargo build --locked")).run()
    }

    fn files_with(&self, secret: &str) -> Vec<String> {
        let mut files = self.home.files();
        files.retain(|(_, content)| String::from_utf8_lossy(content).contains(secret));
        files.into_iter().map(|(path, _)| path.display().to_string()).collect()
    }
}

/// The variables of the page's job.
fn variables() -> Vec<(String, String)> {
    let page = blocks(PAGE);
    let job = page.iter().find(|block| block.kind == "yaml").unwrap();
    assert!(job.lines.contains(&"  - run: cargo build --locked"), "the job builds");
    let variables = job.lines.iter().filter_map(|line| line.strip_prefix("  ")?.split_once(": "));
    let variables = variables.filter(|(name, _)| !name.starts_with('-'));
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn a_job_without_any_file_builds_with_its_variables() {
    let job = Job::new();
    let with = |token: &'static str| {
        let set: Vec<_> = variables()
            .into_iter()
            .map(|(name, value)| {
                (name, job.here(&value).replace("${{ secrets.CORP_TOKEN }}", token))
            })
            .collect();
        assert_eq!(set.len(), 3, "{set:?}");
        move |run: Run| set.iter().fold(run, |run, (name, value)| run.env(name, value))
    };
    let _ = job.build(with(TOKEN)).succeeds().nowhere_has(TOKEN);
    assert!(job.registry.authorizations().iter().all(|token| token == TOKEN));
    assert!(!job.registry.authorizations().is_empty());
    assert_eq!(job.files_with(TOKEN), [""; 0]);
    let asked = job.command("lockgate cargo token --registry corp");
    let asked = with(TOKEN)(asked).run().succeeds().nowhere_has(TOKEN);
    let _ = asked.shows("CARGO_REGISTRIES_CORP_TOKEN");
    // The twin: without the right token the registry does not answer.
    fs::remove_dir_all(job.home.user()).unwrap();
    fs::create_dir(job.home.user()).unwrap();
    let _ = job.build(with("another")).exits_with(101);
}

#[test]
fn a_job_exchanges_its_identity_with_what_it_grants_by_name() {
    let (job, sign_on) = (Job::new(), SignOn::start());
    let component = Guest::named("courier").component_asking_for_port(sign_on.port);
    fs::write(job.home.project().join("corp-sso.wasm"), component).unwrap();
    let page = blocks(PAGE);
    let steps: Vec<_> = page.iter().filter(|block| block.kind == "console").collect();
    let steps = steps.first().unwrap().steps();
    let [install, export, build] = &steps[..] else { panic!("{} commands", steps.len()) };
    assert_eq!(build.command, "cargo build --locked");
    let sso = format!("http://127.0.0.1:{}", sign_on.port);
    let here = |text: &str| text.replace("https://sso.corp.example", &sso);

    let install = format!("{} --as corp-sso", here(&install.command));
    let less = install.lines().filter(|line| !line.contains("registries=")).collect::<Vec<_>>();
    let index = variables().into_iter().find(|(name, _)| name.ends_with("_INDEX")).unwrap();
    let (_, provider) = export.command.strip_prefix("export ").unwrap().split_once('=').unwrap();
    let with = |run: Run| {
        run.env(&index.0, job.here(&index.1))
            .env("CARGO_REGISTRIES_CORP_CREDENTIAL_PROVIDER", here(provider.trim_matches('\'')))
            .env("CI_JOB_JWT", IDENTITY)
    };
    assert!(export.command.contains("CARGO_REGISTRIES_CORP_CREDENTIAL_PROVIDER="));
    let _ = job.command(&install).run().succeeds();
    let _ = job.build(with).succeeds().nowhere_has(TOKEN).nowhere_has(IDENTITY);
    assert!(job.registry.authorizations().iter().all(|token| token == TOKEN));
    assert!(!job.registry.authorizations().is_empty());
    for secret in [TOKEN, IDENTITY] {
        assert_eq!(job.files_with(secret), [""; 0]);
    }
    // The twin: one grant less, and it is not asked.
    fs::remove_dir_all(job.home.user()).unwrap();
    fs::create_dir(job.home.user()).unwrap();
    let _ = job.command(&less.join("\n")).run().succeeds();
    let _ = job.build(with).exits_with(101);
}
