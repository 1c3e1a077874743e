//! What is odd about the helper for `pass`, which keeps a folder for each server and in it a file for
//! each user.

use alloc::string::String;

use lockgate_provider::Failure;

/// What docker's configuration calls it.
pub(crate) const SUFFIX: &str = "pass";

/// base64 in the form that file names take.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A user name becomes the name of a file, and the helper does not look whether it is one.
pub(crate) fn check_user(user: &str) -> Result<(), Failure> {
    match user.contains('/') || user == "." || user == ".." {
        true => Err(Failure::other(
            "docker-credential-pass makes a file's name of the user name, which can have no `/` in it",
        )),
        false => Ok(()),
    }
}

/// What it says when there is nothing to erase, where others say that nothing was found.
pub(crate) fn nothing_to_erase(server: &str) -> String {
    let folder = base64(server.as_bytes());
    ["exit status 1: Error: docker-credential-helpers/", &folder, " is not in the password store."]
        .concat()
}

/// With its padding.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * place) & 63) as usize);
            let letter = letter.filter(|_| place <= group.len());
            text.push(char::from(letter.copied().unwrap_or(b'=')));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, check_user, nothing_to_erase};

    #[test]
    fn a_folder_is_named_as_the_helper_names_it() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("https://index.docker.io/v1/", "aHR0cHM6Ly9pbmRleC5kb2NrZXIuaW8vdjEv"),
            ("~~~???", "fn5-Pz8_"),
        ] {
            assert_eq!(base64(text.as_bytes()), expected, "{text}");
        }
        let said = nothing_to_erase("f");
        assert!(said.ends_with("docker-credential-helpers/Zg== is not in the password store."));
    }

    #[test]
    fn a_user_is_one_file_and_no_way_out_of_the_folder() {
        for good in ["alice", "<token>", "a.b@c", "..a"] {
            assert!(check_user(good).is_ok(), "{good}");
        }
        for wrong in ["a/../b", "/etc/x", "..", "."] {
            assert!(check_user(wrong).is_err(), "{wrong}");
        }
    }
}
