//! Whether everything of a provider is as it was installed.

use super::load::read_code_file;
use super::{Installed, StaleReason, Store, StoreError};
use crate::Digest;
use crate::component::examine;

/// What was found.
#[derive(Debug)]
pub struct Verification {
    /// Who it is, by its record.
    pub digest: Digest,
    /// Everything that is wrong; nothing if all is well.
    pub problems: Vec<StoreError>,
}

impl Store {
    /// Compares each file of a provider with what was recorded, whatever their times say.
    ///
    /// # Errors
    /// If there is none, or its record cannot be read.
    pub fn verify(&self, name: &str) -> Result<Verification, StoreError> {
        let installed = self.get(name)?;
        let checks =
            [check_component(&installed), installed.grant().map(|_| ()), check_code(&installed)];
        let problems = checks.into_iter().filter_map(Result::err).collect();
        Ok(Verification { digest: installed.digest(), problems })
    }
}

fn check_component(installed: &Installed) -> Result<(), StoreError> {
    let examined = examine(&installed.component()?)?;
    installed.manifest()?;
    match examined.manifest == installed.record.manifest {
        true => Ok(()),
        false => Err(StoreError::Damaged {
            path: installed.folder.path().join(super::RECORD),
            problem: "has another manifest than the component",
        }),
    }
}

fn check_code(installed: &Installed) -> Result<(), StoreError> {
    let (bytes, _) = read_code_file(installed)?;
    match Digest::of(&bytes) == installed.record.compiled.sha256 {
        true => Ok(()),
        false => Err(super::load::stale(installed, StaleReason::Hash)),
    }
}
