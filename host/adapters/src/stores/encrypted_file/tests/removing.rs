//! What is removed beside somebody who logs in.

use std::fs;
use std::path::Path;

use lockgate_core::{AdapterError, Secret, SecretStore, StoredSecret};

use super::{Place, registry};
use crate::FileStore;

/// A store that looks before it takes the lock, as one without a lock does.
struct Hasty(Box<dyn SecretStore>);

impl SecretStore for Hasty {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        self.0.load()
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        self.0.save(identity, secret)
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        self.0.remove()
    }
}

/// Removes the old secret while somebody who logs in has the lock; whether something was removed.
fn removed_beside_a_login(
    folder: &Path,
    store: Box<dyn SecretStore>,
) -> Result<bool, AdapterError> {
    store.save(None, &"new".into())?;
    let files = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let entry = files.into_iter().find(|path| !path.ends_with("lock")).unwrap();
    let new = fs::read(&entry).unwrap();
    store.save(None, &"old".into())?;
    let lock = fs::File::open(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let removing = std::thread::spawn(move || store.remove_only(&"old".into()));
    std::thread::sleep(std::time::Duration::from_millis(300));
    fs::write(&entry, new).unwrap();
    drop(lock);
    removing.join().unwrap()
}

#[test]
fn a_login_that_came_before_the_removal_of_another_secret_stays() {
    let place = Place::with_key_file();
    let open = |encrypted: bool| -> Box<dyn SecretStore> {
        match encrypted {
            true => Box::new(place.store(&[]).0),
            false => Box::new(FileStore::new(&place.state(), &registry("https://one.example/"))),
        }
    };
    for (encrypted, folder) in [(true, "encrypted"), (false, "credentials")] {
        let folder = place.state().join(folder);
        let error = removed_beside_a_login(&folder, open(encrypted)).unwrap_err().to_string();
        assert!(error.contains("another credential was kept there meanwhile"), "{error}");
        let kept = open(encrypted).load().unwrap().unwrap();
        assert_eq!(kept.secret.expose_text(), Some("new"));
        assert!(open(encrypted).remove_only(&"new".into()).unwrap());
        assert!(!open(encrypted).remove_only(&"new".into()).unwrap());
        // The twin: whoever looked before the lock removes the login.
        let hasty = Box::new(Hasty(open(encrypted)));
        assert!(removed_beside_a_login(&folder, hasty).unwrap());
        assert!(open(encrypted).load().unwrap().is_none());
    }
}
