//! The operating system's own stores.

#[cfg(target_os = "linux")]
use std::path::Path;
#[cfg(target_os = "linux")]
use std::sync::Arc;
#[cfg(target_os = "linux")]
use std::time::Duration;

use lockgate_adapters::Listed;
#[cfg(target_os = "linux")]
use lockgate_adapters::{
    EncryptedFiles, KernelKeyring, KeyringProcess, ProcessEnvironment, SecretService,
};
use lockgate_core::{AdapterError, Ecosystem, Registry, Secret, SecretStore};
#[cfg(target_os = "linux")]
use lockgate_core::{Environment, Operation, Request};

#[cfg(target_os = "linux")]
use lockgate_system::Key;

#[cfg(target_os = "linux")]
use super::{Aliased, Saving, keys_of_server};
use crate::Context;
#[cfg(target_os = "linux")]
use crate::broker::ENCRYPTED_FILE;
use crate::prepare::Prepared;

/// The desktop's store of secrets, as grants name it.
pub(crate) const OS: &str = "os";

/// Whether there are desktops here whose keyring Lockgate may use.
pub(crate) const HAS_DESKTOP_KEYRINGS: bool = cfg!(target_os = "linux");

/// The user's keyring in the kernel, as grants name it.
#[cfg(target_os = "linux")]
const KERNEL_KEYRING: &str = "kernel-keyring";

/// How long is waited for the bus to say whether it has a keyring. It is on this machine, and a person
/// waits.
#[cfg(target_os = "linux")]
const PROBE_DEADLINE: Duration = Duration::from_secs(2);

/// A setting of a provider's, and its value with which secrets may cross the bus as they are.
#[cfg(target_os = "linux")]
const PLAIN_SESSION: (&str, &str) = ("plain-session", "allow");

/// The stores that the providers of one request may use, made ready before the request is confined:
/// nothing can be connected to, and no process be made, afterwards.
pub(crate) struct SystemStores {
    #[cfg(target_os = "linux")]
    keyring_process: Option<KeyringProcess>,
    #[cfg(target_os = "linux")]
    /// By the registry's key: the one that was asked for, and those that mean the same server.
    kernel_keyring: Vec<(String, KernelKeyring)>,
    /// With the keys of the kernel's that it needs.
    #[cfg(target_os = "linux")]
    encrypted_files: Option<(EncryptedFiles, Vec<Key>)>,
}

impl SystemStores {
    /// Makes ready what one of the providers may use, and nothing else. The desktop's store is a process
    /// of its own: the bus reaches all secrets, and programs.
    #[cfg(target_os = "linux")]
    pub(crate) fn connect<'a>(
        context: &Context,
        all: impl Iterator<Item = &'a Prepared> + Clone,
    ) -> Self {
        let granted =
            |name| all.clone().find(|prepared| prepared.decided.capabilities.stores.contains(name));
        let requested = |name| granted(name).map(|prepared| &prepared.request);
        Self {
            keyring_process: requested(OS).and_then(keyring_process),
            kernel_keyring: requested(KERNEL_KEYRING).map(kernel_keyring).unwrap_or_default(),
            encrypted_files: requested(ENCRYPTED_FILE).map(|_| {
                let files = context.machine.encrypted_files();
                let keys = files.ready();
                (files, keys)
            }),
        }
    }

    /// The keys of the kernel's that are used.
    #[cfg(target_os = "linux")]
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let of_files = self.encrypted_files.iter().flat_map(|(_, keys)| keys.iter().copied());
        self.kernel_keyring.iter().flat_map(|(_, keyring)| keyring.keys()).chain(of_files)
    }

    /// There is none yet.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn connect<'a>(_: &Context, _: impl Iterator<Item = &'a Prepared>) -> Self {
        Self {}
    }

    /// The store of that name, of the request's registry; none if there is no such one here. `setting`
    /// is one of the provider's, `on_prompt` is called when the store itself asks a person, and
    /// `removable` is the one secret that may be removed, if not any.
    #[cfg(target_os = "linux")]
    pub(crate) fn open_store<'s>(
        &self,
        name: &str,
        registry: &Registry,
        setting: impl Fn(&str) -> Option<&'s String>,
        on_prompt: impl Fn() + Send + Sync + 'static,
        removable: Option<&Secret>,
    ) -> Option<Box<dyn SecretStore>> {
        match name {
            OS => {
                let (key, allowed) = PLAIN_SESSION;
                let plain = setting(key).is_some_and(|value| value == allowed);
                let process = self.keyring_process.as_ref()?;
                let on_prompt = Arc::new(on_prompt);
                let entries = Aliased::open(registry, Saving::ReplacesAll, |key| {
                    let on_prompt = Arc::clone(&on_prompt);
                    Some(process.store(key, plain)?.on_prompt(move || on_prompt()))
                });
                Some(Box::new(entries?.removing_only(removable)))
            }
            KERNEL_KEYRING => {
                let entries = Aliased::open(registry, Saving::ReplacesAll, |key| {
                    let mut keyrings = self.kernel_keyring.iter();
                    keyrings.find(|(own, _)| own == key.url()).map(|(_, keyring)| keyring.clone())
                });
                Some(Box::new(entries?.removing_only(removable)))
            }
            ENCRYPTED_FILE => {
                let (files, _) = self.encrypted_files.as_ref()?;
                let open = |key: &Registry| Some(files.store(key));
                let entries = Aliased::open(registry, Saving::ReplacesAll, open);
                Some(Box::new(entries?.removing_only(removable)))
            }
            _ => None,
        }
    }

    /// There is none yet.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn open_store<'s>(
        &self,
        _: &str,
        _: &Registry,
        _: impl Fn(&str) -> Option<&'s String>,
        _: impl Fn() + Send + Sync + 'static,
        _: Option<&Secret>,
    ) -> Option<Box<dyn SecretStore>> {
        None
    }
}

#[cfg(target_os = "linux")]
fn keyring_process(request: &Request) -> Option<KeyringProcess> {
    let registries = keys_of_server(&request.registry);
    with_bus(|address, folder| {
        KeyringProcess::fork(&registries, &request.operation, address, folder)
    })
}

/// A login saves under the key that was asked for, and removes what the others have.
#[cfg(target_os = "linux")]
fn kernel_keyring(request: &Request) -> Vec<(String, KernelKeyring)> {
    let ready = |key: Registry| {
        let operation = match key == request.registry {
            true => &request.operation,
            false => &Operation::Logout,
        };
        (key.url().to_owned(), KernelKeyring::new(&key).ready(operation))
    };
    keys_of_server(&request.registry).into_iter().map(ready).collect()
}

/// Whether somebody keeps secrets on the desktop's bus. Where that is not known there may be one: what
/// is the matter is told when it is used, and nothing is kept in plain files for it.
#[cfg(target_os = "linux")]
pub(crate) fn desktop_keyring_answers() -> bool {
    with_bus(|address, folder| SecretService::answers(address, folder, PROBE_DEADLINE))
        .unwrap_or(true)
}

/// There is none yet.
#[cfg(not(target_os = "linux"))]
pub(crate) fn desktop_keyring_answers() -> bool {
    false
}

/// Whether the desktop's keyring, which answers, takes new entries. Where that is not known it is asked
/// to, and says what is the matter.
#[cfg(target_os = "linux")]
pub(crate) fn desktop_keyring_takes_new() -> bool {
    with_bus(SecretService::has_default).unwrap_or(true)
}

/// There is none yet.
#[cfg(not(target_os = "linux"))]
pub(crate) fn desktop_keyring_takes_new() -> bool {
    false
}

/// The entries of an ecosystem on the desktop's bus.
///
/// # Errors
/// If they cannot be told.
#[cfg(target_os = "linux")]
pub(crate) fn list_desktop_keyring(ecosystem: Ecosystem) -> Result<Vec<Listed>, AdapterError> {
    with_bus(|address, folder| SecretService::connect(address, folder).list(ecosystem))
}

/// There is none yet.
#[cfg(not(target_os = "linux"))]
pub(crate) fn list_desktop_keyring(_: Ecosystem) -> Result<Vec<Listed>, AdapterError> {
    Ok(Vec::new())
}

/// The bus that the session's own variables name.
#[cfg(target_os = "linux")]
fn with_bus<T>(act: impl FnOnce(Option<&str>, Option<&Path>) -> T) -> T {
    let variable = |name| ProcessEnvironment.variable(name);
    let address = variable("DBUS_SESSION_BUS_ADDRESS");
    let folder = variable("XDG_RUNTIME_DIR");
    act(
        address.as_ref().and_then(Secret::expose_text),
        folder.as_ref().and_then(Secret::expose_text).map(Path::new),
    )
}
