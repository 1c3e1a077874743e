//! The certificate with which the client shows who it is.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use lockgate_core::{AdapterError, Secret};
use lockgate_system::{open_granted_file, read_capped};
use rustls::client::WantsClientCert;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder};

use super::HttpError;

/// Most bytes of the file: a chain of ten large certificates and a key.
const MAX_IDENTITY: usize = 64 << 10;
/// What others than the owner may do.
const ANY_BY_OTHERS: u32 = 0o077;

/// A certificate chain and its key. The key's memory is zeroed when it is dropped.
pub(in crate::http) struct Identity {
    path: PathBuf,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Reads the file as granted files are read.
pub(in crate::http) fn read(path: &Path) -> Result<Identity, HttpError> {
    let unread = |source| HttpError::ClientCertificateFile { path: path.to_owned(), source };
    let unusable = |what| HttpError::ClientCertificate { path: path.to_owned(), what };
    let found = open_granted_file(path).map_err(|error| unread(error.into()))?;
    let file = found.map(|found| found.open()).transpose().map_err(|error| unread(error.into()))?;
    let file = file.flatten().ok_or_else(|| unusable("there is no such file"))?;
    if is_open_to_others(&file).map_err(unread)? {
        return Err(unusable("other users can read its private key; run `chmod 600` on it"));
    }
    let pem = read_capped(&file, path, MAX_IDENTITY).map_err(|error| unread(error.into()))?;
    parse(path, &pem)
}

/// A chain and its key that were read already.
pub(in crate::http) fn given(pem: &Secret) -> Result<Identity, HttpError> {
    parse(Path::new("*.cert and *.key"), pem.expose())
}

fn parse(path: &Path, pem: &[u8]) -> Result<Identity, HttpError> {
    let unusable = |what| HttpError::ClientCertificate { path: path.to_owned(), what };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| unusable("it has no certificate in PEM"))?;
    let key = PrivateKeyDer::from_pem_slice(pem)
        .map_err(|_| unusable("it has no private key in PEM that is not encrypted"))?;
    Ok(Identity { path: path.to_owned(), chain, key })
}

/// As ssh has it: a key of the user's own is the user's alone; one of root's is what the
/// administrator made it.
fn is_open_to_others(file: &File) -> Result<bool, AdapterError> {
    let found = file.metadata()?;
    let own = found.uid() == rustix::process::geteuid().as_raw();
    Ok(own && found.mode() & ANY_BY_OTHERS != 0)
}

impl Identity {
    pub(super) fn show_to_servers(
        self,
        builder: ConfigBuilder<ClientConfig, WantsClientCert>,
    ) -> Result<ClientConfig, HttpError> {
        let what = "its private key cannot be used, or is not that of its first certificate";
        builder
            .with_client_auth_cert(self.chain, self.key)
            .map_err(|_| HttpError::ClientCertificate { path: self.path, what })
    }
}
