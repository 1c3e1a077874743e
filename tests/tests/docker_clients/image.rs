//! The smallest image.

use std::fs;
use std::path::Path;

use lockgate_tests::docker_registry::{PASSWORD, USER};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::Machine;

/// Where it is in a registry.
pub(crate) const NAME: &str = "tests/image:1";
/// Where it is in a home.
pub(crate) const FOLDER: &str = "image";

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// Writes it into the home.
pub(crate) fn write(machine: &Machine) {
    let folder = machine.home.root().join(FOLDER);
    fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    // An archive without a file.
    let layer = blob(&folder, LAYER, &[0; 1024]);
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": { "type": "layers", "diff_ids": [layer["digest"]] },
    });
    let config = blob(&folder, CONFIG, config.to_string().as_bytes());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer],
    });
    let manifest = blob(&folder, MANIFEST, manifest.to_string().as_bytes());
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

fn blob(folder: &Path, kind: &str, content: &[u8]) -> Value {
    let sum: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(folder.join("blobs/sha256").join(&sum), content).unwrap();
    json!({ "mediaType": kind, "digest": format!("sha256:{sum}"), "size": content.len() })
}

/// Puts it into the registry, as somebody who has told nobody about it.
pub(crate) fn push(machine: &Machine) {
    lockgate_tests::programs::require("skopeo");
    write(machine);
    let from = format!("oci:{}", machine.home.root().join(FOLDER).display());
    let to = format!("docker://{}/{NAME}", machine.server());
    let account = format!("{USER}:{PASSWORD}");
    let words = ["copy", "--insecure-policy", "--dest-tls-verify=false", "--dest-creds"];
    let run = machine.run("/usr/bin/skopeo").args(words).args([&account, &from, &to]);
    let _ = run.run().succeeds();
}
