//! The stores of secrets: which ones there are here, and which is the best.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use lockgate_adapters::{CargoCredentials, FileStore, KernelKeyring};
use lockgate_broker::{Context, Machine};
use lockgate_core::{Ecosystem, shell_word};

use super::encrypted::encrypted_files;
use super::remedy::remedy;
use super::{Finding, Section};

const CARGO: &str = "cargo-credentials";
const OS: &str = "os";
const FILE: &str = "file";
const BEST: &str = "best here";

/// Reading, writing and running by the group and by others.
const BY_OTHERS: u32 = 0o077;

/// What keeps secrets here. Without a `context` cargo's own file is not known.
pub(super) fn stores(machine: &Machine, context: Option<&Context>) -> Section {
    let keyring = keyring();
    let best = best(machine, &keyring);
    let file = file(machine);
    let encrypted = encrypted_files(machine);
    let cargo = context.map(cargo);
    let findings = [keyring.finding(), file, encrypted, best].into_iter().chain(cargo).collect();
    Section { name: "stores", findings }
}

/// The operating system's own store.
enum Keyring {
    Answers,
    /// It answers, and nothing new can go there.
    WithoutDefault,
    None,
    /// Nobody knows.
    Failed(Finding),
}

impl Keyring {
    fn finding(self) -> Finding {
        match self {
            Self::Answers => Finding::good(OS, "a keyring answers on the session's bus"),
            Self::WithoutDefault => Finding::note(
                OS,
                "a keyring answers on the session's bus, and has no default collection for new entries",
            )
            .with_remedy("make one, for example with `seahorse`; until then logins are kept elsewhere"),
            Self::None => Finding::note(OS, "no keyring answers here"),
            Self::Failed(found) => found,
        }
    }
}

#[cfg(target_os = "linux")]
#[allow(clippy::disallowed_methods, reason = "this reports on the environment")]
fn keyring() -> Keyring {
    use lockgate_adapters::SecretService;

    /// How long the bus may take: it is on this machine.
    const DEADLINE: std::time::Duration = std::time::Duration::from_secs(2);
    let address = std::env::var("DBUS_SESSION_BUS_ADDRESS").ok();
    let folder = std::env::var_os("XDG_RUNTIME_DIR");
    let (address, folder) = (address.as_deref(), folder.as_deref().map(Path::new));
    match SecretService::answers(address, folder, DEADLINE) {
        Ok(true) => match SecretService::has_default(address, folder) {
            Ok(false) => Keyring::WithoutDefault,
            _ => Keyring::Answers,
        },
        Ok(false) => Keyring::None,
        Err(error) => {
            let otherwise = "see that a session bus runs, and what DBUS_SESSION_BUS_ADDRESS says";
            Keyring::Failed(Finding::failure(OS, &error, remedy(&error, otherwise)))
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn keyring() -> Keyring {
    Keyring::None
}

/// Lockgate's own files.
fn file(machine: &Machine) -> Finding {
    let state = &machine.folders.state;
    match FileStore::list(state, Ecosystem::Oci) {
        Ok(kept) => Finding::good(
            FILE,
            format!("not encrypted; {} of docker's servers in {}", kept.len(), state.display()),
        ),
        Err(error) => {
            let otherwise = "move away what is there; it is made when it is needed";
            Finding::failure(FILE, &error, remedy(&error, otherwise))
        }
    }
}

/// The store that is recommended for what shall be kept.
fn best(machine: &Machine, keyring: &Keyring) -> Finding {
    let config = machine.folders.config_file.display();
    match (keyring, KernelKeyring::check()) {
        (Keyring::Answers, _) => Finding::good(
            BEST,
            "`lockgate:os-store`: what it keeps is encrypted, and locked with your session",
        ),
        (_, Ok(())) => Finding::note(
            BEST,
            "`lockgate:kernel-keyring`, which is never on the disk, gone after a restart and not in \
             `lockgate docker list`, and holds 20,000 bytes of a user's unless the administrator raised that; \
             `lockgate:encrypted-file`, which outlives one and asks for a passphrase; \
             `lockgate:file`, which outlives one and is not encrypted",
        )
        .with_remedy(format!(
            "start a keyring such as GNOME Keyring or KeePassXC, or choose one of them with a line \
             such as `providers = [\"lockgate:kernel-keyring\"]` under `[docker]` in {config}"
        )),
        (_, Err(_)) => Finding::note(
            BEST,
            "`lockgate:encrypted-file`, for whose passphrase each command asks here, unless a key file \
             opens it; `lockgate:file`, which is not encrypted",
        )
        .with_remedy(format!(
            "start a keyring such as GNOME Keyring or KeePassXC, or choose one of them with a line \
             such as `providers = [\"lockgate:encrypted-file\"]` under `[docker]` in {config}"
        )),
    }
}

/// cargo's own file of tokens.
fn cargo(context: &Context) -> Finding {
    let credentials = CargoCredentials::new(context.cargo_home.clone(), Vec::new(), None);
    match credentials.check() {
        Ok(Some(file)) => permissions(&file),
        Ok(None) => {
            let file = context.cargo_home.join("credentials.toml");
            Finding::good(CARGO, format!("{}, made at the first login", file.display()))
        }
        Err(error) => {
            let otherwise = "correct what is named above by hand, then run `lockgate doctor` again";
            Finding::failure(CARGO, &error, remedy(&error, otherwise))
        }
    }
}

fn permissions(file: &Path) -> Finding {
    let shown = file.display().to_string();
    match file.metadata() {
        Ok(found) if found.permissions().mode() & BY_OTHERS != 0 => Finding::problem(
            CARGO,
            format!("others can read the tokens in {shown}"),
            format!("chmod 600 {}", shell_word(&shown)),
        ),
        Ok(_) => Finding::good(CARGO, shown),
        Err(error) => Finding::failure(
            CARGO,
            &error,
            format!("make {shown} readable for you, and for nobody else"),
        ),
    }
}
