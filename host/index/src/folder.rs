//! Where cargo keeps what it has of an index.

use std::hash::{Hash, Hasher};

use lockgate_registry::cargo::canonical_index;
use rustc_stable_hash::StableSipHasher128;
use url::Url;

/// cargo's numbers of its kinds of sources, as they stand in the name.
const GIT: isize = 2;
const SPARSE: isize = 3;

/// The name of an index's folder in `registry/index` of cargo's home, as every cargo since 1.85 makes
/// it; `None` for what is not the URL of an index.
#[must_use]
pub fn folder_name(index: &str) -> Option<String> {
    let host = Url::parse(index).ok()?.host_str().unwrap_or_default().to_owned();
    let kind = if index.starts_with("sparse+") { SPARSE } else { GIT };
    let mut hasher = StableSipHasher128::new();
    hasher.write_isize(kind);
    canonical_index(index)?.hash(&mut hasher);
    let hash: String =
        Hasher::finish(&hasher).to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{host}-{hash}"))
}

#[cfg(test)]
mod tests {
    use super::folder_name;

    /// What cargo 1.95 made for these.
    #[test]
    fn folders_are_named_as_cargo_names_them() {
        for (index, folder) in [
            ("sparse+https://index.crates.io/", "index.crates.io-1949cf8c6b5b557f"),
            ("sparse+http://127.0.0.1:8791/ok/", "127.0.0.1-b2f40abcd6eb8895"),
            ("sparse+http://localhost:8791/ok/", "localhost-1912912c86e870c9"),
            ("sparse+http://127.0.0.1:8791/ok/a%20b/", "127.0.0.1-948d342f215c7fed"),
            ("sparse+http://user@127.0.0.1:8791/ok/", "127.0.0.1-5e3d01c68fc2b1f8"),
            ("file:///tmp/A-work/g", "-195bf07ae16d6a23"),
            ("file:///tmp/A-work/g/", "-195bf07ae16d6a23"),
            ("file:///tmp/A-work/g/.git", "-0692069adc15cf40"),
        ] {
            assert_eq!(folder_name(index).as_deref(), Some(folder), "{index}");
        }
        assert_eq!(folder_name("index"), None);
    }
}
