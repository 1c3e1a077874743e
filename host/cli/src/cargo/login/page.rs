//! Where a person gets a token, as the registry says.

use lockgate_broker::{Broker, Choice, Connection, IndexClient, IndexQuestion, Reply};
use lockgate_core::{Registry, Request, Secret};
use lockgate_protocol::cargo::check_login_url;

use crate::cargo::{providers, show_output};
use crate::error::CommandError;
use crate::shell::Shell;

/// Asks the registry, and providers for it if it wants a token.
///
/// # Errors
/// If cargo would not go on with the login.
pub(super) fn login_page(
    shell: Shell,
    broker: &Broker,
    registry: &Registry,
    token: Option<&Secret>,
    connection: Connection,
) -> Result<Option<String>, CommandError> {
    let client = &Client { shell, broker, registry };
    let question = IndexQuestion { registry, token, connection, client };
    let page = broker.login_page(&question).map_err(|failure| {
        let mut messages = failure.messages.into_iter();
        CommandError::because(messages.next().unwrap_or_default(), messages.collect())
    })?;
    Ok(page.and_then(|page| safe(shell, &page)))
}

/// A registry's page, if a person may be sent there.
fn safe(shell: Shell, page: &str) -> Option<String> {
    let checked = check_login_url(page);
    if let Err(error) = &checked {
        let page = lockgate_core::shorten(page, MAX_SHOWN);
        let page = lockgate_core::escape(&page);
        shell.warning(&format!("the registry's page for tokens, `{page}`, is left out: {error}"));
    }
    checked.ok()
}

/// Most bytes of a page that a warning shows.
const MAX_SHOWN: usize = 200;

struct Client<'a> {
    shell: Shell,
    broker: &'a Broker,
    registry: &'a Registry,
}

impl IndexClient for Client<'_> {
    fn providers(&self) -> Result<(Vec<Choice>, bool), Vec<String>> {
        let context = self.broker.context();
        let choices = providers::of_cargo(self.shell, context, self.registry)
            .map_err(CommandError::messages)?;
        // What is wrong with it was an error just now.
        let configured =
            context.cargo.providers(self.registry).is_ok_and(|listed| listed.configured);
        Ok((choices, configured))
    }

    fn show(&self, reply: &Reply, request: &Request, choices: &[Choice]) {
        show_output(self.shell, reply, request, choices);
    }
}
