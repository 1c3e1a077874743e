//! The front door for cargo's credential-provider protocol: JSON lines on standard input and
//! output. Nothing else ever reaches standard output.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use lockgate_broker::{Broker, Choice, Person, Reply};
use lockgate_core::{Operation, Request, Secret};
use lockgate_protocol::cargo::{
    FrameError, HELLO, decode, encode, encode_error, encode_refusal, read_line,
};

use crate::cargo::{
    choice, context, default_providers, refuse_other_choice, tell_login, tell_logout,
    tell_refusals, tell_waiting,
};
use crate::error::CommandError;
use crate::shell::Shell;

/// What cargo's protocol says to a person: nothing but the outcome of a login or logout.
const SHELL: Shell = Shell { quiet: false, verbose: false };

/// Serves requests until cargo closes its end.
pub(crate) fn run() -> ExitCode {
    // Before anything can print.
    match lockgate_system::take_stdout().and_then(serve) {
        // As cargo's own library does: an error is an answer, and the exit status says only
        // whether there was one.
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            CommandError::from_error(&error).show(SHELL);
            ExitCode::FAILURE
        }
    }
}

/// For a person who starts the plugin.
pub(crate) fn explain(argument: &str) -> ExitCode {
    let program = "cargo-credential-lockgate";
    let message = format!(
        "`{program}` is started by cargo, with `{argument}` as its only argument.\n\
         To use it, put this into the config.toml of cargo's home directory:\n\n\
         [registry]\nglobal-credential-providers = [\"{program} cargo:token\"]"
    );
    CommandError::new(message).show(SHELL);
    ExitCode::FAILURE
}

fn serve(mut output: File) -> io::Result<()> {
    send(&mut output, HELLO.as_bytes())?;
    // A descriptor of our own: the buffer of the standard library is never given back.
    let mut input = BufReader::new(File::from(io::stdin().as_fd().try_clone_to_owned()?));
    let mut broker = None;
    loop {
        let answer = match read_line(&mut input) {
            Ok(None) => return Ok(()),
            Ok(Some(line)) => match decode(&line) {
                Ok(request) => answer_or_apologise(&mut broker, &request),
                Err(error) => encode_refusal(&error),
            },
            Err(FrameError::Read(error)) => return Err(error),
            Err(error @ (FrameError::TooLong | FrameError::Truncated)) => {
                return send(&mut output, encode_error(&[error.to_string()]).expose());
            }
        };
        send(&mut output, answer.expose())?;
    }
}

/// One write, so that no buffer keeps a copy.
fn send(output: &mut File, line: &[u8]) -> io::Result<()> {
    output.write_all(line)
}

/// cargo gets an answer even from a program with a mistake in it.
fn answer_or_apologise(broker: &mut Option<Broker>, request: &Request) -> Secret {
    catch_unwind(AssertUnwindSafe(|| answer(broker, request))).unwrap_or_else(|_| {
        let message = "Lockgate failed, which is a mistake in it; please report it".to_owned();
        encode_error(&[message])
    })
}

fn answer(broker: &mut Option<Broker>, request: &Request) -> Secret {
    let broker = match broker {
        Some(broker) => broker,
        None => match context() {
            Ok(context) => {
                broker.insert(Broker::new(context, Person::AtTerminal, || tell_waiting(SHELL)))
            }
            Err(error) => return encode_error(&error.messages()),
        },
    };
    let reply = match choices(broker, request) {
        Ok(choices) => broker.answer(request, &choices),
        Err(error) => return encode_error(&error.messages()),
    };
    tell_refusals(SHELL, &reply);
    let Reply { result, .. } = reply;
    if result.is_ok() {
        let name = request.registry.display_name();
        match request.operation {
            Operation::Get(_) => {}
            Operation::Login(_) => tell_login(SHELL, name),
            Operation::Logout => tell_logout(SHELL, &request.registry),
        }
    }
    let result = result.map_err(|end| end.failure());
    encode(&request.operation, result.as_ref())
}

/// The provider is the first of the request's words, and must be one that is built in or installed;
/// without words, Lockgate's own configuration says which ones.
fn choices(broker: &Broker, request: &Request) -> Result<Vec<Choice>, CommandError> {
    let chosen = match choice(&request.arguments) {
        Some(choice) => vec![choice],
        None => default_providers(broker.context(), &request.registry),
    };
    refuse_other_choice(broker.context(), &request.registry, &chosen)?;
    Ok(chosen)
}
