//! `lockgate docker`: docker's own commands, and what docker would be told.

mod get;
mod grant;
mod list;
mod login;
mod logout;
mod options;
mod place;
mod prompt;
mod requests;

use std::process::ExitCode;

use clap::Subcommand;
use lockgate_core::escape_lines;

use crate::error::CommandError;
use crate::shell::{Shell, to_stderr};

/// What is told beside docker's own words.
const SHELL: Shell = Shell { quiet: false, verbose: false };

/// docker's words where its configuration is not what decides.
const VARIABLE_WARNING: &str = "WARNING: DOCKER_AUTH_CONFIG is set and takes precedence.\n\
     Unset DOCKER_AUTH_CONFIG to restore the CLI auth behaviour.\n";

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Authenticate to a registry, and keep the login where docker would
    Login(options::Login),
    /// Log out from a registry, and forget what is kept for it
    Logout {
        /// The registry's server; Docker Hub without it
        server: Option<String>,
    },
    /// Show what docker and Lockgate have for a server, from where and why
    Get {
        /// The server, as docker names it; `docker.io` is Docker Hub
        server: String,
        /// Print the password or token itself, and nothing else
        #[arg(long)]
        reveal: bool,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// List the servers and users that there are credentials for
    List {
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
}

/// Runs a command. 1 if it failed, as in docker.
pub(crate) fn run(verb: Verb) -> ExitCode {
    let done = match verb {
        Verb::Login(login) => login::login(login),
        Verb::Logout { server } => logout::logout(server.as_deref()),
        Verb::Get { server, reveal, json } => {
            return SHELL.exit_code(get::get(&server, reveal, json).map(|()| true));
        }
        Verb::List { json } => return SHELL.exit_code(list::list(json).map(|()| true)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // docker puts nothing before it.
            to_stderr(&format!("{}\n", in_one_line(error)));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes as docker writes one. Parts of it are others' words.
fn in_one_line(error: CommandError) -> String {
    joined(&error.messages())
}

fn joined(messages: &[String]) -> String {
    escape_lines(&messages.join(": "))
}
