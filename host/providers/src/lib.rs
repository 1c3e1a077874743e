//! The provider store: who a provider is, what of it may be run, and those that are built in.

mod built_in;
mod compile;
pub mod component;
mod digest;
mod name;
mod pack;
mod signature;
mod store;

pub use built_in::{Provider, built_in, built_in_names};
#[cfg(feature = "compile")]
pub use compile::compile_stream;
pub use compile::{COMPILE_ARGUMENT, CompileError, REFUSED, compile_in_child};
pub use digest::{Digest, ParseDigestError};
pub use name::{NameError, ProviderName};
pub use pack::{PackError, pack};
pub use signature::{SignatureError, verify_signature};
pub use store::{
    Compile, InstallOptions, Installed, Listed, StaleReason, Store, StoreError, Verification,
};

/// The provider of that name, built in or installed; none if there is none.
///
/// # Errors
/// As [`Store::find`] and [`Store::load`]: above all [`StoreError::Stale`], after which
/// [`Store::repair`] helps.
pub fn find_provider(store: &Store, name: &str) -> Result<Option<Provider>, StoreError> {
    if let Some(provider) = built_in(name) {
        return Ok(Some(provider?));
    }
    let Some(installed) = store.find(name)? else { return Ok(None) };
    match store.load(&installed) {
        Ok(provider) => Ok(Some(provider)),
        // An update between the two removes the files of the earlier component.
        Err(error) => match store.find(name)? {
            Some(now) if now.digest() != installed.digest() => store.load(&now).map(Some),
            _ => Err(error),
        },
    }
}
