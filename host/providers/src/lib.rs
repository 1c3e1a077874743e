//! The provider store: who a provider is, what of it may be run, and those that are built in.

mod built_in;
mod compile;
pub mod component;
mod digest;
mod examine;
mod name;
mod pack;
mod signature;
mod store;

pub use built_in::{Provider, built_in, built_in_names};
#[cfg(feature = "compile")]
pub use compile::compile_stream;
pub use compile::{COMPILE_ARGUMENT, CompileError, REFUSED, compile_in_child};
pub use digest::{Digest, ParseDigestError};
pub use examine::{
    EXAMINE_ARGUMENT, ExaminationError, Examine, ExaminedComponent, Refusal, examine_in_child,
    examine_stream,
};
pub use name::{NameError, ProviderName};
pub use pack::{PackError, pack};
pub use signature::{SignatureError, verify_signature};
pub use store::{
    Compile, InstallOptions, Installed, Listed, Removed, StaleReason, Store, StoreError,
    Verification,
};

/// The provider of that name, built in or installed; none if there is none.
///
/// # Errors
/// As [`Store::find`] and [`Store::load`]: above all [`StoreError::Stale`], after which
/// [`Store::repair`] helps.
pub fn find_provider(store: &Store, name: &str) -> Result<Option<Provider>, StoreError> {
    if let Some(provider) = find_built_in(store, name)? {
        return Ok(Some(provider));
    }
    let Some(installed) = store.find(name)? else { return Ok(None) };
    match store.load(&installed) {
        Ok(provider) => Ok(Some(provider)),
        // A change between the two removes the files of the earlier one.
        Err(error) => match store.find(name)? {
            Some(now) if !now.is_as(&installed) => store.load(&now).map(Some),
            _ => Err(error),
        },
    }
}

/// The built-in provider of that name, a bridge with the programs that its user granted; none if
/// there is none.
///
/// # Errors
/// As [`Store::bridge_grant`].
pub fn find_built_in(store: &Store, name: &str) -> Result<Option<Provider>, StoreError> {
    let Some(found) = built_in(name) else { return Ok(None) };
    let mut provider = found?;
    if provider.bridge {
        provider.grant = store.bridge_grant(name)?.1.of_bridge(&provider.manifest);
    }
    Ok(Some(provider))
}
