//! The options that every one of cargo's commands has, before and after its verb.

use anstream::ColorChoice;
use clap::{Args, ValueEnum};
use lockgate_broker::{Connection, Context};
use lockgate_registry::cargo::{Colour, Terminal};

use crate::error::CommandError;
use crate::shell::Shell;

/// The options of one place.
#[derive(Args)]
pub(crate) struct Options {
    /// Use verbose output: also what providers print
    #[arg(short, long, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Do not print status words and warnings
    #[arg(short, long)]
    quiet: bool,
    /// Coloring
    #[arg(long, value_name = "WHEN")]
    color: Option<When>,
    /// Override a value of cargo's configuration, or add a file to it
    #[arg(long, value_name = "KEY=VALUE|PATH")]
    config: Vec<String>,
    /// Refused, as cargo's stable channel does
    #[arg(short = 'Z', value_name = "FLAG")]
    unstable: Vec<String>,
    /// Without effect, as in cargo's own command
    #[arg(long, help_heading = "Manifest Options")]
    locked: bool,
    /// Run without asking the registry
    #[arg(long, help_heading = "Manifest Options")]
    offline: bool,
    /// The same as both --locked and --offline
    #[arg(long, help_heading = "Manifest Options")]
    frozen: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// What a command runs with.
pub(crate) struct Session {
    /// What the person wants to see.
    pub(crate) shell: Shell,
    /// The configuration that holds here.
    pub(crate) context: Context,
    /// Whether a registry may be asked, as far as the options say.
    pub(crate) connection: Connection,
}

impl Options {
    /// These, which stand before the verb, and those behind it, which count more.
    pub(crate) fn and(mut self, after: Self) -> Self {
        self.config.extend(after.config);
        self.unstable.extend(after.unstable);
        Self {
            verbose: self.verbose.saturating_add(after.verbose),
            quiet: self.quiet || after.quiet,
            color: after.color.or(self.color),
            locked: self.locked || after.locked,
            offline: self.offline || after.offline,
            frozen: self.frozen || after.frozen,
            ..self
        }
    }

    /// Reads the configuration under these options, which may themselves say how errors are told.
    ///
    /// # Errors
    /// What is wrong with the options or the configuration.
    pub(crate) fn open(self) -> Result<Session, (Shell, CommandError)> {
        let shell = Shell { quiet: self.quiet, verbose: self.verbose > 0 };
        Shell::choose_colour(self.color.map(When::choice).or_else(colour_of_cargo));
        let failed = |error| (shell, error);
        self.check().map_err(failed)?;
        let context =
            super::context_with(&self.config).map_err(CommandError::from).map_err(failed)?;
        let terminal = context.cargo.terminal();
        let terminal =
            terminal.map_err(|error| CommandError::from_error(&error)).map_err(failed)?;
        Ok(Session { shell: self.shell(terminal), context, connection: self.connection() })
    }

    fn connection(&self) -> Connection {
        match (self.frozen, self.offline) {
            (true, _) => Connection::Frozen,
            (false, true) => Connection::Offline,
            (false, false) => Connection::Online,
        }
    }

    fn check(&self) -> Result<(), CommandError> {
        let refuse = |message: &str| Err(CommandError::new(message));
        if self.verbose > 0 && self.quiet {
            return refuse("cannot set both --verbose and --quiet");
        }
        if !self.unstable.is_empty() {
            return refuse(
                "the `-Z` flag is only accepted on the nightly channel of Cargo, but this is the \
                 `stable` channel\nSee https://doc.rust-lang.org/book/appendix-07-nightly-rust.html \
                 for more information about Rust release channels.",
            );
        }
        Ok(())
    }

    fn shell(&self, configured: Terminal) -> Shell {
        if self.color.is_none() {
            Shell::choose_colour(configured.colour.map(choice));
        }
        match (self.verbose > 0, self.quiet) {
            (false, false) => Shell { quiet: configured.quiet, verbose: configured.verbose },
            (verbose, quiet) => Shell { quiet, verbose },
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

fn choice(colour: Colour) -> ColorChoice {
    match colour {
        Colour::Auto => ColorChoice::Auto,
        Colour::Always => ColorChoice::Always,
        Colour::Never => ColorChoice::Never,
    }
}

/// cargo's own variable, which outranks `NO_COLOR` as it does in cargo.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
fn colour_of_cargo() -> Option<ColorChoice> {
    let value = std::env::var_os("CARGO_TERM_COLOR")?;
    When::from_str(value.to_str()?, false).ok().map(When::choice)
}
