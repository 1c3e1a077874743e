//! The bridge to people's `pass`: where in its store a registry's entries are, and what cannot be one.
//!
//! The folders are read here, as docker's own helper does: `pass` itself lists them only as a drawing.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use lockgate_core::{Ecosystem, LoginInput, Operation, ProcessGrant, Registry, Request, escape};
use lockgate_registry::docker::aliases;

use super::{BridgeError, Surroundings};
use crate::Choice;

/// The bridge to people's `pass`. The program needs a grant.
pub const PASS: &str = "lockgate:pass";

/// What PATH is searched for where nothing else is named.
pub(super) const PROGRAM: &str = "pass";

/// The folder of docker's own helper, shared with it.
const OF_DOCKER: &str = "docker-credential-helpers";
/// cargo has no helper for `pass`, so that the folder is ours.
const OF_CARGO: &str = "cargo-registries";

/// What the files of entries end with.
const SUFFIX: &str = ".gpg";
/// Names of a folder that are looked at: more than any server has users.
const LISTED: usize = 1024;

/// What `pass` finds its store, its keys and the person by.
pub(super) const VARIABLES: &[&str] = &[
    STORE,
    "PASSWORD_STORE_KEY",
    "PASSWORD_STORE_SIGNING_KEY",
    "GNUPGHOME",
    "GPG_TTY",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
];
const STORE: &str = "PASSWORD_STORE_DIR";

/// The `process` capability, as `lockgate provider grant` takes it, of a `pass` that is named by nothing
/// but its path: it gets what people log in with, and the variables that it needs. None for what is no
/// path alone.
#[must_use]
pub fn pass_grant(path: &str) -> Option<String> {
    super::granted_with(path, VARIABLES)
}

/// The words for the provider: the program, the place of the registry's entry, and the entries that
/// are there, in the order in which they count.
pub(super) fn completed(
    mut choice: Choice,
    request: &Request,
    surroundings: Surroundings<'_>,
) -> Result<Choice, BridgeError> {
    let [program] = choice.arguments.as_slice() else {
        return Err(BridgeError::NotOnePass);
    };
    let registry = &request.registry;
    if let Operation::Login(input) = &request.operation {
        check_login(registry.ecosystem(), input)?;
    }
    let store = store_of(program, surroundings)?;
    choice.arguments.push(place(registry.ecosystem(), registry.url()));
    choice.arguments.extend(entries(&store, registry));
    Ok(choice)
}

/// A user's name becomes the name of a file, and docker's helper reads no line end behind a secret.
fn check_login(ecosystem: Ecosystem, input: &LoginInput) -> Result<(), BridgeError> {
    if ecosystem != Ecosystem::Oci {
        return Ok(());
    }
    let user = input.identity.as_deref().unwrap_or_default();
    if user.contains('/') || user == "." || user == ".." {
        return Err(BridgeError::NoEntryName { user: escape(user) });
    }
    let secret = input.secret.as_ref().map(|secret| secret.expose()).unwrap_or_default();
    match secret.ends_with(b"\n") || secret.ends_with(b"\r") {
        true => Err(BridgeError::LineEnd),
        false => Ok(()),
    }
}

/// The folder that the program will use, since it gets no other variables than its grant names.
fn store_of(program: &str, surroundings: Surroundings<'_>) -> Result<PathBuf, BridgeError> {
    let hands_on = |grant: &ProcessGrant| {
        grant.program == program && grant.environment.iter().any(|name| name == STORE)
    };
    let is_told = surroundings.grants.iter().any(hands_on);
    let told = is_told.then(|| crate::programs::own(STORE)).flatten();
    let store = match told.filter(|told| !told.is_empty()) {
        Some(told) => Some(PathBuf::from(told)),
        None => surroundings.home.map(|home| home.join(".password-store")),
    };
    // It would be one in the empty folder in which programs run, and gone with it.
    store.filter(|store| store.is_absolute()).ok_or(BridgeError::NoPassStore)
}

/// Server names and URLs have slashes, and some differ in upper and lower case alone.
fn place(ecosystem: Ecosystem, url: &str) -> String {
    let folder = match ecosystem {
        Ecosystem::Oci => OF_DOCKER,
        // The provider serves no third one.
        _ => OF_CARGO,
    };
    format!("{folder}/{}", URL_SAFE.encode(url))
}

/// The entries of the registry that are there: for docker under each of the server's names, the asked
/// one first, and of several users in the order of docker's own helper, which takes the first.
fn entries(store: &Path, registry: &Registry) -> Vec<String> {
    let (ecosystem, url) = (registry.ecosystem(), registry.url());
    if ecosystem == Ecosystem::Oci {
        let names = std::iter::once(url.to_owned()).chain(aliases(url));
        return names.flat_map(|name| users(store, &place(ecosystem, &name))).collect();
    }
    let entry = place(ecosystem, url);
    let is_there = store.join(format!("{entry}{SUFFIX}")).is_file();
    is_there.then_some(entry).into_iter().collect()
}

/// The entries of one folder.
fn users(store: &Path, place: &str) -> Vec<String> {
    let Ok(folder) = store.join(place).read_dir() else { return Vec::new() };
    let files = folder.take(LISTED).flatten().filter(|file| file.path().is_file());
    let mut names: Vec<_> = files.filter_map(|file| file.file_name().into_string().ok()).collect();
    names.sort_unstable();
    let users = names.iter().filter_map(|name| name.strip_suffix(SUFFIX));
    let users = users.filter(|user| !user.is_empty() && !user.contains(char::is_control));
    users.map(|user| format!("{place}/{user}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use lockgate_core::{Ecosystem, LoginInput, Registry, Secret};

    use super::{Surroundings, check_login, entries, pass_grant, place, store_of};
    use crate::BridgeError;

    #[allow(clippy::disallowed_methods, reason = "the test makes a store")]
    fn keep(store: &Path, entry: &str) {
        let file = store.join(format!("{entry}.gpg"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "").unwrap();
    }

    fn found(store: &Path, ecosystem: Ecosystem, url: &str) -> Vec<String> {
        entries(store, &Registry::new(ecosystem, url).unwrap())
    }

    #[test]
    fn a_place_is_named_as_dockers_helper_names_it() {
        for (url, name) in [
            ("https://index.docker.io/v1/", "aHR0cHM6Ly9pbmRleC5kb2NrZXIuaW8vdjEv"),
            ("f", "Zg=="),
            ("~~~???", "fn5-Pz8_"),
        ] {
            let expected = format!("docker-credential-helpers/{name}");
            assert_eq!(place(Ecosystem::Oci, url), expected);
            assert_eq!(place(Ecosystem::Cargo, url), format!("cargo-registries/{name}"));
        }
    }

    #[test]
    fn the_asked_name_comes_first_and_in_it_the_first_file() {
        let store = tempfile::tempdir().unwrap();
        let of = |server: &str, user: &str| format!("{}/{user}", place(Ecosystem::Oci, server));
        assert_eq!(found(store.path(), Ecosystem::Oci, "ghcr.io"), [""; 0]);
        let kept = [("ghcr.io", "a"), ("ghcr.io", "a-b"), ("https://ghcr.io", "<token>")];
        for (server, user) in kept {
            keep(store.path(), &of(server, user));
        }
        // `a-b.gpg` comes before `a.gpg`.
        let expected = [of("ghcr.io", "a-b"), of("ghcr.io", "a"), of("https://ghcr.io", "<token>")];
        assert_eq!(found(store.path(), Ecosystem::Oci, "ghcr.io"), expected);
        assert_eq!(found(store.path(), Ecosystem::Oci, "ghcr.io:443"), [""; 0]);
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "the test makes a store")]
    fn what_is_no_entry_is_passed_over() {
        let store = tempfile::tempdir().unwrap();
        let folder = place(Ecosystem::Oci, "h");
        keep(store.path(), &format!("{folder}/alice"));
        std::fs::write(store.path().join(&folder).join(".gpg-id"), "").unwrap();
        std::fs::write(store.path().join(&folder).join("a\nb.gpg"), "").unwrap();
        std::fs::write(store.path().join(&folder).join(".gpg"), "").unwrap();
        std::fs::create_dir(store.path().join(&folder).join("a.gpg")).unwrap();
        let expected = [format!("{folder}/alice")];
        assert_eq!(found(store.path(), Ecosystem::Oci, "h"), expected);
    }

    #[test]
    fn cargo_has_one_entry_for_an_index() {
        let store = tempfile::tempdir().unwrap();
        let index = "sparse+https://a.example/";
        assert_eq!(found(store.path(), Ecosystem::Cargo, index), [""; 0]);
        let entry = place(Ecosystem::Cargo, index);
        keep(store.path(), &entry);
        assert_eq!(found(store.path(), Ecosystem::Cargo, index), [entry]);
        assert_eq!(found(store.path(), Ecosystem::Cargo, "sparse+https://a.example"), [""; 0]);
    }

    #[test]
    fn a_user_is_one_file_and_a_secret_has_no_line_end_behind_it() {
        let check = |ecosystem, user: &str, secret: &str| {
            let (identity, secret) = (Some(user.to_owned()), Some(Secret::from(secret)));
            check_login(ecosystem, &LoginInput { identity, secret, ..LoginInput::default() })
        };
        for user in ["alice", "<token>", "a..b@c", "_json_key"] {
            assert!(check(Ecosystem::Oci, user, "a\nb").is_ok(), "{user}");
        }
        for user in ["a/b", "/etc/x", "..", ".", "a/../b"] {
            let refused = check(Ecosystem::Oci, user, "s");
            assert!(matches!(refused, Err(BridgeError::NoEntryName { .. })), "{user}");
        }
        for secret in ["s\n", "s\r", "s\r\n", "\n"] {
            let refused = check(Ecosystem::Oci, "alice", secret);
            assert!(matches!(refused, Err(BridgeError::LineEnd)), "{secret:?}");
        }
        assert!(check(Ecosystem::Cargo, "", "s").is_ok());
    }

    #[test]
    fn the_store_is_in_the_home_folder_unless_the_grant_says_otherwise() {
        let settings = BTreeMap::new();
        let of_home =
            |home| store_of("/p", Surroundings { settings: &settings, grants: &[], home });
        assert_eq!(of_home(Some(Path::new("/h"))).unwrap(), Path::new("/h/.password-store"));
        assert!(matches!(of_home(None), Err(BridgeError::NoPassStore)));
        assert!(matches!(of_home(Some(Path::new("h"))), Err(BridgeError::NoPassStore)));
    }

    #[test]
    fn it_is_granted_the_variables_that_it_needs() {
        let grant = pass_grant("/usr/bin/pass").unwrap();
        for part in ["PASSWORD_STORE_DIR", "GNUPGHOME", "GPG_TTY", "receives = [\"login\", "] {
            assert!(grant.contains(part), "{grant}");
        }
        assert!(lockgate_policy::Change::parse(&grant).is_ok());
        assert_eq!(pass_grant("/usr/bin/pass show"), None);
    }
}
