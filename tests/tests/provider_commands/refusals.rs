//! What is not installed.

use std::fs;

use lockgate_tests::guests::Guest;
use lockgate_tests::{Home, Policy};

use super::{MANIFEST, component, in_store, installed, packed, provider, stored};

#[test]
fn no_name_leads_out_of_the_store() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let long = "a".repeat(300);
    for name in ["../evil", "/tmp/evil", "..", "a/b", "con", "NUL", "é", "a\u{1b}[2J", "", &long] {
        let words = ["install", &file, "--grant-all", "--as", name];
        let refused = provider(&home, &words).exits_with(1).says("cannot be the name");
        assert!(!refused.stderr.contains("\u{1b}[2J"), "{refused}");
        for verb in ["remove", "grant", "revoke", "rebuild", "verify"] {
            let more: &[&str] = match verb {
                "remove" => &["--yes"],
                "grant" | "revoke" => &["prompt=true", "--yes"],
                _ => &[],
            };
            let _ = provider(&home, &[&[verb, name], more].concat()).exits_with(1);
        }
    }
    assert!(in_store(&home).is_empty());
    let _ = provider(&home, &["install", &file, "--grant-all", "--as", "evil"]).succeeds();
}

#[test]
fn what_is_no_provider_is_refused_in_words_and_leaves_nothing() {
    let home = Home::new();
    let good = installed(&home);
    let compiled = fs::read(stored(&home, ".code")).unwrap();
    let twice = {
        let bytes = fs::read(&good).unwrap();
        let bare = fs::read(component(&home)).unwrap();
        [&bytes[..], &bytes[bare.len()..]].concat()
    };
    let _ = provider(&home, &["remove", "corp-sso", "--yes"]).succeeds();
    let junk: Vec<u8> =
        (0..1_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let wrapped = [&b"\0asm\x0d\0\x01\0"[..], &junk].concat();
    for (bytes, says) in [
        (&compiled[..], "compiled machine code"),
        (b"\0asm\x01\0\0\0", "core module"),
        (&twice, "more than one manifest"),
        (Guest::named("table-of-50000").component, "has no manifest"),
        (Guest::named("sockets").component, "wasi:sockets/"),
        (b"", "not WebAssembly"),
        (&junk, "not WebAssembly"),
        (&wrapped, "no valid component"),
    ] {
        let file = home.project().join("other.wasm");
        fs::write(&file, bytes).unwrap();
        let file = file.display().to_string();
        let _ = provider(&home, &["install", &file, "--grant-all"]).exits_with(1).says(says);
        let _ = provider(&home, &["inspect", &file]).exits_with(1).says(says);
    }
    let large = home.project().join("large.wasm");
    fs::File::create(&large).unwrap().set_len(1 << 40).unwrap();
    let large = large.display().to_string();
    let _ = provider(&home, &["install", &large, "--grant-all"]).exits_with(1).says("larger than");
    assert!(in_store(&home).is_empty());
    let _ = provider(&home, &["install", &good, "--grant-all"]).succeeds();
}

#[test]
fn a_signature_that_is_demanded_has_to_be_there_and_right() {
    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    const OF_ANOTHER_FILE: &str = "untrusted comment: signature from minisign secret key\n\
        RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n\
        trusted comment: timestamp:1556193335\tfile:test\n\
        y/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==\n";
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let demanded = ["install", &file, "--grant-all", "--public-key", KEY];
    let _ = provider(&home, &demanded).exits_with(1).says("corp-sso.wasm.minisig");
    fs::write(format!("{file}.minisig"), OF_ANOTHER_FILE).unwrap();
    let _ = provider(&home, &demanded).exits_with(1).says("is not signed as demanded");
    assert!(in_store(&home).is_empty());
    let plain = provider(&home, &["install", &file, "--grant-all"]).succeeds();
    let _ = plain.says("is not looked at");
    let json = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    assert!(json["signer"].is_null(), "{json:#}");
}

#[test]
fn pack_refuses_a_manifest_that_would_not_install() {
    let home = Home::new();
    let component = component(&home).display().to_string();
    let manifest = home.project().join("wrong.toml");
    fs::write(&manifest, MANIFEST.replace("reveal = true", "revael = true")).unwrap();
    let text = manifest.display().to_string();
    let refused = provider(&home, &["pack", &component, "--manifest", &text]).exits_with(1);
    let _ = refused.names_line(&manifest, 12).says("revael");
    fs::write(&manifest, MANIFEST).unwrap();
    let _ = provider(&home, &["pack", &component, "--manifest", &text]).succeeds();
    let packed = home.project().join("bare.provider.wasm").display().to_string();
    let _ = provider(&home, &["inspect", &packed]).succeeds().shows("Installed     no");
    let again = provider(&home, &["pack", &packed, "--manifest", &text]).exits_with(1);
    let _ = again.says("has a manifest already");
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let home = Home::new();
    for words in [
        &["install"][..],
        &["install", "a", "--grant-all", "--grant", "prompt=true"],
        &["install", "a", "--signature", "b"],
        &["grant", "corp-sso"],
        &["nonsense"],
    ] {
        let _ = provider(&home, words).exits_with(2).prints("");
    }
}

/// The twin is in the test: without the policy's line it is installed.
#[test]
fn what_the_administrator_blocks_is_not_installed_and_the_message_is_shown() {
    const BLOCK: &str = "message = \"ask it@corp.example\"\n[providers]\nallow = [\"built-in\"]\n";
    let Some(policy) = Policy::new(BLOCK) else { return };
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let install = home.lockgate(["provider", "install", &file, "--grant-all"]);
    let _ = policy
        .over(install.clone())
        .run()
        .exits_with(1)
        .says("/etc/lockgate/policy.toml:3")
        .says("not among those that are allowed")
        .says("ask it@corp.example");
    assert!(in_store(&home).is_empty());
    policy.write("message = \"ask it@corp.example\"\n");
    let _ = policy.over(install).run().succeeds();
}
