//! Names of cargo's own providers that have no component here. What cargo does with them is kept: a
//! list of providers works on every system, and what is missing is never replaced by a plain file.

use lockgate_core::Failure;

use crate::prepare::Skipped;

/// Why one of them ends the request.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// As of every stable cargo.
    #[error("cargo:paseto requires -Zasymmetric-token")]
    Paseto,
    /// The system's own store where it is not Linux's.
    #[error("failed to use the store of `{name}`")]
    Other {
        /// The provider.
        name: &'static str,
        /// Why.
        source: NoStore,
    },
}

/// A store that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error(
    "this version of Lockgate does not use the operating system's own store yet; name another provider for the registry"
)]
pub struct NoStore;

/// What becomes of such a name; none if it is not one.
pub(crate) fn unavailable(provider: &str) -> Option<Skipped> {
    let end = |unavailable: Unavailable| Some(Skipped::End(unavailable.into()));
    match provider {
        "cargo:paseto" => end(Unavailable::Paseto),
        "cargo:libsecret" if cfg!(target_os = "linux") => None,
        "cargo:macos-keychain" if cfg!(target_os = "macos") => {
            end(Unavailable::Other { name: "cargo:macos-keychain", source: NoStore })
        }
        "cargo:wincred" if cfg!(windows) => {
            end(Unavailable::Other { name: "cargo:wincred", source: NoStore })
        }
        "lockgate:os-store" if !cfg!(target_os = "linux") => {
            end(Unavailable::Other { name: "lockgate:os-store", source: NoStore })
        }
        "lockgate:kernel-keyring" if !cfg!(target_os = "linux") => {
            end(Unavailable::Other { name: "lockgate:kernel-keyring", source: NoStore })
        }
        // Another system's.
        "cargo:libsecret" | "cargo:macos-keychain" | "cargo:wincred" => {
            Some(Skipped::Next(Failure::UnsupportedRegistry))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::unavailable;
    use crate::prepare::Skipped;

    #[test]
    #[cfg(target_os = "linux")]
    fn another_systems_store_is_passed_over_and_this_ones_is_not() {
        for name in ["cargo:macos-keychain", "cargo:wincred"] {
            assert!(matches!(unavailable(name), Some(Skipped::Next(_))), "{name}");
        }
        assert!(matches!(unavailable("cargo:paseto"), Some(Skipped::End(_))));
        for name in ["cargo:libsecret", "lockgate:os-store", "lockgate:kernel-keyring"] {
            assert!(unavailable(name).is_none(), "{name}");
        }
        assert!(unavailable("cargo:token").is_none());
        assert!(unavailable("cargo:1password").is_none());
    }
}
