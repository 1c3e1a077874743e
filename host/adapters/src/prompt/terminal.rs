//! Questions at the controlling terminal, and at the standard streams.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use lockgate_core::{AdapterError, Prompt, Secret};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Signal, getpid, kill_process, kill_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr,
};

use super::PromptError;
use super::attended::{PATIENCE, within};
use super::line::{edit_line, read_line};

/// Asks at the controlling terminal (`/dev/tty`), for use while standard input and output are a
/// client's protocol channel. A question waits ten minutes for its answer. Texts are written as they are: whoever passes them on has escaped
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
        Self { terminal: controlling_terminal() }
    }

    fn terminal(&self) -> Result<&File, PromptError> {
        self.terminal.as_ref().map_err(|error| {
            let copy = error.raw_os_error().map(io::Error::from_raw_os_error);
            PromptError::NoTerminal(copy.unwrap_or_else(|| error.kind().into()))
        })
    }
}

fn controlling_terminal() -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open("/dev/tty", flags, Mode::empty())?))
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
            return Ok(ask_hidden(terminal, terminal, question, PATIENCE)?);
        }
        write(terminal, question)?;
        Ok(within(PATIENCE, terminal, read_line)?.ok_or(PromptError::Closed)?)
    }

    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
        Ok(show(self.terminal()?, message, link)?)
    }
}

/// Asks on standard error and reads one line of standard input, as `cargo login` does. The line is
/// hidden only when it was asked to be and standard input is a terminal; at its end the answer is
/// empty. It has ten minutes to come. Standard input is read without a buffer, so what follows the line stays in it. Texts are
/// written as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct StandardPrompt;

impl Prompt for StandardPrompt {
    fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError> {
        Ok(ask_at_input(io::stderr(), question, hidden)?)
    }

    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
        Ok(show(io::stderr(), message, link)?)
    }
}

/// The same with the question written to `output`, as `docker login` has it on standard output.
///
/// # Errors
/// If the question cannot be written, or there is no answer within its time.
pub fn ask_at_input(
    mut output: impl Write,
    question: &str,
    hidden: bool,
) -> Result<Secret, PromptError> {
    let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    if hidden && input.is_terminal() {
        return ask_hidden(&input, output, question, PATIENCE);
    }
    write(&mut output, question)?;
    Ok(within(PATIENCE, &input, read_line)?.unwrap_or_default())
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
    terminal: &File,
    mut output: impl Write,
    question: &str,
    patience: Duration,
) -> Result<Secret, PromptError> {
    let silence = Silence::of(terminal)?;
    let answer = write(&mut output, question).and_then(|()| within(patience, terminal, edit_line));
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

/// Ends the foreground job of the controlling terminal as Ctrl-C does: for a process that asks in a
/// child, which may not signal others.
pub fn interrupt_foreground_job() {
    if let Ok(terminal) = controlling_terminal() {
        interrupt(&terminal);
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

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::time::{Duration, Instant};

    use rustix::fs::{Mode, OFlags};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{LocalModes, tcgetattr};

    use super::ask_hidden;
    use crate::PromptError;

    /// A keyboard with its screen, and the terminal that they make.
    fn terminal() -> (File, File) {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let path = ptsname(&keyboard, Vec::new()).unwrap();
        let line = rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        (keyboard.into(), line.into())
    }

    fn echoes(terminal: &File) -> bool {
        tcgetattr(terminal).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    #[test]
    fn an_unattended_terminal_is_given_up_and_restored() {
        let (mut keyboard, line) = terminal();
        let before = tcgetattr(&line).unwrap().local_modes;
        let typing = std::thread::spawn(move || {
            keyboard.read_exact(&mut [0; "? ".len()]).unwrap();
            keyboard.write_all(b"half an answer").unwrap();
            keyboard
        });
        let start = Instant::now();
        let error = ask_hidden(&line, &line, "? ", Duration::from_millis(1500)).unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(10));
        assert!(matches!(error, PromptError::Unanswered(_)), "{error}");
        assert_eq!(error.to_string(), "nobody answered within 1 s; try again when somebody can");
        assert_eq!(tcgetattr(&line).unwrap().local_modes, before);
        drop(typing.join().unwrap());
    }

    #[test]
    fn an_answer_in_time_is_one() {
        let (mut keyboard, line) = terminal();
        let typing = std::thread::spawn({
            let line = line.try_clone().unwrap();
            move || {
                keyboard.read_exact(&mut [0; "? ".len()]).unwrap();
                assert!(!echoes(&line));
                keyboard.write_all(b"hunter2\n").unwrap();
                keyboard
            }
        });
        let answer = ask_hidden(&line, &line, "? ", Duration::from_secs(30)).unwrap();
        assert_eq!(answer.expose_text(), Some("hunter2"));
        assert!(echoes(&line));
        drop(typing.join().unwrap());
    }
}
