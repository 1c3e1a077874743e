//! `lockgate cargo login`, in cargo's words.

mod page;

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;

use lockgate_core::{LoginInput, Operation, Request, Secret};
use zeroize::Zeroizing;

use super::{Session, broker, providers, select, show_output};
use crate::error::CommandError;
use crate::shell::{Shell, input_is_terminal};

/// Keeps a token: the given one, the first line of standard input, or what the person types.
pub(crate) fn login(
    session: Session,
    registry: Option<&str>,
    token: Option<String>,
    arguments: Vec<String>,
) -> Result<(), CommandError> {
    let shell = session.shell;
    if token.is_some() {
        shell.warning(
            "`cargo login <token>` is deprecated in favor of reading `<token>` from stdin",
        );
    }
    let connection = session.connection;
    let broker = broker(session);
    let registry = select(shell, broker.context(), registry)?;
    let token = token.map(Secret::from);
    let link = page::login_page(shell, &broker, &registry, token.as_ref(), connection)?;
    let secret = token.or_else(token_from_input);
    let mut choices = providers::of_cargo(shell, broker.context(), &registry)?;
    for choice in &mut choices {
        choice.arguments.extend(arguments.iter().cloned());
    }
    let operation = Operation::Login(LoginInput { secret, link, ..LoginInput::default() });
    let request = Request { registry, operation, arguments: Vec::new() };
    let reply = broker.answer(&request, &choices);
    show_output(shell, &reply, &request, &choices);
    reply.result?;
    tell_login(shell, request.registry.display_name());
    Ok(())
}

/// One line, if another program gives it. As in cargo, an empty line is none.
#[allow(clippy::unbuffered_bytes, reason = "a buffer would take what is not ours")]
fn token_from_input() -> Option<Secret> {
    if input_is_terminal() {
        return None;
    }
    // Byte by byte: what follows the line is for whoever asks next, as in cargo.
    let input = File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
    for byte in input.bytes().take(LONGEST_LINE) {
        match byte.ok()? {
            b'\n' => break,
            byte => line.push(byte),
        }
    }
    let text = std::str::from_utf8(&line).ok()?;
    Some(text.trim()).filter(|token| !token.is_empty()).map(Secret::from)
}

/// More than the longest token, so that a longer line is refused and not cut.
const LONGEST_LINE: usize = (64 << 10) + 1024;

/// The success of a login.
pub(crate) fn tell_login(shell: Shell, name: &str) {
    shell.status("Login", &format!("token for `{name}` saved"));
}
