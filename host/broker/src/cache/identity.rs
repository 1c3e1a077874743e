//! Whom an answer is kept for.

use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use lockgate_core::Capabilities;
use zeroize::Zeroizing;

use crate::Context;
use crate::prepare::Prepared;
use crate::programs::own;

use super::stamp::Stamp;

/// Everything that the answer of a provider could depend on, as far as the host knows it beforehand:
/// who it is, what it may use, what it is told, and the content of the variables that it may see. Only a
/// hash of it is ever written down.
///
/// The component's own digest is a part of it: what another one answered is not what was agreed to. What
/// a provider wants to keep beyond an update it has its state for.
///
/// `last_change` is of what the last login or logout of the registry left: whoever began before it keeps
/// an answer that nobody finds.
pub(super) fn of(
    context: &Context,
    prepared: &Prepared,
    last_change: &Stamp,
) -> Zeroizing<Vec<u8>> {
    let Prepared { provider, request, decided, .. } = prepared;
    let capabilities = &decided.capabilities;
    let machine = &context.machine;
    let known = (
        env!("CARGO_PKG_VERSION"),
        (&provider.name, &provider.lineage, provider.digest.hex()),
        capabilities,
        (&request.arguments, &request.registry.name),
        machine.own.settings_of(&provider.name),
        (machine.home(), &machine.folders.state),
        files(capabilities),
        last_change,
    );
    let mut identity = Zeroizing::new(format!("{known:?}").into_bytes());
    for name in variables(capabilities) {
        let value = own(name).map(|value| Zeroizing::new(value.into_vec()));
        let length = value.as_ref().map(|value| value.len());
        identity.extend_from_slice(format!("{name:?}{length:?}").as_bytes());
        identity.extend_from_slice(value.as_deref().map(Vec::as_slice).unwrap_or_default());
    }
    identity
}

/// The variables that it may see, itself or by a program.
fn variables(capabilities: &Capabilities) -> impl Iterator<Item = &str> {
    let seen = capabilities.environment.iter().filter_map(|grant| grant.variable.as_deref());
    let handed_on = capabilities.process.iter().flat_map(|grant| &grant.environment);
    seen.chain(handed_on.map(String::as_str))
}

/// What the files that it reads and the programs that it starts are now.
fn files(capabilities: &Capabilities) -> Vec<Stamp> {
    let granted = capabilities.files.iter().map(|grant| grant.path.as_path());
    let shown = capabilities.http.iter().filter_map(|grant| grant.client_certificate.as_deref());
    let started = capabilities.process.iter().map(|grant| Path::new(&grant.program));
    granted.chain(shown).chain(started).map(Stamp::of).collect()
}
