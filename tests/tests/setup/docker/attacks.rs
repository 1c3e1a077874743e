//! Other users, and a record that somebody changed. Each has its twin beside it.

use std::fs;
use std::os::unix::fs::{lchown, symlink};

use lockgate_tests::not_run::can_be_another_user;

use sha2::{Digest, Sha256};

use super::{AUTH, Docker};
use crate::exists;

/// The user `nobody`.
const SOMEBODY: u32 = 65534;

#[test]
fn a_config_json_that_is_somebody_elses_link_is_not_followed() {
    if !can_be_another_user() {
        return;
    }
    let machine = Docker::new();
    let target = machine.home().root().join("precious");
    fs::write(&target, "{}").unwrap();
    symlink(&target, machine.file()).unwrap();
    lchown(machine.file(), Some(SOMEBODY), None).unwrap();
    let _ = machine.setup(&["--yes"]).run().exits_with(1).says("belongs to user 65534");
    assert_eq!(fs::read_to_string(&target).unwrap(), "{}");
    assert!(!exists(&machine.name()));
    // The twin: the user's own link is followed.
    lchown(machine.file(), Some(0), None).unwrap();
    let _ = machine.set_up(&[]);
    assert!(fs::read_to_string(&target).unwrap().contains("lockgate"));
}

#[test]
fn a_record_that_somebody_changed_changes_nothing_but_who_is_asked() {
    let before = format!("{{\"auths\":{{\"a.example\":{{\"auth\":\"{AUTH}\"}}}}}}");
    let machine = Docker::with(&before);
    let _ = machine.set_up(&[]);
    let good = fs::read_to_string(machine.record()).unwrap();
    let now = machine.config();
    let inserted = "\"removed\": \"\"";
    for (bad, says) in [
        (
            good.replacen(inserted, "\"removed\": \",\\\"proxies\\\":{}\"", 1),
            "is not what setup wrote",
        ),
        (good.replacen("\"at\": ", "\"at\": 1", 1), "is not what setup wrote"),
        (good.replacen("\"version\": 1", "\"version\": 2", 1), "another version"),
        ("{".to_owned(), "is damaged"),
    ] {
        assert_ne!(bad, good);
        fs::write(machine.record(), bad).unwrap();
        let _ = machine.setup(&["--undo", "--yes"]).run().exits_with(1).says(says);
        assert_eq!(machine.config(), now);
    }
    // With digests that fit it, too, since they stand in the same record.
    let evil =
        before.replace("}}}", "}},\"proxies\":{\"default\":{\"httpsProxy\":\"http://evil\"}}}");
    let mut record: serde_json::Value = serde_json::from_str(&good).unwrap();
    let step = &mut record["steps"][0];
    step["before"] = digest(&evil).into();
    step["splices"] = serde_json::json!([{ "at": 0, "removed": evil, "inserted": now }]);
    fs::write(machine.record(), record.to_string()).unwrap();
    let refused = machine.setup(&["--undo", "--yes"]).run().exits_with(1);
    let _ = refused.says("is not what setup wrote");
    assert_eq!(machine.config(), now);
    // The twin: as it was written, it is followed.
    fs::write(machine.record(), good).unwrap();
    let _ = machine.undo();
    assert_eq!(machine.config(), before);
}

/// As the record has it.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
