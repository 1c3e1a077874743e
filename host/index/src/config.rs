//! `config.json`, the file that says where a registry's web API is.

use serde::Deserialize;

/// Longest `config.json`, in bytes. Real ones have a few hundred; the bound keeps a hostile registry
/// from filling the memory.
pub const MAX_CONFIG: usize = 64 << 10;

/// What a registry says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RegistryConfig {
    /// Where packages are downloaded from.
    pub dl: String,
    /// Where the web API is, if the registry has one.
    pub api: Option<String>,
    /// Whether everything needs a token.
    #[serde(default)]
    pub auth_required: bool,
}

/// Why a `config.json` is not used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Longer than [`MAX_CONFIG`].
    #[error("the registry's config.json is longer than {MAX_CONFIG} bytes")]
    TooLarge,
    /// Not JSON, or not of this form. In the words of cargo, which are the parser's.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl RegistryConfig {
    /// Reads it as cargo does: unknown keys are passed over.
    ///
    /// # Errors
    /// If it is too long, or not what it should be.
    pub fn parse(json: &[u8]) -> Result<Self, ConfigError> {
        match json.len() > MAX_CONFIG {
            true => Err(ConfigError::TooLarge),
            false => Ok(serde_json::from_slice(json)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_CONFIG, RegistryConfig};

    fn parsed(json: &str) -> Result<(Option<String>, bool), String> {
        let parsed = RegistryConfig::parse(json.as_bytes());
        parsed.map(|found| (found.api, found.auth_required)).map_err(|error| error.to_string())
    }

    #[test]
    fn what_cargo_takes_is_taken() {
        let api = Some("https://h".to_owned());
        assert_eq!(parsed(r#"{"dl":"d","api":"https://h"}"#), Ok((api.clone(), false)));
        assert_eq!(
            parsed(r#"{"dl":"d","api":"https://h","auth-required":true,"x":{}}"#),
            Ok((api, true))
        );
        for without in [r#"{"dl":"d"}"#, r#"{"dl":"d","api":null}"#] {
            assert_eq!(parsed(without), Ok((None, false)), "{without}");
        }
    }

    /// What cargo 1.95 said of the same files.
    #[test]
    fn what_cargo_refuses_is_refused_in_its_words() {
        for (json, message) in [
            (r#"{"api":"a"}"#, "missing field `dl` at line 1 column 11"),
            (r#"{"dl": "#, "EOF while parsing a value at line 1 column 7"),
            (r#"{"dl":"a","api":"b","api":"c"}"#, "duplicate field `api` at line 1 column 25"),
            (
                "[]",
                "invalid length 0, expected struct RegistryConfig with 3 elements at line 1 column 2",
            ),
            (r#"{"dl":"x"} x"#, "trailing characters at line 1 column 12"),
            (
                r#"{"dl":"x","api":5}"#,
                "invalid type: integer `5`, expected a string at line 1 column 17",
            ),
            ("\u{feff}{}", "expected value at line 1 column 1"),
        ] {
            assert_eq!(parsed(json), Err(message.to_owned()), "{json}");
        }
    }

    #[test]
    fn a_hostile_file_is_bounded_in_length_and_depth() {
        let long = format!("{{\"dl\":\"{}\"}}", "a".repeat(MAX_CONFIG));
        assert!(parsed(&long).unwrap_err().contains("longer than"));
        for key in ["x", "api"] {
            let deep = format!("{{\"dl\":\"d\",\"{key}\":{}", "[".repeat(60_000));
            assert!(parsed(&deep).is_err(), "{key}");
        }
        let fits = format!("{{\"dl\":\"{}\"}}", "a".repeat(MAX_CONFIG - 100));
        assert!(parsed(&fits).is_ok());
    }
}
