//! Files that are to be installed.

#[allow(dead_code, unreachable_pub, reason = "shared with the crate that it belongs to")]
#[path = "../../../host/providers/src/component/mod.rs"]
mod examined;

use examined::examine;

use crate::shown::assert_line;

/// The section that a manifest is in.
const SECTION: &[u8] = b"lockgate:manifest";

/// A component: what is found in one is in the file, and what is refused is refused in words.
pub fn component(data: &[u8]) -> bool {
    match examine(data) {
        Ok(found) => {
            let manifest = found.manifest.as_bytes();
            let after = |start: usize| data.get(start..).unwrap_or_default();
            let is_there = |(at, part): (usize, &[u8])| {
                part == SECTION && after(at + SECTION.len()).starts_with(manifest)
            };
            assert!(data.windows(SECTION.len()).enumerate().any(is_there), "{found:?}");
            for import in &found.imports {
                let known = ["lockgate:provider/", "wasi:"];
                assert!(known.iter().any(|start| import.starts_with(start)), "{import:?}");
                assert!(!import.starts_with("wasi:sockets") && !import.starts_with("wasi:http"));
            }
            true
        }
        Err(error) => {
            // What the validator says may quote the file; whoever shows it escapes it.
            assert_line(&error.to_string());
            false
        }
    }
}
