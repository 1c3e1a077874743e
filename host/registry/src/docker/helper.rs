//! The names of docker's credential helpers.

/// What the names of their programs begin with.
pub const HELPER_PREFIX: &str = "docker-credential-";

/// Whether a helper's program can have this behind [`HELPER_PREFIX`]: it is then the name of one program
/// that PATH has to have, and one word.
#[must_use]
pub fn is_helper_suffix(suffix: &str) -> bool {
    let odd = |c: char| matches!(c, '/' | '\\') || c.is_whitespace() || c.is_control();
    !suffix.is_empty()
        && !suffix.starts_with('-')
        && !suffix.contains("..")
        && !suffix.chars().any(odd)
}

/// What docker's configuration calls the helper with this program, by its name or its path.
#[must_use]
pub fn helper_suffix(program: &str) -> Option<&str> {
    let suffix = program.rsplit('/').next()?.strip_prefix(HELPER_PREFIX)?;
    Some(suffix.strip_suffix(".exe").unwrap_or(suffix))
}

#[cfg(test)]
mod tests {
    use super::{helper_suffix, is_helper_suffix};

    #[test]
    fn a_suffix_is_one_word_and_no_way_to_another_program() {
        for good in ["pass", "ecr-login", "desktop.exe", "j\u{fc}rgen"] {
            assert!(is_helper_suffix(good), "{good}");
        }
        for wrong in ["", "-x", "../x", "a/b", "a\\b", "a..b", "a b", "a\u{a0}b", "a\0b", "a\nb"] {
            assert!(!is_helper_suffix(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_program_is_called_by_what_follows_the_prefix() {
        for (program, suffix) in [
            ("docker-credential-pass", Some("pass")),
            ("/opt/x/docker-credential-ecr-login", Some("ecr-login")),
            ("/mnt/c/docker-credential-desktop.exe", Some("desktop")),
            ("/opt/docker-credential-x/helper", None),
            ("/bin/sh", None),
        ] {
            assert_eq!(helper_suffix(program), suffix, "{program}");
        }
    }
}
