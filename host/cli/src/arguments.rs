//! The command line.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Styles};
use clap::error::{ContextKind, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell as CompletionShell;

use crate::audit;
use crate::cargo;
use crate::docker;
use crate::doctor;
use crate::error::CommandError;
use crate::lock;
use crate::migrate;
use crate::policy;
use crate::provider;
use crate::setup;
use crate::shell::Shell;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// A wrong command line, as cargo reports one, and docker one with too many words.
const CLIENT_USAGE: u8 = 1;
/// A wrong option, as docker reports one.
const DOCKER_USAGE: u8 = 125;
/// A wrong command line elsewhere.
const USAGE: u8 = 2;

/// Runs credential providers as sandboxed WebAssembly components.
#[derive(Parser)]
#[command(
    name = "lockgate",
    version,
    styles = STYLES,
    arg_required_else_help = true,
    after_help = "cargo starts this program with `--cargo-plugin` as its only argument."
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What `cargo login` and `cargo logout` do, and what cargo would be told
    Cargo(Cargo),
    /// What `docker login` and `docker logout` do, and what docker would be told
    Docker {
        #[command(subcommand)]
        verb: docker::Verb,
    },
    /// Install providers, and say what they may do
    Provider {
        #[command(subcommand)]
        verb: provider::Verb,
    },
    /// The administrator's policy, and which line decides what
    Policy {
        #[command(subcommand)]
        verb: policy::Verb,
    },
    /// Point clients at Lockgate, or take that back
    Setup {
        #[command(subcommand)]
        client: setup::Client,
    },
    /// Move what people logged in with from one store to another
    Migrate(migrate::Migrate),
    /// Lock the encrypted store, so that its passphrase is asked for again
    Lock,
    /// Look at what is there, what works, and say what to do about the rest
    Doctor {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show what was decided and answered, and check that nobody changed the record
    Audit {
        #[command(subcommand)]
        verb: audit::Verb,
    },
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: CompletionShell,
    },
    /// Print the manual page, or that of a command, for `man`
    Manual {
        /// The command, such as `cargo login`
        command: Vec<String>,
    },
}

#[derive(Args)]
struct Cargo {
    /// Refused, as cargo's stable channel does
    #[arg(short = 'C', value_name = "DIRECTORY", hide = true)]
    directory: Option<OsString>,
    #[command(flatten)]
    options: cargo::Options,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Log in to a registry
    Login {
        #[command(flatten)]
        options: cargo::Options,
        /// Registry to use
        #[arg(long, value_name = "REGISTRY")]
        registry: Option<String>,
        /// The token; anybody on the machine can read it there, so give it on standard input
        #[arg(hide = true)]
        token: Option<String>,
        /// Additional arguments for the credential provider
        #[arg(last = true, num_args = 0.., value_name = "args")]
        args: Vec<String>,
    },
    /// Remove the token of a registry from this machine
    Logout {
        #[command(flatten)]
        options: cargo::Options,
        /// Registry to use
        #[arg(long, value_name = "REGISTRY")]
        registry: Option<String>,
    },
    /// Show which provider answers for a registry, from where and for how long
    Token {
        #[command(flatten)]
        options: cargo::Options,
        /// Registry to use
        #[arg(long, value_name = "REGISTRY")]
        registry: Option<String>,
        /// Print the token itself, and nothing else
        #[arg(long)]
        reveal: bool,
        /// Forget the answers that are kept for this registry, and ask anew
        #[arg(long)]
        refresh: bool,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// List every registry with its index and its providers, in the order in which they are asked
    Registries {
        #[command(flatten)]
        options: cargo::Options,
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
}

/// Parses and runs a command line.
pub(crate) fn run(arguments: Vec<OsString>) -> ExitCode {
    let client = arguments.get(1).and_then(|word| word.to_str()).unwrap_or_default().to_owned();
    match CommandLine::try_parse_from(arguments) {
        Ok(CommandLine { command: Command::Cargo(cargo) }) => run_cargo(cargo),
        Ok(CommandLine { command: Command::Docker { verb } }) => docker::run(verb),
        Ok(CommandLine { command: Command::Provider { verb } }) => provider::run(verb),
        Ok(CommandLine { command: Command::Audit { verb } }) => audit::run(verb),
        Ok(CommandLine { command: Command::Policy { verb } }) => policy::run(verb),
        Ok(CommandLine { command: Command::Setup { client } }) => setup::run(&client),
        Ok(CommandLine { command: Command::Migrate(migrate) }) => migrate::run(&migrate),
        Ok(CommandLine { command: Command::Lock }) => lock::run(),
        Ok(CommandLine { command: Command::Doctor { json } }) => doctor::run(json),
        Ok(CommandLine { command: Command::Completions { shell } }) => completions(shell),
        Ok(CommandLine { command: Command::Manual { command } }) => manual(&command),
        Err(error) => usage(&error, &client),
    }
}

/// Help and version are answers; everything else is a wrong command line.
fn usage(error: &clap::Error, client: &str) -> ExitCode {
    // If nobody reads it there is nobody to tell.
    let _ = error.print();
    match (error.use_stderr(), client) {
        (false, _) => ExitCode::SUCCESS,
        (true, "docker") if is_option(error) => ExitCode::from(DOCKER_USAGE),
        (true, "cargo" | "docker") => ExitCode::from(CLIENT_USAGE),
        (true, _) => ExitCode::from(USAGE),
    }
}

/// Whether an option is wrong, and not the number of words.
fn is_option(error: &clap::Error) -> bool {
    let value = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    value.starts_with('-')
}

fn completions(shell: CompletionShell) -> ExitCode {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "lockgate", &mut text);
    print(&text)
}

fn manual(words: &[String]) -> ExitCode {
    let mut command = CommandLine::command();
    command.build();
    for word in words {
        match command.find_subcommand(word) {
            Some(below) => command = below.clone(),
            None => {
                let message = format!("there is no command `{word}`");
                return usage(&command.error(ErrorKind::InvalidSubcommand, message), "");
            }
        }
    }
    let mut text = Vec::new();
    match clap_mangen::Man::new(command).render(&mut text) {
        Ok(()) => print(&text),
        Err(_) => ExitCode::FAILURE,
    }
}

fn print(text: &[u8]) -> ExitCode {
    match crate::shell::output(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run_cargo(arguments: Cargo) -> ExitCode {
    let Cargo { directory, options, verb } = arguments;
    if directory.is_some() {
        let message = "the `-C` flag is unstable, pass `-Z unstable-options` on the nightly channel \
                       to enable it";
        return failed(Shell { quiet: false, verbose: false }, &CommandError::new(message));
    }
    let json = verb.is_for_programs();
    let (options, verb) = verb.run_with(options);
    let session = match options.open() {
        Ok(session) => session,
        Err((shell, error)) => {
            if json {
                print(cargo::problem(&error).as_bytes());
            }
            return failed(shell, &error);
        }
    };
    let shell = session.shell;
    match verb(session) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(shell, &error),
    }
}

fn failed(shell: Shell, error: &CommandError) -> ExitCode {
    error.show(shell);
    ExitCode::from(cargo::FAILED)
}

type Run = Box<dyn FnOnce(cargo::Session) -> Result<(), CommandError>>;

impl Verb {
    /// Whether a program reads the answer, which then is JSON also where there is none.
    fn is_for_programs(&self) -> bool {
        matches!(self, Self::Token { json: true, .. } | Self::Registries { json: true, .. })
    }

    /// All options, those before the verb and those behind it, and what is to be done with them.
    fn run_with(self, before: cargo::Options) -> (cargo::Options, Run) {
        match self {
            Self::Login { options, registry, token, args } => (
                before.and(options),
                Box::new(move |session| cargo::login(session, registry.as_deref(), token, args)),
            ),
            Self::Logout { options, registry } => (
                before.and(options),
                Box::new(move |session| cargo::logout(session, registry.as_deref())),
            ),
            Self::Token { options, registry, reveal, refresh, json } => {
                let asked = cargo::Asked { registry, reveal, refresh, json };
                (before.and(options), Box::new(move |session| cargo::token(session, &asked)))
            }
            Self::Registries { options, json } => {
                (before.and(options), Box::new(move |session| cargo::registries(session, json)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CommandLine;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
