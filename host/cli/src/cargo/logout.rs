//! `lockgate cargo logout`, in cargo's words. Unlike cargo, each provider of the registry is asked, and
//! what is left behind is told.

use lockgate_broker::{BeforeLogout, Context, End, LogoutEnd, Reply, Tried};
use lockgate_core::{Operation, Registry, Request};

use super::{Session, broker, providers, select, show_output};
use crate::error::CommandError;
use crate::shell::Shell;

/// Most places that are told: a project's file could have many more.
const MOST_PLACES: usize = 20;

/// Forgets a token.
pub(crate) fn logout(session: Session, registry: Option<&str>) -> Result<(), CommandError> {
    let shell = session.shell;
    let broker = broker(session);
    let registry = select(shell, broker.context(), registry)?;
    let choices = providers::of_cargo(shell, broker.context(), &registry)?;
    let before = broker.context().before_logout();
    let request = Request { registry, operation: Operation::Logout, arguments: Vec::new() };
    let reply = broker.answer(&request, &choices);
    show_output(shell, &reply, &request, &choices);
    let registry = &request.registry;
    if matches!(reply.result, Err(End::NotFound)) {
        let name = registry.display_name();
        shell.status("Logout", &format!("not currently logged in to `{name}`"));
    }
    tell_logout(shell, registry, &reply);
    tell_remaining(shell, broker.context(), &before, registry);
    match reply.result {
        Ok(_) | Err(End::NotFound) => Ok(()),
        Err(end) => Err(end.into()),
    }
}

/// What each provider came to: which ones removed a token, what that does not do, and where nothing was
/// removed. What ended the request is told as its error.
pub(crate) fn tell_logout(shell: Shell, registry: &Registry, reply: &Reply) {
    let removed: Vec<_> = with_end(reply, |end| *end == LogoutEnd::Removed).collect();
    if !removed.is_empty() {
        tell_removed(shell, registry, &removed, reply.result.is_err());
    }
    let mut problems: Vec<_> = reply.tried.iter().filter_map(problem).collect();
    if reply.result.is_err() {
        let is_error = |tried: &&Tried| problem(tried).is_some();
        let fatal = with_end(reply, |end| matches!(end, LogoutEnd::Failed(_))).next_back();
        let fatal = fatal.or_else(|| reply.tried.iter().rfind(is_error)).and_then(problem);
        if let Some(at) = problems.iter().rposition(|told| Some(told) == fatal.as_ref()) {
            problems.remove(at);
        }
    }
    problems.iter().for_each(|problem| shell.warning(problem));
}

fn with_end(
    reply: &Reply,
    is_wanted: impl Fn(&LogoutEnd) -> bool,
) -> impl DoubleEndedIterator<Item = &Tried> {
    reply.tried.iter().filter(move |tried| tried.logout.as_ref().is_some_and(&is_wanted))
}

fn problem(tried: &Tried) -> Option<String> {
    match tried.logout.as_ref()? {
        LogoutEnd::Removed => None,
        LogoutEnd::Failed(messages) => Some(messages.join(": ")),
        LogoutEnd::Unable => Some(format!(
            "`{}` keeps its own tokens, and nothing was removed there ({})",
            tried.provider,
            tried.problem.as_deref().unwrap_or_default()
        )),
    }
}

/// In cargo's words, which name no provider: they are named where there are several, or where another
/// one failed.
fn tell_removed(shell: Shell, registry: &Registry, from: &[&Tried], others_failed: bool) {
    let name = registry.display_name();
    let removed = format!("token for `{name}` has been removed from local storage");
    shell.status("Logout", &removed);
    if from.len() > 1 || others_failed {
        let names: Vec<_> = from.iter().map(|tried| format!("`{}`", tried.provider)).collect();
        shell.status("Logout", &format!("it was kept by {}", names.join(" and by ")));
    }
    let place = match registry.is_crates_io() {
        true => "<https://crates.io/me>".to_owned(),
        false => format!("the `{name}` website"),
    };
    shell.note(&format!(
        "This does not revoke the token on the registry server.\n    \
         If you need to revoke the token, visit {place} and follow the instructions there."
    ));
}

/// Where a token of the registry still is, beside what providers keep.
pub(crate) fn tell_remaining(
    shell: Shell,
    context: &Context,
    before: &BeforeLogout,
    registry: &Registry,
) {
    let name = registry.display_name();
    let places = before.remaining(context, registry);
    for place in places.iter().take(MOST_PLACES) {
        shell.warning(&format!("a token for `{name}` is still in {place}"));
    }
    if let Some(more) = places.len().checked_sub(MOST_PLACES).filter(|more| *more > 0) {
        shell.warning(&format!("{more} more places have a token for `{name}`"));
    }
}
