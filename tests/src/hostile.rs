//! The hostile guest as an installed provider of the real program: the words behind its name say what
//! it does, as in `guests/hostile`.

use std::fs;
use std::path::PathBuf;

use crate::guests::Guest;
use crate::{Home, Output};

/// What its imports take for granted to be asked for, unless a test asks for something else.
const ASKED: [(&str, &str); 6] = [
    ("stores", "[\"cargo-credentials\"]"),
    ("environment", "[\"CI_JOB_JWT\"]"),
    ("files", "[\"~/hostile.txt\"]"),
    ("process", "[\"/bin/echo\"]"),
    ("http", "[\"https://elsewhere.example\"]"),
    ("prompt", "true"),
];

impl Home {
    /// A file with the hostile guest, whose manifest asks for every cargo registry and for these
    /// lines of `[capabilities]`, a key a line.
    pub fn write_hostile(&self, capabilities: &str) -> PathBuf {
        let asks = |key: &str| capabilities.lines().any(|line| line.starts_with(key));
        let (mut text, mut reasons) = (capabilities.to_owned(), String::new());
        for (key, value) in ASKED {
            if !asks(key) {
                text.push_str(&format!("\n{key} = {value}"));
            }
            reasons.push_str(&format!("{key} = \"to see\"\n"));
        }
        let manifest = format!(
            "name = \"hostile\"\nversion = \"0.1.0\"\ndescription = \"Hostile\"\noptional = {:?}\n\
             [capabilities]\nregistries = [\"cargo:*\"]\n{text}\n[reasons]\n{reasons}",
            ASKED.map(|(key, _)| key)
        );
        let file = self.root().join("hostile.wasm");
        fs::write(&file, Guest::named("hostile").component_with_manifest(&manifest)).unwrap();
        file
    }

    /// Installs it with these grants.
    pub fn install_hostile(&self, capabilities: &str, grants: &[&str]) -> Output {
        let file = self.write_hostile(capabilities);
        let words = ["provider", "install"].map(str::to_owned).into_iter();
        let grants = grants.iter().flat_map(|&grant| ["--grant".to_owned(), grant.to_owned()]);
        self.lockgate(words.chain([file.display().to_string()]).chain(grants)).run()
    }

    /// The words by which cargo's configuration names it, with what it is to do.
    pub fn hostile_words(&self, words: &[&str]) -> Vec<String> {
        let [program, _] = self.our_token_provider();
        let words = words.iter().map(|&word| word.to_owned());
        [program, "hostile".to_owned()].into_iter().chain(words).collect()
    }

    /// A file with a provider named `small`, which does nothing and is compiled in no time, packed with
    /// a manifest that asks for `reveal`.
    pub fn write_small(&self) -> PathBuf {
        let (bare, text) = (self.root().join("bare.wasm"), self.root().join("small.toml"));
        fs::write(&bare, Guest::named("table-of-50000").component).unwrap();
        let manifest = "name = \"small\"\nversion = \"1.0.0\"\ndescription = \"Small\"\n\
             [capabilities]\nregistries = [\"cargo:*\"]\nreveal = true\n\
             [reasons]\nreveal = \"to see\"\n";
        fs::write(&text, manifest).unwrap();
        let file = self.root().join("small.wasm");
        let pack = self.lockgate(["provider", "pack"]).args([&bare]).args(["--manifest"]);
        let _ = pack.args([&text]).args(["-o"]).args([&file]).run().succeeds();
        file
    }
}
