//! The stores of macOS and Windows keep what every store promises. On other systems there is
//! nothing here to run: `cargo xtask test` runs the one for Windows under Wine.

#[cfg(windows)]
mod credential_manager {
    use lockgate_contract::{Accounts, Names, Promise, check};
    use lockgate_core::SecretStore;
    use lockgate_platform_stores::{CredentialManager, Entry};

    /// Not by many at once: Windows answers one after the other, but Wine's own store has no lock.
    fn keeps_the_contract(names: Names, accounts: Accounts, entry: fn(&str) -> Entry) {
        let promise = Promise { names, limit: Some(2560), accounts, bytes: true, case: false };
        let open =
            |url: &str| -> Box<dyn SecretStore> { Box::new(CredentialManager::new(entry(url))) };
        check(&open, &promise);
    }

    #[test]
    fn the_credential_manager_keeps_the_contract() {
        keeps_the_contract(Names::Cargo, Accounts::None, Entry::of_cargo);
    }

    #[test]
    fn the_credential_manager_keeps_the_contract_for_docker() {
        if keeps_marks("the_credential_manager_keeps_the_contract_for_docker") {
            keeps_the_contract(Names::Docker, Accounts::Required, Entry::of_docker);
        }
    }

    /// docker's entries are known by their attributes, which Wine does not keep.
    #[allow(clippy::print_stderr, reason = "a test that cannot run says so")]
    fn keeps_marks(needs_it: &str) -> bool {
        let store = CredentialManager::new(Entry::of_docker("marks.registry.test"));
        let saved = store.save(Some(&"alice".into()), &"x".into());
        let keeps = saved.is_ok() && matches!(store.remove(), Ok(true));
        if !keeps {
            eprintln!("not run: {needs_it}: this system keeps no attributes of entries");
        }
        keeps
    }

    /// What another program keeps under the same name has no mark of docker's.
    #[test]
    fn an_entry_of_another_program_is_neither_given_out_nor_overwritten_nor_removed() {
        let of_docker =
            || CredentialManager::new(Entry::of_docker("cargo-registry:https://a.test"));
        let of_another = || CredentialManager::new(Entry::of_cargo("https://a.test"));
        of_another().save(None, &"of another".into()).unwrap();
        assert!(of_docker().load().unwrap().is_none());
        assert!(!of_docker().remove().unwrap());
        let refused = of_docker().save(Some(&"alice".into()), &"x".into()).unwrap_err().to_string();
        assert!(refused.contains("another program keeps a secret"), "{refused}");
        assert_eq!(of_another().load().unwrap().unwrap().secret.expose(), b"of another");
        assert!(of_another().remove().unwrap());
        if !keeps_marks("the twin of an_entry_of_another_program") {
            return;
        }
        // The twin: without it, it is taken, found and removed.
        of_docker().save(Some(&"alice".into()), &"x".into()).unwrap();
        let found = of_docker().load().unwrap().unwrap();
        assert_eq!(found.identity.unwrap().expose(), b"alice");
        assert!(of_docker().remove().unwrap());
    }
}

#[cfg(target_os = "macos")]
mod keychain {
    use lockgate_contract::{Accounts, Names, Promise, check, loses_nothing_to_others};
    use lockgate_core::SecretStore;
    use lockgate_platform_stores::{Entry, Keychain};

    fn keeps_the_contract(names: Names, accounts: Accounts, entry: fn(&str) -> Entry) {
        let promise = Promise { names, limit: None, accounts, bytes: true, case: true };
        let open = |url: &str| -> Box<dyn SecretStore> { Box::new(Keychain::new(entry(url))) };
        check(&open, &promise);
        loses_nothing_to_others(&open, &promise);
    }

    #[test]
    fn the_keychain_keeps_the_contract() {
        keeps_the_contract(Names::Cargo, Accounts::None, Entry::of_cargo);
    }

    #[test]
    fn the_keychain_keeps_the_contract_for_docker() {
        keeps_the_contract(Names::DockerInKeychain, Accounts::Required, Entry::of_docker);
    }

    #[test]
    fn dockers_entries_are_listed_without_a_secret() {
        let server = "https://listed.registry.test:5000/v2/";
        let store = Keychain::new(Entry::of_docker(server));
        store.save(Some(&"alice".into()), &"s3cret".into()).unwrap();
        let listed = Keychain::docker_entries().unwrap();
        let found = listed.iter().find(|one| one.server == server);
        assert_eq!(found.and_then(|one| one.identity.as_deref()), Some("alice"));
        assert!(store.remove().unwrap());
    }
}
