//! The index: one line of JSON for each version of each package.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// One published version.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its number.
    pub version: String,
    /// SHA-256 of its file, in lower-case hex.
    pub checksum: String,
    /// Whether it was taken out of resolution.
    pub yanked: bool,
    pub(super) archive: Vec<u8>,
    name: String,
    dependencies: Vec<Value>,
    features: Value,
}

impl Release {
    /// A version without dependencies.
    pub(super) fn new(name: &str, version: &str, archive: Vec<u8>) -> Self {
        Self {
            version: version.to_owned(),
            checksum: hex(&Sha256::digest(&archive)),
            yanked: false,
            archive,
            name: name.to_owned(),
            dependencies: Vec::new(),
            features: json!({}),
        }
    }

    /// A version as a publish request describes it.
    pub(super) fn published(metadata: &Value, archive: Vec<u8>) -> Option<Self> {
        let name = metadata.get("name")?.as_str()?;
        let version = metadata.get("vers")?.as_str()?;
        let dependencies = metadata.get("deps").and_then(Value::as_array);
        Some(Self {
            dependencies: dependencies.into_iter().flatten().map(dependency).collect(),
            features: metadata.get("features").cloned().unwrap_or_else(|| json!({})),
            ..Self::new(name, version, archive)
        })
    }

    fn line(&self) -> String {
        json!({
            "name": self.name, "vers": self.version, "deps": self.dependencies,
            "cksum": self.checksum, "features": self.features, "yanked": self.yanked,
        })
        .to_string()
    }
}

/// A dependency in the words of the index, which are not those of the publish request.
fn dependency(published: &Value) -> Value {
    let renamed = published.get("explicit_name_in_toml").filter(|name| !name.is_null());
    json!({
        "name": renamed.unwrap_or(&published["name"]),
        "package": renamed.map(|_| &published["name"]),
        "req": published["version_req"],
        "features": published["features"],
        "optional": published["optional"],
        "default_features": published["default_features"],
        "target": published["target"],
        "kind": published["kind"],
        "registry": published["registry"],
    })
}

/// One package.
#[derive(Default)]
pub(super) struct Package {
    pub(super) releases: Vec<Release>,
    pub(super) owners: Vec<String>,
}

impl Package {
    /// The index file.
    pub(super) fn file(&self) -> String {
        self.releases.iter().map(|release| release.line() + "\n").collect()
    }

    pub(super) fn release(&mut self, version: &str) -> Option<&mut Release> {
        self.releases.iter_mut().find(|release| release.version == version)
    }
}

/// Where the index file of a package lies, as every cargo registry has it.
pub(super) fn path(name: &str) -> String {
    let name = name.to_lowercase();
    match name.len() {
        1 => format!("1/{name}"),
        2 => format!("2/{name}"),
        3 => format!("3/{}/{name}", &name[..1]),
        _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn index_files_lie_where_cargo_looks() {
        for (name, path) in
            [("a", "1/a"), ("ab", "2/ab"), ("Abc", "3/a/abc"), ("Serde_json", "se/rd/serde_json")]
        {
            assert_eq!(super::path(name), path);
        }
    }
}
