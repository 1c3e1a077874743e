use lockgate_policy::{Grant, Manifest};
use lockgate_system::Folder;

use super::grant_file::{self, MAX_GRANT};
use super::{Record, StoreError};
use crate::component::MAX_COMPONENT;
use crate::{Digest, ProviderName};

/// An installed provider: its record, and the folder with its other files.
#[derive(Debug)]
pub struct Installed {
    pub(super) name: ProviderName,
    pub(super) record: Record,
    pub(super) folder: Folder,
}

impl Installed {
    /// For people and configuration.
    pub fn name(&self) -> &ProviderName {
        &self.name
    }

    /// Who it is.
    pub fn digest(&self) -> Digest {
        self.record.digest
    }

    /// Where it came from, such as `file:/home/me/corp-sso.wasm`.
    pub fn source(&self) -> &str {
        &self.record.source
    }

    /// The minisign public key that its signature was verified with.
    pub fn signer(&self) -> Option<&str> {
        self.record.signer.as_deref()
    }

    /// 128 random bits in hex, kept by updates alone: the key of what survives them.
    pub fn lineage(&self) -> &str {
        &self.record.lineage
    }

    /// Seconds since the Unix epoch.
    pub fn installed_at(&self) -> u64 {
        self.record.installed_at
    }

    /// The version of the interface that it exports.
    pub fn world(&self) -> &str {
        &self.record.world
    }

    /// Size of the component, in bytes.
    pub fn size(&self) -> u64 {
        self.record.size
    }

    /// What it asks for.
    ///
    /// # Errors
    /// If the record is damaged.
    pub fn manifest(&self) -> Result<Manifest, StoreError> {
        let source = format!("the manifest of {}", self.name);
        Ok(Manifest::parse(&self.record.manifest, &source)?)
    }

    /// What it was given.
    ///
    /// # Errors
    /// If the grant is missing or damaged.
    pub fn grant(&self) -> Result<Grant, StoreError> {
        self.read_grant().map(|(_, grant)| grant)
    }

    /// The text of the grant.
    ///
    /// # Errors
    /// If the grant is missing or damaged.
    pub fn grant_text(&self) -> Result<String, StoreError> {
        self.read_grant().map(|(text, _)| text)
    }

    /// The component, compared with its digest.
    ///
    /// # Errors
    /// If it is missing or is not what was installed.
    pub fn component(&self) -> Result<Vec<u8>, StoreError> {
        let name = component_file(&self.digest());
        let damaged =
            |problem| StoreError::Damaged { path: self.folder.path().join(&name), problem };
        let mut bytes =
            self.folder.read(&name, MAX_COMPONENT)?.ok_or_else(|| damaged("is missing"))?;
        match Digest::of(&bytes) == self.digest() {
            true => Ok(std::mem::take(&mut *bytes)),
            false => Err(damaged("is not the component that was installed: its hash differs")),
        }
    }

    /// Whether nothing was changed between the two.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        self.record == other.record
    }

    fn read_grant(&self) -> Result<(String, Grant), StoreError> {
        let name = grant_file::file_name(&self.record.grant);
        let path = self.folder.path().join(&name);
        let damaged = |problem| StoreError::Damaged { path: path.clone(), problem };
        let bytes = self.folder.read(&name, MAX_GRANT)?.ok_or_else(|| damaged("is missing"))?;
        match Digest::of(&bytes) == self.record.grant {
            true => grant_file::decode(&self.digest(), &bytes, &path),
            false => Err(damaged("is damaged, or was changed by hand")),
        }
    }
}

pub(super) fn component_file(component: &Digest) -> String {
    format!("{}.wasm", component.hex())
}

pub(super) fn code_file(component: &Digest) -> String {
    format!("{}.code", component.hex())
}
