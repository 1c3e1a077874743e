//! The front door for docker and everything that speaks its protocol: one action, one answer on
//! standard output, and the end. Nothing else ever reaches standard output.

mod serve;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use lockgate_broker::Context;
use lockgate_core::{LoginInput, Secret};
use lockgate_protocol::docker::{
    Action, ActionError, InputError, MISSING_SERVER, MISSING_USERNAME, NOT_FOUND, RequestError,
    decode_server, decode_store, encode_error, encode_get, encode_list, read_input,
};
use lockgate_system::caller;
use zeroize::Zeroizing;

pub(crate) use serve::{erase, get, not_looked_at, store};

use crate::error::CommandError;
use crate::shell::Shell;

/// The name under which docker looks for the helper.
pub(crate) const PROGRAM: &str = "docker-credential-lockgate";

/// What is told to a person beside the answer, on standard error.
const SHELL: Shell = Shell { quiet: false, verbose: false };

/// Serves the one action that the arguments name.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    // Before anything can print.
    let mut output = match lockgate_system::take_stdout() {
        Ok(output) => output,
        Err(error) => {
            CommandError::from_error(&error).show(SHELL);
            return ExitCode::FAILURE;
        }
    };
    match guarded(|| answer(arguments)) {
        Ok(line) => send(&mut output, line.expose(), ExitCode::SUCCESS),
        Err(Failed { line, error }) => {
            if let Some(error) = error {
                error.show(SHELL);
            }
            send(&mut output, line.as_bytes(), ExitCode::FAILURE)
        }
    }
}

/// An action without a good end: what the client reads, and what a person is told beside.
#[derive(Debug)]
struct Failed {
    line: String,
    error: Option<CommandError>,
}

impl Failed {
    /// What a client knows by its words, or a person by docker's own helpers.
    fn said(words: &str) -> Self {
        Self { line: format!("{words}\n"), error: None }
    }
}

impl From<CommandError> for Failed {
    fn from(error: CommandError) -> Self {
        let messages = error.clone().messages();
        let messages: Vec<_> = messages.iter().map(|message| without_excerpt(message)).collect();
        Self { line: encode_error(&messages), error: Some(error) }
    }
}

impl From<RequestError> for Failed {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::MissingServer => Self::said(MISSING_SERVER),
            RequestError::MissingUsername => Self::said(MISSING_USERNAME),
            error => CommandError::from_error(&error).into(),
        }
    }
}

/// A message without the lines of a file that it shows a person, which mean nothing in one line.
fn without_excerpt(message: &str) -> String {
    let is_shown = |line: &&str| {
        let margin = |character: char| character == ' ' || character.is_ascii_digit();
        !line.trim_start_matches(margin).starts_with('|')
    };
    message.lines().filter(is_shown).collect::<Vec<_>>().join("\n")
}

/// A client gets an answer even from a program with a mistake in it.
fn guarded(answer: impl FnOnce() -> Result<Secret, Failed>) -> Result<Secret, Failed> {
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| {
        let message = "Lockgate failed, which is a mistake in it; please report it";
        Err(CommandError::new(message).into())
    })
}

/// What goes to standard output, after an action that ended well.
fn answer(arguments: &[OsString]) -> Result<Secret, Failed> {
    match Action::of(arguments) {
        Ok(Action::Store) => store_answer(),
        Ok(Action::Get) => get_answer(),
        Ok(Action::Erase) => erase_answer(),
        Ok(Action::List) => list_answer(),
        Ok(Action::Version) => Ok(Secret::from(version())),
        Ok(Action::Help) => Ok(Secret::from(help())),
        Err(ActionError::Count) => Err(Failed { line: usage(), error: None }),
        Err(ActionError::Unknown(word)) => {
            Err(Failed::said(&format!("{PROGRAM}: unknown action: {word}")))
        }
    }
}

fn store_answer() -> Result<Secret, Failed> {
    let request = decode_store(&input()?)?;
    let secret = Some(request.secret);
    let login = LoginInput { identity: Some(request.username), secret, ..LoginInput::default() };
    store(context()?, request.registry, login)?;
    Ok(Secret::default())
}

fn get_answer() -> Result<Secret, Failed> {
    let registry = decode_server(&input()?)?;
    let server = registry.url().to_owned();
    let Some(credential) = get(context()?, registry)? else {
        return Err(Failed::said(NOT_FOUND));
    };
    let username = credential.identity.unwrap_or_default();
    let line = encode_get(&server, &username, &credential.secret);
    Ok(line.map_err(|error| CommandError::from_error(&error))?)
}

fn erase_answer() -> Result<Secret, Failed> {
    let registry = decode_server(&input()?)?;
    let context = context()?;
    let not_looked_at = not_looked_at(&context, &registry);
    erase(context, registry)?;
    if let Some(warning) = not_looked_at {
        SHELL.warning(&warning);
    }
    Ok(Secret::default())
}

/// Reads nothing: clients leave their end open.
fn list_answer() -> Result<Secret, Failed> {
    Ok(Secret::new(encode_list(&serve::list(&context()?)?)))
}

/// The configuration that holds for docker's kin.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
pub(crate) fn context() -> Result<Context, CommandError> {
    let variables: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
    Ok(Context::of_docker(crate::machine()?, &variables))
}

/// All that the client wrote. Who that is is looked at first, since it may be gone afterwards.
fn input() -> Result<Zeroizing<Vec<u8>>, CommandError> {
    caller();
    // A descriptor of our own: the buffer of the standard library is never given back.
    let input = io::stdin().as_fd().try_clone_to_owned();
    let input =
        input.map_err(InputError::Read).and_then(|input| read_input(&mut File::from(input)));
    input.map_err(|error| CommandError::from_error(&error))
}

/// One write, so that no buffer keeps a copy. The exit status, or that of a failure if nobody reads.
fn send(output: &mut File, line: &[u8], code: ExitCode) -> ExitCode {
    match output.write_all(line) {
        Ok(()) => code,
        Err(error) => {
            if error.kind() != io::ErrorKind::BrokenPipe {
                CommandError::from(error).show(SHELL);
            }
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    format!("Usage: {PROGRAM} <store|get|erase|list|version>\n")
}

fn help() -> String {
    usage()
        + "\nKeeps docker's credentials where Lockgate's own configuration says, and finds them \
           there.\ndocker, podman, skopeo and others start it; `lockgate setup docker` makes them do \
           so.\n"
}

/// As docker's own helpers say it: the program, what it is part of, and the version.
fn version() -> String {
    format!("{PROGRAM} ({}) {}\n", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use lockgate_core::Secret;

    use super::{Failed, answer, guarded};
    use crate::error::CommandError;

    #[test]
    fn a_mistake_in_the_program_is_an_answer_without_its_words() {
        let failed = guarded(|| panic!("the secret is hunter2")).unwrap_err();
        let expected = "Lockgate failed, which is a mistake in it; please report it\n";
        assert_eq!(failed.line, expected);
        assert!(failed.error.is_some());
        let fine = guarded(|| Ok(Secret::from("x"))).unwrap();
        assert_eq!(fine.expose(), b"x");
    }

    #[test]
    fn an_error_is_one_line_for_the_client_and_all_of_it_for_the_person() {
        let causes = vec!["why\n\nand how\u{1b}".to_owned()];
        let failed = Failed::from(CommandError::because("what", causes.clone()));
        assert_eq!(failed.line, "what: why and how\\u{1b}\n");
        assert_eq!(failed.error.unwrap().causes(), causes);
    }

    #[test]
    fn wrong_words_are_told_in_dockers_layout() {
        let line = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(OsString::from).collect();
            answer(&words).unwrap_err().line
        };
        let usage = "Usage: docker-credential-lockgate <store|get|erase|list|version>\n";
        assert_eq!(line(&[]), usage);
        assert_eq!(line(&["get", "get"]), usage);
        assert_eq!(line(&["login"]), "docker-credential-lockgate: unknown action: login\n");
    }
}
