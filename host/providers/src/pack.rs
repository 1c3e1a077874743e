//! Putting a manifest into a component, so that code and request share one digest.

use lockgate_policy::{Manifest, PolicyError};

use crate::component::MANIFEST;
use crate::{ExaminationError, Examine};

/// Why a manifest was not put into a component.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The manifest is refused.
    #[error(transparent)]
    Manifest(#[from] PolicyError),
    /// There is one already.
    #[error(
        "the component has a manifest already; take the component as its toolchain built it, without one"
    )]
    HasManifest,
    /// What came of it is no provider.
    #[error("with this manifest the component is no provider that the host can run")]
    Examine(#[source] ExaminationError),
}

/// The component with the manifest in the custom section `lockgate:manifest` at its end. `source` is
/// what errors call the manifest's text: its file. `examine` says whether it is a provider.
///
/// # Errors
/// If the manifest is refused, the component has one already, or is no provider.
pub fn pack(
    component: &[u8],
    manifest: &str,
    source: &str,
    examine: &Examine<'_>,
) -> Result<Vec<u8>, PackError> {
    Manifest::parse(manifest, source)?;
    let mut packed = component.to_vec();
    let mut section = Vec::new();
    write_number(&mut section, MANIFEST.len());
    section.extend_from_slice(MANIFEST.as_bytes());
    section.extend_from_slice(manifest.as_bytes());
    packed.push(CUSTOM_SECTION);
    write_number(&mut packed, section.len());
    packed.extend_from_slice(&section);
    match examine(&packed) {
        Ok(_) => Ok(packed),
        Err(ExaminationError::Refused(refusal)) if refusal.has_two_manifests() => {
            Err(PackError::HasManifest)
        }
        Err(error) => Err(PackError::Examine(error)),
    }
}

const CUSTOM_SECTION: u8 = 0;

/// A number as WebAssembly writes one: seven bits to a byte, the lowest first, the highest bit set
/// where more follow.
fn write_number(to: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        to.push((number % 0x80) as u8 | 0x80);
        number /= 0x80;
    }
    to.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::{PackError, write_number};
    use crate::component::{ExamineError, examine};
    use crate::{ExaminationError, Refusal};

    fn pack(component: &[u8], manifest: &str, source: &str) -> Result<Vec<u8>, PackError> {
        super::pack(component, manifest, source, &|bytes| Ok(examine(bytes)?))
    }

    const MANIFEST: &str = "name = \"corp\"\nversion = \"1.0\"\ndescription = \"A test\"\n\
                            [capabilities]\nregistries = [\"cargo:*\"]\n";
    const PROVIDER: &str = r#"(component (instance $p)
        (export "lockgate:provider/provider@0.1.0" (instance $p)))"#;

    #[test]
    fn a_packed_component_is_a_provider_with_that_manifest() {
        let component = wat::parse_str(PROVIDER).unwrap();
        assert!(matches!(examine(&component), Err(ExamineError::NoManifest)));
        let packed = pack(&component, MANIFEST, "manifest.toml").unwrap();
        assert_eq!(examine(&packed).unwrap().manifest, MANIFEST);
        let long = format!("{MANIFEST}{}", "# a comment\n".repeat(2000));
        assert_eq!(examine(&pack(&component, &long, "m").unwrap()).unwrap().manifest, long);
    }

    #[test]
    fn a_second_manifest_is_not_packed() {
        let once = pack(&wat::parse_str(PROVIDER).unwrap(), MANIFEST, "manifest.toml").unwrap();
        assert!(matches!(pack(&once, MANIFEST, "manifest.toml"), Err(PackError::HasManifest)));
    }

    #[test]
    fn what_would_not_install_is_not_packed() {
        let wrong = MANIFEST.replace("registries", "registry");
        let error = pack(&wat::parse_str(PROVIDER).unwrap(), &wrong, "m.toml").unwrap_err();
        assert!(error.to_string().starts_with("m.toml:5:1: unknown key `registry`"), "{error}");
        let module = wat::parse_str("(module)").unwrap();
        let error = pack(&module, MANIFEST, "m.toml").unwrap_err();
        let core_module = Refusal::from(ExamineError::CoreModule);
        let PackError::Examine(ExaminationError::Refused(refusal)) = error else {
            panic!("{error}");
        };
        assert_eq!(refusal, core_module);
    }

    #[test]
    fn numbers_are_written_as_webassembly_writes_them() {
        for (number, bytes) in
            [(0, &[0][..]), (127, &[127]), (128, &[0x80, 1]), (624_485, &[0xe5, 0x8e, 0x26])]
        {
            let mut written = Vec::new();
            write_number(&mut written, number);
            assert_eq!(written, bytes);
        }
    }
}
