//! Which file is started, after it was granted.

use std::fs;

use lockgate_tests::home::set_mode;
use sha2::{Digest, Sha256};

use super::{HOST, PRINTS, RUN, machine, write_program};

const OTHER: &str = "#!/bin/sh\nprintf 'other'\n";

fn digest_of(script: &str) -> String {
    let digest: String = Sha256::digest(script).iter().map(|byte| format!("{byte:02x}")).collect();
    format!(", digest = \"sha256:{digest}\"")
}

#[test]
fn a_program_that_was_replaced_after_its_grant_is_refused() {
    let pinned = machine(PRINTS, &digest_of(PRINTS));
    assert_eq!(pinned.token(&RUN), format!("token-of-{HOST}"));
    write_program(&pinned.program, OTHER);
    let said = pinned.refusal(&RUN);
    assert!(said.contains("has changed since it was granted"), "{said}");
    assert!(said.contains(digest_of(OTHER).split('"').nth(1).unwrap()), "{said}");
    write_program(&pinned.program, PRINTS);
    assert_eq!(pinned.token(&RUN), format!("token-of-{HOST}"));

    let free = machine(PRINTS, "");
    write_program(&free.program, OTHER);
    assert_eq!(free.token(&RUN), "other", "the twin");
}

#[test]
fn a_program_that_others_can_write_is_refused() {
    let machine = machine(PRINTS, "");
    let folder = machine.program.parent().unwrap();
    for (path, open, closed) in [
        (machine.program.as_path(), 0o775, 0o755),
        (machine.program.as_path(), 0o757, 0o755),
        (folder, 0o775, 0o755),
        (folder, 0o777, 0o755),
    ] {
        set_mode(path, open);
        let said = machine.refusal(&RUN);
        assert!(said.contains(&path.display().to_string()), "{said}");
        assert!(said.contains("writ"), "{said}");
        set_mode(path, closed);
        assert_eq!(machine.token(&RUN), format!("token-of-{HOST}"), "the twin");
    }
    fs::remove_file(&machine.program).unwrap();
    let said = machine.refusal(&RUN);
    assert!(said.contains("does not exist"), "{said}");
}
