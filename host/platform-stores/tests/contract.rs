//! The stores of macOS and Windows keep what every store promises. On other systems there is
//! nothing here to run: `cargo xtask test` runs the one for Windows under Wine.

#[cfg(windows)]
mod credential_manager {
    use lockgate_contract::{Promise, check};
    use lockgate_platform_stores::{CredentialManager, Entry};

    #[test]
    fn the_credential_manager_keeps_the_contract() {
        let promise = Promise { limit: Some(2560), accounts: false, bytes: true, case: false };
        // Not by many at once: Windows answers one after the other, but Wine's own store has no lock.
        check(&|url| Box::new(CredentialManager::new(Entry::of_cargo(url))), &promise);
    }
}

#[cfg(target_os = "macos")]
mod keychain {
    use lockgate_contract::{Promise, check, loses_nothing_to_others};
    use lockgate_core::SecretStore;
    use lockgate_platform_stores::{Entry, Keychain};

    fn open(url: &str) -> Box<dyn SecretStore> {
        Box::new(Keychain::new(Entry::of_cargo(url)))
    }

    #[test]
    fn the_keychain_keeps_the_contract() {
        let promise = Promise { limit: None, accounts: false, bytes: true, case: true };
        check(&open, &promise);
        loses_nothing_to_others(&open);
    }
}
