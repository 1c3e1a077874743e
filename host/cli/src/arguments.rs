//! The command line.

use std::ffi::OsString;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::builder::styling::{AnsiColor, Styles};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell as CompletionShell;

use crate::audit;
use crate::cargo;
use crate::doctor;
use crate::policy;
use crate::provider;
use crate::shell::Shell;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// A wrong command line, as cargo and docker report one.
const CLIENT_USAGE: u8 = 1;
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
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: Verb,
}

/// The options that stand before or after the verb, as in cargo.
#[derive(Args)]
struct Common {
    /// Use verbose output: also what providers print
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Do not print status words and warnings
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Coloring
    #[arg(long, global = true, value_name = "WHEN")]
    color: Option<When>,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Verb {
    /// Log in to a registry
    Login {
        /// Registry to use
        #[arg(long, value_name = "REGISTRY")]
        registry: Option<String>,
        /// The token; anybody on the machine can read it there, so give it on standard input
        #[arg(hide = true)]
        token: Option<String>,
        /// Additional arguments for the credential provider
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Remove the token of a registry from this machine
    Logout {
        /// Registry to use
        #[arg(long, value_name = "REGISTRY")]
        registry: Option<String>,
    },
    /// Show which provider answers for a registry, from where and for how long
    Token {
        /// Registry to use
        #[arg(long, value_name = "REGISTRY")]
        registry: Option<String>,
        /// Print the token itself, and nothing else
        #[arg(long)]
        reveal: bool,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// List every registry with its index and its providers, in the order in which they are asked
    Registries {
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
}

/// Parses and runs a command line.
pub(crate) fn run(arguments: Vec<OsString>) -> ExitCode {
    let for_client = arguments.get(1).is_some_and(|word| word == "cargo");
    match CommandLine::try_parse_from(arguments) {
        Ok(CommandLine { command: Command::Cargo(cargo) }) => run_cargo(cargo),
        Ok(CommandLine { command: Command::Provider { verb } }) => provider::run(verb),
        Ok(CommandLine { command: Command::Audit { verb } }) => audit::run(verb),
        Ok(CommandLine { command: Command::Policy { verb } }) => policy::run(verb),
        Ok(CommandLine { command: Command::Doctor { json } }) => doctor::run(json),
        Ok(CommandLine { command: Command::Completions { shell } }) => completions(shell),
        Ok(CommandLine { command: Command::Manual { command } }) => manual(&command),
        Err(error) => usage(&error, for_client),
    }
}

/// Help and version are answers; everything else is a wrong command line.
fn usage(error: &clap::Error, for_client: bool) -> ExitCode {
    // If nobody reads it there is nobody to tell.
    let _ = error.print();
    match (error.use_stderr(), for_client) {
        (false, _) => ExitCode::SUCCESS,
        (true, true) => ExitCode::from(CLIENT_USAGE),
        (true, false) => ExitCode::from(USAGE),
    }
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
                return usage(&command.error(ErrorKind::InvalidSubcommand, message), false);
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
    let Common { verbose, quiet, color } = arguments.common;
    Shell::choose_colour(color.map(When::choice).or_else(colour_of_cargo));
    let shell = Shell { quiet, verbose: verbose > 0 };
    let done = match arguments.verb {
        Verb::Login { registry, token, args } => {
            cargo::login(shell, registry.as_deref(), token, args)
        }
        Verb::Logout { registry } => cargo::logout(shell, registry.as_deref()),
        Verb::Token { registry, reveal, json } => {
            cargo::token(shell, registry.as_deref(), reveal, json)
        }
        Verb::Registries { json } => cargo::registries(shell, json),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.show(shell);
            ExitCode::from(cargo::FAILED)
        }
    }
}

impl When {
    fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

/// cargo's own variable, which outranks `NO_COLOR` as it does in cargo.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
fn colour_of_cargo() -> Option<ColorChoice> {
    let value = std::env::var_os("CARGO_TERM_COLOR")?;
    When::from_str(value.to_str()?, false).ok().map(When::choice)
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
