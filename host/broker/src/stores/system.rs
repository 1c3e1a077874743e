//! The operating system's own stores.

#[cfg(target_os = "linux")]
use std::path::Path;

#[cfg(target_os = "linux")]
use lockgate_adapters::{KernelKeyring, KeyringProcess, ProcessEnvironment};
use lockgate_core::SecretStore;
#[cfg(target_os = "linux")]
use lockgate_core::{Environment, Request};

#[cfg(target_os = "linux")]
use lockgate_system::Key;

use crate::prepare::Prepared;

/// The desktop's store of secrets, as grants name it.
#[cfg(target_os = "linux")]
const OS: &str = "os";

/// The user's keyring in the kernel, as grants name it.
#[cfg(target_os = "linux")]
const KERNEL_KEYRING: &str = "kernel-keyring";

/// A setting of a provider's, and its value with which secrets may cross the bus as they are.
#[cfg(target_os = "linux")]
const PLAIN_SESSION: (&str, &str) = ("plain-session", "allow");

/// The stores that the providers of one request may use, made ready before the request is confined:
/// nothing can be connected to, and no process be made, afterwards.
pub(crate) struct SystemStores {
    #[cfg(target_os = "linux")]
    keyring_process: Option<KeyringProcess>,
    #[cfg(target_os = "linux")]
    kernel_keyring: Option<KernelKeyring>,
}

impl SystemStores {
    /// Makes ready what one of the providers may use, and nothing else. The desktop's store is a process
    /// of its own: the bus reaches all secrets, and programs.
    #[cfg(target_os = "linux")]
    pub(crate) fn connect<'a>(all: impl Iterator<Item = &'a Prepared> + Clone) -> Self {
        let granted =
            |name| all.clone().find(|prepared| prepared.decided.capabilities.stores.contains(name));
        let requested = |name| granted(name).map(|prepared| &prepared.request);
        Self {
            keyring_process: requested(OS).and_then(keyring_process),
            kernel_keyring: requested(KERNEL_KEYRING)
                .map(|request| KernelKeyring::new(&request.registry).ready(&request.operation)),
        }
    }

    /// The keys of the kernel's that are used.
    #[cfg(target_os = "linux")]
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        self.kernel_keyring.iter().flat_map(KernelKeyring::keys)
    }

    /// There is none yet.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn connect<'a>(_: impl Iterator<Item = &'a Prepared>) -> Self {
        Self {}
    }

    /// The store of that name, of the request's registry; none if there is no such one here. `setting`
    /// is one of the provider's, and `on_prompt` is called when the store itself asks a person.
    #[cfg(target_os = "linux")]
    pub(crate) fn open_store<'s>(
        &self,
        name: &str,
        setting: impl Fn(&str) -> Option<&'s String>,
        on_prompt: impl Fn() + Send + Sync + 'static,
    ) -> Option<Box<dyn SecretStore>> {
        match name {
            OS => {
                let (key, allowed) = PLAIN_SESSION;
                let plain = setting(key).is_some_and(|value| value == allowed);
                let store = self.keyring_process.as_ref()?.store(plain);
                Some(Box::new(store.on_prompt(on_prompt)))
            }
            KERNEL_KEYRING => Some(Box::new(self.kernel_keyring.clone()?)),
            _ => None,
        }
    }

    /// There is none yet.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn open_store<'s>(
        &self,
        _: &str,
        _: impl Fn(&str) -> Option<&'s String>,
        _: impl Fn() + Send + Sync + 'static,
    ) -> Option<Box<dyn SecretStore>> {
        None
    }
}

/// For the bus that the session's own variables name.
#[cfg(target_os = "linux")]
fn keyring_process(request: &Request) -> Option<KeyringProcess> {
    let variable = |name| ProcessEnvironment.variable(name);
    let address = variable("DBUS_SESSION_BUS_ADDRESS");
    let folder = variable("XDG_RUNTIME_DIR");
    let address = address.as_ref().and_then(|address| address.expose_text());
    let folder = folder.as_ref().and_then(|folder| folder.expose_text()).map(Path::new);
    KeyringProcess::fork(&request.registry, &request.operation, address, folder)
}
