//! Which authorities are believed about the names of servers.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

use lockgate_core::{AdapterError, Authorities};
use lockgate_system::open_granted_file;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::HttpError;

/// Where systems keep the authorities that they trust, in one file. The first that can be read counts.
/// No variable names another: a project's `.envrc` could then decide which servers are believed.
pub(crate) const TRUST_STORES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt", // Debian, Arch, Gentoo, Alpine, NixOS
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, Red Hat
    "/etc/pki/tls/certs/ca-bundle.crt",   // older ones of these
    "/var/lib/ca-certificates/ca-bundle.pem", // SUSE
    "/etc/ssl/cert.pem",                  // macOS, BSD, distroless images
    "/usr/local/etc/ssl/cert.pem",        // FreeBSD
];

/// Most bytes of such a file: ten times what Mozilla's authorities take.
const MAX_TRUST_STORE: usize = 4 << 20;

/// The authorities, read when the first server is to be believed.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    loaded: OnceCell<Arc<RootCertStore>>,
    source: Source,
    /// PEM of others that are believed, too.
    further: Vec<u8>,
}

#[derive(Debug)]
enum Source {
    Configured(Authorities),
    Pem(Vec<u8>),
}

impl Default for Source {
    fn default() -> Self {
        Self::Configured(Authorities::System)
    }
}

impl Roots {
    pub(crate) fn given(pem: Vec<u8>) -> Self {
        Self { source: Source::Pem(pem), ..Self::default() }
    }

    pub(crate) fn configured(authorities: Authorities) -> Self {
        Self { source: Source::Configured(authorities), ..Self::default() }
    }

    /// The same and those in this PEM text.
    pub(crate) fn and(self, pem: Vec<u8>) -> Self {
        Self { loaded: OnceCell::new(), further: pem, ..self }
    }

    #[cfg(test)]
    pub(super) fn is_loaded(&self) -> bool {
        self.loaded.get().is_some()
    }

    pub(super) fn get(&self) -> Result<Arc<RootCertStore>, HttpError> {
        if let Some(loaded) = self.loaded.get() {
            return Ok(Arc::clone(loaded));
        }
        let mut loaded = match &self.source {
            Source::Pem(pem) => parse(pem),
            Source::Configured(Authorities::System) => system()?,
            Source::Configured(Authorities::Only(path)) => named(path)?,
            Source::Configured(Authorities::SystemAnd(path)) => with_system(named(path)?),
        };
        loaded.roots.extend(parse(&self.further).roots);
        if loaded.is_empty() {
            return Err(HttpError::NoAuthorities);
        }
        Ok(Arc::clone(self.loaded.get_or_init(|| Arc::new(loaded))))
    }
}

fn system() -> Result<RootCertStore, HttpError> {
    let mut first = None;
    for path in TRUST_STORES {
        let path = Path::new(path);
        match read(path) {
            Ok(Some(roots)) => return Ok(roots),
            Ok(None) => {}
            Err(source) => {
                let path = path.to_owned();
                first.get_or_insert(HttpError::Authorities { path, source });
            }
        }
    }
    Err(first.unwrap_or(HttpError::NoAuthorities))
}

/// A list that the configuration names: it has to be there, and to name somebody.
fn named(path: &Path) -> Result<RootCertStore, HttpError> {
    let unread = |source| HttpError::Authorities { path: path.to_owned(), source };
    let found = read(path).map_err(unread)?;
    let roots = found.ok_or_else(|| unread("there is no such file".into()))?;
    match roots.is_empty() {
        true => Err(unread("it has no certificate in PEM that can be used".into())),
        false => Ok(roots),
    }
}

/// Whoever has no list of the system's is believed by the other one alone.
fn with_system(mut roots: RootCertStore) -> RootCertStore {
    if let Ok(system) = system() {
        roots.roots.extend(system.roots);
    }
    roots
}

fn read(path: &Path) -> Result<Option<RootCertStore>, AdapterError> {
    let Some(file) = open_granted_file(path)? else { return Ok(None) };
    Ok(file.folder().read(file.name(), MAX_TRUST_STORE)?.map(|pem| parse(&pem)))
}

/// What is no certificate that can be used is left out, as every program does: systems' lists have
/// some.
fn parse(pem: &[u8]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(CertificateDer::pem_slice_iter(pem).filter_map(Result::ok));
    roots
}
