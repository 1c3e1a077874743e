//! The second wall around one request: what the operating system still lets this process do once it
//! is known what the request's providers may use.

use std::path::{Path, PathBuf};

use lockgate_adapters::{RECOVERY_SUFFIX, StateFolder};
use lockgate_core::{Capabilities, HttpSettings, Operation, Request};
use lockgate_system::{Confinement, Folder, NAME_LOOKUP, create_client_folder, open_client_file};

use crate::Context;
use crate::broker::{CARGO_CREDENTIALS, DOCKER_CONFIG, ENCRYPTED_FILE, FILE};
use crate::prepare::Prepared;

/// The port of name servers, for answers that are too long for a datagram.
pub(crate) const DOMAIN: u16 = 53;

/// What the providers of one request may do together. They run one after another in one process,
/// and a confinement only shrinks. Folders that are to be written in are made here, since nothing
/// makes them afterwards; what fails here fails again, and is told, where it is used.
pub(crate) fn confinement<'a>(
    context: &Context,
    request: &Request,
    all: impl Iterator<Item = &'a Prepared>,
) -> Confinement {
    let changes = matches!(request.operation, Operation::Login(_) | Operation::Logout);
    let mut walls = Confinement::default();
    // Made already, with the record of the request.
    walls.write.push(context.machine.audit_folder());
    walls.read.push(context.machine.logins_folder());
    if changes {
        walls.write.push(made(context.machine.logins_folder()));
    }
    for prepared in all {
        let capabilities = &prepared.decided.capabilities;
        walls.terminal |= capabilities.prompt;
        walls.write.extend(own_state(context, prepared));
        reach(&mut walls, capabilities, &context.machine.http());
        if capabilities.stores.contains(CARGO_CREDENTIALS) {
            cargo_credentials(&mut walls, &context.cargo_home, &request.operation);
        }
        if capabilities.stores.contains(DOCKER_CONFIG)
            && let Some(places) = &context.docker
        {
            docker_config(&mut walls, context, &places.config_file, &request.operation);
        }
        #[cfg(target_os = "linux")]
        if capabilities.stores.contains(ENCRYPTED_FILE) {
            // Its passphrase is asked for there.
            walls.terminal = true;
            let folder = context.machine.encrypted_files().folder();
            match changes {
                true => walls.write.push(made(folder)),
                false => walls.read.push(folder),
            }
        }
        if capabilities.stores.contains(FILE) {
            let folder = context.machine.file_store(&request.registry).folder().to_owned();
            match changes {
                true => walls.write.push(made(folder)),
                false => walls.read.push(folder),
            }
        }
    }
    if !walls.connect.is_empty() {
        walls.read.extend(NAME_LOOKUP.iter().map(PathBuf::from));
    }
    walls
}

/// Where a provider keeps what it likes; the built-in ones keep nothing.
fn own_state(context: &Context, prepared: &Prepared) -> Option<PathBuf> {
    if prepared.provider.built_in {
        return None;
    }
    let lineage = &prepared.provider.lineage;
    let url = prepared.request.registry.url();
    StateFolder::new(context.machine.folders.state.clone(), lineage, url).path().ok().map(made)
}

fn reach(walls: &mut Confinement, capabilities: &Capabilities, settings: &HttpSettings) {
    for grant in &capabilities.files {
        file(walls, &grant.path);
    }
    for grant in &capabilities.http {
        walls.connect.extend([grant.port, DOMAIN]);
        if let Some(certificate) = &grant.client_certificate {
            file(walls, certificate);
        }
    }
    if !capabilities.http.is_empty() {
        network(walls, settings);
    }
}

/// What the way of requests needs beside the addresses that they go to.
pub(crate) fn network(walls: &mut Confinement, settings: &HttpSettings) {
    walls.connect.extend(settings.proxy_ports());
    settings.files().for_each(|path| file(walls, path));
}

/// A file that is opened from its folder.
fn file(walls: &mut Confinement, path: &Path) {
    walls.list.extend(path.parent().map(Path::to_owned));
    walls.read.push(path.to_owned());
}

/// cargo's credentials: the file itself, and its folder where files are made and removed in it. The
/// folder holds cargo's programs too, so a request that only reads does not get to change it, but
/// for a write that a crash interrupted.
fn cargo_credentials(walls: &mut Confinement, cargo_home: &Path, operation: &Operation) {
    if matches!(operation, Operation::Login(_)) {
        let _ = create_client_folder(cargo_home);
    }
    let changes = matches!(operation, Operation::Login(_) | Operation::Logout);
    walls.list.push(cargo_home.to_owned());
    for name in ["credentials.toml", "credentials"] {
        let linked = cargo_home.join(name);
        let Ok(found) = linked.canonicalize() else {
            // A login makes it.
            walls.write.extend(changes.then(|| cargo_home.to_owned()));
            continue;
        };
        let Some(folder) = found.parent() else { continue };
        match changes || was_interrupted(&found) {
            true => walls.write.push(folder.to_owned()),
            false => walls.list.extend((folder != cargo_home).then(|| folder.to_owned())),
        }
        walls.write.push(found);
    }
}

/// docker's configuration: a change is a new file in the folder of the one that the user's links lead
/// to. That folder may hold more of docker's, so a request that only reads sees the one file there.
fn docker_config(walls: &mut Confinement, context: &Context, file: &Path, operation: &Operation) {
    if let (Operation::Login(_), Some(folder)) = (operation, file.parent()) {
        let _ = create_client_folder(folder);
    }
    let Ok(Some(found)) = open_client_file(file) else { return };
    let folder = found.folder().path().to_owned();
    match operation {
        Operation::Login(_) | Operation::Logout if !is_home_or_above(context, &folder) => {
            walls.write.push(folder);
        }
        _ => {
            walls.list.push(folder);
            walls.read.push(found.path());
        }
    }
}

/// The folder of docker's configuration would open all of a person's files to a request.
#[derive(Debug, thiserror::Error)]
#[error(
    "docker's configuration `{}` is changed by replacing it in its folder, and that is your home folder \
     or one above it, which no provider may write to; move the file to a folder of its own and set \
     DOCKER_CONFIG to that",
    .0.display()
)]
pub(crate) struct FolderTooWide(PathBuf);

/// Whether docker's configuration may be replaced where it is; where it cannot be reached, that is told
/// when it is used.
///
/// # Errors
/// If its folder is the user's home or above it.
pub(crate) fn check_docker_folder(context: &Context, file: &Path) -> Result<(), FolderTooWide> {
    let Ok(Some(found)) = open_client_file(file) else { return Ok(()) };
    match is_home_or_above(context, found.folder().path()) {
        true => Err(FolderTooWide(found.path())),
        false => Ok(()),
    }
}

fn is_home_or_above(context: &Context, folder: &Path) -> bool {
    let Some(home) = context.machine.home() else { return false };
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(home).starts_with(real(folder))
}

fn was_interrupted(file: &Path) -> bool {
    let mut copy = file.as_os_str().to_owned();
    copy.push(RECOVERY_SUFFIX);
    Path::new(&copy).symlink_metadata().is_ok()
}

fn made(folder: PathBuf) -> PathBuf {
    let _ = Folder::create_private(&folder);
    folder
}
