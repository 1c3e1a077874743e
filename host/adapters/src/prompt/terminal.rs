//! Questions at the controlling terminal, and at the standard streams.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use lockgate_core::{AdapterError, Prompt, Secret};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Signal, getpid, kill_process, kill_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr,
};

use super::PromptError;
use super::line::{edit_line, read_line};

/// Asks at the controlling terminal (`/dev/tty`), for use while standard input and output are a
/// client's protocol channel. Texts are written as they are: whoever passes them on has escaped
/// what is not their own.
#[derive(Debug)]
pub struct TerminalPrompt {
    terminal: io::Result<File>,
}

impl TerminalPrompt {
    /// Opens the terminal now, since the process may be confined when somebody is to be asked. That
    /// there is none is an error only then.
    #[must_use]
    pub fn new() -> Self {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let terminal = rustix::fs::open("/dev/tty", flags, Mode::empty());
        Self { terminal: terminal.map(File::from).map_err(io::Error::from) }
    }

    fn terminal(&self) -> Result<&File, PromptError> {
        self.terminal.as_ref().map_err(|error| {
            let copy = error.raw_os_error().map(io::Error::from_raw_os_error);
            PromptError::NoTerminal(copy.unwrap_or_else(|| error.kind().into()))
        })
    }
}

impl Default for TerminalPrompt {
    fn default() -> Self {
        Self::new()
    }
}

impl Prompt for TerminalPrompt {
    fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError> {
        let terminal = self.terminal()?;
        if hidden {
            return Ok(ask_hidden(terminal, terminal, question)?);
        }
        write(terminal, question)?;
        let mut input = terminal;
        Ok(read_line(&mut input)?.ok_or(PromptError::Closed)?)
    }

    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
        Ok(show(self.terminal()?, message, link)?)
    }
}

/// Asks on standard error and reads one line of standard input, as `cargo login` does. The line is
/// hidden only when it was asked to be and standard input is a terminal; at its end the answer is
/// empty. Standard input is read without a buffer, so what follows the line stays in it. Texts are
/// written as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct StandardPrompt;

impl Prompt for StandardPrompt {
    fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError> {
        let mut input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        if hidden && input.is_terminal() {
            return Ok(ask_hidden(&input, io::stderr(), question)?);
        }
        write(io::stderr(), question)?;
        Ok(read_line(&mut input)?.unwrap_or_default())
    }

    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
        Ok(show(io::stderr(), message, link)?)
    }
}

fn write(mut output: impl Write, text: &str) -> Result<(), PromptError> {
    output.write_all(text.as_bytes())?;
    Ok(output.flush()?)
}

fn show(output: impl Write, message: &str, link: Option<&str>) -> Result<(), PromptError> {
    let link = link.map(|link| format!("  {link}\n")).unwrap_or_default();
    write(output, &format!("{message}\n{link}"))
}

/// The terminal is silent before the question appears and itself again before anything else
/// happens, Ctrl-C included.
fn ask_hidden(
    mut terminal: &File,
    mut output: impl Write,
    question: &str,
) -> Result<Secret, PromptError> {
    let silence = Silence::of(terminal)?;
    let answer = write(&mut output, question).and_then(|()| edit_line(&mut terminal));
    drop(silence);
    write(&mut output, "\n")?;
    if matches!(answer, Err(PromptError::Interrupted)) {
        interrupt(terminal);
    }
    answer
}

/// A terminal that neither echoes, edits nor sends signals, until this is dropped. Lines are not
/// edited by the terminal because its lines end at 4 KiB, which some tokens are longer than;
/// signals do not come from its keys because they would end the process before the drop. One that
/// is sent from elsewhere (`kill`) still does; `stty sane` repairs that.
struct Silence<'terminal> {
    terminal: &'terminal File,
    before: Termios,
}

impl<'terminal> Silence<'terminal> {
    /// Also discards what was typed before, as getpass does: it was typed in sight of everybody.
    fn of(terminal: &'terminal File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        // Also discards what is behind the line: pasted text must not end up as a shell's command.
        // If this fails the terminal is gone, and nobody is left to be told.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// What the terminal itself does on Ctrl-C: the whole foreground job ends, cargo too.
fn interrupt(terminal: &File) {
    let sent = tcgetpgrp(terminal).and_then(|group| kill_process_group(group, Signal::INT));
    if sent.is_err() {
        // Not allowed or not our terminal; that this process may signal itself is certain.
        let _ = kill_process(getpid(), Signal::INT);
    }
}
