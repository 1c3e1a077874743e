//! `lockgate cargo logout`, in cargo's words.

use lockgate_broker::End;
use lockgate_core::{Operation, Registry, Request};

use super::{Session, broker, providers, select, show_output};
use crate::error::CommandError;
use crate::shell::Shell;

/// Forgets a token.
pub(crate) fn logout(session: Session, registry: Option<&str>) -> Result<(), CommandError> {
    let shell = session.shell;
    let broker = broker(session);
    let registry = select(shell, broker.context(), registry)?;
    let choices = providers::of_cargo(shell, broker.context(), &registry)?;
    let request = Request { registry, operation: Operation::Logout, arguments: Vec::new() };
    let reply = broker.answer(&request, &choices);
    show_output(shell, &reply, &request, &choices);
    match reply.result {
        Ok(_) => tell_logout(shell, &request.registry),
        Err(End::NotFound) => {
            let name = request.registry.display_name();
            shell.status("Logout", &format!("not currently logged in to `{name}`"));
        }
        Err(end) => return Err(end.into()),
    }
    Ok(())
}

/// The success of a logout, and what it does not do.
pub(crate) fn tell_logout(shell: Shell, registry: &Registry) {
    let name = registry.display_name();
    let place = match registry.is_crates_io() {
        true => "<https://crates.io/me>".to_owned(),
        false => format!("the `{name}` website"),
    };
    let removed = format!("token for `{name}` has been removed from local storage");
    shell.status("Logout", &removed);
    shell.note(&format!(
        "This does not revoke the token on the registry server.\n    \
         If you need to revoke the token, visit {place} and follow the instructions there."
    ));
}
