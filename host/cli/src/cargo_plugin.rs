//! The front door for cargo's credential-provider protocol: JSON lines on standard input and
//! output. Nothing else ever reaches standard output.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

use lockgate_adapters::interrupt_foreground_job;
use lockgate_broker::{BeforeLogout, Broker, Choice, Person, Reply};
use lockgate_core::{Operation, Request, Secret};
use lockgate_protocol::cargo::{
    FrameError, HELLO, decode, encode, encode_error, encode_refusal, read_line,
};

use lockgate_system::{ChildEnd, caller, serve_in_child};

use crate::cargo::{
    context, default_providers, known_to_user, refuse_other_choice, tell_login, tell_logout,
    tell_notice, tell_refusals, tell_remaining,
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
         To use it, run `lockgate setup cargo`, or put this into the config.toml of cargo's home \
         directory:\n\n\
         [registry]\nglobal-credential-providers = [\"{program} cargo:token\"]"
    );
    CommandError::new(message).show(SHELL);
    ExitCode::FAILURE
}

fn serve(mut output: File) -> io::Result<()> {
    // Each request is served in a child, which would take this process for who asks.
    caller();
    send(&mut output, HELLO.as_bytes())?;
    // A descriptor of our own: the buffer of the standard library is never given back.
    let mut input = BufReader::new(File::from(io::stdin().as_fd().try_clone_to_owned()?));
    loop {
        match read_line(&mut input) {
            Ok(None) => return Ok(()),
            Ok(Some(line)) => {
                if let Next::End = serve_one(&line, &mut output)? {
                    return Ok(());
                }
            }
            Err(FrameError::Read(error)) => return Err(error),
            Err(error @ (FrameError::TooLong | FrameError::Truncated)) => {
                return send(&mut output, encode_error(&[error.to_string()]).expose());
            }
        }
    }
}

/// Whether another request can be served.
enum Next {
    Request,
    End,
}

/// Serves a request in a process of its own, which confines itself to what that one needs. cargo
/// gets an answer even from a program with a mistake in it.
fn serve_one(line: &[u8], output: &mut File) -> io::Result<Next> {
    match serve_in_child(|| answer_line(line, output)) {
        Ok(ChildEnd::Code(ANSWERED)) => Ok(Next::Request),
        Ok(ChildEnd::Code(NOBODY_READS) | ChildEnd::Unknown) => Ok(Next::End),
        Ok(ChildEnd::Signal(SIGINT)) => {
            // A person's Ctrl-C at a prompt reached the child alone.
            interrupt_foreground_job();
            Err(io::ErrorKind::Interrupted.into())
        }
        Ok(ChildEnd::Code(_) | ChildEnd::Signal(_)) => {
            let message = "Lockgate failed, which is a mistake in it; please report it".to_owned();
            send(output, encode_error(&[message]).expose()).map(|()| Next::Request)
        }
        // No other process can be had (an emulator, a limit): this one serves the request, and no
        // other, since it is confined then.
        Err(_) => {
            answer_line(line, output);
            Ok(Next::End)
        }
    }
}

fn answer_line(line: &[u8], output: &mut File) -> u8 {
    match decode(line) {
        Ok(request) => reply(output, &answer(&request)),
        Err(error) => reply(output, &encode_refusal(&error)),
    }
}

/// The signal of Ctrl-C, by its number everywhere.
const SIGINT: i32 = 2;
/// How a child ends that answered.
const ANSWERED: u8 = 0;
/// How a child ends whose answer nobody reads.
const NOBODY_READS: u8 = 3;

fn reply(output: &mut File, answer: &Secret) -> u8 {
    match send(output, answer.expose()) {
        Ok(()) => ANSWERED,
        Err(_) => NOBODY_READS,
    }
}

/// One write, so that no buffer keeps a copy.
fn send(output: &mut File, line: &[u8]) -> io::Result<()> {
    output.write_all(line)
}

fn answer(request: &Request) -> Secret {
    let context = match context() {
        Ok(context) => context,
        Err(error) => return encode_error(&error.messages()),
    };
    let broker = Broker::new(context, Person::AtTerminal, |notice| tell_notice(SHELL, notice));
    let is_logout = matches!(request.operation, Operation::Logout);
    let before = is_logout.then(|| broker.context().before_logout());
    let reply = match choices(&broker, request) {
        Ok(choices) => broker.answer(request, &choices),
        Err(error) => return encode_error(&error.messages()),
    };
    tell_refusals(SHELL, &reply);
    tell_outcome(&broker, request, before.as_ref(), &reply);
    let Reply { result, .. } = reply;
    let result = result.map_err(|end| end.failure());
    encode(&request.operation, result.as_ref())
}

/// cargo says nothing for providers that are not its own. After a logout that found nothing it asks its
/// next provider, so that it is too early to tell what is left.
fn tell_outcome(broker: &Broker, request: &Request, before: Option<&BeforeLogout>, reply: &Reply) {
    let registry = &request.registry;
    match request.operation {
        Operation::Get(_) => {}
        Operation::Login(_) if reply.result.is_ok() => tell_login(SHELL, registry.display_name()),
        Operation::Login(_) => {}
        Operation::Logout => tell_logout(SHELL, registry, reply),
    }
    if let Some(before) = before.filter(|_| reply.result.is_ok()) {
        tell_remaining(SHELL, broker.context(), before, registry);
    }
}

/// The provider is the first of the request's words, and must be one that is built in or installed;
/// without words, Lockgate's own configuration says which ones.
fn choices(broker: &Broker, request: &Request) -> Result<Vec<Choice>, CommandError> {
    let chosen = match Choice::of_words(&request.arguments) {
        Some(choice) => vec![choice],
        None => default_providers(broker.context(), &request.registry),
    };
    refuse_other_choice(broker.context(), &request.registry, &chosen)?;
    Ok(known_to_user(broker.context(), &request.registry, chosen))
}
