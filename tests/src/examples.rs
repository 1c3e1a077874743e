//! The example programs of a crate that is depended on, which cargo does not build for others.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Copies examples of the package `name` into `out`, as a part of a program that includes them.
///
/// # Errors
/// If cargo does not know the package, or it has no such example.
pub(crate) fn copy(name: &str, examples: &[&str], out: &Path) -> Result<(), Box<dyn Error>> {
    let folder = source_of(name)?;
    for example in examples {
        let source = Path::new(&folder).join("examples").join(example).with_extension("rs");
        let text = fs::read_to_string(&source)
            .map_err(|error| format!("{}: {error}", source.display()))?;
        // What is included may not say anything about the file that includes it.
        let is_item = |line: &&str| !line.starts_with("//!") && !line.starts_with("#![");
        let items: Vec<_> = text.lines().filter(is_item).collect();
        fs::write(out.join(example).with_extension("rs"), items.join("\n"))?;
    }
    Ok(())
}

/// Where cargo has the source of a package.
fn source_of(name: &str) -> Result<String, Box<dyn Error>> {
    let target = env::var("TARGET")?;
    let manifest = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("Cargo.toml");
    let output = Command::new(env::var("CARGO")?)
        .args(["metadata", "--format-version=1", "--filter-platform", &target, "--manifest-path"])
        .arg(manifest)
        .output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let packages = metadata.get("packages").and_then(serde_json::Value::as_array);
    let of_that_name = |package: &&serde_json::Value| {
        package.get("name").and_then(serde_json::Value::as_str) == Some(name)
    };
    let package = packages.and_then(|packages| packages.iter().find(of_that_name));
    let manifest = package.and_then(|package| package.get("manifest_path")?.as_str());
    let folder = manifest.and_then(|manifest| Path::new(manifest).parent());
    Ok(folder.ok_or_else(|| format!("there is no package {name}"))?.display().to_string())
}
