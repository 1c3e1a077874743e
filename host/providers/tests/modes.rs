//! What the store makes under a umask of nothing. The umask belongs to the process, and so this test
//! has one of its own.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use lockgate_providers::component::{Examined, examine};
use lockgate_providers::{
    ExaminationError, ExaminedComponent, InstallOptions, ProviderName, Store, pack,
};

const PROVIDER: &str =
    r#"(component (instance $p) (export "lockgate:provider/provider@0.1.0" (instance $p)))"#;
const MANIFEST: &str = "name = \"corp\"\nversion = \"1.0\"\ndescription = \"A test\"\n\
                        [capabilities]\nregistries = [\"cargo:*\"]\n";

fn examined(component: &[u8]) -> Result<Examined, ExaminationError> {
    Ok(examine(component)?)
}

#[test]
fn folders_and_files_are_the_users_alone_whatever_the_umask() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("share/lockgate/providers");
    let packed = pack(&wat::parse_str(PROVIDER).unwrap(), MANIFEST, "manifest.toml", &examined);
    let component = ExaminedComponent::new(packed.unwrap(), &examined).unwrap();
    let options = InstallOptions {
        name: ProviderName::new("corp").unwrap(),
        source: "file:/tmp/corp.wasm".to_owned(),
        signer: None,
        grant: String::new(),
        continues: None,
    };
    rustix::process::umask(rustix::fs::Mode::empty());
    let store = Store::open(&path);
    store.install(&component, options, &|_| Ok(b"code".to_vec())).unwrap();
    // The same file, made without care, is everybody's.
    let careless = folder.path().join("careless");
    #[allow(clippy::disallowed_methods, reason = "this is the twin")]
    fs::write(&careless, b"").unwrap();
    assert_eq!(mode(&careless), 0o666);
    for made in [folder.path().join("share"), folder.path().join("share/lockgate"), path.clone()] {
        assert_eq!(mode(&made), 0o700, "{made:?}");
    }
    assert_eq!(mode(&path.join("corp")), 0o700);
    let files = entries(&path.join("corp"));
    assert_eq!(files.len(), 5, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
    assert_eq!(mode(&path.join(".lock")), 0o600);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
