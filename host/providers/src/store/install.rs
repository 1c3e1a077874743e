//! What changes the store. Each change ends with the record, which is what counts.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lockgate_policy::Manifest;
use lockgate_system::Folder;

use super::installed::{code_file, component_file};
use super::lineages::{self, LINEAGES};
use super::load::read_code;
use super::record::{Compiled, RECORD, Record, VERSION};
use super::{Compile, Installed, Store, StoreError, grant_file};
use crate::compile::code_version;
use crate::component::Examined;
use crate::{Digest, ExaminedComponent, ProviderName};

/// Longer than a tick of any clock that file systems take times from: Linux's has 10 ms at most.
pub(super) const TICK: Duration = Duration::from_millis(20);

/// What an install records beside the component.
#[derive(Clone, Debug)]
pub struct InstallOptions {
    /// The name under which it is installed. What has that name already is replaced.
    pub name: ProviderName,
    /// Where it came from, such as `file:/home/me/corp-sso.wasm`.
    pub source: String,
    /// The minisign public key that a signature of it was verified with.
    pub signer: Option<String>,
    /// The text of the grant that the user gave it.
    pub grant: String,
    /// The lineage that it continues, one of [`Store::lineages`], and with it what was kept for that;
    /// none for one of its own.
    pub continues: Option<String>,
}

impl Store {
    /// Compiles and keeps a component. Whatever goes wrong, what was installed before under the name
    /// is there as it was.
    ///
    /// # Errors
    /// If its manifest or the grant is refused, it cannot be compiled, what it takes the place of was
    /// written by a newer version of this program, or it is not certain that everything is kept.
    pub fn install(
        &self,
        component: &ExaminedComponent,
        options: InstallOptions,
        compile: &Compile<'_>,
    ) -> Result<Installed, StoreError> {
        let Examined { digest, manifest, .. } = component.examined();
        Manifest::parse(manifest, "the component's manifest")?;
        let grant = grant_file::checked(digest, &options.grant)?;
        self.check_replaceable(&options.name)?;
        let code = compile(component.bytes())
            .map_err(|source| StoreError::Compile { digest: *digest, source })?;
        let _lock = self.lock()?;
        self.check_replaceable(&options.name)?;
        let name = options.name.clone();
        let folder = Folder::create_private(&self.path.join(name.as_str()))?;
        let lineage = lineage(&folder, &options)?;
        lineages::add(&folder, &lineage)?;
        folder.replace(component_file(digest), component.bytes())?;
        let grant = keep_grant(&folder, &grant)?;
        let compiled = keep_code(&folder, digest, &code)?;
        let record = new_record(options, component, grant, lineage, compiled);
        write_record(&folder, &record)?;
        remove_others(&folder, &record);
        self.get(name.as_str())
    }

    /// What a newer version of this program wrote has a meaning that is not known here. One that is
    /// damaged has none.
    fn check_replaceable(&self, name: &ProviderName) -> Result<(), StoreError> {
        match self.find(name.as_str()) {
            Err(error @ (StoreError::NewerRecord { .. } | StoreError::File(_))) => Err(error),
            _ => Ok(()),
        }
    }

    /// Replaces the grant of a provider, if it is still the one that was looked at and its grant
    /// still the text `before`.
    ///
    /// # Errors
    /// If it changed meanwhile, the new grant is refused, or it is not certain that it is kept.
    pub fn set_grant(&self, seen: &Installed, before: &str, after: &str) -> Result<(), StoreError> {
        let grant = grant_file::checked(&seen.digest(), after)?;
        let _lock = self.lock()?;
        let current = self.get(seen.name.as_str())?;
        if current.digest() != seen.digest() || current.grant_text()? != before {
            return Err(StoreError::Changed { name: seen.name.to_string() });
        }
        let Installed { mut record, folder, .. } = current;
        record.grant = keep_grant(&folder, &grant)?;
        write_record(&folder, &record)?;
        remove_others(&folder, &record);
        Ok(())
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
}

/// The lineage that is continued, if it is one of the name's, else a new one.
fn lineage(folder: &Folder, options: &InstallOptions) -> Result<String, StoreError> {
    let Some(continued) = &options.continues else { return lineages::new() };
    match lineages::of(folder)?.contains(continued) {
        true => Ok(continued.clone()),
        false => Err(StoreError::Changed { name: options.name.to_string() }),
    }
}

/// Writes a grant that nothing depends on until it is recorded.
fn keep_grant(folder: &Folder, bytes: &[u8]) -> Result<Digest, StoreError> {
    let file = Digest::of(bytes);
    folder.replace(grant_file::file_name(&file), bytes)?;
    Ok(file)
}

/// Removes what is not the record's: of an earlier component, and earlier grants. Nothing depends on
/// it.
fn remove_others(folder: &Folder, record: &Record) {
    let kept = [
        RECORD.to_owned(),
        LINEAGES.to_owned(),
        component_file(&record.digest),
        code_file(&record.digest),
        grant_file::file_name(&record.grant),
    ];
    for file in folder.names().unwrap_or_default() {
        if !kept.contains(&file) {
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
            Ok(Compiled { sha256, engine: code_version(), file })
        }
        _ => Err(StoreError::Damaged { path, problem: "changed while it was written" }),
    }
}

fn new_record(
    options: InstallOptions,
    component: &ExaminedComponent,
    grant: Digest,
    lineage: String,
    compiled: Compiled,
) -> Record {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let examined = component.examined().clone();
    Record {
        version: VERSION,
        name: options.name.to_string(),
        digest: examined.digest,
        grant,
        source: options.source,
        signer: options.signer,
        lineage,
        installed_at: since.as_secs(),
        world: examined.world,
        size: component.bytes().len() as u64,
        manifest: examined.manifest,
        compiled,
    }
}
