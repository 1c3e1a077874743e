//! docker's `certs.d`: whom one registry is believed by beside the system's authorities, and the
//! certificate with which it is asked.

use std::path::{Component, Path, PathBuf};

use lockgate_adapters::NativeHttp;
use lockgate_core::Secret;
use lockgate_system::{ClientFile, FileError, open_granted_file, read_capped};
use url::Url;

use crate::failed::{Failed, chain_of};

/// docker's own folder, the administrator's.
const MACHINES: &str = "/etc/docker/certs.d";
/// The user's, in the home folder: that of a docker without an administrator. No variable names another
/// one: a project's `.envrc` could then decide which servers are believed.
const USERS: &str = ".config/docker/certs.d";
/// Most bytes of a file: some hundred certificates.
const MAX_FILE: usize = 1 << 20;
/// Most files of a folder that are read.
const MAX_FILES: usize = 64;

/// What `certs.d` has for a registry.
#[derive(Default)]
pub(super) struct Certificates {
    authorities: Vec<u8>,
    identity: Option<Secret>,
}

impl Certificates {
    /// Reads those of a registry that is asked over https.
    ///
    /// # Errors
    /// If one is there and cannot be read, or somebody else could have written it, or a certificate has
    /// no key.
    pub(super) fn of(endpoint: &Url, home: Option<&Path>) -> Result<Self, Failed> {
        let mut found = Self::default();
        let Some(name) = folder_name(endpoint) else { return Ok(found) };
        let folders = home.map(|home| home.join(USERS));
        for folder in folders.into_iter().chain([PathBuf::from(MACHINES)]) {
            found.read(&folder.join(&name))?;
        }
        Ok(found)
    }

    /// HTTP that heeds them.
    pub(super) fn put_into(&self, http: NativeHttp) -> NativeHttp {
        let http = match self.authorities.is_empty() {
            true => http,
            false => http.believing_also(self.authorities.clone()),
        };
        match &self.identity {
            Some(pem) => http.known_by(pem.clone()),
            None => http,
        }
    }

    fn read(&mut self, folder: &Path) -> Result<(), Failed> {
        // A file that need not be there shows the folder that it would be in.
        let Some(any) = open_granted_file(&folder.join("ca.crt")).map_err(failed)? else {
            return Ok(());
        };
        let names = any.folder().names().map_err(failed)?;
        for name in names.iter().take(MAX_FILES) {
            let path = folder.join(name);
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("crt") => {
                    self.authorities.extend(contents(&path)?.expose());
                    self.authorities.push(b'\n');
                }
                Some("cert") if self.identity.is_none() => {
                    let key = path.with_extension("key");
                    let both = [contents(&path)?, Secret::from("\n"), contents(&key)?];
                    let both = both.iter().flat_map(|part| part.expose().to_vec()).collect();
                    self.identity = Some(Secret::new(both));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn contents(path: &Path) -> Result<Secret, Failed> {
    let missing = || Failed::because(format!("there is no `{}`", path.display()));
    let found = open_granted_file(path).map_err(failed)?;
    let file = found.as_ref().map(ClientFile::open).transpose().map_err(failed)?.flatten();
    let bytes = read_capped(&file.ok_or_else(missing)?, path, MAX_FILE).map_err(failed)?;
    Ok(Secret::new(bytes.to_vec()))
}

fn failed(error: FileError) -> Failed {
    let mut failed = chain_of(&error);
    failed.0.insert(0, "the certificates of the registry cannot be used".to_owned());
    failed
}

/// Host and port as the server's name has them; none if it is not asked over https, or would be no name
/// of one folder.
fn folder_name(endpoint: &Url) -> Option<String> {
    let host = endpoint.host_str().filter(|_| endpoint.scheme() == "https")?;
    let name = match endpoint.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let mut components = Path::new(&name).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(_)), None) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use url::Url;

    use super::Certificates;

    fn endpoint() -> Url {
        Url::parse("https://r.example:5000/").unwrap()
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test makes its files by itself")]
    fn a_registrys_own_folder_counts_and_no_other() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".config/docker/certs.d/r.example:5000");
        fs::create_dir_all(&folder).unwrap();
        let of = || Certificates::of(&endpoint(), Some(home.path())).map_err(|failed| failed.0);
        assert!(of().unwrap().authorities.is_empty());
        fs::write(folder.join("ca.crt"), "one").unwrap();
        fs::write(folder.join("other.crt"), "two").unwrap();
        fs::write(folder.join("readme"), "three").unwrap();
        let found = of().unwrap();
        let text = String::from_utf8(found.authorities).unwrap();
        assert!(text.contains("one") && text.contains("two") && !text.contains("three"), "{text}");
        assert!(found.identity.is_none());
        fs::write(folder.join("client.cert"), "chain").unwrap();
        let messages = of().err().unwrap();
        assert!(messages[0].contains("client.key"), "{messages:?}");
        fs::write(folder.join("client.key"), "key").unwrap();
        assert_eq!(of().unwrap().identity.unwrap().expose_text(), Some("chain\nkey"));
        for other in ["https://r.example/", "http://r.example:5000/", "https://x.r.example:5000/"] {
            let other = Url::parse(other).unwrap();
            let found = Certificates::of(&other, Some(home.path())).map_err(|failed| failed.0);
            assert!(found.unwrap().authorities.is_empty(), "{other}");
        }
    }
}
