//! Against files that `age` 1.1.1 wrote, and files that nobody should have.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use lockgate_core::Secret;

use super::header::{self, Stanza};
use super::payload;
use super::{AgeError, FileKey, Identity, Wrap, decrypt, decrypt_with_passphrase, encrypt};

/// As `age-keygen` wrote it.
const KEY: &str = "# created: 2026-11-22T13:05:30Z\n\
    # public key: age1z3qus0d45zedyl4znfwn940jxs6jhmzqyw65unllr7kp5vltw3jspygztm\n\
    AGE-SECRET-KEY-1ZLW2DRR7KRG3YQFLK2D6WQND3CHWAU93KUK7EV449GS3CJ3JNRWSQS0MGT\n";
/// A line, encrypted for that key.
const ENTRY: &str = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBSU3hvYk52dGtsNEtZQ0FMckRibFJoVmwraGZPNVU0cFgwbE9ncmtoT3pRCnJvMmdDdVA2NSt4ejNiQ0x0MWJIVnFHZkdEVlRRZC9VZ1NRcUJNTzlPZG8KLS0tIHE4MlpPRFNMd2VCRXYwNjBGdzdjaEo3ZlZqdjhLVWNTK2cyZ0JYZld6aU0KWS8aPxYlR8WLFfWFqXUbcrG8+lESxH46HHX548oP3YPxSPwzc8TRFG6S5TOIGMWd6VhWUM+q9fo=";
/// That key's text, encrypted with a passphrase.
const PROTECTED: &str = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBsRXBUT2hELzFWVU5VNDBtRVh3Sk9RIDE4CmU2dFl3WFcrZ3BWa0pCbGZVcS9OU004Kysxb1JCd0VQbEZmZ1BoYm1ZYjgKLS0tIDY5czNFSkRlWWdxZWxWUFZTZGNrNUdkb3Zjb3dUM3BKdHRxazExZTdZdHcKXkUDX6Vxj30u/GDqrWfSXfEuCOG0QY8Fu/s4mAjOda/NzQf7H/HF2JYk+UB/2/6Fymn6XCTE+pM02HMJQg/3pW8oiq1v4M0ko4hDAwO0n92qGEWabof/CK0zwxqq32MIzRGc6WzOPJLeKOGCUutq8zmdKDZ+zYBAQtCzhtoWkCq5bnHSPa8pzcniFvlL1oDR7eUjy1PAC3ZX8lWjxc45Ksb5oj3aX4ezwN3basaZFI/NTbKbB/37PISB9Hk/2v27cIeblWZ3OjOBK8Q+n5HodQEFxykY1MPr";
const PASSPHRASE: &str = "correct horse";

fn identity() -> Identity {
    Identity::read(KEY.as_bytes()).unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

#[test]
fn what_age_wrote_is_read() {
    let content = decrypt(&bytes(ENTRY), &identity()).unwrap();
    assert_eq!(content.as_slice(), b"a token of the real age\n");
    let text = decrypt_with_passphrase(&bytes(PROTECTED), &PASSPHRASE.into()).unwrap();
    assert_eq!(text.as_slice(), KEY.as_bytes());
    let wrong = decrypt_with_passphrase(&bytes(PROTECTED), &Secret::from("correct horsf"));
    assert!(matches!(wrong, Err(AgeError::WrongPassphrase)), "{wrong:?}");
}

#[test]
fn every_length_comes_back_in_chunks() {
    let identity = Identity::generate().unwrap();
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let content: Vec<u8> = (0..length).map(|at| at as u8).collect();
        let file = encrypt(&content, &identity).unwrap();
        assert_eq!(*decrypt(&file, &identity).unwrap(), content, "{length}");
        assert!(file.len() < content.len() + super::ROOM_BESIDE);
    }
}

#[test]
fn no_changed_and_no_shortened_file_has_a_content() {
    let identity = identity();
    let whole = encrypt(&vec![b'x'; 65_536 + 3], &identity).unwrap();
    for at in (0..400).chain((400..whole.len()).step_by(997)) {
        for bit in [1, 0x20, 0x80] {
            let mut changed = whole.clone();
            changed[at] ^= bit;
            assert!(decrypt(&changed, &identity).is_err(), "{at}");
        }
    }
    for length in (0..400).chain((400..whole.len()).step_by(997)) {
        assert!(decrypt(&whole[..length], &identity).is_err(), "{length}");
    }
    // A whole chunk less; the last one says that it is.
    assert!(decrypt(&whole[..whole.len() - 19], &identity).is_err());
    assert!(decrypt(&[whole.as_slice(), b"x"].concat(), &identity).is_err());
    // The twin.
    assert!(decrypt(&whole, &identity).is_ok());
}

#[test]
fn another_key_opens_nothing() {
    let refused = decrypt(&bytes(ENTRY), &Identity::generate().unwrap());
    assert!(matches!(refused, Err(AgeError::OtherKey)), "{refused:?}");
    let refused = decrypt(&bytes(PROTECTED), &identity());
    assert!(matches!(refused, Err(AgeError::OtherKey)), "{refused:?}");
}

/// Each is refused before a passphrase is tried.
#[test]
fn a_file_cannot_ask_for_more_work_than_there_is() {
    let file = bytes(PROTECTED);
    let asking = |steps: &str| {
        let at = file.windows(4).position(|four| four == b" 18\n").unwrap();
        [&file[..at], format!(" {steps}\n").as_bytes(), &file[at + 4..]].concat()
    };
    for (steps, expected) in [
        ("21", "2^21 steps"),
        ("64", "2^64 steps"),
        ("255", "2^255 steps"),
        ("256", "no number"),
        ("018", "no number"),
        ("+18", "no number"),
        ("-1", "no number"),
        ("0", "no number"),
        ("18 18", "first line"),
    ] {
        let error = decrypt_with_passphrase(&asking(steps), &PASSPHRASE.into()).unwrap_err();
        assert!(error.to_string().contains(expected), "{steps}: {error}");
    }
}

/// Whoever opens the file, and with whatever.
#[test]
fn a_passphrase_stands_alone() {
    let file = bytes(PROTECTED);
    let line = b"age-encryption.org/v1\n";
    let other = b"-> X25519 AAAA\nAAAA\n";
    let two = [&line[..], other, &file[line.len()..]].concat();
    let error = decrypt_with_passphrase(&two, &PASSPHRASE.into()).unwrap_err();
    assert!(matches!(error, AgeError::OtherKey), "{error}");
    let scrypt = Stanza { kind: "scrypt".to_owned(), arguments: Vec::new(), body: Vec::new() };
    let error = decrypt(&with_stanza(scrypt), &identity()).unwrap_err();
    assert!(error.to_string().contains("does not stand alone"), "{error}");
    // The twin: any other stanza may stand beside a key's.
    let other = Stanza { kind: "other".to_owned(), arguments: Vec::new(), body: Vec::new() };
    assert_eq!(decrypt(&with_stanza(other), &identity()).unwrap().as_slice(), b"content");
}

/// A file for the identity, with another stanza before its own, and a right sum.
fn with_stanza(other: Stanza) -> Vec<u8> {
    let (identity, key) = (identity(), FileKey::new([7; 16]));
    let mut file = header::write(&[other, identity.wrap(&key).unwrap()], &key).unwrap();
    payload::write(&mut file, b"content", &key).unwrap();
    file
}

#[test]
fn what_is_no_age_file_is_told_apart() {
    for (file, expected) in [
        (&b""[..], "no file of the age format"),
        (b"{\"version\":1}\n", "no file of the age format"),
        (b"\xff\xfe\n", "no file of the age format"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "armor"),
        (b"age-encryption.org/v2\n-> X\n\n--- AAAA\n", "version"),
        (b"age-encryption.org/v1\n", "no end"),
        (b"age-encryption.org/v1\nX25519\n", "stanza is expected"),
        (b"age-encryption.org/v1\n-> \n\n--- AAAA\n", "first line"),
        (b"age-encryption.org/v1\n-> X25519  a\n\n--- AAAA\n", "first line"),
        (b"age-encryption.org/v1\n-> X25519 a\n!\n--- AAAA\n", "not base64"),
        (b"age-encryption.org/v1\n-> X25519 AA\nAA\n--- AAAA\n", "right length"),
    ] {
        let error = decrypt(file, &identity()).unwrap_err().to_string();
        assert!(error.contains(expected), "{}: {error}", String::from_utf8_lossy(file));
    }
    let many = [&b"age-encryption.org/v1\n"[..], &b"-> grease\n\n".repeat(65)].concat();
    assert!(decrypt(&many, &identity()).unwrap_err().to_string().contains("too many"));
}

/// Each has a right sum, so that nothing else keeps it from being read.
#[test]
fn a_header_that_age_would_not_read_is_not_read() {
    let key = FileKey::new([7; 16]);
    let own = || identity().wrap(&key).unwrap();
    let opened = |stanza: Stanza| {
        let mut file = header::write(&[stanza], &key).unwrap();
        payload::write(&mut file, b"content", &key).unwrap();
        decrypt(&file, &identity()).map(|content| content.to_vec())
    };
    assert_eq!(opened(own()).unwrap(), b"content", "the twin");
    let with_share = |share: &str| Stanza { arguments: vec![share.to_owned()], ..own() };
    let share = own().arguments.remove(0);
    // The last letter has two bits that say nothing, and are zero.
    let (start, last) = share.split_at(share.len() - 1);
    let odd = (b'A'..=b'z').map(char::from).find(|odd| {
        let same = |text: &str| STANDARD_NO_PAD.decode(text).is_err();
        odd.is_ascii_alphanumeric() && same(&format!("{start}{odd}"))
    });
    for (what, stanza) in [
        ("two shares", Stanza { arguments: vec![share.clone(); 2], ..own() }),
        ("no share", Stanza { arguments: Vec::new(), ..own() }),
        ("a longer share", with_share(&STANDARD_NO_PAD.encode([9; 33]))),
        ("a shorter share", with_share(&STANDARD_NO_PAD.encode([9; 31]))),
        ("a share with padding", with_share(&format!("{share}="))),
        ("a share written otherwise", with_share(&format!("{start}{}", odd.unwrap()))),
        ("a longer body", Stanza { body: vec![9; 48], ..own() }),
        ("a shorter body", Stanza { body: vec![9; 31], ..own() }),
        ("another body", Stanza { body: vec![9; 32], ..own() }),
        ("small letters", Stanza { kind: "x25519".to_owned(), ..own() }),
    ] {
        assert!(opened(stanza).is_err(), "{what}");
    }
    assert!(odd.unwrap().to_string() != last);
}

#[test]
fn a_sum_of_another_length_or_another_way_of_writing_is_none() {
    let whole = encrypt(b"content", &identity()).unwrap();
    let line = whole.windows(5).position(|five| five == b"\n--- ").unwrap() + 5;
    let end = line + 43;
    assert_eq!(whole[end], b'\n');
    let with_sum = |sum: &[u8]| {
        let file = [&whole[..line], sum, &whole[end..]].concat();
        decrypt(&file, &identity())
    };
    assert!(with_sum(&whole[line..end]).is_ok(), "the twin");
    for sum in [
        &b""[..],
        b" ",
        &whole[line..end - 4],
        &[&whole[line..end], b"="].concat(),
        &[&whole[line..end], b" "].concat(),
        &[&whole[line..end], b"\r"].concat(),
        &[b" ", &whole[line..end]].concat(),
    ] {
        assert!(with_sum(sum).is_err(), "{}", String::from_utf8_lossy(sum));
    }
}

#[test]
fn a_share_that_gives_every_key_the_same_secret_is_none() {
    let share = "A".repeat(43);
    let body = "A".repeat(43);
    let file = format!("age-encryption.org/v1\n-> X25519 {share}\n{body}\n--- {body}\n");
    let error = decrypt(file.as_bytes(), &identity()).unwrap_err().to_string();
    assert!(error.contains("share"), "{error}");
}

#[test]
fn an_identity_is_one_line_in_capitals_with_a_right_sum() {
    let key = KEY.lines().last().unwrap();
    assert_eq!(identity().write().trim_end(), key);
    assert!(Identity::read(format!("\r\n# a\r\n{key}\r\n").as_bytes()).is_some());
    for wrong in [
        String::new(),
        "# nothing".to_owned(),
        key.to_lowercase(),
        format!("{key}\n{key}"),
        key.replace("ZLW2", "ZLW3"),
        key.replace("SECRET-KEY", "OTHERS-KEY"),
        key[..key.len() - 1].to_owned(),
        "age1z3qus0d45zedyl4znfwn940jxs6jhmzqyw65unllr7kp5vltw3jspygztm".to_owned(),
    ] {
        assert!(Identity::read(wrong.as_bytes()).is_none(), "{wrong}");
    }
    assert!(Identity::read(b"\xff").is_none());
}
