//! Which authorities are believed about the names of servers.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

use lockgate_core::AdapterError;
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
    /// PEM instead of the system's own.
    given: Option<Vec<u8>>,
}

impl Roots {
    pub(crate) fn given(pem: Vec<u8>) -> Self {
        Self { loaded: OnceCell::new(), given: Some(pem) }
    }

    #[cfg(test)]
    pub(super) fn is_loaded(&self) -> bool {
        self.loaded.get().is_some()
    }

    pub(super) fn get(&self) -> Result<Arc<RootCertStore>, HttpError> {
        if let Some(loaded) = self.loaded.get() {
            return Ok(Arc::clone(loaded));
        }
        let loaded = Arc::new(match &self.given {
            Some(pem) => parse(pem),
            None => system()?,
        });
        if loaded.is_empty() {
            return Err(HttpError::NoAuthorities);
        }
        Ok(Arc::clone(self.loaded.get_or_init(|| loaded)))
    }
}

fn system() -> Result<RootCertStore, HttpError> {
    let mut first = None;
    for path in TRUST_STORES {
        match read(Path::new(path)) {
            Ok(Some(roots)) => return Ok(roots),
            Ok(None) => {}
            Err(source) => {
                first.get_or_insert(HttpError::Authorities { path, source });
            }
        }
    }
    Err(first.unwrap_or(HttpError::NoAuthorities))
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
