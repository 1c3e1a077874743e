#![allow(clippy::disallowed_methods, reason = "the tests play the crash and the attacker")]

mod damage;
mod interrupted;
mod keeping;
mod lineages;
mod loading;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{InstallOptions, Installed, Store};
use crate::component::{Examined, examine};
use crate::{CompileError, Digest, ExaminationError, ExaminedComponent, ProviderName, pack};

const GRANT: &str = "registries = [\"cargo:*\"]\nstores = [\"os\"]\nprompt = true\n";

/// A store in a folder of its own.
struct Shop {
    folder: TempDir,
    store: Store,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("providers"));
        Self { folder, store }
    }

    fn install(&self, name: &str, component: &[u8]) -> Installed {
        self.store.install(&examined(component), options(name), &compile).unwrap()
    }

    /// Installs it as an update of what has the name.
    fn update(&self, name: &str, component: &[u8]) -> Installed {
        let continues = Some(self.store.get(name).unwrap().lineage().to_owned());
        let options = InstallOptions { continues, ..options(name) };
        self.store.install(&examined(component), options, &compile).unwrap()
    }

    /// The folder of a provider.
    fn of(&self, name: &str) -> PathBuf {
        self.folder.path().join("providers").join(name)
    }

    /// Its only file of this kind.
    fn file(&self, name: &str, end: &str) -> PathBuf {
        let mut files = files(&self.of(name));
        files.retain(|file| file.to_str().unwrap().ends_with(end));
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn options(name: &str) -> InstallOptions {
    InstallOptions {
        name: ProviderName::new(name).unwrap(),
        source: "file:/tmp/corp.wasm".to_owned(),
        signer: None,
        grant: GRANT.to_owned(),
        continues: None,
    }
}

/// A provider, different for each version.
fn component(version: &str) -> Vec<u8> {
    let text =
        r#"(component (instance $p) (export "lockgate:provider/provider@0.1.0" (instance $p)))"#;
    let manifest = format!(
        "name = \"corp\"\nversion = \"{version}\"\ndescription = \"A test\"\n[capabilities]\n\
         registries = [\"cargo:*\"]\nstores = [\"os\"]\nprompt = true\n[reasons]\n\
         stores = \"the token is there\"\nprompt = \"to ask\"\n"
    );
    pack(&wat::parse_str(text).unwrap(), &manifest, "manifest.toml", &examined_here).unwrap()
}

/// Examined in this process, which is of no program that does it for others.
fn examined_here(component: &[u8]) -> Result<Examined, ExaminationError> {
    Ok(examine(component)?)
}

fn examined(component: &[u8]) -> ExaminedComponent {
    ExaminedComponent::new(component.to_vec(), &examined_here).unwrap()
}

/// Stands for the compiler: code that is different for each component.
fn compile(component: &[u8]) -> Result<Vec<u8>, CompileError> {
    Ok([b"code of ", Digest::of(component).hex().as_bytes()].concat())
}

fn never(_: &[u8]) -> Result<Vec<u8>, CompileError> {
    Err(CompileError::Refused("nothing is compiled here".to_owned()))
}
