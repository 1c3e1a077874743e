//! `lockgate policy`: the administrator's ceiling, and which line decides what.

mod network;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use lockgate_broker::{Choice, Context, explain};
use lockgate_core::{Ecosystem, HttpSettings, Operation, Purpose, Registry, escape, escape_lines};
use lockgate_policy::{Ceiling, Decision, NotServed};
use lockgate_registry::docker::login_server;
use lockgate_system::{open_administrator_file, open_regular, policy_file};
use serde_json::{Value, json};

use crate::cargo::{self, choices_of_cargo};
use crate::docker_helper;
use crate::error::CommandError;
use crate::shell::{self, Shell};

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Print the policy in force
    Show {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Check a policy before it is rolled out
    Check {
        /// The file
        file: PathBuf,
    },
    /// Print what a provider could use for a registry, and the lines that decide it
    Explain {
        /// Registry to explain: a name of cargo's, or `oci:SERVER` for a server of docker's
        #[arg(long, value_name = "REGISTRY")]
        registry: Option<String>,
        /// Provider to explain, with its words as in config.toml; without it, those that are asked for
        /// the registry
        #[arg(long, value_name = "PROVIDER")]
        provider: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Runs one of them.
pub(crate) fn run(verb: Verb) -> ExitCode {
    let shell = Shell { quiet: false, verbose: false };
    let done = match verb {
        Verb::Show { json } => show(json),
        Verb::Check { file } => check(&file),
        Verb::Explain { registry, provider, json } => {
            explained(shell, registry.as_deref(), provider, json)
        }
    };
    shell.exit_code(done.map(|()| true))
}

/// What a server of docker's begins with, as in grants and the policy itself.
const SERVER: &str = "oci:";

/// Longest policy that is read: more than the parser takes, so that it says that it is too long.
const MAX_POLICY: u64 = 1 << 20;

/// Prints the policy in force.
fn show(json: bool) -> Result<(), CommandError> {
    let path = policy_file();
    let opened = open_administrator_file(path).map_err(|error| CommandError::from_error(&error))?;
    let text = opened.map(|file| read(file, path)).transpose()?;
    if let Some(text) = &text {
        parse(text, path)?;
    }
    let shown = match (json, &text) {
        (true, text) => shell::to_json(&json!({ "path": path, "policy": text })),
        (false, None) => format!("no policy: there is no {}\n", path.display()),
        (false, Some(text)) => format!("# {}\n{}", path.display(), escape_lines(text)),
    };
    Ok(shell::output(shown.as_bytes())?)
}

/// Checks a policy before it is rolled out.
fn check(path: &Path) -> Result<(), CommandError> {
    let file = open_regular(path).map_err(|error| {
        CommandError::new(format!("`{}` cannot be read: {error}", path.display()))
    })?;
    parse(&read(file, path)?, path)?;
    let said = format!("{}: correct\n", escape(&path.display().to_string()));
    Ok(shell::output(said.as_bytes())?)
}

fn read(file: std::fs::File, path: &Path) -> Result<String, CommandError> {
    let mut text = String::new();
    file.take(MAX_POLICY).read_to_string(&mut text).map_err(|error| {
        CommandError::new(format!("`{}` cannot be read: {error}", path.display()))
    })?;
    Ok(text)
}

fn parse(text: &str, path: &Path) -> Result<Ceiling, CommandError> {
    Ceiling::parse(text, &path.display().to_string())
        .map_err(|error| CommandError::from_error(&error))
}

/// Prints what providers could use for a registry, and the lines that decide it.
fn explained(
    shell: Shell,
    registry: Option<&str>,
    provider: Option<String>,
    json: bool,
) -> Result<(), CommandError> {
    let (context, registry) = meant(shell, registry)?;
    let providers = match provider {
        Some(line) => vec![chosen(&line)?],
        None => asked(shell, &context, &registry)?,
    };
    let mut explained = Vec::new();
    for choice in providers {
        let decided = explain(&context, &registry, &choice)
            .map_err(|error| CommandError::from_error(&error))?;
        explained.push((choice, decided));
    }
    let http = context.machine.http();
    let text = match json {
        true => as_json(&registry, &http, &explained),
        false => as_text(&registry, &http, &explained),
    };
    Ok(shell::output(text.as_bytes())?)
}

/// The registry that is meant, and the configuration of its clients.
fn meant(shell: Shell, named: Option<&str>) -> Result<(Context, Registry), CommandError> {
    if let Some(server) = named.and_then(|named| named.strip_prefix(SERVER)) {
        let registry = Registry::new(Ecosystem::Oci, login_server(Some(server)));
        let registry = registry.map_err(|error| CommandError::from_error(&error))?;
        return Ok((docker_helper::context()?, registry));
    }
    let context = cargo::context()?;
    let registry = cargo::select(shell, &context, named)?;
    Ok((context, registry))
}

/// A provider as config.toml writes it.
fn chosen(line: &str) -> Result<Choice, CommandError> {
    let choice = Choice::of_line(line).map(Choice::trusted);
    choice.ok_or_else(|| CommandError::new("`--provider` names no provider"))
}

/// The providers of the registry, in the order in which they are asked.
fn asked(
    shell: Shell,
    context: &Context,
    registry: &Registry,
) -> Result<Vec<Choice>, CommandError> {
    let choices = match registry.ecosystem() {
        Ecosystem::Oci => context.docker_choices(registry, &Operation::Get(Purpose::Read)).choices,
        _ => choices_of_cargo(shell, context, registry)?,
    };
    Ok(context.machine.asked(registry, &choices))
}

type Explained = (Choice, Result<Vec<Decision>, NotServed>);

fn as_json(registry: &Registry, http: &HttpSettings, explained: &[Explained]) -> String {
    let providers: Vec<Value> = explained
        .iter()
        .map(|(choice, decided)| {
            let provider = &choice.provider;
            json!({
                "provider": provider,
                "arguments": choice.arguments,
                "refused": decided.as_ref().err().map(ToString::to_string),
                "decisions": decided.as_ref().ok().map(|all| {
                    all.iter().map(|one| decision_json(provider, one)).collect::<Vec<_>>()
                }),
            })
        })
        .collect();
    let name = registry.display_name();
    let url = registry.url();
    let http = network::as_json(http);
    shell::to_json(&json!({ "registry": name, "index": url, "http": http, "providers": providers }))
}

fn decision_json(provider: &str, decision: &Decision) -> Value {
    json!({
        "capability": decision.capability,
        "subject": decision.subject,
        "allowed": decision.allowed(),
        "places": places(decision),
        "reason": decision.explain(provider),
    })
}

fn as_text(registry: &Registry, http: &HttpSettings, explained: &[Explained]) -> String {
    let url = escape(registry.url());
    let mut text = match registry.ecosystem() {
        Ecosystem::Oci => format!("server    {url}\n"),
        _ => format!("registry  {}\nindex     {url}\n", escape(registry.display_name())),
    };
    text.push_str(&network::as_text(http));
    for (choice, decided) in explained {
        text.push_str(&format!("\n{}\n", escape(&choice.shown())));
        match decided {
            Err(refused) => {
                text.push_str(&format!("  not asked: {}\n", escape(&refused.to_string())))
            }
            Ok(decisions) => {
                for decision in decisions {
                    text.push_str(&decision_lines(&choice.provider, decision));
                }
            }
        }
    }
    text
}

/// The lines that decided. The built-in providers' grants are their manifests.
fn places(decision: &Decision) -> Vec<String> {
    let mut places: Vec<_> = decision.places.iter().map(ToString::to_string).collect();
    places.dedup();
    places
}

fn decision_lines(provider: &str, decision: &Decision) -> String {
    let state = if decision.allowed() { "allowed" } else { "refused" };
    let places = match places(decision) {
        places if places.is_empty() => "the default".to_owned(),
        places => places.join(", "),
    };
    let mut lines = format!(
        "  {state} {:<12} {}  ({})\n",
        decision.capability,
        escape(&decision.subject),
        escape(&places)
    );
    if let Some(reason) = decision.explain(provider) {
        lines.push_str(&format!("          {}\n", escape(&reason)));
    }
    lines
}
