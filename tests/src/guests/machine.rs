//! A machine that exists only in memory, but for its files and its network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use lockgate_adapters::{FramedPrompt, LocalFiles, NativeHttp};
use lockgate_core::{
    AdapterError, Adapters, Environment, Kept, Prompt, Refusal, Registry, Secret, SecretStore,
    StateStore, StoredSecret, Witness,
};

use super::programs::Programs;

/// What all providers keep for themselves: by provider, registry and name.
type States = Arc<Mutex<BTreeMap<(String, String, String), Kept>>>;

/// What the stores are called.
const STORES: [&str; 6] =
    ["cargo-credentials", "docker-config", "encrypted-file", "file", "kernel-keyring", "os"];

/// What a provider's calls find. A clone is the same machine.
#[derive(Clone, Default)]
pub struct Machine {
    variables: BTreeMap<String, String>,
    store: Arc<Mutex<Option<StoredSecret>>>,
    typed: Option<String>,
    asked: Arc<Mutex<Vec<String>>>,
    home: PathBuf,
    states: States,
    running: Arc<AtomicUsize>,
    settings: BTreeMap<String, String>,
    recorded: Arc<Mutex<Vec<String>>>,
    unrecorded: Option<&'static str>,
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

    /// With this token for the request's registry in each store, which are one.
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

    /// With this setting for every provider.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Where no use of this capability can be recorded.
    #[must_use]
    pub fn not_recording(mut self, capability: &'static str) -> Self {
        self.unrecorded = Some(capability);
        self
    }

    /// What was recorded: a capability, a subject, and why it was refused, if it was.
    pub fn recorded(&self) -> Vec<String> {
        self.recorded.lock().unwrap().clone()
    }

    /// How many programs run that a provider started.
    pub fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
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

    /// The adapters of one call of this provider about this registry.
    pub(super) fn adapters(&self, provider: &str, registry: &Registry) -> Adapters {
        let store = |name: &str| {
            let store: Box<dyn SecretStore> = Box::new(MemoryStore(Arc::clone(&self.store)));
            (name.to_owned(), store)
        };
        let person = self.typed.clone().map(|typed| {
            let person = Person { typed, asked: Arc::clone(&self.asked) };
            Box::new(FramedPrompt::new(person, provider.to_owned())) as Box<dyn Prompt>
        });
        Adapters {
            stores: STORES.map(store).into(),
            environment: Some(Box::new(Variables(self.variables.clone()))),
            files: Some(Box::new(LocalFiles)),
            http: Some(Box::new(NativeHttp::new())),
            prompt: person,
            state: Some(Box::new(MemoryState {
                states: Arc::clone(&self.states),
                provider: provider.to_owned(),
                registry: registry.url().to_owned(),
            })),
            process: Some(Box::new(Programs {
                folder: Some(self.home.clone()).filter(|home| home.is_absolute()),
                variables: self.variables.clone(),
                running: Arc::clone(&self.running),
            })),
            witness: Some(Box::new(Recorder {
                recorded: Arc::clone(&self.recorded),
                unrecorded: self.unrecorded,
            })),
            settings: self.settings.clone(),
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

struct MemoryState {
    states: States,
    provider: String,
    registry: String,
}

impl MemoryState {
    fn key(&self, name: &str) -> (String, String, String) {
        (self.provider.clone(), self.registry.clone(), name.to_owned())
    }
}

impl StateStore for MemoryState {
    fn load(&self, name: &str) -> Result<Option<Kept>, AdapterError> {
        Ok(self.states.lock().unwrap().get(&self.key(name)).cloned())
    }

    fn save(&self, name: &str, kept: &Kept) -> Result<(), AdapterError> {
        self.states.lock().unwrap().insert(self.key(name), kept.clone());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<bool, AdapterError> {
        Ok(self.states.lock().unwrap().remove(&self.key(name)).is_some())
    }
}

struct Recorder {
    recorded: Arc<Mutex<Vec<String>>>,
    unrecorded: Option<&'static str>,
}

impl Witness for Recorder {
    fn record(
        &self,
        capability: &'static str,
        subject: &str,
        refusal: Option<&Refusal>,
    ) -> Result<(), AdapterError> {
        if self.unrecorded == Some(capability) {
            return Err("the disk is full".into());
        }
        let reason = refusal.map(|refusal| format!(": {}", refusal.reason)).unwrap_or_default();
        self.recorded.lock().unwrap().push(format!("{capability} {subject}{reason}"));
        Ok(())
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
