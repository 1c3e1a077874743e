//! Reading documents: one value at one path. Errors never quote the content.

#![allow(unreachable_pub, reason = "the generated bindings re-export their resources' types")]

mod json;
mod text;

use lockgate_core::Secret;

/// How a document is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Toml,
    Ini,
    Form,
}

impl Format {
    /// The name in a grant's `plain`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Toml => "toml",
            Self::Ini => "ini",
            Self::Form => "form",
        }
    }
}

/// Why there is nothing to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookupError {
    /// Nothing there.
    NoSuchField,
    /// Not of that format. The text is one of this program's own.
    Malformed(&'static str),
}

/// What is at a path.
#[derive(Debug)]
pub(crate) enum Value {
    /// A string's content.
    Text(Secret),
    /// A number or a boolean, as written.
    Scalar(Secret),
    /// A table or a list, in the same format.
    Nested(Secret),
}

/// Finds the value at `path`.
pub(crate) fn lookup(format: Format, bytes: &[u8], path: &[String]) -> Result<Value, LookupError> {
    let text = std::str::from_utf8(bytes).map_err(|_| LookupError::Malformed("not UTF-8"))?;
    match format {
        Format::Json => json::lookup(text, path),
        Format::Toml => text::toml(text, path),
        Format::Ini => text::ini(text, path),
        Format::Form => text::form(text, path),
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, LookupError, Value, lookup};

    fn find(format: Format, text: &str, path: &[&str]) -> Result<String, LookupError> {
        let path: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
        lookup(format, text.as_bytes(), &path).map(|value| match value {
            Value::Text(secret) => format!("text {}", secret.expose_text().unwrap()),
            Value::Scalar(secret) => format!("scalar {}", secret.expose_text().unwrap()),
            Value::Nested(secret) => format!("nested {}", secret.expose_text().unwrap()),
        })
    }

    #[test]
    fn json_by_path() {
        let text = r#"{"a": {"b": ["x", {"c": "é\n"}]}, "n": 12.50, "t": true, "z": null}"#;
        assert_eq!(find(Format::Json, text, &["a", "b", "0"]).unwrap(), "text x");
        assert_eq!(find(Format::Json, text, &["a", "b", "1", "c"]).unwrap(), "text é\n");
        assert_eq!(find(Format::Json, text, &["a", "b"]).unwrap(), r#"nested ["x", {"c": "é\n"}]"#);
        assert_eq!(find(Format::Json, text, &["n"]).unwrap(), "scalar 12.50");
        assert_eq!(find(Format::Json, text, &["t"]).unwrap(), "scalar true");
        for path in [&["z"][..], &["a", "x"], &["a", "b", "2"], &["a", "b", "00"], &["n", "x"]] {
            assert_eq!(find(Format::Json, text, path), Err(LookupError::NoSuchField), "{path:?}");
        }
    }

    #[test]
    fn json_that_is_none() {
        let deep = "[".repeat(100_000);
        for text in ["", "{", "{} {}", r#"{"a":1,"a":2}"#, "nul", deep.as_str()] {
            let found = find(Format::Json, text, &["a"]);
            assert!(matches!(found, Err(LookupError::Malformed(_))), "{found:?}");
        }
    }

    #[test]
    fn toml_ini_and_form_by_path() {
        let toml = "[registries.corp]\ntoken = \"t\"\nage = 3\nlist = [\"x\"]\n";
        assert_eq!(find(Format::Toml, toml, &["registries", "corp", "token"]).unwrap(), "text t");
        assert_eq!(find(Format::Toml, toml, &["registries", "corp", "age"]).unwrap(), "scalar 3");
        assert_eq!(
            find(Format::Toml, toml, &["registries", "corp", "list", "0"]).unwrap(),
            "text x"
        );
        assert!(find(Format::Toml, "a = ", &["a"]).is_err());
        let ini = "top = 1\n; note\n[default]\naws_key = k=v \r\n[other]\naws_key: w\n";
        assert_eq!(find(Format::Ini, ini, &["", "top"]).unwrap(), "text 1");
        assert_eq!(find(Format::Ini, ini, &["default", "aws_key"]).unwrap(), "text k=v");
        assert_eq!(find(Format::Ini, ini, &["other", "aws_key"]).unwrap(), "text w");
        assert_eq!(find(Format::Ini, ini, &["default", "x"]), Err(LookupError::NoSuchField));
        assert_eq!(find(Format::Form, "a=b%20c&token=x+y", &["token"]).unwrap(), "text x y");
    }
}
