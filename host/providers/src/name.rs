//! Names of installed providers.

use std::fmt;

/// Longest name, in bytes: it stands in tables and is a folder's name.
const MAX_NAME: usize = 64;

/// What Windows takes for a device, whatever follows behind a dot.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The name of an installed provider: up to 64 of `a-z`, `0-9`, `.`, `_` and `-`, the first a letter
/// or digit, the last no dot, and no device of Windows. Paths in the store are built from nothing
/// else. A colon makes the name of a built-in provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProviderName(String);

/// Text that is no name of an installed provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` cannot be the name of an installed provider; {reason}", lockgate_core::escape(&lockgate_core::shorten(.name, MAX_NAME)))]
pub struct NameError {
    name: String,
    reason: &'static str,
}

impl ProviderName {
    /// Checks a name.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn new(name: &str) -> Result<Self, NameError> {
        match problem(name) {
            None => Ok(Self(name.to_owned())),
            Some(reason) => Err(NameError { name: name.to_owned(), reason }),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn problem(name: &str) -> Option<&'static str> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_inner = |byte: u8| is_letter(byte) || b"._-".contains(&byte);
    let starts = name.bytes().next().is_some_and(is_letter);
    if name.contains(':') {
        return Some("names with a colon belong to built-in ones");
    }
    if !starts || name.len() > MAX_NAME || !name.bytes().all(is_inner) || name.ends_with('.') {
        return Some(
            "it has up to 64 of a-z, 0-9, `.`, `_` and `-`, begins with a letter or digit and does not end in a dot",
        );
    }
    is_device(name).then_some("Windows has a device of that name")
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    DEVICES.iter().any(|device| match stem.strip_prefix(device) {
        Some("") => !matches!(*device, "com" | "lpt"),
        Some(number) => {
            matches!(*device, "com" | "lpt")
                && number.len() == 1
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::ProviderName;

    #[test]
    fn a_name_is_one_plain_component_of_a_path_everywhere() {
        for good in ["a", "0", "corp-sso", "corp.sso_2", "console", "com", "com10", "a..b", "nul-x"]
        {
            assert_eq!(ProviderName::new(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(65);
        for wrong in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "/etc",
            ".hidden",
            "-x",
            "_x",
            "A",
            "é",
            "a b",
            "a\0",
            "a\n",
            "\u{1b}[2J",
            "cargo:token",
            "c:",
            "a.",
            "con",
            "con.x",
            "nul",
            "aux",
            "prn.txt",
            "com1",
            "lpt9.log",
            "com0",
            &long,
        ] {
            let error = ProviderName::new(wrong).unwrap_err().to_string();
            assert!(!error.contains('\u{1b}') && !error.contains('\n'), "{error}");
        }
        assert!(ProviderName::new(&"a".repeat(64)).is_ok());
    }
}
