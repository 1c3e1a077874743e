//! What people read: on standard error, in cargo's words and layout.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use lockgate_core::{escape_json, escape_lines};

const STATUS: Style = AnsiColor::BrightGreen.on_default().bold();
const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTE: Style = AnsiColor::BrightGreen.on_default().bold();

/// Standard error, with what the person wants to see of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shell {
    /// Neither status words nor warnings.
    pub(crate) quiet: bool,
    /// Also what providers print.
    pub(crate) verbose: bool,
}

impl Shell {
    /// Colour by the client's own switch, else on a terminal and never with `NO_COLOR`.
    pub(crate) fn choose_colour(choice: Option<ColorChoice>) {
        if let Some(choice) = choice {
            choice.write_global();
        }
    }

    /// A status word in cargo's column.
    pub(crate) fn status(self, word: &str, message: &str) {
        if !self.quiet {
            line(&format!("{STATUS}{word:>12}{STATUS:#} {}", escape_lines(message)));
        }
    }

    pub(crate) fn warning(self, message: &str) {
        if !self.quiet {
            line(&format!("{WARNING}warning{WARNING:#}: {}", escape_lines(message)));
        }
    }

    /// A note that is told even to those who want quiet, as cargo does at a logout.
    pub(crate) fn note(self, message: &str) {
        line(&format!("{NOTE}note{NOTE:#}: {}", escape_lines(message)));
    }

    /// What a person can do about an error, behind it.
    pub(crate) fn help(self, message: &str) {
        line(&format!("\n{NOTE}help{NOTE:#}: {}", escape_lines(message)));
    }

    /// What a provider printed.
    pub(crate) fn printed_by(self, provider: &str, text: &str) {
        if self.verbose {
            for printed in text.lines() {
                let printed = lockgate_core::escape(printed);
                line(&format!("{NOTE}{}{NOTE:#}: {printed}", lockgate_core::escape(provider)));
            }
        }
    }

    /// The exit status of a command that is not cargo's: 1 if it failed, or found what it was to
    /// find.
    pub(crate) fn exit_code(self, done: Result<bool, crate::error::CommandError>) -> ExitCode {
        match done {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                error.show(self);
                ExitCode::FAILURE
            }
        }
    }

    /// An error with its causes, in cargo's layout.
    pub(crate) fn error(self, message: &str, causes: &[String]) {
        line(&format!("{ERROR}error{ERROR:#}: {}", escape_lines(message)));
        for cause in causes {
            line("\nCaused by:");
            for text in escape_lines(cause).lines() {
                line(&format!("  {text}"));
            }
        }
    }
}

/// Text for a person on standard error, where standard output is for a program.
pub(crate) fn to_stderr(text: &str) {
    let _ = write!(anstream::stderr(), "{text}");
}

/// A line on standard error. If nobody reads it there is nobody to tell.
fn line(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// An answer for programs, in lines. Much of it is text of others, which a person may see at a terminal.
pub(crate) fn to_json(value: &serde_json::Value) -> String {
    format!("{}\n", escape_json(&format!("{value:#}")))
}

/// Writes what was asked for to standard output.
///
/// # Errors
/// If it cannot be written.
#[allow(clippy::disallowed_methods, reason = "this is the command line")]
pub(crate) fn output(text: &[u8]) -> io::Result<()> {
    let mut stdout = anstream::AutoStream::auto(io::stdout());
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        // Who asked has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Whether a person types, rather than another program.
pub(crate) fn input_is_terminal() -> bool {
    io::stdin().is_terminal()
}
