//! Whether everything of a provider is as it was installed.

use super::load::read_code_file;
use super::{Installed, StaleReason, Store, StoreError, lineages};
use crate::{Digest, Examine};

/// How often it is looked again where somebody changes the provider meanwhile.
const ATTEMPTS: usize = 3;

/// What was found.
#[derive(Debug)]
pub struct Verification {
    /// Who it is, by its record.
    pub digest: Digest,
    /// Everything that is wrong; nothing if all is well.
    pub problems: Vec<StoreError>,
}

impl Store {
    /// Compares each file of a provider with what was recorded, whatever their times say. `examine`
    /// says what the component is.
    ///
    /// # Errors
    /// If there is none, or its record cannot be read.
    pub fn verify(&self, name: &str, examine: &Examine<'_>) -> Result<Verification, StoreError> {
        let mut installed = self.get(name)?;
        let mut problems = problems(&installed, examine);
        for _ in 1..ATTEMPTS {
            let now = self.get(name)?;
            if problems.is_empty() || now.is_as(&installed) {
                break;
            }
            installed = now;
            problems = self::problems(&installed, examine);
        }
        Ok(Verification { digest: installed.digest(), problems })
    }
}

fn problems(installed: &Installed, examine: &Examine<'_>) -> Vec<StoreError> {
    let checks = [
        check_component(installed, examine),
        installed.grant().map(|_| ()),
        check_code(installed),
        lineages::of(&installed.folder).map(|_| ()).map_err(StoreError::from),
    ];
    checks.into_iter().filter_map(Result::err).collect()
}

fn check_component(installed: &Installed, examine: &Examine<'_>) -> Result<(), StoreError> {
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
