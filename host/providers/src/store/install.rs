//! What changes the store. Each change ends with the record, which is what counts.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lockgate_engine::CompiledCode;
use lockgate_policy::{Grant, Manifest};
use lockgate_system::Folder;

use super::installed::{code_file, component_file};
use super::load::read_code;
use super::record::{Compiled, RECORD, Record, VERSION};
use super::{Compile, Installed, Store, StoreError, grant_file};
use crate::component::{Examined, examine};
use crate::{Digest, ProviderName};

/// Longer than a tick of any clock that file systems take times from: Linux's has 10 ms at most.
pub(super) const TICK: Duration = Duration::from_millis(20);

/// Length of a lineage, in bytes.
const LINEAGE: usize = 16;

/// What an install records beside the component.
#[derive(Clone, Debug)]
pub struct InstallOptions {
    /// The name under which it is installed. What has that name already is replaced, and its
    /// lineage kept.
    pub name: ProviderName,
    /// Where it came from, such as `file:/home/me/corp-sso.wasm`.
    pub source: String,
    /// The minisign public key that a signature of it was verified with.
    pub signer: Option<String>,
    /// The text of the grant that the user gave it.
    pub grant: String,
}

impl Store {
    /// Examines, compiles and keeps a component. Whatever goes wrong, what was installed before
    /// under the name is there as it was.
    ///
    /// # Errors
    /// If it is no provider, its manifest or the grant is refused, it cannot be compiled, or it is
    /// not certain that everything is kept.
    pub fn install(
        &self,
        component: &[u8],
        options: InstallOptions,
        compile: &Compile<'_>,
    ) -> Result<Installed, StoreError> {
        let examined = examine(component)?;
        Manifest::parse(&examined.manifest, "the component's manifest")?;
        Grant::parse(&options.grant, "the grant")?;
        let code = compile(component)
            .map_err(|source| StoreError::Compile { digest: examined.digest, source })?;
        let _lock = self.lock()?;
        let folder = Folder::create_private(&self.path.join(options.name.as_str()))?;
        let (name, digest) = (options.name.clone(), examined.digest);
        folder.replace(component_file(&digest), component)?;
        let grant = grant_file::encode(&digest, &options.grant);
        folder.replace(grant_file::file_name(&digest), &grant)?;
        let compiled = keep_code(&folder, &digest, &code)?;
        let lineage = self.lineage(&name)?;
        let size = component.len() as u64;
        write_record(&folder, &new_record(options, examined, lineage, size, compiled))?;
        remove_others(&folder, &digest);
        self.get(name.as_str())
    }

    /// Replaces the grant of a provider, if it is still the one that was looked at and its grant
    /// still the text `before`.
    ///
    /// # Errors
    /// If it changed meanwhile, the new grant is refused, or it is not certain that it is kept.
    pub fn set_grant(&self, seen: &Installed, before: &str, after: &str) -> Result<(), StoreError> {
        Grant::parse(after, "the new grant")?;
        let _lock = self.lock()?;
        let current = self.get(seen.name.as_str())?;
        if current.digest() != seen.digest() || current.grant_text()? != before {
            return Err(StoreError::Changed { name: seen.name.to_string() });
        }
        let digest = current.digest();
        let bytes = grant_file::encode(&digest, after);
        Ok(current.folder.replace(grant_file::file_name(&digest), &bytes)?)
    }

    /// Removes a provider, also a damaged one. Returns its lineage, if that can be read, so that
    /// what is kept for it can go too.
    ///
    /// # Errors
    /// If there is none, or it is not certain that it is gone.
    pub fn remove(&self, name: &ProviderName) -> Result<Option<String>, StoreError> {
        let _lock = self.lock()?;
        let lineage = self.find(name.as_str()).ok().flatten().map(|found| found.record.lineage);
        let not_installed = || StoreError::NotInstalled { name: name.to_string() };
        let folder = Folder::open_private(&self.path.join(name.as_str()))?;
        let folder = folder.ok_or_else(not_installed)?;
        if !folder.remove(RECORD)? {
            return Err(not_installed());
        }
        for file in folder.names()? {
            folder.remove(file)?;
        }
        Folder::create_private(&self.path)?.remove_folder(name.as_str())?;
        Ok(lineage)
    }

    /// Compiles a provider's component again.
    ///
    /// # Errors
    /// If the component is damaged or cannot be compiled, or it is not certain that the code is kept.
    pub fn rebuild(&self, name: &str, compile: &Compile<'_>) -> Result<Installed, StoreError> {
        let seen = self.get(name)?;
        let code = compiled(&seen, compile)?;
        let _lock = self.lock()?;
        let current = self.get(name)?;
        if current.digest() != seen.digest() {
            return Err(StoreError::Changed { name: name.to_owned() });
        }
        self.keep(current, &code)
    }

    /// Puts code beside the component that it was compiled from. The lock is held.
    pub(super) fn keep(&self, installed: Installed, code: &[u8]) -> Result<Installed, StoreError> {
        let Installed { name, mut record, folder } = installed;
        record.compiled = keep_code(&folder, &record.digest, code)?;
        write_record(&folder, &record)?;
        Ok(Installed { name, record, folder })
    }

    /// The lineage of what has the name, else a new one.
    fn lineage(&self, name: &ProviderName) -> Result<String, StoreError> {
        if let Ok(Some(before)) = self.find(name.as_str()) {
            return Ok(before.record.lineage);
        }
        let mut bytes = [0; LINEAGE];
        getrandom::fill(&mut bytes).map_err(StoreError::Random)?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Removes what an earlier component of that name left. Nothing depends on it.
fn remove_others(folder: &Folder, digest: &Digest) {
    let keep = digest.hex();
    for file in folder.names().unwrap_or_default() {
        if file != RECORD && !file.starts_with(&keep) {
            let _ = folder.remove(file);
        }
    }
}

pub(super) fn compiled(
    installed: &Installed,
    compile: &Compile<'_>,
) -> Result<Vec<u8>, StoreError> {
    let failed = |source| StoreError::Compile { digest: installed.digest(), source };
    compile(&installed.component()?).map_err(failed)
}

pub(super) fn write_record(folder: &Folder, record: &Record) -> Result<(), StoreError> {
    let path = || folder.path().join(RECORD);
    let bytes = record.to_bytes().map_err(|source| StoreError::Record { path: path(), source })?;
    Ok(folder.replace(RECORD, &bytes)?)
}

/// Writes the code and describes its file as it lies there. A change in the same tick of the file
/// system's clock as the writing would not show, so that is waited out, and what was read after it
/// is what is vouched for.
fn keep_code(folder: &Folder, component: &Digest, code: &[u8]) -> Result<Compiled, StoreError> {
    let name = code_file(component);
    folder.replace(&name, code)?;
    std::thread::sleep(TICK);
    let sha256 = Digest::of(code);
    let path = folder.path().join(&name);
    match read_code(folder, &name)? {
        Some((bytes, file)) if Digest::of(&bytes) == sha256 => {
            Ok(Compiled { sha256, engine: CompiledCode::version().to_owned(), file })
        }
        _ => Err(StoreError::Damaged { path, problem: "changed while it was written" }),
    }
}

fn new_record(
    options: InstallOptions,
    examined: Examined,
    lineage: String,
    size: u64,
    compiled: Compiled,
) -> Record {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Record {
        version: VERSION,
        name: options.name.to_string(),
        digest: examined.digest,
        source: options.source,
        signer: options.signer,
        lineage,
        installed_at: since.as_secs(),
        world: examined.world,
        size,
        manifest: examined.manifest,
        compiled,
    }
}
