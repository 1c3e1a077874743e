//! A machine that exists only in memory, but for its files and its network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lockgate_adapters::{FramedPrompt, LocalFiles, NativeHttp};
use lockgate_core::{
    AdapterError, Adapters, Environment, Prompt, Secret, SecretStore, StoredSecret,
};

/// What a provider's calls find. A clone is the same machine.
#[derive(Clone, Default)]
pub struct Machine {
    variables: BTreeMap<String, String>,
    store: Arc<Mutex<Option<StoredSecret>>>,
    typed: Option<String>,
    asked: Arc<Mutex<Vec<String>>>,
    home: PathBuf,
}

impl Machine {
    /// A machine with nothing on it.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this variable set.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With this token for the request's registry in the store `cargo-credentials`.
    #[must_use]
    pub fn keeping(self, token: &str) -> Self {
        let entry = StoredSecret { identity: None, secret: Secret::from(token) };
        *self.store.lock().unwrap() = Some(entry);
        self
    }

    /// With a person who types this to every question.
    #[must_use]
    pub fn typing(mut self, answer: &str) -> Self {
        self.typed = Some(answer.to_owned());
        self
    }

    /// With this home folder.
    #[must_use]
    pub fn living_in(mut self, home: &Path) -> Self {
        home.clone_into(&mut self.home);
        self
    }

    /// The token in the store, if it is text.
    pub fn kept(&self) -> Option<String> {
        let entry = self.store.lock().unwrap();
        entry.as_ref().and_then(|entry| entry.secret.expose_text().map(str::to_owned))
    }

    /// Every question that the person saw.
    pub fn questions(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    /// The adapters of one call of this provider.
    pub(super) fn adapters(&self, provider: &str) -> Adapters {
        let store: Box<dyn SecretStore> = Box::new(MemoryStore(Arc::clone(&self.store)));
        let person = self.typed.clone().map(|typed| {
            let person = Person { typed, asked: Arc::clone(&self.asked) };
            Box::new(FramedPrompt::new(person, provider.to_owned())) as Box<dyn Prompt>
        });
        Adapters {
            stores: BTreeMap::from([("cargo-credentials".to_owned(), store)]),
            environment: Some(Box::new(Variables(self.variables.clone()))),
            files: Some(Box::new(LocalFiles)),
            http: Some(Box::new(NativeHttp::new())),
            prompt: person,
            ..Adapters::default()
        }
    }
}

struct MemoryStore(Arc<Mutex<Option<StoredSecret>>>);

impl SecretStore for MemoryStore {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        let entry = StoredSecret { identity: identity.cloned(), secret: secret.clone() };
        *self.0.lock().unwrap() = Some(entry);
        Ok(())
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        Ok(self.0.lock().unwrap().take().is_some())
    }
}

struct Variables(BTreeMap<String, String>);

impl Environment for Variables {
    fn variable(&self, name: &str) -> Option<Secret> {
        self.0.get(name).map(|value| Secret::from(value.as_str()))
    }
}

struct Person {
    typed: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Prompt for Person {
    fn ask(&self, question: &str, _hidden: bool) -> Result<Secret, AdapterError> {
        self.asked.lock().unwrap().push(question.to_owned());
        Ok(Secret::from(self.typed.as_str()))
    }

    fn show(&self, message: &str, _link: Option<&str>) -> Result<(), AdapterError> {
        self.asked.lock().unwrap().push(message.to_owned());
        Ok(())
    }
}
